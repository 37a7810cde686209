//! An answer in one line, and its kind in a few words: what was said, without what carried it there.

use super::line::{Told, write_some};
use crate::frame::{View, slots, write_value};
use crate::proto::table::{Brief, Kind, Protocol, Role};
use crate::proto::{icmp, icmpv6};
use std::fmt::Write;

/// Appends an answer's line, safe for a terminal: from the first header above the link layer to what an error quotes, with
/// the meaning of an error behind it. A frame of the link layer alone is shown whole.
pub fn write_answer(view: View, told: Told, out: &mut String) {
    let above = view.nodes.iter().position(|n| n.depth == 0 && n.header().is_some_and(|p| p.role != Role::Link));
    let end = view.unquoted();
    let padding = |index: usize| view.nodes[index].is(Role::Pad);
    write_some(view, told, |index| index >= above.unwrap_or(0) && index < end && !padding(index), out);
    if let Some(meaning) = meaning(view) {
        let _ = write!(out, " ({meaning})");
    }
}

/// What an answer is, in words that many answers share: `arp reply`, `tcp syn+ack`, `unreach (port unreachable)`.
pub fn kind(view: View) -> String {
    let headers = view.nodes[..view.unquoted()].iter().enumerate().filter(|(_, n)| n.depth == 0);
    let Some((node, proto)) = headers.filter_map(|(_, n)| Some((n, n.header()?))).next_back() else {
        return "bytes".into();
    };
    let mut text = proto.name.to_owned();
    for slot in slots(proto, view.bytes, node.start, node.header_end) {
        let f = &proto.fields[slot.field];
        let unusual = f.brief == Brief::Always || slot.number(view.bytes) != Some(f.default);
        if f.brief != Brief::Never && unusual && (matches!(f.kind, Kind::Flags) || !f.names.is_empty()) {
            text.push(' ');
            write_value(f, &slot, view.bytes, &mut text);
        }
    }
    if let Some(meaning) = meaning(view) {
        let _ = write!(text, " ({meaning})");
    }
    text
}

/// What an error of ICMP means.
fn meaning(view: View) -> Option<&'static str> {
    let end = view.unquoted();
    let find = |proto: &'static Protocol| view.nodes[..end].iter().position(|n| n.proto == Some(proto));
    let (index, meanings) = find(&icmp::ICMP)
        .map(|index| (index, icmp::MEANINGS))
        .or_else(|| find(&icmpv6::ICMPV6).map(|index| (index, icmpv6::MEANINGS)))?;
    let (kind, code) = (view.number(index, 0)?, view.number(index, 1)?);
    let same = |(of, with, _): &&(u64, u64, &str)| u128::from(*of) == kind && u128::from(*with) == code;
    meanings.iter().find(same).map(|(.., meaning)| *meaning)
}
