//! `ethcraft send`: frames onto an interface, and what became of them.

use super::engine::Engine;
use super::fault::in_words;
use super::link_failure::no_refusal;
use super::resolve::{Silence, resolve};
use super::source::{Entry, Source};
use super::summary::Summary;
use super::timing::{Timing, nanoseconds};
use super::units::Times;
use super::{Failure, Outcome, Status, offload, progress, replay};
use crate::frame::{Begin, Fcs as WithFcs, Surroundings, View, dissect, expression};
use crate::link::counters::Meter;
use crate::link::netns::Target;
use crate::link::offload::{Guard, Offload, Setting};
use crate::link::stop::Stop;
use crate::link::tx::{Ask, Choice, Options, Sender};
use crate::link::{self, Interface, cpus, privileges};
use crate::traffic::{self, End, Fault, Feed, Item, Job, Live, Note, Recording, addresses, sequence};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Send frames on an interface, and tell what became of them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Unset source addresses are those of the interface. Without -c, --loop and --duration every frame of the set, file or \
capture is sent once.

Rates: 1000, 10k, 1.5M are frames a second. 100Mbit, 2.5Gbit are bits a second on layer 1, where a frame counts with \
its FCS, preamble and gap, 24 bytes more than its length; l2:100Mbit counts the FCS alone, 4 bytes. Below 60 bytes a \
frame counts for 60.

The summary keeps apart what was asked for, what the kernel accepted and what the interface counted, and says why they \
differ. 'Accepted' is no promise that a frame arrived.

Exit status: 0 all accepted, or interrupted; 2 wrong command line, expression or file, or a frame under 14 bytes; 3 not \
permitted, or a frame too long for the interface; 4 the interface failed, or frames were refused.

Examples:
  ethcraft send veth0 'eth dst=01:02:03:04:05:06 type=0x0801 / \"hello\" / fcs'
  ethcraft send veth0 'arp tpa=10.0.0.0/24'                          256 requests
  ethcraft send veth0@h1 --rate 10k -c 100k 'ipv4 dst=10.0.0.2 / udp dport=9 / rand*64'
  ethcraft send eth0 -i 100ms --loop 'ipv4 dst=10.0.0.2 / icmp / echo seq=0..65535'
  ethcraft send eth0 --rate 100Mbit --duration 10s 'ipv4 dst=10.0.0.2 / udp dport=9 / zero*18..1472'
  ethcraft send eth0 --ramp 1k..100k --duration 1m --threads 2 'ipv4 dst=10.0.0.2 / udp dport=9'
  ethcraft send eth0 --burst 32 --gap 10ms --loop 'eth type=0x0801 / zero*46'
  ethcraft send eth0 -f frames.txt                                   with the delays in the file
  ethcraft send eth0 -r trace.pcapng --speed 0.5x                    at half the speed of the capture
  ethcraft send eth0 -r trace.pcapng --rate max --loop=10
  ethcraft send eth0 -r trace.pcapng --set 'eth dst=02:00:00:00:00:02' --set 'ipv4 dst=10.9.9.9'
  ethcraft send eth0 --no-offload --json 'vlan=7 / ipv4 dst=10.0.0.2 / udp dport=9'")]
