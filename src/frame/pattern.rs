//! Is a frame in a set? A pattern is a chain with gaps, or chains under `and`, `or`, `not`.
//!
//! Every part of a chain is tried at a place, a byte offset: a layer matches where such a layer begins, bytes match the
//! bytes there, however they decode. Between gaps the first place that fits is taken; what follows a gap can only gain.

use super::auto::auto;
use super::dissect;
use super::layout::{self, Slot};
use super::node::{Node, View};
use super::resolve::{Loader, pattern_chain};
use super::spec::{Bytes, Layer, Literal, Member, Part, Setting, Surroundings, To};
use super::{bits, print};
use crate::expr::{Diagnostic, Diagnostics, ast};
use crate::proto::table::{Field, Kind, Protocol, Role, Rule, Size};
use crate::proto::{self, tail};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(super) tree: Tree,
    surroundings: Surroundings,
}

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Or(Vec<Tree>),
    And(Vec<Tree>),
    Not(Box<Tree>),
    /// Parts between gaps, and whether the first is pinned to the frame's start.
    Chain(Vec<Vec<Part>>, bool),
}

impl Pattern {
    /// Parses and compiles a pattern. `surroundings` are what `auto` means for a field that the interface fills in.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        Self::new(&crate::expr::parse_pattern(text)?, surroundings, load)
    }

    /// Compiles a parsed pattern.
    pub fn new(tree: &ast::Pattern, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        Ok(Self { tree: compile(tree, load)?, surroundings })
    }

    /// Whether a frame taken apart is in the set.
    pub fn matches(&self, view: View) -> bool {
        self.matches_received(view, false)
    }

    /// The same of a frame whose transport checksum the kernel had not computed yet: that one is never bad.
    pub fn matches_received(&self, view: View, not_computed: bool) -> bool {
        self.tree(&self.tree, view, not_computed)
    }

    fn tree(&self, tree: &Tree, view: View, not_computed: bool) -> bool {
        match tree {
            Tree::Or(any) => any.iter().any(|t| self.tree(t, view, not_computed)),
            Tree::And(all) => all.iter().all(|t| self.tree(t, view, not_computed)),
            Tree::Not(one) => !self.tree(one, view, not_computed),
            Tree::Chain(segments, pinned) => {
                let to = view.bytes.len();
                let at = Level { view, depth: 0, from: 0, to, surroundings: &self.surroundings, not_computed };
                at.chain(segments, *pinned)
            }
        }
    }
}

fn compile(tree: &ast::Pattern, load: Loader) -> Result<Tree, Diagnostics> {
    let many = |list: &[ast::Pattern]| -> Result<Vec<Tree>, Diagnostics> {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for one in list {
            match compile(one, load) {
                Ok(tree) => good.push(tree),
                Err(errors) => bad.extend(errors.0),
            }
        }
        if bad.is_empty() { Ok(good) } else { Err(Diagnostics(bad)) }
    };
    Ok(match tree {
        ast::Pattern::Or(list) => Tree::Or(many(list)?),
        ast::Pattern::And(list) => Tree::And(many(list)?),
        ast::Pattern::Not(one) => Tree::Not(Box::new(compile(one, load)?)),
        ast::Pattern::Chain(chain) => {
            let parts = pattern_chain(chain, load)?;
            possible(&parts)?;
            let pinned = matches!(parts.first(), Some(Part::Layer(l)) if *l.proto == tail::FRAME);
            Tree::Chain(segments(parts), pinned)
        }
    })
}

/// Parts between gaps.
fn segments(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let mut segments = vec![Vec::new()];
    for part in parts {
        match (part, segments.last_mut()) {
            (Part::Gap, _) => segments.push(Vec::new()),
            (part, Some(last)) => last.push(part),
            (_, None) => {}
        }
    }
    segments.retain(|s| !s.is_empty());
    segments
}

/// Refuses pairs of layers that can never follow each other.
fn possible(parts: &[Part]) -> Result<(), Diagnostics> {
    let mut errors = Vec::new();
    for pair in parts.windows(2) {
        let [Part::Layer(below), Part::Layer(above)] = pair else { continue };
        let (b, a) = (below.proto, above.proto);
        let free = matches!(b.role, Role::Start | Role::Data) || (a.role == Role::Data || a.role.is_tail());
        if !free && !proto::follows(b, a) && !names_next(below) {
            errors.push(
                Diagnostic::new(above.span, format!("'{}' never comes directly behind '{}'", a.name, b.name))
                    .help(format!("let there be layers between them: {} / .. / {}", b.name, a.name)),
            );
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Diagnostics(errors)) }
}

