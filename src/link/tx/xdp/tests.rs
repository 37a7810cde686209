//! The engine over a kernel that does as it is told: short calls, drops, numbers near their wrap, and an end in mid-run.

use super::*;
use std::collections::VecDeque;

/// What one call of the fake kernel does.
#[derive(Clone, Copy)]
enum Call {
    /// Sends so many frames, then answers with this error, or 0.
    Send(u32, i32),
    /// Sends so many frames, drops the next and says EBUSY.
    Drop(u32),
}

/// A kernel in copy mode.
#[derive(Default)]
struct Fake {
    calls: VecDeque<Call>,
    memory: Vec<u8>,
    ring: Vec<(usize, usize)>,
    produced: u32,
    place: u32,
    shown: u32,
    completed: VecDeque<usize>,
    seen: Vec<u8>,
    /// Completions are held back.
    slow: bool,
    /// A call that drops its first frame does not show that it took it.
    late: bool,
}

impl Rings for Fake {
    fn bytes(&mut self, at: usize, length: usize) -> Option<&mut [u8]> {
        self.memory.get_mut(at..at + length)
    }
    fn describe(&mut self, place: u32, at: usize, length: usize) {
        let slot = place as usize % self.ring.len();
        self.ring[slot] = (at, length);
    }
    fn publish(&mut self, place: u32) {
        self.produced = place;
    }
    fn kick(&mut self) -> io::Result<()> {
        let left = self.produced.wrapping_sub(self.place);
        let (send, drops, error) = match self.calls.pop_front().unwrap_or(Call::Send(left, 0)) {
            Call::Send(count, error) => (count.min(left), false, error),
            Call::Drop(count) => (count, true, libc::EBUSY),
        };
        for i in 0..send + u32::from(drops) {
            let (at, _) = self.ring[self.place as usize % self.ring.len()];
            self.place = self.place.wrapping_add(1);
            if i < send {
                self.seen.push(self.memory[at]);
            }
            if !self.slow || i >= send {
                self.completed.push_back(at);
            }
        }
        if send > 0 || !self.late {
            self.shown = self.place;
        }
        if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
    }
    fn taken(&self) -> u32 {
        self.shown
    }
    fn completed(&mut self) -> Option<usize> {
        self.completed.pop_front()
    }
    fn fatal(&mut self, error: io::Error) -> Error {
        Error::system("send", error)
    }
}

struct Run {
    engine: Xdp<Fake>,
    outcome: Outcome,
    stop: Stop,
}

/// An engine with frames 1 to 5, each a byte longer, over a kernel that answers so; its numbers are about to wrap.
fn run(patience: Duration, calls: &[Call]) -> Run {
    let memory = vec![0; 4 * CHUNK];
    let ring = vec![(0, 0); Flight::places(MOST) as usize];
    let near = u32::MAX - 2;
    let fake = Fake { calls: calls.iter().copied().collect(), memory, ring, ..Fake::default() };
    let mut engine = Xdp::new(fake, false, 4 * CHUNK, patience);
    engine.taken = near;
    engine.flight.start_at(near);
    (engine.rings.produced, engine.rings.place, engine.rings.shown) = (near, near, near);
    for number in 1..=5u8 {
        engine.reserve(number.into(), 1).unwrap().for_each(|slot| slot.fill(number));
        engine.commit(1);
    }
    Run { engine, outcome: Outcome::default(), stop: Stop::new() }
}

impl Run {
    fn flush(&mut self) -> Result<Progress, Error> {
        self.engine.flush(&mut self.outcome, &self.stop)
    }
    fn counts(&self) -> (u64, u64, u64) {
        (self.outcome.accepted, self.outcome.refused, self.outcome.unsent)
    }
}

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn all_frames_are_sent_once_in_order_over_short_calls() {
    let mut run = run(LONG, &[Call::Send(2, libc::EAGAIN), Call::Send(0, libc::EAGAIN), Call::Send(1, libc::EINTR)]);
    assert_eq!(run.flush().unwrap(), Progress::Done);
    assert_eq!((run.counts(), run.outcome.accepted_bytes), ((5, 0, 0), 15));
    assert_eq!(run.engine.rings.seen, [1, 2, 3, 4, 5]);
    assert_eq!(run.outcome.waits, 1);
}

#[test]
fn a_dropped_frame_is_sent_again_before_those_behind_it() {
    let calls = [Call::Drop(2), Call::Drop(0), Call::Drop(0), Call::Drop(1)];
    for late in [false, true] {
        let mut run = run(LONG, &calls);
        run.engine.rings.late = late;
        assert_eq!(run.flush().unwrap(), Progress::Done);
        assert_eq!((run.counts(), run.outcome.backoffs), ((5, 0, 0), 4));
        assert_eq!(run.engine.rings.seen, [1, 2, 3, 4, 5]);
    }
}

#[test]
fn frames_dropped_for_too_long_are_refused_by_number_and_the_others_are_sent() {
    for late in [false, true] {
        let mut run = run(Duration::ZERO, &[Call::Drop(1), Call::Drop(0), Call::Drop(1)]);
        run.engine.rings.late = late;
        assert_eq!(run.flush().unwrap(), Progress::Done);
        assert_eq!(run.counts(), (2, 3, 0));
        assert_eq!(run.outcome.failures.iter().map(|failure| failure.frame).collect::<Vec<_>>(), [1, 2, 4]);
        assert_eq!(run.engine.rings.seen, [1, 4]);
    }
}

#[test]
fn an_interface_that_goes_away_ends_it_with_the_exact_count() {
    let mut run = run(LONG, &[Call::Send(3, libc::EAGAIN), Call::Send(0, libc::ENETDOWN)]);
    assert!(run.flush().is_err());
    assert_eq!(run.counts(), (3, 0, 2));
    assert!(run.engine.reserve(1, 1).is_none());
    assert_eq!(run.flush().unwrap(), Progress::Stopped);
}

#[test]
fn a_stop_while_nothing_moves_leaves_the_rest_unsent() {
    for last in [Call::Send(0, libc::EAGAIN), Call::Drop(0)] {
        let mut run = run(LONG, &[Call::Send(2, libc::EAGAIN), last]);
        run.stop.request();
        assert_eq!(run.flush().unwrap(), Progress::Stopped);
        assert_eq!(run.counts(), (2, 0, 3));
        assert_eq!(run.engine.rings.seen, [1, 2]);
    }
}

#[test]
fn a_frame_that_is_taken_and_never_completed_is_not_called_accepted() {
    let mut run = run(Duration::ZERO, &[]);
    run.engine.rings.slow = true;
    assert!(run.flush().is_err());
    assert_eq!(run.counts(), (0, 0, 5));
}
