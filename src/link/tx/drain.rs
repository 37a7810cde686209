//! What to do about each error of a send, the same for every engine that calls the kernel with frames.

use super::engine::{Outcome, Progress, Refusal};
use super::queue::Queue;
use crate::link::{Error, stop::Stop};
use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

/// The shortest and the longest pause after ENOBUFS.
const PAUSE: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(10));

/// How long a full queue is borne. The time runs on over frames and flushes until a frame is taken, so that a queue
/// that never empties costs it once and not once a frame.
#[derive(Debug)]
pub struct Patience {
    budget: Duration,
    since: Option<Instant>,
    pause: Duration,
}

impl Patience {
    /// Bears it for `budget`.
    pub fn new(budget: Duration) -> Self {
        Self { budget, since: None, pause: PAUSE.0 }
    }

    /// A frame was taken.
    pub fn renew(&mut self) {
        (self.since, self.pause) = (None, PAUSE.0);
    }

    /// The pause before the next try; none if the time is used up.
    pub fn next(&mut self) -> Option<Duration> {
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSE.1);
        (self.since.get_or_insert_with(Instant::now).elapsed() < self.budget).then_some(pause)
    }
}

/// What a drain needs of the world: tests put any errno here.
pub trait Wire {
    /// Hands frames to the kernel: how many it took from the front (at least one), or the error of the first.
    fn transmit(&mut self, bytes: &[u8], frames: &[Range<usize>]) -> io::Result<usize>;

    /// Waits until the socket takes more, for a bounded time.
    fn wait(&mut self);

    /// Why no further frame can be sent: ENETDOWN, ENXIO, ENODEV, or EPROTONOSUPPORT for an own FCS.
    fn fatal(&mut self, error: io::Error) -> Error;
}

/// Sends the whole queue and empties it.
pub fn drain(
    queue: &mut Queue,
    wire: &mut impl Wire,
    patience: &mut Patience,
    outcome: &mut Outcome,
    stop: &Stop,
) -> Result<Progress, Error> {
    let result = deliver(queue, wire, patience, outcome, stop);
    queue.clear();
    result
}

