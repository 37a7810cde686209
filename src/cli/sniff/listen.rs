//! Taking frames out of the ring: by one thread, or by several that share the frames of the interface.
//!
//! A thread decides about a whole block of its ring by itself, and then holds the sink while it hands the frames over.

use super::args::Args;
use super::live::Live;
use super::sink::{Selector, Sink, record_of};
use crate::cli::Failure;
use crate::link::rx::{Arrived, Capture, Statistics};
use crate::link::stop::Stop;
use crate::report::safe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the threads have in common.
pub struct Shared<'a> {
    /// The command line.
    pub args: &'a Args,
    /// Where frames go.
    pub sink: Mutex<Sink>,
    /// The stop flag of the signals.
    pub stop: &'a Stop,
    /// When it is over.
    pub limit: Option<Instant>,
    /// For the line on the terminal.
    pub live: &'a Live,
    /// One of the threads has ended it.
    pub over: AtomicBool,
}

/// Takes frames out of every capture, each on a thread of its own where there are several, until something ends it.
pub fn all(shared: &Shared, captures: &mut [Capture], selector: &Selector) -> Result<(), Failure> {
    if let [capture] = captures {
        return shared.listen(capture, selector.clone(), true);
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = captures
            .iter_mut()
            .enumerate()
            .map(|(at, capture)| {
                let selector = selector.clone();
                scope.spawn(move || shared.listen(capture, selector, at == 0))
            })
            .collect();
        let ended =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        // The first failure is told; all threads have ended by then.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}

/// What the kernel counted for all of them.
pub fn statistics(captures: &mut [Capture]) -> Result<Statistics, crate::link::Error> {
    captures.iter_mut().try_fold(Statistics::default(), |sum, capture| Ok(sum.plus(capture.statistics()?)))
}

impl Shared<'_> {
    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One thread's part; `tells` where it is the one that tells of the link.
    fn listen(&self, capture: &mut Capture, mut selector: Selector, tells: bool) -> Result<(), Failure> {
        let mut looked = 0;
        let ended = self.wait_and_take(capture, &mut selector, &mut looked, tells);
        self.over.store(true, Ordering::Relaxed);
        ended.and_then(|()| self.take_the_rest(capture, &mut selector, &mut looked))
    }

    fn wait_and_take(
        &self,
        capture: &mut Capture,
        selector: &mut Selector,
        looked: &mut u64,
        tells: bool,
    ) -> Result<(), Failure> {
        /// How long another thread's end goes unnoticed.
        const LOOK: Duration = Duration::from_millis(50);
        /// How long frames wait for others where nobody sees them come: few large writes take less time than many.
        const GATHER: Duration = Duration::from_millis(100);
        let gathers = self.args.shows_nothing();
        let (mut idle, mut dropped) = (false, 0);
        let mut flushed = Instant::now();
        while !self.over.load(Ordering::Relaxed) && !self.stop.requested() && !self.sink().done {
            let left = self.limit.map(|limit| limit.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            if gathers && !idle && flushed.elapsed() >= GATHER {
                self.sink().flush()?;
                flushed = Instant::now();
                self.tell_dropped(capture, &mut dropped)?;
            }
            // What has come is shown before anything is waited for.
            let wait = if idle || gathers { left.unwrap_or(LOOK).min(LOOK) } else { Duration::ZERO };
            match capture.frames(Some(wait), self.stop)? {
                Arrived::Frames(frames) => {
                    idle = false;
                    *looked += frames.len() as u64;
                    self.hand_over(&frames, selector)?;
                }
                Arrived::Timeout if idle => {}
                Arrived::Timeout => {
                    idle = true;
                    self.sink().flush()?;
                    flushed = Instant::now();
                    self.tell_dropped(capture, &mut dropped)?;
                }
                Arrived::Stopped => break,
                Arrived::Down { name } if self.args.exit_on_down => {
                    return Err(Failure::failed(format!("{} went down", safe::text(&name))));
                }
                Arrived::Down { name } if tells => {
                    eprintln!("warning: {} is down; frames come once it is up", safe::text(&name));
                }
                Arrived::Down { .. } => {}
            }
        }
        Ok(())
    }

    /// Takes over how many frames the kernel has dropped, for the line on the terminal.
    fn tell_dropped(&self, capture: &mut Capture, dropped: &mut u64) -> Result<(), Failure> {
        if self.args.writes_only() {
            let before = std::mem::replace(dropped, capture.statistics()?.dropped);
            self.live.add_dropped(*dropped - before);
        }
        Ok(())
    }

    fn hand_over(&self, frames: &crate::link::rx::Frames, selector: &mut Selector) -> Result<(), Failure> {
        selector.choose(frames);
        let mut sink = self.sink();
        for (at, frame) in frames.iter().enumerate() {
            if sink.done {
                break;
            }
            sink.seen += 1;
            if selector.chose(at) {
                let (record, told) = record_of(&frame);
                sink.received(&record, told)?;
            }
        }
        if self.args.writes_only() {
            self.live.set(sink.matched, sink.bytes);
        }
        Ok(())
    }

    /// Takes the frames that came before the end and were not looked at yet: what the kernel counted is seen or dropped.
    fn take_the_rest(&self, capture: &mut Capture, selector: &mut Selector, looked: &mut u64) -> Result<(), Failure> {
        /// The kernel hands over a block that is not full after a few milliseconds.
        const PATIENCE: Duration = Duration::from_millis(50);
        let received = capture.statistics()?.received;
        // Frames go on coming, so this ends by their number.
        while *looked < received && !self.sink().done {
            match capture.frames(Some(PATIENCE), &Stop::new()) {
                Ok(Arrived::Frames(frames)) => {
                    *looked += frames.len() as u64;
                    self.hand_over(&frames, selector)?;
                }
                // Those of the other direction are counted and never come.
                _ => break,
            }
        }
        Ok(())
    }
}
