//! The frames of an `AF_XDP` ring, first in, first out: where each lies in the memory, and what is known of it.
//!
//! A frame keeps its place until its result is known *and* the kernel has given back every completion that it owes for it,
//! so that no late completion is taken for that of another frame.

use super::engine::{Outcome, Refusal};
use crate::sys::xdp::CHUNK;

/// Frames begin on their own cache line.
const ALIGN: usize = 64;

/// Frames between their commit and their result. Places count modulo 2^32, as those of the ring do.
#[derive(Debug)]
pub struct Flight {
    entries: Vec<Entry>,
    /// The first place without a result that was entered.
    done: u32,
    /// The place behind the last frame.
    filled: u32,
    /// The place of the next completion, if they come in order.
    expected: u32,
    /// The most frames at a time; the entries are twice as many, for those that are sent again.
    most: u32,
    /// Where the next frame may begin.
    next: usize,
    /// Bytes of the memory.
    size: usize,
}

/// One place. Small, for the kernel's work between two looks at them leaves little in the cache.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: u32,
    length: u32,
    state: State,
    /// Completions to come of tries that the kernel dropped.
    owed: u32,
}

/// Where frames of one length can lie: in a row, in one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Where the first begins.
    pub at: usize,
    /// Bytes of each.
    pub length: usize,
    /// Bytes from the beginning of one to that of the next.
    pub apart: usize,
    /// How many, at least 1.
    pub count: usize,
}

impl Room {
    /// Bytes from the beginning of the first to the end of the last.
    pub fn bytes(&self) -> usize {
        (self.count - 1) * self.apart + self.length
    }

    /// Where each begins.
    pub fn starts(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |i| self.at + i * self.apart)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not completed yet.
    Waiting,
    /// Completed by the kernel.
    Sent,
    /// Dropped by the kernel, and not tried again.
    Refused,
    /// Dropped by the kernel, and put behind this place to be tried again.
    Moved,
}

impl Flight {
    /// Room for `most` frames (a power of two) in a memory of `size` bytes, which must be less than 4 GiB.
    pub fn new(most: u32, size: usize) -> Self {
        let empty = Entry { at: 0, length: 0, state: State::Moved, owed: 0 };
        Self { entries: vec![empty; most as usize * 2], done: 0, filled: 0, expected: 0, most, next: 0, size }
    }

    /// Places that a ring for these frames needs.
    pub fn places(most: u32) -> u32 {
        most * 2
    }

    /// The place behind the last frame.
    pub fn end(&self) -> u32 {
        self.filled
    }

    /// Every frame has its result.
    pub fn is_empty(&self) -> bool {
        self.done == self.filled
    }

    /// Frames without a result.
    pub fn len(&self) -> u32 {
        self.filled.wrapping_sub(self.done)
    }

    /// Where up to `most` frames of this length can lie: in one chunk, apart from all others; none if there is no room.
    pub fn room(&mut self, length: usize, most: usize) -> Option<Room> {
        let most = most.min(self.most.saturating_sub(self.len()) as usize);
        if most == 0 || length > CHUNK {
            return None;
        }
        if self.is_empty() {
            self.next = 0;
        }
        let mut start = self.next.next_multiple_of(ALIGN);
        if start % CHUNK + length > CHUNK {
            start = start.next_multiple_of(CHUNK);
        }
        let mut limit = self.size;
        if !self.is_empty() {
            let tail = self.entry(self.done).at as usize;
            if self.next <= tail {
                limit = tail;
            } else if start + length > self.size {
                (start, limit) = (0, tail);
            }
        }
        let limit = limit.min((start / CHUNK + 1) * CHUNK);
        let apart = length.max(1).next_multiple_of(ALIGN);
        let behind = limit.checked_sub(start + length)? / apart;
        Some(Room { at: start, length, apart, count: (behind + 1).min(most) })
    }

    /// Adds a frame at a start that [`Self::room`] gave, and says at which place of the ring.
    pub fn push(&mut self, at: usize, length: usize) -> u32 {
        let place = self.filled;
        *self.entry_mut(place) = Entry { at: at as u32, length: length as u32, state: State::Waiting, owed: 0 };
        self.next = at + length.max(1);
        self.filled = place.wrapping_add(1);
        place
    }

