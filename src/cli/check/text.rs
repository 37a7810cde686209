//! The result of a check for people.

use super::About;
use crate::frame::diff::{Side, diff, dissect_both};
use crate::frame::{Begin, Fcs, View, dissect};
use crate::proof::limits::span;
use crate::proof::{Damaged, Figure, Report, share};
use crate::report::colour::Style;
use crate::report::diff::{Pair, write_pair};
use crate::report::line::{Told, write_line};
use crate::report::{histogram, safe};
use crate::traffic::counts::frames;
use std::fmt::Write;

/// So many runs of frames are listed.
const LISTED: usize = 10;

/// The whole of it.
pub fn text(about: &About, report: &Report, coloured: bool) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = head(about, report, &mut out).and_then(|()| counts(about, report, coloured, &mut out));
    latency(report, coloured, &mut out);
    for sample in &report.found.samples {
        damaged(sample, coloured, &mut out);
    }
    let hidden = report.found.corrupted.saturating_sub(report.found.samples.len() as u64);
    if hidden > 0 {
        let _ = writeln!(out, "{} more arrived damaged", frames(hidden));
    }
    foreign(report, &mut out);
    if about.broken.is_empty() {
        let text = match about.args.expect {
            super::Expect::None => "ok: no frame arrived",
            super::Expect::All if report.lost == 0 && report.found.good == report.sent() => {
                "ok: every frame arrived once, in order, as expected"
            }
            super::Expect::All => "ok: within the limits",
        };
        let _ = writeln!(out, "{}", Style::GOOD.paint(coloured, text));
    }
    out
}

/// The sentences besides.
pub fn notes(report: &Report, out: &mut String) {
    for note in report.traffic.notes.iter().chain(&report.notes) {
        let _ = writeln!(out, "note: {}", safe::text(&note.text));
        if let Some(help) = &note.help {
            let _ = writeln!(out, "help: {}", safe::text(help));
        }
    }
}

fn head(about: &About, report: &Report, out: &mut String) -> std::fmt::Result {
    let args = about.args;
    write!(out, "{} -> {}: ", safe::text(&args.tx), safe::text(&args.rx))?;
    write!(out, "{} sent in {:.3} s", frames(report.sent()), report.traffic.elapsed.as_secs_f64())?;
    if let Some(rate) = report.traffic.rate() {
        write!(out, ", {rate:.1} a second")?;
    }
    match (about.stream, &about.untagged) {
        (Some(stream), _) => writeln!(out, "; told apart by flow tag (stream 0x{stream:04x})"),
        (None, Some(why)) => writeln!(out, "; told apart by content ({why})"),
        (None, None) => writeln!(out),
    }
}

