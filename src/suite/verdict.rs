//! What became of a case, and why in sentences.

use super::model::Count;
use crate::frame::near::Miss;
use crate::report::safe;
use std::time::Duration;

/// What became of a case.
#[derive(Debug)]
pub struct Verdict {
    /// Why it failed; nothing where it passed.
    pub problems: Vec<Problem>,
    /// How long it took.
    pub elapsed: Duration,
}

/// One reason why a case failed.
#[derive(Debug)]
pub enum Problem {
    /// Frames could not be sent.
    NotSent {
        /// The interface.
        from: String,
        /// Why.
        why: String,
    },
    /// Another number of frames came than was expected.
    Number {
        /// The interface.
        at: String,
        /// The pattern.
        frame: String,
        /// How many should have come.
        expected: Count,
        /// How many came.
        came: u64,
        /// How many others came there meanwhile.
        others: u64,
        /// The one of them that is nearest.
        nearest: Option<Nearest>,
    },
    /// Frames came where nothing may come.
    Intruders {
        /// The interface.
        at: String,
        /// What may not come; everything where nothing is said.
        frame: Option<String>,
        /// How many came.
        came: u64,
        /// The first of them, a line each.
        first: Vec<String>,
    },
    /// The capture lost frames, so that nothing is known for sure.
    Dropped {
        /// The interface.
        at: String,
        /// How many.
        frames: u64,
    },
}

/// The frame that came nearest to what was expected.
#[derive(Debug)]
pub struct Nearest {
    /// The frame in one line.
    pub line: String,
    /// The tests that it fails; none where each part is there, but not in this order or place.
    pub misses: Vec<Miss>,
}

impl Verdict {
    /// The case passed.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Problem {
    /// What went wrong, a sentence and the lines below it, safe for a terminal.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.raw_lines();
        for line in &mut lines {
            *line = safe::text(line).into_owned();
        }
        lines
    }

    fn raw_lines(&self) -> Vec<String> {
        match self {
            Self::NotSent { from, why } => vec![format!("{from} could not send: {why}")],
            Self::Number { at, frame, expected, came, others, nearest } => {
                let mut lines = vec![format!("{at}: {came} came, and {expected} was expected: {}", one_line(frame))];
                match nearest {
                    _ if *came >= expected.least => {}
                    None => lines.push("nothing else came there either".into()),
                    Some(nearest) => {
                        lines.push(format!("nearest of {others} that came there: {}", nearest.line));
                        lines.extend(nearest.differences().into_iter().map(|line| format!("  {line}")));
                    }
                }
                lines
            }
            Self::Intruders { at, frame, came, first } => {
                let what = frame.as_ref().map_or_else(String::new, |frame| format!(" of {}", one_line(frame)));
                let mut lines = vec![format!("{at}: {came} came, and nothing{what} may come there")];
                lines.extend(first.iter().map(|line| format!("  {line}")));
                let rest = came.saturating_sub(first.len() as u64);
                if rest > 0 {
                    lines.push(format!("  and {rest} more"));
                }
                lines
            }
            Self::Dropped { at, frames } => {
                vec![format!("{at}: the capture lost {frames} frames, so nothing is known for sure; send slower")]
            }
        }
    }
}

impl Nearest {
    /// What differs, a line each.
    pub fn differences(&self) -> Vec<String> {
        if self.misses.is_empty() {
            return vec!["each part is there, but not in this order or place".into()];
        }
        let line = |miss: &Miss| match &miss.found {
            Some(found) => format!("expected {}, here {found}", miss.test),
            None => format!("expected {}, not here", miss.test),
        };
        self.misses.iter().map(line).collect()
    }
}

/// A frame that is written over several lines.
fn one_line(frame: &str) -> String {
    frame.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
