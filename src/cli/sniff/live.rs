//! The line on a terminal while a capture is written: frames, rate, drops.

use crate::report::progress::{Progress, Rates, si};
use crate::report::safe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What has come so far, for the thread that shows it.
#[derive(Debug, Default)]
pub struct Live {
    frames: AtomicU64,
    bytes: AtomicU64,
    dropped: AtomicU64,
}

impl Live {
    /// Takes over the counts.
    pub fn set(&self, frames: u64, bytes: u64) {
        self.frames.store(frames, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Adds frames that the kernel dropped.
    pub fn add_dropped(&self, frames: u64) {
        self.dropped.fetch_add(frames, Ordering::Relaxed);
    }
}

/// Shows the counts of a capture on this interface until the result is dropped; nothing where there is no terminal.
pub fn show(interface: &str) -> (Arc<Live>, Option<Progress>) {
    let live = Arc::new(Live::default());
    let (shared, name) = (Arc::clone(&live), safe::text(interface).into_owned());
    let mut rates = Rates::default();
    let progress = Progress::start(move |elapsed| {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let frames = read(&shared.frames);
        let (rate, bits) = rates.next(frames, read(&shared.bytes), elapsed);
        let dropped = read(&shared.dropped);
        format!("{name}: {frames} frames, {} a second, {}bit/s, {dropped} dropped by the kernel", si(rate), si(bits))
    });
    (live, progress)
}
