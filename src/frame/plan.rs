//! What varies in a set, and which checksums follow: the plan that a [`super::Template`] carries out.

use super::auto::{self, Stage};
use super::bits;
use super::build::Builder;
use super::checksum::{self, Coverage};
use super::layout::{self, Slot};
use super::node::View;
use super::room::room;
use super::set::Pick;
use super::spec::{Frames, Layer, Literal, Member, Part, To};
use super::template::{Sum, Varying};
use crate::proto::table::{Ask, Field, Order, Role, Rule};
use std::ops::Range;

/// What a template carries out.
#[derive(Debug)]
pub(super) struct Plan {
    /// Frame 0, with varying fields and the checksums over them zero.
    pub base: Vec<u8>,
    /// The varying fields, in the order of their axes.
    pub fields: Vec<Varying>,
    /// The checksums to be written, innermost first.
    pub sums: Vec<Sum>,
    /// Where the FCS stands that is to be written.
    pub fcs: Option<usize>,
    /// Where the flow tag goes, whose bytes are zero in the base.
    pub tag: Option<Range<usize>>,
}

impl Plan {
    /// The plan of a set, if its frames differ in fields only that change nothing else than checksums. A flow tag of `tag`
    /// bytes, if any, takes the place of the payload's end.
    pub fn new(frames: &Frames, tag: Option<usize>) -> Option<Self> {
        // The frames differ in their destination MAC too.
        if !frames.has_one_next_hop() {
            return None;
        }
        let mut builder = Builder::default();
        builder.build(frames, 0).ok()?;
        let view = builder.view();
        let mut base = view.bytes.to_vec();
        let mut fields = Vec::new();
        let mut at = 0;
        let mut node = 0;
        for part in &frames.parts {
            at = part_fields(part, view, &mut node, at, &mut fields)?;
        }
        let tag = match tag {
            Some(length) => Some(room(frames, view, length)?),
            None => None,
        };
        let sums = sums(frames, view, &mut base, &fields, tag.as_ref())?;
        let fcs = fcs_place(frames, view).ok()?;
        Some(Self { base, fields, sums, fcs, tag })
    }
}

/// Notes the varying fields of a part and gives the place behind it, or none where its structure varies.
fn part_fields(part: &Part, view: View, node: &mut usize, at: usize, fields: &mut Vec<Varying>) -> Option<usize> {
    match part {
        Part::Gap => None,
        Part::Bytes(bytes) => {
            if bytes.literals.iter().any(literal_varies) {
                return None;
            }
            let mut builder = Builder::default();
            let len = builder.literal_len(bytes)?;
            advance(view, node, at + len);
            Some(at + len)
        }
        Part::Layer(layer) if layer.proto.role == Role::Cut => None,
        Part::Layer(layer) if layer.proto.role == Role::Data => {
            let f = &layer.proto.fields[0];
            let slot = Slot { field: 0, bit: at * 8, bits: f.bits(), order: f.order };
            layer_fields(layer, |_| Some(slot), fields)?;
            advance(view, node, at + f.bits() / 8);
            Some(at + f.bits() / 8)
        }
        Part::Layer(layer) => {
            let (start, header_end) = (view.nodes.get(*node)?.start, view.nodes.get(*node)?.header_end);
            if view.nodes.get(*node)?.proto != Some(layer.proto) {
                return None;
            }
            // Items are built whole: nothing in braces may vary.
            if layer.items.iter().flatten().any(varies) {
                return None;
            }
            let slot = |field| layout::slot(layer.proto, view.bytes, start, header_end, field);
            layer_fields(layer, slot, fields)?;
            *node += 1;
            while view.nodes.get(*node).is_some_and(|n| n.depth > 0) {
                *node += 1;
            }
            Some(header_end)
        }
    }
}

/// Steps over the node of plain bytes that ends here; several parts may share it.
fn advance(view: View, node: &mut usize, end: usize) {
    if view.nodes.get(*node).is_some_and(|n| n.proto.is_none() && n.end == end) {
        *node += 1;
    }
}

fn literal_varies(literal: &Literal) -> bool {
    let drawn = literal.members.iter().any(|m| matches!(m, Member::Rand(_)));
    literal.pick != Pick::Only || literal.repeat.pick != Pick::Only || drawn
}

fn varies(part: &Part) -> bool {
    match part {
        Part::Gap => true,
        Part::Bytes(bytes) => bytes.literals.iter().any(literal_varies),
        Part::Layer(layer) => {
            let set = |to: &To| match to {
                To::Numbers(numbers) => numbers.pick != Pick::Only,
                To::Bytes(bytes) => bytes.literals.iter().any(literal_varies),
                To::Auto | To::Bad => false,
            };
            layer.settings.iter().any(|s| set(&s.to)) || layer.items.iter().flatten().any(varies)
        }
    }
}

