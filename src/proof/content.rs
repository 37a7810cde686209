//! Which frame of a run is it? By its bytes alone.
//!
//! The frames are known beforehand, so the ones around the next expected one are made here and kept by their hash. Frames
//! that are alike are told apart by their place only: the nearest one to what is expected next is taken.

use super::bitmap::Bitmap;
use super::expected::{Expected, SHORTEST, same};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

/// So many frames are known at a time.
const WINDOW: u64 = 1 << 17;
/// Of frames alike, so many are looked at on each side of the next expected one.
const NEAR: usize = 64;

/// The frames that are known now.
#[derive(Default)]
pub struct Window {
    /// Of each hash the numbers, rising.
    known: HashMap<u64, Numbers, BuildHasherDefault<Same>>,
    /// Their hashes, the first of frame `from`.
    hashes: VecDeque<u64>,
    from: u64,
    /// Frames like one that was known already.
    alike: u64,
}

enum Numbers {
    One(u64),
    Many(VecDeque<u64>),
}

impl Window {
    /// How many frames were like another one near them.
    pub fn alike(&self) -> u64 {
        self.alike
    }

    /// The number behind the last known frame.
    fn end(&self) -> u64 {
        self.from + self.hashes.len() as u64
    }

    /// Takes frame `number` in, and those before it.
    pub fn know(&mut self, number: u64, expected: &mut Expected) {
        while self.end() <= number {
            let frame = expected.make(self.end(), &[]);
            self.push(hash(frame));
        }
    }

    /// Which frame it is of those made so far, where `next` is the next expected one and `arrived` says which came before.
    pub fn find(
        &mut self,
        frame: &[u8],
        (next, made): (u64, u64),
        arrived: &Bitmap,
        expected: &mut Expected,
    ) -> Option<u64> {
        let wanted = hash(frame);
        let mut found = self.nearest(wanted, next, arrived);
        let end = made.min(next + WINDOW / 2);
        // One that came before may be a duplicate, or like one not looked at yet.
        while found.is_none() && self.end() < end {
            let own = hash(expected.make(self.end(), &[]));
            self.push(own);
            if own == wanted {
                found = self.nearest(wanted, next, arrived);
            }
        }
        found.filter(|number| same(frame, expected.make(*number, &[])))
    }

    fn push(&mut self, hash: u64) {
        let number = self.end();
        self.hashes.push_back(hash);
        match self.known.get_mut(&hash) {
            None => drop(self.known.insert(hash, Numbers::One(number))),
            Some(numbers) => {
                self.alike += 1;
                match numbers {
                    Numbers::One(one) => *numbers = Numbers::Many(VecDeque::from([*one, number])),
                    Numbers::Many(many) => many.push_back(number),
                }
            }
        }
        if self.hashes.len() as u64 > WINDOW {
            self.forget();
        }
    }

    fn forget(&mut self) {
        let Some(hash) = self.hashes.pop_front() else { return };
        self.from += 1;
        let empty = match self.known.get_mut(&hash) {
            None => false,
            Some(Numbers::One(_)) => true,
            Some(Numbers::Many(many)) => {
                many.pop_front();
                many.is_empty()
            }
        };
        if empty {
            self.known.remove(&hash);
        }
    }

    /// Of the frames with this hash the nearest one that is missing, unless one that came is nearer: that is a duplicate.
    fn nearest(&self, hash: u64, next: u64, arrived: &Bitmap) -> Option<u64> {
        let many = match self.known.get(&hash)? {
            Numbers::One(one) => return Some(*one),
            Numbers::Many(many) => many,
        };
        let at = many.partition_point(|number| *number < next);
        let near = many.range(at.saturating_sub(NEAR)..(at + NEAR).min(many.len())).copied();
        near.min_by_key(|number| (number.abs_diff(next), arrived.contains(*number)))
    }
}

/// A hash of a frame, the same whether a device has filled it up with zeros or not.
fn hash(frame: &[u8]) -> u64 {
    let mut frame = frame;
    if frame.len() <= SHORTEST {
        let zeros = frame.iter().rev().take_while(|byte| **byte == 0).count();
        frame = &frame[..frame.len() - zeros];
    }
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    };
    let mut hash = frame.len() as u64 ^ 0x243f_6a88_85a3_08d3;
    let (words, rest) = frame.as_chunks::<8>();
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

/// A hash of what is a hash already.
#[derive(Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
