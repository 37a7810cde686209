//! The fast way from a set to its frames: the frame once, and the list of what changes from one to the next.
//!
//! The base is copied whole; each varying field is stored at its place; then the checksums. A checksum is not patched by
//! differences: `base` is the folded sum with varying fields and checksum zero, and each varying field *adds* its value,
//! shifted to its place in the 16-bit words. That is bit for bit the full sum, and has no minus-zero trap.
//!
//! Only what keeps the frame's structure may vary: a field that says where something ends, or whether it is there, makes
//! [`Template::new`] give none, and [`super::Builder`] builds such sets one by one.

use super::auto::{self, Stage};
use super::build::Builder;
use super::checksum::{self, Coverage};
use super::layout::{self, Slot};
use super::node::View;
use super::set::{Choice, Numbers, Pick, Run};
use super::spec::{Frames, Layer, Part, To};
use super::{bits, fcs};
use crate::proto::table::{Field, Role, Rule, When};

/// A set whose frames differ in a few fields only.
#[derive(Debug)]
pub struct Template<'f> {
    frames: &'f Frames,
    /// Frame 0, with varying fields and the checksums over them zero.
    base: Vec<u8>,
    /// The varying fields.
    fields: Vec<Varying>,
    /// The checksums to be written, innermost first.
    sums: Vec<Sum>,
    /// Where the FCS stands that is to be written.
    fcs: Option<usize>,
    /// The member of each field that the next frame takes, and how far each axis is.
    now: Vec<u64>,
    next: Option<u128>,
}

/// One field that changes.
#[derive(Debug)]
struct Varying {
    slot: Slot,
    numbers: Numbers,
    /// The only run, which most sets are.
    run: Option<(u64, u64)>,
    /// How many members the set has, at most 2^64.
    count: u128,
    value: u128,
}

/// One checksum.
#[derive(Debug)]
struct Sum {
    at: usize,
    base: u64,
    /// The fields it covers, and how far each is shifted in its word.
    terms: Vec<(usize, u32)>,
    /// The checksums it covers, each in a word of its own or across two.
    inner: Vec<(usize, bool)>,
    zero_is_none: bool,
    bad: bool,
    value: u16,
}

impl<'f> Template<'f> {
    /// The template of a set, if its frames differ in fields only that change nothing else than checksums.
    pub fn new(frames: &'f Frames) -> Option<Self> {
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
        let sums = sums(frames, view, &mut base, &mut fields)?;
        let fcs = fcs_place(frames, view)?;
        let now = vec![0; fields.len()];
        Some(Self { frames, base, fields, sums, fcs, now, next: None })
    }

    /// The length of every frame, bytes.
    pub fn len(&self) -> usize {
        self.base.len()
    }

    /// Whether the frames are empty.
    pub fn is_empty(&self) -> bool {
        self.base.is_empty()
    }

    /// Writes frame `number` into a buffer of [`Template::len`] bytes; a shorter one is left as it is. Frames in order are
    /// cheapest.
    pub fn write(&mut self, number: u128, out: &mut [u8]) {
        let Some(out) = out.get_mut(..self.base.len()) else { return };
        if self.next != Some(number) {
            self.seek(number);
        }
        out.copy_from_slice(&self.base);
        for (field, index) in self.fields.iter_mut().zip(&self.now) {
            field.value = match field.run {
                Some((first, step)) => (first + step * index).into(),
                None => field.numbers.member((*index).into()),
            };
            field.store(out);
        }
        for i in 0..self.sums.len() {
            let (done, rest) = self.sums.split_at_mut(i);
            let sum = &mut rest[0];
            sum.value = sum.compute(&self.fields, done);
            out[sum.at..sum.at + 2].copy_from_slice(&sum.value.to_be_bytes());
        }
        if let Some(at) = self.fcs {
            let crc = fcs::fcs(&out[..at]);
            out[at..at + 4].copy_from_slice(&crc);
        }
        self.step(number);
    }

