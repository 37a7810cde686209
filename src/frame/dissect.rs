//! From bytes to nodes: what a frame is, as its own fields tell it. No input fails; what does not fit is bytes.

use super::layout::{self, Fit, MAX_LENGTH, Told};
use super::node::Node;
use super::{bits, fcs};
use crate::proto::table::{List, Protocol, Rule};
use crate::proto::{self, eth, llc, tail};

/// What the first byte of a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Ethernet: a type or a length decides.
    Ethernet,
    /// Another link type: this layer, or bytes.
    Layer(Option<&'static Protocol>),
}

/// Whether the last four bytes are an FCS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fcs {
    /// If they are the right one.
    #[default]
    IfRight,
    /// Always, right or wrong.
    Always,
    /// Never.
    Never,
}

/// More layers than this are bytes.
const MAX_LAYERS: usize = 22;
/// Items in braces are taken apart so deep.
const MAX_DEPTH: u8 = 8;
/// Shorter frames have no FCS: there would be no header.
const MIN_WITH_FCS: usize = 18;

/// Takes a frame apart. `nodes` is emptied first; what it held is not looked at.
pub fn dissect(bytes: &[u8], begin: Begin, with_fcs: Fcs, nodes: &mut Vec<Node>) {
    nodes.clear();
    let has_fcs = bytes.len() >= MIN_WITH_FCS
        && match with_fcs {
            Fcs::IfRight => fcs::intact(bytes),
            Fcs::Always => true,
            Fcs::Never => false,
        };
    let contents = if has_fcs { bytes.len() - 4 } else { bytes.len() };
    let mut first = first_layer(bytes, begin);
    if let Begin::Layer(_) = begin {
        nodes.push(Node { proto: Some(&tail::FRAME), ..Node::default() });
    }
    let end = layers(bytes, &mut first, 0, contents, nodes);
    if end < contents {
        nodes.push(Node { proto: Some(&tail::PAD), start: end, header_end: contents, end: contents, depth: 0 });
    }
    if has_fcs {
        nodes.push(Node {
            proto: Some(&tail::FCS),
            start: contents,
            header_end: bytes.len(),
            end: bytes.len(),
            depth: 0,
        });
    } else if bytes.is_empty() {
        nodes.push(Node::default());
    }
}

fn first_layer(bytes: &[u8], begin: Begin) -> Option<&'static Protocol> {
    match begin {
        Begin::Layer(first) => first,
        Begin::Ethernet if bytes.len() < 14 => None,
        Begin::Ethernet if bits::get(bytes, 96, 16)? <= MAX_LENGTH.into() => Some(&eth::DOT3),
        Begin::Ethernet => Some(&eth::ETH),
    }
}

/// Takes layers apart from `start`, and gives the place where their contents end: what is behind is padding.
pub(super) fn layers(
    bytes: &[u8],
    first: &mut Option<&'static Protocol>,
    start: usize,
    limit: usize,
    nodes: &mut Vec<Node>,
) -> usize {
    let from = nodes.len();
    let mut limit = limit;
    let mut at = start;
    let mut told = false;
    while let Some(proto) = *first {
        if nodes.iter().filter(|n| n.depth == 0).count() >= MAX_LAYERS {
            break;
        }
        let Some(fit) = layout::fit(proto, bytes, at, limit) else { break };
        let (Fit::Exact(header_end) | Fit::Lies(header_end)) = fit;
        nodes.push(Node { proto: Some(proto), start: at, header_end, end: header_end, depth: 0 });
        if let Some(list) = proto.list() {
            items_of(bytes, proto, list, (at, header_end), 1, nodes);
        }
        // Only the outermost length says where padding begins; a shortfall further in is a lie that is printed.
        if !told {
            match layout::told_end(proto, bytes, at, header_end) {
                Told::Nothing => {}
                Told::Impossible => told = true,
                Told::End(end) => {
                    told = true;
                    limit = limit.min(end);
                }
            }
        }
        if !proto.carries && !told {
            limit = header_end;
        }
        *first = next(proto, bytes, at, header_end);
        at = header_end;
    }
    if at < limit {
        nodes.push(Node { proto: None, start: at, header_end: limit, end: limit, depth: 0 });
    }
    for node in &mut nodes[from..] {
        if node.header().is_some() && node.depth == 0 {
            node.end = limit;
        }
    }
    limit
}

/// The layer that a header names as the next one.
pub(super) fn next(
    proto: &'static Protocol,
    bytes: &[u8],
    start: usize,
    header_end: usize,
) -> Option<&'static Protocol> {
    let number = |field| layout::slot(proto, bytes, start, header_end, field)?.number(bytes);
    if proto.closed_by.is_some_and(|field| number(field as usize) != Some(0)) {
        return None;
    }
    let named = proto.fields.iter().enumerate().find_map(|(i, f)| match f.rule {
        Rule::Next { space, or_len, .. } => {
            let value = number(i)? as u64;
            if or_len && value <= u64::from(MAX_LENGTH) { Some(&llc::LLC) } else { proto::by_key(space, value) }
        }
        Rule::To(space) | Rule::From(space) => proto::by_key(space, number(i)? as u64),
        _ => None,
    });
    named.or(proto.then)
}

/// Takes the items of a header apart.
fn items_of(
    bytes: &[u8],
    proto: &'static Protocol,
    list: &'static List,
    (start, header_end): (usize, usize),
    depth: u8,
    nodes: &mut Vec<Node>,
) {
    let Some(slot) = layout::slots(proto, bytes, start, header_end).find(|s| layout::is_items(&proto.fields[s.field]))
    else {
        return;
    };
    let (mut at, end) = (slot.range().start, slot.range().end.min(bytes.len()));
    let align = usize::from(list.align.max(1));
    // The zeros that build would add again are nobody's. Where it would add them although none are there, none can be
    // left out either; a header whose length is a multiple of the unit never comes to that.
    let aligned = (header_end - start).is_multiple_of(align);
    let is_tail = |at: usize| aligned && end - at < align && bytes[at..end].iter().all(|b| *b == 0);
    while at < end && !is_tail(at) {
        let Some((item, item_end)) = list.of.iter().find_map(|p| Some((*p, item(p, bytes, at, end)?))) else { break };
        nodes.push(Node { proto: Some(item), start: at, header_end: item_end, end: item_end, depth });
        if let (Some(inner), true) = (item.list(), depth < MAX_DEPTH) {
            items_of(bytes, item, inner, (at, item_end), depth + 1, nodes);
        }
        at = item_end;
        if list.end == Some(item.name) {
            break;
        }
    }
    if at < end && !is_tail(at) {
        let stop = (at + 1..=end).find(|stop| is_tail(*stop)).unwrap_or(end);
        nodes.push(Node { proto: None, start: at, header_end: stop, end: stop, depth });
    }
}

/// Where an item of this form that begins here ends, if it is one: what is never printed must be what build writes.
fn item(proto: &'static Protocol, bytes: &[u8], start: usize, limit: usize) -> Option<usize> {
    let Fit::Exact(end) = layout::fit(proto, bytes, start, limit)? else { return None };
    if end <= start || end > limit {
        return None;
    }
    let fits = layout::slots(proto, bytes, start, end).all(|slot| {
        let f = &proto.fields[slot.field];
        !matches!(f.rule, Rule::Const) || slot.number(bytes) == Some(f.default)
    });
    fits.then_some(end)
}
