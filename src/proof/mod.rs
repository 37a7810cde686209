//! Proof: frames are sent on one interface and received on another, and each of them is accounted for.
//!
//! Start reading at [`check`]. The sending side marks frames as it makes them ([`flow`]), with a flow tag ([`tag`]) or
//! without; the receiving side tells which frame of the run each one is, by its tag or by its content (`content`), holds it
//! against what is expected (`expected`) and enters it ([`account`]). Damaged frames are told apart by likeness
//! (`damaged`). Nothing here prints.

pub mod account;
mod bitmap;
mod content;
mod damaged;
mod expected;
pub mod flow;
pub mod jitter;
pub mod limits;
mod near;
mod order;
pub mod search;
pub mod tag;
pub mod timeline;

pub use account::{Account, Damaged, Found};
pub use limits::{Bound, Figure, Limits, Share};
pub use near::near;

use crate::expr::Diagnostics;
use crate::frame::{Builder, Template};
use crate::link::Error;
use crate::link::counters::{Counters, Meter};
use crate::link::rx::{Capture, Event, Statistics};
use crate::link::stop::Stop;
use crate::link::tx::{Outcome, Sender};
use crate::traffic::{self, Item, Job, Live, Note, Sequence, sequence};
use expected::Expected;
use flow::{Flow, now};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The account is looked at so often while late frames are waited for.
const LOOK: Duration = Duration::from_millis(1);
/// Once all have arrived, duplicates are waited for so long.
const AGAIN: Duration = Duration::from_millis(100);
/// The clock was set, not drifting, where it and the monotonic one part by more than this.
const SET: u64 = 1_000_000;

/// What is checked.
#[derive(Debug)]
pub struct Check<'a> {
    /// What is sent, and when.
    pub job: Job<'a>,
    /// The same frames as they are to arrive.
    pub expected: &'a [Item<'a>],
    /// What marks them.
    pub flow: &'a Flow,
    /// How long late frames are waited for after the last one was sent.
    pub grace: Duration,
    /// All of the time of `grace` is waited, since none is to arrive.
    pub none: bool,
}

/// The sockets of a check.
pub struct Sockets {
    /// The way out.
    pub sender: Sender,
    /// What the interface there counts.
    pub sent: Meter,
    /// The way in.
    pub capture: Capture,
    /// What the interface there counts.
    pub received: Meter,
}

/// What became of the frames.
#[derive(Debug)]
pub struct Report {
    /// The sending.
    pub traffic: traffic::Report,
    /// What arrived.
    pub found: Found,
    /// Frames accepted that did not arrive in any form.
    pub lost: u64,
    /// Which they are, first and last of each run.
    pub missing: Vec<(u64, u64)>,
    /// What the receiving interface counted meanwhile, the frames of others among it.
    pub counted: Option<Counters>,
    /// What the kernel counted of the capture.
    pub capture: Statistics,
    /// The kernel left frames out that cannot be of this run: nobody counts those.
    pub filtered: bool,
    /// What is to be said besides.
    pub notes: Vec<Note>,
}

impl Report {
    /// Frames that were sent, as far as the kernel knows.
    pub fn sent(&self) -> u64 {
        self.traffic.counts.accepted
    }
}

/// Whether every frame of the entries has room for a flow tag, as far as they are looked at before a run. Where one has
/// not, its number.
pub fn without_room(items: &[Item], count: Option<u64>) -> Result<Option<u64>, (usize, Diagnostics)> {
    let mut builder = Builder::default();
    let most = count.unwrap_or_else(|| sequence::total(items)).min(traffic::send::CHECKED);
    let mut turns = Sequence::new(items);
    let mut number = 0;
    while number < most
        && let Some(turn) = turns.next()
    {
        let frames = items[turn.item].frames;
        if Template::tagged(frames, tag::LENGTH).is_some() {
            number += u64::try_from(frames.count()).unwrap_or(u64::MAX);
            turns.go_to(number);
            continue;
        }
        let tag = [0; tag::LENGTH];
        let built = builder.build_tagged(frames, turn.number, &tag);
        if !built.map_err(|errors| (turn.item, errors))? {
            return Ok(Some(number));
        }
        number += 1;
    }
    Ok(None)
}

