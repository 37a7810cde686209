//! The Internet checksum (RFC 1071), over what a receiver would sum that believes the length fields.

use super::layout::{self, Told};
use super::node::View;
use crate::proto::table::{Cover, Rule, Space};
use etherparse::checksum::Sum16BitWords;

/// The checksum that belongs into a field of a layer, or none where that field is no checksum.
pub fn checksum(view: View, node: usize, field: usize) -> Option<u16> {
    let at = view.nodes.get(node)?;
    let proto = at.proto?;
    let Rule::Sum { cover, zero_is_none } = proto.fields.get(field)?.rule else { return None };
    let place = layout::slot(proto, view.bytes, at.start, at.header_end, field)?.range();
    let end = match cover {
        Cover::Header => header_end(view, node),
        Cover::Layer | Cover::Pseudo => believed_end(view, node),
    };
    // The field itself counts as zero. It stands at an even offset of its header in every protocol there is.
    let before = view.bytes.get(at.start..place.start)?;
    let behind = view.bytes.get(place.end..end.max(place.end))?;
    let mut sum = Sum16BitWords::new().add_slice(before).add_slice(behind);
    if cover == Cover::Pseudo {
        sum = pseudo(view, node, end - at.start, sum);
    }
    // etherparse gives the value as it lies in memory, in the machine's order.
    let value = u16::from_be(sum.ones_complement());
    Some(if value == 0 && zero_is_none { 0xffff } else { value })
}

/// The CRC-32C that belongs into a field of a layer, that field taken as zero (RFC 9260 appendix A), as the number whose
/// high byte comes first on the wire.
pub fn crc32c(view: View, node: usize, field: usize) -> Option<u32> {
    let at = view.nodes.get(node)?;
    let place = layout::slot(at.proto?, view.bytes, at.start, at.header_end, field)?.range();
    let end = believed_end(view, node).max(place.end);
    let mut crc = !0u32;
    for (i, byte) in view.bytes.get(at.start..end)?.iter().enumerate() {
        crc ^= u32::from(if place.contains(&(at.start + i)) { 0 } else { *byte });
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    Some((!crc).swap_bytes())
}

/// Adds the pseudo-header: addresses, protocol and length (RFC 768, RFC 9293 3.1, RFC 8200 8.1).
fn pseudo(view: View, node: usize, len: usize, sum: Sum16BitWords) -> Sum16BitWords {
    let mut sum = sum;
    let below = view.nodes[..node].iter().rposition(|n| n.depth == 0 && n.proto.is_some_and(|p| p.pseudo.is_some()));
    let Some(below) = below else { return sum };
    let at = &view.nodes[below];
    let Some((proto, (src, dst))) = at.proto.and_then(|p| Some((p, p.pseudo?))) else { return sum };
    for field in [src, dst] {
        if let Some(slot) = layout::slot(proto, view.bytes, at.start, at.header_end, field as usize) {
            sum = sum.add_slice(view.bytes.get(slot.range()).unwrap_or_default());
        }
    }
    let number = view.nodes[node].proto.and_then(|p| p.key(Space::Ip)).unwrap_or(0);
    sum.add_4bytes((len as u32).to_be_bytes()).add_2bytes((number as u16).to_be_bytes())
}

/// Where a layer's header ends for a receiver: where it says, if that can be, else with all there is.
fn header_end(view: View, node: usize) -> usize {
    let at = &view.nodes[node];
    let frame_end = view.frame_end();
    let Some(proto) = at.proto else { return at.header_end };
    let fixed = proto.fields.iter().take_while(|f| f.at != crate::proto::table::MOVES).map(|f| f.at as usize).max();
    match layout::told_header_end(proto, view.bytes, at.start) {
        Some(end) if end * 8 >= at.start * 8 + fixed.unwrap_or(0) && end <= frame_end => end,
        Some(_) => frame_end,
        None => at.header_end,
    }
}

/// Where a layer ends for a receiver: where its own length says, else the nearest below that can be, else at the
/// frame's last byte before the FCS.
pub fn believed_end(view: View, node: usize) -> usize {
    let frame_end = view.frame_end();
    let mut limit = frame_end;
    for at in view.nodes[..=node].iter().filter(|n| n.depth == 0) {
        let Some(proto) = at.header() else { continue };
        if limit < at.header_end {
            limit = frame_end.max(at.header_end.min(view.bytes.len()));
        }
        if let Told::End(end) = layout::told_end(proto, view.bytes, at.start, at.header_end)
            && end <= limit
        {
            limit = end;
        }
    }
    limit
}
