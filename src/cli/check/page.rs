//! The result of a check as one page with plots.

use super::search::Row;
use super::{About, Args, Expect, loss, text};
use crate::proof::limits::span;
use crate::proof::{Report, share};
use crate::report::plot::{Axes, Series, bars, escape, lines, page, steps};
use crate::report::{histogram, safe};

/// So many bars are drawn of the distribution.
const BARS: usize = 40;
/// The axis of time.
const WHEN: &str = "seconds since the start, by send time";

/// A check.
pub fn check(about: &About, report: &Report) -> String {
    let mut parts = Vec::new();
    let verdict = match about.broken.as_slice() {
        [] => "<p class=\"ok\">Within the limits.</p>".to_owned(),
        broken => broken.iter().fold(String::new(), |all, text| all + "<p class=\"broken\">" + &escape(text) + "</p>"),
    };
    parts.push(verdict);
    parts.push(frame_text(about.args));
    parts.push(format!("<pre>{}</pre>", preformatted(&text::text(about, report, false))));
    let mut notes = String::new();
    text::notes(report, &mut notes);
    if !notes.is_empty() {
        parts.push(format!("<pre>{}</pre>", preformatted(&notes)));
    }
    let found = &report.found;
    if found.latency.count() > 0 {
        let rows = histogram::rows(found.latency.buckets(), BARS);
        let drawn: Vec<_> = rows
            .iter()
            .map(|row| {
                let title = format!("{} to {}: {} frames", span(row.from), span(row.to), row.count);
                (span(row.from), share(row.count, 1), title)
            })
            .collect();
        let axes = Axes { x: "latency, from", y: "frames", label: &whole };
        parts.push(section("Distribution of the latency", &bars(&drawn, &axes)));
    }
    let timeline = &found.timeline;
    let width = share(timeline.width(), 1_000_000_000);
    let time = |at: usize| share(at as u64, 1) * width;
    let end = time(timeline.steps().len());
    let nanoseconds = |value: u64| share(value, 1);
    let all = || timeline.steps().iter().enumerate();
    let measured = || all().filter(|(_, step)| step.measured > 0);
    if measured().next().is_some() {
        let series = [
            Series { name: "least".into(), points: measured().map(|(at, s)| (time(at), nanoseconds(s.min))).collect() },
            Series {
                name: "mean".into(),
                points: measured().map(|(at, s)| (time(at), nanoseconds(s.mean().unwrap_or(0)))).collect(),
            },
            Series {
                name: "greatest".into(),
                points: measured().map(|(at, s)| (time(at), nanoseconds(s.max))).collect(),
            },
        ];
        let plot = lines(&series, end, &Axes { x: WHEN, y: "latency", label: &label });
        parts.push(section("Latency over time", &plot));
    }
    let loss = if report.lost > 0 {
        let drawn: Vec<_> =
            all().map(|(at, step)| (share(step.lost, 1), format!("{:.3} s: {} lost", time(at), step.lost))).collect();
        steps(&drawn, end, &Axes { x: WHEN, y: "frames lost", label: &whole })
    } else {
        "<p>No frame was lost.</p>".into()
    };
    // Where none is to arrive, none is lost.
    if about.args.expect == Expect::All {
        parts.push(section("Loss over time", &loss));
    }
    page(&title(about.args), &parts)
}

/// A search.
pub fn search(args: &Args, rows: &[Row]) -> String {
    let lines: String = rows.iter().map(|row| line("td", &row.cells(), row.rate.bound.words())).collect();
    let table = format!("<table>{}{lines}</table>", line("th", &Row::COLUMNS, "bounded by"));
    let plot = |value: fn(&Row) -> f64, unit: &str| {
        let drawn: Vec<_> = rows
            .iter()
            .map(|row| (row.size.clone(), value(row), format!("{}: {:.0} {unit}", row.size, value(row))))
            .collect();
        bars(&drawn, &Axes { x: "frame size with the FCS, bytes", y: unit, label: &whole })
    };
    let mut parts = vec![
        frame_text(args),
        format!(
            "<p>RFC 2544: the highest rate and the longest burst without loss, by frame size with the FCS.</p>{table}"
        ),
        section("Frames a second by frame size", &plot(|row| share(row.rate.most, 1), "frames/s")),
        section("Mbit/s by frame size (layer 2)", &plot(|row| row.bits() / 1e6, "Mbit/s")),
        section("Longest burst by frame size", &plot(|row| share(row.burst.most, 1), "frames")),
    ];
    if args.search.loss_rate {
        parts.push(section("Loss by offered rate", &loss::page(rows)));
    }
    page(&title(args), &parts)
}

/// A line of the table, its cells of one kind of element.
fn line(element: &str, cells: &[impl AsRef<str>], bound: &str) -> String {
    let cell = |text: &str| format!("<{element}>{text}</{element}>");
    let cells: String = cells.iter().map(|text| cell(text.as_ref())).collect();
    format!("<tr>{cells}{}</tr>", cell(bound))
}

fn title(args: &Args) -> String {
    format!("{} -> {}", args.tx, args.rx)
}

fn frame_text(args: &Args) -> String {
    match &args.source.file {
        Some(file) => format!("<p>Frames of {}</p>", escape(&file.display().to_string())),
        None => format!("<p><code>{}</code></p>", escape(&args.source.frame.join(" "))),
    }
}

fn preformatted(text: &str) -> String {
    safe::lines(text).lines().map(|line| escape(line) + "\n").collect()
}

fn section(title: &str, plot: &str) -> String {
    format!("<h2>{}</h2>\n{plot}", escape(title))
}

/// A count at an axis.
fn whole(value: f64) -> String {
    format!("{value:.0}")
}

/// A latency at an axis.
fn label(nanoseconds: f64) -> String {
    // Never below zero.
    #[allow(clippy::cast_sign_loss)]
    let whole = nanoseconds as u64;
    span(whole)
}
