//! The stop flag: what a signal sets, and every wait looks at.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_default};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest wait between two looks at the flag: a signal that comes just before a wait begins is seen this much
/// later.
pub const SLICE: Duration = Duration::from_millis(100);

/// A flag that ends what runs at its next convenient moment.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    /// A flag that counts as this one's.
    above: Option<Arc<AtomicBool>>,
}

impl Stop {
    /// A flag that only [`Self::request`] sets.
    pub fn new() -> Self {
        Self::default()
    }

    /// The flag of this process: the first SIGINT, SIGTERM or SIGHUP sets it, a second one ends the process at once.
    pub fn on_signals() -> io::Result<Self> {
        static FLAG: Mutex<Option<Stop>> = Mutex::new(None);
        // Locked until the end: registered twice, the first signal would find the flag set by itself.
        let mut flag = FLAG.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stop) = &*flag {
            return Ok(stop.clone());
        }
        let stop = flag.insert(Self::new());
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the first signal finds the flag unset and sets it, the second finds it set.
            register_conditional_default(signal, Arc::clone(&stop.flag))?;
            register(signal, Arc::clone(&stop.flag))?;
        }
        Ok(stop.clone())
    }

    /// A flag for a part of the work: it is set where this one is, and setting it does not set this one.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self { flag: Arc::default(), above: Some(Arc::clone(&self.flag)) }
    }

    /// Sets the flag.
    pub fn request(&self) {
        self.flag.store(true, Ordering::SeqCst);
    }

    /// The flag is set.
    #[inline]
    pub fn requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed) || self.above.as_ref().is_some_and(|above| above.load(Ordering::Relaxed))
    }

    /// Waits for `time`, or until the flag is set; says whether it is.
    pub fn sleep(&self, time: Duration) -> bool {
        // A time beyond the clock's end is for ever.
        let end = Instant::now().checked_add(time);
        while !self.requested() {
            let left = end.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(SLICE));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_a_wait() {
        let stop = Stop::new();
        assert!(!stop.sleep(Duration::from_millis(1)));
        stop.request();
        assert!(stop.sleep(Duration::from_secs(3600)));
    }

    #[test]
    fn a_branch_is_set_with_its_stem_and_not_the_other_way_round() {
        let stem = Stop::new();
        let (one, other) = (stem.branch(), stem.branch());
        one.request();
        assert_eq!((one.requested(), other.requested(), stem.requested()), (true, false, false));
        stem.request();
        assert!(other.requested());
    }
}
