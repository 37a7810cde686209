//! `ethcraft ask`: questions onto an interface, and the answers to them. What is printed is in [`super::pairs`].

use super::fault::in_words;
use super::pairs::{Printer, Show};
use super::resolve::{Silence, resolve};
use super::source::Source;
use super::{Failure, Outcome, Status, source, units};
use crate::dialogue::ask::MOST;
use crate::dialogue::{Asking, Report, ask};
use crate::frame::filter::Program;
use crate::frame::{Answers, Frames};
use crate::link::netns::Target;
use crate::link::rx::{self, Capture};
use crate::link::stop::Stop;
use crate::link::tx::{self, Sender};
use crate::link::{self, Interface, privileges};
use crate::traffic::{self, End, Item, Job, addresses};
use std::time::Duration;

/// Send questions, pair each answer with its question, and tell how long it took
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An answer is known by the fields that mirror the question's: addresses and ports swapped, identifiers equal. An error of \
ICMP is known by the packet it quotes, whoever sent it. --reply takes anything else for an answer. Where identifiers, \
sequence numbers and source ports are not set, each question gets its own.

A frame to an IP host whose 'eth dst' is not set goes to the next hop: its MAC address is asked for first.

The exit status is 0 when an answer came (with --all: one to every question), 1 when not; 2 wrong command line, \
expression or file; 3 not permitted; 4 the interface failed.

Examples:
  ethcraft ask eth0 'arp tpa=10.0.0.0/24'                               who is there
  ethcraft ask eth0 'ipv4 dst=10.0.0.9 / icmp / echo seq=1..5'          ping
  ethcraft ask eth0 'ipv4 dst=10.0.0.9 ttl=1..30 / icmp / echo'         traceroute
  ethcraft ask eth0 -q 'ipv4 dst=10.0.0.9 / tcp dport=1..1024 flags=syn'
  ethcraft ask eth0 'ipv4 dst=10.0.0.53 / udp / dns {q=www.example.com}'
  ethcraft ask eth0 --all --retry 2 'ipv6 dst=2001:db8::9 / icmpv6 / echo'
  ethcraft ask eth0 --reply 'eth type=0x88b5' 'eth dst=02:00:00:00:00:09 / \"hello?\"'")]
