//! `check --search`: the highest rate and the longest burst without loss, for each frame size (RFC 2544).

use super::{Args, Interfaces, loss};
use crate::cli::Outcome as Verdict;
use crate::cli::fault::in_words;
use crate::cli::source::{self, Entry};
use crate::cli::timing::nanoseconds;
use crate::cli::units::{self, AskedRate};
use crate::cli::{Failure, Status};
use crate::frame::{Builder, Frames};
use crate::link::stop::Stop;
use crate::proof::flow::Flow;
use crate::proof::limits::span;
use crate::proof::search::{Bound, IMIX, Loss, Outcome, Rules, SIZES, Trial, greatest, losses};
use crate::proof::{self, Check, Figure, Sockets};
use crate::report::safe;
use crate::traffic::{self, End, Item, Job, Live, Spacing, Unit};
use serde_json::{Value, json};
use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::time::Duration;

/// The FCS that counts in a frame's size.
const FCS: usize = 4;

/// How the search is done.
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// Find the highest rate and the longest burst without loss, for each frame size (RFC 2544); --rate is the highest tried
    #[arg(
        long,
        conflicts_with_all = ["count", "times", "duration", "interval", "ramp", "speed", "burst", "no_tag", "expect", "latency"]
    )]
    pub search: bool,
    /// The frame sizes, bytes with the FCS: 64,512,1518; or imix
    #[arg(long, value_name = "SIZES", requires = "search", value_delimiter = ',', value_parser = size)]
    sizes: Vec<Size>,
    /// How long each trial lasts; RFC 2544 wants 60s
    #[arg(long, value_name = "TIME", requires = "search", default_value = "1s", value_parser = units::duration)]
    trial: Duration,
    /// How closely the rate is searched for, percent of the highest
    #[arg(long, value_name = "PERCENT", requires = "search", default_value_t = 2.0)]
    resolution: f64,
    /// Also tell how much is lost at 100 %, 90 %, 80 % ... of the highest rate tried, until two trials lose nothing (RFC 2544 26.3)
    #[arg(long, requires = "search")]
    pub loss_rate: bool,
    /// Exit 1 where a size passes fewer frames a second
    #[arg(long, value_name = "RATE", requires = "search", value_parser = units::frames)]
    min_rate: Option<u64>,
}

/// A frame size, or the mix of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Bytes with the FCS.
    Bytes(usize),
    /// The simple IMIX.
    Imix,
}

impl Size {
    /// The sizes of the frames in turn.
    fn each(&self) -> &[usize] {
        match self {
            Self::Bytes(size) => std::slice::from_ref(size),
            Self::Imix => &IMIX,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Bytes(size) => size.to_string(),
            Self::Imix => "imix".into(),
        }
    }
}

fn size(text: &str) -> Result<Size, String> {
    match text.parse() {
        _ if text == "imix" => Ok(Size::Imix),
        Ok(bytes) if (18..=65_539).contains(&bytes) => Ok(Size::Bytes(bytes)),
        _ => Err(format!("'{text}' is no frame size: write bytes with the FCS, 64 to 1518, or imix")),
    }
}

/// The frames of one size.
pub struct Sized {
    size: Size,
    /// The frames.
    pub entries: Vec<Entry>,
    /// The same as they are to arrive.
    pub expected: Vec<Frames>,
}

/// What was found for a size.
pub struct Row {
    /// The size.
    pub size: String,
    /// The mean length of its frames, with the FCS.
    pub length: f64,
    /// The highest rate, frames a second.
    pub rate: Outcome,
    /// The longest burst, frames.
    pub burst: Outcome,
    /// What is lost at which rate, if that is asked for.
    pub losses: Option<Vec<Loss>>,
}

impl Row {
    /// What people are told of each size, beside what bounded it.
    pub const COLUMNS: [&str; 6] = ["size", "frames/s", "Mbit/s", "p50", "p99", "burst"];

    /// The same of this one.
    pub fn cells(&self) -> [String; 6] {
        let best = self.rate.best.unwrap_or_default();
        let time = |value: Option<u64>| value.map_or_else(|| "-".into(), span);
        [
            self.size.clone(),
            self.rate.most.to_string(),
            format!("{:.2}", self.bits() / 1e6),
            time(best.p50),
            time(best.p99),
            self.burst.most.to_string(),
        ]
    }

    /// Bits a second on layer 2 at the highest rate.
    pub fn bits(&self) -> f64 {
        self.rate.best.map_or(0.0, |best| best.rate * self.length * 8.0)
    }
}

