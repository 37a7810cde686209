//! `ethcraft diff`: what differs between two captures, frame by frame.

use super::input::{FcsArgs, From, Input, begin, fcs_of};
use super::{Failure, Outcome, Status};
use crate::frame::diff::{Change, Difference, Side, diff, dissect_both};
use crate::frame::{Begin, Fcs, Node, View, dissect, expression};
use crate::report::colour::Colour;
use crate::report::diff::{Pair, object, write_pair};
use crate::report::safe;
use crate::trace::align::{self, Step};
use serde_json::json;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Compare two captures frame by frame, or two frames: which field changed from what to what
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is filled in on both sides, as a length and a right checksum, follows from another difference; \
--all shows it too. Times are not compared.

Frames that were lost, or came twice, are told as frames that only one side has; those behind them are compared with their own.
Runs of up to 511 of them are found. --by-number compares the first with the first and so on.

Exit status: 0 all alike, 1 there are differences, 2 an input is wrong.

Examples:
  ethcraft diff sent.pcapng received.pcapng
  ethcraft diff --frames 'ipv4 ttl=64 / udp' 'vlan=7 / ipv4 ttl=63 / udp'
  ethcraft build -o text 'arp tpa=10.0.0.1..10.0.0.9' | ethcraft diff - seen.pcap
  ethcraft diff --json a.pcap b.pcap | jq -r '.differences[]?.layer' | sort | uniq -c"
)]
pub struct Args {
    /// The first: pcap, pcapng, hex, frame text or the bytes of a frame; its form is detected. - is standard input
    #[arg(value_name = "A")]
    a: OsString,
    /// The second
    #[arg(value_name = "B")]
    b: OsString,
    /// A and B are frame expressions, each in single quotes, and not files; of sets, frame by frame
    #[arg(long, conflicts_with = "from")]
    frames: bool,
    /// Compare the first with the first, the second with the second, without looking for lost frames; so it is with --frames
    #[arg(long)]
    by_number: bool,
    /// Show what follows from other differences too
    #[arg(short, long)]
    all: bool,
    /// One JSON object a differing pair
    #[arg(long)]
    json: bool,
    /// The form of both files
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    from: From,
    #[command(flatten)]
    fcs: FcsArgs,
    /// Compare at most the first N frames
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

pub(super) fn run(args: &Args) -> Outcome {
    if !args.frames && args.a == "-" && args.b == "-" {
        return Err(Failure::usage("both A and B are standard input").help("give a file for one of them"));
    }
    let mut a = open(args, "A", &args.a)?;
    let mut b = open(args, "B", &args.b)?;
    let names = [a.name().to_owned(), b.name().to_owned()];
    let mut comparison = Comparison {
        out: BufWriter::new(io::stdout().lock()),
        all: args.all,
        json: args.json,
        coloured: args.color.on_stdout(),
        fcs: args.fcs.into(),
        names,
        nodes: (Vec::new(), Vec::new()),
        compared: 0,
        differing: 0,
        alone: [0; 2],
    };
    let outcome = comparison.run(&mut a, &mut b, args.count.unwrap_or(u64::MAX), args.by_number || args.frames);
    // The frames before the damage come first.
    comparison.out.flush()?;
    outcome?;
    if !args.json {
        eprintln!("{}", comparison.summary());
    }
    Ok(if comparison.differing == 0 && comparison.alone == [0; 2] { Status::Done } else { Status::Unmet })
}

fn open(args: &Args, side: &str, what: &OsStr) -> Result<Input, Failure> {
    if args.frames {
        let text = what.to_str().ok_or_else(|| Failure::usage(format!("{side} is no text")))?;
        return Input::expression(side, text);
    }
    let path = Path::new(what);
    let missing = path != Path::new("-") && !path.exists();
    Input::open(Some(path), args.from).map_err(|failure| {
        if missing {
            failure.help("a file is wanted here; frame expressions are compared with --frames")
        } else {
            failure
        }
    })
}

struct Comparison<W: Write> {
    out: W,
    all: bool,
    json: bool,
    coloured: bool,
    fcs: Fcs,
    names: [String; 2],
    nodes: (Vec<Node>, Vec<Node>),
    compared: u64,
    differing: u64,
    /// Frames that only one side has.
    alone: [u64; 2],
}

/// A frame that waits to be compared.
struct Waiting {
    number: u64,
    bytes: Vec<u8>,
    begin: Begin,
    fcs: Fcs,
    original_len: usize,
}

impl Waiting {
    fn side(&self) -> Side<'_> {
        Side { bytes: &self.bytes, begin: self.begin, fcs: self.fcs }
    }

    fn is_cut(&self) -> bool {
        self.bytes.len() < self.original_len
    }
}

/// The next frames of one file.
struct Queue<'i> {
    input: &'i mut Input,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// How many were read, and how many are wanted.
    read: u64,
    most: u64,
    /// What ended the reading before its end. The frames before it come first.
    failure: Option<Failure>,
}

