//! A chain of a pattern, tried on a frame.
//!
//! Every part of a chain is tried at a place, a byte offset: a layer matches where such a layer begins, bytes match the
//! bytes there, however they decode. Between gaps the first place that fits is taken; what follows a gap can only gain.

use super::auto::auto;
use super::layout::{self, Slot};
use super::literals;
use super::node::{Node, View};
use super::pattern::names_next;
use super::print;
use super::spec::{Bytes, Layer, Member, Part, Setting, Surroundings, To};
use super::{dissect, domain};
use crate::proto::table::{Field, Kind, Protocol, Role, Rule, Size};
use std::cell::RefCell;

/// Memory that is used again, so that trying a frame allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    nodes: RefCell<Vec<Vec<Node>>>,
    pub ends: literals::Pool,
}

/// The parts of one depth of braces, and the bytes they lie in.
#[derive(Clone, Copy)]
pub(super) struct Level<'a> {
    pub view: View<'a>,
    pub depth: u8,
    pub from: usize,
    pub to: usize,
    pub surroundings: &'a Surroundings,
    pub not_computed: bool,
    pub scratch: &'a Scratch,
}

impl Level<'_> {
    /// Whether the parts between gaps are there, one run behind the other.
    pub fn chain<'p>(&self, segments: impl Iterator<Item = &'p [Part]>, pinned: bool) -> bool {
        let mut from = self.from;
        for (i, segment) in segments.enumerate() {
            let end = if i == 0 && pinned { self.segment(segment, from, None) } else { self.anywhere(segment, from) };
            let Some(end) = end else { return false };
            from = end;
        }
        true
    }

    /// Where parts end that follow each other from the first place on where they can.
    fn anywhere(&self, parts: &[Part], from: usize) -> Option<usize> {
        match parts.split_first()? {
            (Part::Layer(layer), rest) if layer.proto.role != Role::Data => {
                let here = |n: &Node| n.depth == self.depth && (from..=self.to).contains(&n.start);
                let mut nodes = self.view.nodes.iter().enumerate().filter(|(_, n)| here(n) && self.is(layer, n));
                nodes.find_map(|(index, _)| self.layer(layer, index, rest))
            }
            (Part::Bytes(bytes), _) => {
                let text = literals::begins_with(bytes);
                let mut places = from..=self.to;
                let there = |at: &usize| text.is_none_or(|byte| self.view.bytes.get(*at) == Some(&byte));
                places.by_ref().filter(there).find_map(|at| self.segment(parts, at, None))
            }
            _ => (from..=self.to).find_map(|at| self.segment(parts, at, None)),
        }
    }

    /// Where the parts end that follow each other from this place on.
    fn segment(&self, parts: &[Part], at: usize, below: Option<(usize, &Layer)>) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        match part {
            Part::Gap => None,
            Part::Bytes(bytes) => {
                let all = self.view.bytes.get(..self.to)?;
                literals::ends(bytes, all, at, &self.scratch.ends, |end| self.segment(rest, end, None))
            }
            Part::Layer(layer) if layer.proto.role == Role::Start => {
                layer.settings.iter().all(|s| self.length(s)).then(|| self.segment(rest, at, None))?
            }
            Part::Layer(layer) if layer.proto.role == Role::Data => {
                let field = &layer.proto.fields[0];
                let slot = Slot { field: 0, bit: at * 8, bits: field.bits(), order: field.order };
                let end = at + slot.bits / 8;
                let good = end <= self.to && layer.settings.iter().all(|s| self.value(field, &slot, s, None));
                good.then(|| self.segment(rest, end, None))?
            }
            Part::Layer(layer) => {
                let nodes = self.view.nodes;
                let here = |n: &Node| n.depth == self.depth && n.start == at && self.is(layer, n);
                // Between items may stand zeros, which belong to none.
                let behind = |n: &Node| n.depth == self.depth && self.depth > 0 && (at..=self.to).contains(&n.start);
                let next = || nodes.iter().position(behind).filter(|i| self.is(layer, &nodes[*i]));
                match nodes.iter().position(here).or_else(next) {
                    Some(index) => self.layer(layer, index, rest),
                    None => self.forced(layer, rest, below?),
                }
            }
        }
    }

    /// Where parts end of which a layer that is there is the first.
    fn layer(&self, layer: &Layer, index: usize, rest: &[Part]) -> Option<usize> {
        let end = self.view.nodes[index].header_end;
        self.node(layer, index).then(|| self.segment(rest, end, Some((index, layer))))?
    }

    /// Whether a node is what a layer of the pattern stands for.
    fn is(&self, layer: &Layer, node: &Node) -> bool {
        node.proto == Some(layer.proto) || (self.depth > 0 && node.proto.is_some_and(|p| is_any(layer.proto, p)))
    }

    /// A layer that the one below does not name by itself, but the pattern does: `udp dport=5000 / vxlan`.
    fn forced(&self, layer: &Layer, rest: &[Part], (below, by): (usize, &Layer)) -> Option<usize> {
        if !names_next(by) || !matches!(layer.proto.role, Role::Header | Role::Link) {
            return None;
        }
        let at = self.view.nodes[below];
        let kept = self.view.nodes.iter().position(|n| n.depth == 0 && n.start >= at.header_end && n.start > at.start);
        let mut nodes = self.scratch.nodes.borrow_mut().pop().unwrap_or_default();
        nodes.clear();
        nodes.extend_from_slice(&self.view.nodes[..kept.unwrap_or(self.view.nodes.len())]);
        let index = nodes.len();
        let mut first = Some(layer.proto);
        dissect::layers(self.view.bytes, &mut first, (at.header_end, at.end), true, &mut nodes);
        nodes.extend(self.view.nodes.iter().filter(|n| n.proto.is_some_and(|p| p.role.is_tail())));
        let level = Level { view: View { bytes: self.view.bytes, nodes: &nodes }, ..*self };
        let found = nodes.get(index).is_some_and(|n| n.proto == Some(layer.proto));
        let end = found.then(|| level.layer(layer, index, rest)).flatten();
        self.scratch.nodes.borrow_mut().push(nodes);
        end
    }

    /// Whether a layer that is there passes its tests.
    fn node(&self, layer: &Layer, index: usize) -> bool {
        layer.settings.iter().all(|s| self.field(layer.proto, index, s))
            && layer.items.as_ref().filter(|items| !items.is_empty()).is_none_or(|items| {
                let node = &self.view.nodes[index];
                let Some(slot) = layout::items_slot(layer.proto, self.view.bytes, node.start, node.header_end) else {
                    return false;
                };
                let inside = Level { depth: self.depth + 1, from: slot.range().start, to: slot.range().end, ..*self };
                let runs = items.split(|part| matches!(part, Part::Gap)).filter(|run| !run.is_empty());
                slot.range().end <= node.header_end && inside.chain(runs, false)
            })
    }

    fn field(&self, proto: &'static Protocol, index: usize, setting: &Setting) -> bool {
        let field = &proto.fields[setting.field];
        let node = &self.view.nodes[index];
        let Some(slot) = layout::slot(proto, self.view.bytes, node.start, node.header_end, setting.field) else {
            return false;
        };
        if node.proto == Some(proto) {
            return self.value(field, &slot, setting, Some(index));
        }
        // The bytes of an item of a table of its own, read by the table of any item.
        slot.bit + slot.bits <= node.header_end * 8 && self.value(field, &slot, setting, None)
    }

    /// Whether the name at this place is one of these once its pointers into the message are followed.
    fn named(&self, names: &Bytes, at: usize, node: Option<usize>) -> bool {
        let message = node.and_then(|index| self.view.nodes.get(..=index)?.iter().rfind(|n| n.depth == 0));
        let Some((message, bytes)) = message.and_then(|n| Some((n, self.view.bytes.get(n.start..)?))) else {
            return false;
        };
        let is = |member: &Member| matches!(member, Member::Text(name) if domain::is(bytes, at - message.start, name));
        names.literals.iter().any(|literal| literal.members.iter().any(is))
    }

    fn value(&self, field: &Field, slot: &Slot, setting: &Setting, node: Option<usize>) -> bool {
        let inside = match &setting.to {
            To::Bytes(bytes) => {
                let range = slot.range();
                // Zeros fill a field up whose size is not its own.
                let filled = matches!(field.kind, Kind::Bytes)
                    && !matches!(field.size, Size::Rest | Size::Before(_) | Size::Own | Size::By(_, 1));
                let Some(all) = self.view.bytes.get(..range.end) else { return setting.not };
                let ends = |end: usize| all[end..].iter().all(|b| filled && *b == 0).then_some(end);
                literals::ends(bytes, all, range.start, &self.scratch.ends, ends).is_some()
                    || (matches!(field.kind, Kind::Domain) && self.named(bytes, range.start, node))
            }
            To::Numbers(numbers) => {
                let Some(value) = slot.number(self.view.bytes) else { return false };
                numbers.holds(setting.bits.map_or(value, |bit| value >> bit & 1))
            }
            To::Auto | To::Bad => {
                let Some(node) = node else { return false };
                let right = match field.rule {
                    Rule::Iface => slot.number(self.view.bytes) == Some(self.surroundings.address(field.kind)),
                    _ if field.bits() == 0 => !print::printed(self.view, node, slot),
                    _ => slot.number(self.view.bytes) == auto(self.view, node, slot.field),
                };
                let none = matches!(field.rule, Rule::Sum { zero_is_none: true, .. });
                let none = none && slot.number(self.view.bytes) == Some(0);
                let none = none || (self.not_computed && field.may_be_left());
                if matches!(setting.to, To::Bad) { !right && !none } else { right }
            }
        };
        inside != setting.not
    }

    /// `frame len=`.
    fn length(&self, setting: &Setting) -> bool {
        match &setting.to {
            To::Numbers(numbers) => numbers.holds(self.view.bytes.len() as u128) != setting.not,
            _ => true,
        }
    }
}

/// Whether `any` is the form of all items in a list of which `item` is one: it has a number where that one has its own.
fn is_any(any: &'static Protocol, item: &'static Protocol) -> bool {
    let (Some(number), Some(own)) = (any.fields.first(), item.fields.first()) else { return false };
    item.role == Role::Item
        && any.facts.main & 1 != 0
        && item.facts.consts & 1 != 0
        && matches!(number.rule, Rule::Free)
        && number.bits() == own.bits()
}