    /// The members that a frame takes, by division.
    fn seek(&mut self, number: u128) {
        let choice = Choice { axes: &self.frames.axes, number, seed: self.frames.surroundings.seed };
        for (now, field) in self.now.iter_mut().zip(&self.fields) {
            *now = choice.index(field.numbers.pick, field.count) as u64;
        }
    }

    /// The members that the frame behind this one takes, by counting on.
    fn step(&mut self, number: u128) {
        let next = number.wrapping_add(1);
        self.next = Some(next);
        let zip = self.frames.axes.zip;
        let mut carry = true;
        for (now, field) in self.now.iter_mut().zip(&self.fields).rev() {
            match field.numbers.pick {
                Pick::Only => {}
                Pick::Draw(_) => {
                    let choice = Choice { axes: &self.frames.axes, number: next, seed: self.frames.surroundings.seed };
                    *now = choice.index(field.numbers.pick, field.count) as u64;
                }
                Pick::Axis(_) if carry => {
                    let last = u128::from(*now) + 1 == field.count;
                    *now = if last { 0 } else { *now + 1 };
                    carry = last || zip;
                }
                Pick::Axis(_) => {}
            }
        }
    }
}

impl Varying {
    #[inline]
    fn store(&self, out: &mut [u8]) {
        let Slot { bit, bits, little, .. } = self.slot;
        let at = bit / 8;
        match (bit % 8, bits, little) {
            (0, 8, _) => out[at] = self.value as u8,
            (0, 16, false) => out[at..at + 2].copy_from_slice(&(self.value as u16).to_be_bytes()),
            (0, 32, false) => out[at..at + 4].copy_from_slice(&(self.value as u32).to_be_bytes()),
            (0, 48, false) => out[at..at + 6].copy_from_slice(&(self.value as u64).to_be_bytes()[2..]),
            (_, _, true) => bits::put(out, bit, bits, bits::swap(self.value, bits)),
            _ => bits::put(out, bit, bits, self.value),
        }
    }
}

impl Sum {
    #[inline]
    fn compute(&self, fields: &[Varying], done: &[Self]) -> u16 {
        let mut sum = self.base;
        for (field, shift) in &self.terms {
            sum += fold(fields[*field].value) << shift;
        }
        for (inner, swapped) in &self.inner {
            let value = done[*inner].value;
            sum += u64::from(if *swapped { value.swap_bytes() } else { value });
        }
        let value = !(fold(sum.into()) as u16);
        let value = if value == 0 && self.zero_is_none { 0xffff } else { value };
        if self.bad { (u32::from(value) % 65535 + 1) as u16 } else { value }
    }
}

