//! Damage to bytes: what a line, a disk or somebody who means harm does to them.

use proptest::prelude::*;
use proptest::sample::Index;

/// What becomes of a frame: bytes behind it, bytes changed, an end cut off, a right FCS behind all that.
#[derive(Clone, Debug)]
pub struct Damage {
    more: Vec<u8>,
    changes: Vec<(Index, u8)>,
    cut: Option<Index>,
    fcs: bool,
}

/// Some damage, with values that mean something in headers.
pub fn damage() -> impl Strategy<Value = Damage> {
    let telling = [0, 1, 0xff, 0x45, 0x46, 0x4f, 0x81, 0x88, 0xa8, 0x06, 0x08, 17, 53, 7];
    let value = prop_oneof![any::<u8>(), proptest::sample::select(telling.to_vec())];
    let changes = proptest::collection::vec((any::<Index>(), value), 0..5);
    let more = proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..12);
    let cut = proptest::option::of(any::<Index>());
    (more, changes, cut, any::<bool>()).prop_map(|(more, changes, cut, fcs)| Damage { more, changes, cut, fcs })
}

impl Damage {
    /// Does it to a frame. Only the first `reach` bytes are changed: where headers are is where it hurts.
    pub fn to(&self, bytes: &mut Vec<u8>, reach: usize) {
        bytes.extend(&self.more);
        for (at, value) in &self.changes {
            let at = at.index(bytes.len().min(reach));
            bytes[at] = *value;
        }
        if let Some(cut) = self.cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        if self.fcs {
            let crc = ethcraft::frame::fcs::fcs(bytes);
            bytes.extend(crc);
        }
    }
}

/// Numbers that look random and are the same in every run (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// Changes, removes, doubles or moves some of it.
    pub fn damage(&mut self, bytes: &mut Vec<u8>, words: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            match self.below(5) {
                0 if at < bytes.len() => bytes[at] = self.next() as u8,
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at..(at + self.below(6)).min(bytes.len()))),
                3 => {
                    let word = words[self.below(words.len())];
                    bytes.splice(at..at, word.iter().copied());
                }
                _ if at < bytes.len() => bytes[at] = [0, 1, 0xff, 0x7f, 0x80][self.below(5)],
                _ => {}
            }
        }
    }
}
