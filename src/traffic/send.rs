//! The run itself: what to send and when, the threads that do it, and what became of it.

use super::clock::{self, Spin};
use super::counts::{Counts, Note, frames};
use super::feed::Source;
use super::histogram::Histogram;
use super::live::Live;
use super::maker::Mark;
use super::pace::Spacing;
use super::recording::{CaptureError, Replay};
use super::report::{Report, describe};
use super::sequence::{Sequence, total};
use super::worker::{Part, Shared, Worker};
use crate::expr::Diagnostics;
use crate::frame::{Builder, Fcs, Rewrite, Surroundings, Template};
use crate::link::counters::{Counters, Meter};
use crate::link::stop::Stop;
use crate::link::tx::{Options, Refusal, Sender, SizeError};
use crate::link::{Error, Interface, cpus};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

/// How many frames are built and measured before the first one leaves.
pub const CHECKED: u64 = 10_000;

/// How long the interface's counters are given to come up to what was accepted.
const SETTLE: Duration = Duration::from_millis(200);

/// What to send, and when.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The frames.
    pub source: Source<'a>,
    /// What is set in them anew.
    pub rewrites: &'a [Rewrite],
    /// What `auto` is in a rewrite, and what `rand` depends on.
    pub surroundings: Surroundings,
    /// How many frames; where the source has less it begins anew. None: until something else ends the run.
    pub count: Option<u64>,
    /// The time between frames.
    pub spacing: Spacing,
    /// No frame is sent that is due later than this after the start, nanoseconds.
    pub duration: Option<u64>,
    /// How to wait.
    pub spin: Spin,
    /// What marks each frame of a set as it is made.
    pub mark: Option<&'a dyn Mark>,
}

