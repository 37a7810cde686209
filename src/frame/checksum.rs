//! The Internet checksum (RFC 1071), over what a receiver would sum that believes the length fields.

use super::layout::{self, Told};
use super::node::View;
use crate::proto::table::{Cover, Rule, Space};
use etherparse::checksum::Sum16BitWords;
use std::ops::Range;

/// What a checksum is taken over.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    /// Runs of bytes of the frame, each beginning a 16-bit word: pseudo-header addresses, then the layer itself.
    pub ranges: [Range<usize>; 3],
    /// What the pseudo-header adds that is not in the frame: protocol and length.
    pub constant: u32,
    /// The checksum field, which counts as zero.
    pub place: Range<usize>,
    /// A computed zero is sent as 0xffff.
    pub zero_is_none: bool,
}

/// What the checksum in a field of a layer is taken over, or none where that field is no checksum.
pub(super) fn coverage(view: View, node: usize, field: usize) -> Option<Coverage> {
    let at = view.nodes.get(node)?;
    let proto = at.proto?;
    let Rule::Sum { cover, zero_is_none } = proto.fields.get(field)?.rule else { return None };
    let place = layout::slot(proto, view.bytes, at.start, at.header_end, field)?.range();
    let end = match cover {
        Cover::Header => header_end(view, node),
        Cover::Layer | Cover::LayerCisco | Cover::Pseudo => believed_end(view, node),
    };
    let mut all = Coverage { ranges: [0..0, 0..0, at.start..end.max(place.end)], constant: 0, place, zero_is_none };
    let layer = all.ranges[2].clone();
    if let (Cover::LayerCisco, 1, Some(last)) = (cover, layer.len() % 2, view.bytes[..layer.end].last()) {
        let last = u32::from(*last);
        let word = if last < 0x80 { last } else { 0xff00 | (last - 1) };
        // In place of the last byte as the high one of a word.
        all.constant = word + (0xffff - (last << 8));
    }
    if cover == Cover::Pseudo {
        pseudo(view, node, end - at.start, &mut all);
    }
    Some(all)
}

/// The checksum that belongs into a field of a layer, or none where that field is no checksum.
pub fn checksum(view: View, node: usize, field: usize) -> Option<u16> {
    let Coverage { ranges: [src, dst, layer], constant, place, zero_is_none } = coverage(view, node, field)?;
    let slice = |range: Range<usize>| view.bytes.get(range);
    // The field itself counts as zero. It stands at an even offset of its header in every protocol there is.
    let mut sum = Sum16BitWords::new().add_slice(slice(src)?).add_slice(slice(dst)?);
    sum = sum.add_slice(slice(layer.start..place.start)?).add_slice(slice(place.end..layer.end)?);
    // etherparse gives the value as it lies in memory, in the machine's order.
    let value = u16::from_be(sum.add_4bytes(constant.to_be_bytes()).ones_complement());
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
fn pseudo(view: View, node: usize, len: usize, all: &mut Coverage) {
    let below = view.nodes[..node].iter().rposition(|n| n.depth == 0 && n.proto.is_some_and(|p| p.pseudo.is_some()));
    let Some(below) = below else { return };
    let at = &view.nodes[below];
    let Some((proto, (src, dst))) = at.proto.and_then(|p| Some((p, p.pseudo?))) else { return };
    let address = |field| layout::slot(proto, view.bytes, at.start, at.header_end, field as usize).map(|s| s.range());
    let dst = (below + 1..node).find_map(|hop| routed_to(view, hop)).or_else(|| address(dst));
    for (range, found) in all.ranges.iter_mut().zip([address(src), dst]) {
        *range = found.unwrap_or(0..0);
    }
    let number = view.nodes[node].proto.and_then(|p| p.key(Space::Ip)).unwrap_or(0);
    all.constant = len as u32 + number as u32;
}

/// The final destination that a routing header or a source route names, where hops are left (RFC 8200 8.1, RFC 791 3.1).
fn routed_to(view: View, node: usize) -> Option<Range<usize>> {
    let at = &view.nodes[node];
    let route = at.proto?.route?;
    let left = view.number(node, route.left as usize)?;
    let arrived = if route.pointer { left > (at.header_end - at.start) as u128 } else { left == 0 };
    if arrived {
        return None;
    }
    let mut hops = view.items(node, route.item);
    let end = if route.first { hops.next() } else { hops.last() }?;
    Some(layout::slot(end.proto?, view.bytes, end.start, end.header_end, 0)?.range())
}

/// Where a layer's header ends for a receiver: where it says, if that can be, else with all there is.
fn header_end(view: View, node: usize) -> usize {
    let at = &view.nodes[node];
    let frame_end = view.frame_end();
    let Some(proto) = at.proto else { return at.header_end };
    match layout::told_header_end(proto, view.bytes, at.start) {
        Some(end) if end * 8 >= at.start * 8 + usize::from(proto.facts.last_at) && end <= frame_end => end,
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
