//! `ethcraft sniff`: capture, show, write, and say whether what was expected came.

use super::build::{create, section};
use super::input::{FcsArgs, From, Input, about, begin, fcs_of};
use super::{Failure, Outcome, Status, source, tcpdump_filter, units};
use crate::frame::filter::{self, Program};
use crate::frame::{Fcs, Matcher, Node, Pattern, Surroundings, View, dissect};
use crate::link::netns::Target;
use crate::link::rx::{self, Capture, Checksum, Event, Received};
use crate::link::stop::Stop;
use crate::link::{self, privileges};
use crate::report::colour::Colour;
use crate::report::frame::{About, Form, Printer};
use crate::report::line::Told;
use crate::report::safe;
use crate::trace::{self, CaptureFile, Direction, Flags, Format, Record, Time};
use crate::traffic::addresses::surroundings;
use clap::ValueEnum;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Capture frames: show, count, write; with --expect, say whether they came
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "ethcraft sniff [OPTIONS] IFACE [PATTERN]\n       ethcraft sniff [OPTIONS] -r FILE [PATTERN]",
    after_help = "IFACE is veth0, veth0@blue (a named network namespace) or eth0@pid:4242 (a process's).

The kernel leaves out frames that cannot be of the pattern, as far as it can tell; what it lets through is matched in
full, so --no-filter changes no answer.

--filter takes tcpdump's syntax (man 7 pcap-filter). In it 'vlan' moves what stands behind it to behind the tag: write
'vlan 10 and ether proto 0x0801', for 'ether proto 0x0801 and vlan 10' matches nothing.

With --expect the exit status is 0 when the frames came (or, with 'none', when no such frame did), 1 when not.

Examples:
  sudo ethcraft sniff eth1
  sudo ethcraft sniff eth1 'udp dport=53 or arp'
  sudo ethcraft sniff eth1 -x 'eth type=0x0801 / \"hello\"'
  sudo ethcraft sniff eth1 'vlan=7 / ipv4'
  sudo ethcraft sniff eth1 -w out.pcapng --timeout 10s
  sudo ethcraft sniff eth1 --expect 3 --within 2s 'arp op=request'
  sudo ethcraft sniff eth1 --expect none --within 1s 'vlan=8'
  sudo ethcraft sniff eth1 --filter 'vlan 10 and port 53'
  ethcraft sniff eth1 --show-filter 'udp dport=53'
  ethcraft sniff -r out.pcapng -v 'udp checksum=bad'"
)]
pub struct Args {
    /// The interface; then the pattern of the frames that are wanted, one argument in single quotes or words
    #[arg(value_name = "IFACE PATTERN", hide = true)]
    words: Vec<String>,
    /// Read a capture instead of an interface; - is standard input
    #[arg(short, long, value_name = "FILE")]
    read: Option<PathBuf>,
    /// Write the frames to FILE: pcap for .pcap and .cap, else pcapng; they are shown then only with -v, -x or --json
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// End after N frames
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// End after this time: 500us, 10ms, 1.5s, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// Expect N frames, or 'none', within the time of --within
    #[arg(long, value_name = "N", requires = "within")]
    expect: Option<Expect>,
    /// How long to wait for what is expected: 500us, 10ms, 1.5s, 2m
    #[arg(long, value_name = "TIME", value_parser = units::duration, requires = "expect", conflicts_with = "timeout")]
    within: Option<Duration>,
    /// Show each frame as an expression
    #[arg(short, long)]
    verbose: bool,
    /// A hexdump below each line
    #[arg(short = 'x', long)]
    hexdump: bool,
    /// One JSON object a frame
    #[arg(long, conflicts_with_all = ["verbose", "hexdump"])]
    json: bool,
    /// Neither frames nor summary
    #[arg(short, long, conflicts_with_all = ["verbose", "hexdump", "json"])]
    quiet: bool,
    #[command(flatten)]
    fcs: FcsArgs,
    /// Which way the frames go
    #[arg(long, value_enum, default_value_t, value_name = "WAY")]
    direction: Way,
    /// Do not make the interface promiscuous
    #[arg(short = 'p', long)]
    no_promiscuous: bool,
    /// Keep at most N bytes of a frame
    #[arg(short, long, value_name = "N")]
    snaplen: Option<u32>,
    /// Memory for frames that wait: 64k, 8M, 1G
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = units::bytes)]
    buffer: usize,
    /// Look at every frame here, instead of letting the kernel leave out those that cannot be of the pattern
    #[arg(long, conflicts_with = "read")]
    no_filter: bool,
    /// Only frames that this filter in tcpdump's syntax lets through, compiled by the system's libpcap; beside it the
    /// pattern must hold too
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// Print the program that would run on each frame, and end
    #[arg(long, conflicts_with = "no_filter")]
    show_filter: bool,
    /// Exit 1 if the kernel dropped a frame
    #[arg(long)]
    fail_on_drop: bool,
    /// End when the interface goes down, with exit 4
    #[arg(long)]
    exit_on_down: bool,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// What `--expect` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
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
enum Way {
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