/// The frames in every size: zeros are put behind the payload.
pub fn sized(args: &Args, entries: &[Entry]) -> Result<Vec<Sized>, Failure> {
    let standard = SIZES.map(Size::Bytes);
    let sizes = if args.search.sizes.is_empty() { &standard[..] } else { &args.search.sizes };
    let mut builder = Builder::default();
    let mut all = Vec::new();
    for size in sizes {
        let mut grown = Vec::new();
        for bytes in size.each() {
            for entry in entries {
                builder.build(&entry.frames, 0).map_err(|errors| entry.failure(&errors))?;
                let wanted = if entry.frames.has_fcs() { *bytes } else { bytes.saturating_sub(FCS) };
                let length = builder.view().bytes.len();
                let Some(zeros) = wanted.checked_sub(length) else {
                    let text = format!("the frame has {length} bytes, and a size of {bytes} leaves {wanted}");
                    return Err(Failure::usage(entry.told(&text)).help("take payload away, or name greater --sizes"));
                };
                let mut entry = entry.clone();
                entry.delay = None;
                entry.frames.add_zeros(zeros);
                grown.push(entry);
            }
        }
        let expected = source::edited(&grown, &args.expect_change)?;
        all.push(Sized { size: *size, entries: grown, expected });
    }
    Ok(all)
}

/// The frames of all sizes as they are to arrive.
pub fn arriving(all: &[Sized]) -> Vec<Item<'_>> {
    let mut items: Vec<Item> = Vec::new();
    for sized in all {
        items.extend(sized.expected.iter().map(|frames| Item { frames, delay: None }));
    }
    items
}

/// Runs the whole of it.
pub fn run(
    args: &Args,
    all: Vec<Sized>,
    interfaces: &Interfaces,
    sockets: &mut Sockets,
    tagged: bool,
    stop: &Stop,
) -> Result<(Vec<Row>, Verdict), Failure> {
    let mut rows = Vec::new();
    if !args.json && !args.quiet {
        let (tx, rx) = (safe::text(&args.tx), safe::text(&args.rx));
        let trial = span(nanoseconds(args.search.trial));
        println!(
            "{tx} -> {rx}: RFC 2544, trials of {trial}, told apart by {}",
            if tagged { "flow tag" } else { "content" }
        );
        println!("{}", columns(&Row::COLUMNS, "trials", "bounded by"));
    }
    for sized in all {
        if stop.requested() {
            break;
        }
        let mut bench = Bench { args, interfaces, sockets: &mut *sockets, tagged, stop, sized, last: None };
        let row = bench.row()?;
        if args.json {
            writeln!(io::stdout(), "{}", object(&row))?;
        } else if !args.quiet {
            let curve = loss::text(row.losses.as_deref().unwrap_or_default());
            write!(io::stdout(), "{}\n{curve}", line(&row))?;
        }
        rows.push(row);
    }
    let least = args.search.min_rate.unwrap_or(1);
    let mut broken = String::new();
    for row in rows.iter().filter(|row| row.rate.most < least && row.rate.bound != Bound::Interrupted) {
        let (size, most) = (&row.size, row.rate.most);
        let _ = write!(
            broken,
            "{}frames of {size} pass at {most} a second; {least} wanted",
            if broken.is_empty() { "" } else { "\nerror: " }
        );
    }
    let verdict = if broken.is_empty() { Ok(Status::Done) } else { Err(Failure::new(Status::Unmet, broken)) };
    Ok((rows, verdict))
}

struct Bench<'a> {
    args: &'a Args,
    interfaces: &'a Interfaces,
    sockets: &'a mut Sockets,
    tagged: bool,
    stop: &'a Stop,
    sized: Sized,
    last: Option<u16>,
}

