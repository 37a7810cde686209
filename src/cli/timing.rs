//! When frames are sent, and how many: the options of `send` for it.

use super::Failure;
use super::units::{self, AskedRate, Times};
use crate::traffic::{Rate, Spacing, Speed, Spin, Step};
use std::time::Duration;

/// How many frames, and the time between them.
#[derive(Debug, clap::Args)]
pub(super) struct Timing {
    /// Send N frames; past its end the source begins anew
    #[arg(short, long, value_name = "N", value_parser = units::frames)]
    pub count: Option<u64>,
    /// Send the whole set, file or capture N times; without N until interrupted
    #[arg(
        long = "loop",
        visible_alias = "forever",
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "forever",
        conflicts_with = "count",
        value_parser = units::times
    )]
    pub times: Option<Times>,
    /// Stop after this time; without -c the source begins anew until then
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub duration: Option<Duration>,
    /// The time from one frame to the next: 10ms, 1s, 500us
    #[arg(short, long, value_name = "TIME", value_parser = units::duration, group = "when")]
    pub interval: Option<Duration>,
    /// Frames a second: 1000, 10k, 1M; or bits: 100Mbit on layer 1, l2:100Mbit on layer 2; or max
    #[arg(long, value_name = "RATE", value_parser = units::rate_or_max, group = "when")]
    pub rate: Option<AskedRate>,
    /// A rate that changes evenly: 1k..100k, 10Mbit..1Gbit; over --duration, or over all frames
    #[arg(long, value_name = "A..B", value_parser = units::ramp, group = "when", conflicts_with = "burst")]
    pub ramp: Option<(Rate, Rate)>,
    /// The times in a capture or frame file, so many times as fast: 0.5x, 10x, original
    #[arg(long, value_name = "TIMES", value_parser = units::speed, group = "when", conflicts_with = "burst")]
    pub speed: Option<Speed>,
    /// Send N frames together, or at the rate that is given, then pause for --gap
    #[arg(long, value_name = "N", value_parser = units::frames, requires = "gap")]
    pub burst: Option<u64>,
    /// The time from the last frame of a burst to the first of the next
    #[arg(long, value_name = "TIME", value_parser = units::duration, requires = "burst")]
    pub gap: Option<Duration>,
    /// Whether waiting may keep the CPU busy, which is more exact
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub spin: Spin,
}

impl Timing {
    /// Nothing but speed is asked for (`--rate max`).
    pub fn is_top_speed(&self) -> bool {
        matches!(self.rate, Some(AskedRate::Max))
    }

    /// How often the source is sent as a whole; none: until something else ends the run.
    pub fn passes(&self) -> Option<u64> {
        match self.times {
            Some(Times::Number(times)) => Some(times),
            Some(Times::Forever) => None,
            None => (self.count.is_none() && self.duration.is_none()).then_some(1),
        }
    }

    /// The source must be there more than once.
    pub fn repeats(&self) -> bool {
        self.times.is_some_and(|times| times != Times::Number(1))
    }

    /// The time between frames. `frames`: how many there will be, where that is known.
    pub fn spacing(&self, frames: Option<u64>) -> Result<Spacing, Failure> {
        let step = match (self.interval, self.rate) {
            (Some(interval), _) => Some(Step { period: nanoseconds(interval), rate: Rate::frames(1) }),
            (None, Some(AskedRate::Of(rate))) => Some(Step::of(rate)),
            (None, Some(AskedRate::Max) | None) => None,
        };
        if let Some((from, to)) = self.ramp {
            let sum = from.amount.saturating_add(to.amount);
            let by_frames =
                || (from == Rate::frames(from.amount)).then_some(u128::from(frames?) * 2_000_000_000 / u128::from(sum));
            let time = self.duration.map(nanoseconds).or_else(|| u64::try_from(by_frames()?).ok());
            let Some(time) = time else {
                return Err(Failure::usage("--ramp has no end").help("say how long it takes: --duration 10s"));
            };
            return Ok(Spacing::Ramp { from, to: to.amount, time: time.max(1) });
        }
        Ok(match (self.burst.zip(self.gap), step, self.rate) {
            (Some((frames, gap)), step, _) => Spacing::Bursts { frames, gap: nanoseconds(gap), step },
            (None, Some(step), _) => Spacing::Even(step),
            (None, None, Some(_)) => Spacing::Max,
            (None, None, None) => Spacing::Listed(self.speed.unwrap_or(Speed::ORIGINAL)),
        })
    }
}

/// At most the clock's end.
pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
