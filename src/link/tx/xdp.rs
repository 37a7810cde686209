//! The engine over `AF_XDP`: frames are written where the kernel reads them, and one system call sends hundreds.
//!
//! A frame counts as accepted when the kernel has completed it. In copy mode the kernel works during a call only, and says
//! EBUSY when the interface dropped the frame it was at: that one is completed too, and is tried again like one that a
//! full queue refuses, before those behind it.

mod open;

use super::drain::Patience;
use super::engine::{Engine, Outcome, Progress, Slots};
use super::flight::{Flight, Room};
use crate::link::{Error, stop::Stop};
use crate::sys::xdp::CHUNK;
use std::io;
use std::time::{Duration, Instant};

/// The most frames without a result.
const MOST: u32 = 512;
/// How long frames that the kernel has taken are waited for at a stop.
const LANDING: Duration = Duration::from_millis(200);
/// The shortest and the longest pause while nothing moves.
const PAUSE: (Duration, Duration) = (Duration::from_micros(20), Duration::from_millis(1));

/// The longest frame in bytes.
pub const LONGEST: usize = CHUNK;

/// What the engine needs of the kernel: tests put any answer here.
pub trait Rings: Send {
    /// Memory of a frame.
    fn bytes(&mut self, at: usize, length: usize) -> Option<&mut [u8]>;
    /// Writes the descriptor at a place of the ring.
    fn describe(&mut self, place: u32, at: usize, length: usize);
    /// Hands over all before this place.
    fn publish(&mut self, place: u32);
    /// Has the kernel send.
    fn kick(&mut self) -> io::Result<()>;
    /// The kernel has taken at least all before this place.
    fn taken(&self) -> u32;
    /// The address of the next completed frame.
    fn completed(&mut self) -> Option<usize>;
    /// Why no further frame can be sent.
    fn fatal(&mut self, error: io::Error) -> Error;
}

/// An engine over `AF_XDP`.
pub struct Xdp<R> {
    rings: R,
    /// In zero-copy mode the driver sends and completes when it likes.
    zero_copy: bool,
    flight: Flight,
    reserved: Option<Room>,
    /// The place up to which the kernel has taken frames.
    taken: u32,
    patience: Patience,
    /// Frames were given up: nothing more is sent, for their descriptors are still in the ring.
    ended: bool,
}

impl<R> Xdp<R> {
    fn new(rings: R, zero_copy: bool, size: usize, patience: Duration) -> Self {
        let patience = Patience::new(patience);
        let flight = Flight::new(MOST, size);
        Self { rings, zero_copy, flight, reserved: None, taken: 0, patience, ended: false }
    }
}

/// What to do after a call.
enum Step {
    /// Something moved: on with it.
    Go,
    /// A frame was refused: on with the next, unless the run is stopped.
    Next,
    /// Nothing moved: wait this long.
    Wait(Duration),
    /// Nothing more can be sent.
    End(io::Error),
}

impl<R: Rings> Xdp<R> {
    /// Sends until at most `left` frames are without a result.
    fn send(&mut self, left: u32, outcome: &mut Outcome, stop: &Stop) -> Result<Progress, Error> {
        self.reserved = None;
        if self.ended {
            return Ok(Progress::Stopped);
        }
        let mut pause = PAUSE.0;
        while self.flight.len() > left {
            self.rings.publish(self.flight.end());
            let answer = self.rings.kick();
            let moved = self.look();
            let step = self.step(answer, moved, pause, outcome);
            self.flight.account(outcome);
            match step {
                Step::Go => pause = PAUSE.0,
                Step::End(error) => {
                    self.land(outcome);
                    return Err(self.rings.fatal(error));
                }
                Step::Next | Step::Wait(_) if stop.requested() => {
                    self.land(outcome);
                    return Ok(Progress::Stopped);
                }
                Step::Next => {}
                Step::Wait(time) => {
                    std::thread::sleep(time);
                    pause = (pause * 2).min(PAUSE.1);
                }
            }
        }
        Ok(Progress::Done)
    }

