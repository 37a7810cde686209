//! One thread's part of a run: take the next frames, wait until each is due, hand them over, account.

use super::clock::{self, Waiter};
use super::feed::{Feed, Pushed};
use super::histogram::Histogram;
use super::live::{Cell, Live};
use super::pace::{Pace, Spacing};
use super::rate::Unit;
use super::recording::Noticed;
use super::send::{End, Fault, Job};
use crate::link::counters::Meter;
use crate::link::stop::Stop;
use crate::link::tx::{Progress, Refusal, Sender};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most frames that a thread takes at a time.
const MOST_TAKEN: u64 = 64;
/// Frames that are due within this time are taken together, nanoseconds.
const TOGETHER: u64 = 50_000;

/// What the threads of a run share.
pub(super) struct Shared<'a> {
    pub job: &'a Job<'a>,
    pub meter: &'a Meter,
    pub live: &'a Live,
    /// Set when one of them fails; set with the caller's.
    pub stop: Stop,
    /// The start on the monotonic clock, nanoseconds.
    pub start: u64,
    /// How many threads.
    pub threads: usize,
    /// The first frame that nobody has taken.
    pub next: AtomicU64,
}

/// What became of one thread's part. What the kernel accepted and refused is in its sender.
pub(super) struct Part {
    pub end: End,
    /// The numbers in the run of the refusals that the sender's outcome lists.
    pub refused: Vec<u64>,
    /// How late frames were handed over, nanoseconds.
    pub late: Histogram,
    pub noticed: Noticed,
    /// Of each rewrite, how many frames it left as they were.
    pub missed: Vec<u64>,
    /// Bits on layer 1 and 2 of the frames that were queued, and how many these were.
    pub bits: (u64, u64),
    pub queued: u64,
    /// Nanoseconds from the start to the last frame.
    pub elapsed: u64,
}

pub(super) struct Worker<'a> {
    shared: &'a Shared<'a>,
    sender: &'a mut Sender,
    feed: Feed<'a>,
    pace: Pace,
    waiter: Waiter,
    cell: Option<&'a Cell>,
    /// Numbers in the run of the frames whose result is open; only kept where they differ from the sender's own.
    open: VecDeque<u64>,
    part: Part,
}

impl<'a> Worker<'a> {
    /// To be made on the thread that runs it.
    pub fn new(shared: &'a Shared<'a>, thread: usize, sender: &'a mut Sender) -> Self {
        let job = shared.job;
        Self {
            shared,
            sender,
            feed: Feed::new(job.source, job.rewrites, job.surroundings).marked(job.mark),
            pace: Pace::new(job.spacing, shared.threads as u64),
            waiter: Waiter::new(job.spin),
            cell: shared.live.cell(thread),
            open: VecDeque::with_capacity(2 * MOST_TAKEN as usize),
            part: Part {
                end: End::Complete,
                refused: Vec::new(),
                late: Histogram::complete(),
                noticed: Noticed::default(),
                missed: Vec::new(),
                bits: (0, 0),
                queued: 0,
                elapsed: 0,
            },
        }
    }

    /// Runs to the end; where it fails the other threads end too.
    pub fn run(mut self) -> Part {
        let end = self.drive();
        // The frames before a bad one are good, and had their turn.
        let end = match (end, self.flush()) {
            (Err(fault), _) | (Ok(_), Err(fault)) => End::Failed(fault),
            (Ok(_), Ok(Progress::Stopped)) => End::Interrupted,
            (Ok(end), Ok(Progress::Done)) => end,
        };
        if let End::Failed(_) = end {
            self.shared.stop.request();
        }
        self.tell();
        let elapsed = match end {
            End::Interrupted if self.part.elapsed > 0 => self.part.elapsed,
            _ => clock::now().saturating_sub(self.shared.start),
        };
        let missed = self.feed.missed().to_vec();
        Part { end, noticed: self.feed.noticed(), missed, elapsed, ..self.part }
    }

    fn drive(&mut self) -> Result<End, Fault> {
        let Shared { job, start, next, .. } = self.shared;
        let taken = self.taken_together();
        loop {
            let first = next.fetch_add(taken, Ordering::Relaxed);
            let end = first.saturating_add(taken).min(job.count.unwrap_or(u64::MAX));
            if first >= end {
                return Ok(End::Complete);
            }
            if job.duration.is_some_and(|duration| clock::now().saturating_sub(*start) >= duration) {
                return Ok(End::TimeUp);
            }
            let mut number = first;
            while number < end {
                if self.shared.stop.requested() {
                    return Ok(End::Interrupted);
                }
                let Some(listed) = self.feed.go_to(number)? else { return Ok(End::Complete) };
                let on_time = match self.pace.due(number, listed) {
                    None => {
                        // Those behind it that are listed alike are not waited for either.
                        match self.push(number, end - number)? {
                            0 => return Ok(End::Interrupted),
                            frames => number += frames,
                        }
                        continue;
                    }
                    Some(due) if job.duration.is_some_and(|duration| due >= duration) => return Ok(End::TimeUp),
                    Some(due) => match self.await_turn(start.saturating_add(due))? {
                        Turn::Now => true,
                        Turn::Late => false,
                        Turn::Over(end) => return Ok(end),
                    },
                };
                if self.push(number, 1)? == 0 {
                    return Ok(End::Interrupted);
                }
                number += 1;
                // One that came in time leaves at once; late ones go together, as many as there are.
                if on_time && self.flush()? == Progress::Stopped {
                    return Ok(End::Interrupted);
                }
            }
            self.tell();
        }
    }

