//! One frame in one line, from the columns that the tables mark as brief.
//!
//! `eth 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff / arp request 02:00:00:00:00:01 > 00:00:00:00:00:00 10.0.0.1 > 10.0.0.9`

use super::safe;
use crate::frame::{Node, Slot, View, auto, differs, digits, slot, slots, write_field, write_value};
use crate::proto::table::{Brief, Field, Protocol, Role, Rule, fields_of};
use std::fmt::Write;

/// What the receiver said of the checksum inside, for the line's wording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The kernel had not computed it yet: a wrong one is no fault.
    pub not_computed: bool,
}

/// How much of a payload is shown as text.
const PREVIEW: usize = 32;

/// Appends the line, without time and direction, safe for a terminal.
pub fn write_line(view: View, told: Told, out: &mut String) {
    write_some(view, told, |_| true, out);
}

/// The same of those layers alone that are `wanted`, by their place among the nodes.
pub(super) fn write_some(view: View, told: Told, wanted: impl Fn(usize) -> bool, out: &mut String) {
    let first = out.len();
    let shown = |(index, node): &(usize, &Node)| node.depth == 0 && !node.is(Role::Start) && wanted(*index);
    for (index, node) in view.nodes.iter().enumerate().filter(shown) {
        if out.len() > first {
            out.push_str(" / ");
        }
        match node.proto {
            None => payload(view.bytes.get(node.start..node.end).unwrap_or_default(), out),
            Some(proto) if proto.role == Role::Pad => {
                out.push_str("pad ");
                digits::decimal(out, (node.end - node.start) as u128);
            }
            Some(proto) => layer(view, index, node, proto, told, out),
        }
    }
}

fn layer(view: View, index: usize, node: &Node, proto: &'static Protocol, told: Told, out: &mut String) {
    out.push_str(proto.name);
    let (all, main) = (proto.facts.line, proto.facts.main);
    let walked;
    let all_in_place = all & !proto.facts.direct == 0;
    let places = if all_in_place {
        None
    } else {
        walked = walk(view, node, proto);
        Some(&walked)
    };
    let place = |field: usize| match places {
        None => slot(proto, view.bytes, node.start, node.header_end, field),
        Some(places) => places[field],
    };
    for field in fields_of(all & main).chain(fields_of(all & !main)) {
        let f = &proto.fields[field];
        let Some(slot) = place(field) else { continue };
        if f.is_check() {
            check(view, index, &slot, f, told, out);
            continue;
        }
        let value = slot.number(view.bytes);
        if matches!(f.rule, Rule::Len { .. }) && differs(view, index, &slot, f, value) {
            out.push(' ');
            out.push_str(f.name);
            out.push('=');
            write_value(f, &slot, view.bytes, out);
            let right = auto::auto(view, index, slot.field);
            let _ = right.map_or(Ok(()), |right| write!(out, " (really {right})"));
            continue;
        }
        let is_brief = match f.brief {
            Brief::Never => false,
            Brief::Always => true,
            Brief::Unusual => value != Some(f.default),
        };
        if !is_brief || names_next(view, index, &slot, f, value) {
            continue;
        }
        match f.pair {
            // `src > dst`, written where the first of the two stands.
            Some((source, target)) if slot.field == source.min(target) as usize => {
                for (before, field) in [(" ", source), (" > ", target)] {
                    out.push_str(before);
                    if let Some(slot) = place(field.into()) {
                        write_value(&proto.fields[field as usize], &slot, view.bytes, out);
                    }
                }
            }
            Some(_) => {}
            None => {
                let bare = f.main || f.name == "type" || f.name_of(value.unwrap_or(0)).is_some();
                out.push(' ');
                if !bare {
                    out.push_str(f.name);
                    out.push(' ');
                }
                write_field(f, &slot, value, view.bytes, out);
            }
        }
    }
    items(view, index, told, out);
}

/// The places of all fields, found in one walk: each depends on those before it.
#[inline(never)]
fn walk(view: View, node: &Node, proto: &'static Protocol) -> [Option<Slot>; 64] {
    let mut all = [None; 64];
    for slot in slots(proto, view.bytes, node.start, node.header_end) {
        all[slot.field] = Some(slot);
    }
    all
}

/// Whether a number only names the next layer: it says nothing that the next word does not.
fn names_next(view: View, index: usize, slot: &Slot, f: &Field, value: Option<u128>) -> bool {
    matches!(f.rule, Rule::Next { .. } | Rule::To(_)) && !differs(view, index, slot, f, value)
}

/// Items that have something brief to say, in braces as the language writes them.
fn items(view: View, index: usize, told: Told, out: &mut String) {
    let depth = view.nodes[index].depth;
    let behind = index + 1..view.nodes.len();
    let inside = behind.map(|i| (i, &view.nodes[i])).take_while(|(_, n)| n.depth > depth);
    let mut before = " {";
    for (i, node) in inside.filter(|(_, n)| n.depth == depth + 1) {
        let Some(proto) = node.proto.filter(|p| p.facts.is_brief) else { continue };
        out.push_str(before);
        before = " / ";
        layer(view, i, node, proto, told, out);
    }
    out.push_str(if before == " / " { "}" } else { "" });
}

/// Whether a checksum is right, a wrong one with the right one beside it; of a header's only a wrong one.
fn check(view: View, index: usize, slot: &Slot, f: &Field, told: Told, out: &mut String) {
    let is_fcs = matches!(f.rule, Rule::Crc);
    if index >= view.unquoted() && !is_fcs {
        return;
    }
    let Some(actual) = slot.number(view.bytes) else { return };
    let Some(right) = auto::auto(view, index, slot.field) else { return };
    if actual == right && !is_fcs && !f.sums_payload() {
        return;
    }
    match f.rule {
        Rule::Sum { zero_is_none: true, .. } if actual == 0 => out.push_str(" no checksum"),
        _ if f.may_be_left() && told.not_computed => out.push_str(" checksum not computed"),
        _ if actual == right && !is_fcs => out.push_str(" checksum good"),
        _ => {
            let digits = slot.bits / 4;
            let name = if is_fcs { "" } else { f.name };
            let _ = write!(out, "{}{name} 0x{actual:0digits$x}", if is_fcs { "" } else { " " });
            let _ =
                if actual == right { write!(out, " good") } else { write!(out, " BAD, right is 0x{right:0digits$x}") };
        }
    }
}

fn payload(bytes: &[u8], out: &mut String) {
    digits::decimal(out, bytes.len() as u128);
    out.push_str(if bytes.len() == 1 { " byte" } else { " bytes" });
    let text = bytes.iter().take(PREVIEW + 1).take_while(|b| matches!(b, b'\t' | b'\r' | b'\n' | 0x20..=0x7e)).count();
    let shown = if text >= 4 {
        let shown = &bytes[..text.min(PREVIEW)];
        out.push_str(" \"");
        safe::add_bytes(shown, out);
        out.push('"');
        shown
    } else {
        let shown = &bytes[..bytes.len().min(8)];
        if !shown.is_empty() {
            out.push_str(" 0x");
            digits::hex_bytes(out, shown);
        }
        shown
    };
    out.push_str(if shown.len() < bytes.len() { "…" } else { "" });
}
