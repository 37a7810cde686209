//! A relay between two veth pairs, `veth0 <-> veth1` and `veth2 <-> veth3`: what comes in on veth1 goes out on veth2, and a
//! schedule says what happens to each frame meanwhile. It keeps a record of what it did.

use super::sending::ip;
use ethcraft::link::counters::Meter;
use ethcraft::link::rx::{self, Capture, Direction, Event};
use ethcraft::link::stop::Stop;
use ethcraft::link::{lookup, tx};
use std::collections::VecDeque;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What happens to a frame.
#[derive(Clone, Copy)]
pub enum Fate {
    /// It goes on at once, as the schedule left it.
    Pass,
    /// It is lost.
    Lose,
    /// It goes on twice.
    Twice,
    /// It goes on behind so many later ones.
    Behind(u64),
    /// It goes on after this time.
    After(Duration),
}

/// What the relay did.
pub struct Record {
    /// The numbers of the frames as they went out, each as often as it did.
    pub out: Vec<u64>,
    /// How long each was in here by the kernel's stamp, nanoseconds, where it was delayed.
    pub delays: Vec<u64>,
    /// Frames that this machine lost at the relay's own doors.
    pub dropped: u64,
}

/// A relay under way.
pub struct Relay {
    thread: JoinHandle<Record>,
    stop: Stop,
}

/// Adds the second pair, silent as the first; nothing where `ip` is missing, which ends the test.
pub fn second_pair() -> Option<()> {
    ip(["link", "add", "veth2", "type", "veth", "peer", "name", "veth3"])?;
    for name in ["veth2", "veth3"] {
        ip(["link", "set", name, "addrgenmode", "none"])?;
        ip(["link", "set", name, "up"])?;
    }
    // Until both ends pass frames.
    let passes = |name: &str| lookup(name).is_ok_and(|interface| interface.state == "UP");
    while !(passes("veth2") && passes("veth3")) {
        std::thread::sleep(Duration::from_millis(1));
    }
    Some(())
}

impl Relay {
    /// Begins. `number` tells which frame it is; a frame that it knows nothing of goes on as it is and is not recorded.
    /// `schedule` may change the bytes.
    pub fn start(
        buffer: usize,
        number: impl Fn(&[u8]) -> Option<u64> + Send + 'static,
        mut schedule: impl FnMut(u64, &mut Vec<u8>) -> Fate + Send + 'static,
    ) -> Self {
        let options = rx::Options { direction: Direction::In, buffer, block_timeout: 1, ..rx::Options::default() };
        let capture = Capture::open(&lookup("veth1").unwrap(), &options).unwrap();
        let to = lookup("veth2").unwrap();
        let meter = Meter::open(&to).unwrap();
        let mut out = Out {
            sender: tx::Sender::open(&to, &tx::Options::default()).unwrap(),
            late: VecDeque::new(),
            timed: VecDeque::new(),
            record: Record { out: Vec::new(), delays: Vec::new(), dropped: 0 },
        };
        let stop = Stop::new();
        let theirs = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut capture = capture;
            let before = meter.read().unwrap();
            let mut frame = Vec::new();
            loop {
                let wait = out
                    .timed
                    .front()
                    .map_or(Duration::from_millis(5), |(due, ..)| due.saturating_duration_since(Instant::now()));
                match capture.next(Some(wait), &theirs).unwrap() {
                    Event::Frame(received) => {
                        frame.clear();
                        frame.extend_from_slice(received.data);
                        let Some(number) = number(&frame) else {
                            out.queue(&frame);
                            continue;
                        };
                        let fate = schedule(number, &mut frame);
                        out.take(number, received.time, &frame, fate);
                    }
                    Event::Stopped => break,
                    _ => out.idle(),
                }
            }
            out.end();
            let after = meter.read().unwrap().since(&before);
            out.record.dropped = capture.statistics().unwrap().dropped + after.tx_dropped;
            out.record
        });
        Self { thread, stop }
    }

    /// Begins for the frames of 60 bytes, which it does not tell apart; all others go on.
    pub fn of_short_frames(mut schedule: impl FnMut(&mut Vec<u8>) -> Fate + Send + 'static) -> Self {
        Self::start(8 << 20, |frame| (frame.len() == 60).then_some(0), move |_, frame| schedule(frame))
    }

    /// The same, losing those of them, counted from 1, for which this holds.
    pub fn losing(lost: impl Fn(u64) -> bool + Send + 'static) -> Self {
        let mut seen = 0;
        Self::of_short_frames(move |_| {
            seen += 1;
            if lost(seen) { Fate::Lose } else { Fate::Pass }
        })
    }

    /// Lets go of what it still holds, ends it and tells what it did.
    pub fn finish(self) -> Record {
        self.stop.request();
        self.thread.join().expect("the relay runs to its end")
    }
}

struct Out {
    sender: tx::Sender,
    /// Frames that wait for so many more to go before them.
    late: VecDeque<(u64, u64, Vec<u8>)>,
    /// Frames that wait for their time.
    timed: VecDeque<(Instant, u64, u64, Vec<u8>)>,
    record: Record,
}

impl Out {
    fn take(&mut self, number: u64, arrived: u64, frame: &[u8], fate: Fate) {
        match fate {
            Fate::Lose => {}
            Fate::Pass => self.pass(number, frame),
            Fate::Twice => {
                self.pass(number, frame);
                self.pass(number, frame);
            }
            Fate::Behind(others) => self.late.push_back((others, number, frame.to_vec())),
            Fate::After(time) => self.timed.push_back((Instant::now() + time, number, arrived, frame.to_vec())),
        }
        self.due();
    }

    fn pass(&mut self, number: u64, frame: &[u8]) {
        self.record.out.push(number);
        self.queue(frame);
        self.late.iter_mut().for_each(|(others, ..)| *others -= 1);
        while let Some(at) = self.late.iter().position(|(others, ..)| *others == 0) {
            let (_, number, frame) = self.late.remove(at).expect("it was found");
            self.record.out.push(number);
            self.queue(&frame);
        }
    }

    fn queue(&mut self, frame: &[u8]) {
        self.sender.push(frame, &Stop::new()).expect("the frame is accepted");
    }

    /// Nothing came for a while: what is queued goes.
    fn idle(&mut self) {
        self.due();
        self.sender.flush(&Stop::new()).expect("the frames are accepted");
    }

    fn due(&mut self) {
        while self.timed.front().is_some_and(|(due, ..)| *due <= Instant::now()) {
            let (_, number, arrived, frame) = self.timed.pop_front().expect("there is a front");
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_nanos() as u64;
            self.record.delays.push(now - arrived);
            self.record.out.push(number);
            self.queue(&frame);
            self.sender.flush(&Stop::new()).expect("the frame is accepted");
        }
    }

    fn end(&mut self) {
        for (_, number, frame) in std::mem::take(&mut self.late) {
            self.record.out.push(number);
            self.queue(&frame);
        }
        self.idle();
    }
}
