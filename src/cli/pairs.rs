//! What `ask` prints: pairs as they come, and what they come to.

use super::Failure;
use super::source::Entry;
use crate::dialogue::{Pair, Report};
use crate::frame::{Builder, expression};
use crate::link::rx::Checksum;
use crate::report::answer::{kind, write_answer};
use crate::report::line::Told;
use crate::report::{json, ranges, safe};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Show {
    /// One JSON object a pair.
    pub json: bool,
    /// The summary alone.
    pub quiet: bool,
    /// Question and answer as expressions.
    pub verbose: bool,
}

/// Ranges that are written of one kind of answer; JSON has all.
const RANGES: usize = 12;

/// Prints pairs as they come, and what they come to.
pub(super) struct Printer<'a> {
    show: Show,
    entries: &'a [Entry],
    out: BufWriter<io::Stdout>,
    width: usize,
    builder: Builder,
    text: String,
    /// The questions by the kind of their first answer.
    kinds: BTreeMap<String, Vec<usize>>,
}

impl<'a> Printer<'a> {
    pub fn new(show: Show, entries: &'a [Entry]) -> Self {
        // The first and the last of each set are as long as any, or nearly.
        let labels = entries.iter().enumerate().flat_map(|(item, entry)| {
            let last = entry.frames.count().saturating_sub(1);
            [label_of(entries, item, 0), label_of(entries, item, last)]
        });
        Self {
            show,
            entries,
            out: BufWriter::new(io::stdout()),
            width: labels.map(|label| label.chars().count()).max().unwrap_or(0),
            builder: Builder::default(),
            text: String::new(),
            kinds: BTreeMap::new(),
        }
    }

    pub fn pair(&mut self, pair: &Pair) -> io::Result<()> {
        let turn = pair.question.turn;
        if pair.question.answers == 1 {
            self.kinds.entry(kind(pair.answer)).or_default().push(pair.number);
        }
        if self.show.quiet {
            return Ok(());
        }
        let told = Told { not_computed: pair.received.checksum == Checksum::NotReady };
        let label = label_of(self.entries, turn.item, turn.number);
        // A round trip has fewer than 2^53 nanoseconds.
        #[allow(clippy::cast_precision_loss)]
        let milliseconds = pair.round_trip.as_nanos() as f64 / 1e6;
        self.text.clear();
        if self.show.json {
            let mut answer = String::new();
            expression(pair.answer, &mut answer);
            let object = json!({
                "question": pair.number,
                "label": label,
                "asked": pair.question.asked,
                "expression": self.question(turn.item, turn.number),
                "answer": answer,
                "number": pair.question.answers,
                "error": pair.error,
                "kind": kind(pair.answer),
                "ms": milliseconds,
                "clock": if pair.by_kernel { "kernel" } else { "program" },
                "layers": json::layers(pair.answer),
            });
            writeln!(self.out, "{object}")?;
        } else {
            let gap = if self.width > 0 { "  " } else { "" };
            write!(self.out, "{:width$}{gap}{milliseconds:>9.3} ms  ", safe::text(&label), width = self.width)?;
            write_answer(pair.answer, told, &mut self.text);
            self.out.write_all(self.text.as_bytes())?;
            if pair.question.answers > 1 {
                write!(self.out, " (answer {})", pair.question.answers)?;
            }
            writeln!(self.out)?;
            if self.show.verbose {
                let question = self.question(turn.item, turn.number);
                self.text.clear();
                expression(pair.answer, &mut self.text);
                writeln!(self.out, "    {question}\n    {}", self.text)?;
            }
        }
        self.out.flush()
    }

    /// The question as it was sent.
    fn question(&mut self, item: usize, number: u128) -> String {
        let mut text = String::new();
        if self.builder.build(&self.entries[item].frames, number).is_ok() {
            expression(self.builder.view(), &mut text);
        }
        text
    }

