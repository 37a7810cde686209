//! When each frame is due, on the monotonic clock.
//!
//! Deadlines are counted from the start of the run, so that a late frame makes no later one late: what was missed is caught up.

use super::rate::{Rate, Unit};

/// The time between frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// As the entries or the capture say, so many times as fast; at once where they say nothing.
    Listed(Speed),
    /// Evenly.
    Even(Step),
    /// So many frames, then a pause.
    Bursts {
        /// Frames of a burst, at least 1.
        frames: u64,
        /// Nanoseconds from the last frame of a burst to the first of the next.
        gap: u64,
        /// The step inside a burst; none: all at once.
        step: Option<Step>,
    },
    /// A rate that changes evenly, and stays where it ends.
    Ramp {
        /// The rate at the start.
        from: Rate,
        /// The rate at the end, of the same unit.
        to: u64,
        /// How long it changes, nanoseconds.
        time: u64,
    },
    /// All at once: as fast as the kernel takes them.
    Max,
}

/// So many of a unit in each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Nanoseconds.
    pub period: u64,
    /// How many in a period, at least 1.
    pub rate: Rate,
}

/// How many times as fast as listed: `by` in the time of `of`. A fraction, so that no rounding adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// At least 1.
    pub by: u64,
    /// At least 1.
    pub of: u64,
}

impl Speed {
    /// As it was.
    pub const ORIGINAL: Self = Self { by: 1, of: 1 };
}

impl Spacing {
    /// As listed.
    pub const LISTED: Self = Self::Listed(Speed::ORIGINAL);

    /// One frame every so many nanoseconds.
    pub fn every(nanoseconds: u64) -> Self {
        Self::Even(Step { period: nanoseconds, rate: Rate::frames(1) })
    }

    /// So many frames a second; 0 counts as 1.
    pub fn rate(frames: u64) -> Self {
        Self::even(Rate::frames(frames))
    }

    /// So many of a unit a second; 0 counts as 1.
    pub fn even(rate: Rate) -> Self {
        Self::Even(Step::of(rate))
    }

    /// What it counts.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Even(step) | Self::Bursts { step: Some(step), .. } => step.rate.unit,
            Self::Ramp { from, .. } => from.unit,
            Self::Listed(_) | Self::Bursts { step: None, .. } | Self::Max => Unit::Frames,
        }
    }
}

impl Step {
    /// The step of a rate; 0 counts as 1.
    pub fn of(rate: Rate) -> Self {
        Self { period: 1_000_000_000, rate: Rate { amount: rate.amount.max(1), ..rate } }
    }

    /// When so much is done, nanoseconds.
    fn time(&self, done: u64) -> u64 {
        let due = u128::from(done) * u128::from(self.period) / u128::from(self.rate.amount.max(1));
        u64::try_from(due).unwrap_or(u64::MAX)
    }
}

/// The deadlines of a run, frame by frame. Several threads that share a run have each their own.
#[derive(Debug)]
pub struct Pace {
    spacing: Spacing,
    /// How many share the run: of a rate in bits each takes its part.
    sharers: u64,
    /// Bits so far, of frames behind which a step comes.
    bits: u64,
}

impl Pace {
    /// The deadlines of one of so many that share a run; 0 counts as 1.
    pub fn new(spacing: Spacing, sharers: u64) -> Self {
        Self { spacing, sharers: sharers.max(1), bits: 0 }
    }

    /// When frame `number` of the run, from 0, is due: nanoseconds after its start; none where that is at once. `listed`: by
    /// the entries or the capture.
    pub fn due(&self, number: u64, listed: u64) -> Option<u64> {
        match self.spacing {
            Spacing::Max => None,
            Spacing::Listed(Speed { by, of }) => (listed > 0).then(|| {
                u64::try_from(u128::from(listed) * u128::from(of) / u128::from(by.max(1))).unwrap_or(u64::MAX)
            }),
            Spacing::Even(step) => Some(step.time(self.done(step.rate.unit, number))),
            Spacing::Bursts { frames, gap, step } => {
                let bursts = number / frames.max(1);
                let inside = step.map_or(0, |step| step.time(self.done(step.rate.unit, number - bursts)));
                Some(inside.saturating_add(bursts.saturating_mul(gap)))
            }
            Spacing::Ramp { from, to, time } => Some(ramp(from.amount, to, time, self.done(from.unit, number))),
        }
    }

    /// Frame `number` of `length` bytes had its turn.
    pub fn sent(&mut self, number: u64, length: usize) {
        let unit = self.spacing.unit();
        let before_gap = match self.spacing {
            Spacing::Bursts { frames, .. } => (number + 1).is_multiple_of(frames.max(1)),
            _ => false,
        };
        if unit != Unit::Frames && !before_gap {
            self.bits = self.bits.saturating_add(unit.of(length));
        }
    }

    /// How much the run has done before frame `number`.
    fn done(&self, unit: Unit, number: u64) -> u64 {
        if unit == Unit::Frames { number } else { self.bits.saturating_mul(self.sharers) }
    }
}

