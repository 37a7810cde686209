//! The fast way from a set to its frames: the frame once, and the list of what changes from one to the next.
//!
//! The base is copied whole; each varying field is stored at its place; then the checksums. A checksum is not patched by
//! differences: `base` is the sum with varying fields and checksum zero, and each varying field *adds* its value, shifted
//! to its place in the 16-bit words. That is bit for bit the full sum, and has no minus-zero trap.
//!
//! Only what keeps the frame's structure may vary: a field that says where something ends, or whether it is there, makes
//! [`Template::new`] give none, and [`super::Builder`] builds such sets one by one. What may vary is [`super::plan`]'s to say.

use super::layout::Slot;
use super::plan::Plan;
use super::set::{Choice, Numbers, Pick};
use super::spec::Frames;
use super::{bits, fcs};
use crate::proto::table::Order;
use std::ops::Range;

/// A set whose frames differ in a few fields only.
#[derive(Debug)]
pub struct Template<'f> {
    frames: &'f Frames,
    plan: Plan,
    /// The frame that the fields are set for.
    ready: Option<u128>,
    /// Every axis has a field, so that the fields can be counted on.
    whole: bool,
}

/// One field that changes.
#[derive(Debug)]
pub(super) struct Varying {
    slot: Slot,
    /// What it takes its value from.
    pub numbers: Numbers,
    /// First member and distance, where the set is one run of numbers of 64 bits.
    run: Option<(u64, u64)>,
    /// The index of the last member.
    last: u64,
    /// The index of the member it takes now.
    now: u64,
    value: u128,
    /// The ones' complement sum of the value's 16-bit words.
    sum: u64,
}

/// One checksum.
#[derive(Debug)]
pub(super) struct Sum {
    pub at: usize,
    /// The sum of all that does not vary.
    pub base: u64,
    /// The fields it covers, and how far each is shifted in its word.
    pub terms: Vec<(usize, u32)>,
    /// The checksums it covers; true of one that lies across two words.
    pub inner: Vec<(usize, bool)>,
    /// It covers the flow tag; true of one that begins in the middle of a word.
    pub tag: Option<bool>,
    pub zero_is_none: bool,
    pub bad: bool,
    pub value: u16,
}

impl<'f> Template<'f> {
    /// The template of a set, if its frames differ in fields only that change nothing else than checksums.
    pub fn new(frames: &'f Frames) -> Option<Self> {
        Self::with(frames, None)
    }

    /// The same where a flow tag of so many bytes, an even number, takes the place of the payload's end; none too where it
    /// has no room there.
    pub fn tagged(frames: &'f Frames, length: usize) -> Option<Self> {
        Self::with(frames, Some(length))
    }

    fn with(frames: &'f Frames, tag: Option<usize>) -> Option<Self> {
        let plan = Plan::new(frames, tag)?;
        let axes = plan.fields.iter().filter(|field| matches!(field.numbers.pick, Pick::Axis(_))).count();
        Some(Self { frames, whole: axes == frames.axes.sizes.len(), plan, ready: None })
    }

    /// Where the flow tag goes.
    pub fn tag_place(&self) -> Option<Range<usize>> {
        self.plan.tag.clone()
    }

    /// Which bits are the same in all frames: ones where they are. Those of the flow tag are not.
    pub fn fixed(&self) -> Vec<u8> {
        let mut fixed = vec![0xff; self.len()];
        for field in &self.plan.fields {
            field.slot.put(&mut fixed, !field.varying());
        }
        let sums = self.plan.sums.iter().map(|sum| sum.at..sum.at + 2);
        for range in sums.chain(self.plan.fcs.map(|at| at..at + 4)).chain(self.plan.tag.clone()) {
            fixed[range].fill(0);
        }
        fixed
    }

    /// The length of every frame, bytes.
    pub fn len(&self) -> usize {
        self.plan.base.len()
    }

    /// Whether the frames are empty.
    pub fn is_empty(&self) -> bool {
        self.plan.base.is_empty()
    }

    /// Writes frame `number` into a buffer of at least [`Template::len`] bytes; a shorter one is left as it is. Frames in
    /// order are cheapest.
    pub fn write(&mut self, number: u128, out: &mut [u8]) {
        self.write_tagged(number, &[], out);
    }

