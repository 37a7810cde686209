//! Running one case: send, then watch until everything expected is there and nothing else comes, or the time is up.

use super::model::{Case, Expect, Silent};
use super::rig::{Error, Rig};
use super::verdict::{Nearest, Problem, Verdict};
use super::watch::{self, Seen};
use crate::expr::Diagnostics;
use crate::frame::near::{Tests, weight};
use crate::frame::{Begin, Fcs, Node, Pattern, View, dissect};
use crate::link::stop::Stop;
use crate::report::line::{Told, write_line};
use crate::traffic::{self, Item, Job, Spacing};
use std::time::{Duration, Instant};

/// How many frames are kept to look for the nearest one among them, at each interface.
const KEPT: usize = 1000;
/// How long is waited for a frame before the clock is looked at again.
const LULL: Duration = Duration::from_millis(5);

/// How many frames are shown that should not have come.
const SHOWN: usize = 3;

/// What has come so far.
struct Tally<'s> {
    wanted: Vec<Wanted<'s>>,
    silent: Vec<Quiet>,
    ignore: Option<Pattern>,
    /// Frames that nothing was expected of, for each interface: how many, and the first.
    others: Vec<(u64, Vec<Seen>)>,
    /// Since when everything expected is there.
    met: Option<Instant>,
    nodes: Vec<Node>,
}

struct Wanted<'s> {
    expect: &'s Expect,
    port: usize,
    pattern: Pattern,
    came: u64,
}

/// An interface where nothing may come.
struct Quiet {
    port: usize,
    /// Nothing of this; nothing at all without it.
    pattern: Option<(String, Pattern)>,
    came: u64,
    first: Vec<String>,
}

impl Rig<'_> {
    /// Runs a case; none where the stop flag ended it.
    pub(super) fn case(&mut self, number: usize, case: &Case, stop: &Stop) -> Result<Option<Verdict>, Error> {
        let mut tally = self.tally(case)?;
        let dropped: Vec<u64> = (0..self.ports.len()).map(|port| self.watch.dropped(port)).collect();
        let (start, began) = (watch::now(), Instant::now());
        let mut problems = self.send(number, case, stop);
        let sent = Instant::now();
        loop {
            if stop.requested() {
                return Ok(None);
            }
            // Asked before what is there is read: then all that came until then is read below.
            let caught_up = self.watch.caught_up();
            while let Some(seen) = self.next(Duration::ZERO)? {
                tally.take(seen, start);
            }
            let end = match tally.met() {
                Some(met) => met.max(sent) + case.quiet,
                None => sent + case.within,
            };
            if caught_up >= end {
                break;
            }
            if let Some(seen) = self.next(LULL)? {
                tally.take(seen, start);
            }
        }
        problems.extend(tally.problems(self));
        for (port, before) in dropped.into_iter().enumerate() {
            let frames = self.watch.dropped(port) - before;
            if frames > 0 {
                problems.push(Problem::Dropped { at: self.name(port), frames });
            }
        }
        Ok(Some(Verdict { problems, elapsed: began.elapsed() }))
    }

    fn next(&self, timeout: Duration) -> Result<Option<Seen>, Error> {
        let ended = |(port, cause): (usize, _)| Error::Link { target: self.ports[port].target.clone(), cause };
        self.watch.next(timeout).map_err(ended)
    }

    fn name(&self, port: usize) -> String {
        self.ports[port].target.to_string()
    }

    fn tally<'s>(&self, case: &'s Case) -> Result<Tally<'s>, Error> {
        let compile = |text: &super::Text, port: usize| {
            let surroundings = self.ports[port].surroundings;
            let wrong = |mistakes: Diagnostics| Error::Mistakes(text.in_file(mistakes));
            Pattern::parse(text.as_str(), surroundings, self.load).map_err(wrong)
        };
        let mut wanted = Vec::new();
        for expect in &case.expects {
            let port = self.port(&expect.at);
            wanted.push(Wanted { expect, port, pattern: compile(&expect.frame, port)?, came: 0 });
        }
        let mut silent = Vec::new();
        let mut quiet = |port, pattern| silent.push(Quiet { port, pattern, came: 0, first: Vec::new() });
        match &case.nothing {
            Silent::Elsewhere => {
                let involved = |port: &usize| {
                    let target = &self.ports[*port].target;
                    case.expects.iter().any(|e| e.at == *target) || case.sends.iter().any(|s| s.from == *target)
                };
                (0..self.ports.len()).filter(|port| !involved(port)).for_each(|port| quiet(port, None));
            }
            Silent::At(list) => {
                for watched in list {
                    let port = self.port(&watched.at);
                    let pattern = match &watched.frame {
                        Some(text) => Some((text.as_str().to_owned(), compile(text, port)?)),
                        None => None,
                    };
                    quiet(port, pattern);
                }
            }
        }
        let ignore = self.suite.ignore.as_ref().map(|text| compile(text, 0)).transpose()?;
        let others = self.ports.iter().map(|_| (0, Vec::new())).collect();
        Ok(Tally { wanted, silent, ignore, others, met: None, nodes: Vec::new() })
    }

    /// Sends all that the case sends, and tells what could not be sent.
    fn send(&mut self, number: usize, case: &Case, stop: &Stop) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (send, prepared) in case.sends.iter().zip(&mut self.sends[number]) {
            let items = [Item { frames: &prepared.frames, delay: None }];
            let spacing = send.interval.map_or(Spacing::LISTED, |interval| {
                Spacing::every(u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX))
            });
            let all = Job::new(traffic::Source::Sets(&items));
            let job = Job { count: send.count.or(all.count), spacing, ..all };
            let sender = std::slice::from_mut(&mut prepared.sender);
            let report = traffic::send(&job, sender, &prepared.meter, stop, &traffic::Live::new(1));
            let why = match &report.end {
                traffic::End::Failed(fault) => Some(fault.to_string()),
                _ if report.counts.refused > 0 || report.counts.unsent() > 0 => {
                    Some(report.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("; "))
                }
                _ => None,
            };
            problems.extend(why.map(|why| Problem::NotSent { from: send.from.to_string(), why }));
        }
        problems
    }
}

