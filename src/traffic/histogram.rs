//! How times are spread: a histogram of bounded size and error, the least, the most and the mean.

/// Buckets in each doubling: no value is told wrong by more than 1 in 512.
const FINE: u32 = 10;

/// How often each time came, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// Grown to the greatest value.
    buckets: Vec<u64>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
}

impl Histogram {
    /// One that has all its buckets from the start (230 kB), so that noting a value allocates nothing.
    pub fn complete() -> Self {
        Self { buckets: vec![0; index(u64::MAX) + 1], ..Self::default() }
    }

    /// Adds what another one noted.
    pub fn add(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (to, from) in self.buckets.iter_mut().zip(&other.buckets) {
            *to += from;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        self.sum += other.sum;
    }

    /// Notes one value.
    pub fn record(&mut self, value: u64) {
        let bucket = index(value);
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
        self.count += 1;
        self.sum += u128::from(value);
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The least, exactly.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The greatest, exactly.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The mean, exactly; 0 of none.
    pub fn mean(&self) -> u64 {
        self.sum.checked_div(self.count.into()).unwrap_or(0) as u64
    }

    /// The value that so many in 100 000 are not above; 0 of none.
    pub fn quantile(&self, hundred_thousandths: u32) -> u64 {
        // The smallest rank that covers the share, at least the first.
        let rank = (u128::from(self.count) * u128::from(hundred_thousandths)).div_ceil(100_000).max(1) as u64;
        let mut seen = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return highest(at).clamp(self.min, self.max);
            }
        }
        self.max
    }

    /// The buckets that hold anything: the least and the greatest value of each, and how many there are.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.buckets
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(at, count)| (lowest(at), highest(at), *count))
    }
}

fn index(value: u64) -> usize {
    let high = 64 - value.leading_zeros();
    if high <= FINE {
        return value as usize;
    }
    let shift = high - FINE;
    // The highest bit is the same in a doubling, so FINE - 1 bits tell its buckets apart.
    (((shift as usize) << (FINE - 1)) + (1 << (FINE - 1))) | ((value >> shift) as usize & ((1 << (FINE - 1)) - 1))
}

fn lowest(index: usize) -> u64 {
    let shift = (index >> (FINE - 1)).saturating_sub(1);
    if shift == 0 {
        return index as u64;
    }
    ((1 << (FINE - 1)) | (index as u64 & ((1 << (FINE - 1)) - 1))) << shift
}

fn highest(index: usize) -> u64 {
    let shift = (index >> (FINE - 1)).saturating_sub(1);
    lowest(index) + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_a_hundred_values() {
        let mut histogram = Histogram::default();
        (1..=100).for_each(|value| histogram.record(value));
        assert_eq!((histogram.quantile(50_000), histogram.quantile(99_000), histogram.quantile(99_900)), (50, 99, 100));
        assert_eq!((histogram.min(), histogram.mean(), histogram.max()), (1, 50, 100));
        assert_eq!(Histogram::default().quantile(50_000), 0);
    }

    #[test]
    fn two_are_added() {
        let (mut one, mut other) = (Histogram::complete(), Histogram::default());
        one.record(10);
        other.record(u64::MAX);
        other.record(7);
        one.add(&other);
        one.add(&Histogram::complete());
        assert_eq!((one.count(), one.min(), one.max(), one.quantile(50_000)), (3, 7, u64::MAX, 10));
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_values_within_one_in_512(value in any::<u64>().prop_map(|v| v >> (v % 64))) {
            let at = index(value);
            prop_assert!(lowest(at) <= value && value <= highest(at));
            prop_assert!(highest(at) - lowest(at) <= value / 512);
            prop_assert!(at == 0 || highest(at - 1) + 1 == lowest(at));
        }

        #[test]
        fn the_buckets_add_up_to_the_values(values in prop::collection::vec(0u64..1 << 40, 1..200)) {
            let mut histogram = Histogram::default();
            for value in &values {
                histogram.record(*value);
            }
            prop_assert_eq!(histogram.buckets().map(|(.., count)| count).sum::<u64>(), values.len() as u64);
            prop_assert_eq!(histogram.max(), *values.iter().max().unwrap());
        }
    }
}