impl<'a> Job<'a> {
    /// All of a source once through, as listed there.
    pub fn new(source: Source<'a>) -> Self {
        Self {
            source,
            rewrites: &[],
            surroundings: Surroundings::default(),
            count: match source {
                Source::Sets(items) => Some(total(items)),
                Source::Capture { .. } => None,
            },
            spacing: Spacing::LISTED,
            duration: None,
            spin: Spin::default(),
            mark: None,
        }
    }
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A frame that no interface, or not this one, can send.
    #[error("frame {number}: {cause}")]
    Size {
        /// The frame's number in the run, from 0.
        number: u64,
        /// Its entry; none in a capture.
        item: Option<usize>,
        /// What is wrong with it.
        cause: SizeError,
    },
    /// A mistake that shows only while a frame is built.
    #[error("frame {number}: {cause}")]
    Build {
        /// The frame's number in the run, from 0.
        number: u64,
        /// Its entry.
        item: usize,
        /// The mistakes.
        cause: Diagnostics,
    },
    /// A frame without room for the flow tag that is to mark it.
    #[error("frame {number} has no room for the flow tag")]
    NoRoom {
        /// The frame's number in the run, from 0.
        number: u64,
    },
    /// The MTU was lowered after the sizes were checked.
    #[error("frame {number} does not fit any more: the MTU of {interface} was lowered{}", now(*.mtu))]
    Lowered {
        /// The frame's number in the run, from 0.
        number: u64,
        /// The interface.
        interface: String,
        /// Its MTU now, if it could be asked.
        mtu: Option<u32>,
    },
    /// The capture cannot be sent, or not any further.
    #[error(transparent)]
    Capture(CaptureError),
    /// The interface cannot send any more.
    #[error(transparent)]
    Link(#[from] Error),
}

fn now(mtu: Option<u32>) -> String {
    mtu.map_or_else(String::new, |mtu| format!(" to {mtu}"))
}

/// How a run ended.
#[derive(Debug)]
pub enum End {
    /// Every frame had its turn.
    Complete,
    /// The stop flag was set.
    Interrupted,
    /// Its time was up.
    TimeUp,
    /// It could not go on.
    Failed(Fault),
}

impl End {
    /// In one word, for machines.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Interrupted => "interrupted",
            Self::TimeUp => "time",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it could not go on.
    pub fn fault(&self) -> Option<&Fault> {
        if let Self::Failed(fault) = self { Some(fault) } else { None }
    }
}

/// Builds the first [`CHECKED`] frames and measures them against the interface, so that a mistake is told before any
/// frame has left. Later ones are measured when their turn comes, and so are those of a capture that can be read only once.
///
/// Gives how many frames the source has once through, where that is known.
///
/// # Errors
/// The first frame that cannot be built or sent.
pub fn check(job: &Job, interface: &Interface, options: &Options) -> Result<Option<u64>, Fault> {
    let own_fcs = options.own_fcs;
    match job.source {
        Source::Sets(items) => {
            let mut builder = Builder::default();
            let all = total(items);
            let most = job.count.unwrap_or(all).min(CHECKED);
            let mut turns = Sequence::new(items);
            let mut number = 0;
            while number < most
                && let Some(turn) = turns.next()
            {
                let (item, set) = (turn.item, items[turn.item].frames);
                builder.build(set, turn.number).map_err(|cause| Fault::Build { number, item, cause })?;
                let frame = builder.view().bytes;
                let fits = options.check(interface, frame);
                fits.map_err(|cause| Fault::Size { number, item: Some(item), cause })?;
                number += 1;
                // Frames of one length: where one fits that has no tag, all do.
                let longest = crate::link::tx::longest(interface.mtu, false, own_fcs);
                if set.count() > 1 && turn.number == 0 && frame.len() <= longest && Template::new(set).is_some() {
                    number += u64::try_from(set.count() - 1).unwrap_or(u64::MAX);
                    turns.go_to(number);
                }
            }
            Ok(Some(all))
        }
        Source::Capture { recording, .. } if !recording.repeats() => Ok(None),
        Source::Capture { recording, with_fcs, .. } => {
            let mut replay = Replay::new(recording, with_fcs, Some(1));
            let mut frame = Vec::new();
            for number in 0..CHECKED {
                if replay.go_to(number).map_err(Fault::Capture)?.is_none() {
                    return Ok(Some(number));
                }
                if job.count.is_some_and(|count| number >= count) {
                    return Ok(None);
                }
                frame.resize(replay.length(), 0);
                replay.write(&mut frame, |_, _: Fcs| ());
                options.check(interface, &frame).map_err(|cause| Fault::Size { number, item: None, cause })?;
            }
            Ok(None)
        }
    }
}

/// Sends, with one thread for each sender; several share the frames, each on a CPU of its own. What was accepted is exact,
/// however the run ends. `live` may be read meanwhile.
pub fn send(job: &Job, senders: &mut [Sender], meter: &Meter, stop: &Stop, live: &Live) -> Report {
    let before = meter.read().ok();
    let shared = Shared {
        job,
        meter,
        live,
        stop: stop.branch(),
        start: clock::now(),
        threads: senders.len(),
        next: AtomicU64::new(0),
    };
    let parts = work(&shared, senders);
    let sum = |of: fn(&Sender) -> u64| senders.iter().map(of).sum::<u64>();
    let accepted = sum(|sender| sender.outcome().accepted);
    let mut counts = Counts {
        asked: job.count,
        accepted,
        accepted_bytes: sum(|sender| sender.outcome().accepted_bytes),
        refused: sum(|sender| sender.outcome().refused),
        interface: before.and_then(|before| settle(meter, &before, accepted)),
        cut: senders.iter().any(Sender::cuts),
        seen: None,
    };
    let mut notes = Vec::new();
    // The lowest number of them all.
    let refusals = parts.iter().zip(&*senders);
    let refusals = refusals.flat_map(|(part, sender)| part.refused.iter().zip(&sender.outcome().failures));
    let first = refusals.min_by_key(|(number, _)| **number);
    let late = parts.iter().fold(Histogram::default(), |mut sum, part| {
        sum.add(&part.late);
        sum
    });
    let queued = parts.iter().map(|part| part.queued).sum();
    let share = |bits: u64| u64::try_from(u128::from(bits) * u128::from(accepted) / u128::from(queued)).unwrap_or(0);
    let bits = parts.iter().fold((0u64, 0u64), |sum, part| (sum.0 + part.bits.0, sum.1 + part.bits.1));
    let bits = if queued == 0 { (0, 0) } else { (share(bits.0), share(bits.1)) };
    let elapsed = Duration::from_nanos(parts.iter().map(|part| part.elapsed).max().unwrap_or(0));
    let first = first.map(|(number, failure)| {
        let note = Note::new(format!(
            "the kernel refused {}, first frame {number}: {}",
            frames(counts.refused),
            failure.cause
        ));
        match failure.cause {
            Refusal::QueueFull => {
                note.help("send slower with --rate; `ethcraft ifaces` shows carrier and MTU, of the other end too")
            }
            _ => note,
        }
    });
    describe(job, &parts, &mut notes);
    let end = parts.into_iter().map(|part| part.end).reduce(End::graver).unwrap_or(End::Complete);
    if counts.asked.is_none() && matches!((&end, job.source), (End::Complete, Source::Capture { .. })) {
        counts.asked = Some(queued);
    }
    if !matches!(end, End::Failed(Fault::Lowered { .. })) {
        notes.extend(first);
    }
    let why = match end {
        End::Interrupted => "it was interrupted",
        End::TimeUp => "the time was up",
        End::Complete if matches!(job.source, Source::Capture { .. }) => "the capture ended before",
        End::Complete | End::Failed(_) => "the run could not go on",
    };
    match counts.unsent() {
        0 => {}
        1 => notes.push(Note::new(format!("1 frame was not sent: {why}"))),
        unsent => notes.push(Note::new(format!("{unsent} frames were not sent: {why}"))),
    }
    let interface = meter.interface().ok();
    let name = interface.as_ref().map_or("the interface", |interface| &interface.name);
    notes.extend(counts.differences(name, interface.as_ref().and_then(|interface| interface.carrier)));
    let mut report = Report { counts, elapsed, bits, late, end, notes };
    report.notes.extend(report.not_reached(&job.spacing));
    report
}

impl End {
    /// What is to be said of a run whose threads ended so: a fault goes before all else.
    fn graver(self, other: Self) -> Self {
        let weight = |end: &Self| match end {
            Self::Complete => 0,
            Self::TimeUp => 1,
            Self::Interrupted => 2,
            Self::Failed(_) => 3,
        };
        if weight(&other) > weight(&self) { other } else { self }
    }
}

fn work(shared: &Shared, senders: &mut [Sender]) -> Vec<Part> {
    if let [sender] = senders {
        return vec![Worker::new(shared, 0, sender).run()];
    }
    let cpus = cpus::allowed();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..)
            .zip(senders)
            .map(|(thread, sender)| {
                let cpu = cpus.get(thread % cpus.len().max(1)).copied();
                scope.spawn(move || {
                    // Where it is refused the thread runs where the kernel puts it.
                    let _ = cpu.map(cpus::pin);
                    Worker::new(shared, thread, sender).run()
                })
            })
            .collect();
        // A panic of one is the program's.
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// What the interface counted since `before`, once it has counted what was accepted, or its time is up.
fn settle(meter: &Meter, before: &Counters, accepted: u64) -> Option<Counters> {
    let end = Instant::now() + SETTLE;
    loop {
        let counted = meter.read().ok()?.since(before);
        let known = counted.tx_packets.saturating_add(counted.tx_dropped).saturating_add(counted.tx_errors);
        if known >= accepted || Instant::now() >= end {
            return Some(counted);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
