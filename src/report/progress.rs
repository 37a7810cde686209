//! A line on a terminal that is rewritten while something lasts.
//!
//! It is written by a thread of its own, so that what lasts is not held up: that one only counts, in atomics. [`Rates`] makes
//! rates of such counts, [`si`] short words of numbers.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// What is over sooner needs no line.
const FIRST: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(250);

/// The line; gone from the terminal when this is dropped.
#[derive(Debug)]
pub struct Progress {
    over: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows what `line` gives for the time since now, from the first second on. None where standard error is no terminal.
    ///
    /// `line` gives one line without line breaks; what comes from outside must have gone through [`super::safe`].
    pub fn start(mut line: impl FnMut(Duration) -> String + Send + 'static) -> Option<Self> {
        if !io::stderr().is_terminal() || std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
            return None;
        }
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = Arc::clone(&over);
        let start = Instant::now();
        let show = move || {
            let (over, changed) = &*shared;
            let mut wait = FIRST;
            let mut shown = false;
            let mut is_over = over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*is_over {
                let (guard, waited) = changed.wait_timeout(is_over, wait).unwrap_or_else(PoisonError::into_inner);
                is_over = guard;
                if waited.timed_out() && !*is_over {
                    // Without wrapping, since a line that became two could not be rewritten (DECAWM).
                    write(&format!("\r\x1b[?7l{}\x1b[K\x1b[?7h", line(start.elapsed())));
                    (wait, shown) = (EVERY, true);
                }
            }
            if shown {
                write("\r\x1b[K");
            }
        };
        // Without the thread there is no line, and all else goes on.
        let thread = Builder::new().name("progress".into()).spawn(show).ok()?;
        Some(Self { over, thread: Some(thread) })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *self.over.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has nothing that could panic but the line that was given to it.
            let _ = thread.join();
        }
    }
}

/// What comes in a second, from counts that only rise: since the last look at them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    frames: u64,
    bytes: u64,
    seconds: f64,
}

impl Rates {
    /// Frames and bits a second since the last call, or since the start.
    // Numbers beyond 2^53 lose digits that the line does not show.
    #[allow(clippy::cast_precision_loss)]
    pub fn next(&mut self, frames: u64, bytes: u64, elapsed: Duration) -> (f64, f64) {
        let seconds = elapsed.as_secs_f64();
        let time = (seconds - self.seconds).max(1e-9);
        let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / time;
        let rates = (rate(frames, self.frames), rate(bytes, self.bytes) * 8.0);
        *self = Self { frames, bytes, seconds };
        rates
    }
}

/// In one piece; a terminal that is gone is nobody's loss.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// A quantity in three digits or more with `k`, `M` or `G`: `999`, `1.23k`, `45.6M`.
pub fn si(value: f64) -> String {
    let (scaled, prefix) = match value {
        v if v >= 999.5e6 => (v / 1e9, "G"),
        v if v >= 999.5e3 => (v / 1e6, "M"),
        v if v >= 999.5 => (v / 1e3, "k"),
        v => (v, ""),
    };
    let places = match scaled {
        _ if prefix.is_empty() && scaled.fract() == 0.0 => 0,
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.places$}{prefix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_since_the_last_look() {
        let mut rates = Rates::default();
        assert_eq!(rates.next(100, 1000, Duration::from_secs(1)), (100.0, 8000.0));
        assert_eq!(rates.next(400, 1000, Duration::from_secs(3)), (150.0, 0.0));
    }

    #[test]
    fn quantities_keep_three_digits() {
        let told = [0.0, 7.0, 999.0, 999.6, 1234.0, 45_600.0, 999_499.0, 1e6, 1.5e9, 4.2e13].map(si);
        assert_eq!(told, ["0", "7", "999", "1.00k", "1.23k", "45.6k", "999k", "1.00M", "1.50G", "42000G"]);
        assert_eq!((si(0.5), si(12.34)), ("0.50".into(), "12.3".into()));
    }
}
