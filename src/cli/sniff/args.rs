//! The arguments of `sniff`.

use crate::cli::input::FcsArgs;
use crate::cli::units;
use crate::report::colour::Colour;
use crate::report::frame::{Form, Printer};
use clap::ValueEnum;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Capture frames: show, count, write; with --expect, say whether they came
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("rotates").args(["rotate_size", "rotate_time", "rotate_count"]).multiple(true),
    override_usage = "ethcraft sniff [OPTIONS] IFACE [PATTERN]\n       ethcraft sniff [OPTIONS] -r FILE [PATTERN]",
    after_help = "IFACE is veth0, veth0@blue (a named network namespace) or eth0@pid:4242 (a process's).

The kernel leaves out frames that cannot be of the pattern, as far as it can tell; what it lets through is matched in \
full, so --no-filter changes no answer.

--filter takes tcpdump's syntax (man 7 pcap-filter). In it 'vlan' moves what stands behind it to behind the tag: write \
'vlan 10 and ether proto 0x0801', for 'ether proto 0x0801 and vlan 10' matches nothing.

With --rotate-size, --rotate-time or --rotate-count the frames go to out_00001_20260102030405.pcapng and so on: each \
file is a whole capture, named by its number and the time when it was begun (UTC). A frame is in one file only.

With --expect the exit status is 0 when the frames came (or, with 'none', when no such frame did), 1 when not.

Examples:
  sudo ethcraft sniff eth1
  sudo ethcraft sniff eth1 'udp dport=53 or arp'
  sudo ethcraft sniff eth1 -x 'eth type=0x0801 / \"hello\"'
  sudo ethcraft sniff eth1 'vlan=7 / ipv4'
  sudo ethcraft sniff eth1 -w out.pcapng --timeout 10s
  sudo ethcraft sniff eth1 -w ring.pcapng --rotate-size 100M --files 10
  sudo ethcraft sniff eth1 --expect 3 --within 2s 'arp op=request'
  sudo ethcraft sniff eth1 --expect none --within 1s 'vlan=8'
  sudo ethcraft sniff eth1 --filter 'vlan 10 and port 53'
  ethcraft sniff eth1 --show-filter 'udp dport=53'
  ethcraft sniff -r out.pcapng -v 'udp checksum=bad'"
)]
pub struct Args {
    /// The interface; then the pattern of the frames that are wanted, one argument in single quotes or words
    #[arg(value_name = "IFACE PATTERN", hide = true)]
    pub(super) words: Vec<String>,
    /// Read a capture instead of an interface; - is standard input
    #[arg(short, long, value_name = "FILE")]
    pub(super) read: Option<PathBuf>,
    /// Write the frames to FILE: pcap for .pcap and .cap, else pcapng; they are shown then only with -v, -x or --json
    #[arg(short, long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    /// Go on in a new file before the file is longer than SIZE: 64k, 8M, 1G (tcpdump -C, dumpcap -b filesize)
    #[arg(long, value_name = "SIZE", requires = "write", value_parser = units::size)]
    pub(super) rotate_size: Option<usize>,
    /// Go on in a new file after this time: 10s, 15m, 1h (tcpdump -G, dumpcap -b duration)
    #[arg(long, value_name = "TIME", requires = "write", value_parser = units::period)]
    pub(super) rotate_time: Option<Duration>,
    /// Go on in a new file after N frames: 1000, 10k, 1M (dumpcap -b packets)
    #[arg(long, value_name = "N", requires = "write", value_parser = units::frames)]
    pub(super) rotate_count: Option<u64>,
    /// Keep only the newest N files and remove older ones (tcpdump -W, dumpcap -b files)
    #[arg(long, value_name = "N", requires = "rotates", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) files: Option<u32>,
    /// End after N frames
    #[arg(short, long, value_name = "N")]
    pub(super) count: Option<u64>,
    /// End after this time: 500us, 10ms, 1.5s, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub(super) timeout: Option<Duration>,
    /// Expect N frames, or 'none', within the time of --within
    #[arg(long, value_name = "N", requires = "within")]
    pub(super) expect: Option<Expect>,
    /// How long to wait for what is expected: 500us, 10ms, 1.5s, 2m
    #[arg(long, value_name = "TIME", value_parser = units::duration, requires = "expect", conflicts_with = "timeout")]
    pub(super) within: Option<Duration>,
    /// Show each frame as an expression
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// A hexdump below each line
    #[arg(short = 'x', long)]
    pub(super) hexdump: bool,
    /// One JSON object a frame
    #[arg(long, conflicts_with_all = ["verbose", "hexdump"])]
    pub(super) json: bool,
    /// Neither frames nor summary
    #[arg(short, long, conflicts_with_all = ["verbose", "hexdump", "json"])]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) fcs: FcsArgs,
    /// Which way the frames go
    #[arg(long, value_enum, default_value_t, value_name = "WAY")]
    pub(super) direction: Way,
    /// Do not make the interface promiscuous
    #[arg(short = 'p', long)]
    pub(super) no_promiscuous: bool,
    /// Keep at most N bytes of a frame
    #[arg(short, long, value_name = "N")]
    pub(super) snaplen: Option<u32>,
    /// Memory for frames that wait: 64k, 8M, 1G
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = units::bytes)]
    pub(super) buffer: usize,
    /// Capture by N threads that share the frames: those of one flow stay in order, as long as their thread keeps
    /// up; between flows the order is lost
    #[arg(long, value_name = "N", conflicts_with = "read", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) fanout: Option<u16>,
    /// Look at every frame here, instead of letting the kernel leave out those that cannot be of the pattern
    #[arg(long, conflicts_with = "read")]
    pub(super) no_filter: bool,
    /// Only frames that this filter in tcpdump's syntax lets through, compiled by the system's libpcap; beside it the
    /// pattern must hold too
    #[arg(long, value_name = "FILTER")]
    pub(super) filter: Option<String>,
    /// Print the program that would run on each frame, and end
    #[arg(long, conflicts_with = "no_filter")]
    pub(super) show_filter: bool,
    /// Exit 1 if the kernel dropped a frame
    #[arg(long)]
    pub(super) fail_on_drop: bool,
    /// End when the interface goes down, with exit 4
    #[arg(long)]
    pub(super) exit_on_down: bool,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Colour,
}

/// What `--expect` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    Frames(u64),
    None,
}

impl FromStr for Expect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("none" | "0", _) => Ok(Self::None),
            (_, Ok(frames)) => Ok(Self::Frames(frames)),
            _ => Err("expected a number of frames, or 'none'".into()),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Way {
    /// Both ways
    #[default]
    Both,
    /// Received
    In,
    /// Sent by this machine
    Out,
}

impl Args {
    fn form(&self) -> Option<Form> {
        match self {
            Self { json: true, .. } => Some(Form::Json),
            Self { verbose: true, .. } => Some(Form::Expression),
            Self { hexdump: true, .. } => Some(Form::LineAndDump),
            Self { quiet: true, .. } | Self { write: Some(_), .. } => None,
            _ => Some(Form::Line),
        }
    }

    /// Frames are written to files and not shown.
    pub(super) fn writes_only(&self) -> bool {
        self.write.is_some() && !self.quiet && self.form().is_none()
    }

    /// Nobody waits to see a frame: none is shown.
    pub(super) fn shows_nothing(&self) -> bool {
        self.form().is_none()
    }

    pub(super) fn printer(&self) -> Option<Printer> {
        self.form().map(|form| {
            let dump_too = self.hexdump && form == Form::Expression;
            Printer::new(if dump_too { Form::ExpressionAndDump } else { form }, self.color)
        })
    }
}
