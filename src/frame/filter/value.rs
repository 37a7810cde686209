//! Tests of fields at known places.

use super::super::bits;
use super::super::set::Numbers;
use super::super::spec::{Setting, To};
use super::Mode;
use super::assemble::Label;
use super::place::{Base, Place};
use super::program::*;
use super::tree::Compiler;

/// Sets of more runs are not tested.
const RUNS: usize = 64;
/// An Ethernet header without a tag is in every frame.
const SAFE: usize = 14;

impl Compiler {
    /// Goes on here if the field passes, else at `no`. `size` bytes of its header are surely in the frame.
    pub(super) fn setting(&mut self, setting: &Setting, place: (Base, Place), size: u32, mode: Mode, no: Label) {
        let yes = self.asm.label();
        if !self.tested(setting, place, size, mode, yes, no) && mode == Mode::Under {
            self.asm.goto(no);
        }
        self.asm.here(yes);
    }

    /// Writes the test; whether there is one that errs on the right side.
    fn tested(
        &mut self,
        setting: &Setting,
        (base, place): (Base, Place),
        size: u32,
        mode: Mode,
        yes: Label,
        no: Label,
    ) -> bool {
        let To::Numbers(numbers) = &setting.to else { return false };
        let (hit, miss) = if setting.not { (no, yes) } else { (yes, no) };
        if let Some(bit) = setting.bits {
            if place.bits > 32 || !self.load(base, place, size) {
                return false;
            }
            let way = |holds| if holds { hit } else { miss };
            self.asm.plain(AND, 1 << bit);
            self.asm.test(JEQ, 0, way(numbers.holds(0)), way(numbers.holds(1)));
            return true;
        }
        // A hull holds more than the set; that is right where more may pass.
        let hull_will_do = (mode == Mode::Over) != setting.not;
        let Some(parts) = parts(place) else { return false };
        let loads = parts.iter().all(|part| self.place_of(base, *part, size).is_some());
        if !loads || numbers.runs.len() > RUNS || !(hull_will_do || exact(numbers, &parts, place)) {
            return false;
        }
        if place.little && numbers.runs.iter().any(|run| run.last > 0) {
            return false;
        }
        for run in &numbers.runs {
            let next = self.asm.label();
            self.run(base, place, size, &parts, (run.first, run.at(run.last)), next);
            self.asm.goto(hit);
            self.asm.here(next);
        }
        self.asm.goto(miss);
        true
    }

    /// Goes on here if the field lies between two numbers, or in the hull that can be tested, else at `no`.
    fn run(&mut self, base: Base, place: Place, size: u32, parts: &[Place], (from, to): (u128, u128), no: Label) {
        let (from, to) =
            if place.little { (bits::swap(from, place.bits), bits::swap(to, place.bits)) } else { (from, to) };
        for part in parts {
            let (low, high) = (slice(from, place, *part), slice(to, place, *part));
            let all = bits::max(part.bits) as u32;
            if (low, high) != (0, all) {
                self.load(base, *part, size);
                self.between(low, high, all, no);
            }
            if low != high {
                break;
            }
        }
    }

    /// Goes on here if A lies between two numbers, else at `no`.
    pub(super) fn between(&mut self, low: u32, high: u32, all: u32, no: Label) {
        if low == high {
            return self.asm.need(JEQ, low, no);
        }
        if low > 0 {
            self.asm.need(JGE, low, no);
        }
        if high < all {
            let yes = self.asm.label();
            self.asm.test(JGT, high, no, yes);
            self.asm.here(yes);
        }
    }

    /// Loads a field of up to 32 bits into A; false, and nothing written, where no load gets it.
    pub(super) fn load(&mut self, base: Base, place: Place, size: u32) -> bool {
        let Some((start, bytes)) = self.place_of(base, place, size) else { return false };
        self.raw(base, start, bytes);
        let below = (start + bytes) * 8 - place.bit - place.bits;
        if below > 0 {
            self.asm.plain(RSH, below as u32);
        }
        if bytes * 8 - below > place.bits {
            self.asm.plain(AND, bits::max(place.bits) as u32);
        }
        true
    }

    /// The bytes to load for a field: the first one's offset in the header and how many.
    fn place_of(&self, base: Base, place: Place, size: u32) -> Option<(usize, usize)> {
        let (first, end) = (place.bit / 8, (place.bit + place.bits).div_ceil(8));
        let size = size as usize;
        let from = match base {
            Base::At(at) => at as usize,
            Base::X(_) => SAFE,
            Base::Unknown => return None,
        };
        if place.bits == 0 || end > size || (place.little && place.bits > 8) {
            return None;
        }
        let (start, bytes) = match end - first {
            bytes @ (1 | 2 | 4) => (first, bytes),
            3 if first + 4 <= size => (first, 4),
            3 if end >= 4 => (end - 4, 4),
            _ => return None,
        };
        // What stands for the stripped tag is loaded half by half.
        let tag = 12..16;
        let (low, high) = (from + start, from + start + bytes);
        let across = self.stripped && matches!(base, Base::At(_)) && low < tag.end && high > tag.start;
        let one_half = low / 2 == (high - 1) / 2 && low >= tag.start && high <= tag.end;
        (!across || one_half).then_some((start, bytes))
    }

