//! Everything a suite needs, opened: what is set up is set up, its interfaces listen, its frames are built and fit.

use super::model::{Case, Send, Setup, Suite};
use super::text::Text;
use super::verdict::Verdict;
use super::watch::Watch;
use crate::expr::{Diagnostic, Diagnostics};
use crate::frame::{Frames, Loader, Surroundings};
use crate::link::counters::Meter;
use crate::link::netns::{Namespace, Target};
use crate::link::rx::{self, Capture, Direction};
use crate::link::stop::Stop;
use crate::link::tx::{self, Sender};
use crate::link::{self, Interface, Kind, privileges};
use crate::traffic::{self, Item, Job, addresses};
use std::io;
use std::process::Command;

/// Why a suite cannot be run, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Mistakes that show only with the interfaces there, each with its place in the file.
    #[error("{0}")]
    Mistakes(Diagnostics),
    /// A script that failed.
    #[error("line {line}: the setup of {on} failed: {why}")]
    Setup {
        /// Its line in the file.
        line: usize,
        /// The host.
        on: String,
        /// Its exit status or signal, and what it printed.
        why: String,
    },
    /// An interface that cannot do it.
    #[error("{target}: {cause}")]
    Link {
        /// The interface.
        target: Target,
        /// Why.
        cause: link::Error,
    },
    /// Anything else.
    #[error("{what}: {cause}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the kernel answered.
        cause: io::Error,
    },
}

/// A suite that is ready to run.
pub struct Rig<'s> {
    pub(super) suite: &'s Suite,
    pub(super) load: Loader<'s>,
    pub(super) ports: Vec<Port>,
    /// What each case sends.
    pub(super) sends: Vec<Vec<Prepared>>,
    pub(super) watch: Watch,
}

/// An interface of the suite.
pub(super) struct Port {
    pub target: Target,
    pub surroundings: Surroundings,
}

/// Frames that are ready to go.
pub(super) struct Prepared {
    pub frames: Frames,
    pub sender: Sender,
    pub meter: Meter,
}

impl<'s> Rig<'s> {
    /// Sets up and opens everything, then gives up all privileges.
    ///
    /// # Errors
    /// The first thing that cannot be had; of the frames, all mistakes.
    pub fn open(suite: &'s Suite, load: Loader<'s>) -> Result<Self, Error> {
        for setup in suite.lab.iter().flat_map(|lab| &lab.setup) {
            run(setup)?;
        }
        let mut interfaces = Vec::new();
        for (target, place) in suite.interfaces() {
            let found = target.within(|| link::lookup(&target.interface)).and_then(|found| found);
            interfaces.push(found.map_err(|cause| match cause.kind() {
                Kind::Usage => {
                    let one = Diagnostic::new(crate::expr::ast::Span::new(place.start, place.end), cause.to_string());
                    Error::Mistakes(cause.help().map_or_else(|| one.clone(), |help| one.clone().help(help)).into())
                }
                _ => Error::Link { target: target.clone(), cause },
            })?);
        }
        let ports: Vec<Port> = suite
            .interfaces()
            .into_iter()
            .zip(&interfaces)
            .map(|((target, _), found)| Port {
                target: target.clone(),
                surroundings: addresses::surroundings(found, 0),
            })
            .collect();
        let mut rig = Opening { load, ports: &ports, interfaces: &interfaces, mistakes: Vec::new() };
        let frames: Vec<Vec<Option<Frames>>> =
            suite.cases.iter().map(|case| case.sends.iter().map(|send| rig.frames(send)).collect()).collect();
        if !rig.mistakes.is_empty() {
            return Err(Error::Mistakes(Diagnostics(rig.mistakes)));
        }
        let mut sends = Vec::new();
        for (case, frames) in suite.cases.iter().zip(frames) {
            sends.push(prepare(case, frames, &ports, &interfaces)?);
        }
        let options = rx::Options { block_timeout: 1, direction: Direction::In, ..rx::Options::default() };
        let captures = ports
            .iter()
            .zip(&interfaces)
            .map(|(port, interface)| in_place(&port.target, || Capture::open(interface, &options)))
            .collect::<Result<_, _>>()?;
        privileges::drop_all().map_err(|cause| Error::System { what: "give up the privileges", cause })?;
        let watch = Watch::start(captures).map_err(|cause| Error::System { what: "start a thread", cause })?;
        Ok(Self { suite, load, ports, sends, watch })
    }