pub struct Args {
    /// The interface: veth0, veth0@h1 (in a named network namespace), eth0@pid:4242 (in that of a process)
    #[arg(value_name = "IFACE")]
    interface: String,
    #[command(flatten)]
    source: Source,
    /// Send the frames of a capture (pcap, pcapng), with its times; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["frame", "file", "pad"])]
    read: Option<PathBuf>,
    /// Set fields of the outermost layer of that name in every frame; right checksums stay right. May be repeated
    #[arg(long, value_name = "LAYER FIELD=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    timing: Timing,
    /// Share the frames among N threads, each on a CPU of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Add the right FCS to frames that have none, and how it travels
    #[arg(long, value_enum, value_name = "HOW")]
    fcs: Option<Fcs>,
    /// How frames are handed to the kernel; mmsg unless given
    #[arg(long, value_enum, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// Past the queueing discipline; sniffers on this machine do not see the frames
    #[arg(long)]
    bypass: bool,
    /// Leave the checksum of each frame's TCP or UDP layer to the kernel or the card
    #[arg(long)]
    ask_csum: bool,
    /// The same, and have longer frames cut into segments of so many bytes of payload
    #[arg(long, value_name = "SIZE", value_parser = clap::value_parser!(u16).range(1..))]
    gso: Option<u16>,
    /// Turn tx checksum offload off during the run, and put back what was there
    #[arg(long, conflicts_with = "dry_run")]
    no_offload: bool,
    /// Ask the next hop for its MAC address first, where 'eth dst' is not set; exit 1 where it does not answer
    #[arg(long, conflicts_with = "dry_run")]
    resolve: bool,
    /// Print what would be sent instead of sending it; needs no privilege
    #[arg(long, conflicts_with_all = ["json", "duration"])]
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

/// What a run sends.
enum Input {
    Entries(Vec<Entry>),
    Capture(Recording),
}

pub(super) fn run(args: &Args) -> Outcome {
    let target = Target::parse(&args.interface)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    let surroundings = Surroundings { seed: args.source.seed, ..addresses::surroundings(&interface, args.source.seed) };
    // Files are opened here, with the rights of the caller.
    let mut input = args.input(&interface, surroundings)?;
    if let (true, Input::Entries(entries)) = (args.resolve, &mut input) {
        resolve(entries, &target, &interface, Silence::Fails, &Stop::on_signals()?)?;
    }
    let rewrites = replay::rewrites(&args.set)?;
    let entries: &[Entry] = if let Input::Entries(entries) = &input { entries } else { &[] };
    let items: Vec<Item> = entries.iter().map(|entry| Item { frames: &entry.frames, delay: entry.delay }).collect();
    let source = match &input {
        Input::Entries(_) => traffic::Source::Sets(&items),
        Input::Capture(recording) => {
            let passes = args.timing.passes();
            traffic::Source::Capture { recording, with_fcs: args.fcs.is_some(), passes }
        }
    };
    let mut job = Job {
        rewrites: &rewrites,
        surroundings,
        count: args.timing.count,
        duration: args.timing.duration.map(nanoseconds),
        spin: args.timing.spin,
        ..Job::new(source)
    };
    if let (Input::Entries(_), Some(passes)) = (&input, args.timing.passes()) {
        job.count = Some(sequence::total(&items).saturating_mul(passes));
    }
    let options = args.options();
    let check = |job: &mut Job| {
        let found =
            traffic::check(job, &interface, &options).map_err(|fault| failure(fault, &input, &interface, true))?;
        if let (None, Some(passes)) = (job.count, args.timing.passes()) {
            job.count = found.map(|once| once.saturating_mul(passes));
        }
        job.spacing = args.timing.spacing(job.count)?;
        Ok::<_, Failure>(())
    };
    if args.dry_run {
        check(&mut job)?;
        return dry_run(&job, &input, &interface);
    }
    // From here on a signal ends the run and not the program, so that what is changed is put back.
    let stop = Stop::on_signals()?;
    let open = || open(&interface, &target, &options, usize::from(args.threads), args.no_offload);
    let (mut senders, meter, guard) = target.within(open)??;
    // The sockets are open; the guard's own thread keeps what it needs to put the features back.
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    check(&mut job)?;
    let off = guard.as_ref().map_or(&[][..], |guard| &guard.applied().changes).to_vec();
    let live = Arc::new(Live::new(senders.len()));
    let watch = || progress::of_run(&live, &args.interface, job.count, args.timing.duration);
    let progress = if args.quiet { None } else { watch() };
    let mut report = traffic::send(&job, &mut senders, &meter, &stop, &live);
    drop(progress);
    let restored = guard.map_or(Ok(()), |guard| guard.restore().map(drop));
    for text in senders.iter().flat_map(Sender::notes) {
        let note = Note::new(text.as_str());
        if !report.notes.contains(&note) {
            report.notes.push(note);
        }
    }
    let has_fcs = entries.iter().any(|entry| entry.frames.has_fcs());
    if args.fcs.is_none() && has_fcs {
        let text = "the FCS travels as the last four bytes of the frame; a network card adds its own behind them";
        report.notes.push(Note::new(text));
    }
    let usable = cpus::allowed().len();
    if senders.len() > usable {
        report.notes.push(Note::new(format!("{} threads shared {usable} CPUs", senders.len())));
    }
    let summary = Summary {
        interface: &args.interface,
        engine: senders.first().map_or("", Sender::engine),
        threads: senders.len(),
        fcs: args.fcs.or_else(|| has_fcs.then_some(Fcs::Append)).map(Fcs::name),
        spacing: job.spacing,
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
        return Err(failure(fault, &input, &interface, report.counts.accepted == 0));
    }
    restored?;
    Ok(status)
}

impl Args {
    fn input(&self, interface: &Interface, surroundings: Surroundings) -> Result<Input, Failure> {
        if let Some(path) = &self.read {
            return replay::open(path, &self.timing, usize::from(self.threads)).map(Input::Capture);
        }
        if let (Some(word), Some(Times::Forever)) = (self.source.frame.first(), self.timing.times)
            && word.parse::<u64>().is_ok()
        {
            return Err(Failure::usage(format!("'{word}' is no frame")).help(format!("write --loop={word}")));
        }
        let mut entries = self.source.entries(surroundings)?;
        for entry in &mut entries {
            if let Some(missing) = addresses::missing(&entry.frames, interface) {
                return Err(Failure::usage(entry.told(&missing)).help(missing.help()));
            }
            if self.fcs.is_some() {
                entry.frames.add_fcs();
            }
        }
        Ok(Input::Entries(entries))
    }