/// Sends, receives, and accounts for every frame. `live` may be read meanwhile.
///
/// # Errors
/// The receiving interface is gone. What went wrong on the way out is in the report.
pub fn check(check: &Check, sockets: &mut Sockets, stop: &Stop, live: &Live) -> Result<Report, Error> {
    let Sockets { sender, sent, capture, received } = sockets;
    let mut account = Account::new(check.flow, Expected::new(check.expected, check.flow), now());
    let before = received.read().ok();
    let clock = Clock::start();
    // What was captured before is none of this run.
    let captured = capture.statistics()?;
    let (finished, arrived) = (Stop::new(), AtomicU64::new(0));
    let mut job = check.job.clone();
    job.mark = Some(check.flow);
    job.count = Some(job.count.unwrap_or(u64::MAX).min(tag::NUMBERS));
    let asked = check.job.count;
    let (mut traffic, listened) = thread::scope(|scope| {
        let listener = scope.spawn(|| listen(capture, &mut account, captured.received, &arrived, &finished));
        let mut report = traffic::send(&job, std::slice::from_mut(sender), sent, stop, live);
        report.counts.asked = asked;
        wait(check, report.counts.accepted, &arrived, stop, || listener.is_finished());
        finished.request();
        (report, listener.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut notes: Vec<Note> = listened?;
    let statistics = capture.statistics()?.since(&captured);
    let mut found = account.finish();
    let (lost, missing) = missing(&found, sender.outcome());
    for (first, last) in &missing {
        // Of a long run a part stands for the whole.
        let step = (last - first) / 1000 + 1;
        for number in (*first..=*last).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            if let Some(time) = check.flow.about(number) {
                found.timeline.lost(time, step.min(last - number + 1));
            }
        }
    }
    if traffic.counts.asked.is_none() {
        traffic.notes.retain(|note| !note.text.contains("not sent"));
    }
    traffic.counts.seen = Some(found.arrived.count());
    clock.tell(&mut notes);
    let counted = before.and_then(|before| Some(received.read().ok()?.since(&before)));
    let filtered = capture.is_filtered();
    Ok(Report { traffic, found, lost, missing, counted, capture: statistics, filtered, notes })
}

/// Takes frames until told to finish, and then all that came before.
fn listen(
    capture: &mut Capture,
    account: &mut Account,
    before: u64,
    arrived: &AtomicU64,
    finished: &Stop,
) -> Result<Vec<Note>, Error> {
    let mut notes = Vec::new();
    loop {
        match capture.next(Some(Duration::from_millis(20)), finished)? {
            Event::Frame(frame) => {
                account.take(frame.data, frame.time);
                arrived.store(account.arrived(), Ordering::Relaxed);
            }
            Event::Timeout => {}
            Event::Down { name } => notes.push(
                Note::new(format!("{name} went down while frames were expected on it"))
                    .help(format!("set it up: `ip link set {name} up`")),
            ),
            Event::Stopped => break,
        }
    }
    // Frames of others go on coming, so this ends by their number.
    let received = capture.statistics()?.received.saturating_sub(before);
    while account.found.received < received {
        match capture.next(Some(Duration::from_millis(50)), &Stop::new())? {
            Event::Frame(frame) => account.take(frame.data, frame.time),
            _ => break,
        }
    }
    Ok(notes)
}

/// Waits for late frames.
fn wait(check: &Check, sent: u64, arrived: &AtomicU64, stop: &Stop, failed: impl Fn() -> bool) {
    let mut end = Instant::now() + check.grace;
    let mut last = arrived.load(Ordering::Relaxed);
    let mut complete = false;
    // A second interrupt ends the program; the first one ends the sending, and what is on its way is still waited for.
    while Instant::now() < end && !failed() {
        thread::sleep(LOOK);
        let now = arrived.load(Ordering::Relaxed);
        if now > last && !check.none {
            // They still come.
            end = Instant::now() + check.grace;
            last = now;
        }
        if now >= sent && !check.none && !complete {
            complete = true;
            end = Instant::now() + check.grace.min(AGAIN);
        }
        if stop.requested() && check.none {
            break;
        }
    }
}

/// How many of the frames that the kernel took did not arrive, and which.
fn missing(found: &Found, outcome: &Outcome) -> (u64, Vec<(u64, u64)>) {
    let refused: Vec<u64> = outcome.failures.iter().map(|failure| failure.frame).collect();
    let mut missing = Vec::new();
    for (first, last) in found.arrived.gaps(outcome.accepted + outcome.refused) {
        let mut from = first;
        for refused in refused.iter().copied().filter(|number| (first..=last).contains(number)) {
            if refused > from {
                missing.push((from, refused - 1));
            }
            from = refused + 1;
        }
        if from <= last {
            missing.push((from, last));
        }
    }
    (outcome.accepted.saturating_sub(found.arrived.count()), missing)
}

/// The wall clock beside the monotonic one.
struct Clock {
    wall: u64,
    steady: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { wall: now(), steady: Instant::now() }
    }

    /// Says if the wall clock, which stamps frames, was set in between.
    fn tell(&self, notes: &mut Vec<Note>) {
        let expected = self.wall + self.steady.elapsed().as_nanos() as u64;
        let wrong = now().abs_diff(expected);
        if wrong > SET {
            let wrong = limits::span(wrong);
            notes.push(Note::new(format!(
                "the system's clock was set by {wrong} during the run; latencies across that are wrong"
            )));
        }
    }
}

/// A part of a whole; 0 of nothing.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    // Beyond 2^53 digits are lost that nobody reads.
    #[allow(clippy::cast_precision_loss)]
    let (part, whole) = (part as f64, whole as f64);
    part / whole
}