    fn printer(&self) -> Option<Printer> {
        self.form().map(|form| {
            let dump_too = self.hexdump && form == Form::Expression;
            Printer::new(if dump_too { Form::ExpressionAndDump } else { form }, self.color)
        })
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.read {
        Some(path) => from_file(args, path),
        None => from_interface(args),
    }
}

fn from_interface(args: &Args) -> Outcome {
    let Some((name, pattern)) = args.words.split_first() else {
        return Err(
            Failure::usage("an interface is missing").help("ethcraft ifaces lists them; -r FILE reads a capture")
        );
    };
    let target: Target = name.parse()?;
    let mut options = rx::Options {
        promiscuous: !args.no_promiscuous,
        buffer: args.buffer,
        snaplen: args.snaplen,
        direction: match args.direction {
            Way::Both => rx::Direction::Both,
            Way::In => rx::Direction::In,
            Way::Out => rx::Direction::Out,
        },
        ..rx::Options::default()
    };
    let stop = Stop::on_signals().map_err(Failure::failed)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    let pattern = parse_pattern(pattern, surroundings(&interface, 0))?;
    let program = match &pattern {
        Some(pattern) if !args.no_filter => filter::compile(pattern, args.snaplen.unwrap_or(filter::WHOLE)),
        _ => Program::keep(args.snaplen.unwrap_or(filter::WHOLE)),
    };
    warn_of(args);
    let snaplen = args.snaplen.unwrap_or(filter::WHOLE);
    let wanted = args.filter.as_deref().map(|text| tcpdump_filter::on_interface(&target, &interface, snaplen, text));
    let wanted = wanted.transpose()?;
    let program = wanted.as_ref().map_or(program.clone(), |wanted| tcpdump_filter::both(wanted, &program));
    if args.show_filter {
        return show(&program);
    }
    options.filter = Some(program).filter(|program| !program.keeps_all());
    let mut capture = target.within(|| Capture::open(&interface, &options))??;
    // A pattern is matched here too; a filter of tcpdump's is run by the kernel or not at all.
    if let Some(wanted) = wanted.filter(|wanted| !wanted.keeps_all() && !capture.is_filtered()) {
        options.filter = Some(wanted);
        capture = target.within(|| Capture::open(&interface, &options))??;
        if !capture.is_filtered() {
            return Err(Failure::refused("the kernel has no room for the filter")
                .help("write a shorter one, or raise the limit: sysctl net.core.optmem_max"));
        }
    }
    let mut sink = Sink::new(args, pattern, Some(name))?;
    sink.filtered = capture.is_filtered();
    // From here on only bytes from outside are looked at: nothing more is opened, and nothing needs a privilege.
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    if !args.quiet {
        let how = if args.no_promiscuous { "" } else { ", promiscuous" };
        eprintln!("sniffing on {} ({}{how}); Ctrl-C ends", safe::text(name), interface.state);
    }
    let limit = args.within.or(args.timeout).and_then(|time| Instant::now().checked_add(time));
    let ended =
        listen(args, &mut sink, &mut capture, &stop, limit).and_then(|()| take_the_rest(&mut sink, &mut capture));
    let counted = capture.statistics();
    // What ended the capture is told, not what follows from it.
    let ended = ended.and(sink.close(counted.as_ref().ok().copied()));
    let closed_pipe = ended.as_ref().is_err_and(|failure| failure.status == Status::Done);
    if !args.quiet && !closed_pipe {
        sink.summary(counted.as_ref().ok());
    }
    ended?;
    let dropped = counted?.dropped;
    if args.fail_on_drop && dropped > 0 {
        return Err(Failure::new(Status::Unmet, format!("the kernel dropped {dropped} frames"))
            .help("a larger --buffer, or a pattern with less output, keeps up"));
    }
    sink.verdict(args)
}

/// Takes frames until something ends the capture.
fn listen(
    args: &Args,
    sink: &mut Sink,
    capture: &mut Capture,
    stop: &Stop,
    limit: Option<Instant>,
) -> Result<(), Failure> {
    let mut idle = false;
    while !sink.done && !stop.requested() {
        let left = limit.map(|limit| limit.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            break;
        }
        // What has come is shown before anything is waited for.
        let wait = if idle { left } else { Some(Duration::ZERO) };
        match capture.next(wait, stop)? {
            Event::Frame(frame) => {
                idle = false;
                sink.received(&frame)?;
            }
            Event::Timeout if idle => break,
            Event::Timeout => {
                idle = true;
                sink.flush()?;
            }
            Event::Stopped => break,
            Event::Down { name } if args.exit_on_down => {
                return Err(Failure::failed(format!("{} went down", safe::text(&name))));
            }
            Event::Down { name } => {
                eprintln!("warning: {} is down; frames come once it is up", safe::text(&name));
            }
        }
    }
    Ok(())
}

/// Takes the frames that came before the end and were not looked at yet: what the kernel counted is seen or dropped.
fn take_the_rest(sink: &mut Sink, capture: &mut Capture) -> Result<(), Failure> {
    /// The kernel hands over a block that is not full after a few milliseconds.
    const PATIENCE: Duration = Duration::from_millis(50);
    let received = capture.statistics()?.received;
    // Frames go on coming, so this ends by their number.
    while !sink.done && sink.seen < received {
        match capture.next(Some(PATIENCE), &Stop::new()) {
            Ok(Event::Frame(frame)) => sink.received(&frame)?,
            // Those of the other direction are counted and never come.
            _ => break,
        }
    }
    Ok(())
}

fn parse_pattern(words: &[String], surroundings: Surroundings) -> Result<Option<Pattern>, Failure> {
    if words.iter().all(|w| w.trim().is_empty()) {
        return Ok(None);
    }
    source::pattern(words, surroundings).map(Some)
}

/// Prints a program as `tcpdump -d` does.
fn show(program: &Program) -> Outcome {
    let mut out = io::stdout().lock();
    write!(out, "{program}")?;
    out.flush()?;
    Ok(Status::Done)
}

fn warn_of(args: &Args) {
    if let Some(warning) = args.filter.as_deref().and_then(tcpdump_filter::warning).filter(|_| !args.quiet) {
        eprintln!("warning: {warning}");
    }
}

fn from_file(args: &Args, path: &Path) -> Outcome {
    let pattern = parse_pattern(&args.words, Surroundings::default())?;
    warn_of(args);
    let mut filter = args.filter.as_deref().map(tcpdump_filter::OnFile::new).transpose()?;
    if args.show_filter {
        return match filter {
            Some(filter) => show(&filter.program()),
            None => Err(Failure::usage("with -r a pattern is matched here: no program runs")
                .help("name an interface, or a --filter in tcpdump's syntax")),
        };
    }
    let mut sink = Sink::new(args, pattern, None)?;
    let mut input = Input::open(Some(path), From::Pcap)?;
    let mut damage = None;
    while !sink.done {
        match input.next() {
            Ok(Some((record, interface))) => {
                let wanted = filter.as_mut().map_or(Ok(true), |filter| filter.lets_through(&record))?;
                if wanted {
                    sink.record(&record, interface)?;
                } else {
                    sink.seen += 1;
                }
            }
            Ok(None) => break,
            Err(failure) => {
                damage = Some(failure.help(format!("the {} frames before it were read", sink.seen)));
                break;
            }
        }
    }
    sink.close(None)?;
    if !args.quiet {
        sink.summary(None);
    }
    if let Some(failure) = damage {
        return Err(failure);
    }
    sink.verdict(args)
}

/// Where frames go: the pattern, the screen, the file, the count.
struct Sink {
    pattern: Option<Matcher>,
    printer: Option<Printer>,
    file: Option<CaptureFile>,
    out: BufWriter<io::Stdout>,
    nodes: Vec<Node>,
    fcs: Fcs,
    /// The interface that is captured on, for the files and the printer.
    interface: trace::Interface,
    /// The number in the written file of each interface of the file that is read.
    numbers: Vec<Option<u32>>,
    /// The kernel leaves out frames that cannot be of the pattern: nobody counts those.
    filtered: bool,
    /// Frames looked at.
    seen: u64,
    /// Frames of the pattern.
    matched: u64,
    /// How many are wanted.
    most: Option<u64>,
    done: bool,
}

impl Sink {
    /// `name` is the interface's; a capture that is read brings its own.
    fn new(args: &Args, pattern: Option<Pattern>, name: Option<&str>) -> Result<Self, Failure> {
        let snaplen = args.snaplen.unwrap_or(0);
        let interface = trace::Interface { snaplen, name: name.map(str::to_owned), ..trace::Interface::default() };
        let own = if name.is_some() { std::slice::from_ref(&interface) } else { &[] };
        let file = args.write.as_ref().map(|path| -> Result<_, Failure> {
            Ok(CaptureFile::begin(create(path)?, path, Format::from_path(path), &section(), own)?)
        });
        let file = file.transpose()?;
        let most = match (args.count, args.expect) {
            (_, Some(Expect::None)) => Some(1),
            (count, Some(Expect::Frames(frames))) => Some(count.map_or(frames, |count| count.min(frames))),
            (count, None) => count,
        };
        Ok(Self {
            pattern: pattern.map(Matcher::new),
            printer: args.printer(),
            file,
            out: BufWriter::with_capacity(64 << 10, io::stdout()),
            nodes: Vec::new(),
            fcs: args.fcs.into(),
            interface,
            numbers: Vec::new(),
            filtered: false,
            seen: 0,
            matched: 0,
            most,
            done: most == Some(0),
        })
    }

