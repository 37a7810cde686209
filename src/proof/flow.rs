//! What the sending side knows of each frame, for the receiving side to look up.

use super::tag::{self, Tag};
use super::timeline::Checkpoints;
use crate::traffic::Mark;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The send times of so many frames are kept; a frame that is longer on its way has no latency without a flow tag.
const KEPT: usize = 1 << 20;

/// The frames of a run as they are made.
#[derive(Debug)]
pub struct Flow {
    stream: u16,
    tagged: bool,
    made: AtomicU64,
    /// By the low bits of a frame's number.
    times: Box<[AtomicU64]>,
    checkpoints: Mutex<Checkpoints>,
}

impl Flow {
    /// A run of its own stream, with flow tags or without.
    pub fn new(stream: u16, tagged: bool) -> Self {
        let times = (0..KEPT).map(|_| AtomicU64::new(0)).collect();
        Self { stream, tagged, made: AtomicU64::new(0), times, checkpoints: Mutex::default() }
    }

    /// The stream of its flow tags.
    pub fn stream(&self) -> u16 {
        self.stream
    }

    /// Its frames carry flow tags.
    pub fn tagged(&self) -> bool {
        self.tagged
    }

    /// How many frames were made so far. Every frame that arrives was.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Acquire)
    }

    /// When a frame was made, nanoseconds since 1970; none where that is forgotten.
    pub fn time(&self, number: u64) -> Option<u64> {
        let made = self.made();
        let kept = number < made && made - number <= KEPT as u64;
        kept.then(|| self.times[number as usize % KEPT].load(Ordering::Relaxed))
    }

    /// When it was made, roughly, however long ago.
    pub fn about(&self, number: u64) -> Option<u64> {
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).time(number)
    }

    /// The flow tag of a frame of which only the number is known.
    pub fn tag(&self, number: u64) -> Option<[u8; tag::LENGTH]> {
        let tag = Tag { stream: self.stream, sequence: u32::try_from(number).ok()?, time: self.time(number)? };
        self.tagged.then(|| tag.bytes())
    }
}

impl Mark for Flow {
    fn length(&self) -> Option<usize> {
        self.tagged.then_some(tag::LENGTH)
    }

    fn mark(&self, number: u64, out: &mut [u8]) {
        let now = now();
        if let (true, Ok(sequence)) = (out.len() == tag::LENGTH, u32::try_from(number)) {
            out.copy_from_slice(&Tag { stream: self.stream, sequence, time: now }.bytes());
        }
        self.times[number as usize % KEPT].store(now, Ordering::Relaxed);
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).pass(number, now);
        self.made.store(number + 1, Ordering::Release);
    }
}

/// Nanoseconds since 1970 by the clock that the kernel stamps frames with.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