/// When so much is done at a rate that goes evenly from one to the other in `time`: the root of
/// `from t + (to - from) t^2 / 2 time = done`, in the form that does not cancel.
// Numbers beyond 2^53 lose digits that no clock has; what is beyond the clock's end stays at its end.
#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]
fn ramp(from: u64, to: u64, time: u64, done: u64) -> u64 {
    let (from, to, seconds, done) = (from as f64, to as f64, time as f64 / 1e9, done as f64);
    let whole = f64::midpoint(from, to) * seconds;
    let due = if done < whole {
        let root = (from * from + 2.0 * done * (to - from) / seconds).max(0.0).sqrt();
        2.0 * done / (from + root).max(f64::MIN_POSITIVE)
    } else {
        seconds + (done - whole) / to.max(f64::MIN_POSITIVE)
    };
    (due * 1e9) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The deadlines of frames that are listed at these times.
    fn due(spacing: Spacing, listed: &[u64]) -> Vec<Option<u64>> {
        let pace = Pace::new(spacing, 1);
        (0..).zip(listed).map(|(number, listed)| pace.due(number, *listed)).collect()
    }

    /// The deadlines of frames of these lengths.
    fn of_lengths(spacing: Spacing, lengths: &[usize]) -> Vec<u64> {
        let mut pace = Pace::new(spacing, 1);
        (0..)
            .zip(lengths)
            .map(|(number, length)| {
                let due = pace.due(number, 0).unwrap();
                pace.sent(number, *length);
                due
            })
            .collect()
    }

    #[test]
    fn a_rate_that_does_not_divide_a_second_does_not_drift() {
        assert_eq!(due(Spacing::rate(3), &[0; 4]), [0, 333_333_333, 666_666_666, 1_000_000_000].map(Some));
    }

    #[test]
    fn an_interval_leaves_the_times_of_a_file_aside() {
        assert_eq!(due(Spacing::every(10), &[0, 500, 500]), [0, 10, 20].map(Some));
        assert_eq!(due(Spacing::Max, &[0, 500]), [None, None]);
    }

    #[test]
    fn a_listed_time_is_taken_as_it_is_and_none_is_at_once() {
        assert_eq!(due(Spacing::LISTED, &[0, 1000, 1000, 1007]), [None, Some(1000), Some(1000), Some(1007)]);
    }

    #[test]
    fn a_speed_scales_the_sum_and_not_each_delay() {
        let third = Spacing::Listed(Speed { by: 3, of: 1 });
        assert_eq!(due(third, &[0, 1, 2, 3]), [None, Some(0), Some(0), Some(1)]);
        assert_eq!(due(Spacing::Listed(Speed { by: 1, of: 2 }), &[5, 10]), [Some(10), Some(20)]);
    }

    #[test]
    fn times_beyond_the_clock_stay_at_its_end() {
        assert_eq!(due(Spacing::every(u64::MAX), &[0; 3])[2], Some(u64::MAX));
        assert_eq!(due(Spacing::Listed(Speed { by: 1, of: 2 }), &[u64::MAX]), [Some(u64::MAX)]);
    }

    #[test]
    fn a_rate_in_bits_gives_a_long_frame_its_time() {
        let rate = Rate { amount: 1_000_000_000, unit: Unit::Layer1Bits };
        // At 1 Gbit/s a bit takes 1 ns, the shortest frame 672 and the longest 12304.
        assert_eq!(of_lengths(Spacing::even(rate), &[60, 1514, 14, 60]), [0, 672, 12976, 13648]);
    }

    #[test]
    fn two_that_share_a_rate_in_bits_take_half_each() {
        let rate = Rate { amount: 1_000_000_000, unit: Unit::Layer2Bits };
        let mut pace = Pace::new(Spacing::even(rate), 2);
        pace.sent(0, 60);
        assert_eq!(pace.due(2, 0), Some(1024));
    }

    #[test]
    fn a_gap_lies_between_the_last_frame_of_a_burst_and_the_next_one() {
        let bursts = |step| Spacing::Bursts { frames: 2, gap: 1000, step };
        assert_eq!(of_lengths(bursts(None), &[60; 5]), [0, 0, 1000, 1000, 2000]);
        let step = Step { period: 10, rate: Rate::frames(1) };
        assert_eq!(of_lengths(bursts(Some(step)), &[60; 5]), [0, 10, 1010, 1020, 2020]);
        let bits = Step::of(Rate { amount: 1_000_000_000, unit: Unit::Layer1Bits });
        assert_eq!(of_lengths(bursts(Some(bits)), &[60; 5]), [0, 672, 1672, 2344, 3344]);
    }

    #[test]
    fn a_ramp_sends_the_mean_of_its_ends_and_goes_on_at_the_last() {
        let ramp = Pace::new(Spacing::Ramp { from: Rate::frames(100), to: 300, time: 2_000_000_000 }, 1);
        let due = |number| ramp.due(number, 0).unwrap();
        assert_eq!((due(0), due(400)), (0, 2_000_000_000));
        // After a second at 100, rising by 100 a second: 150 frames.
        assert_eq!(due(150), 1_000_000_000);
        assert_eq!(due(700), 3_000_000_000);
    }

    proptest! {
        #[test]
        fn no_deadline_of_a_ramp_lies_before_the_one_before(
            from in 0u64..1_000_000, to in 0u64..1_000_000, time in 1u64..100_000_000_000, number in 0u64..10_000_000
        ) {
            let ramp = Pace::new(Spacing::Ramp { from: Rate::frames(from), to, time }, 1);
            prop_assert!(ramp.due(number, 0) <= ramp.due(number + 1, 0));
        }
    }
}
