//! A guard against frames that go round: between two who answer each other, one frame would fly for ever.
//!
//! What this machine sends is never seen as a question. What an answerer at the other end sends back is: the same frame
//! again and again, each only after the last one was answered. A sender that repeats itself looks alike while it is slow.
//! So, after many of these, one is not answered: that ends a loop, and costs such a sender one frame in many.

/// Equal frames in a row before one is held back.
const MANY: u32 = 1000;
/// So often one is held back; who still sends then is no echo.
const TIMES: u8 = 3;
/// Different frames that are remembered.
const PLACES: usize = 1024;

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    hash: u32,
    length: u32,
    /// How often in a row, each time after the answer had been sent.
    count: u32,
    /// The batch of answers that the last answer was sent in.
    batch: u64,
    held: u8,
}

/// What was answered lately.
#[derive(Debug)]
pub struct Guard {
    seen: Vec<Seen>,
    batch: u64,
    /// Frames not answered because they looked like a loop.
    pub held_back: u64,
}

impl Default for Guard {
    fn default() -> Self {
        Self { seen: vec![Seen::default(); PLACES], batch: 1, held_back: 0 }
    }
}

impl Guard {
    /// The answers so far are on their way: what comes now may be their echo.
    pub fn sent(&mut self) {
        self.batch += 1;
    }

    /// Whether to answer a frame.
    pub fn answers(&mut self, frame: &[u8]) -> bool {
        let (hash, length) = (crc32fast::hash(frame), frame.len() as u32);
        let seen = &mut self.seen[hash as usize % PLACES];
        if (seen.hash, seen.length) != (hash, length) {
            *seen = Seen { hash, length, count: 1, batch: self.batch, held: 0 };
            return true;
        }
        // One that came before the last answer left is nobody's echo of it.
        seen.count = if seen.batch == self.batch { 0 } else { seen.count + 1 };
        seen.batch = self.batch;
        if seen.count > MANY && seen.held < TIMES {
            (seen.count, seen.held) = (0, seen.held + 1);
            self.held_back += 1;
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_comes_back_after_each_answer_is_held_back_once_in_many() {
        let mut guard = Guard::default();
        let answered = (0..=MANY)
            .take_while(|_| {
                guard.sent();
                guard.answers(b"round and round")
            })
            .count();
        assert_eq!((answered, guard.held_back), (MANY as usize, 1));
    }

    #[test]
    fn equal_frames_close_behind_each_other_are_all_answered() {
        let mut guard = Guard::default();
        for _ in 0..MANY {
            assert!(guard.answers(b"as fast as can be") && guard.answers(b"as fast as can be"));
            guard.sent();
        }
        assert_eq!(guard.held_back, 0);
    }

    #[test]
    fn a_slow_sender_that_repeats_itself_loses_a_few_frames_and_no_more() {
        let mut guard = Guard::default();
        for _ in 0..MANY * 10 {
            guard.sent();
            guard.answers(b"again");
        }
        assert_eq!(guard.held_back, u64::from(TIMES));
    }
}
