//! How times are spread: a histogram of fixed size, so that noting one allocates nothing.

/// Steps in each power of two: a value is known to 1/32 of itself.
const STEPS: u32 = 32;
const BITS: u32 = STEPS.trailing_zeros();

/// Counts of times, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Spread {
    cells: Vec<u64>,
    count: u64,
    max: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { cells: vec![0; cell(u64::MAX) + 1], count: 0, max: 0 }
    }
}

impl Spread {
    /// Notes one time.
    pub fn note(&mut self, nanoseconds: u64) {
        self.cells[cell(nanoseconds)] += 1;
        self.count += 1;
        self.max = self.max.max(nanoseconds);
    }

    /// How many were noted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest; 0 of none.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The time that so many of a thousand do not exceed, at most 1/32 too long; 0 of none.
    pub fn within(&self, permille: u64) -> u64 {
        let wanted = (u128::from(self.count) * u128::from(permille)).div_ceil(1000);
        let mut sum = 0;
        for (cell, count) in self.cells.iter().enumerate() {
            sum += u128::from(*count);
            if sum >= wanted && sum > 0 {
                return most(cell).min(self.max);
            }
        }
        self.max
    }

    /// Adds what another one noted.
    pub fn add(&mut self, other: &Self) {
        for (to, from) in self.cells.iter_mut().zip(&other.cells) {
            *to += from;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }
}

fn cell(value: u64) -> usize {
    if value < u64::from(STEPS) {
        return value as usize;
    }
    let shift = value.ilog2() - BITS;
    ((shift + 1) * STEPS) as usize + (value >> shift) as usize - STEPS as usize
}

/// The largest value of a cell.
fn most(cell: usize) -> u64 {
    let Some(shift) = (cell as u64 / u64::from(STEPS)).checked_sub(1) else { return cell as u64 };
    let step = cell as u128 % u128::from(STEPS) + u128::from(STEPS) + 1;
    u64::try_from((step << shift) - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_value_lies_in_its_cell(value: u64, shift in 0u32..64) {
            let value = value >> shift;
            let cell = cell(value);
            prop_assert!(value <= most(cell));
            prop_assert!(cell == 0 || value > most(cell - 1));
            prop_assert!(u128::from(most(cell)) * 32 <= u128::from(value) * 33 + 32);
        }
    }

    #[test]
    fn the_parts_of_known_times_are_known() {
        let mut spread = Spread::default();
        (1..=1000).for_each(|time| spread.note(time));
        assert_eq!((spread.count(), spread.max(), spread.within(1000)), (1000, 1000, 1000));
        assert!((500..=516).contains(&spread.within(500)), "{}", spread.within(500));
        assert!((990..=1000).contains(&spread.within(990)));
        assert_eq!((Spread::default().within(500), Spread::default().max()), (0, 0));
    }

    #[test]
    fn two_are_added() {
        let (mut one, mut other) = (Spread::default(), Spread::default());
        one.note(10);
        other.note(u64::MAX);
        one.add(&other);
        assert_eq!((one.count(), one.max(), one.within(500)), (2, u64::MAX, 10));
    }
}
