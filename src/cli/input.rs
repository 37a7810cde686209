//! Frames that a command reads: a capture, hex text, frame text or the bytes of one frame, told apart by their first bytes.

use super::Failure;
use super::source::{self, Entry};
use crate::frame::{Begin, Builder, Fcs, Surroundings};
use crate::proto::ipv4::IPV4;
use crate::proto::ipv6::IPV6;
use crate::proto::table::Role;
use crate::report::frame::About;
use crate::report::safe;
use crate::trace::{self, Flags, Interface, Kind, LinkType, Reader, Record, hex as hex_text};
use clap::ValueEnum;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The form of an input, as it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum From {
    /// By its first bytes
    #[default]
    Auto,
    /// pcap or pcapng
    Pcap,
    /// Hex text or a hexdump
    Hex,
    /// Frame text, one expression a line
    Text,
    /// One frame as it is
    Bin,
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

impl std::convert::From<FcsArgs> for Fcs {
    fn from(args: FcsArgs) -> Self {
        match args {
            FcsArgs { fcs: true, .. } => Self::Always,
            FcsArgs { no_fcs: true, .. } => Self::Never,
            _ => Self::IfRight,
        }
    }
}

/// An opened input.
pub(super) struct Input {
    name: String,
    frames: Frames,
}

enum Frames {
    Capture(Reader<Box<dyn Read>>),
    Bytes { all: Vec<Vec<u8>>, at: usize },
    Built { entries: Vec<Entry>, entry: usize, number: u128, builder: Box<Builder> },
}

/// The most that is taken of text and of a frame's bytes.
const MOST_TEXT: u64 = 256 << 20;
/// The first bytes that tell a form; text and captures show in them.
const FIRST: usize = 512;

impl Input {
    /// Opens a file; `-` or nothing is standard input.
    pub fn open(path: Option<&Path>, from: From) -> Result<Self, Failure> {
        match path.filter(|path| *path != Path::new("-")) {
            None => Self::read(Box::new(io::stdin().lock()), "standard input", from),
            Some(path) => {
                let name = path.display().to_string();
                let file = File::open(path).map_err(|e| Failure::usage(format!("cannot read {name}: {e}")))?;
                Self::read(Box::new(file), &name, from)
            }
        }
    }

    fn read(mut source: Box<dyn Read>, name: &str, from: From) -> Result<Self, Failure> {
        let failed = |e: io::Error| Failure::usage(format!("cannot read {name}: {e}"));
        let mut first = Vec::new();
        source.by_ref().take(FIRST as u64).read_to_end(&mut first).map_err(failed)?;
        if first.is_empty() && from == From::Auto {
            return Err(Failure::usage(format!("{name} is empty")).help("a frame of no bytes is '--from bin'"));
        }
        let form = match from {
            // Taken for hex or bytes, what is wrong with it would not be told.
            From::Auto if has_ending(name, &["pcap", "pcapng", "cap"]) => From::Pcap,
            From::Auto if !matches!(trace::kind(&first), Kind::Unknown | Kind::Text) => From::Pcap,
            From::Auto if has_ending(name, &["frames"]) => From::Text,
            From::Auto if looks_like_hex(&first) => From::Hex,
            From::Auto if looks_like_text(&first) => From::Text,
            From::Auto => From::Bin,
            given => given,
        };
        let mut whole = io::Cursor::new(first).chain(source);
        if form == From::Pcap {
            let reader = Reader::open(Box::new(whole) as Box<dyn Read>).map_err(|e| wrong(name, &e))?;
            return Ok(Self { name: name.into(), frames: Frames::Capture(reader) });
        }
        let mut bytes = Vec::new();
        whole.by_ref().take(MOST_TEXT).read_to_end(&mut bytes).map_err(failed)?;
        match form {
            From::Hex => Self::hex(&bytes, name),
            From::Text => {
                let text = String::from_utf8(bytes)
                    .map_err(|e| Failure::usage(format!("{name} is no text: byte {}", e.utf8_error().valid_up_to())))?;
                Ok(Self::built(name, source::frame_text(name, &text, Surroundings::default())?))
            }
            _ if bytes.len() > crate::frame::MAX_FRAME => Err(Failure::usage(format!(
                "{name} is neither a capture nor hex, and with {} bytes too long for one frame",
                bytes.len()
            ))),
            _ => Ok(Self { name: name.into(), frames: Frames::Bytes { all: vec![bytes], at: 0 } }),
        }
    }

    /// Hex text: two digits a byte, one frame a line, or a hexdump.
    pub fn hex(text: &[u8], name: &str) -> Result<Self, Failure> {
        let frames = hex_text::read(text).map_err(|e| {
            Failure::usage(format!("{name}: {e}")).help("hex is two digits a byte, one frame a line, or a hexdump")
        })?;
        if frames.is_empty() {
            return Err(Failure::usage(format!("{name} holds no frame")));
        }
        let all = frames.into_iter().map(|frame| frame.bytes).collect();
        Ok(Self { name: name.into(), frames: Frames::Bytes { all, at: 0 } })
    }

    /// An expression of the command line, with a name for what it denotes.
    pub fn expression(name: &str, text: &str) -> Result<Self, Failure> {
        Ok(Self::built(name, source::expression(text)?))
    }

    fn built(name: &str, entries: Vec<Entry>) -> Self {
        let frames = Frames::Built { entries, entry: 0, number: 0, builder: Box::default() };
        Self { name: name.into(), frames }
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next frame and the interface it was seen on, or none behind the last one. Behind an error comes nothing more.
    pub fn next(&mut self) -> Result<Option<(Record<'_>, Option<&Interface>)>, Failure> {
        match &mut self.frames {
            Frames::Capture(reader) => reader.next_and_interface().map_err(|e| wrong(&self.name, &e)),
            Frames::Bytes { all, at } => {
                *at += 1;
                Ok(all.get(*at - 1).map(|bytes| (Record::new(None, bytes), None)))
            }
            Frames::Built { entries, entry, number, builder } => {
                while entries.get(*entry).is_some_and(|e| *number >= e.frames.count()) {
                    (*entry, *number) = (*entry + 1, 0);
                }
                let Some(here) = entries.get(*entry) else { return Ok(None) };
                builder.build(&here.frames, *number).map_err(|errors| here.failure(&errors))?;
                *number += 1;
                let view = builder.view();
                let mut record = Record::new(None, view.bytes);
                if view.nodes.iter().any(|node| node.is(Role::Fcs)) {
                    record.flags = Flags::default().with_fcs_len(4);
                }
                if view.nodes.first().is_some_and(|node| node.is(Role::Start)) {
                    record.link_type = match view.nodes.get(1).and_then(|node| node.proto) {
                        Some(proto) if *proto == IPV4 => LinkType(228),
                        Some(proto) if *proto == IPV6 => LinkType(229),
                        _ => USER,
                    };
                }
                Ok(Some((record, None)))
            }
        }
    }
}

/// What a user defines (<https://www.tcpdump.org/linktypes.html>).
const USER: LinkType = LinkType(147);

fn wrong(name: &str, error: &trace::Error) -> Failure {
    Failure::usage(format!("{}: {error}", safe::text(name)))
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

/// By its name it is of this form, whatever is in it.
fn has_ending(name: &str, endings: &[&str]) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    endings.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// A line of a frame file: it begins with a layer, a delay, a quote or a comment, and there is no control character in it.
fn looks_like_text(first: &[u8]) -> bool {
    // A letter may be cut at the end of what was read.
    let valid = first.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    valid.len() + 4 > first.len() && !valid.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
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