    /// A frame from the wire.
    fn received(&mut self, frame: &Received) -> Result<(), Failure> {
        let direction = if frame.is_outgoing() { Direction::Out } else { Direction::In };
        let record = Record {
            original_len: frame.original_len,
            flags: Flags::default().with_direction(Some(direction)),
            ..Record::new(Some(Time(frame.time.cast_signed())), frame.data)
        };
        let told = Told { not_computed: frame.checksum == Checksum::NotReady };
        let interface = std::mem::take(&mut self.interface);
        let result = self.take(&record, Some(&interface), told);
        self.interface = interface;
        result
    }

    /// A frame from a file. Its interface goes into the written file before the first of its frames.
    fn record(&mut self, record: &Record, interface: Option<&trace::Interface>) -> Result<(), Failure> {
        let numbers = &mut self.numbers;
        let number = record.interface as usize;
        if let (Some(file), true) = (&mut self.file, number >= numbers.len() || numbers[number].is_none()) {
            let added = file.add_interface(interface.unwrap_or(&trace::Interface::default()))?;
            numbers.resize(numbers.len().max(number + 1), None);
            numbers[number] = Some(added);
        }
        let written = numbers.get(number).copied().flatten().unwrap_or(0);
        self.take(&Record { interface: written, ..*record }, interface, Told::default())
    }

