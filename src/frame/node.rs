//! A frame taken apart: its layers and where they lie.

use super::{bits, layout};
use crate::proto::OPEN;
use crate::proto::table::{Order, Protocol, Role};

/// One layer, item or run of bytes of a frame. All offsets are from the frame's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Node {
    /// Its table; none for plain bytes.
    pub proto: Option<&'static Protocol>,
    /// Where it begins.
    pub start: usize,
    /// Where its header ends.
    pub header_end: usize,
    /// Where all it carries ends; padding and FCS are not part of it.
    pub end: usize,
    /// How many braces it stands in.
    pub depth: u8,
}

impl Node {
    /// Whether it is a part of this role.
    pub fn is(&self, role: Role) -> bool {
        self.proto.is_some_and(|p| p.role == role)
    }

    /// Its header if it is one.
    pub fn header(&self) -> Option<&'static Protocol> {
        self.proto.filter(|p| matches!(p.role, Role::Header | Role::Link))
    }
}

/// Where the frame begins that padding behind these nodes belongs to: a frame inside a frame has padding of its own.
pub(super) fn frame_start(before: &[Node]) -> usize {
    let mut open = Vec::new();
    for node in before {
        if node.is(Role::Link) {
            open.push(node.start);
        } else if node.is(Role::Pad) {
            open.pop();
        }
    }
    open.pop().unwrap_or(0)
}

/// Bytes and what they are.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The frame.
    pub bytes: &'a [u8],
    /// Its parts in order; items follow the layer they are in.
    pub nodes: &'a [Node],
}

impl<'a> View<'a> {
    /// The value of a field of a fixed-width kind.
    pub fn number(&self, node: usize, field: usize) -> Option<u128> {
        let node = self.nodes.get(node)?;
        let slot = layout::slot(node.proto?, self.bytes, node.start, node.header_end, field)?;
        slot.number(self.bytes)
    }

    /// The next part on the same level.
    pub fn next(&self, node: usize) -> Option<&'a Node> {
        let depth = self.nodes.get(node)?.depth;
        self.nodes.get(node + 1..)?.iter().take_while(|n| n.depth >= depth).find(|n| n.depth == depth)
    }

    /// The items of this name in a node's braces.
    pub fn items<'n>(&self, node: usize, name: &'n str) -> impl Iterator<Item = &'a Node> + use<'a, 'n> {
        self.items_in(node).filter(move |n| n.proto.is_some_and(|p| p.name == name))
    }

    /// The items in a node's braces.
    pub fn items_in(&self, node: usize) -> impl Iterator<Item = &'a Node> + use<'a> {
        let inside = self.nodes.get(node + 1..).unwrap_or_default();
        let depth = self.nodes.get(node).map_or(0, |n| n.depth);
        let inside = inside.iter().take_while(move |n| n.depth > depth);
        inside.filter(move |n| n.depth == depth + 1 && n.proto.is_some_and(|p| p.role == Role::Item && *p != OPEN))
    }

    /// What lies in a node's header, past the frame's end cut off.
    pub fn header_bytes(&self, node: &Node) -> &'a [u8] {
        let end = node.header_end.min(self.bytes.len());
        &self.bytes[node.start.min(end)..end]
    }

    /// How many nodes there are before a quoted datagram, perhaps a cut one: the checksums of what follows prove nothing.
    pub fn unquoted(&self) -> usize {
        self.nodes.iter().position(|n| n.proto.is_some_and(|p| p.quotes)).map_or(self.nodes.len(), |i| i + 1)
    }

    /// Where the frame's contents end: at its trailer or FCS, or at its last byte.
    pub fn frame_end(&self) -> usize {
        self.nodes.iter().find(|n| n.is(Role::Trailer) || n.is(Role::Fcs)).map_or(self.bytes.len(), |n| n.start)
    }
}

/// A part's width in bits read as a number.
impl layout::Slot {
    /// The value, of slots of up to 128 bits.
    #[inline]
    pub fn number(&self, bytes: &[u8]) -> Option<u128> {
        match self.order {
            Order::High if self.bits <= 128 => bits::get(bytes, self.bit, self.bits),
            _ => self.ordered(bytes),
        }
    }

    /// The same of a slot whose bits stand in another order.
    #[inline(never)]
    fn ordered(&self, bytes: &[u8]) -> Option<u128> {
        if self.bits > 128 {
            return None;
        }
        match self.order {
            Order::High => bits::get(bytes, self.bit, self.bits),
            Order::Low { word, above } => {
                let (word, above) = (usize::from(word), usize::from(above));
                let value = bits::swap(bits::get(bytes, self.bit - above, word)?, word);
                Some(value >> (word - above - self.bits) & bits::max(self.bits))
            }
            Order::Ber(form) => super::ber::value(bytes.get(self.range())?, form),
        }
    }

    /// Writes a value into its place; bytes past the end are left out. What BER has is as long as its value: it is not
    /// written into a place.
    pub fn put(&self, bytes: &mut [u8], value: u128) {
        match self.order {
            _ if self.bits > 128 => {}
            Order::High => bits::put(bytes, self.bit, self.bits, value),
            Order::Low { word, above } => {
                let (word, above) = (usize::from(word), usize::from(above));
                let (start, below) = (self.bit - above, word - above - self.bits);
                let others = bits::get(bytes, start, word).map_or(0, |all| bits::swap(all, word));
                let all = others & !(bits::max(self.bits) << below) | (value & bits::max(self.bits)) << below;
                bits::put(bytes, start, word, bits::swap(all, word));
            }
            Order::Ber(_) => {}
        }
    }
}
