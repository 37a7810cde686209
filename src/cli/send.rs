//! `ethcraft send`: frames onto an interface, and what became of them.

use super::source::{Entry, Source};
use super::summary::Summary;
use super::{Failure, Outcome, Status, offload, units};
use crate::frame::{Builder, expression};
use crate::link::counters::Meter;
use crate::link::netns::Target;
use crate::link::offload::{Guard, Offload, Setting};
use crate::link::stop::Stop;
use crate::link::tx::{Choice, Options, Sender, SizeError, longest};
use crate::link::{self, Interface, privileges};
use crate::traffic::{self, End, Fault, Item, Job, Note, Sequence, Spacing, addresses, sequence};
use clap::ValueEnum;
use std::io::{self, Write};
use std::time::Duration;

/// Send frames on an interface, and tell what became of them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Unset source addresses are those of the interface. Without -c every frame of the set is sent once.

The summary keeps apart what was asked for, what the kernel accepted and what the interface counted, and says why they \
differ. 'Accepted' is no promise that a frame arrived.

Exit status: 0 all accepted, or interrupted; 2 wrong command line, expression or file, or a frame under 14 bytes; 3 not \
permitted, or a frame too long for the interface; 4 the interface failed, or frames were refused.

With --json the summary is one object: interface, engine, fcs, asked (null: without end), accepted, accepted_bytes, \
refused, unsent, counted (tx_packets, tx_bytes, tx_dropped, tx_errors; null: unknown), seen (null: nobody looked), \
seconds, rate, rate_asked, end (complete, interrupted, time, failed), offload_off, notes, error.

Examples:
  ethcraft send veth0 'eth dst=01:02:03:04:05:06 type=0x0801 / \"hello\" / fcs'
  ethcraft send veth0 'arp tpa=10.0.0.0/24'                          256 requests
  ethcraft send veth0@h1 --rate 10k -c 100k 'ipv4 dst=10.0.0.2 / udp dport=9 / rand*64'
  ethcraft send eth0 -i 100ms --forever 'ipv4 dst=10.0.0.2 / icmp / echo seq=0..65535'
  ethcraft send eth0 -f frames.txt                                   with the delays in the file
  ethcraft send eth0 --no-offload --json 'vlan=7 / ipv4 dst=10.0.0.2 / udp dport=9'")]
pub struct Args {
    /// The interface: veth0, veth0@h1 (in a named network namespace), eth0@pid:4242 (in that of a process)
    #[arg(value_name = "IFACE")]
    interface: String,
    #[command(flatten)]
    source: Source,
    /// Send N frames; past its end the set begins anew
    #[arg(short, long, value_name = "N", value_parser = units::frames)]
    count: Option<u64>,
    /// Send until interrupted
    #[arg(long, conflicts_with = "count")]
    forever: bool,
    /// The time from one frame to the next: 10ms, 1s, 500us
    #[arg(short, long, value_name = "TIME", value_parser = units::duration, conflicts_with = "rate")]
    interval: Option<Duration>,
    /// Frames a second: 1000, 10k, 1M
    #[arg(long, value_name = "N", value_parser = units::frames)]
    rate: Option<u64>,
    /// Stop after this time; without -c the set begins anew until then
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    duration: Option<Duration>,
    /// Add the right FCS to frames that have none, and how it travels
    #[arg(long, value_enum, value_name = "HOW")]
    fcs: Option<Fcs>,
    /// How frames are handed to the kernel; mmsg unless given
    #[arg(long, value_enum, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// Past the queueing discipline; sniffers on this machine do not see the frames
    #[arg(long)]
    bypass: bool,
    /// Turn tx checksum offload off during the run, and put back what was there
    #[arg(long, conflicts_with = "dry_run")]
    no_offload: bool,
    /// Print what would be sent instead of sending it; needs no privilege
    #[arg(long, conflicts_with_all = ["json", "forever", "duration"])]
    dry_run: bool,
    /// The summary as one JSON object on standard output
    #[arg(long)]
    json: bool,
    /// No summary
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fcs {
    /// As the last four bytes of the frame; a network card adds its own behind them
    Append,
    /// As the FCS on the wire, in place of the card's own; few drivers can
    Wire,
}

impl Fcs {
    fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Wire => "wire",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// One send(2) a frame
    Send,
    /// sendmmsg(2), many frames a system call
    Mmsg,
    /// The best one here; the summary says which, and why
    Auto,
}

impl Engine {
    fn choice(self) -> Choice {
        match self {
            Self::Send => Choice::Send,
            Self::Mmsg => Choice::Mmsg,
            Self::Auto => Choice::Auto,
        }
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    let target = Target::parse(&args.interface)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    // Files are read here, with the rights of the caller.
    let mut entries = args.source.entries(addresses::surroundings(&interface, args.source.seed))?;
    for entry in &mut entries {
        if let Some(missing) = addresses::missing(&entry.frames, &interface) {
            return Err(Failure::usage(place(entry, &missing)).help(missing.help()));
        }
        if args.fcs.is_some() {
            entry.frames.add_fcs();
        }
    }
    let items: Vec<Item> = entries.iter().map(|entry| Item { frames: &entry.frames, delay: entry.delay }).collect();
    let job = args.job(&items);
    let options = args.options();
    if args.dry_run {
        return dry_run(&job, &interface, &entries, &options);
    }
    // From here on a signal ends the run and not the program, so that what is changed is put back.
    let stop = Stop::on_signals()?;
    let (mut sender, meter, guard) = target.within(|| open(&interface, &target, &options, args.no_offload))??;
    // The sockets are open; the guard's own thread keeps what it needs to put the features back.
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    traffic::check(&job, &interface, &options).map_err(|fault| failure(fault, &entries, &interface, true))?;
    let off = guard.as_ref().map_or(&[][..], |guard| &guard.applied().changes).to_vec();
    let mut report = traffic::send(&job, &mut sender, &meter, &stop);
    let restored = guard.map_or(Ok(()), |guard| guard.restore().map(drop));
    report.notes.extend(sender.notes().iter().map(|text| Note::new(text.as_str())));
    let has_fcs = entries.iter().any(|entry| entry.frames.has_fcs());
    if args.fcs.is_none() && has_fcs {
        let text = "the FCS travels as the last four bytes of the frame; a network card adds its own behind them";
        report.notes.push(Note::new(text));
    }
    let summary = Summary {
        interface: &args.interface,
        engine: sender.engine(),
        fcs: args.fcs.or_else(|| has_fcs.then_some(Fcs::Append)).map(Fcs::name),
        rate_asked: args.rate_asked(),
        report: &report,
        off: &off,
    };
    if args.json {
        summary.print_json()?;
    } else if !args.quiet {
        summary.print();
    }
    let status = if report.counts.refused > 0 { Status::Failed } else { Status::Done };
    if let End::Failed(fault) = report.end {
        // What could not be put back is told as well, though the other failure decides the exit status.
        if let Err(error) = restored {
            eprintln!("error: {error}");
        }
        return Err(failure(fault, &entries, &interface, report.counts.accepted == 0));
    }
    restored?;
    Ok(status)
}

impl Args {
    fn job<'a>(&self, items: &'a [Item<'a>]) -> Job<'a> {
        let endless = self.forever || self.duration.is_some();
        let spacing = match (self.interval, self.rate) {
            (Some(interval), _) => Spacing::every(u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)),
            (None, Some(rate)) => Spacing::rate(rate),
            (None, None) => Spacing::LISTED,
        };
        let count = self.count.or_else(|| (!endless).then(|| sequence::total(items)));
        Job { items, count, spacing, duration: self.duration }
    }

