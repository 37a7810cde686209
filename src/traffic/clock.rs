//! The monotonic clock, which no step of the time of day moves, and waiting on it to the microsecond.

use crate::link::stop::{SLICE, Stop};
use clap::ValueEnum;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};

/// Nanoseconds on `CLOCK_MONOTONIC`, from some point in the past on.
pub fn now() -> u64 {
    // The call fails for a clock that does not exist, and this one does on every Linux.
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, nanoseconds)
}

fn nanoseconds(time: TimeSpec) -> u64 {
    u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec()).unwrap_or(0)
}

/// Whether a wait may keep the CPU busy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Spin {
    /// Sleep; the kernel wakes some tens of microseconds late
    Never,
    /// Sleep up to shortly before the deadline, and spin for the rest
    #[default]
    Auto,
    /// Spin all the time
    Always,
}

/// How long before a deadline `auto` wakes up, nanoseconds: at the beginning, at least and at most.
const EARLY: (u64, u64, u64) = (60_000, 15_000, 200_000);

/// Waits for deadlines. To be made on the thread that waits.
#[derive(Debug)]
pub struct Waiter {
    spin: Spin,
    /// How long before the deadline it wakes up, learned from how late the kernel woke it.
    early: u64,
}

impl Waiter {
    /// Asks the kernel not to gather the wake-ups of this thread with others (a timer slack of 1 ns, prctl(2)).
    pub fn new(spin: Spin) -> Self {
        if spin != Spin::Always {
            // Where it is refused the wake-ups come 50 us later, which shows in the spread.
            let _ = nix::sys::prctl::set_timerslack(1);
        }
        Self { spin, early: EARLY.0 }
    }

    /// Waits until `deadline` on the clock of [`now`], and gives the time it is then; none if the stop flag ended it.
    pub fn until(&mut self, deadline: u64, stop: &Stop) -> Option<u64> {
        let slice = SLICE.as_nanos() as u64;
        loop {
            if stop.requested() {
                return None;
            }
            let time = now();
            let Some(left) = deadline.checked_sub(time).filter(|left| *left > 0) else { return Some(time) };
            let awake = match self.spin {
                Spin::Never => 0,
                Spin::Auto => self.early,
                Spin::Always => u64::MAX,
            };
            if left <= awake {
                std::hint::spin_loop();
            } else if left - awake > slice {
                sleep_until(time + slice);
            } else {
                sleep_until(deadline - awake);
                self.learn(now().saturating_sub(deadline - awake));
            }
        }
    }

    /// A longer delay is believed at once, shorter ones step by step.
    fn learn(&mut self, late: u64) {
        let wanted = late + late / 4;
        let early = if wanted > self.early { wanted } else { self.early - (self.early - wanted) / 16 };
        self.early = early.clamp(EARLY.1, EARLY.2);
    }
}

/// Returns early on a signal, which is why its caller looks at the clock again.
fn sleep_until(time: u64) {
    let time = TimeSpec::new((time / 1_000_000_000).cast_signed(), (time % 1_000_000_000).cast_signed());
    let _ = clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::TIMER_ABSTIME, &time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wait_ends_before_its_deadline() {
        for spin in [Spin::Never, Spin::Auto, Spin::Always] {
            let mut waiter = Waiter::new(spin);
            for gap in [0, 10_000, 300_000, 3_000_000] {
                let deadline = now() + gap;
                assert!(waiter.until(deadline, &Stop::new()).unwrap() >= deadline, "{spin:?}");
            }
        }
    }

    #[test]
    fn a_set_flag_ends_every_wait() {
        let stop = Stop::new();
        stop.request();
        for spin in [Spin::Never, Spin::Auto, Spin::Always] {
            assert_eq!(Waiter::new(spin).until(now() + 3_600_000_000_000, &stop), None);
        }
    }

    #[test]
    fn the_time_awake_follows_how_late_the_kernel_is_and_has_an_end() {
        let mut waiter = Waiter { spin: Spin::Auto, early: EARLY.0 };
        waiter.learn(100_000);
        assert_eq!(waiter.early, 125_000);
        waiter.learn(50_000_000);
        assert_eq!(waiter.early, EARLY.2);
        for _ in 0..200 {
            waiter.learn(0);
        }
        assert_eq!(waiter.early, EARLY.1);
    }
}