fn deliver(
    queue: &Queue,
    wire: &mut impl Wire,
    patience: &mut Patience,
    outcome: &mut Outcome,
    stop: &Stop,
) -> Result<Progress, Error> {
    let mut rest = queue.frames();
    while !rest.is_empty() {
        let error = match wire.transmit(queue.bytes(), rest) {
            Ok(taken) => {
                let (sent, left) = rest.split_at(taken.clamp(1, rest.len()));
                outcome.accepted += sent.len() as u64;
                outcome.accepted_bytes += sent.iter().map(|frame| (frame.len() - queue.header()) as u64).sum::<u64>();
                patience.renew();
                rest = left;
                continue;
            }
            Err(error) => error,
        };
        let refusal = match error.raw_os_error().unwrap_or(0) {
            libc::EINTR | libc::EAGAIN | libc::ENOBUFS if stop.requested() => {
                outcome.unsent += rest.len() as u64;
                return Ok(Progress::Stopped);
            }
            libc::EINTR => continue,
            libc::EAGAIN => {
                outcome.waits += 1;
                wire.wait();
                continue;
            }
            libc::ENOBUFS => {
                if let Some(pause) = patience.next() {
                    outcome.backoffs += 1;
                    std::thread::sleep(pause);
                    continue;
                }
                Refusal::QueueFull
            }
            libc::ENETDOWN | libc::ENXIO | libc::ENODEV | libc::EPROTONOSUPPORT | libc::EPERM | libc::EBADF => {
                outcome.unsent += rest.len() as u64;
                return Err(wire.fatal(error));
            }
            libc::EMSGSIZE => Refusal::TooLong,
            libc::EINVAL => Refusal::Invalid,
            _ => Refusal::Other(error),
        };
        outcome.refuse(refusal);
        rest = &rest[1..];
    }
    Ok(Progress::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A wire that answers from a list, then takes everything.
    struct Fake {
        answers: VecDeque<Result<usize, i32>>,
        seen: Vec<usize>,
        waits: usize,
    }

    impl Wire for Fake {
        fn transmit(&mut self, _: &[u8], frames: &[Range<usize>]) -> io::Result<usize> {
            self.seen.push(frames[0].len());
            self.answers.pop_front().unwrap_or(Ok(frames.len())).map_err(io::Error::from_raw_os_error)
        }
        fn wait(&mut self) {
            self.waits += 1;
        }
        fn fatal(&mut self, error: io::Error) -> Error {
            Error::system("send", error)
        }
    }

    /// Sends frames of 1, 2, ... 5 bytes over a wire with these answers.
    fn run(answers: &[Result<usize, i32>], stop: &Stop) -> (Outcome, Fake, Result<Progress, Error>) {
        let mut queue = Queue::new(8, 0);
        for length in 1..=5 {
            queue.reserve(length).unwrap();
            queue.commit();
        }
        let mut fake = Fake { answers: answers.iter().copied().collect(), seen: Vec::new(), waits: 0 };
        let mut outcome = Outcome::default();
        let result = drain(&mut queue, &mut fake, &mut Patience::new(Duration::ZERO), &mut outcome, stop);
        assert!(queue.frames().is_empty());
        (outcome, fake, result)
    }

    #[test]
    fn a_failing_frame_in_the_middle_costs_one_error_and_no_other_frame() {
        let (outcome, fake, result) = run(&[Ok(2), Err(libc::EMSGSIZE)], &Stop::new());
        assert!(matches!(result, Ok(Progress::Done)));
        assert_eq!((outcome.accepted, outcome.accepted_bytes, outcome.refused), (4, 12, 1));
        assert!(matches!(outcome.failures[..], [super::super::engine::Failure { frame: 2, cause: Refusal::TooLong }]));
        assert_eq!(fake.seen, [1, 3, 4]);
    }

    #[test]
    fn a_full_buffer_is_waited_for_and_an_interrupt_is_retried() {
        let (outcome, fake, _) = run(&[Err(libc::EAGAIN), Err(libc::EINTR), Ok(5)], &Stop::new());
        assert_eq!((outcome.accepted, outcome.waits, fake.waits), (5, 1, 1));
    }

    #[test]
    fn a_queue_that_stays_full_refuses_the_frame_and_goes_on() {
        let (outcome, _, _) = run(&[Err(libc::ENOBUFS), Err(libc::ENOBUFS), Ok(3)], &Stop::new());
        assert_eq!((outcome.accepted, outcome.refused), (3, 2));
    }

    #[test]
    fn patience_is_used_up_once_and_comes_back_with_a_frame_that_is_taken() {
        let mut patience = Patience::new(Duration::from_secs(3600));
        assert_eq!((patience.next(), patience.next()), (Some(PAUSE.0), Some(PAUSE.0 * 2)));
        patience.budget = Duration::ZERO;
        assert_eq!((patience.next(), patience.next()), (None, None));
        patience.budget = Duration::from_secs(3600);
        patience.renew();
        assert_eq!(patience.next(), Some(PAUSE.0));
    }

    #[test]
    fn an_interface_that_goes_down_ends_it_with_the_exact_count() {
        let (outcome, _, result) = run(&[Ok(3), Err(libc::ENETDOWN)], &Stop::new());
        assert!(result.is_err());
        assert_eq!((outcome.accepted, outcome.refused, outcome.unsent), (3, 0, 2));
    }

    #[test]
    fn a_stop_during_a_wait_leaves_the_rest_unsent() {
        let stop = Stop::new();
        stop.request();
        let (outcome, _, result) = run(&[Ok(1), Err(libc::EAGAIN)], &stop);
        assert!(matches!(result, Ok(Progress::Stopped)));
        assert_eq!((outcome.accepted, outcome.unsent), (1, 4));
    }
}
