//! The counts of a run while it goes on, for whoever watches it: written by the threads that send, read by another.

use std::sync::atomic::{AtomicU64, Ordering};

/// One cell for each thread that sends, so that they do not wait for each other.
#[derive(Debug)]
pub struct Live(Vec<Cell>);

/// A cache line of its own.
#[repr(align(128))]
#[derive(Debug, Default)]
pub(super) struct Cell {
    accepted: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
}

/// The counts so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Frames that the kernel took.
    pub accepted: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Frames that it refused.
    pub refused: u64,
}

impl Live {
    /// Of a run of so many threads.
    pub fn new(threads: usize) -> Self {
        Self((0..threads).map(|_| Cell::default()).collect())
    }

    /// The counts so far. Each is right; they need not be of the same moment.
    pub fn read(&self) -> SoFar {
        let sum = |of: fn(&Cell) -> &AtomicU64| self.0.iter().map(|cell| of(cell).load(Ordering::Relaxed)).sum();
        SoFar {
            accepted: sum(|cell| &cell.accepted),
            bytes: sum(|cell| &cell.bytes),
            refused: sum(|cell| &cell.refused),
        }
    }

    pub(super) fn cell(&self, thread: usize) -> Option<&Cell> {
        self.0.get(thread)
    }
}

impl Cell {
    pub(super) fn set(&self, accepted: u64, bytes: u64, refused: u64) {
        self.accepted.store(accepted, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
        self.refused.store(refused, Ordering::Relaxed);
    }
}