    /// The same with this flow tag, of the length that was told; zeros where it has another.
    pub fn write_tagged(&mut self, number: u128, tag: &[u8], out: &mut [u8]) {
        let Some(out) = out.get_mut(..self.plan.base.len()) else { return };
        if self.ready != Some(number) {
            self.seek(number);
        }
        let Plan { base, fields, sums, fcs, tag: place } = &mut self.plan;
        out.copy_from_slice(base);
        for field in fields.iter() {
            field.store(out);
        }
        let mut tag_sum = 0;
        if let Some(place) = place.as_ref().filter(|place| place.len() == tag.len()) {
            out[place.clone()].copy_from_slice(tag);
            let words = tag.chunks(2).map(|w| u64::from(u16::from_be_bytes([w[0], w.get(1).copied().unwrap_or(0)])));
            tag_sum = fold(words.sum()) as u16;
        }
        for i in 0..sums.len() {
            let (done, rest) = sums.split_at_mut(i);
            let sum = &mut rest[0];
            sum.value = sum.compute(fields, done, tag_sum);
            out[sum.at..sum.at + 2].copy_from_slice(&sum.value.to_be_bytes());
        }
        if let Some(at) = *fcs {
            let crc = fcs::fcs(&out[..at]);
            out[at..at + 4].copy_from_slice(&crc);
        }
        self.step(number.wrapping_add(1));
    }

    /// Sets the fields for a frame, by division.
    fn seek(&mut self, number: u128) {
        let choice = Choice { axes: &self.frames.axes, number, seed: self.frames.surroundings.seed };
        for field in &mut self.plan.fields {
            field.take(choice.index(field.numbers.pick, u128::from(field.last) + 1) as u64);
        }
    }

    /// Sets the fields for the frame behind the one that they are set for, by counting on.
    #[inline]
    fn step(&mut self, next: u128) {
        if !self.whole {
            return;
        }
        self.ready = Some(next);
        let axes = &self.frames.axes;
        let mut carry = true;
        for field in self.plan.fields.iter_mut().rev() {
            match field.numbers.pick {
                Pick::Draw(_) | Pick::Number => {
                    let choice = Choice { axes, number: next, seed: self.frames.surroundings.seed };
                    field.take(choice.index(field.numbers.pick, u128::from(field.last) + 1) as u64);
                }
                Pick::Axis(_) if carry => {
                    let over = field.now == field.last;
                    field.take(if over { 0 } else { field.now + 1 });
                    carry = over || axes.zip;
                }
                Pick::Axis(_) | Pick::Only => {}
            }
        }
    }
}

impl Varying {
    pub fn new(slot: Slot, numbers: Numbers, last: u64) -> Self {
        let run = match numbers.runs[..] {
            [run] if u64::try_from(run.at(run.last)).is_ok() => Some((run.first as u64, run.step as u64)),
            _ => None,
        };
        Self { slot, numbers, run, last, now: 0, value: 0, sum: 0 }
    }

    /// Where it stands.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Ones up to the highest bit in which two members may differ.
    fn varying(&self) -> u128 {
        let runs = &self.numbers.runs;
        let (Some(least), Some(most)) =
            (runs.iter().map(|run| run.first).min(), runs.iter().map(|run| run.at(run.last)).max())
        else {
            return 0;
        };
        bits::max(128 - (least ^ most).leading_zeros() as usize)
    }

    /// Takes the member at an index.
    #[inline]
    fn take(&mut self, index: u64) {
        self.now = index;
        if let Some((first, step)) = self.run {
            let value = first + step * index;
            self.value = value.into();
            self.sum = fold(value);
        } else {
            self.value = self.numbers.member(index.into());
            self.sum = fold((self.value >> 64) as u64) + fold(self.value as u64);
        }
    }

    #[inline]
    fn store(&self, out: &mut [u8]) {
        let Slot { bit, bits, order, .. } = self.slot;
        let at = bit / 8;
        match (bit % 8, bits, order == Order::High) {
            (0, 8, _) => out[at] = self.value as u8,
            (0, 16, true) => out[at..at + 2].copy_from_slice(&(self.value as u16).to_be_bytes()),
            (0, 32, true) => out[at..at + 4].copy_from_slice(&(self.value as u32).to_be_bytes()),
            (0, 48, true) => out[at..at + 6].copy_from_slice(&(self.value as u64).to_be_bytes()[2..]),
            _ => self.slot.put(out, self.value),
        }
    }
}

impl Sum {
    #[inline]
    fn compute(&self, fields: &[Varying], done: &[Self], tag: u16) -> u16 {
        let mut sum = self.base;
        if let Some(across) = self.tag {
            sum += u64::from(if across { tag.swap_bytes() } else { tag });
        }
        for (field, shift) in &self.terms {
            sum += fields[*field].sum << shift;
        }
        for (inner, across) in &self.inner {
            let value = done[*inner].value;
            sum += u64::from(if *across { value.swap_bytes() } else { value });
        }
        let value = !(fold(sum) as u16);
        let value = if value == 0 && self.zero_is_none { 0xffff } else { value };
        if self.bad { (u32::from(value) % 65535 + 1) as u16 } else { value }
    }
}

/// The ones' complement sum of a number's 16-bit words, at most 0xffff; 0 of 0 only.
#[inline]
fn fold(value: u64) -> u64 {
    let sum = (value & 0xffff_ffff) + (value >> 32);
    let sum = (sum & 0xffff) + (sum >> 16);
    let sum = (sum & 0xffff) + (sum >> 16);
    (sum & 0xffff) + (sum >> 16)
}
