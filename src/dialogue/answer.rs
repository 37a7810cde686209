//! The other side: what comes is answered by the first rule that it is of, or sent back.

use super::loops::Guard;
use crate::frame::filter::{self, Program};
use crate::frame::{Begin, Fcs, Node, Pattern, Rule, View, dissect};
use crate::link::Error;
use crate::link::rx::{Capture, Checksum, Event, Received};
use crate::link::stop::{SLICE, Stop};
use crate::link::tx::{SendError, Sender};
use crate::traffic::{End, Fault};
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// What answers, and its account.
#[derive(Debug, Default)]
pub struct Responder {
    rules: Vec<Rule>,
    reflects: bool,
    /// The interface's own MAC address: what comes from it is this machine's.
    own: [u8; 6],
    broadcasts: Vec<Ipv4Addr>,
    guard: Guard,
    nodes: Vec<Node>,
    answer_nodes: Vec<Node>,
    bytes: Vec<u8>,
    account: Account,
}

/// What became of what came.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Frames looked at.
    pub seen: u64,
    /// Answers by each rule; the last is for frames sent back as they are.
    pub by_rule: Vec<u64>,
    /// Answers that could not be built, and the first reason.
    pub unbuilt: (u64, Option<String>),
    /// Answers that are too long for the interface, and questions too long to be taken whole; the first reason.
    pub too_long: (u64, Option<String>),
    /// Frames not answered because they looked like a loop.
    pub held_back: u64,
    /// Times when the interface was down.
    pub downs: u64,
}

impl Account {
    /// All answers.
    pub fn answered(&self) -> u64 {
        self.by_rule.iter().sum()
    }
}

/// A frame and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The rule's number, from 0; one past the last for a frame sent back.
    pub rule: usize,
    /// What came.
    pub question: View<'a>,
    /// What is known of it beside its bytes.
    pub received: &'a Received<'a>,
    /// What was answered.
    pub answer: View<'a>,
}

/// When to stop answering.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// After so many answers.
    pub count: Option<u64>,
    /// After this time.
    pub duration: Option<Duration>,
}

/// Who is told of each answer, and of an interface that is down.
pub type Hear<'a> = &'a mut dyn FnMut(&Answered) -> io::Result<()>;

impl Responder {
    /// Answers by these rules, the first that fits; what none fits is sent back with its MAC addresses swapped, if
    /// `reflects`. `own` is the interface's MAC address, `broadcasts` are those of its networks.
    pub fn new(rules: Vec<Rule>, reflects: bool, own: [u8; 6], broadcasts: Vec<Ipv4Addr>) -> Self {
        let account = Account { by_rule: vec![0; rules.len() + 1], ..Account::default() };
        Self { rules, reflects, own, broadcasts, account, ..Self::default() }
    }

    /// What the kernel may leave out.
    pub fn filter(&self) -> Option<Program> {
        if self.reflects {
            return None;
        }
        let any = Pattern::any(self.rules.iter().map(|rule| &rule.pattern))?;
        Some(filter::compile(&any, filter::WHOLE)).filter(|program| !program.keeps_all())
    }

