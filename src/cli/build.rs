//! `ethcraft build`: frames to files and text; touches no interface.

use super::frame_file::Pieces;
use super::source::{Entry, Source};
use super::{Failure, Outcome, Status};
use crate::expr::write_delay;
use crate::frame::{Builder, Surroundings, View, expression, write_address};
use crate::report::colour::Colour;
use crate::report::{boxes, dump, json, listing};
use crate::trace::array::{self, Language};
use crate::trace::{CaptureFile, Format, Interface, Record, Resolution, Section, Time, Writer};
use crate::traffic::sequence::{self, Item, Sequence};
use clap::ValueEnum;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Build frames to hex, binary, pcap, pcapng, frame text, C or Rust; touches no interface, needs no privilege
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ethcraft build 'eth type=0x0801 / \"hello\" / fcs'
  ethcraft build -x 'vlan=7 / ipv4 dst=10.0.0.2 / udp dport=53 / \"hi\"'
  ethcraft build --picture 'arp tpa=10.0.0.2'
  ethcraft build -w requests.pcapng 'arp tpa=10.0.0.0/24 / pad'
  ethcraft build -o c 'ipv4 / udp / count*32'
  ethcraft build --index 7 'udp dport=1..1000'
  ethcraft build --list 'ipv4 dst=10.0.0.0/8 / udp dport=1.. sport=rand'
  ethcraft decode in.pcap | sed s/10.0.0.1/10.9.9.9/ | ethcraft build -f - -w out.pcapng")]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Add the right FCS to frames that have none
    #[arg(long)]
    fcs: bool,
    /// The form of the output [default: hex, or by the ending of FILE]
    #[arg(short, long, value_enum)]
    output: Option<Form>,
    /// Write to FILE instead of standard output: .pcap .cap .bin .raw .hex .txt .frames .c .h .rs .json .jsonl, else pcapng
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Hexdump coloured by layer, below the expression: the same as -o dump
    #[arg(short = 'x', long, conflicts_with = "output")]
    hexdump: bool,
    /// Header pictures with the values of the frame: the same as -o picture
    #[arg(long, conflicts_with_all = ["output", "hexdump"])]
    picture: bool,
    /// One JSON object a frame: the same as -o json
    #[arg(long, conflicts_with_all = ["output", "hexdump", "picture"])]
    json: bool,
    /// Build nothing; tell how many frames there are, and which fields vary
    #[arg(long, conflicts_with_all = ["output", "write", "hexdump", "picture", "count", "index"])]
    list: bool,
    /// Build N frames; past its end the set begins anew
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// Build frame N of the set alone; the first is 0
    #[arg(long, value_name = "N", conflicts_with = "count")]
    index: Option<u64>,
    /// When a capture begins, seconds since 1970
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    start: i64,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One line of hex digits a frame
    Hex,
    /// The bytes, one frame behind the other
    Bin,
    /// A capture with times in nanoseconds
    Pcap,
    /// A capture with interface and direction
    Pcapng,
    /// The canonical expression
    Text,
    /// A hexdump below the expression
    Dump,
    /// The header of each layer in rows of 32 bits, below the expression
    Picture,
    /// A C array
    C,
    /// A Rust array
    Rust,
    /// One JSON object a frame
    Json,
}

impl Form {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase().as_str() {
            "pcap" | "cap" => Self::Pcap,
            "bin" | "raw" => Self::Bin,
            "hex" => Self::Hex,
            "txt" | "frames" => Self::Text,
            "c" | "h" => Self::C,
            "rs" => Self::Rust,
            "json" | "jsonl" => Self::Json,
            _ => Self::Pcapng,
        }
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    let form = match (args.output, &args.write) {
        _ if args.json => Form::Json,
        _ if args.hexdump => Form::Dump,
        _ if args.picture => Form::Picture,
        (Some(form), _) => form,
        (None, Some(path)) => Form::of(path),
        (None, None) => Form::Hex,
    };
    let known = args.list || args.count.is_some() || args.index.is_some() || matches!(form, Form::C | Form::Rust);
    let mut pieces = match &args.source.file {
        // How many frames there are need not be known: the file may be of any length.
        Some(path) if !known => Some(Pieces::open(path, &args.source, Surroundings::default())?),
        _ => None,
    };
    let mut entries = match &mut pieces {
        Some(pieces) => pieces.next()?.unwrap_or_default(),
        None => args.source.entries(Surroundings::default())?,
    };
    if args.list {
        return list(&entries, args.json);
    }
    let mut told = Vec::new();
    tell(&entries, &mut told);
    let coloured = args.write.is_none() && args.color.on_stdout();
    let mut sink = Sink::new(args.write.as_deref(), form, coloured)?;
    let mut run = Run { builder: Builder::default(), time: args.start.saturating_mul(1_000_000_000), done: 0 };
    loop {
        if args.fcs {
            for entry in &mut entries {
                entry.frames.add_fcs();
            }
        }
        run.build(args, &entries, &mut sink)?;
        entries = match &mut pieces {
            Some(pieces) => match pieces.next() {
                Ok(Some(entries)) => entries,
                Ok(None) => break,
                // What was built so far is a whole file.
                Err(failure) => {
                    sink.finish()?;
                    return Err(failure.help(format!("the first {} frames are written", run.done)));
                }
            },
            None => break,
        };
        tell(&entries, &mut told);
    }
    sink.finish()?;
    Ok(Status::Done)
}

/// How far it has come.
struct Run {
    builder: Builder,
    time: i64,
    done: u64,
}