pub struct Args {
    /// The interface: veth0, veth0@h1 (in a named network namespace), eth0@pid:4242 (in that of a process)
    #[arg(value_name = "IFACE")]
    interface: String,
    #[command(flatten)]
    source: Source,
    /// Take frames of this pattern, and no others, for answers
    #[arg(long, value_name = "PATTERN")]
    reply: Option<String>,
    /// How long to wait for an answer
    #[arg(long, value_name = "TIME", value_parser = units::duration, default_value = "1s")]
    within: Duration,
    /// Ask again, so many times, where no answer came
    #[arg(long, value_name = "N", default_value_t = 0)]
    retry: u32,
    /// Questions a second
    #[arg(long, value_name = "N", value_parser = units::frames, default_value = "1000")]
    rate: u64,
    /// How long to wait for more answers when every question has one
    #[arg(long, value_name = "TIME", value_parser = units::duration, default_value = "50ms")]
    linger: Duration,
    /// Exit 1 unless every question is answered
    #[arg(long)]
    all: bool,
    /// End with exit 1 where a next hop does not say its MAC address, instead of sending to all stations
    #[arg(long)]
    resolve: bool,
    /// Do not ask for MAC addresses: an unset 'eth dst' is that of all stations
    #[arg(long, conflicts_with = "resolve")]
    no_resolve: bool,
    /// Show question and answer as expressions
    #[arg(short, long)]
    verbose: bool,
    /// The summary alone
    #[arg(short, long, conflicts_with_all = ["verbose", "json"])]
    quiet: bool,
    /// One JSON object a pair, and one at the end
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// Look at every frame, instead of letting the kernel leave out those that answer none of these questions
    #[arg(long)]
    no_filter: bool,
    /// Do not make the interface promiscuous
    #[arg(short = 'p', long)]
    no_promiscuous: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let target = Target::parse(&args.interface)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    let surroundings = addresses::surroundings(&interface, args.source.seed);
    let mut entries = args.source.entries(surroundings)?;
    let reply =
        args.reply.as_ref().map(|text| source::pattern(std::slice::from_ref(text), surroundings)).transpose()?;
    let mut before = 0u64;
    for entry in &mut entries {
        if let Some(missing) = addresses::missing(&entry.frames, &interface) {
            return Err(Failure::usage(entry.told(&missing)).help(missing.help()));
        }
        entry.frames.number_questions(u64::from(std::process::id()), before);
        before = before.saturating_add(u64::try_from(entry.frames.count()).unwrap_or(u64::MAX));
    }
    if before > MOST {
        return Err(Failure::usage(format!("these are more than {MOST} questions, the most of one run"))
            .help("ask in parts; `ethcraft build --list` counts a set"));
    }
    let stop = Stop::on_signals()?;
    let silence = if args.resolve { Silence::Fails } else { Silence::Broadcasts };
    let unknown = if args.no_resolve { 0 } else { resolve(&mut entries, &target, &interface, silence, &stop)? };
    let options = tx::Options::default();
    let broadcasts = addresses::broadcasts(&interface);
    let sets: Vec<&Frames> = entries.iter().map(|entry| &entry.frames).collect();
    let hearing = Answers::new(broadcasts.clone()).hearing(&sets, reply.as_ref()).filter(|_| !args.no_filter);
    // When a question left, the kernel tells by showing it.
    let filter = hearing.and_then(|program| program.or_outgoing());
    let (mut sender, mut capture) = target.within(|| open(&interface, args, &options, filter))??;
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    let items: Vec<Item> = entries.iter().map(|entry| Item { frames: &entry.frames, delay: None }).collect();
    let job = Job::new(traffic::Source::Sets(&items));
    traffic::check(&job, &interface, &options).map_err(|fault| in_words(fault, &entries, None, &interface, true))?;
    let asking = Asking {
        items: &items,
        rate: args.rate,
        within: args.within,
        retry: args.retry,
        linger: args.linger,
        reply: reply.as_ref(),
        broadcasts,
    };
    let mut printer = Printer::new(args.show(), &entries);
    let report = ask(&asking, &mut sender, &mut capture, &stop, &mut |pair| printer.pair(pair))?;
    let refused = sender.outcome().refused;
    let dropped = capture.statistics().map_or(0, |counted| counted.dropped);
    printer.close(&report, refused, dropped, capture.is_filtered())?;
    if let End::Failed(fault) = report.end {
        return Err(in_words(fault, &entries, None, &interface, false));
    }
    verdict(args, &report, unknown)
}

impl Args {
    fn show(&self) -> Show {
        Show { json: self.json, quiet: self.quiet, verbose: self.verbose }
    }
}

fn open(
    interface: &Interface,
    args: &Args,
    sending: &tx::Options,
    filter: Option<Program>,
) -> Result<(Sender, Capture), Failure> {
    // Listening begins first, and frames that leave are seen too: when, is the kernel's to say.
    let options = rx::Options { promiscuous: !args.no_promiscuous, block_timeout: 1, filter, ..rx::Options::default() };
    let capture = Capture::open(interface, &options)?;
    Ok((Sender::open(interface, sending)?, capture))
}

/// `unknown`: next hops that did not say their MAC address.
fn verdict(args: &Args, report: &Report, unknown: usize) -> Outcome {
    let answered = report.questions.iter().filter(|question| question.answers > 0).count() as u64;
    let help = if unknown > 0 {
        "nobody said that it has the address: is the host up, and on this link? `ethcraft ifaces` shows carrier and address"
    } else {
        "`ethcraft sniff` shows what comes; --reply takes it for an answer where no field tells"
    };
    if answered == 0 {
        return Err(Failure::new(Status::Unmet, "no answer came").help(help));
    }
    if args.all && answered < report.total {
        let text = format!("{} of {} questions have no answer", report.total - answered, report.total);
        return Err(Failure::new(Status::Unmet, text).help("--retry asks again, --within waits longer"));
    }
    Ok(Status::Done)
}