    fn raw(&mut self, base: Base, start: usize, bytes: usize) {
        match base {
            Base::At(at) => {
                let at = at as usize + start;
                if self.stripped && (12..16).contains(&at) {
                    self.asm.plain(LD_ABS, if at < 14 { VLAN_TPID } else { VLAN_TAG });
                    match (bytes, at % 2) {
                        (1, 0) => self.asm.plain(RSH, 8),
                        (1, _) => self.asm.plain(AND, 0xff),
                        _ => {}
                    }
                    return;
                }
                self.asm.plain(size(bytes) | LD_ABS, self.real(at as u32));
            }
            Base::X(at) => self.asm.plain(size(bytes) | LD_IND, at + start as u32),
            Base::Unknown => {}
        }
    }

    /// `frame len=`: goes on here if the length is in the set, else at `no`.
    pub(super) fn length(&mut self, to: &To, not: bool, mode: Mode, no: Label) {
        let To::Numbers(numbers) = to else { return };
        let yes = self.asm.label();
        let (hit, miss) = if not { (no, yes) } else { (yes, no) };
        if numbers.runs.iter().any(|run| run.step > 1 && run.last > 0) {
            // Steps are not tested.
            self.asm.goto(if mode == Mode::Over { yes } else { no });
            return self.asm.here(yes);
        }
        self.frame_length();
        for run in &numbers.runs {
            let next = self.asm.label();
            let at_most = |n: u128| u32::try_from(n).unwrap_or(u32::MAX);
            self.between(at_most(run.first), at_most(run.at(run.last)), u32::MAX, next);
            self.asm.goto(hit);
            self.asm.here(next);
        }
        self.asm.goto(miss);
        self.asm.here(yes);
    }

    /// Loads the length of the frame that will be matched into A: with its tag, and cut where it will be cut.
    pub(super) fn frame_length(&mut self) {
        self.asm.plain(LD_LEN, 0);
        if self.stripped {
            self.asm.plain(ADD, 4);
        }
        if self.keep < WHOLE {
            let (cut, all) = (self.asm.label(), self.asm.label());
            self.asm.test(JGT, self.keep, cut, all);
            self.asm.here(cut);
            self.asm.plain(LD_IMM, self.keep);
            self.asm.here(all);
        }
    }

    /// Where a byte lies in the frame that the kernel has.
    pub(super) fn real(&self, at: u32) -> u32 {
        if self.stripped && at >= 16 { at - 4 } else { at }
    }
}

/// A field in parts of up to 32 bits, each loaded by itself; the numbers it is compared with are swapped if its bytes are.
fn parts(place: Place) -> Option<Vec<Place>> {
    if place.bits <= 32 && (!place.bit.is_multiple_of(8) || place.bits != 24) {
        return (!place.little || matches!(place.bits, 8 | 16 | 32)).then(|| vec![Place { little: false, ..place }]);
    }
    if place.little || !place.bit.is_multiple_of(8) || !place.bits.is_multiple_of(8) {
        return None;
    }
    let (mut all, mut bit, end) = (Vec::new(), place.bit, place.bit + place.bits);
    while bit < end {
        let bits = [32, 16, 8].into_iter().find(|bits| bit + bits <= end)?;
        all.push(Place { bit, bits, ..place });
        bit += bits;
    }
    Some(all)
}

/// The bits of a number that lie in a part of its field.
fn slice(number: u128, place: Place, part: Place) -> u32 {
    let below = place.bit + place.bits - part.bit - part.bits;
    ((number >> below) & bits::max(part.bits)) as u32
}

/// Whether the test by parts is true for the members alone.
fn exact(numbers: &Numbers, parts: &[Place], place: Place) -> bool {
    numbers.runs.iter().all(|run| {
        let (from, to) = (run.first, run.at(run.last));
        let mut differ = parts.iter().map(|part| (slice(from, place, *part), slice(to, place, *part), part));
        let _ = differ.by_ref().find(|(low, high, _)| low != high);
        let rest_is_free = differ.all(|(low, high, part)| (low, high) == (0, bits::max(part.bits) as u32));
        (run.step == 1 || run.last == 0) && rest_is_free
    })
}