/// Whether a pattern itself sets the field that names the next layer.
pub(super) fn names_next(layer: &Layer) -> bool {
    layer.settings.iter().any(|s| {
        !s.not
            && matches!(s.to, To::Numbers(_))
            && matches!(
                layer.proto.fields[s.field].rule,
                Rule::Next { .. } | Rule::Above(_) | Rule::To(_) | Rule::From(_)
            )
    })
}

/// The parts of one depth of braces, and the bytes they lie in.
#[derive(Clone, Copy)]
struct Level<'a> {
    view: View<'a>,
    depth: u8,
    from: usize,
    to: usize,
    surroundings: &'a Surroundings,
    not_computed: bool,
}

impl Level<'_> {
    fn chain(&self, segments: &[Vec<Part>], pinned: bool) -> bool {
        let mut from = self.from;
        for (i, segment) in segments.iter().enumerate() {
            let end = if i == 0 && pinned {
                self.segment(segment, from, None)
            } else {
                self.places(&segment[0], from).find_map(|at| self.segment(segment, at, None))
            };
            let Some(end) = end else { return false };
            from = end;
        }
        true
    }

    /// Where a part may begin.
    fn places<'p>(&'p self, part: &'p Part, from: usize) -> Box<dyn Iterator<Item = usize> + 'p> {
        match part {
            Part::Layer(layer) if layer.proto.role != Role::Data => {
                let here = move |n: &&Node| n.depth == self.depth && n.start >= from && n.start <= self.to;
                Box::new(self.view.nodes.iter().filter(here).filter(|n| n.proto == Some(layer.proto)).map(|n| n.start))
            }
            _ => Box::new(from..=self.to),
        }
    }

    /// Where the parts end that follow each other from this place on.
    fn segment(&self, parts: &[Part], at: usize, below: Option<(usize, &Layer)>) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        match part {
            Part::Gap => None,
            Part::Bytes(bytes) => {
                self.bytes_in(bytes, at, self.to).into_iter().find_map(|end| self.segment(rest, end, None))
            }
            Part::Layer(layer) if layer.proto.role == Role::Start => {
                layer.settings.iter().all(|s| self.length(s)).then(|| self.segment(rest, at, None))?
            }
            Part::Layer(layer) if layer.proto.role == Role::Data => {
                let field = &layer.proto.fields[0];
                let slot = Slot { field: 0, bit: at * 8, bits: field.bits(), little: field.little };
                let end = at + slot.bits / 8;
                let good = end <= self.to && layer.settings.iter().all(|s| self.value(field, &slot, s, None));
                good.then(|| self.segment(rest, end, None))?
            }
            Part::Layer(layer) => {
                let here = |n: &Node| n.depth == self.depth && n.start == at && n.proto == Some(layer.proto);
                // Between items may stand zeros, which belong to none.
                let behind = |n: &Node| n.depth == self.depth && self.depth > 0 && (at..=self.to).contains(&n.start);
                let next = self.view.nodes.iter().position(behind);
                let next = next.filter(|i| self.view.nodes[*i].proto == Some(layer.proto));
                if let Some(index) = self.view.nodes.iter().position(here).or(next) {
                    return self
                        .node(layer, index)
                        .then(|| self.segment(rest, self.view.nodes[index].header_end, Some((index, layer))))?;
                }
                self.forced(layer, rest, below?)
            }
        }
    }

    /// A layer that the one below does not name by itself, but the pattern does: `udp dport=5000 / vxlan`.
    fn forced(&self, layer: &Layer, rest: &[Part], (below, by): (usize, &Layer)) -> Option<usize> {
        if !names_next(by) || !matches!(layer.proto.role, Role::Header | Role::Link) {
            return None;
        }
        let at = self.view.nodes[below];
        let kept = self.view.nodes.iter().position(|n| n.depth == 0 && n.start >= at.header_end && n.start > at.start);
        let mut nodes = self.view.nodes[..kept.unwrap_or(self.view.nodes.len())].to_vec();
        let index = nodes.len();
        let mut first = Some(layer.proto);
        dissect::layers(self.view.bytes, &mut first, at.header_end, at.end, &mut nodes);
        nodes.extend(self.view.nodes.iter().filter(|n| n.proto.is_some_and(|p| p.role.is_tail())));
        let level = Level { view: View { bytes: self.view.bytes, nodes: &nodes }, ..*self };
        let found = nodes.get(index).is_some_and(|n| n.proto == Some(layer.proto)) && level.node(layer, index);
        found.then(|| level.segment(rest, nodes[index].header_end, Some((index, layer))))?
    }

    /// Whether a layer that is there passes its tests.
    fn node(&self, layer: &Layer, index: usize) -> bool {
        let node = &self.view.nodes[index];
        layer.settings.iter().all(|s| self.field(layer.proto, index, s))
            && layer.items.as_ref().filter(|items| !items.is_empty()).is_none_or(|items| {
                let slots = || layout::slots(layer.proto, self.view.bytes, node.start, node.header_end);
                let Some(slot) = slots().find(|s| layout::is_items(&layer.proto.fields[s.field])) else { return false };
                let inside = Level { depth: self.depth + 1, from: slot.range().start, to: slot.range().end, ..*self };
                inside.chain(&segments(items.clone()), false)
            })
    }

    fn field(&self, proto: &'static Protocol, index: usize, setting: &Setting) -> bool {
        let field = &proto.fields[setting.field];
        let node = &self.view.nodes[index];
        let Some(slot) = layout::slot(proto, self.view.bytes, node.start, node.header_end, setting.field) else {
            return false;
        };
        self.value(field, &slot, setting, Some(index))
    }

    fn value(&self, field: &Field, slot: &Slot, setting: &Setting, node: Option<usize>) -> bool {
        let inside = match &setting.to {
            To::Bytes(bytes) => {
                let range = slot.range();
                // Zeros fill a field up whose size is not its own.
                let filled =
                    matches!(field.kind, Kind::Bytes) && !matches!(field.size, Size::Rest | Size::Own | Size::By(_, 1));
                let rest = |end: usize| self.view.bytes.get(end..range.end);
                let ends =
                    |end: usize| rest(end).is_some_and(|r| r.is_empty() || (filled && r.iter().all(|b| *b == 0)));
                self.bytes_in(bytes, range.start, range.end).into_iter().any(ends)
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

    /// Where literals that begin at a place can end.
    fn bytes_in(&self, bytes: &Bytes, at: usize, to: usize) -> Vec<usize> {
        let mut ends = vec![at];
        for literal in &bytes.literals {
            let mut next = Vec::new();
            for end in ends {
                self.literal(literal, end, to, &mut next);
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        ends
    }

    fn literal(&self, literal: &Literal, at: usize, to: usize, ends: &mut Vec<usize>) {
        let Some(bytes) = self.view.bytes.get(at..to) else { return };
        for member in &literal.members {
            let (size, most) = repeats(member, bytes);
            if size == 0 {
                // Nothing stands anywhere, any number of times.
                ends.push(at);
                continue;
            }
            let most = most as u128;
            for run in &literal.repeat.runs {
                let mut times = run.first;
                while times <= most && times <= run.at(run.last) {
                    ends.push(at + size * times as usize);
                    times += run.step;
                }
            }
        }
    }
}

/// How long a member is, and how often it stands one behind the other at the beginning of these bytes.
fn repeats(member: &Member, bytes: &[u8]) -> (usize, usize) {
    match member {
        Member::Text(text) if text.is_empty() => (0, 0),
        Member::Text(text) => (text.len(), bytes.chunks_exact(text.len()).take_while(|c| c == text).count()),
        Member::Run(run, size) => {
            let first = bytes.get(..*size).and_then(|b| bits::get(b, 0, size * 8));
            let times = match (first, bytes.get(..*size)) {
                (Some(value), Some(first)) if run.holds(value) => {
                    bytes.chunks_exact(*size).take_while(|c| *c == first).count()
                }
                _ => 0,
            };
            (*size, times)
        }
        Member::Zero => (1, bytes.iter().take_while(|b| **b == 0).count()),
        Member::Count => (1, bytes.iter().enumerate().take_while(|(i, b)| **b == *i as u8).count()),
        Member::Rand(_) => (1, bytes.len()),
    }
}
