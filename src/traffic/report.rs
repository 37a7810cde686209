//! What became of a run, and the sentences that explain it.

use super::counts::{Counts, Note, frames};
use super::histogram::Histogram;
use super::pace::Spacing;
use super::rate::Unit;
use super::recording::Noticed;
use super::send::{End, Job};
use super::worker::Part;
use std::time::Duration;

/// What became of a run.
#[derive(Debug)]
pub struct Report {
    /// The counts.
    pub counts: Counts,
    /// From the start to the last frame.
    pub elapsed: Duration,
    /// Bits of what was accepted, on layer 1 and 2 ([`Unit`]).
    pub bits: (u64, u64),
    /// How long after they were due frames were handed over, nanoseconds; of those that had a time.
    pub late: Histogram,
    /// How it ended.
    pub end: End,
    /// Sentences that explain the counts.
    pub notes: Vec<Note>,
}

impl Report {
    /// Frames accepted in a second, between the first and the last; none of fewer than two.
    pub fn rate(&self) -> Option<f64> {
        self.rate_in(Unit::Frames)
    }

    /// The same in another unit: what lies between the first frame and the last.
    // Numbers beyond 2^53 lose digits that no clock has.
    #[allow(clippy::cast_precision_loss)]
    pub fn rate_in(&self, unit: Unit) -> Option<f64> {
        let accepted = self.counts.accepted;
        let gaps = accepted.checked_sub(1).filter(|gaps| *gaps > 0)?;
        let amount = match unit {
            Unit::Frames => gaps as f64,
            Unit::Layer1Bits => self.bits.0 as f64 * gaps as f64 / accepted as f64,
            Unit::Layer2Bits => self.bits.1 as f64 * gaps as f64 / accepted as f64,
        };
        Some(amount / self.elapsed.as_secs_f64())
    }

    /// A sentence where a rate was asked for and not reached by more than a hundredth: not by one frame that came late at the
    /// end, but since it fell behind all the time.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn not_reached(&self, spacing: &Spacing) -> Option<Note> {
        let Spacing::Even(step) = spacing else { return None };
        let asked = step.rate.amount as f64 * 1e9 / step.period.max(1) as f64;
        let reached = self.rate_in(step.rate.unit)?;
        let behind = Duration::from_nanos(self.late.quantile(50_000)) > self.elapsed / 250;
        if reached > 0.99 * asked || !behind {
            return None;
        }
        let what = if step.rate.unit == Unit::Frames { "frames" } else { "bits" };
        let text = format!("the rate was not reached: {reached:.0} {what} a second of {asked:.0}");
        Some(
            Note::new(text)
                .help("this CPU or the kernel takes no more: try `--engine xdp`, `--bypass`, or `--threads 2`"),
        )
    }
}

/// What was noticed in the frames, as sentences.
pub(super) fn describe(job: &Job, parts: &[Part], notes: &mut Vec<Note>) {
    let sum = |of: fn(&Noticed) -> u64| parts.iter().map(|part| of(&part.noticed)).sum::<u64>();
    let (back, cut, stripped) = (sum(|n| n.back), sum(|n| n.cut), sum(|n| n.stripped));
    let heeded = matches!(job.spacing, Spacing::Listed(_));
    if back > 0 && heeded {
        notes.push(Note::new(format!("the times run back before {}; such a step counts as none", frames(back))));
    }
    if cut > 0 {
        let were = if cut == 1 { "was" } else { "were" };
        notes.push(
            Note::new(format!(
                "{} {were} cut when captured (snap length) and went out as short as they are in the file",
                frames(cut)
            ))
            .help("capture whole frames: `ethcraft sniff -w`, or `tcpdump -s 0 -w`"),
        );
    }
    if stripped > 0 {
        let text = format!("the FCS that the capture has was left away in {}; the card adds its own", frames(stripped));
        notes.push(Note::new(text).help("`--fcs append` keeps it as the last four bytes"));
    }
    for (at, rewrite) in job.rewrites.iter().enumerate() {
        let missed: u64 = parts.iter().filter_map(|part| part.missed.get(at)).sum();
        if missed > 0 {
            let text = format!(
                "`--set '{}'` found nothing to set in {}, which went out as they are",
                rewrite.text(),
                frames(missed)
            );
            notes.push(Note::new(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 101 frames in a second, so late, nanoseconds.
    fn told(rate: u64, late: impl Iterator<Item = u64>) -> Option<String> {
        let mut spread = Histogram::default();
        late.for_each(|late| spread.record(late));
        let report = Report {
            counts: Counts { accepted: 101, ..Counts::default() },
            elapsed: Duration::from_secs(1),
            bits: (101 * 1000, 101 * 900),
            late: spread,
            end: End::Complete,
            notes: Vec::new(),
        };
        report.not_reached(&Spacing::rate(rate)).map(|note| note.text)
    }

    #[test]
    fn a_rate_is_that_of_the_gaps() {
        let late = || (0..101).map(|frame| frame * 5_000_000);
        assert_eq!(told(200, late()).unwrap(), "the rate was not reached: 100 frames a second of 200");
        assert_eq!(told(100, late()), None);
    }

    #[test]
    fn one_late_frame_is_no_rate_that_was_not_reached() {
        assert_eq!(told(200, (0..101).map(|frame| if frame == 100 { 500_000_000 } else { 100 })), None);
    }
}
