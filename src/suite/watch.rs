//! Listening at all interfaces at once: a thread for each, which hands on every frame that arrives there.

use crate::link::Error;
use crate::link::rx::{Capture, Checksum, Event};
use crate::link::stop::Stop;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Far longer than the kernel keeps a frame in a block that is not full.
const SILENCE: Duration = Duration::from_millis(25);

/// Frames that wait to be looked at; past them the listeners wait, and the kernel's ring takes up what comes.
const BACKLOG: usize = 16 * 1024;

/// A frame that arrived.
#[derive(Debug)]
pub struct Seen {
    /// The interface, by its number in the list that was given.
    pub port: usize,
    /// When, in nanoseconds since 1970.
    pub time: u64,
    /// The frame.
    pub bytes: Vec<u8>,
    /// The kernel had not computed the checksum inside.
    pub not_computed: bool,
}

/// A frame, or what ended the listener at an interface.
type Message = Result<Seen, (usize, Error)>;

/// The listeners.
pub struct Watch {
    frames: Receiver<Message>,
    ports: Vec<Port>,
    stop: Stop,
    start: Instant,
}

struct Port {
    thread: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
}

#[derive(Default)]
struct Progress {
    /// All that came before was handed on; nanoseconds since the start.
    caught_up: AtomicU64,
    /// Frames that the kernel had no room for.
    dropped: AtomicU64,
}

impl Watch {
    /// Begins to listen with each of these.
    pub fn start(captures: Vec<Capture>) -> std::io::Result<Self> {
        let (sender, frames) = sync_channel(BACKLOG);
        let mut watch = Self { frames, ports: Vec::new(), stop: Stop::new(), start: Instant::now() };
        for (port, capture) in captures.into_iter().enumerate() {
            let progress = Arc::new(Progress::default());
            let listener = Listener {
                port,
                sender: sender.clone(),
                progress: Arc::clone(&progress),
                stop: watch.stop.clone(),
                start: watch.start,
            };
            let thread = std::thread::Builder::new().name(format!("watch {port}")).spawn(|| listener.run(capture))?;
            watch.ports.push(Port { thread: Some(thread), progress });
        }
        Ok(watch)
    }

    /// The next frame, if one comes within `timeout`.
    ///
    /// # Errors
    /// What ended a listener, and the number of its interface.
    pub fn next(&self, timeout: Duration) -> Result<Option<Seen>, (usize, Error)> {
        self.frames.recv_timeout(timeout).ok().transpose()
    }

    /// Every frame that arrived anywhere before this moment was given by [`Self::next`], or waits there.
    pub fn caught_up(&self) -> Instant {
        let least = self.ports.iter().map(|port| port.progress.caught_up.load(Ordering::Acquire)).min();
        self.start + Duration::from_nanos(least.unwrap_or_default())
    }

    /// Frames that were lost at an interface because nobody took them in time.
    pub fn dropped(&self, port: usize) -> u64 {
        self.ports.get(port).map_or(0, |port| port.progress.dropped.load(Ordering::Acquire))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.request();
        // A listener may wait until it gets rid of a frame.
        while self.ports.iter().any(|port| port.thread.as_ref().is_some_and(|thread| !thread.is_finished())) {
            let _ = self.frames.recv_timeout(Duration::from_millis(1));
        }
        for thread in self.ports.iter_mut().filter_map(|port| port.thread.take()) {
            let _ = thread.join();
        }
    }
}

struct Listener {
    port: usize,
    sender: SyncSender<Message>,
    progress: Arc<Progress>,
    stop: Stop,
    start: Instant,
}

impl Listener {
    fn run(self, mut capture: Capture) {
        loop {
            let asked = Instant::now();
            let (message, until) = match capture.next(Some(SILENCE), &self.stop) {
                Ok(Event::Frame(frame)) => {
                    let seen = Seen {
                        port: self.port,
                        time: frame.time,
                        bytes: frame.data.to_vec(),
                        not_computed: frame.checksum == Checksum::NotReady,
                    };
                    // Frames come in order: all before this one are there.
                    let until = Instant::now().checked_sub(since(frame.time)).unwrap_or(self.start);
                    (Some(Ok(seen)), until)
                }
                // One that is down may come up again; until then nothing arrives.
                Ok(Event::Timeout | Event::Down { .. }) => (None, asked),
                Ok(Event::Stopped) => return,
                Err(error) => (Some(Err((self.port, error))), asked),
            };
            let ended = matches!(message, Some(Err(_)));
            if message.is_some_and(|message| self.sender.send(message).is_err()) || ended {
                return;
            }
            if let Ok(statistics) = capture.statistics() {
                self.progress.dropped.store(statistics.dropped, Ordering::Release);
            }
            let until = u64::try_from(until.saturating_duration_since(self.start).as_nanos()).unwrap_or(u64::MAX);
            self.progress.caught_up.fetch_max(until, Ordering::AcqRel);
        }
    }
}

/// How long ago a time of the wall clock was.
fn since(time: u64) -> Duration {
    now().saturating_sub(Duration::from_nanos(time))
}

/// The wall clock, which the kernel stamps frames with, since 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
