//! `ethcraft diff`: what differs between two captures, frame by frame.

use super::input::{FcsArgs, From, Input, begin, fcs_of};
use super::{Failure, Outcome, Status};
use crate::frame::diff::{Change, Difference, Side, diff, dissect_both};
use crate::frame::{Fcs, Node, View, dissect, expression};
use crate::report::colour::Colour;
use crate::report::diff::{Pair, object, write_pair};
use crate::report::safe;
use crate::trace::{Interface, Record};
use serde_json::json;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Compare two captures frame by frame, or two frames: which field changed from what to what
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is filled in on both sides, as a length and a right checksum, follows from another difference; \
--all shows it too. Times are not compared.

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
    let outcome = comparison.run(&mut a, &mut b, args.count.unwrap_or(u64::MAX));
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

type Found<'a> = (Record<'a>, Option<&'a Interface>);

impl<W: Write> Comparison<W> {
    fn run(&mut self, a: &mut Input, b: &mut Input, most: u64) -> Result<(), Failure> {
        for number in 1..=most {
            match (a.next()?, b.next()?) {
                (Some(a), Some(b)) => self.pair(number, &a, &b)?,
                (Some(a), None) => self.single(number, 0, &a)?,
                (None, Some(b)) => self.single(number, 1, &b)?,
                (None, None) => break,
            }
        }
        Ok(())
    }

    fn pair(&mut self, number: u64, a: &Found, b: &Found) -> Result<(), Failure> {
        self.compared += 1;
        let (left, right) = (self.side(a), self.side(b));
        dissect_both(left, right, &mut self.nodes.0, &mut self.nodes.1);
        let mut differences = diff(view_of(left, &self.nodes.0), view_of(right, &self.nodes.1));
        let lengths = (a.0.original_len as usize, b.0.original_len as usize);
        if lengths.0 != lengths.1 && (a.0.missing() > 0 || b.0.missing() > 0) {
            let change = Change::Length { from: lengths.0, to: lengths.1 };
            differences.push(Difference { layer: String::new(), change, follows: false });
        }
        if differences.is_empty() {
            return Ok(());
        }
        self.differing += 1;
        differences.retain(|difference| self.all || !difference.follows);
        let pair = Pair { number, lengths, differences: &differences };
        let mut text = String::new();
        if self.json {
            text = format!("{}\n", object(&pair));
        } else {
            write_pair(&pair, self.coloured, &mut text);
        }
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// A frame that the other side has not.
    fn single(&mut self, number: u64, side: usize, found: &Found) -> Result<(), Failure> {
        self.alone[side] += 1;
        let here = self.side(found);
        dissect(here.bytes, here.begin, here.fcs, &mut self.nodes.0);
        let mut frame = String::new();
        expression(view_of(here, &self.nodes.0), &mut frame);
        if self.json {
            let only = ["a", "b"][side];
            let length = found.0.original_len;
            let object = json!({ "frame": number, "only": only, "length": length, "expression": frame });
            writeln!(self.out, "{object}")?;
        } else {
            writeln!(self.out, "frame {number}: only in {}\n  {frame}", safe::text(&self.names[side]))?;
        }
        Ok(())
    }

    fn side<'a>(&self, (record, interface): &Found<'a>) -> Side<'a> {
        Side {
            bytes: record.data,
            begin: begin(record.link_type, record.data),
            fcs: fcs_of(self.fcs, record, *interface),
        }
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
