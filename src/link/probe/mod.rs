//! What an interface can do: each ability is tried, not merely asked for.
//!
//! A probe is one function that gives a [`Finding`]. What they share, the sockets and the probe frames, is the
//! [`bench`]. Every probe leaves the interface as it was. Start reading at [`examine`].

mod bench;
mod checksum;
mod features;
mod frame;
mod receive;
mod send;
mod size;
mod spell;
mod state;
mod time;
mod xdp;

use super::netns::Target;
use super::stop::Stop;
use super::{Error, Interface};
use bench::Bench;
use std::time::Duration;

/// What may be done to find out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Send nothing and set nothing.
    pub passive: bool,
    /// Also try settings that make a device begin anew, which takes its link away for some seconds.
    pub reset: bool,
}

/// What was found out about an interface.
#[derive(Debug)]
pub struct Report {
    /// One for each ability, in the order in which they are best read.
    pub findings: Vec<Finding>,
    /// Frames given to the interface.
    pub sent: u64,
    /// A packet socket could be opened: without one, most was asked for and not tried.
    pub could_look: bool,
}

/// An answer about one ability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The ability, in a few words.
    pub name: &'static str,
    /// Whether it is there.
    pub answer: Answer,
    /// What was found, in a sentence.
    pub detail: String,
    /// What to do about it.
    pub advice: Option<String>,
    /// Figures, by name.
    pub facts: Vec<(&'static str, Fact)>,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is.
    Yes,
    /// It is, but there is something to know about it.
    Catch,
    /// It is not.
    No,
    /// It was not tried; the detail says why.
    Untried,
}

/// One figure of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// How many, or how long.
    Number(u64),
    /// Whether.
    Truth(bool),
    /// A name.
    Text(String),
}

impl From<u64> for Fact {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Fact {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl Finding {
    fn new(name: &'static str, answer: Answer, detail: impl Into<String>) -> Self {
        Self { name, answer, detail: detail.into(), advice: None, facts: Vec::new() }
    }

    fn yes(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Answer::Yes, detail)
    }

    fn catch(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Answer::Catch, detail)
    }

    fn no(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Answer::No, detail)
    }

    fn untried(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Answer::Untried, detail)
    }

    fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    fn fact(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.facts.push((name, fact.into()));
        self
    }

    /// An error in place of an answer, with its own remedy.
    fn failed(name: &'static str, error: &Error) -> Self {
        let finding = match error {
            // The line on privileges has the remedy, the one on the carrier the other.
            Error::NotPermitted { .. } => return Self::untried(name, "it needs CAP_NET_RAW, see privileges"),
            Error::Down { .. } => return Self::untried(name, "the interface is down, see carrier"),
            error => Self::no(name, error.to_string()),
        };
        Self { advice: error.help(), ..finding }
    }
}

/// The frame in the commands of an advice: of the ethertype that no stack takes for its own.
const EXAMPLE: &str = "eth type=0x88b5 / \"hello\"";

/// Longer than an adapter takes to find its link again after it began anew.
const LINK: Duration = Duration::from_secs(20);

/// Tries everything on an interface of the calling thread's network namespace; advice names it as `target` is written.
///
/// # Errors
/// A usage error for an interface whose frames have no Ethernet header, and where the interface is gone.
pub fn examine(interface: &Interface, target: &Target, options: Options, stop: &Stop) -> Result<Report, Error> {
    interface.require_ethernet()?;
    let mut bench = Bench::open(interface, target, options, stop)?;
    let probes: [fn(&mut Bench) -> Vec<Finding>; 13] = [
        |bench| vec![state::privileges(bench)],
        |bench| vec![state::carrier(bench)],
        |bench| vec![send::raw(bench)],
        |bench| vec![size::largest(bench)],
        |bench| vec![receive::capture(bench), receive::rings(bench)],
        |bench| vec![send::bypass(bench)],
        |bench| vec![send::own_fcs(bench)],
        |bench| vec![send::vnet_header(bench)],
        |bench| vec![xdp::send(bench)],
        |bench| vec![time::software(bench), time::hardware(bench)],
        |bench| vec![checksum::of_the_kernel(bench)],
        |bench| vec![features::vlan(bench)],
        // Last, for it may take the link away.
        features::received_as_is,
    ];
    let mut findings = Vec::new();
    for probe in probes {
        if stop.requested() {
            break;
        }
        findings.extend(probe(&mut bench));
    }
    // An interface that went away meanwhile answers every question with no.
    bench.still_there()?;
    Ok(Report { findings, sent: bench.sent, could_look: bench.can_watch() })
}