fn layer_fields(layer: &Layer, slot: impl Fn(usize) -> Option<Slot>, fields: &mut Vec<Varying>) -> Option<()> {
    for setting in &layer.settings {
        let numbers = match &setting.to {
            To::Numbers(numbers) if numbers.pick != Pick::Only => numbers,
            To::Bytes(bytes) if bytes.literals.iter().any(literal_varies) => return None,
            _ => continue,
        };
        let f = &layer.proto.fields[setting.field];
        let mut place = slot(setting.field)?;
        // How many hops are left says which address a checksum covers.
        let routes = layer.proto.route.is_some_and(|route| route.left as usize == setting.field);
        if routes || asked_for(layer, f) || shapes(layer.proto.fields, setting.field) || f.bits() != place.bits {
            return None;
        }
        if let Some(bit) = setting.bits {
            place.bit += place.bits - 1 - bit as usize;
            place.bits = 1;
        }
        let last = u64::try_from(numbers.count() - 1).ok()?;
        fields.push(Varying::new(place, numbers.clone(), last));
    }
    Some(())
}

/// Whether a layer below takes a value from this field.
fn asked_for(layer: &Layer, f: &Field) -> bool {
    let from =
        |ask| matches!(ask, Ask::By(name, ..) | Ask::Group(name, _) | Ask::SolicitedNode(name) if name == f.name);
    layer.proto.asks.iter().any(|(.., ask)| from(*ask))
}

/// Whether a field says where something ends or whether it is there.
fn shapes(fields: &[Field], index: usize) -> bool {
    let goes_with = |f: &Field| matches!(f.rule, Rule::By(on, _) if on.index as usize == index);
    let depends = |f: &Field| {
        f.when.on().is_some_and(|on| on.index as usize == index) || auto::sized_by(f, index) || goes_with(f)
    };
    matches!(
        fields[index].rule,
        Rule::Len { .. }
            | Rule::Next { or_len: true, .. }
            | Rule::SizeOf
            | Rule::Has
            | Rule::CountOf(_)
            | Rule::LastOf(_)
    ) || fields.iter().any(depends)
}

/// The checksums that cover a varying field, which is zeroed in the base.
fn sums(
    frames: &Frames,
    view: View,
    base: &mut [u8],
    fields: &[Varying],
    tag: Option<&Range<usize>>,
) -> Option<Vec<Sum>> {
    for field in fields {
        bits::put(base, field.slot().bit, field.slot().bits, 0);
    }
    if let Some(tag) = tag {
        let hidden = |v: &Varying| v.slot().bit < tag.end * 8 && v.slot().end_bit() > tag.start * 8;
        if fields.iter().any(hidden) {
            return None;
        }
        base.get_mut(tag.clone())?.fill(0);
    }
    let mut sums: Vec<Sum> = Vec::new();
    let layers: Vec<_> =
        frames.parts.iter().filter_map(|p| if let Part::Layer(l) = p { Some(l) } else { None }).collect();
    let mut headers = layers.iter().filter(|l| l.proto.role != Role::Data && l.proto.role != Role::Cut);
    let mut found = Vec::new();
    for (index, node) in view.nodes.iter().enumerate().filter(|(_, n)| n.depth == 0 && n.proto.is_some()) {
        let layer = headers.next().filter(|l| Some(l.proto) == node.proto)?;
        for (i, f) in layer.proto.fields.iter().enumerate() {
            let setting = layer.setting(i).map(|s| &s.to);
            if matches!(setting, Some(To::Numbers(_) | To::Bytes(_))) {
                continue;
            }
            match auto::stage(f) {
                Stage::Checksums => found.push((index, i, matches!(setting, Some(To::Bad)), f)),
                // A copy of what varies varies too.
                Stage::Copies if !fields.is_empty() && copies_vary(view, index, i, fields) => return None,
                _ => {}
            }
        }
    }
    // Nothing in braces varies by itself, but copies may.
    for (index, node) in view.nodes.iter().enumerate().filter(|(_, n)| n.depth > 0) {
        let own = node.proto.map_or(&[][..], |p| p.fields);
        let copies = (0..own.len()).filter(|i| auto::stage(&own[*i]) == Stage::Copies);
        if copies.into_iter().any(|i| copies_vary(view, index, i, fields)) {
            return None;
        }
    }
    for (node, field, bad, f) in found.into_iter().rev() {
        let Some(Coverage { ranges, constant, place, zero_is_none }) = checksum::coverage(view, node, field) else {
            // Another checksum than the Internet's must not cover what varies.
            let start = view.nodes[node].start * 8;
            let covered = fields.iter().any(|v| v.slot().bit >= start) || tag.is_some_and(|tag| tag.start * 8 >= start);
            if covered && matches!(f.rule, Rule::Crc32c) {
                return None;
            }
            continue;
        };
        let mut sum = Sum {
            at: place.start,
            base: constant.into(),
            terms: Vec::new(),
            inner: Vec::new(),
            tag: None,
            zero_is_none,
            bad,
            value: 0,
        };
        for range in ranges {
            for (i, v) in fields.iter().enumerate() {
                let (from, to) = (v.slot().bit, v.slot().bit + v.slot().bits);
                let (low, high) = (range.start * 8, range.end * 8);
                if to <= low || from >= high {
                    continue;
                }
                if from < low || to > high || v.slot().order != Order::High {
                    return None;
                }
                sum.terms.push((i, ((16 - (to - low) % 16) % 16) as u32));
            }
            if let Some(tag) = tag.filter(|tag| tag.start < range.end && tag.end > range.start) {
                if tag.start < range.start || tag.end > range.end {
                    return None;
                }
                sum.tag = Some((tag.start - range.start) % 2 == 1);
            }
            for (i, inner) in sums.iter().enumerate() {
                if inner.at >= range.start && inner.at + 2 <= range.end {
                    sum.inner.push((i, (inner.at - range.start) % 2 == 1));
                } else if inner.at + 2 > range.start && inner.at < range.end {
                    return None;
                }
            }
        }
        // One that covers nothing that varies keeps the value that it has in the base.
        if sum.terms.is_empty() && sum.inner.is_empty() && sum.tag.is_none() {
            continue;
        }
        base[place.clone()].fill(0);
        sum.base += coverage_base(base, view, node, field);
        sums.push(sum);
    }
    Some(sums)
}

