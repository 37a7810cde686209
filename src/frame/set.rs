//! Sets of values, and which member frame N takes.

use super::bits;

/// Numbers in steps: `first`, `first + step`, … `first + step * last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The smallest member.
    pub first: u128,
    /// The distance between neighbours, at least 1.
    pub step: u128,
    /// The index of the last member: one less than there are, so that all 128-bit numbers are a run.
    pub last: u128,
}

impl Run {
    /// One number.
    pub const fn one(value: u128) -> Self {
        Self { first: value, step: 1, last: 0 }
    }

    /// From one number up to at most another.
    pub fn between(from: u128, to: u128, step: u128) -> Self {
        Self { first: from, step, last: (to - from) / step }
    }

    /// Every number of a width.
    pub fn all(bits: usize) -> Self {
        Self::between(0, bits::max(bits), 1)
    }

    /// Whether a number is in it.
    pub fn holds(&self, value: u128) -> bool {
        // Division of 128 bits is slow.
        value >= self.first && {
            let distance = value - self.first;
            if self.step == 1 {
                return distance <= self.last;
            }
            distance / self.step <= self.last && distance.is_multiple_of(self.step)
        }
    }

    /// The member at an index.
    pub fn at(&self, index: u128) -> u128 {
        self.first + self.step * index
    }
}

/// How one member of a set is chosen for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// There is only one.
    Only,
    /// The axis of this index.
    Axis(usize),
    /// Drawn anew, by a number of its own.
    Draw(usize),
    /// The frame's number counts through them; it multiplies nothing.
    Number,
}

/// Numbers to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Never empty.
    pub runs: Vec<Run>,
    /// How one is chosen.
    pub pick: Pick,
}

impl Numbers {
    /// How many there are, at most `u128::MAX`.
    pub fn count(&self) -> u128 {
        self.runs.iter().fold(0u128, |n, run| n.saturating_add(run.last.saturating_add(1)))
    }

    /// Whether a number is among them.
    pub fn holds(&self, value: u128) -> bool {
        self.runs.iter().any(|run| run.holds(value))
    }

    /// The member that a frame takes.
    pub fn choose(&self, choice: &Choice) -> u128 {
        self.member(choice.index(self.pick, self.count()))
    }

    /// The member at an index.
    pub fn member(&self, index: u128) -> u128 {
        let mut index = index;
        for run in &self.runs {
            if index <= run.last {
                return run.at(index);
            }
            index -= run.last + 1;
        }
        self.runs[0].first
    }
}

/// The axes of an expression: how many members each set has, leftmost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axes {
    /// The sizes, each at least 2.
    pub sizes: Vec<u128>,
    /// All step together.
    pub zip: bool,
}

impl Axes {
    /// How many frames there are, at most `u128::MAX`.
    pub fn count(&self) -> u128 {
        if self.zip {
            self.sizes.first().copied().unwrap_or(1)
        } else {
            self.sizes.iter().fold(1u128, |n, size| n.saturating_mul(*size))
        }
    }
}

/// Which frame of the set is meant.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// The axes.
    pub axes: &'a Axes,
    /// The frame's number; past the end it begins anew.
    pub number: u128,
    /// What draws depend on.
    pub seed: u64,
}

impl Choice<'_> {
    /// The index of the member to take of a set of `count`.
    pub fn index(&self, pick: Pick, count: u128) -> u128 {
        match pick {
            Pick::Only => 0,
            // The high half of a product picks as evenly as a remainder, without a division.
            Pick::Draw(id) => {
                let drawn = draw(self.seed, self.number, id as u64);
                if count <= 1 << 64 { ((drawn >> 64) * count) >> 64 } else { drawn % count }
            }
            Pick::Number => self.number % count,
            Pick::Axis(_) if self.axes.zip => self.number % count,
            Pick::Axis(axis) => {
                // Rightmost fastest.
                let stride = self.axes.sizes[axis + 1..].iter().fold(1u128, |n, size| n.saturating_mul(*size));
                self.number / stride % count
            }
        }
    }

    /// Drawn bytes.
    pub fn fill(&self, id: usize, out: &mut [u8]) {
        for (i, chunk) in out.chunks_mut(16).enumerate() {
            let drawn = draw(self.seed, self.number, id as u64 + ((i as u64 + 1) << 32)).to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

/// A number that depends on nothing but these three: two rounds of the splitmix64 finalizer (Steele et al. 2014).
fn draw(seed: u64, number: u128, id: u64) -> u128 {
    let mix = |mut x: u64| {
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let state =
        mix(mix(mix(seed) ^ number as u64) ^ (number >> 64) as u64) ^ mix(id.wrapping_mul(0x2545_f491_4f6c_dd1d));
    (u128::from(mix(state)) << 64) | u128::from(mix(state ^ 0x5851_f42d_4c95_7f2d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_comes_once_rightmost_fastest() {
        let axes = Axes { sizes: vec![2, 3], zip: false };
        let frame = |number| {
            let choice = Choice { axes: &axes, number, seed: 0 };
            (choice.index(Pick::Axis(0), 2), choice.index(Pick::Axis(1), 3))
        };
        assert_eq!((0..7).map(frame).collect::<Vec<_>>(), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 0)]);
    }

    #[test]
    fn a_run_holds_its_steps_and_nothing_between() {
        let run = Run::between(1, 10, 4);
        assert_eq!((0..12).filter(|n| run.holds(*n)).collect::<Vec<_>>(), [1, 5, 9]);
        assert!(Run::all(128).holds(u128::MAX));
    }

    #[test]
    fn draws_differ_by_seed_frame_and_place() {
        let draws = [draw(0, 0, 0), draw(1, 0, 0), draw(0, 1, 0), draw(0, 0, 1)];
        for (i, a) in draws.iter().enumerate() {
            assert!(draws[..i].iter().all(|b| a != b));
        }
        assert_eq!(draw(7, 8, 9), draw(7, 8, 9));
    }
}
