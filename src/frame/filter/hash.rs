//! Tables of numbers in which each has an entry of its own.

/// A number and what it stands for.
pub type Entry = (u32, u32);

/// The entry of each number, of `1 << size`.
#[derive(Clone, Copy, Debug)]
pub struct Hash {
    multiplier: u32,
    /// At least 1.
    size: u32,
}

impl Hash {
    /// A table of these, two of them or more; `empty` where none of them is. None where no such table is found.
    pub fn table(entries: &[Entry], empty: Entry) -> Option<(Self, Vec<Entry>)> {
        for size in entries.len().next_power_of_two().ilog2().max(1)..16 {
            let mut hash = Self { multiplier: 0x9e37_79b1, size };
            for _ in 0..64 {
                let mut table = vec![empty; 1 << size];
                let mut taken = vec![false; 1 << size];
                let fits = entries.iter().all(|entry| {
                    let at = hash.at(entry.0);
                    table[at] = *entry;
                    !std::mem::replace(&mut taken[at], true)
                });
                if fits {
                    return Some((hash, table));
                }
                hash.multiplier = hash.multiplier.wrapping_mul(0x2c92_77b5) | 1;
            }
        }
        None
    }

    /// Where a number's entry is, if it has one.
    #[inline]
    pub fn at(self, number: u32) -> usize {
        (number.wrapping_mul(self.multiplier) >> (32 - self.size)) as usize
    }
}
