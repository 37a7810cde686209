//! `ethcraft decode`: captures, hex and bytes to frame text and its other forms.

use super::{Failure, Outcome, Status};
use crate::frame::{Begin, Fcs, Node, View, dissect};
use crate::proto::ipv4::IPV4;
use crate::proto::ipv6::IPV6;
use crate::report::colour::Colour;
use crate::report::frame::{About, Form, Printer};
use crate::report::safe;
use crate::trace::{self, Interface, Kind, LinkType, Reader, Record, hex as hex_text};
use clap::ValueEnum;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Decode pcap, pcapng, hex or bytes to frame text, one line a frame, hexdump or JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ethcraft decode capture.pcapng                  frame text, which 'build -f' takes back
  ethcraft decode -1 capture.pcapng               one line a frame, for reading
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
    from: Input,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORM")]
    output: Output,
    /// One line a frame: the same as -o line
    #[arg(short = '1', long, conflicts_with_all = ["hexdump", "json"])]
    line: bool,
    /// A hexdump below the expression, both coloured by layer: the same as -o dump
    #[arg(short = 'x', long, conflicts_with = "json")]
    hexdump: bool,
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
enum Input {
    /// By its first bytes
    #[default]
    Auto,
    /// pcap or pcapng
    Pcap,
    /// Hex text or a hexdump
    Hex,
    /// One frame as it is
    Bin,
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
    /// One JSON object a frame
    Json,
}

/// Whether the last four bytes are the FCS.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct FcsArgs {
    /// Take the last four bytes as the FCS and verify them [default: where they are the right one]
    #[arg(long)]
    fcs: bool,
    /// Never take the last four bytes as the FCS
    #[arg(long, conflicts_with = "fcs")]
    no_fcs: bool,
}

