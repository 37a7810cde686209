//! Latency and loss over the time of a run, in at most 200 steps, whatever the run lasts.

/// The most steps there are.
const STEPS: usize = 200;
/// The first width of a step, nanoseconds.
const FIRST: u64 = 1_000_000;

/// What happened to the frames that were sent in one step of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Frames whose latency is known.
    pub measured: u64,
    /// The least latency, nanoseconds.
    pub min: u64,
    /// The sum of the latencies.
    pub sum: u64,
    /// The greatest.
    pub max: u64,
    /// Frames that were lost.
    pub lost: u64,
}

impl Step {
    fn join(&mut self, other: &Self) {
        self.min = match (self.measured, other.measured) {
            (_, 0) => self.min,
            (0, _) => other.min,
            _ => self.min.min(other.min),
        };
        self.measured += other.measured;
        self.sum = self.sum.saturating_add(other.sum);
        self.max = self.max.max(other.max);
        self.lost += other.lost;
    }

    /// The mean latency; none where none is known.
    pub fn mean(&self) -> Option<u64> {
        self.sum.checked_div(self.measured)
    }
}

/// The steps of a run.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// When the first step begins, nanoseconds since 1970.
    start: u64,
    width: u64,
    steps: Vec<Step>,
}

impl Timeline {
    /// From this time on.
    pub fn new(start: u64) -> Self {
        Self { start, width: FIRST, steps: Vec::new() }
    }

    /// The width of a step, nanoseconds.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// The steps from the start on.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// A frame sent at this time had this latency.
    pub fn latency(&mut self, sent: u64, latency: u64) {
        self.at(sent).join(&Step { measured: 1, min: latency, sum: latency, max: latency, lost: 0 });
    }

    /// So many frames sent at this time were lost.
    pub fn lost(&mut self, sent: u64, frames: u64) {
        self.at(sent).lost += frames;
    }

    fn at(&mut self, time: u64) -> &mut Step {
        let since = time.saturating_sub(self.start);
        while since / self.width >= STEPS as u64 {
            self.width *= 2;
            let joined = self.steps.chunks(2).map(|pair| {
                let mut step = pair[0];
                pair.iter().skip(1).for_each(|other| step.join(other));
                step
            });
            self.steps = joined.collect();
        }
        let at = (since / self.width) as usize;
        if at >= self.steps.len() {
            self.steps.resize(at + 1, Step::default());
        }
        &mut self.steps[at]
    }
}

/// When each frame was made, roughly: every so many frames, the further apart the longer the run.
#[derive(Debug)]
pub struct Checkpoints {
    apart: u64,
    times: Vec<u64>,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self { apart: 1, times: Vec::new() }
    }
}

impl Checkpoints {
    const MOST: usize = 4096;

    /// Frame `number` is made now. They come in order.
    pub fn pass(&mut self, number: u64, now: u64) {
        if !number.is_multiple_of(self.apart) || number / self.apart != self.times.len() as u64 {
            return;
        }
        if self.times.len() == Self::MOST {
            self.times = self.times.iter().step_by(2).copied().collect();
            self.apart *= 2;
            if !number.is_multiple_of(self.apart) {
                return;
            }
        }
        self.times.push(now);
    }

    /// When frame `number` was made, by those around it.
    pub fn time(&self, number: u64) -> Option<u64> {
        let at = ((number / self.apart) as usize).min(self.times.len().checked_sub(1)?);
        let from = self.times[at];
        let to = self.times.get(at + 1).copied().unwrap_or(from).max(from);
        let part = number.saturating_sub(at as u64 * self.apart).min(self.apart);
        Some(from + ((u128::from(to - from) * u128::from(part)) / u128::from(self.apart)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_wider_and_lose_nothing() {
        let mut timeline = Timeline::new(1000);
        for at in 0..1000u64 {
            timeline.latency(1000 + at * FIRST, at);
            timeline.lost(1000 + at * FIRST, 1);
        }
        assert!(timeline.steps().len() <= STEPS);
        let all = timeline.steps().iter().fold(Step::default(), |mut all, step| {
            all.join(step);
            all
        });
        assert_eq!(all, Step { measured: 1000, min: 0, sum: 499_500, max: 999, lost: 1000 });
        assert_eq!(all.mean(), Some(499));
    }

    #[test]
    fn the_time_of_any_frame_is_known_to_the_distance_of_two_checkpoints() {
        let mut checkpoints = Checkpoints::default();
        for number in 0..100_000 {
            checkpoints.pass(number, number * 10);
        }
        assert!(checkpoints.times.len() <= Checkpoints::MOST);
        for number in [0, 1, 4095, 5000, 77_777, 99_000] {
            let wrong = checkpoints.time(number).unwrap().abs_diff(number * 10);
            assert!(wrong <= checkpoints.apart * 10, "{number} {wrong}");
        }
        assert_eq!(Checkpoints::default().time(3), None);
    }
}
