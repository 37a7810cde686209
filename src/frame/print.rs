//! From nodes to the canonical expression: the text that builds exactly these bytes.

use super::auto::{self, auto};
use super::layout::{self, Slot};
use super::node::{Node, View, frame_start};
use super::spec::Surroundings;
use super::{ber, bits, digits, domain};
use crate::expr::write_text_literal;
use crate::proto::table::{Ber, Field, Kind, Role, Rule, Size, When};
use std::fmt::Write;

/// Appends the expression of a frame taken apart.
pub fn expression(view: View, out: &mut String) {
    for (i, (index, node)) in view.nodes.iter().enumerate().filter(|(_, n)| n.depth == 0).enumerate() {
        out.push_str(if i > 0 { " / " } else { "" });
        part(view, index, node, out);
    }
}

/// The parts of the expression one by one, and the nodes they stand for.
pub fn expressions(view: View<'_>) -> impl Iterator<Item = (&Node, String)> {
    view.nodes.iter().enumerate().filter(|(_, n)| n.depth == 0).map(move |(index, node)| {
        let mut out = String::new();
        part(view, index, node, &mut out);
        (node, out)
    })
}

/// Appends one part with what is in its braces.
pub(super) fn part(view: View, index: usize, node: &Node, out: &mut String) {
    let Some(proto) = node.proto else {
        return write_payload(view.bytes.get(node.start..node.end).unwrap_or_default(), out);
    };
    out.push_str(proto.name);
    if proto.role == Role::Start {
        return;
    }
    let shown = |slot: &Slot| !layout::is_items(&proto.fields[slot.field]) && printed(view, index, slot);
    let slots = || layout::slots(proto, view.bytes, node.start, node.header_end).filter(shown);
    // The main field stands right behind the name.
    let main = slots().filter(|s| proto.fields[s.field].main);
    for slot in main.chain(slots().filter(|s| !proto.fields[s.field].main)) {
        let f = &proto.fields[slot.field];
        if !f.main {
            let _ = write!(out, " {}", f.name);
        }
        out.push('=');
        let optional = matches!(f.when, When::Bit(_)) && auto::stage(f) != auto::Stage::Written;
        if optional && number(f, &slot, view.bytes) == auto(view, index, slot.field) {
            out.push_str("auto");
        } else {
            write_value(f, &slot, view.bytes, out);
        }
    }
    let inside = node.depth + 1;
    let mut items = view.nodes[index + 1..]
        .iter()
        .enumerate()
        .take_while(|(_, n)| n.depth >= inside)
        .filter(|(_, n)| n.depth == inside);
    if let Some(first) = items.next() {
        out.push_str(" {");
        part(view, index + 1 + first.0, first.1, out);
        for (i, item) in items {
            out.push_str(" / ");
            part(view, index + 1 + i, item, out);
        }
        out.push('}');
    }
}

/// Whether a field is printed: it differs from what would be filled in, nothing can be filled in, or the interface
/// would.
pub fn printed(view: View, node: usize, slot: &Slot) -> bool {
    let Some(proto) = view.nodes[node].proto else { return false };
    let f = &proto.fields[slot.field];
    if matches!(f.rule, Rule::Fill) {
        return !fills(view, node, slot);
    }
    if slot.bits == 0 {
        return false;
    }
    let Some(actual) = number(f, slot, view.bytes) else {
        let raw = view.bytes.get(slot.range()).unwrap_or_default();
        return match f.size {
            // Zeros fill it up.
            Size::Bits(_) => raw.iter().any(|b| *b != 0),
            Size::Own => raw != [0],
            _ => true,
        };
    };
    if let Kind::Ber(form) = f.kind {
        // Other bytes may mean the same number.
        let raw = view.bytes.get(slot.range()).unwrap_or_default();
        return auto(view, node, slot.field).is_none_or(|right| ber::encode(right, form) != raw);
    }
    match f.rule {
        Rule::Const => false,
        // An optional field that is there: the first one says so for all that its bit brings.
        _ if first_of_bit(proto.fields, slot.field) => true,
        // Of another size than its kind's it is plain bytes, zeros if unset.
        _ if slot.bits != f.bits() => actual != 0,
        Rule::Iface => true,
        _ => auto(view, node, slot.field) != Some(actual),
    }
}