/// The sum of what does not vary: the base, with every checksum to be written zero.
fn coverage_base(base: &[u8], view: View, node: usize, field: usize) -> u64 {
    let Some(Coverage { ranges, .. }) = checksum::coverage(view, node, field) else { return 0 };
    let words = |range: std::ops::Range<usize>| {
        base.get(range)
            .unwrap_or_default()
            .chunks(2)
            .fold(0u64, |sum, w| sum + (u64::from(w[0]) << 8) + u64::from(w.get(1).copied().unwrap_or(0)))
    };
    ranges.into_iter().map(words).sum()
}

/// A member of 224.0.0.0/4.
const MULTICAST4: u128 = 0xe000_0001;
/// A member of `ff00::/8`.
const MULTICAST6: u128 = 0xff02 << 112;

/// Whether a copied field would change with a varying one.
fn copies_vary(view: View, node: usize, field: usize, fields: &[Varying]) -> bool {
    let mut bytes = view.bytes.to_vec();
    for v in fields {
        // The ends of each run, and the multicast addresses in it.
        let ends = v.numbers.runs.iter().flat_map(|run| {
            let (first, last) = (run.first, run.at(run.last));
            [first, last, MULTICAST4.clamp(first, last), MULTICAST6.clamp(first, last)]
        });
        for value in ends {
            bits::put(&mut bytes, v.slot().bit, v.slot().bits, value);
            let changed = View { bytes: &bytes, nodes: view.nodes };
            if auto::auto(changed, node, field) != auto::auto(view, node, field) {
                return true;
            }
        }
        bits::put(
            &mut bytes,
            v.slot().bit,
            v.slot().bits,
            bits::get(view.bytes, v.slot().bit, v.slot().bits).unwrap_or(0),
        );
    }
    false
}

/// The place of an FCS that is to be written for each frame; an error where there is more than that to do.
fn fcs_place(frames: &Frames, view: View) -> Result<Option<usize>, ()> {
    let mut found = view.nodes.iter().filter(|n| n.is(Role::Fcs));
    let (node, more) = (found.next(), found.next());
    let Some(node) = node else { return Ok(None) };
    let layer = frames.parts.iter().find_map(|p| match p {
        Part::Layer(l) if l.proto.role == Role::Fcs => Some(l),
        _ => None,
    });
    match layer.and_then(|l| l.setting(0)).map(|s| &s.to) {
        _ if more.is_some() || layer.is_none() => Err(()),
        None | Some(To::Auto) => Ok(Some(node.start)),
        Some(To::Bad) => Err(()),
        Some(_) => Ok(None),
    }
}
