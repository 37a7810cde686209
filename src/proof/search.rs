//! The search for the highest rate and the longest burst that pass without loss (RFC 2544 26.1 and 26.4), and how much is lost
//! above (26.3).
//!
//! It knows numbers only: a trial is whatever is called.

use super::{Share, share};

/// What one trial showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trial {
    /// Frames a second that were sent.
    pub rate: f64,
    /// Frames sent.
    pub sent: u64,
    /// Frames that did not arrive, or not as expected.
    pub lost: u64,
    /// Frames that the capture dropped: its own fault, and among those lost.
    pub dropped: u64,
    /// The median of the latencies, nanoseconds.
    pub p50: Option<u64>,
    /// What 99 % of them are not above.
    pub p99: Option<u64>,
}

/// What kept the result from being higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// More could not be sent, or was not asked for.
    Sender,
    /// Above it frames were lost on the way.
    Way,
    /// Above it frames were lost in the capture of this machine.
    Receiver,
    /// The search was interrupted.
    Interrupted,
}

impl Bound {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sender => "what was offered",
            Self::Way => "loss on the way",
            Self::Receiver => "this machine's receiver",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The greatest amount that passed: frames a second, or frames; 0 where none did.
    pub most: u64,
    /// The trial that showed it.
    pub best: Option<Trial>,
    /// Why it is no more.
    pub bound: Bound,
    /// How many trials there were.
    pub trials: u32,
}

/// What passes, and how closely it is searched for.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How much may be lost.
    pub loss: Share,
    /// The search ends when it is known to this part of the highest.
    pub resolution: f64,
}

/// Finds the greatest amount up to `top` that passes, by halving. `trial` gives none after an interrupt.
///
/// # Errors
/// Those of a trial.
pub fn greatest<E>(
    rules: Rules,
    top: u64,
    first: Trial,
    mut trial: impl FnMut(u64) -> Result<Option<Trial>, E>,
) -> Result<Outcome, E> {
    let passes = |trial: &Trial| rules.loss.allows(trial.lost, trial.sent) && trial.sent > 0;
    if passes(&first) {
        return Ok(Outcome { most: top, best: Some(first), bound: Bound::Sender, trials: 1 });
    }
    let blame = |trial: &Trial| if trial.dropped >= trial.lost { Bound::Receiver } else { Bound::Way };
    let (mut low, mut high, mut trials) = (0, top, 1);
    let (mut best, mut bound) = (None, blame(&first));
    // Amounts are far below 2^53, and the resolution is a part of them.
    #[allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let step = ((top as f64 * rules.resolution) as u64).max(1);
    while high - low > step {
        let middle = low + (high - low) / 2;
        let Some(found) = trial(middle)? else {
            bound = Bound::Interrupted;
            break;
        };
        trials += 1;
        if passes(&found) {
            (low, best) = (middle, Some(found));
        } else {
            (high, bound) = (middle, blame(&found));
        }
    }
    Ok(Outcome { most: low, best, bound, trials })
}

/// What was lost at a part of the highest rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// The part, percent.
    pub percent: u64,
    /// Frames a second that were to be sent.
    pub offered: u64,
    /// What came of it.
    pub trial: Trial,
}

impl Loss {
    /// The part of the frames sent that was lost, 0 to 1.
    pub fn part(&self) -> f64 {
        share(self.trial.lost, self.trial.sent)
    }
}

/// How much is lost at 100 %, 90 %, 80 % ... of `top`, until two trials in a row lose nothing (RFC 2544 26.3). `first` is the
/// trial at the top; `trial` gives none after an interrupt.
///
/// # Errors
/// Those of a trial.
pub fn losses<E>(
    top: u64,
    first: Trial,
    mut trial: impl FnMut(u64) -> Result<Option<Trial>, E>,
) -> Result<Vec<Loss>, E> {
    let mut all = vec![Loss { percent: 100, offered: top, trial: first }];
    for percent in (1..10).rev().map(|tenth| tenth * 10) {
        let nothing = |loss: &Loss| loss.trial.lost == 0 && loss.trial.sent > 0;
        if matches!(all.as_slice(), [.., one, other] if nothing(one) && nothing(other)) {
            break;
        }
        let offered = (top.saturating_mul(percent) / 100).max(1);
        let Some(trial) = trial(offered)? else { break };
        all.push(Loss { percent, offered, trial });
    }
    Ok(all)
}

/// The frame sizes of RFC 2544 9.1, bytes with the FCS.
pub const SIZES: [usize; 7] = [64, 128, 256, 512, 1024, 1280, 1518];

/// The simple IMIX: seven frames of 64 bytes, four of 594, one of 1518, mixed.
pub const IMIX: [usize; 12] = [64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 594, 64];

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { loss: Share::NONE, resolution: 0.01 };

    /// A device that loses everything above an amount.
    fn device(limit: u64) -> impl FnMut(u64) -> Result<Option<Trial>, ()> {
        move |amount| {
            let lost = amount.saturating_sub(limit);
            Ok(Some(Trial { sent: amount, lost, ..Trial::default() }))
        }
    }

    #[test]
    fn the_limit_of_a_device_is_found_to_the_resolution() {
        for limit in [1, 500, 12_345, 99_000] {
            let first = Trial { sent: 100_000, lost: 1, ..Trial::default() };
            let found = greatest(RULES, 100_000, first, device(limit)).unwrap();
            assert!(found.most <= limit && limit - found.most <= 1000, "{limit} {found:?}");
            assert_eq!(found.bound, Bound::Way);
            assert!(found.trials <= 9);
        }
    }

    #[test]
    fn what_passes_at_the_top_needs_no_search() {
        let first = Trial { sent: 9, ..Trial::default() };
        let found = greatest(RULES, 9, first, |_| -> Result<_, ()> { unreachable!() }).unwrap();
        assert_eq!((found.most, found.bound, found.trials), (9, Bound::Sender, 1));
    }

    #[test]
    fn loss_in_the_capture_is_laid_to_it_and_an_interrupt_ends_it() {
        let first = Trial { sent: 100, lost: 5, dropped: 5, ..Trial::default() };
        let found = greatest(RULES, 100, first, |_| Ok::<_, ()>(None)).unwrap();
        assert_eq!((found.most, found.bound), (0, Bound::Interrupted));
        let lossy = |amount| Ok::<_, ()>(Some(Trial { sent: amount, lost: 1, dropped: 1, ..Trial::default() }));
        assert_eq!(greatest(RULES, 100, first, lossy).unwrap().bound, Bound::Receiver);
    }

    #[test]
    fn losses_are_told_from_the_top_down_to_two_trials_without() {
        let told = |limit: u64| {
            let first = device(limit)(1000).unwrap().unwrap();
            let all = losses(1000, first, device(limit)).unwrap();
            all.iter().map(|loss| (loss.percent, loss.trial.lost)).collect::<Vec<_>>()
        };
        assert_eq!(told(1000), [(100, 0), (90, 0)]);
        assert_eq!(told(850), [(100, 150), (90, 50), (80, 0), (70, 0)]);
        assert_eq!(told(0).last(), Some(&(10, 100)));
        assert_eq!(told(0).len(), 10);
        let first = Trial { sent: 8, lost: 2, ..Trial::default() };
        let interrupted = losses(8, first, |_| Ok::<_, ()>(None)).unwrap();
        assert_eq!((interrupted.len(), interrupted[0].part()), (1, 0.25));
    }

    #[test]
    fn the_mix_has_its_parts() {
        let count = |size| IMIX.iter().filter(|other| **other == size).count();
        assert_eq!((count(64), count(594), count(1518)), (7, 4, 1));
    }
}