/// Whether a field whose bytes are this number is printed.
pub(crate) fn differs(view: View, node: usize, slot: &Slot, f: &Field, value: Option<u128>) -> bool {
    match (f.rule, f.when, f.kind, value) {
        (Rule::Next { .. } | Rule::To(_) | Rule::Len { .. }, When::Always, Kind::Num | Kind::Hex, Some(actual))
            if slot.bits == f.bits() && slot.bits > 0 =>
        {
            auto(view, node, slot.field) != Some(actual)
        }
        _ => printed(view, node, slot),
    }
}

/// Whether it is an optional field, the first that its bit stands for.
fn first_of_bit(fields: &[Field], field: usize) -> bool {
    let bit = |f: &Field| if let When::Bit(on) = f.when { Some(on.index) } else { None };
    bit(&fields[field]).is_some_and(|own| fields[..field].iter().all(|f| bit(f) != Some(own)))
}

/// Whether padding is what an unset `pad` gives.
fn fills(view: View, node: usize, slot: &Slot) -> bool {
    let range = slot.range();
    let so_far = range.start - frame_start(&view.nodes[..node]);
    range.len() == 60usize.saturating_sub(so_far) && view.bytes.get(range).is_some_and(|b| b.iter().all(|b| *b == 0))
}

/// Appends a field's value as the language writes it.
pub fn write_value(f: &Field, slot: &Slot, bytes: &[u8], out: &mut String) {
    write_field(f, slot, slot.number(bytes), bytes, out);
}

/// The same of a field whose bytes were read as this number.
pub(crate) fn write_field(f: &Field, slot: &Slot, value: Option<u128>, bytes: &[u8], out: &mut String) {
    if let Some(value) = value.filter(|_| is_number(f) && slot.bits == f.bits()) {
        return write_number(out, f, slot.bits, value);
    }
    let mut raw = bytes.get(slot.range()).unwrap_or_default();
    if let (Kind::Ber(form), Some(value)) = (f.kind, slot.number(bytes))
        && ber::encode(value, form) == raw
    {
        return write_number(out, f, 64, value);
    }
    if let (Size::Bits(_), Kind::Bytes) = (f.size, f.kind) {
        raw = &raw[..raw.len() - raw.iter().rev().take_while(|b| **b == 0).count()];
    }
    if matches!(f.kind, Kind::Domain) && domain::write(raw, out) {
        return;
    }
    if raw.is_empty() {
        out.push_str("\"\"");
    } else if matches!(f.kind, Kind::Bytes) && raw.iter().all(|b| matches!(b, 0x20..=0x7e)) {
        write_text_literal(out, raw);
    } else {
        write_hex(raw, out);
    }
}

/// The value of a field that is a number.
fn number(f: &Field, slot: &Slot, bytes: &[u8]) -> Option<u128> {
    if is_number(f) { slot.number(bytes) } else { None }
}

fn is_number(f: &Field) -> bool {
    f.bits() > 0 && !matches!(f.kind, Kind::Bytes | Kind::Domain | Kind::Items(_)) || matches!(f.kind, Kind::Ber(_))
}

/// Appends a number by its name, else in its base.
pub(super) fn write_number(out: &mut String, f: &Field, width: usize, value: u128) {
    if matches!(f.kind, Kind::Flags) {
        return write_flags(out, f, width, value);
    }
    match f.name_of(value) {
        Some(name) => out.push_str(name),
        None => write_base(out, f.kind, width, value),
    }
}

fn write_flags(out: &mut String, f: &Field, width: usize, value: u128) {
    let known = f.names.iter().fold(0u128, |all, (_, bit)| all | u128::from(*bit));
    if value == 0 || value & !known != 0 {
        return write_base(out, Kind::Hex, width, value);
    }
    // A bit with two names is written with the first.
    let first = |(i, bit): &(usize, u64)| f.names[..*i].iter().all(|(_, b)| b != bit);
    let set = f.names.iter().map(|(_, bit)| *bit).enumerate().filter(|(_, bit)| value & u128::from(*bit) != 0);
    let mut names = set.filter(first).map(|(i, _)| f.names[i].0);
    out.push_str(names.next().unwrap_or_default());
    for name in names {
        out.push('+');
        out.push_str(name);
    }
}