    fn options(&self) -> Options {
        Options {
            engine: self.engine.map_or(Choice::default(), Engine::choice),
            bypass_queue: self.bypass,
            own_fcs: self.fcs == Some(Fcs::Wire),
            ..Options::default()
        }
    }

    /// Frames a second that were asked for.
    fn rate_asked(&self) -> Option<f64> {
        // Rates are below 10^12.
        #[allow(clippy::cast_precision_loss)]
        let rate = self.rate.map(|rate| rate as f64);
        rate.or_else(|| {
            self.interval.filter(|interval| !interval.is_zero()).map(|interval| 1.0 / interval.as_secs_f64())
        })
    }
}

/// Everything that takes a privilege or the interface's network namespace.
fn open(
    interface: &Interface,
    target: &Target,
    options: &Options,
    no_offload: bool,
) -> Result<(Sender, Meter, Option<Guard>), Failure> {
    let sender = Sender::open(interface, options)?;
    let meter = Meter::open(interface)?;
    // An interface without features has none that were left changed.
    let features = Offload::open(interface);
    if let Ok(offload) = &features
        && offload::warn_of_pending(offload)
    {
        if no_offload {
            eprintln!("help: they are put back after this run");
        } else {
            eprintln!("help: `ethcraft offload {target} --restore` puts them back");
        }
    }
    if !no_offload {
        return Ok((sender, meter, None));
    }
    let guard = Guard::new(features?, vec![Setting { name: "tx".into(), on: false }])?;
    offload::check(guard.applied(), &interface.name)?;
    Ok((sender, meter, Some(guard)))
}

/// The expressions of what would be sent, which `build -f` takes.
fn dry_run(job: &Job, interface: &Interface, entries: &[Entry], options: &Options) -> Outcome {
    traffic::check(job, interface, options).map_err(|fault| failure(fault, entries, interface, true))?;
    let mut builder = Builder::default();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut text = String::new();
    for (_, turn) in (0..job.count.unwrap_or_default()).zip(Sequence::new(job.items)) {
        let entry = &entries[turn.item];
        builder.build(&entry.frames, turn.number).map_err(|errors| entry.failure(&errors))?;
        text.clear();
        expression(builder.view(), &mut text);
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(Status::Done)
}

/// The message with the line of the frame file in front.
fn place(entry: &Entry, message: impl std::fmt::Display) -> String {
    match entry.place() {
        Some(place) => format!("{}: {message}", place.escape_debug()),
        None => message.to_string(),
    }
}

/// A fault in words. Where nothing was sent yet it is the frame's or the interface's; later the run failed.
fn failure(fault: Fault, entries: &[Entry], interface: &Interface, nothing_sent: bool) -> Failure {
    let mut failure = match &fault {
        Fault::Link(_) => {
            let Fault::Link(error) = fault else { return Failure::failed(fault) };
            return error.into();
        }
        Fault::Build { item, cause, .. } => entries[*item].failure(cause),
        Fault::Size { item, cause: SizeError::Short { .. }, .. } => Failure::usage(place(&entries[*item], &fault))
            .help("begin it with eth, or with the 14 bytes of an Ethernet header"),
        Fault::Size { item, cause: SizeError::Long { length, .. }, .. } => {
            let mtu = length - (longest(0, false, false));
            Failure::refused(place(&entries[*item], &fault)).help(format!(
                "make it shorter, or raise the MTU: `ip link set {} mtu {mtu}`",
                interface.name.escape_debug()
            ))
        }
        Fault::Lowered { .. } => Failure::failed(&fault),
    };
    if !nothing_sent {
        failure.status = Status::Failed;
    }
    failure
}