    /// Runs every case and gives each verdict; false where the stop flag ended it.
    ///
    /// # Errors
    /// An interface that failed.
    pub fn run(&mut self, stop: &Stop, mut each: impl FnMut(&'s Case, Verdict)) -> Result<bool, Error> {
        let suite = self.suite;
        for (number, case) in suite.cases.iter().enumerate() {
            match self.case(number, case, stop)? {
                Some(verdict) => each(case, verdict),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(super) fn port(&self, target: &Target) -> usize {
        // Every interface that a case names is in the list.
        self.ports.iter().position(|port| port.target == *target).unwrap_or_default()
    }
}

struct Opening<'a> {
    load: Loader<'a>,
    ports: &'a [Port],
    interfaces: &'a [Interface],
    mistakes: Vec<Diagnostic>,
}

impl Opening<'_> {
    /// The frames with the addresses of the interface that sends them, each of which it can send.
    fn frames(&mut self, send: &Send) -> Option<Frames> {
        let at = self.ports.iter().position(|port| port.target == send.from)?;
        let interface = &self.interfaces[at];
        let frames = match Frames::parse(send.frame.as_str(), self.ports[at].surroundings, self.load) {
            Ok(frames) => frames,
            Err(mistakes) => {
                self.mistakes.extend(send.frame.in_file(mistakes).0);
                return None;
            }
        };
        if let Some(missing) = addresses::missing(&frames, interface) {
            self.mistakes.push(whole(&send.frame, missing.to_string()).help(missing.help()));
            return None;
        }
        let items = [Item { frames: &frames, delay: None }];
        let all = Job::new(traffic::Source::Sets(&items));
        let job = Job { count: send.count.or(all.count), ..all };
        match traffic::check(&job, interface, &tx::Options::default()) {
            Ok(_) => Some(frames),
            Err(traffic::Fault::Build { cause, .. }) => {
                self.mistakes.extend(send.frame.in_file(cause).0);
                None
            }
            Err(fault) => {
                self.mistakes.push(whole(&send.frame, fault.to_string()));
                None
            }
        }
    }
}

/// A mistake of a whole frame.
fn whole(text: &Text, message: String) -> Diagnostic {
    let one = Diagnostic::new(crate::expr::ast::Span::new(0, text.as_str().len()), message);
    text.in_file(one.into()).0.remove(0)
}

/// One sender for each thing that is sent, so that each has an account of its own.
fn prepare(
    case: &Case,
    frames: Vec<Option<Frames>>,
    ports: &[Port],
    interfaces: &[Interface],
) -> Result<Vec<Prepared>, Error> {
    let mut prepared = Vec::new();
    for (send, frames) in case.sends.iter().zip(frames) {
        let at = ports.iter().position(|port| port.target == send.from);
        let (Some(interface), Some(frames)) = (at.and_then(|at| interfaces.get(at)), frames) else { continue };
        let (sender, meter) = in_place(&send.from, || {
            let sender = Sender::open(interface, &tx::Options { engine: tx::Choice::Send, ..tx::Options::default() })?;
            let meter = Meter::open(interface).map_err(|error| link::Error::system("open its counters", error))?;
            Ok((sender, meter))
        })?;
        prepared.push(Prepared { frames, sender, meter });
    }
    Ok(prepared)
}

/// Does `work` in the namespace of an interface.
fn in_place<T: std::marker::Send>(
    target: &Target,
    work: impl FnOnce() -> Result<T, link::Error> + std::marker::Send,
) -> Result<T, Error> {
    target.within(work).and_then(|done| done).map_err(|cause| Error::Link { target: target.clone(), cause })
}

/// Runs a script on its host.
fn run(setup: &Setup) -> Result<(), Error> {
    let failed = |why: String| Error::Setup { line: setup.line, on: setup.on.clone(), why };
    let host = Namespace::Named(setup.on.clone());
    let output = host
        .within(|| Command::new("sh").args(["-e", "-c", &setup.run]).stdin(std::process::Stdio::null()).output())
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(format!("{}\n{}", output.status, said.trim_end())))
}
