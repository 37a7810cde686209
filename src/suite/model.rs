//! What a suite is: the network that it needs, and its cases.

use super::text::Text;
use crate::lab::Plan;
use crate::link::netns::Target;
use std::ops::Range;
use std::time::Duration;

/// A place in the file, in bytes.
pub type Place = Range<usize>;

/// A suite of cases.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The private network that it runs in; none where its interfaces are there already.
    pub lab: Option<Lab>,
    /// Frames that count nowhere: a pattern of what the network says by itself.
    pub ignore: Option<Text>,
    /// The cases in their order, at least one.
    pub cases: Vec<Case>,
}

/// A private network.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its hosts and cables.
    pub plan: Plan,
    /// What is run in it before the first case.
    pub setup: Vec<Setup>,
}

/// A shell script on a host.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The host.
    pub on: String,
    /// The script, for `sh -e`.
    pub run: String,
    /// The line of the file that it begins in.
    pub line: usize,
}

/// One case: it passes if everything that is expected comes, and nothing that is not.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The line of the file that it begins in.
    pub line: usize,
    /// What is sent, one after the other.
    pub sends: Vec<Send>,
    /// What must come.
    pub expects: Vec<Expect>,
    /// Where nothing may come.
    pub nothing: Silent,
    /// How long what is expected may take, from the last frame sent.
    pub within: Duration,
    /// How long it is watched that nothing else comes, from the moment when everything expected was there.
    pub quiet: Duration,
}

/// Frames to be sent.
#[derive(Clone, Debug)]
pub struct Send {
    /// The interface.
    pub from: Target,
    /// Where that stands in the file.
    pub place: Place,
    /// The expression.
    pub frame: Text,
    /// How many; the whole set once where that is not said.
    pub count: Option<u64>,
    /// The time from one frame to the next.
    pub interval: Option<Duration>,
}

/// Frames that must come.
#[derive(Clone, Debug)]
pub struct Expect {
    /// The interface where they arrive.
    pub at: Target,
    /// Where that stands in the file.
    pub place: Place,
    /// The pattern.
    pub frame: Text,
    /// How many.
    pub count: Count,
}

/// How many frames: at least, and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// At least so many.
    pub least: u64,
    /// At most so many.
    pub most: u64,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self { least, most } if least == most => write!(f, "{least}"),
            Self { least, most: u64::MAX } => write!(f, "at least {least}"),
            Self { least: 0, most } => write!(f, "at most {most}"),
            Self { least, most } => write!(f, "{least} to {most}"),
        }
    }
}

/// Where nothing may come besides what is expected.
#[derive(Clone, Debug)]
pub enum Silent {
    /// At these interfaces, perhaps none.
    At(Vec<Watched>),
    /// At every interface of the suite where the case neither sends nor expects anything.
    Elsewhere,
}

/// An interface where nothing may come.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The interface.
    pub at: Target,
    /// Where that stands in the file.
    pub place: Place,
    /// Nothing of this pattern; nothing at all without one.
    pub frame: Option<Text>,
}

impl Suite {
    /// Every interface that the suite names, each once, in order of mention, with its first place.
    pub fn interfaces(&self) -> Vec<(&Target, &Place)> {
        let mut found: Vec<(&Target, &Place)> = Vec::new();
        for (target, place) in self.cases.iter().flat_map(Case::mentions) {
            if !found.iter().any(|(known, _)| *known == target) {
                found.push((target, place));
            }
        }
        found
    }
}

impl Case {
    /// The interfaces that it names, and where.
    pub(super) fn mentions(&self) -> impl Iterator<Item = (&Target, &Place)> {
        let silent = match &self.nothing {
            Silent::At(list) => list.as_slice(),
            Silent::Elsewhere => &[],
        };
        let sends = self.sends.iter().map(|send| (&send.from, &send.place));
        let expects = self.expects.iter().map(|expect| (&expect.at, &expect.place));
        sends.chain(expects).chain(silent.iter().map(|watched| (&watched.at, &watched.place)))
    }
}
