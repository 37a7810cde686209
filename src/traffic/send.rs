//! The run itself: build, wait until the frame is due, hand over, account.

use super::counts::{Counts, Note, frames};
use super::pace::{Pace, Spacing, wait};
use super::sequence::{Item, Sequence, total};
use crate::expr::Diagnostics;
use crate::frame::{Builder, Frames, Template};
use crate::link::counters::{Counters, Meter};
use crate::link::stop::Stop;
use crate::link::tx::{Options, Progress, Refusal, SendError, Sender, SizeError, limit};
use crate::link::{Error, Interface};
use std::time::{Duration, Instant};

/// How many frames are built and measured before the first one leaves.
pub const CHECKED: u64 = 10_000;

/// How long the interface's counters are given to come up to what was accepted.
const SETTLE: Duration = Duration::from_millis(200);

/// What to send, and when.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The entries, each with its set of frames.
    pub items: &'a [Item<'a>],
    /// How many frames; where the entries have less they begin anew. None: until something else ends the run.
    pub count: Option<u64>,
    /// The time between frames.
    pub spacing: Spacing,
    /// No frame is sent that is due later than this after the start.
    pub duration: Option<Duration>,
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A frame that no interface, or not this one, can send.
    #[error("frame {number}: {cause}")]
    Size {
        /// The frame's number in the run, from 0.
        number: u64,
        /// Its entry.
        item: usize,
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

/// What became of a run.
#[derive(Debug)]
pub struct Report {
    /// The counts.
    pub counts: Counts,
    /// From the start to the last frame.
    pub elapsed: Duration,
    /// How it ended.
    pub end: End,
    /// Sentences that explain the counts.
    pub notes: Vec<Note>,
}

impl Report {
    /// Frames accepted in a second, between the first and the last; none of fewer than two.
    pub fn rate(&self) -> Option<f64> {
        let gaps = self.counts.accepted.checked_sub(1).filter(|gaps| *gaps > 0)?;
        // Numbers beyond 2^53 lose digits that no clock has.
        #[allow(clippy::cast_precision_loss)]
        Some(gaps as f64 / self.elapsed.as_secs_f64())
    }
}

/// Builds the first [`CHECKED`] frames and measures them against the interface, so that a mistake is told before any
/// frame has left. Later ones are measured when their turn comes.
///
/// # Errors
/// The first frame that cannot be built or sent.
pub fn check(job: &Job, interface: &Interface, options: &Options) -> Result<(), Fault> {
    let mut builder = Builder::default();
    let most = job.count.unwrap_or_else(|| total(job.items)).min(CHECKED);
    for (number, turn) in (0..most).zip(Sequence::new(job.items)) {
        let item = turn.item;
        let built = builder.build(job.items[item].frames, turn.number);
        built.map_err(|cause| Fault::Build { number, item, cause })?;
        limit(interface, builder.view().bytes, options.own_fcs).map_err(|cause| Fault::Size { number, item, cause })?;
    }
    Ok(())
}

/// Sends. What was accepted is exact, however the run ends.
pub fn send(job: &Job, sender: &mut Sender, meter: &Meter, stop: &Stop) -> Report {
    let before = meter.read().ok();
    let start = Instant::now();
    let end = drive(job, sender, meter, stop, start).unwrap_or_else(End::Failed);
    let elapsed = start.elapsed();
    let outcome = sender.outcome();
    let counts = Counts {
        asked: job.count,
        accepted: outcome.accepted,
        accepted_bytes: outcome.accepted_bytes,
        refused: outcome.refused,
        interface: before.and_then(|before| settle(meter, &before, outcome.accepted)),
        seen: None,
    };
    let mut notes = Vec::new();
    if let Some(first) = outcome.failures.first()
        && !matches!(end, End::Failed(Fault::Lowered { .. }))
    {
        let note = Note::new(format!("the kernel refused {}, first {first}", frames(counts.refused)));
        notes.push(match first.cause {
            Refusal::QueueFull => {
                note.help("send slower with --rate; `ethcraft ifaces` shows carrier and MTU, of the other end too")
            }
            _ => note,
        });
    }
    let why = match end {
        End::Interrupted => "it was interrupted",
        End::TimeUp => "the time was up",
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
    Report { counts, elapsed, end, notes }
}

fn drive(job: &Job, sender: &mut Sender, meter: &Meter, stop: &Stop, start: Instant) -> Result<End, Fault> {
    let mut makers: Vec<_> = job.items.iter().map(|item| Maker::new(item.frames)).collect();
    let mut pace = Pace::new(job.spacing);
    let mut end = End::Complete;
    let turns = Sequence::new(job.items);
    for (number, turn) in (0..job.count.unwrap_or(u64::MAX)).zip(turns) {
        if let Some(due) = pace.next(turn.delay) {
            if job.duration.is_some_and(|duration| due >= duration) {
                end = End::TimeUp;
                break;
            }
            if due > start.elapsed() {
                // Nothing that is due now waits for what is due later.
                flush(sender, meter, stop)?;
                wait(start, due, stop);
            }
        }
        if stop.requested() {
            end = End::Interrupted;
            break;
        }
        if job.duration.is_some_and(|duration| start.elapsed() >= duration) {
            end = End::TimeUp;
            break;
        }
        match push(&mut makers[turn.item], sender, meter, stop, (number, turn.item, turn.number)) {
            Ok(Progress::Done) => {}
            Ok(Progress::Stopped) => {
                end = End::Interrupted;
                break;
            }
            Err(fault) => {
                // The frames before this one are good, and had their turn.
                flush(sender, meter, stop)?;
                return Err(fault);
            }
        }
    }
    match flush(sender, meter, stop)? {
        Progress::Stopped => Ok(End::Interrupted),
        Progress::Done => Ok(end),
    }
}

/// What makes the frames of one set.
enum Maker<'f> {
    /// They differ in fields alone.
    Template(Template<'f>),
    /// Each is built.
    Builder(&'f Frames, Builder),
}

impl<'f> Maker<'f> {
    fn new(frames: &'f Frames) -> Self {
        Template::new(frames).map_or_else(|| Self::Builder(frames, Builder::default()), Self::Template)
    }
}

/// Makes one frame and queues it; not after a stop.
fn push(
    maker: &mut Maker,
    sender: &mut Sender,
    meter: &Meter,
    stop: &Stop,
    (number, item, member): (u64, usize, u128),
) -> Result<Progress, Fault> {
    let pushed = match maker {
        Maker::Template(template) => sender.push_with(template.len(), stop, |slot| template.write(member, slot)),
        Maker::Builder(frames, builder) => {
            builder.build(frames, member).map_err(|cause| Fault::Build { number, item, cause })?;
            sender.push(builder.view().bytes, stop)
        }
    };
    match pushed {
        Ok(progress) => fitting(sender, meter).map(|()| progress),
        Err(SendError::Size(cause)) => Err(Fault::Size { number, item, cause }),
        Err(SendError::Link(error)) => Err(error.into()),
    }
}

fn flush(sender: &mut Sender, meter: &Meter, stop: &Stop) -> Result<Progress, Fault> {
    let progress = sender.flush(stop)?;
    fitting(sender, meter)?;
    Ok(progress)
}

/// A size that was right when it was checked, and is not any more, ends the run.
fn fitting(sender: &Sender, meter: &Meter) -> Result<(), Fault> {
    let failures = &sender.outcome().failures;
    let Some(first) = failures.iter().find(|failure| matches!(failure.cause, Refusal::TooLong)) else { return Ok(()) };
    let interface = meter.interface().ok();
    Err(Fault::Lowered {
        number: first.frame,
        mtu: interface.as_ref().map(|interface| interface.mtu),
        interface: interface.map_or_else(|| "the interface".into(), |interface| interface.name),
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