/// The ones' complement sum of a number's 16-bit words, at most 0xffff; 0 of 0 only.
#[inline]
fn fold(value: u128) -> u64 {
    let mut sum = if value >> 64 == 0 { value as u64 } else { fold(value >> 64) + fold(value & u128::from(u64::MAX)) };
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

/// Notes the varying fields of a part and gives the place behind it, or none where its structure varies.
fn part_fields(part: &Part, view: View, node: &mut usize, at: usize, fields: &mut Vec<Varying>) -> Option<usize> {
    match part {
        Part::Gap => None,
        Part::Bytes(bytes) => {
            let fixed = |l: &super::spec::Literal| {
                let drawn = l.members.iter().any(|m| matches!(m, super::spec::Member::Rand(_)));
                l.pick == Pick::Only && l.repeat.pick == Pick::Only && !drawn
            };
            if !bytes.literals.iter().all(fixed) {
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
            let slot = Slot { field: 0, bit: at * 8, bits: f.bits(), little: f.little };
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

fn varies(part: &Part) -> bool {
    match part {
        Part::Gap => true,
        Part::Bytes(bytes) => bytes.literals.iter().any(|l| {
            let drawn = l.members.iter().any(|m| matches!(m, super::spec::Member::Rand(_)));
            l.pick != Pick::Only || l.repeat.pick != Pick::Only || drawn
        }),
        Part::Layer(layer) => {
            let set = |to: &To| match to {
                To::Numbers(numbers) => numbers.pick != Pick::Only,
                To::Bytes(bytes) => varies(&Part::Bytes(bytes.clone())),
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
            To::Bytes(bytes) if varies(&Part::Bytes(bytes.clone())) => return None,
            _ => continue,
        };
        let f = &layer.proto.fields[setting.field];
        let mut place = slot(setting.field)?;
        if shapes(layer.proto.fields, setting.field) || f.bits() != place.bits {
            return None;
        }
        if let Some(bit) = setting.bits {
            place.bit += place.bits - 1 - bit as usize;
            place.bits = 1;
        }
        let count = Some(numbers.count()).filter(|count| count - 1 <= u128::from(u64::MAX))?;
        let run = match numbers.runs[..] {
            [Run { first, step, last }] if u64::try_from(first + step * last).is_ok() => {
                Some((first as u64, step as u64))
            }
            _ => None,
        };
        fields.push(Varying { slot: place, numbers: numbers.clone(), run, count, value: 0 });
    }
    Some(())
}

/// Whether a field says where something ends or whether it is there.
fn shapes(fields: &[Field], index: usize) -> bool {
    let depends = |f: &Field| f.when.on().is_some_and(|on| on.index as usize == index) || auto::sized_by(f, index);
    matches!(
        fields[index].rule,
        Rule::Len { .. } | Rule::Next { or_len: true, .. } | Rule::SizeOf | Rule::Has | Rule::CountOf(_)
    ) || matches!(fields[index].when, When::Bit(_))
        || fields.iter().any(depends)
}

/// The checksums that cover a varying field, which is zeroed in the base.
fn sums(frames: &Frames, view: View, base: &mut [u8], fields: &mut [Varying]) -> Option<Vec<Sum>> {
    for field in fields.iter_mut() {
        field.value = 0;
        field.store(base);
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
    for (node, field, bad, f) in found.into_iter().rev() {
        let Some(Coverage { ranges, constant, place, zero_is_none }) = checksum::coverage(view, node, field) else {
            // Another checksum than the Internet's must not cover what varies.
            let start = view.nodes[node].start * 8;
            let covered = fields.iter().any(|v| v.slot.bit >= start);
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
            zero_is_none,
            bad,
            value: 0,
        };
        for range in ranges {
            for (i, v) in fields.iter().enumerate() {
                let (from, to) = (v.slot.bit, v.slot.bit + v.slot.bits);
                let (low, high) = (range.start * 8, range.end * 8);
                if to <= low || from >= high {
                    continue;
                }
                if from < low || to > high || v.slot.little {
                    return None;
                }
                sum.terms.push((i, ((16 - (to - low) % 16) % 16) as u32));
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
        if sum.terms.is_empty() && sum.inner.is_empty() {
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
/// A member of ff00::/8.
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
            bits::put(&mut bytes, v.slot.bit, v.slot.bits, value);
            let changed = View { bytes: &bytes, nodes: view.nodes };
            if auto::auto(changed, node, field) != auto::auto(view, node, field) {
                return true;
            }
        }
        bits::put(&mut bytes, v.slot.bit, v.slot.bits, bits::get(view.bytes, v.slot.bit, v.slot.bits).unwrap_or(0));
    }
    false
}

/// The place of an FCS that is to be written for each frame.
fn fcs_place(frames: &Frames, view: View) -> Option<Option<usize>> {
    let mut found = view.nodes.iter().filter(|n| n.is(Role::Fcs));
    let (Some(node), None) = (found.next(), found.next()) else { return Some(None) };
    let layer = frames.parts.iter().find_map(|p| match p {
        Part::Layer(l) if l.proto.role == Role::Fcs => Some(l),
        _ => None,
    })?;
    match layer.setting(0).map(|s| &s.to) {
        None | Some(To::Auto) => Some(Some(node.start)),
        Some(To::Bad) => None,
        _ => Some(None),
    }
}