/// Appends a number in the base of its kind.
pub(super) fn write_base(out: &mut String, kind: Kind, width: usize, value: u128) {
    match kind {
        Kind::Num | Kind::Ber(Ber::Length | Ber::Unsigned) => digits::decimal(out, value),
        Kind::Int | Kind::Ber(Ber::Signed) => {
            let number = bits::signed(value, width);
            out.push_str(if number < 0 { "-" } else { "" });
            digits::decimal(out, number.unsigned_abs());
        }
        Kind::Mac => digits::mac(out, value as u64),
        Kind::Ip4 => digits::ip4(out, value as u32),
        Kind::Ip6 => digits::ip6(out, value),
        Kind::Hex | Kind::Flags | Kind::Bytes | Kind::Domain | Kind::Items(_) => {
            digits::hex(out, value, width.div_ceil(4));
        }
    }
}

/// Appends the address that fields of a kind are filled in with.
pub fn write_address(out: &mut String, kind: Kind, surroundings: &Surroundings) {
    write_base(out, kind, 0, surroundings.address(kind));
}

/// Appends `0x` and two digits a byte.
pub(super) fn write_hex(bytes: &[u8], out: &mut String) {
    out.push_str("0x");
    digits::hex_bytes(out, bytes);
}

/// From so many equal bytes on a run is written as one.
const LONG_RUN: usize = 8;
/// From so many characters on text is written as text.
const LONG_TEXT: usize = 4;

/// Appends payload: 8 or more equal bytes as a run, else 4 or more characters as text, else hex, leftmost longest.
pub fn write_payload(bytes: &[u8], out: &mut String) {
    if bytes.is_empty() {
        out.push_str("\"\"");
    }
    let mut at = 0;
    let mut hex_from = 0;
    let mut separate = false;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|b| **b == bytes[at]).count();
        let (len, is_run) = if run >= LONG_RUN { (run, true) } else { (text_len(&bytes[at..]), false) };
        if !is_run && len < LONG_TEXT {
            at += len.max(1);
            continue;
        }
        if hex_from < at {
            out.push_str(if separate { " " } else { "" });
            write_hex(&bytes[hex_from..at], out);
            separate = true;
        }
        out.push_str(if separate { " " } else { "" });
        separate = true;
        match (is_run, bytes[at]) {
            (true, 0) => drop(write!(out, "zero*{len}")),
            (true, byte) => drop(write!(out, "0x{byte:02x}*{len}")),
            (false, _) => write_text_literal(out, &bytes[at..at + len]),
        }
        at += len;
        hex_from = at;
    }
    if hex_from < bytes.len() {
        out.push_str(if separate { " " } else { "" });
        write_hex(&bytes[hex_from..], out);
    }
}

/// How many characters of text stand in front, up to a long run.
fn text_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    let mut run = 0;
    while let Some(byte) = bytes.get(len) {
        if !matches!(byte, b'\t' | b'\r' | b'\n' | 0x20..=0x7e) {
            return len;
        }
        run = if len > 0 && bytes[len - 1] == *byte { run + 1 } else { 1 };
        len += 1;
        if run == LONG_RUN {
            return len - LONG_RUN;
        }
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(bytes: &[u8]) -> String {
        let mut out = String::new();
        write_payload(bytes, &mut out);
        out
    }

    #[test]
    fn payload_is_runs_then_text_then_hex() {
        assert_eq!(payload(b""), "\"\"");
        assert_eq!(payload(b"GET / HTTP\r\n"), "\"GET / HTTP\\r\\n\"");
        assert_eq!(payload(b"abc"), "0x616263");
        assert_eq!(payload(&[0; 20]), "zero*20");
        assert_eq!(payload(b"[[[[[[[[[[PAYLOAD"), "0x5b*10 \"PAYLOAD\"");
        assert_eq!(payload(b"\x01hello\x02\x03xxxxxxxx"), "0x01 \"hello\" 0x0203 0x78*8");
        assert_eq!(payload(b"ab\x00cd"), "0x6162006364");
    }
}
