//! The questions of a set, sent at a bounded rate while answers are read, and the answers paired with them.

use crate::frame::{Answers, Begin, Builder, Fcs, Node, Pattern, View, dissect};
use crate::link::Error;
use crate::link::rx::{Capture, Checksum, Event, Received};
use crate::link::stop::{SLICE, Stop};
use crate::link::tx::{SendError, Sender};
use crate::traffic::sequence::Turn;
use crate::traffic::{End, Fault, Item, Sequence, sequence};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::Hasher;
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What is asked, and how patiently.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The sets of questions.
    pub items: &'a [Item<'a>],
    /// Questions a second, those asked again among them; at least 1.
    pub rate: u64,
    /// How long an answer is waited for.
    pub within: Duration,
    /// How often an unanswered question is asked again.
    pub retry: u32,
    /// How long further answers are waited for when every question has one.
    pub linger: Duration,
    /// What an answer is: frames of this pattern and no others. One that no table pairs with a question is taken for the
    /// answer to the oldest that has none.
    pub reply: Option<&'a Pattern>,
    /// The addresses of all hosts of the interface's networks.
    pub broadcasts: Vec<Ipv4Addr>,
}

/// What became of one question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Its set and its number there.
    pub turn: Turn,
    /// How often it was asked.
    pub asked: u32,
    /// How many answers came.
    pub answers: u32,
    /// When the kernel put it on the wire for the last time, in nanoseconds since 1970; before the kernel has said so, when
    /// it was handed over.
    sent: u64,
    /// How many of its sendings the kernel has shown.
    shown: u32,
}

/// An answer and its question.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The question's number in the run, from 0.
    pub number: usize,
    /// The question.
    pub question: &'a Question,
    /// The answer.
    pub answer: View<'a>,
    /// What is known of the answer beside its bytes.
    pub received: &'a Received<'a>,
    /// From the question's last sending to the answer.
    pub round_trip: Duration,
    /// Both times are the kernel's.
    pub by_kernel: bool,
    /// It is an error about the question, by anyone on its way.
    pub error: bool,
}

/// How the run went.
#[derive(Debug)]
pub struct Report {
    /// The questions that were asked, in order.
    pub questions: Vec<Question>,
    /// How many there were to ask.
    pub total: u64,
    /// Round trips of the first answers, nanoseconds.
    pub round_trips: Vec<u64>,
    /// Questions that came back as they were sent.
    pub returned: u64,
    /// How it ended.
    pub end: End,
}

/// More questions than this are refused before the first: each takes a place in memory.
pub const MOST: u64 = 1 << 20;

/// A sender that is late catches up this much and no more, so that a pause makes no flood.
const LATE: Duration = Duration::from_millis(10);

/// So many frames are looked at before the next question has its turn.
const HEARD_AT_ONCE: usize = 64;

/// Asks, and gives every answer to `hear` as it comes.
///
/// # Errors
/// What `hear` returns. All else that goes wrong is in the report.
pub fn ask(
    asking: &Asking,
    sender: &mut Sender,
    capture: &mut Capture,
    stop: &Stop,
    hear: &mut dyn FnMut(&Pair) -> io::Result<()>,
) -> io::Result<Report> {
    let mut run = Run {
        asking,
        builder: Builder::default(),
        answers: Answers::new(asking.broadcasts.clone()),
        questions: Vec::new(),
        bytes: HashMap::new(),
        nodes: Vec::new(),
        again: VecDeque::new(),
        deadlines: VecDeque::new(),
        answered: 0,
        oldest: 0,
        round_trips: Vec::new(),
        returned: 0,
    };
    let total = sequence::total(asking.items);
    let end = match run.drive(total, sender, capture, stop, hear) {
        Ok(end) => end,
        Err(Trouble::Fault(fault)) => End::Failed(fault),
        Err(Trouble::Output(error)) => return Err(error),
    };
    let Run { questions, round_trips, returned, .. } = run;
    Ok(Report { questions, total, round_trips, returned, end })
}

enum Trouble {
    Fault(Fault),
    Output(io::Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Fault(error.into())
    }
}

struct Run<'a> {
    asking: &'a Asking<'a>,
    builder: Builder,
    answers: Answers,
    questions: Vec<Question>,
    /// The questions by a hash of their bytes.
    bytes: HashMap<u64, Vec<usize>>,
    nodes: Vec<Node>,
    /// Questions to be asked again.
    again: VecDeque<usize>,
    /// When the patience with each sending ends, in the order of the sendings.
    deadlines: VecDeque<(Instant, usize)>,
    /// Questions that have an answer.
    answered: usize,
    /// No question before this one is without an answer.
    oldest: usize,
    round_trips: Vec<u64>,
    returned: u64,
}