    /// The frame at a place: where it lies and its length.
    pub fn frame(&self, place: u32) -> (usize, usize) {
        let entry = self.entry(place);
        (entry.at as usize, entry.length as usize)
    }

    /// The kernel is done with the frame that lies at `at`.
    pub fn complete(&mut self, at: usize) {
        // Nearly always the one behind the last.
        let expected = self.expected;
        if expected.wrapping_sub(self.done) < self.len() && self.finish(expected, at) {
            return;
        }
        let mut place = self.done;
        while place != self.filled && !self.finish(place, at) {
            place = place.wrapping_add(1);
        }
    }

    /// Enters a completion if it is that of the frame at this place.
    fn finish(&mut self, place: u32, at: usize) -> bool {
        let entry = self.entry_mut(place);
        if entry.at as usize != at || (entry.owed == 0 && entry.state != State::Waiting) {
            return false;
        }
        if entry.owed > 0 {
            entry.owed -= 1;
        } else {
            entry.state = State::Sent;
        }
        self.expected = place.wrapping_add(1);
        true
    }

    /// The kernel dropped the frame at this place; its completion is still to come, or has come and counted it as sent.
    /// It is put behind its place, and all that follow one further. False if there is no room for that.
    pub fn again(&mut self, place: u32) -> bool {
        if self.len() as usize >= self.entries.len() {
            return false;
        }
        let mut to = self.filled;
        while to != place {
            let from = to.wrapping_sub(1);
            *self.entry_mut(to) = *self.entry(from);
            to = from;
        }
        let retried = self.entry_mut(place.wrapping_add(1));
        retried.owed += u32::from(retried.state == State::Waiting);
        retried.state = State::Waiting;
        let left = self.entry_mut(place);
        (left.state, left.owed) = (State::Moved, 0);
        self.filled = self.filled.wrapping_add(1);
        true
    }

    /// The kernel dropped the frame at this place, and it is not tried again.
    pub fn refuse(&mut self, place: u32) {
        let entry = self.entry_mut(place);
        entry.owed += u32::from(entry.state == State::Waiting);
        entry.state = State::Refused;
    }

    /// Enters the results from the front on, as far as they are known; says whether there was any.
    pub fn account(&mut self, outcome: &mut Outcome) -> bool {
        let before = self.done;
        while self.done != self.filled {
            let entry = *self.entry(self.done);
            match entry.state {
                _ if entry.owed > 0 => break,
                State::Waiting => break,
                State::Sent => {
                    outcome.accepted += 1;
                    outcome.accepted_bytes += u64::from(entry.length);
                }
                State::Refused => outcome.refuse(Refusal::QueueFull),
                State::Moved => {}
            }
            self.done = self.done.wrapping_add(1);
        }
        if self.is_empty() {
            self.expected = self.done;
        }
        self.done != before
    }

    /// A frame before this place has no result.
    pub fn waits_before(&self, place: u32) -> bool {
        let count = place.wrapping_sub(self.done).min(self.len());
        (0..count).any(|i| {
            let entry = self.entry(self.done.wrapping_add(i));
            entry.state == State::Waiting || entry.owed > 0
        })
    }

    /// Gives up the frames without a result: they count as unsent, those behind them that have one as what they are.
    pub fn abandon(&mut self, outcome: &mut Outcome) {
        while self.done != self.filled {
            let entry = self.entry_mut(self.done);
            entry.owed = 0;
            if entry.state == State::Waiting {
                entry.state = State::Moved;
                outcome.unsent += 1;
            }
            self.account(outcome);
        }
    }

    fn entry(&self, place: u32) -> &Entry {
        // Their number is a power of two.
        &self.entries[place as usize & (self.entries.len() - 1)]
    }

    fn entry_mut(&mut self, place: u32) -> &mut Entry {
        let count = self.entries.len();
        &mut self.entries[place as usize & (count - 1)]
    }
}

