//! What is said at the end of a run: the counts, and why they differ.

use super::Failure;
use crate::link::offload::Change;
use crate::traffic::counts::frames;
use crate::traffic::{End, Report};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

/// A run, to be summed up.
pub(super) struct Summary<'a> {
    /// The interface as it was written.
    pub interface: &'a str,
    /// How the frames were handed over.
    pub engine: &'static str,
    /// How the FCS travelled, where there was one.
    pub fcs: Option<&'static str>,
    /// Frames a second that were asked for.
    pub rate_asked: Option<f64>,
    /// What became of it.
    pub report: &'a Report,
    /// What was switched off meanwhile.
    pub off: &'a [Change],
}

impl Summary<'_> {
    /// For people, on standard error.
    pub fn print(&self) {
        let mut text = String::new();
        let features: Vec<&str> = self.off.iter().map(|change| change.name.as_str()).collect();
        if !features.is_empty() {
            let _ = writeln!(text, "{}: off during the run: {}", self.interface, features.join(", "));
        }
        // Writing to a String does not fail.
        let _ = self.counts(&mut text);
        for note in &self.report.notes {
            let _ = writeln!(text, "note: {}", note.text);
            if let Some(help) = &note.help {
                let _ = writeln!(text, "help: {help}");
            }
        }
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    fn counts(&self, text: &mut String) -> std::fmt::Result {
        let counts = &self.report.counts;
        write!(text, "{}: ", self.interface)?;
        match counts.asked {
            Some(asked) => write!(text, "{} asked for, {} accepted by the kernel", frames(asked), counts.accepted)?,
            None => write!(text, "{} accepted by the kernel", frames(counts.accepted))?,
        }
        if counts.refused > 0 {
            write!(text, ", {} refused", counts.refused)?;
        }
        match &counts.interface {
            Some(counted) => write!(text, ", {} counted by the interface", counted.tx_packets)?,
            None => write!(text, ", the interface's count is unknown")?,
        }
        write!(text, "; {} bytes in {:.6} s", counts.accepted_bytes, self.report.elapsed.as_secs_f64())?;
        match (self.report.rate(), self.rate_asked) {
            (Some(rate), Some(asked)) => writeln!(text, ", {rate:.1} a second ({asked:.1} asked for)"),
            (Some(rate), None) => writeln!(text, ", {rate:.1} a second"),
            (None, _) => writeln!(text),
        }
    }

    /// For machines: one object on standard output.
    pub fn print_json(&self) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", self.json())?;
        Ok(out.flush()?)
    }

    fn json(&self) -> Value {
        let counts = &self.report.counts;
        let (end, error) = match &self.report.end {
            End::Complete => ("complete", None),
            End::Interrupted => ("interrupted", None),
            End::TimeUp => ("time", None),
            End::Failed(fault) => ("failed", Some(fault.to_string())),
        };
        json!({
            "interface": self.interface,
            "engine": self.engine,
            "fcs": self.fcs,
            "asked": counts.asked,
            "accepted": counts.accepted,
            "accepted_bytes": counts.accepted_bytes,
            "refused": counts.refused,
            "unsent": counts.unsent(),
            "counted": counts.interface.map(|counted| json!({
                "tx_packets": counted.tx_packets, "tx_bytes": counted.tx_bytes,
                "tx_dropped": counted.tx_dropped, "tx_errors": counted.tx_errors,
            })),
            "seen": counts.seen,
            "seconds": self.report.elapsed.as_secs_f64(),
            "rate": self.report.rate(),
            "rate_asked": self.rate_asked,
            "end": end,
            "offload_off": self.off.iter().map(|change| &change.name).collect::<Vec<_>>(),
            "notes": self.report.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
            "error": error,
        })
    }
}