impl Tally<'_> {
    /// Counts a frame, unless it came before `start`.
    fn take(&mut self, seen: Seen, start: Duration) {
        if Duration::from_nanos(seen.time) < start {
            return;
        }
        dissect(&seen.bytes, Begin::Ethernet, Fcs::IfRight, &mut self.nodes);
        let view = View { bytes: &seen.bytes, nodes: &self.nodes };
        let holds = |pattern: &Pattern| pattern.matches_received(view, seen.not_computed);
        let mut expected = false;
        for wanted in self.wanted.iter_mut().filter(|wanted| wanted.port == seen.port) {
            if holds(&wanted.pattern) {
                wanted.came += 1;
                expected = true;
            }
        }
        if expected || self.ignore.as_ref().is_some_and(holds) {
            return;
        }
        for quiet in self.silent.iter_mut().filter(|quiet| quiet.port == seen.port) {
            if quiet.pattern.as_ref().is_none_or(|(_, pattern)| holds(pattern)) {
                quiet.came += 1;
                if quiet.first.len() < SHOWN {
                    quiet.first.push(line(view, seen.not_computed));
                }
            }
        }
        let (count, kept) = &mut self.others[seen.port];
        *count += 1;
        if kept.len() < KEPT {
            kept.push(seen);
        }
    }

    /// Since when everything expected is there.
    fn met(&mut self) -> Option<Instant> {
        if self.met.is_none() && self.wanted.iter().all(|wanted| wanted.came >= wanted.expect.count.least) {
            self.met = Some(Instant::now());
        }
        self.met
    }

    fn problems(mut self, rig: &Rig) -> Vec<Problem> {
        let mut problems = Vec::new();
        for wanted in std::mem::take(&mut self.wanted) {
            let Expect { count, frame, .. } = wanted.expect;
            if (count.least..=count.most).contains(&wanted.came) {
                continue;
            }
            problems.push(Problem::Number {
                at: rig.name(wanted.port),
                frame: frame.as_str().to_owned(),
                expected: *count,
                came: wanted.came,
                others: self.others[wanted.port].0,
                nearest: self.nearest(rig, &wanted),
            });
        }
        for quiet in self.silent.into_iter().filter(|quiet| quiet.came > 0) {
            let frame = quiet.pattern.map(|(text, _)| text);
            problems.push(Problem::Intruders { at: rig.name(quiet.port), frame, came: quiet.came, first: quiet.first });
        }
        problems
    }

    fn nearest(&mut self, rig: &Rig, wanted: &Wanted) -> Option<Nearest> {
        let surroundings = rig.ports[wanted.port].surroundings;
        let tests = Tests::parse(wanted.expect.frame.as_str(), surroundings, rig.load)?;
        let mut nearest: Option<(usize, Nearest)> = None;
        for seen in &self.others[wanted.port].1 {
            dissect(&seen.bytes, Begin::Ethernet, Fcs::IfRight, &mut self.nodes);
            let view = View { bytes: &seen.bytes, nodes: &self.nodes };
            let misses = tests.misses(view, seen.not_computed);
            let distance = weight(&misses);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                nearest = Some((distance, Nearest { line: line(view, seen.not_computed), misses }));
            }
        }
        nearest.map(|(_, nearest)| nearest)
    }
}

fn line(view: View, not_computed: bool) -> String {
    let mut text = String::new();
    write_line(view, Told { not_computed }, &mut text);
    text
}