impl<'i> Queue<'i> {
    fn new(input: &'i mut Input, most: u64) -> Self {
        Self { input, waiting: VecDeque::new(), bytes: 0, read: 0, most, failure: None }
    }

    /// Reads until so many wait, or as many as memory is granted for.
    fn fill(&mut self, frames: usize, fcs: Fcs) {
        const MOST_BYTES: usize = 32 << 20;
        while self.waiting.len() < frames && self.bytes < MOST_BYTES && self.read < self.most && self.failure.is_none()
        {
            match self.input.next() {
                Ok(None) => self.most = self.read,
                Err(failure) => self.failure = Some(failure),
                Ok(Some((record, interface))) => {
                    self.read += 1;
                    self.bytes += record.data.len();
                    self.waiting.push_back(Waiting {
                        number: self.read,
                        bytes: record.data.to_vec(),
                        begin: begin(record.link_type, record.data),
                        fcs: fcs_of(fcs, &record, interface),
                        original_len: record.original_len as usize,
                    });
                }
            }
        }
    }

    fn pop(&mut self) -> Option<Waiting> {
        let first = self.waiting.pop_front()?;
        self.bytes -= first.bytes.len();
        Some(first)
    }
}

impl<W: Write> Comparison<W> {
    fn run(&mut self, a: &mut Input, b: &mut Input, most: u64, by_number: bool) -> Result<(), Failure> {
        let (mut a, mut b) = (Queue::new(a, most), Queue::new(b, most));
        let window = if by_number { 1 } else { align::WINDOW };
        loop {
            a.fill(window, self.fcs);
            b.fill(window, self.fcs);
            let there = (a.waiting.len(), b.waiting.len());
            // What a damaged file would have had is not missing in the other.
            if there == (0, 0) || there.0 == 0 && a.failure.is_some() || there.1 == 0 && b.failure.is_some() {
                break;
            }
            let step = if by_number && there.0 > 0 && there.1 > 0 {
                Step::Pair
            } else {
                align::step(there, |n| &a.waiting[n].bytes, |n| &b.waiting[n].bytes)
            };
            match step {
                Step::Pair => {
                    if let (Some(a), Some(b)) = (a.pop(), b.pop()) {
                        self.pair(&a, &b)?;
                    }
                }
                Step::Left(n) => (0..n).filter_map(|_| a.pop()).try_for_each(|frame| self.single(0, &frame))?,
                Step::Right(n) => (0..n).filter_map(|_| b.pop()).try_for_each(|frame| self.single(1, &frame))?,
            }
        }
        a.failure.or(b.failure).map_or(Ok(()), Err)
    }

    fn pair(&mut self, a: &Waiting, b: &Waiting) -> Result<(), Failure> {
        self.compared += 1;
        let (left, right) = (a.side(), b.side());
        dissect_both(left, right, &mut self.nodes.0, &mut self.nodes.1);
        let mut differences = diff(view_of(left, &self.nodes.0), view_of(right, &self.nodes.1));
        let lengths = (a.original_len, b.original_len);
        if lengths.0 != lengths.1 && (a.is_cut() || b.is_cut()) {
            let change = Change::Length { from: lengths.0, to: lengths.1 };
            differences.push(Difference { layer: String::new(), change, follows: false });
        }
        if differences.is_empty() {
            return Ok(());
        }
        self.differing += 1;
        differences.retain(|difference| self.all || !difference.follows);
        let pair = Pair { numbers: (a.number, b.number), lengths, differences: &differences };
        let mut text = String::new();
        if self.json {
            text = format!("{}\n", object(&pair));
        } else {
            write_pair(&pair, self.coloured, &mut text);
        }
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// A frame that the other side has not.
    fn single(&mut self, side: usize, found: &Waiting) -> Result<(), Failure> {
        self.alone[side] += 1;
        let (number, here) = (found.number, found.side());
        dissect(here.bytes, here.begin, here.fcs, &mut self.nodes.0);
        let mut frame = String::new();
        expression(view_of(here, &self.nodes.0), &mut frame);
        if self.json {
            let only = ["a", "b"][side];
            let length = found.original_len;
            let object = json!({ "frame": number, "only": only, "length": length, "expression": frame });
            writeln!(self.out, "{object}")?;
        } else {
            writeln!(self.out, "frame {number}: only in {}\n  {frame}", safe::text(&self.names[side]))?;
        }
        Ok(())
    }

    fn summary(&self) -> String {
        let frames = |n: u64| format!("{n} frame{}", if n == 1 { "" } else { "s" });
        let differ = match self.differing {
            0 => "no difference".to_owned(),
            1 => "1 differs".to_owned(),
            n => format!("{n} differ"),
        };
        let mut text = format!("{} compared, {differ}", frames(self.compared));
        for (n, name) in self.alone.iter().zip(&self.names).filter(|(n, _)| **n > 0) {
            // Writing to a string does not fail.
            let _ = write!(text, "; {} only in {}", frames(*n), safe::text(name));
        }
        text
    }
}

fn view_of<'a>(side: Side<'a>, nodes: &'a [Node]) -> View<'a> {
    View { bytes: side.bytes, nodes }
}