    fn options(&self) -> Options {
        Options {
            engine: self.engine.map_or(Choice::default(), Engine::choice),
            top_speed: self.timing.is_top_speed(),
            bypass_queue: self.bypass,
            own_fcs: self.fcs == Some(Fcs::Wire),
            ask: (self.ask_csum || self.gso.is_some()).then_some(Ask { segment: self.gso }),
            ..Options::default()
        }
    }
}

/// Everything that takes a privilege or the interface's network namespace.
fn open(
    interface: &Interface,
    target: &Target,
    options: &Options,
    threads: usize,
    no_offload: bool,
) -> Result<(Vec<Sender>, Meter, Option<Guard>), Failure> {
    let open = |queue| Sender::open(interface, &Options { queue, ..options.clone() });
    let senders = (0..).take(threads).map(open).collect::<Result<_, _>>()?;
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
        return Ok((senders, meter, None));
    }
    let guard = Guard::new(features?, vec![Setting { name: "tx".into(), on: false }])?;
    no_refusal(guard.applied(), &interface.name)?;
    Ok((senders, meter, Some(guard)))
}

/// The expressions of what would be sent, which `build -f` takes.
fn dry_run(job: &Job, input: &Input, interface: &Interface) -> Outcome {
    if matches!(input, Input::Entries(_)) && job.count.is_none() {
        return Err(Failure::usage("--dry-run has no end").help("say how many frames: -c 10, or --loop=3"));
    }
    let mut feed = Feed::new(job.source, job.rewrites, job.surroundings);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut text, mut frame, mut nodes) = (String::new(), Vec::new(), Vec::new());
    let fault = |fault| failure(fault, input, interface, true);
    for number in 0..job.count.unwrap_or(u64::MAX) {
        if feed.go_to(number).map_err(fault)?.is_none() {
            break;
        }
        feed.write(number, &mut frame).map_err(fault)?;
        dissect(&frame, Begin::Ethernet, WithFcs::IfRight, &mut nodes);
        text.clear();
        expression(View { bytes: &frame, nodes: &nodes }, &mut text);
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(Status::Done)
}

/// A fault in words. Where nothing was sent yet it is the frame's or the interface's; later the run failed.
fn failure(fault: Fault, input: &Input, interface: &Interface, nothing_sent: bool) -> Failure {
    match input {
        Input::Entries(entries) => in_words(fault, entries, None, interface, nothing_sent),
        Input::Capture(recording) => in_words(fault, &[], Some(recording.name()), interface, nothing_sent),
    }
}
