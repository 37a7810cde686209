//! What differs between two frames, field by field, in the words of the language.
//!
//! The layers of the two are paired by their protocols; then the fields of each pair are compared, and what is in its
//! braces. Start reading at [`diff`].

use super::align::{Pair, align};
use super::auto::auto;
use super::dissect::{Begin, Fcs, dissect};
use super::layout::{self, Slot};
use super::node::{Node, View};
use super::print::{part, printed, write_value};
use crate::proto::table::{Field, Role, Rule};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The layer: `ipv4`; the second of its name `vlan#2`; an item `ipv4 {ra}`; `payload` for bytes; empty for the frame.
    /// Counted in the first frame, and of what is added in the second.
    pub layer: String,
    /// What became of it.
    pub change: Change,
    /// It is filled in on both sides, so it follows from another difference.
    pub follows: bool,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A field has another value, as the language writes it; none where it is not there.
    Field {
        /// Its name.
        field: &'static str,
        /// In the first frame.
        from: Option<String>,
        /// In the second frame.
        to: Option<String>,
    },
    /// A checksum or an FCS.
    Check {
        /// Its name.
        field: &'static str,
        /// Its width in bits.
        bits: usize,
        /// In the first frame.
        from: Sum,
        /// In the second frame.
        to: Sum,
    },
    /// A layer or item that only the second frame has: its expression.
    Added(String),
    /// A layer or item that only the first frame has: its expression.
    Removed(String),
    /// Bytes without fields, or of padding.
    Bytes {
        /// Where in the payload they begin, in the first frame.
        offset: usize,
        /// The same from the first frame's start.
        at: usize,
        /// In the first frame; empty where they were put in.
        from: Vec<u8>,
        /// In the second frame; empty where they were taken out.
        to: Vec<u8>,
    },
    /// The frame's length on the wire, bytes, where what was captured of it is cut.
    Length {
        /// Of the first frame.
        from: usize,
        /// Of the second frame.
        to: usize,
    },
    /// The length of the padding, bytes.
    Padding {
        /// In the first frame.
        from: usize,
        /// In the second frame.
        to: usize,
    },
}

/// A checksum in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// What it is.
    pub state: State,
    /// What stands there.
    pub value: u128,
    /// What is right.
    pub right: u128,
}

/// Whether a checksum is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Good,
    /// It is not.
    Bad,
    /// Zero, which says that there is none.
    Unset,
}

/// A frame as it was found.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What the first of them belongs to.
    pub begin: Begin,
    /// Whether the last four are an FCS.
    pub fcs: Fcs,
}

/// Takes two frames apart, so that an FCS that is right in one of them is one in the other of the same length too.
pub fn dissect_both(a: Side, b: Side, nodes_a: &mut Vec<Node>, nodes_b: &mut Vec<Node>) {
    dissect(a.bytes, a.begin, a.fcs, nodes_a);
    dissect(b.bytes, b.begin, b.fcs, nodes_b);
    let has_fcs = |nodes: &[Node]| nodes.iter().any(|n| n.is(Role::Fcs));
    if a.bytes.len() == b.bytes.len() {
        match (has_fcs(nodes_a), has_fcs(nodes_b)) {
            (true, false) if b.fcs == Fcs::IfRight => dissect(b.bytes, b.begin, Fcs::Always, nodes_b),
            (false, true) if a.fcs == Fcs::IfRight => dissect(a.bytes, a.begin, Fcs::Always, nodes_a),
            _ => {}
        }
    }
}

/// All differences, in the order of the first frame; none where the bytes are equal and taken apart alike.
pub fn diff(a: View, b: View) -> Vec<Difference> {
    if a.bytes == b.bytes && a.nodes == b.nodes {
        return Vec::new();
    }
    let mut differ = Differ { a, b, found: Vec::new() };
    differ.level("", (0..a.nodes.len(), 0), (0..b.nodes.len(), 0));
    let mut found = differ.found;
    if found.iter().all(|d| d.follows) {
        // Nothing to follow from: it counts by itself.
        for difference in &mut found {
            difference.follows = false;
        }
        if found.is_empty() {
            bytes_changes(a.bytes, b.bytes, 0, |change| {
                found.push(Difference { layer: String::new(), change, follows: false });
            });
        }
    }
    found
}

struct Differ<'a> {
    a: View<'a>,
    b: View<'a>,
    found: Vec<Difference>,
}