    /// Answers until a limit or the stop flag ends it. `hear` is told of each answer.
    ///
    /// # Errors
    /// What `hear` returns. All else that goes wrong is in the end.
    pub fn run(
        &mut self,
        sender: &mut Sender,
        capture: &mut Capture,
        stop: &Stop,
        limits: Limits,
        mut hear: Option<Hear>,
        down: &mut dyn FnMut(&str),
    ) -> io::Result<End> {
        let deadline = limits.duration.and_then(|duration| Instant::now().checked_add(duration));
        let mut wait = Duration::ZERO;
        loop {
            let event = match capture.next(Some(wait), stop) {
                Ok(event) => event,
                Err(error) => return Ok(End::Failed(error.into())),
            };
            match event {
                Event::Frame(frame) => {
                    wait = Duration::ZERO;
                    match self.frame(&frame, sender, stop, hear.as_mut()) {
                        Ok(()) => {}
                        Err(Trouble::Output(error)) => return Err(error),
                        Err(Trouble::Link(error)) => return Ok(End::Failed(error.into())),
                    }
                    if limits.count.is_some_and(|count| self.account.answered() >= count) {
                        return Ok(flushed(sender, stop, End::Complete));
                    }
                }
                Event::Timeout => {
                    // Nothing more is there, so what is to be said is said before anything is waited for.
                    match sender.flush(stop) {
                        Ok(_) => {}
                        Err(Error::Down { name }) => down(&name),
                        Err(error) => return Ok(End::Failed(error.into())),
                    }
                    self.guard.sent();
                    // Whoever sends here may go first: what it sends is then answered in one batch.
                    std::thread::yield_now();
                    wait = deadline.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()).min(SLICE));
                    if wait.is_zero() && deadline.is_some() {
                        return Ok(End::TimeUp);
                    }
                }
                Event::Stopped => return Ok(flushed(sender, &Stop::new(), End::Interrupted)),
                Event::Down { name } => {
                    self.account.downs += 1;
                    down(&name);
                }
            }
            if deadline.is_some_and(|end| Instant::now() >= end) {
                return Ok(flushed(sender, stop, End::TimeUp));
            }
        }
    }

    /// What became of what came, so far.
    pub fn account(&self) -> Account {
        Account { held_back: self.guard.held_back, ..self.account.clone() }
    }

    fn frame(
        &mut self,
        frame: &Received,
        sender: &mut Sender,
        stop: &Stop,
        hear: Option<&mut Hear>,
    ) -> Result<(), Trouble> {
        self.account.seen += 1;
        // What this machine sends is not an echo to be answered, by whatever way it comes back.
        if frame.is_outgoing() || frame.data.get(6..12) == Some(&self.own[..]) {
            return Ok(());
        }
        if frame.data.len() < frame.original_len as usize {
            let what =
                || format!("a frame of {} bytes came, and only {} were kept", frame.original_len, frame.data.len());
            self.account.too_long.0 += 1;
            self.account.too_long.1.get_or_insert_with(what);
            return Ok(());
        }
        let listens = hear.is_some();
        if !self.rules.is_empty() || listens {
            dissect(frame.data, Begin::Ethernet, Fcs::IfRight, &mut self.nodes);
        }
        let question = View { bytes: frame.data, nodes: &self.nodes };
        let not_computed = frame.checksum == Checksum::NotReady;
        let matching = |rule: &Rule| rule.pattern.matches_received(question, not_computed);
        let rule = self.rules.iter().position(matching).unwrap_or(self.rules.len());
        if rule == self.rules.len() && !(self.reflects && is_from_one_to_one(frame.data)) {
            return Ok(());
        }
        if !self.guard.answers(frame.data) {
            return Ok(());
        }
        let answer = if let Some(rule) = self.rules.get_mut(rule) {
            let number = self.account.by_rule.iter().sum::<u64>();
            if let Err(errors) = rule.reply.build(question, &self.broadcasts, number.into()) {
                self.account.unbuilt.0 += 1;
                self.account.unbuilt.1.get_or_insert_with(|| errors.to_string());
                return Ok(());
            }
            rule.reply.view()
        } else {
            reflect(frame.data, &mut self.bytes);
            if listens {
                dissect(&self.bytes, Begin::Ethernet, Fcs::IfRight, &mut self.answer_nodes);
            }
            View { bytes: &self.bytes, nodes: &self.answer_nodes }
        };
        match sender.push(answer.bytes, stop) {
            Ok(_) => {}
            Err(SendError::Size(error)) => {
                self.account.too_long.0 += 1;
                self.account.too_long.1.get_or_insert_with(|| error.to_string());
                return Ok(());
            }
            Err(SendError::Link(error)) => return Err(Trouble::Link(error)),
        }
        self.account.by_rule[rule] += 1;
        match hear {
            Some(hear) => hear(&Answered { rule, question, received: frame, answer }).map_err(Trouble::Output),
            None => Ok(()),
        }
    }
}

enum Trouble {
    Output(io::Error),
    Link(Error),
}

fn flushed(sender: &mut Sender, stop: &Stop, end: End) -> End {
    match sender.flush(stop) {
        Ok(_) => end,
        Err(error) => End::Failed(Fault::Link(error)),
    }
}

/// A frame whose two addresses are single stations': swapped, one of a group would come from that group.
fn is_from_one_to_one(frame: &[u8]) -> bool {
    frame.len() >= 12 && frame[0] & 1 == 0 && frame[6] & 1 == 0
}

/// The frame with its MAC addresses swapped.
fn reflect(frame: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&frame[6..12]);
    out.extend_from_slice(&frame[..6]);
    out.extend_from_slice(&frame[12..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reflected_frame_has_its_addresses_swapped_and_the_rest_as_it_was() {
        let frame: Vec<u8> = (0..20).collect();
        let mut out = Vec::new();
        reflect(&frame, &mut out);
        assert_eq!(out, [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 18, 19]);
        assert!(is_from_one_to_one(&frame) && !is_from_one_to_one(&[1; 14]) && !is_from_one_to_one(&[0; 11]));
    }
}
