//! What is said at the end of a run: the counts, and why they differ.

use super::{Failure, failure};
use crate::link::offload::Change;
use crate::traffic::counts::frames;
use crate::traffic::{Rate, Report, Spacing, Step, Unit};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

/// A run, to be summed up.
pub(super) struct Summary<'a> {
    /// The interface as it was written.
    pub interface: &'a str,
    /// How the frames were handed over.
    pub engine: &'static str,
    /// How the FCS travelled, where there was one.
    pub fcs: Option<&'static str>,
    /// How many threads handed them over.
    pub threads: usize,
    /// When they were to be sent.
    pub spacing: Spacing,
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
        match (self.report.rate(), self.asked().filter(|(_, unit)| *unit == Unit::Frames)) {
            (Some(rate), Some((asked, _))) => writeln!(text, ", {rate:.1} a second ({asked:.1} asked for)")?,
            (Some(rate), None) => writeln!(text, ", {rate:.1} a second")?,
            (None, _) => writeln!(text)?,
        }
        self.pace(text)
    }

    /// How well the times were kept.
    fn pace(&self, text: &mut String) -> std::fmt::Result {
        let late = &self.report.late;
        if late.count() < 2 {
            return Ok(());
        }
        write!(text, "pace: ")?;
        if let Some((asked, unit)) = self.asked()
            && let Some(layer) = layer(unit)
        {
            let reached = self.report.rate_in(unit).unwrap_or_default();
            write!(text, "{:.3} Mbit/s on layer {layer} ({:.3} asked for); ", reached / 1e6, asked / 1e6)?;
        }
        let microseconds = |nanoseconds: u64| {
            let time = Duration::from_nanos(nanoseconds).as_secs_f64() * 1e6;
            if time < 9.995 { format!("{time:.2}") } else { format!("{time:.1}") }
        };
        let [half, most, worst] = [late.quantile(50_000), late.quantile(99_000), late.max()].map(microseconds);
        writeln!(text, "half of the frames at most {half} us late, 99 % at most {most} us, the worst {worst} us")
    }

    /// What was asked for in a second, where that is one number.
    // Rates are below 10^15.
    #[allow(clippy::cast_precision_loss)]
    fn asked(&self) -> Option<(f64, Unit)> {
        let per_second = |frames: u64, nanoseconds: f64| Some((frames as f64 * 1e9 / nanoseconds, Unit::Frames));
        match self.spacing {
            Spacing::Even(step) if step.period > 0 => {
                Some((step.rate.amount as f64 * 1e9 / step.period as f64, step.rate.unit))
            }
            Spacing::Bursts { frames, gap, step: None } if gap > 0 => per_second(frames, gap as f64),
            Spacing::Bursts { frames, gap, step: Some(Step { period, rate: Rate { amount, unit: Unit::Frames } }) } => {
                let inside = (frames - 1) as f64 * period as f64 / amount as f64;
                per_second(frames, inside + gap as f64)
            }
            _ => None,
        }
    }

    /// For machines: one object on standard output.
    pub fn print_json(&self) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let object = self.json();
        writeln!(out, "{object}")?;
        if !object["error"].is_null() {
            failure::as_object(false);
        }
        Ok(out.flush()?)
    }

    fn json(&self) -> Value {
        let (counts, late) = (&self.report.counts, &self.report.late);
        json!({
            "interface": self.interface,
            "engine": self.engine,
            "threads": self.threads,
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
            "rate_asked": self.asked().filter(|(_, unit)| *unit == Unit::Frames).map(|(asked, _)| asked),
            "bit_rate": self.report.rate_in(Unit::Layer1Bits).zip(self.report.rate_in(Unit::Layer2Bits))
                .map(|(layer1, layer2)| json!({ "layer1": layer1, "layer2": layer2 })),
            "bit_rate_asked": self.asked().and_then(|(asked, unit)| Some(json!({ "layer": layer(unit)?, "rate": asked }))),
            "late": (late.count() > 0).then(|| json!({
                "p50": late.quantile(50_000), "p99": late.quantile(99_000), "max": late.max(),
            })),
            "end": self.report.end.word(),
            "offload_off": self.off.iter().map(|change| &change.name).collect::<Vec<_>>(),
            "notes": self.report.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
            "error": self.report.end.fault().map(ToString::to_string),
        })
    }
}

/// The layer that bits are counted on.
fn layer(unit: Unit) -> Option<u8> {
    match unit {
        Unit::Frames => None,
        Unit::Layer2Bits => Some(2),
        Unit::Layer1Bits => Some(1),
    }
}