impl From<FcsArgs> for Fcs {
    fn from(args: FcsArgs) -> Self {
        match args {
            FcsArgs { fcs: true, .. } => Self::Always,
            FcsArgs { no_fcs: true, .. } => Self::Never,
            _ => Self::IfRight,
        }
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    let form = match args {
        Args { json: true, .. } => Form::Json,
        Args { hexdump: true, .. } => Form::Dump,
        Args { line: true, .. } => Form::Line,
        _ => match args.output {
            Output::Text => Form::Text,
            Output::Line => Form::Line,
            Output::Dump => Form::Dump,
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
    if args.hex.is_empty() {
        match args.file.as_deref().filter(|f| *f != Path::new("-")) {
            None => decoder.input(io::stdin().lock(), "standard input", args.from)?,
            Some(path) => {
                let name = path.display().to_string();
                let file = File::open(path).map_err(|e| Failure::usage(format!("cannot read {name}: {e}")))?;
                decoder.input(file, &name, args.from)?;
            }
        }
    } else {
        decoder.hex(args.hex.join(" ").as_bytes(), "--hex")?;
    }
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

/// The most that is taken of hex text and of a frame's bytes.
const MOST_TEXT: u64 = 256 << 20;
/// The first bytes that tell a form; hex text and captures show in them.
const FIRST: usize = 512;

impl<W: Write> Decoder<W> {
    fn input(&mut self, mut source: impl Read, name: &str, from: Input) -> Result<(), Failure> {
        let failed = |e: io::Error| Failure::usage(format!("cannot read {name}: {e}"));
        let mut first = Vec::new();
        source.by_ref().take(FIRST as u64).read_to_end(&mut first).map_err(failed)?;
        if first.is_empty() && from == Input::Auto {
            return Err(Failure::usage(format!("{name} is empty")).help("a frame of no bytes is '--from bin'"));
        }
        let form = match from {
            // Taken for hex or bytes, what is wrong with it would not be told.
            Input::Auto if is_named_capture(name) => Input::Pcap,
            Input::Auto if !matches!(trace::kind(&first), Kind::Unknown | Kind::Text) => Input::Pcap,
            Input::Auto if looks_like_hex(&first) => Input::Hex,
            Input::Auto => Input::Bin,
            given => given,
        };
        let mut whole = first.as_slice().chain(source);
        if form == Input::Pcap {
            return self.capture(whole, name);
        }
        let mut bytes = Vec::new();
        whole.by_ref().take(MOST_TEXT).read_to_end(&mut bytes).map_err(failed)?;
        if form == Input::Hex {
            return self.hex(&bytes, name);
        }
        if bytes.len() > crate::frame::MAX_FRAME {
            return Err(Failure::usage(format!(
                "{name} is neither a capture nor hex, and with {} bytes too long for one frame",
                bytes.len()
            )));
        }
        self.frame(&Record::new(None, &bytes), None)
    }

    fn hex(&mut self, text: &[u8], name: &str) -> Result<(), Failure> {
        let frames = hex_text::read(text).map_err(|e| {
            Failure::usage(format!("{name}: {e}")).help("hex is two digits a byte, one frame a line, or a hexdump")
        })?;
        if frames.is_empty() {
            return Err(Failure::usage(format!("{name} holds no frame")));
        }
        frames.iter().try_for_each(|frame| self.frame(&Record::new(None, &frame.bytes), None))
    }

    fn capture(&mut self, source: impl Read, name: &str) -> Result<(), Failure> {
        let wrong = |e: trace::Error| Failure::usage(format!("{}: {e}", safe::text(name)));
        let mut reader = Reader::open(source).map_err(wrong)?;
        while self.number < self.most {
            let (record, interface) = match reader.next_and_interface() {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => {
                    // The frames before the damage come first.
                    self.out.flush()?;
                    let whole = self.number;
                    let failure = wrong(error);
                    return Err(failure.help(format!("the {whole} frames before it are whole and were decoded")));
                }
            };
            self.frame(&record, interface)?;
        }
        Ok(())
    }

    fn frame(&mut self, record: &Record, interface: Option<&Interface>) -> Result<(), Failure> {
        if self.number >= self.most {
            return Ok(());
        }
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

/// Whether a frame ends with an FCS: as asked, and where nothing was asked as the capture says.
pub(super) fn fcs_of(asked: Fcs, record: &Record, interface: Option<&Interface>) -> Fcs {
    match record.flags.fcs_len().or_else(|| interface?.fcs_len) {
        Some(4) if asked == Fcs::IfRight => Fcs::Always,
        _ => asked,
    }
}

/// What a capture knows of a frame.
pub(super) fn about<'a>(record: &Record, interface: Option<&'a Interface>, number: u64) -> About<'a> {
    About {
        interface: interface.and_then(|i| i.name.as_deref()),
        number,
        time: record.time,
        direction: record.direction(),
        original_len: record.original_len,
        link_type: record.link_type,
        ..About::default()
    }
}

/// The first layer of a link type; of raw IP the version tells which.
pub(super) fn begin(link_type: LinkType, data: &[u8]) -> Begin {
    match link_type {
        LinkType::ETHERNET => Begin::Ethernet,
        LinkType(101) if data.first().is_some_and(|b| b >> 4 == 6) => Begin::Layer(Some(&IPV6)),
        LinkType(101 | 228) => Begin::Layer(Some(&IPV4)),
        LinkType(229) => Begin::Layer(Some(&IPV6)),
        _ => Begin::Layer(None),
    }
}

/// By its name it is a capture, whatever is in it.
fn is_named_capture(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    ["pcap", "pcapng", "cap"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Hex digits, blanks and what a hexdump has beside them.
fn looks_like_hex(first: &[u8]) -> bool {
    let line = first.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).find(|l| !l.is_empty() && !l.starts_with(b"#"));
    line.is_some_and(|line| {
        let first_word = line.split(|b| *b == b' ' || *b == b'\t').next().unwrap_or_default();
        let hexish = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'x' | b'-');
        first.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)) && first_word.iter().all(hexish)
    })
}