impl Differ<'_> {
    fn push(&mut self, layer: &str, change: Change, follows: bool) {
        self.found.push(Difference { layer: layer.to_owned(), change, follows });
    }

    /// The nodes of these ranges that stand in so many braces; `outer` is the layer whose braces they are.
    fn level(&mut self, outer: &str, (in_a, depth_a): (Range<usize>, u8), (in_b, depth_b): (Range<usize>, u8)) {
        let (a, b) = (self.a, self.b);
        let here = |view: View, range: Range<usize>, depth| -> Vec<usize> {
            range.filter(|i| view.nodes[*i].depth == depth && !view.nodes[*i].is(Role::Start)).collect()
        };
        let (left, right) = (here(a, in_a, depth_a), here(b, in_b, depth_b));
        let alike = |i: usize, j: usize| {
            let (x, y) = (&a.nodes[left[i]], &b.nodes[right[j]]);
            // Of several of one protocol the equal ones belong together.
            if x.proto == y.proto { 4 + u32::from(a.header_bytes(x) == b.header_bytes(y)) } else { 0 }
        };
        let places = Places::new([(a, &left), (b, &right)]);
        let place = |side: usize, at: usize| {
            let own = places.label(side, at);
            if outer.is_empty() { own } else { inside(outer, &own) }
        };
        for pair in align(left.len(), right.len(), alike) {
            match pair {
                Pair::Both(i, j) => self.both(&place(0, i), left[i], right[j]),
                Pair::Left(i) => self.alone(outer, &place(0, i), a, left[i], true),
                Pair::Right(j) => self.alone(outer, &place(1, j), b, right[j], false),
            }
        }
    }

    /// A part that one side has not.
    fn alone(&mut self, outer: &str, place: &str, view: View, index: usize, removed: bool) {
        let node = &view.nodes[index];
        if node.is(Role::Pad) {
            let len = node.end - node.start;
            let (from, to) = if removed { (len, 0) } else { (0, len) };
            if len > 0 {
                self.push(place, Change::Padding { from, to }, false);
            }
            return;
        }
        if node.proto.is_none() && node.start == node.end {
            return;
        }
        let mut text = String::new();
        part(view, index, node, &mut text);
        let text = if outer.is_empty() { text } else { inside(outer, &text) };
        self.push(place, if removed { Change::Removed(text) } else { Change::Added(text) }, false);
    }

    fn both(&mut self, place: &str, left: usize, right: usize) {
        let (a, b) = (self.a, self.b);
        let (old, new) = (&a.nodes[left], &b.nodes[right]);
        let Some(proto) = old.proto else {
            let (from, to) = (bytes_of(a, old), bytes_of(b, new));
            return bytes_changes(from, to, old.start, |change| self.push(place, change, false));
        };
        if proto.role == Role::Pad {
            return self.padding(place, left, right);
        }
        let slots_a: Vec<_> = layout::slots(proto, a.bytes, old.start, old.header_end).collect();
        let slots_b: Vec<_> = layout::slots(proto, b.bytes, new.start, new.header_end).collect();
        for (index, f) in proto.fields.iter().enumerate().filter(|(_, f)| !layout::is_items(f)) {
            let find = |slots: &[Slot]| slots.iter().find(|was| was.field == index).copied();
            match (find(&slots_a), find(&slots_b)) {
                (Some(was), Some(is)) => self.field(place, f, (left, was), (right, is)),
                (None, None) => {}
                (was, is) => {
                    let follows =
                        !was.is_some_and(|was| printed(a, left, &was)) && !is.is_some_and(|is| printed(b, right, &is));
                    let from = was.map(|was| written(f, &was, a.bytes));
                    let to = is.map(|is| written(f, &is, b.bytes));
                    self.push(place, Change::Field { field: f.name, from, to }, follows);
                }
            }
        }
        let items = |view: View, index: usize| {
            let depth = view.nodes[index].depth;
            let count = view.nodes[index + 1..].iter().take_while(|n| n.depth > depth).count();
            (index + 1..index + 1 + count, depth + 1)
        };
        let (in_a, in_b) = (items(a, left), items(b, right));
        if !(in_a.0.is_empty() && in_b.0.is_empty()) {
            self.level(place, in_a, in_b);
        }
    }

    fn field(&mut self, place: &str, f: &Field, (left, was): (usize, Slot), (right, is): (usize, Slot)) {
        let (a, b) = (self.a, self.b);
        if let (Some(from), Some(to)) = (sum(a, left, f, &was), sum(b, right, f, &is)) {
            let same = from.state == to.state && (from.value == to.value || from.state == State::Unset);
            if !same {
                let follows = from.state == State::Good && to.state == State::Good;
                self.push(place, Change::Check { field: f.name, bits: was.bits, from, to }, follows);
            }
            return;
        }
        let (from, to) = (written(f, &was, a.bytes), written(f, &is, b.bytes));
        if from != to {
            let follows = !printed(a, left, &was) && !printed(b, right, &is);
            self.push(place, Change::Field { field: f.name, from: Some(from), to: Some(to) }, follows);
        }
    }

    fn padding(&mut self, place: &str, left: usize, right: usize) {
        let (a, b) = (self.a, self.b);
        let (old, new) = (&a.nodes[left], &b.nodes[right]);
        let (from, to) = (bytes_of(a, old), bytes_of(b, new));
        if from.len() != to.len() {
            let filled = |view: View, index: usize, node: &Node| {
                let Some(proto) = node.proto else { return false };
                layout::slots(proto, view.bytes, node.start, node.header_end).all(|s| !printed(view, index, &s))
            };
            let follows = filled(a, left, old) && filled(b, right, new);
            self.push(place, Change::Padding { from: from.len(), to: to.len() }, follows);
        }
        let both = from.len().min(to.len());
        bytes_changes(&from[..both], &to[..both], old.start, |change| self.push(place, change, false));
    }
}

