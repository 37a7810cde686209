//! A chain as steps from layer to layer, and how far a frame has come in it.

use super::super::pattern::names_next;
use super::super::spec::{Layer, Part, Setting};
use super::reach::before;
use crate::proto::table::{Protocol, Role};

/// The layers of a chain up to the first part that the program cannot look for.
#[derive(Debug)]
pub struct Steps<'p> {
    /// Tests of the frame as a whole.
    pub frame: &'p [Setting],
    /// Layers directly behind each other; between these runs are gaps. None of them is empty.
    pub runs: Vec<Vec<&'p Layer>>,
    /// The first run begins with the frame.
    pub pinned: bool,
    /// There is nothing in the chain but these.
    pub whole: bool,
    /// Of each run the protocols that can come before its first layer, and that one.
    before: Vec<Vec<&'static Protocol>>,
}

impl<'p> Steps<'p> {
    /// The steps of a chain.
    pub fn of(segments: &'p [Vec<Part>], pinned: bool) -> Self {
        let mut steps = Self { frame: &[], runs: Vec::new(), pinned: false, whole: true, before: Vec::new() };
        for (i, segment) in segments.iter().enumerate() {
            let mut parts = segment.as_slice();
            if let (0, true, [Part::Layer(frame), rest @ ..]) = (i, pinned, parts) {
                steps.frame = &frame.settings;
                steps.pinned = !rest.is_empty();
                parts = rest;
            }
            let mut run = Vec::new();
            for part in parts {
                match part {
                    Part::Layer(layer) if matches!(layer.proto.role, Role::Header | Role::Link) => run.push(layer),
                    _ => steps.whole = false,
                }
                if !steps.whole {
                    break;
                }
            }
            if let Some(first) = run.first() {
                steps.before.push(before(first.proto));
                steps.runs.push(run);
            }
            if !steps.whole {
                break;
            }
        }
        steps
    }

    /// Where a frame is before its first layer.
    pub fn begin(&self) -> Set {
        if self.pinned { Set { gap: None, at: vec![(0, 0)] } } else { Set { gap: Some(0), at: Vec::new() } }
    }

    /// The layer that is wanted at a step.
    pub fn layer(&self, (run, step): (usize, usize)) -> Option<&'p Layer> {
        self.runs.get(run)?.get(step).copied()
    }

    /// The steps of a set that a layer of this protocol can be.
    pub fn candidates(&self, set: &Set, proto: &'static Protocol) -> Vec<(usize, usize)> {
        let all = set.gap.map(|run| (run, 0)).into_iter().chain(set.at.iter().copied());
        all.filter(|step| self.layer(*step).is_some_and(|l| *l.proto == *proto)).collect()
    }

    /// Whether a frame that is so far can come to the end with a layer of this protocol next.
    pub fn useful(&self, set: &Set, proto: &'static Protocol) -> bool {
        !self.candidates(set, proto).is_empty()
            || set.gap.and_then(|run| self.before.get(run)).is_some_and(|before| before.contains(&proto))
    }

    /// How far a frame has come that has made a step.
    pub fn advance(&self, (run, step): (usize, usize), mode: super::Mode) -> Advance {
        let more = self.runs.get(run).is_some_and(|r| step + 1 < r.len());
        match self.layer((run, step)) {
            // The pattern itself says what comes next, whatever the frame's own tables make of it.
            Some(layer) if more && names_next(layer) && mode == super::Mode::Over => Advance::End,
            _ if more => Advance::Next(run, step + 1),
            _ if run + 1 < self.runs.len() => Advance::Gap(run + 1),
            _ => Advance::End,
        }
    }
}

/// What a step leads to.
#[derive(Clone, Copy, Debug)]
pub enum Advance {
    /// Directly behind it the next one.
    Next(usize, usize),
    /// Anywhere behind it the next run.
    Gap(usize),
    /// Nothing more is wanted.
    End,
}

/// How far a frame has come: all the steps that its next layer can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Set {
    /// The run that may begin anywhere from here on.
    pub gap: Option<usize>,
    /// Steps that must come directly here.
    pub at: Vec<(usize, usize)>,
}

impl Set {
    /// The same with another step. A later run that may begin anywhere needs nothing of the earlier ones.
    pub fn with(&self, advance: Advance) -> Self {
        let mut set = self.clone();
        match advance {
            Advance::Next(run, step) => set.at.push((run, step)),
            Advance::Gap(run) => set.gap = set.gap.max(Some(run)),
            Advance::End => {}
        }
        set.at.retain(|(run, _)| set.gap.is_none_or(|gap| *run >= gap));
        set
    }
}
