//! When each frame is due, on the monotonic clock.
//!
//! Deadlines are counted from the start of the run, so that a late frame makes no later one late: what was missed is caught up.

use crate::link::stop::Stop;
use std::time::{Duration, Instant};

/// The time between frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// As the entries say ([`super::Item::delay`]), and at once where they say nothing.
    Listed,
    /// So many frames in each period, evenly; one second and 1000 is a rate of 1000 frames a second.
    Even {
        /// Nanoseconds of the period.
        period: u64,
        /// Frames in it, at least 1.
        frames: u64,
    },
}

impl Spacing {
    /// One frame every so many nanoseconds.
    pub fn every(nanoseconds: u64) -> Self {
        Self::Even { period: nanoseconds, frames: 1 }
    }

    /// So many frames a second; 0 counts as 1.
    pub fn rate(frames: u64) -> Self {
        Self::Even { period: 1_000_000_000, frames: frames.max(1) }
    }
}

/// The deadlines of a run, frame by frame.
#[derive(Debug)]
pub struct Pace {
    spacing: Spacing,
    frames: u64,
    /// The delays so far, in nanoseconds.
    listed: u64,
}

impl Pace {
    /// The deadlines from the first frame on, which is due at the start, or after its own delay.
    pub fn new(spacing: Spacing) -> Self {
        Self { spacing, frames: 0, listed: 0 }
    }

    /// When the next frame is due after the start of the run; none where that is at once. A delay that runs back counts as
    /// none.
    pub fn next(&mut self, delay: Option<i64>) -> Option<Duration> {
        let number = self.frames;
        self.frames = self.frames.saturating_add(1);
        match self.spacing {
            Spacing::Even { period, frames } => {
                let due = u128::from(number) * u128::from(period) / u128::from(frames.max(1));
                Some(Duration::from_nanos(u64::try_from(due).unwrap_or(u64::MAX)))
            }
            Spacing::Listed => {
                let delay = delay.map_or(0, |delay| u64::try_from(delay).unwrap_or(0));
                self.listed = self.listed.saturating_add(delay);
                (self.listed > 0).then(|| Duration::from_nanos(self.listed))
            }
        }
    }
}

/// Waits until `due` after `start`; true if the stop flag ended it. No waiting where that is past.
pub fn wait(start: Instant, due: Duration, stop: &Stop) -> bool {
    match due.checked_sub(start.elapsed()) {
        Some(left) if !left.is_zero() => stop.sleep(left),
        _ => stop.requested(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(spacing: Spacing, delays: &[Option<i64>]) -> Vec<Option<u128>> {
        let mut pace = Pace::new(spacing);
        delays.iter().map(|delay| pace.next(*delay).map(|due| due.as_nanos())).collect()
    }

    #[test]
    fn a_rate_that_does_not_divide_a_second_does_not_drift() {
        assert_eq!(due(Spacing::rate(3), &[None; 4]), [0, 333_333_333, 666_666_666, 1_000_000_000].map(Some));
    }

    #[test]
    fn an_interval_leaves_the_delays_of_a_file_aside() {
        assert_eq!(due(Spacing::every(10), &[None, Some(500), Some(-3)]), [0, 10, 20].map(Some));
    }

    #[test]
    fn delays_add_up_and_none_runs_back() {
        let delays = [None, Some(1000), Some(-500), None, Some(7)];
        assert_eq!(due(Spacing::Listed, &delays), [None, Some(1000), Some(1000), Some(1000), Some(1007)]);
    }

    #[test]
    fn times_beyond_the_clock_stay_at_its_end() {
        assert_eq!(due(Spacing::every(u64::MAX), &[None; 3])[2], Some(u64::MAX.into()));
        assert_eq!(due(Spacing::Listed, &[Some(i64::MAX); 4])[3], Some(u64::MAX.into()));
    }

    #[test]
    fn a_set_flag_ends_a_wait_and_a_past_deadline_is_none() {
        let stop = Stop::new();
        assert!(!wait(Instant::now(), Duration::ZERO, &stop));
        stop.request();
        assert!(wait(Instant::now(), Duration::from_secs(3600), &stop));
    }
}