impl Run {
    /// Builds what is asked for of these entries.
    fn build(&mut self, args: &Args, entries: &[Entry], sink: &mut Sink) -> Result<(), Failure> {
        let items: Vec<_> = entries.iter().map(|e| Item { frames: &e.frames, delay: e.delay }).collect();
        let asked = args.index.map_or(args.count.unwrap_or_else(|| sequence::total(&items)), |_| 1);
        sink.numbered = asked > 1;
        let first = args.index.unwrap_or(0);
        for (_, turn) in (0..asked).zip(Sequence::from(&items, first)) {
            self.time = self.time.saturating_add(turn.delay.unwrap_or(0));
            let entry = &entries[turn.item];
            self.builder.build(&entry.frames, turn.number).map_err(|errors| entry.failure(&errors))?;
            sink.frame(self.builder.view(), self.done, Time(self.time), turn.delay)?;
            self.done += 1;
        }
        Ok(())
    }
}

/// Counts the sets without building one.
fn list(entries: &[Entry], as_json: bool) -> Outcome {
    let mut text = String::new();
    for entry in entries {
        let place = entry.place();
        if as_json {
            text += &listing::object(&entry.frames, place.as_deref()).to_string();
            text.push('\n');
        } else {
            listing::write(&entry.frames, place.as_deref(), &mut text);
        }
    }
    if entries.len() > 1 && !as_json {
        listing::write_total(entries.iter().map(|entry| &entry.frames), &mut text);
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush().map(|()| Status::Done)?)
}

/// Says what stands where an interface would fill in its addresses, once each.
fn tell(entries: &[Entry], told: &mut Vec<String>) {
    let before = told.len();
    for need in entries.iter().flat_map(|entry| entry.frames.needs()) {
        let mut address = String::new();
        write_address(&mut address, need.kind, &Surroundings::default());
        let one = format!("'{} {}' is {address}", need.layer, need.field);
        if !told.contains(&one) {
            told.push(one);
        }
    }
    if told.len() > before {
        eprintln!("note: no interface here, so {}", told[before..].join(", "));
    }
}

/// Where frames go.
struct Sink {
    form: Form,
    coloured: bool,
    numbered: bool,
    to: To,
    text: String,
}

enum To {
    Text(BufWriter<Box<dyn Write>>),
    Stream(Writer<io::Stdout>),
    File(CaptureFile),
}

impl Sink {
    fn new(path: Option<&Path>, form: Form, coloured: bool) -> Result<Self, Failure> {
        let format = match form {
            Form::Pcap => Some(Format::Pcap(Resolution::Nano)),
            Form::Pcapng => Some(Format::Pcapng),
            _ => None,
        };
        let interfaces = [Interface::default()];
        let to = match (format, path) {
            (None, None) => To::Text(BufWriter::new(Box::new(io::stdout()))),
            (None, Some(path)) => To::Text(BufWriter::new(Box::new(create(path)?))),
            (Some(format), None) => To::Stream(Writer::new(io::stdout(), format, &section(), &interfaces)?),
            (Some(format), Some(path)) => {
                To::File(CaptureFile::begin(create(path)?, path, format, &section(), &interfaces)?)
            }
        };
        Ok(Self { form, coloured, numbered: false, to, text: String::new() })
    }

    fn frame(&mut self, view: View, number: u64, time: Time, delay: Option<i64>) -> Result<(), Failure> {
        let out = match &mut self.to {
            To::Stream(writer) => return Ok(writer.write(&Record::new(Some(time), view.bytes))?),
            To::File(file) => return Ok(file.write(&Record::new(Some(time), view.bytes))?),
            To::Text(out) => out,
        };
        if self.form == Form::Bin {
            return Ok(out.write_all(view.bytes)?);
        }
        let text = &mut self.text;
        text.clear();
        match self.form {
            Form::Hex => text.push_str(&hex::encode(view.bytes)),
            Form::Text => {
                if let Some(delay) = delay {
                    write_delay(text, delay);
                    text.push(' ');
                }
                expression(view, text);
            }
            Form::Dump => {
                text.push_str(if number > 0 { "\n" } else { "" });
                dump::write(view, self.coloured, text);
            }
            Form::Picture => {
                text.push_str(if number > 0 { "\n" } else { "" });
                expression(view, text);
                text.push_str("\n\n");
                boxes::of_frame(view, self.coloured, text);
            }
            Form::C | Form::Rust => {
                let language = if self.form == Form::C { Language::C } else { Language::Rust };
                // Writing to a string does not fail.
                let _ = array::write(text, language, self.numbered.then_some(number), view.bytes);
            }
            _ => {
                let mut frame = String::new();
                expression(view, &mut frame);
                let object = serde_json::json!({
                    "frame": number, "length": view.bytes.len(), "expression": frame,
                    "hex": hex::encode(view.bytes), "layers": json::layers(view),
                });
                text.push_str(&object.to_string());
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(out.write_all(text.as_bytes())?)
    }

    fn finish(self) -> Result<(), Failure> {
        match self.to {
            To::Text(mut out) => out.flush()?,
            To::Stream(writer) => {
                writer.finish()?;
            }
            To::File(file) => {
                file.finish()?;
            }
        }
        Ok(())
    }
}

/// Makes a file, or empties it.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
}

/// Who wrote a capture.
pub(super) fn section() -> Section {
    Section {
        hardware: std::env::consts::ARCH.into(),
        os: "Linux".into(),
        application: concat!("ethcraft ", env!("CARGO_PKG_VERSION")).into(),
    }
}
