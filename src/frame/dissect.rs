//! From bytes to nodes: what a frame is, as its own fields tell it. No input fails; what does not fit is bytes.

use super::layout::{self, Fit, MAX_LENGTH, Told};
use super::node::Node;
use super::{fcs, list};
use crate::proto::table::{List, Protocol, Role, Rule, fields_of};
use crate::proto::{self, eth, llc, macsec, prp, tail, vlan};

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
    take_apart(bytes, begin, with_fcs, true, nodes);
}

/// Takes a frame apart, and what stands in braces too if that is wanted.
pub(super) fn take_apart(bytes: &[u8], begin: Begin, with_fcs: Fcs, items: bool, nodes: &mut Vec<Node>) {
    nodes.clear();
    let has_fcs = bytes.len() >= MIN_WITH_FCS
        && match with_fcs {
            Fcs::IfRight => fcs::intact(bytes),
            Fcs::Always => true,
            Fcs::Never => false,
        };
    let all = if has_fcs { bytes.len() - 4 } else { bytes.len() };
    let contents = if begin == Begin::Ethernet && prp::trails(&bytes[..all]) { all - prp::SIZE } else { all };
    let mut first = first_layer(bytes, begin);
    if let Begin::Layer(_) = begin {
        nodes.push(Node { proto: Some(&tail::FRAME), ..Node::default() });
    }
    let tail = |proto, start, end| Node { proto: Some(proto), start, header_end: end, end, depth: 0 };
    let check = if begin == Begin::Ethernet { check_value(&bytes[..contents]) } else { None };
    let end = layers(bytes, &mut first, (0, check.unwrap_or(contents)), items, nodes);
    let end = check.map_or(end, |check| {
        if end < check {
            pad(nodes, 0, end, check);
        }
        nodes.push(tail(&macsec::ICV, check, check + macsec::ICV_SIZE));
        check + macsec::ICV_SIZE
    });
    if end < contents {
        pad(nodes, 0, end, contents);
    }
    if contents < all {
        nodes.push(tail(&prp::PRP, contents, all));
    }
    if has_fcs {
        nodes.push(tail(&tail::FCS, all, bytes.len()));
    } else if bytes.is_empty() {
        nodes.push(Node::default());
    }
}

/// Adds the padding of the frame whose nodes begin at `from`. Frames inside it that have none get an empty one, so that it
/// is plain whose it is.
fn pad(nodes: &mut Vec<Node>, from: usize, start: usize, end: usize) {
    let count = |role| nodes[from..].iter().filter(|n| n.is(role)).count();
    let missing = (count(Role::Link).saturating_sub(1)).saturating_sub(count(Role::Pad));
    let node = |end| Node { proto: Some(&tail::PAD), start, header_end: end, end, depth: 0 };
    nodes.extend((0..missing).map(|_| node(start)));
    nodes.push(node(end));
}

/// Where the check value of `MACsec` begins in a frame's contents, if they have room for it: where the tag says, else at
/// their end.
fn check_value(contents: &[u8]) -> Option<usize> {
    let (Some(macsec::ETHERTYPE), at) = vlan::behind_tags(contents) else { return None };
    let Some(Fit::Exact(header_end)) = layout::fit(&macsec::MACSEC, contents, at, contents.len()) else { return None };
    let last = contents.len().checked_sub(macsec::ICV_SIZE)?;
    let check = match layout::told_end(&macsec::MACSEC, contents, at, header_end) {
        Told::Nothing => last,
        Told::End(end) => end,
        Told::Impossible => return None,
    };
    (header_end..=last).contains(&check).then_some(check)
}

fn first_layer(bytes: &[u8], begin: Begin) -> Option<&'static Protocol> {
    match begin {
        Begin::Layer(first) => first,
        Begin::Ethernet if bytes.len() < 14 => None,
        Begin::Ethernet if u16::from_be_bytes([bytes[12], bytes[13]]) <= MAX_LENGTH => Some(&eth::DOT3),
        Begin::Ethernet => Some(&eth::ETH),
    }
}

/// Takes layers apart from `start`, and gives the place where their contents end: what is behind is padding.
pub(super) fn layers(
    bytes: &[u8],
    first: &mut Option<&'static Protocol>,
    (start, limit): (usize, usize),
    items: bool,
    nodes: &mut Vec<Node>,
) -> usize {
    let from = nodes.len();
    let mut count = nodes.iter().filter(|n| n.depth == 0).count();
    // Where the nodes of a frame inside this one begin; they know their own end.
    let mut inside = None;
    let mut limit = limit;
    let mut at = start;
    let mut told = false;
    while let Some(proto) = *first {
        if count >= MAX_LAYERS {
            break;
        }
        if proto.role == Role::Link && nodes.len() > from {
            inside = Some(nodes.len());
            let inner = nodes.len();
            let end = layers(bytes, first, (at, limit), items, nodes);
            if end < limit {
                pad(nodes, inner, end, limit);
            }
            at = limit;
            break;
        }
        let Some(fit) = layout::fit(proto, bytes, at, limit) else { break };
        let (Fit::Exact(header_end) | Fit::Lies(header_end)) = fit;
        nodes.push(Node { proto: Some(proto), start: at, header_end, end: header_end, depth: 0 });
        count += 1;
        if items && let Some(list) = proto.list() {
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
        *first = next(proto, bytes, (at, header_end), limit);
        at = header_end;
    }
    if at < limit {
        nodes.push(Node { proto: None, start: at, header_end: limit, end: limit, depth: 0 });
    }
    let own = from..inside.unwrap_or(nodes.len());
    for node in &mut nodes[own] {
        if node.header().is_some() && node.depth == 0 {
            node.end = limit;
        }
    }
    limit
}

/// The layer that a header names as the next one, or that its table guesses.
fn next(
    proto: &'static Protocol,
    bytes: &[u8],
    (start, header_end): (usize, usize),
    limit: usize,
) -> Option<&'static Protocol> {
    let contents = bytes.get(header_end..limit)?;
    let by_key = |space, number| proto::by_key(space, number, |p| layout::fit(p, bytes, header_end, limit).is_some());
    let number = |field| layout::slot(proto, bytes, start, header_end, field)?.number(bytes);
    if proto.closed_by.is_some_and(|field| number(field as usize) != Some(0)) {
        return None;
    }
    let mut above = 0;
    let named = fields_of(proto.facts.next).find_map(|i| match proto.fields[i].rule {
        Rule::Above(_) => {
            above = (number(i)? as u64) << 16;
            None
        }
        Rule::Next { space, or_len, .. } => {
            let value = number(i)? as u64 | above;
            if or_len && value <= u64::from(MAX_LENGTH) { Some(&llc::LLC) } else { by_key(space, value) }
        }
        Rule::To(space) | Rule::From(space) => by_key(space, number(i)? as u64),
        Rule::Bottom => (number(i) == Some(0)).then_some(proto),
        _ => None,
    });
    match named.or(proto.then).or_else(|| proto.guess?(contents)) {
        Some(link) if link.role == Role::Link => first_layer(contents, Begin::Ethernet),
        found => found,
    }
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
    let Some(slot) = layout::items_slot(proto, bytes, start, header_end) else { return };
    let span = (slot.range().start, slot.range().end.min(bytes.len()));
    list::items((proto, list), bytes, (start, header_end), span, |item, from, to| {
        nodes.push(Node { proto: item, start: from, header_end: to, end: to, depth });
        if let Some((item, inner)) = item.and_then(|item| Some((item, item.list()?)))
            && depth < MAX_DEPTH
        {
            items_of(bytes, item, inner, (from, to), depth + 1, nodes);
        }
    });
}
