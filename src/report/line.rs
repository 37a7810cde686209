//! One frame in one line, from the columns that the tables mark as brief.
//!
//! `eth 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff / arp request 02:00:00:00:00:01 > 00:00:00:00:00:00 10.0.0.1 > 10.0.0.9`

use super::safe;
use crate::frame::{Node, Slot, View, auto, printed, slots, write_value};
use crate::proto::table::{Brief, Field, Protocol, Role, Rule};
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
    let first = out.len();
    for (index, node) in view.nodes.iter().enumerate().filter(|(_, n)| n.depth == 0 && !n.is(Role::Start)) {
        if out.len() > first {
            out.push_str(" / ");
        }
        match node.proto {
            None => payload(view.bytes.get(node.start..node.end).unwrap_or_default(), out),
            Some(proto) if proto.role == Role::Pad => drop(write!(out, "pad {}", node.end - node.start)),
            Some(proto) => layer(view, index, node, proto, told, out),
        }
    }
}

fn layer(view: View, index: usize, node: &Node, proto: &'static Protocol, told: Told, out: &mut String) {
    out.push_str(proto.name);
    let all = || slots(proto, view.bytes, node.start, node.header_end);
    let is_main = |s: &Slot| proto.fields[s.field].main;
    for slot in all().filter(is_main).chain(all().filter(|s| !is_main(s))) {
        let f = &proto.fields[slot.field];
        if f.is_check() {
            check(view, index, &slot, f, told, out);
            continue;
        }
        // A number that only names the next layer says nothing that the next word does not.
        let names_next = matches!(f.rule, Rule::Next { .. } | Rule::To(_)) && !printed(view, index, &slot);
        let lies = matches!(f.rule, Rule::Len { .. }) && printed(view, index, &slot);
        if lies {
            let _ = write!(out, " {}=", f.name);
            write_value(f, &slot, view.bytes, out);
            let right = auto::auto(view, index, slot.field);
            let _ = right.map_or(Ok(()), |right| write!(out, " (really {right})"));
        } else if is_brief(f, &slot, view) && !names_next {
            match partner(proto, f) {
                // `src > dst`, written where the first of the two stands.
                Some((source, target)) if slot.field == source.min(target) => {
                    pair(view, node, proto, source, target, out);
                }
                Some(_) => {}
                None => {
                    let bare = f.main || f.name_of(slot.number(view.bytes).unwrap_or(0)).is_some() || f.name == "type";
                    let _ = if bare { write!(out, " ") } else { write!(out, " {} ", f.name) };
                    write_value(f, &slot, view.bytes, out);
                }
            }
        }
    }
    items(view, index, told, out);
}

/// Items that have something brief to say, in braces as the language writes them.
fn items(view: View, index: usize, told: Told, out: &mut String) {
    let depth = view.nodes[index].depth;
    let inside = view.nodes.iter().enumerate().skip(index + 1).take_while(|(_, n)| n.depth > depth);
    let mut before = " {";
    for (i, node) in inside.filter(|(_, n)| n.depth == depth + 1) {
        let Some(proto) = node.proto.filter(|p| p.fields.iter().any(|f| f.brief != Brief::Never)) else { continue };
        out.push_str(before);
        before = " / ";
        layer(view, i, node, proto, told, out);
    }
    out.push_str(if before == " / " { "}" } else { "" });
}

fn is_brief(f: &Field, slot: &Slot, view: View) -> bool {
    match f.brief {
        Brief::Never => false,
        Brief::Always => true,
        Brief::Unusual => slot.number(view.bytes) != Some(f.default),
    }
}

/// Source and target of two brief fields that mirror each other.
fn partner(proto: &Protocol, f: &Field) -> Option<(usize, usize)> {
    let other = proto.field(f.mirror?)?;
    let own = proto.field(f.name)?;
    if own == other || proto.fields[other].brief != Brief::Always {
        return None;
    }
    Some(if f.name.starts_with('s') { (own, other) } else { (other, own) })
}

fn pair(view: View, node: &Node, proto: &'static Protocol, source: usize, target: usize, out: &mut String) {
    let find = |field| slots(proto, view.bytes, node.start, node.header_end).find(|s| s.field == field);
    out.push(' ');
    if let Some(slot) = find(source) {
        write_value(&proto.fields[source], &slot, view.bytes, out);
    }
    out.push_str(" > ");
    if let Some(slot) = find(target) {
        write_value(&proto.fields[target], &slot, view.bytes, out);
    }
}

/// Whether a checksum is right, a wrong one with the right one beside it; of a header's only a wrong one.
fn check(view: View, index: usize, slot: &Slot, f: &Field, told: Told, out: &mut String) {
    let is_fcs = matches!(f.rule, Rule::Crc);
    if index >= view.unquoted() && !is_fcs {
        return;
    }
    let Some(actual) = slot.number(view.bytes) else { return };
    let Some(right) = auto::auto(view, index, slot.field) else { return };
    let digits = slot.bits / 4;
    let transport = f.sums_payload();
    let _ = match f.rule {
        Rule::Sum { zero_is_none: true, .. } if actual == 0 => write!(out, " no checksum"),
        _ if f.may_be_left() && told.not_computed => write!(out, " checksum not computed"),
        _ if actual == right && is_fcs => write!(out, " 0x{actual:0digits$x} good"),
        _ if actual == right && transport => write!(out, " checksum good"),
        _ if actual == right => Ok(()),
        _ if is_fcs => write!(out, " 0x{actual:0digits$x} BAD, right is 0x{right:0digits$x}"),
        _ => write!(out, " {} 0x{actual:0digits$x} BAD, right is 0x{right:0digits$x}", f.name),
    };
}

fn payload(bytes: &[u8], out: &mut String) {
    let _ = write!(out, "{} byte{}", bytes.len(), if bytes.len() == 1 { "" } else { "s" });
    let text = bytes.iter().take_while(|b| matches!(b, b'\t' | b'\r' | b'\n' | 0x20..=0x7e)).count();
    if text >= 4 {
        let shown = &bytes[..text.min(PREVIEW)];
        let _ = write!(out, " \"{}\"{}", safe::bytes(shown), if shown.len() < bytes.len() { "…" } else { "" });
    } else if !bytes.is_empty() {
        let shown = &bytes[..bytes.len().min(8)];
        let _ = write!(out, " 0x{}{}", hex::encode(shown), if shown.len() < bytes.len() { "…" } else { "" });
    }
}