    /// `dropped` frames were lost in the capture; it is `filtered` where the kernel left out what answers no question.
    pub fn close(&mut self, report: &Report, refused: u64, dropped: u64, filtered: bool) -> Result<(), Failure> {
        let (questions, entries) = (&report.questions, self.entries);
        let label = |number: usize| {
            let turn = questions[number].turn;
            label_of(entries, turn.item, turn.number)
        };
        let silent = ranges::runs((0..questions.len()).filter(|number| questions[*number].answers == 0));
        let unanswered: usize = silent.iter().map(|(first, last)| last - first + 1).sum();
        let answered = questions.len() - unanswered;
        let again = questions.iter().filter(|question| question.answers > 1).count();
        let asked: u64 = questions.iter().map(|question| u64::from(question.asked)).sum();
        let mut times = report.round_trips.clone();
        times.sort_unstable();
        #[allow(clippy::cast_precision_loss)]
        let ms = |nanoseconds: &u64| *nanoseconds as f64 / 1e6;
        let spread = [times.first(), times.get(times.len() / 2), times.last()].map(|time| time.map(ms));
        if self.show.json {
            let range = |(first, last): &ranges::Run| json!({ "first": first, "last": last, "from": label(*first), "to": label(*last) });
            let kinds: Vec<Value> = self
                .kinds
                .iter()
                .map(|(kind, numbers)| {
                    let mut numbers = numbers.clone();
                    numbers.sort_unstable();
                    let runs = ranges::runs(numbers.iter().copied());
                    json!({ "kind": kind, "questions": numbers.len(), "which": runs.iter().map(range).collect::<Vec<_>>() })
                })
                .collect();
            let summary = json!({
                "questions": report.total,
                "sent": asked,
                "refused": refused,
                "answered": answered,
                "answered_again": again,
                "unanswered": silent.iter().map(range).collect::<Vec<_>>(),
                "unasked": report.total - questions.len() as u64,
                "returned": report.returned,
                "dropped": dropped,
                "filtered": filtered,
                "ms": { "least": spread[0], "median": spread[1], "most": spread[2] },
                "kinds": kinds,
                "end": report.end.word(),
            });
            writeln!(self.out, "{}", json!({ "summary": summary }))?;
            return Ok(self.out.flush()?);
        }
        self.out.flush()?;
        let mut text = format!("{}, {answered} answered", counted(report.total, "question"));
        if again > 0 {
            let _ = write!(text, " ({again} more than once)");
        }
        if unanswered > 0 {
            let _ = write!(text, ", {unanswered} not");
        }
        let unasked = report.total - questions.len() as u64;
        if unasked > 0 {
            let _ = write!(text, ", {unasked} not asked");
        }
        if asked > questions.len() as u64 {
            let _ = write!(text, "; {} sent", counted(asked, "frame"));
        }
        if let [Some(least), Some(median), Some(most)] = spread {
            // Writing to a String does not fail.
            let _ = match times.len() {
                1 => write!(text, "; round trip {least:.3} ms"),
                _ => write!(text, "; round trip {least:.3} to {most:.3} ms, median {median:.3} ms"),
            };
        }
        text.push('\n');
        let varies = self.width > 0;
        let wide = self.kinds.keys().map(|kind| kind.chars().count()).max().unwrap_or(0).max("no answer".len());
        let mut line = |kind: &str, count: usize, runs: &[ranges::Run]| {
            let which = if varies { ranges::text(runs, label, RANGES) } else { String::new() };
            text.push_str(format!("  {kind:wide$}  {count:>6}  {which}").trim_end());
            text.push('\n');
        };
        let several = self.kinds.len() + usize::from(unanswered > 0) > 1;
        if several || self.show.quiet {
            for (kind, numbers) in &self.kinds {
                let mut numbers = numbers.clone();
                numbers.sort_unstable();
                line(kind, numbers.len(), &ranges::runs(numbers));
            }
        }
        if unanswered > 0 && varies {
            line("no answer", unanswered, &silent);
        }
        if refused > 0 {
            let _ = writeln!(text, "note: the kernel refused {}", counted(refused, "frame"));
        }
        if report.returned > 0 {
            let returned = counted(report.returned, "question");
            let _ = writeln!(text, "note: {returned} came back as sent: the link has a loop, or a hub that repeats");
        }
        if dropped > 0 {
            let _ = writeln!(text, "note: the kernel dropped {}: answers may be among them", counted(dropped, "frame"));
        }
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr().write_all(safe::lines(&text).to_string().as_bytes());
        Ok(())
    }
}

/// What tells a question from the others: what varies, and its line in a file.
fn label_of(entries: &[Entry], item: usize, number: u128) -> String {
    let Some(entry) = entries.get(item) else { return String::new() };
    let varying = entry.frames.label(number);
    match entry.place() {
        Some(place) if entries.len() > 1 && varying.is_empty() => place,
        Some(place) if entries.len() > 1 => format!("{place} {varying}"),
        _ => varying,
    }
}

/// `1 question`, `2 questions`.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