    fn take(&mut self, record: &Record, interface: Option<&trace::Interface>, told: Told) -> Result<(), Failure> {
        self.seen += 1;
        let (begin, fcs) = (begin(record.link_type, record.data), fcs_of(self.fcs, record, interface));
        if self.pattern.as_mut().is_some_and(|p| !p.matches(record.data, begin, fcs, told.not_computed)) {
            return Ok(());
        }
        self.matched += 1;
        self.done = self.most.is_some_and(|most| self.matched >= most);
        if let Some(file) = &mut self.file {
            file.write(record)?;
        }
        if let Some(printer) = &mut self.printer {
            dissect(record.data, begin, fcs, &mut self.nodes);
            let view = View { bytes: record.data, nodes: &self.nodes };
            let about = About { told, ..about(record, interface, self.matched) };
            self.out.write_all(printer.print(view, &about).as_bytes())?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok(self.out.flush()?)
    }

    /// Ends the output; the kernel's counts go into the file.
    fn close(&mut self, counted: Option<rx::Statistics>) -> Result<(), Failure> {
        self.flush()?;
        if let Some(mut file) = self.file.take() {
            if let Some(counted) = counted {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = Time(now.map_or(0, |now| now.as_nanos() as i64));
                // What the interface received, so the dropped ones too (draft-ietf-opsawg-pcapng 4.6).
                file.statistics(0, now, counted.received + counted.dropped, counted.dropped)?;
            }
            file.finish()?;
        }
        Ok(())
    }

    fn summary(&self, counted: Option<&rx::Statistics>) {
        let s = if self.matched == 1 { "" } else { "s" };
        let mut text = match self.pattern {
            None if self.seen > self.matched => {
                format!("{} frame{s} let through by the filter, {} seen", self.matched, self.seen)
            }
            None => format!("{} frame{s}", self.matched),
            Some(_) if self.filtered => {
                format!("{} frame{s} of the pattern, {} let through by the filter", self.matched, self.seen)
            }
            Some(_) => format!("{} frame{s} of the pattern, {} seen", self.matched, self.seen),
        };
        if let Some(counted) = counted {
            let _ = write!(text, "; {} dropped by the kernel", counted.dropped);
            if counted.damaged > 0 {
                let _ = write!(text, "; {} records of the ring made no sense", counted.damaged);
            }
        }
        eprintln!("{text}");
    }

    /// Whether what was expected came.
    fn verdict(&self, args: &Args) -> Outcome {
        let within = args.within.map_or(String::new(), |time| format!(" within {time:?}"));
        let unmet = |text: String, help: &str| Err(Failure::new(Status::Unmet, text).help(help));
        match args.expect {
            None => Ok(Status::Done),
            Some(Expect::None) if self.matched == 0 => Ok(Status::Done),
            Some(Expect::None) => unmet("expected no such frame, but one came".into(), "-v shows it"),
            Some(Expect::Frames(wanted)) if self.matched >= wanted => Ok(Status::Done),
            Some(Expect::Frames(wanted)) => unmet(
                format!("expected {wanted} frame{}{within}, {} came", if wanted == 1 { "" } else { "s" }, self.matched),
                if self.seen > self.matched {
                    "other frames came: without the pattern they are shown"
                } else if self.filtered {
                    "without the pattern other frames are shown, if any came; 'ethcraft ifaces' tells whether the link is up"
                } else {
                    "nothing else came: is the sender running, is the link up? 'ethcraft ifaces' tells"
                },
            ),
        }
    }
}