    /// How many frames are taken at a time: more than one only where nobody waits long for the last of them.
    fn taken_together(&self) -> u64 {
        match self.shared.job.spacing {
            _ if self.shared.threads == 1 => MOST_TAKEN,
            Spacing::Max => MOST_TAKEN,
            Spacing::Even(step) if step.rate.unit == Unit::Frames => {
                let due = u128::from(step.rate.amount) * u128::from(TOGETHER) / u128::from(step.period.max(1));
                u64::try_from(due).unwrap_or(u64::MAX).clamp(1, MOST_TAKEN)
            }
            _ => 1,
        }
    }

    /// Waits until the frame is due; nothing that is due now waits for what is due later.
    fn await_turn(&mut self, deadline: u64) -> Result<Turn, Fault> {
        let mut now = clock::now();
        let early = deadline > now;
        if early {
            if self.flush()? == Progress::Stopped {
                return Ok(Turn::Over(End::Interrupted));
            }
            self.tell();
            // A wait that is interrupted belongs to no frame.
            self.part.elapsed = now.saturating_sub(self.shared.start);
            match self.waiter.until(deadline, &self.shared.stop) {
                Some(time) => now = time,
                None => return Ok(Turn::Over(End::Interrupted)),
            }
        }
        let Shared { job, start, .. } = self.shared;
        if job.duration.is_some_and(|duration| now.saturating_sub(*start) >= duration) {
            return Ok(Turn::Over(End::TimeUp));
        }
        self.part.late.record(now - deadline);
        Ok(if early { Turn::Now } else { Turn::Late })
    }

    /// Queues up to `most` frames and says how many; none after a stop.
    fn push(&mut self, number: u64, most: u64) -> Result<u64, Fault> {
        let Pushed { frames, length } = self.feed.push(number, most, self.sender, &self.shared.stop)?;
        let queued = number..number + frames;
        for number in queued.clone() {
            self.pace.sent(number, length);
        }
        self.part.queued += frames;
        self.part.bits.0 += Unit::Layer1Bits.of(length) * frames;
        self.part.bits.1 += Unit::Layer2Bits.of(length) * frames;
        if self.shared.threads > 1 {
            self.open.extend(queued);
        }
        self.settle().map(|()| frames)
    }

    fn flush(&mut self) -> Result<Progress, Fault> {
        let progress = self.sender.flush(&self.shared.stop);
        self.settle()?;
        Ok(progress?)
    }

    /// Gives refused frames their numbers in the run. A size that was right when it was checked, and is not any more, ends
    /// the run.
    fn settle(&mut self) -> Result<(), Fault> {
        let outcome = self.sender.outcome();
        let fresh = &outcome.failures[self.part.refused.len()..];
        if !fresh.is_empty() {
            // The open ones are the last of those that were queued.
            let before = self.part.queued - self.open.len() as u64;
            for failure in fresh {
                let open = failure.frame.checked_sub(before).and_then(|at| self.open.get(at as usize));
                let number = open.copied().unwrap_or(failure.frame);
                self.part.refused.push(number);
                if matches!(failure.cause, Refusal::TooLong) {
                    let interface = self.shared.meter.interface().ok();
                    return Err(Fault::Lowered {
                        number,
                        mtu: interface.as_ref().map(|interface| interface.mtu),
                        interface: interface.map_or_else(|| "the interface".into(), |interface| interface.name),
                    });
                }
            }
        }
        let open = self.part.queued.saturating_sub(outcome.next());
        while self.open.len() as u64 > open {
            self.open.pop_front();
        }
        Ok(())
    }

    fn tell(&self) {
        let outcome = self.sender.outcome();
        if let Some(cell) = self.cell {
            cell.set(outcome.accepted, outcome.accepted_bytes, outcome.refused);
        }
    }
}

/// What a frame's turn is.
enum Turn {
    /// It was waited for.
    Now,
    /// Its time is past.
    Late,
    /// It does not come any more.
    Over(End),
}
