//! `ethcraft decode`: captures, hex and bytes to frame text and its other forms.

use super::input::{FcsArgs, From, Input, about, begin, fcs_of};
use super::{Failure, Outcome, Status};
use crate::frame::{Fcs, Node, View, dissect};
use crate::report::colour::Colour;
use crate::report::frame::{Form, Printer};
use crate::trace::{Interface, Record};
use clap::ValueEnum;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Decode pcap, pcapng, hex, frame text or bytes to frame text, one line a frame, a tree of fields, hexdump or JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ethcraft decode capture.pcapng                  frame text, which 'build -f' takes back
  ethcraft decode -1 capture.pcapng               one line a frame, for reading
  ethcraft decode --tree -c 1 capture.pcapng      every field of the first frame, and what is wrong with it
  ethcraft decode -x --hex ffffffffffff0200000000010801abcd
  ethcraft decode --json capture.pcap | jq .layers
  tcpdump -r old.pcap -w - | ethcraft decode -")]
pub struct Args {
    /// The file; - or nothing is standard input. Its form is detected
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Decode these hex digits instead of a file
    #[arg(long, value_name = "DIGITS", num_args = 1.., conflicts_with = "file")]
    hex: Vec<String>,
    /// The form of the input
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    from: From,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORM")]
    output: Output,
    /// One line a frame: the same as -o line
    #[arg(short = '1', long, conflicts_with_all = ["hexdump", "tree", "json"])]
    line: bool,
    /// A hexdump below the expression, both coloured by layer: the same as -o dump
    #[arg(short = 'x', long, conflicts_with_all = ["tree", "json"])]
    hexdump: bool,
    /// Every field with its place, width, bytes, value and meaning: the same as -o tree
    #[arg(long, conflicts_with = "json")]
    tree: bool,
    /// One JSON object a frame: the same as -o json
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    fcs: FcsArgs,
    /// At most N frames
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Frame text that builds the same bytes
    #[default]
    Text,
    /// One line a frame
    Line,
    /// A hexdump below the expression
    Dump,
    /// Every field with its place, width, bytes, value and meaning
    Tree,
    /// One JSON object a frame
    Json,
}

pub(super) fn run(args: &Args) -> Outcome {
    let form = match args {
        Args { json: true, .. } => Form::Json,
        Args { hexdump: true, .. } => Form::Dump,
        Args { tree: true, .. } => Form::Tree,
        Args { line: true, .. } => Form::Line,
        _ => match args.output {
            Output::Text => Form::Text,
            Output::Line => Form::Line,
            Output::Dump => Form::Dump,
            Output::Tree => Form::Tree,
            Output::Json => Form::Json,
        },
    };
    let mut decoder = Decoder {
        out: BufWriter::new(io::stdout().lock()),
        printer: Printer::new(form, args.color),
        fcs: args.fcs.into(),
        nodes: Vec::new(),
        number: 0,
        most: args.count.unwrap_or(u64::MAX),
    };
    let mut input = if args.hex.is_empty() {
        Input::open(args.file.as_deref(), args.from)?
    } else {
        Input::hex(args.hex.join(" ").as_bytes(), "--hex")?
    };
    decoder.decode(&mut input)?;
    decoder.out.flush()?;
    Ok(Status::Done)
}

struct Decoder<W: Write> {
    out: W,
    printer: Printer,
    fcs: Fcs,
    nodes: Vec<Node>,
    number: u64,
    most: u64,
}

impl<W: Write> Decoder<W> {
    fn decode(&mut self, input: &mut Input) -> Result<(), Failure> {
        while self.number < self.most {
            match input.next() {
                Ok(Some((record, interface))) => self.frame(&record, interface)?,
                Ok(None) => break,
                Err(failure) => {
                    // The frames before the damage come first.
                    self.out.flush()?;
                    let whole = self.number;
                    return Err(failure.help(format!("the {whole} frames before it are whole and were decoded")));
                }
            }
        }
        Ok(())
    }

    fn frame(&mut self, record: &Record, interface: Option<&Interface>) -> Result<(), Failure> {
        dissect(
            record.data,
            begin(record.link_type, record.data),
            fcs_of(self.fcs, record, interface),
            &mut self.nodes,
        );
        self.number += 1;
        let view = View { bytes: record.data, nodes: &self.nodes };
        let text = self.printer.print(view, &about(record, interface, self.number));
        Ok(self.out.write_all(text.as_bytes())?)
    }
}