impl Bench<'_> {
    fn row(&mut self) -> Result<Row, Failure> {
        let args = self.args;
        let rules = Rules { loss: args.limits.loss(), resolution: (args.search.resolution / 100.0).clamp(0.0001, 0.5) };
        let time = args.search.trial;
        let ceiling = match args.timing.rate {
            Some(AskedRate::Of(rate)) if rate.unit == Unit::Frames => Some(rate.amount),
            Some(AskedRate::Of(_)) => {
                return Err(Failure::usage("--search counts frames a second").help("write --rate 100k"));
            }
            _ => None,
        };
        let none = Trial::default();
        let spacing = ceiling.map_or(Spacing::Max, Spacing::rate);
        let first = self.trial(spacing, None, Some(time))?.unwrap_or(none);
        // What was reached is the highest there is to try.
        #[allow(clippy::cast_sign_loss)]
        let top = (first.rate.round() as u64).max(1);
        let rate = greatest(rules, top, first, |rate| self.trial(Spacing::rate(rate), None, Some(time)))?;
        let curve = |bench: &mut Self| losses(top, first, |rate| bench.trial(Spacing::rate(rate), None, Some(time)));
        let losses = args.search.loss_rate.then(|| curve(self)).transpose()?;
        // A burst as long as a trial at the highest rate is as good as no end.
        #[allow(clippy::cast_sign_loss)]
        let most = ((first.rate * time.as_secs_f64()) as u64).max(1);
        let first = self.trial(spacing, Some(most), None)?.unwrap_or(none);
        let burst = greatest(rules, most, first, |frames| self.trial(spacing, Some(frames), None))?;
        let sizes = self.sized.size.each();
        // Sizes are small.
        #[allow(clippy::cast_precision_loss)]
        let length = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
        Ok(Row { size: self.sized.size.name(), length, rate, burst, losses })
    }

    /// One trial; none after an interrupt.
    fn trial(
        &mut self,
        spacing: Spacing,
        count: Option<u64>,
        time: Option<Duration>,
    ) -> Result<Option<Trial>, Failure> {
        if self.stop.requested() {
            return Ok(None);
        }
        // A stream of its own, so that what is late from the one before is foreign.
        let stream = self.last.map_or_else(super::stream, |last| last.wrapping_add(1));
        self.last = Some(stream);
        let sent: Vec<Item> =
            self.sized.entries.iter().map(|entry| Item { frames: &entry.frames, delay: None }).collect();
        let arriving: Vec<Item> = self.sized.expected.iter().map(|frames| Item { frames, delay: None }).collect();
        let flow = Flow::new(stream, self.tagged);
        let source = traffic::Source::Sets(&sent);
        let job =
            Job { count, duration: time.map(nanoseconds), spacing, spin: self.args.timing.spin, ..Job::new(source) };
        self.sockets.sender.start_over();
        let from = &self.interfaces.from;
        let check = Check { job, expected: &arriving, flow: &flow, grace: self.args.grace, none: false };
        let report = proof::check(&check, self.sockets, self.stop, &Live::new(1))?;
        let failed = |fault| in_words(fault, &self.sized.entries, None, from, false);
        match report.traffic.end {
            End::Failed(fault) => return Err(failed(fault)),
            End::Interrupted => return Ok(None),
            End::Complete | End::TimeUp => {}
        }
        let refused = report.traffic.counts.refused;
        Ok(Some(Trial {
            rate: report.traffic.rate().unwrap_or(0.0),
            sent: report.sent() + refused,
            lost: report.lost + refused + report.found.corrupted,
            dropped: report.capture.dropped,
            p50: Figure::Quantile(50_000).of(&report),
            p99: Figure::Quantile(99_000).of(&report),
        }))
    }
}

/// A line of the table.
fn columns(cells: &[impl Display; 6], trials: impl Display, bound: &str) -> String {
    let [size, rate, bits, p50, p99, burst] = cells;
    format!("{size:>6} {rate:>11} {bits:>10} {p50:>9} {p99:>9} {burst:>9}  {trials:>6}  {bound}")
}

fn line(row: &Row) -> String {
    let mut line = columns(&row.cells(), row.rate.trials + row.burst.trials, row.rate.bound.words());
    if row.burst.bound != row.rate.bound {
        let _ = write!(line, "; burst: {}", row.burst.bound.words());
    }
    line
}

/// A size for machines: `docs/json.md` documents it.
fn object(row: &Row) -> Value {
    let found = |outcome: &Outcome| {
        json!({
            "most": outcome.most,
            "bounded_by": match outcome.bound {
                Bound::Sender => "offered",
                Bound::Way => "loss",
                Bound::Receiver => "receiver",
                Bound::Interrupted => "interrupted",
            },
            "trials": outcome.trials,
            "p50": outcome.best.and_then(|best| best.p50),
            "p99": outcome.best.and_then(|best| best.p99),
        })
    };
    json!({
        "size": row.size,
        "bits": row.bits(),
        "throughput": found(&row.rate),
        "back_to_back": found(&row.burst),
        "loss_rate": row.losses.as_deref().map(loss::object),
    })
}