    fn step(&mut self, answer: io::Result<()>, moved: Moved, pause: Duration, outcome: &mut Outcome) -> Step {
        let error = answer.err().unwrap_or_else(|| io::Error::from_raw_os_error(0));
        let number = error.raw_os_error().unwrap_or(libc::EIO);
        // The one that was dropped is no progress.
        if number != libc::EBUSY && moved.any() || moved.taken > 1 {
            self.patience.renew();
        }
        match number {
            libc::EBUSY if !self.zero_copy => {
                let time = self.patience.next();
                self.dropped(moved, time.is_some());
                outcome.backoffs += u64::from(time.is_some());
                time.map_or(Step::Next, Step::Wait)
            }
            0 | libc::EAGAIN | libc::EINTR | libc::EBUSY | libc::ENOBUFS | libc::ENOMEM if moved.any() => Step::Go,
            // The socket's buffer or the interface's queue is full, for as long as it likes.
            libc::EAGAIN | libc::EINTR => {
                outcome.waits += 1;
                Step::Wait(pause)
            }
            // The kernel has every frame and completes none, or it has no memory.
            0 | libc::EBUSY | libc::ENOBUFS | libc::ENOMEM => {
                outcome.waits += 1;
                match self.patience.next() {
                    Some(_) => Step::Wait(pause),
                    None if number == 0 => Step::End(io::Error::from_raw_os_error(libc::ETIMEDOUT)),
                    None => Step::End(error),
                }
            }
            _ => Step::End(error),
        }
    }

    /// Reads both rings.
    fn look(&mut self) -> Moved {
        let mut taken = self.rings.taken().wrapping_sub(self.taken);
        // Behind a drop some kernels show their place late, so that what they show may lie before what is known.
        if taken > Flight::places(MOST) {
            taken = 0;
        }
        self.taken = self.taken.wrapping_add(taken);
        let mut completed = false;
        while let Some(at) = self.rings.completed() {
            self.flight.complete(at);
            completed = true;
        }
        Moved { taken, completed }
    }

    /// The kernel dropped the frame it was at: the last one taken, or, where it does not show that it took one, the next.
    fn dropped(&mut self, moved: Moved, again: bool) {
        if moved.taken == 0 {
            self.taken = self.taken.wrapping_add(1);
        }
        let place = self.taken.wrapping_sub(1);
        if !again || !self.flight.again(place) {
            self.flight.refuse(place);
            return;
        }
        // The kernel works during a call only, so that what it has not taken may be written anew.
        let mut place = self.taken;
        while place != self.flight.end() {
            let (at, length) = self.flight.frame(place);
            self.rings.describe(place, at, length);
            place = place.wrapping_add(1);
        }
    }

    /// Waits for what the kernel has taken, for a bounded time, and gives up the rest.
    fn land(&mut self, outcome: &mut Outcome) {
        let end = Instant::now() + LANDING;
        while self.flight.waits_before(self.taken) && Instant::now() < end {
            std::thread::sleep(PAUSE.0);
            self.look();
        }
        self.flight.account(outcome);
        self.flight.abandon(outcome);
        self.ended = true;
    }
}

/// What a look at the rings showed.
#[derive(Clone, Copy)]
struct Moved {
    /// Frames that the kernel has taken.
    taken: u32,
    /// It has completed some.
    completed: bool,
}

impl Moved {
    fn any(self) -> bool {
        self.taken > 0 || self.completed
    }
}

impl<R: Rings> Engine for Xdp<R> {
    fn name(&self) -> &'static str {
        "xdp"
    }

    fn zero_copy(&self) -> bool {
        self.zero_copy
    }

    fn reserve(&mut self, length: usize, most: usize) -> Option<Slots<'_>> {
        if self.ended {
            return None;
        }
        let room = self.flight.room(length, most)?;
        self.reserved = Some(room);
        Slots::row(self.rings.bytes(room.at, room.bytes())?, length, room.apart, room.count)
    }

    fn commit(&mut self, count: usize) {
        let Some(room) = self.reserved.take() else { return };
        for at in room.starts().take(count) {
            let place = self.flight.push(at, room.length);
            self.rings.describe(place, at, room.length);
        }
    }

    fn flush(&mut self, outcome: &mut Outcome, stop: &Stop) -> Result<Progress, Error> {
        self.send(0, outcome, stop)
    }

    fn make_room(&mut self, outcome: &mut Outcome, stop: &Stop) -> Result<Progress, Error> {
        // What a card still holds need not hold up what comes behind it.
        self.send(MOST / 2, outcome, stop)
    }
}

#[cfg(test)]
mod tests;