impl Run<'_> {
    fn drive(
        &mut self,
        total: u64,
        sender: &mut Sender,
        capture: &mut Capture,
        stop: &Stop,
        hear: &mut dyn FnMut(&Pair) -> io::Result<()>,
    ) -> Result<End, Trouble> {
        let gap = Duration::from_nanos(1_000_000_000 / self.asking.rate.max(1));
        let mut turns = (0..total).zip(Sequence::new(self.asking.items)).map(|(_, turn)| turn).peekable();
        let mut slot = Instant::now();
        let mut complete = None;
        loop {
            let now = Instant::now();
            self.expire(now);
            let more = turns.peek().is_some() || !self.again.is_empty();
            if more && slot <= now {
                slot = (slot + gap).max(now.checked_sub(LATE).unwrap_or(now));
                match self.again.pop_front() {
                    Some(number) if self.questions[number].answers > 0 => {}
                    Some(number) => self.send(number, sender, stop)?,
                    None => {
                        let Some(turn) = turns.next() else { continue };
                        self.questions.push(Question { turn, asked: 0, answers: 0, sent: 0, shown: 0 });
                        self.send(self.questions.len() - 1, sender, stop)?;
                    }
                }
            }
            let until = if turns.peek().is_some() || !self.again.is_empty() {
                slot
            } else if self.answered == self.questions.len() {
                *complete.get_or_insert_with(|| Instant::now() + self.asking.linger)
            } else {
                match self.deadlines.front() {
                    Some((deadline, _)) => *deadline,
                    None => return Ok(End::Complete),
                }
            };
            if complete.is_some_and(|end| Instant::now() >= end) {
                return Ok(End::Complete);
            }
            if self.listen(until, capture, stop, hear)? {
                return Ok(End::Interrupted);
            }
        }
    }

    /// Forgets the questions whose patience has ended, and has those asked again that may be.
    fn expire(&mut self, now: Instant) {
        while let Some((_, number)) = self.deadlines.front().copied().filter(|(deadline, _)| *deadline <= now) {
            self.deadlines.pop_front();
            let question = &self.questions[number];
            if question.answers == 0 && question.asked <= self.asking.retry {
                self.again.push_back(number);
            }
        }
    }

    fn send(&mut self, number: usize, sender: &mut Sender, stop: &Stop) -> Result<(), Trouble> {
        let question = &mut self.questions[number];
        let (item, run) = (question.turn.item, number as u64);
        let built = self.builder.build(self.asking.items[item].frames, question.turn.number);
        built.map_err(|cause| Trouble::Fault(Fault::Build { number: run, item, cause }))?;
        let view = self.builder.view();
        if question.asked == 0 {
            self.answers.enter(number, view);
            self.bytes.entry(hash(view.bytes)).or_default().push(number);
        }
        question.asked += 1;
        question.sent = now();
        self.deadlines.push_back((Instant::now() + self.asking.within, number));
        sender.push(view.bytes, stop).map_err(|error| match error {
            SendError::Size(cause) => Trouble::Fault(Fault::Size { number: run, item: Some(item), cause }),
            SendError::Link(error) => error.into(),
        })?;
        sender.flush(stop)?;
        Ok(())
    }

    /// Reads what comes up to that time; true if the stop flag is set.
    fn listen(
        &mut self,
        until: Instant,
        capture: &mut Capture,
        stop: &Stop,
        hear: &mut dyn FnMut(&Pair) -> io::Result<()>,
    ) -> Result<bool, Trouble> {
        let mut wait = until.saturating_duration_since(Instant::now()).min(SLICE);
        for _ in 0..HEARD_AT_ONCE {
            match capture.next(Some(wait), stop)? {
                Event::Frame(frame) => self.frame(&frame, hear).map_err(Trouble::Output)?,
                Event::Timeout => break,
                Event::Stopped => return Ok(true),
                Event::Down { name } => return Err(Error::Down { name }.into()),
            }
            // What has come besides is read, but not waited for.
            wait = Duration::ZERO;
        }
        Ok(false)
    }

    fn frame(&mut self, frame: &Received, hear: &mut dyn FnMut(&Pair) -> io::Result<()>) -> io::Result<()> {
        let own = self.bytes.get(&hash(frame.data));
        if frame.is_outgoing() {
            // The kernel's word on when a question left. Equal ones leave in the order in which they were handed over.
            let waiting = |number: &&usize| self.questions[**number].shown < self.questions[**number].asked;
            if let Some(number) = own.and_then(|numbers| numbers.iter().find(waiting)) {
                let question = &mut self.questions[*number];
                question.shown = question.asked;
                question.sent = frame.time;
            }
            return Ok(());
        }
        if own.is_some() && self.asking.reply.is_none() {
            self.returned += 1;
            return Ok(());
        }
        dissect(frame.data, Begin::Ethernet, Fcs::IfRight, &mut self.nodes);
        let view = View { bytes: frame.data, nodes: &self.nodes };
        let not_computed = frame.checksum == Checksum::NotReady;
        if self.asking.reply.is_some_and(|pattern| !pattern.matches_received(view, not_computed)) {
            return Ok(());
        }
        let open = |number: &usize| self.questions[*number].answers == 0;
        let (number, error) = match self.answers.find(view) {
            Some(found) => {
                let first = found.questions.iter().copied().find(open);
                let Some(number) = first.or(found.questions.last().copied()) else { return Ok(()) };
                (number, found.error)
            }
            None if self.asking.reply.is_some() => {
                let Some(last) = self.questions.len().checked_sub(1) else { return Ok(()) };
                self.oldest = (self.oldest..=last).find(open).unwrap_or(last);
                (self.oldest, false)
            }
            None => return Ok(()),
        };
        let question = &mut self.questions[number];
        question.answers += 1;
        let nanoseconds = frame.time.saturating_sub(question.sent);
        if question.answers == 1 {
            self.answered += 1;
            self.round_trips.push(nanoseconds);
        }
        hear(&Pair {
            number,
            question: &self.questions[number],
            answer: view,
            received: frame,
            round_trip: Duration::from_nanos(nanoseconds),
            by_kernel: self.questions[number].shown == self.questions[number].asked,
            error,
        })
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