fn counts(about: &About, report: &Report, coloured: bool, out: &mut String) -> std::fmt::Result {
    let (found, traffic) = (&report.found, &report.traffic.counts);
    let sent = report.sent();
    let mut row = |name: &str, number: u64, bad: bool, rest: &str| {
        let style = if bad { Style::BAD } else { Style::PLAIN };
        let text = format!("{name:<10} {number:>9}");
        let gap = if rest.is_empty() { "" } else { "  " };
        writeln!(out, "  {}{gap}{rest}", style.paint(coloured, text))
    };
    let mut rest = traffic.asked.map_or_else(String::new, |asked| format!("of {asked} asked for, "));
    rest.push_str("accepted by the kernel");
    if traffic.refused > 0 {
        write!(rest, ", {} refused", traffic.refused)?;
    }
    if let Some(counted) = traffic.interface {
        write!(rest, "; {} counted by {}", counted.tx_packets, safe::text(&about.args.tx))?;
    }
    row("sent", sent, false, &rest)?;
    let mut rest = String::from("as expected");
    if let Some(counted) = report.counted {
        write!(rest, "; {} counted by {}", counted.rx_packets, safe::text(&about.args.rx))?;
    }
    write!(rest, "; {} dropped by the capture", report.capture.dropped)?;
    let none = about.args.expect == super::Expect::None;
    row("received", found.good, none && found.good > 0, &rest)?;
    let part = |number: u64| format!("{:.4} %", share(number, sent) * 100.0);
    let listed = |number: u64, runs: &mut dyn Iterator<Item = (u64, u64)>| match number {
        0 => String::new(),
        _ => format!("{}: {}", part(number), runs_of(runs)),
    };
    row("lost", report.lost, !none && report.lost > 0, &listed(report.lost, &mut report.missing.iter().copied()))?;
    let mut twice = listed(found.duplicated, &mut found.twice.runs());
    if found.damaged_duplicates > 0 {
        write!(twice, "; {} of them damaged", found.damaged_duplicates)?;
    }
    row("duplicated", found.duplicated, found.duplicated > 0, &twice)?;
    let order = &found.order;
    let mut late = listed(order.reordered, &mut found.late.runs());
    if order.reordered > 0 {
        let least = if order.beyond { "at least " } else { "" };
        write!(
            late,
            "; extent {least}{} at most, {:.1} on average",
            order.extent,
            share(order.extents, order.reordered)
        )?;
    }
    row("reordered", order.reordered, order.reordered > 0, &late)?;
    row("corrupted", found.corrupted, found.corrupted > 0, &listed(found.corrupted, &mut found.damaged.runs()))?;
    let filtered = if report.filtered { "besides those that the kernel left out" } else { "" };
    row("foreign", found.foreign, false, if found.foreign > 0 { filtered } else { "" })
}

/// `3, 7..9, 12 and 5 more`
pub fn runs_of(mut runs: &mut dyn Iterator<Item = (u64, u64)>) -> String {
    let mut text = String::new();
    for (first, last) in (&mut runs).take(LISTED) {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = if first == last { write!(text, "{comma}{first}") } else { write!(text, "{comma}{first}..{last}") };
    }
    let more: u64 = runs.map(|(first, last)| last - first + 1).sum();
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

fn latency(report: &Report, coloured: bool, out: &mut String) {
    let found = &report.found;
    if found.latency.count() == 0 {
        return;
    }
    let figures = Figure::ALL.iter().filter_map(|(name, figure)| Some(format!("{name} {}", span(figure.of(report)?))));
    let _ = writeln!(out, "\n{} {}", Style::BOLD.paint(coloured, "latency"), figures.collect::<Vec<_>>().join(", "));
    histogram::write(&histogram::rows(found.latency.buckets(), 14), span, out);
    let _ = writeln!(out);
}

/// What is wrong with a frame, field by field.
fn damaged(sample: &Damaged, coloured: bool, out: &mut String) {
    let differences = differences(sample);
    let pair = Pair {
        numbers: (sample.number, sample.number),
        lengths: (sample.expected.len(), sample.received.len()),
        differences: &differences,
    };
    let _ = write!(out, "damaged ");
    write_pair(&pair, coloured, out);
}

/// The differences between a frame as it was to arrive and as it did.
pub fn differences(sample: &Damaged) -> Vec<crate::frame::diff::Difference> {
    let side = |bytes| Side { bytes, begin: Begin::Ethernet, fcs: Fcs::IfRight };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    dissect_both(side(&sample.expected), side(&sample.received), &mut left, &mut right);
    let view = |bytes, nodes| View { bytes, nodes };
    let mut found = diff(view(&sample.expected, &left), view(&sample.received, &right));
    found.retain(|difference| !difference.follows);
    found
}

fn foreign(report: &Report, out: &mut String) {
    let mut nodes = Vec::new();
    for frame in &report.found.strangers {
        dissect(frame, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        let mut text = String::new();
        write_line(View { bytes: frame, nodes: &nodes }, Told::default(), &mut text);
        let _ = writeln!(out, "foreign {text}");
    }
}