/// What the parts of a level are called on either side.
struct Places {
    /// Of each side and part its name, and which of that name it is, from 1.
    sides: [Vec<(&'static str, usize)>; 2],
    /// The names that stand more than once on a side.
    several: HashSet<&'static str>,
}

impl Places {
    fn new(sides: [(View, &[usize]); 2]) -> Self {
        let mut several = HashSet::new();
        let sides = sides.map(|(view, parts)| {
            let mut counts: HashMap<&'static str, usize> = HashMap::new();
            let named = parts.iter().map(|index| {
                let name = view.nodes[*index].proto.map_or("payload", |p| p.name);
                let count = counts.entry(name).or_default();
                *count += 1;
                if *count > 1 {
                    several.insert(name);
                }
                (name, *count)
            });
            named.collect()
        });
        Self { sides, several }
    }

    fn label(&self, side: usize, at: usize) -> String {
        let (name, number) = self.sides[side][at];
        if self.several.contains(name) { format!("{name}#{number}") } else { name.to_owned() }
    }
}

/// A part in the braces of another: `ipv4 {ra}`, in whose braces `ipv4 {ra {x}}`.
fn inside(outer: &str, own: &str) -> String {
    let (open, close) = outer.split_at(outer.trim_end_matches('}').len());
    format!("{open} {{{own}}}{close}")
}

fn bytes_of<'a>(view: View<'a>, node: &Node) -> &'a [u8] {
    view.bytes.get(node.start..node.end).unwrap_or_default()
}

fn written(f: &Field, slot: &Slot, bytes: &[u8]) -> String {
    let mut text = String::new();
    write_value(f, slot, bytes, &mut text);
    text
}

/// A checksum that proves something.
fn sum(view: View, node: usize, f: &Field, slot: &Slot) -> Option<Sum> {
    if !f.is_check() || (node >= view.unquoted() && !matches!(f.rule, Rule::Crc)) {
        return None;
    }
    let (value, right) = (slot.number(view.bytes)?, auto(view, node, slot.field)?);
    let state = match f.rule {
        Rule::Sum { zero_is_none: true, .. } if value == 0 => State::Unset,
        _ if value == right => State::Good,
        _ => State::Bad,
    };
    Some(Sum { state, value, right })
}

/// Fewer equal bytes between two changes join them to one.
const JOINED: usize = 4;

/// The runs of bytes that differ; where the lengths do, what lies between the equal beginning and the equal end.
fn bytes_changes(from: &[u8], to: &[u8], start: usize, mut found: impl FnMut(Change)) {
    let mut push = |a: Range<usize>, b: Range<usize>| {
        let (offset, at) = (a.start, start + a.start);
        found(Change::Bytes { offset, at, from: from[a].to_vec(), to: to[b].to_vec() });
    };
    if from.len() != to.len() {
        let least = from.len().min(to.len());
        let begin = from.iter().zip(to).take_while(|(x, y)| x == y).count();
        let end = from.iter().rev().zip(to.iter().rev()).take(least - begin).take_while(|(x, y)| x == y).count();
        return push(begin..from.len() - end, begin..to.len() - end);
    }
    let mut run: Option<Range<usize>> = None;
    for at in (0..from.len()).filter(|at| from[*at] != to[*at]) {
        run = match run.take() {
            Some(open) if at - open.end < JOINED => Some(open.start..at + 1),
            before => {
                if let Some(done) = before {
                    push(done.clone(), done);
                }
                Some(at..at + 1)
            }
        };
    }
    if let Some(done) = run {
        push(done.clone(), done);
    }
}