#[cfg(test)]
impl Flight {
    /// An empty one whose numbers begin here.
    pub fn start_at(&mut self, place: u32) {
        assert!(self.is_empty());
        (self.done, self.filled, self.expected) = (place, place, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight(lengths: &[usize]) -> Flight {
        let mut flight = Flight::new(8, 2 * CHUNK);
        for length in lengths {
            let room = flight.room(*length, 1).unwrap();
            flight.push(room.at, *length);
        }
        flight
    }

    #[test]
    fn frames_lie_apart_in_one_chunk_each_and_never_over_one_that_waits() {
        let mut flight = Flight::new(8, 2 * CHUNK);
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let mut most = 0;
        // Lengths and completions without a pattern that fits the memory.
        for step in 0..2000usize {
            let length = 1 + step * 977 % if step % 3 == 0 { CHUNK } else { 300 };
            if let Some(room) = flight.room(length, 1 + step % 5) {
                assert!((1..=1 + step % 5).contains(&room.count), "{room:?}");
                for at in room.starts() {
                    assert!(at + length <= 2 * CHUNK && at / CHUNK == (at + length - 1) / CHUNK, "{at} {length}");
                    assert!(taken.iter().all(|(a, l)| at + length <= *a || a + l <= at), "{at} {length} {taken:?}");
                    flight.push(at, length);
                    taken.push((at, length));
                }
                most = most.max(room.count);
            } else {
                assert!(!taken.is_empty(), "no room for {length} in an empty memory");
                flight.complete(taken.remove(0).0);
                flight.account(&mut Outcome::default());
            }
        }
        assert!(most > 1);
    }

    #[test]
    fn a_row_ends_with_its_chunk_or_with_the_most_frames() {
        for (length, row) in [(60, 8), (1024, 4), (1500, 2), (2049, 1), (CHUNK, 1)] {
            assert_eq!(Flight::new(8, 2 * CHUNK).room(length, 100).unwrap().count, row, "{length}");
        }
        let mut flight = flight(&[60; 6]);
        assert_eq!(flight.room(60, 100).unwrap().count, 2);
    }

    #[test]
    fn results_are_entered_in_order_whatever_order_they_come_in() {
        let mut flight = flight(&[10, 20, 30]);
        let mut outcome = Outcome::default();
        let (first, second) = (flight.frame(0).0, flight.frame(1).0);
        flight.complete(second);
        assert!(!flight.account(&mut outcome));
        flight.complete(first);
        assert!(flight.account(&mut outcome));
        assert_eq!((outcome.accepted, outcome.accepted_bytes, flight.len()), (2, 30, 1));
    }

    #[test]
    fn a_frame_sent_again_stays_before_those_behind_it_and_counts_once() {
        let mut flight = flight(&[10, 20, 30]);
        let mut outcome = Outcome::default();
        let at: Vec<usize> = (0..3).map(|place| flight.frame(place).0).collect();
        flight.complete(at[0]);
        // The drop is told before its completion comes.
        assert!(flight.again(1));
        let order: Vec<usize> = (2..4).map(|place| flight.frame(place).0).collect();
        assert_eq!((order, flight.end()), (at[1..].to_vec(), 4));
        flight.account(&mut outcome);
        assert_eq!(outcome.accepted, 1);
        flight.complete(at[1]);
        flight.account(&mut outcome);
        assert_eq!(outcome.accepted, 1, "the completion was that of the dropped try");
        flight.complete(at[1]);
        flight.complete(at[2]);
        flight.account(&mut outcome);
        assert_eq!((outcome.accepted, flight.is_empty()), (3, true));
    }

    #[test]
    fn a_completion_before_the_drop_is_told_does_not_count() {
        let mut flight = flight(&[10, 20]);
        let mut outcome = Outcome::default();
        let at = flight.frame(0).0;
        flight.complete(at);
        assert!(flight.again(0));
        flight.account(&mut outcome);
        assert_eq!(outcome.accepted, 0);
        flight.complete(at);
        flight.refuse(2);
        flight.account(&mut outcome);
        assert_eq!((outcome.accepted, outcome.refused), (1, 0), "the refused one's completion is still owed");
        flight.complete(flight.frame(2).0);
        flight.account(&mut outcome);
        assert_eq!((outcome.refused, outcome.failures[0].frame), (1, 1));
    }

    #[test]
    fn what_is_given_up_counts_as_unsent_and_what_is_known_as_what_it_is() {
        let mut flight = flight(&[10, 20, 30]);
        let mut outcome = Outcome::default();
        flight.complete(flight.frame(1).0);
        flight.abandon(&mut outcome);
        assert_eq!((outcome.accepted, outcome.accepted_bytes, outcome.unsent), (1, 20, 2));
        assert!(flight.is_empty());
    }
}
