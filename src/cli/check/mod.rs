//! `ethcraft check`: send on one interface, receive on another, and prove what became of every frame.

mod ends;
mod json;
mod limits;
mod loss;
mod notes;
mod page;
mod search;
mod text;

use super::build::create;
use super::engine::Engine;
use super::fault::in_words;
use super::resolve::{Silence, resolve};
use super::source::{self, Entry, Source};
use super::timing::{Timing, nanoseconds};
use super::{Failure, Outcome, Status, failure, progress, units};
use crate::frame::Frames;
use crate::link::stop::Stop;
use crate::link::{Interface, privileges, tx};
use crate::proof::flow::Flow;
use crate::proof::{self, Check, tag};
use crate::report::colour::Colour;
use crate::report::safe;
use crate::traffic::{self, End, Item, Job, Live, addresses, sequence};
use clap::ValueEnum;
use ends::Interfaces;
use limits::LimitArgs;
use search::SearchArgs;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Send on one interface, receive on another, and prove what became of every frame
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "ethcraft check [OPTIONS] TX RX FRAME",
    after_help = "\
Every frame must arrive, once, in order, with the bytes expected. A flow tag in the last 18 bytes of the payload tells \
which frame is which, and when it was sent; checksums are kept right. Where a frame has less payload, or with --no-tag, \
frames stay as they are and are told apart by their content.

TX and RX are veth0, veth0@h1 (a named network namespace) or eth0@pid:4242 (a process's).

Exit status: 0 all within the limits; 1 a limit was broken; 2 wrong command line, expression or file; 3 not permitted, or \
a frame too long for the interface; 4 an interface failed, or frames were refused.

Examples:
  ethcraft check veth0 veth1 -c 1000 'ipv4 dst=10.0.0.2 / udp dport=9 / zero*64'
  ethcraft check veth0@h1 veth0@h2 --rate 10k --duration 5s 'ipv4 dst=10.0.0.2 / udp dport=9 / zero*64'
  ethcraft check veth0 veth1 'arp tpa=10.0.0.0/24'                    by content: arp has no payload
  ethcraft check veth0 veth1 -c 100k --max-loss 0.1% --max-latency p99=2ms 'eth / zero*46'
  ethcraft check veth0@h1 veth0@h2 --expect none 'vlan=7 / ipv4 dst=10.0.0.2 / udp / zero*18'
  ethcraft check eth1 eth2 --expect-change 'eth dst=$NEXT src=$ROUTER / ipv4 ttl=63' 'ipv4 dst=10.9.0.2 / udp / zero*18'
  ethcraft check eth1 eth2 --expect-change 'not vlan' 'vlan=7 / ipv4 dst=10.0.0.2 / udp / zero*18'    trunk to access port
  ethcraft check veth0 veth1 --search --report link.html 'ipv4 dst=10.0.0.2 / udp dport=9'
  ethcraft check veth0 veth1 --search --loss-rate --sizes 64,1518 'ipv4 dst=10.0.0.2 / udp dport=9'
  ethcraft check veth0 veth1 -c 1000 --json 'eth / zero*46' | jq .latency.p99"
)]
pub struct Args {
    /// The interface to send on
    #[arg(value_name = "TX")]
    tx: String,
    /// The interface to receive on
    #[arg(value_name = "RX")]
    rx: String,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    timing: Timing,
    /// How frames are handed to the kernel; mmsg unless given
    #[arg(long, value_enum, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// Ask the next hop for its MAC address first, where 'eth dst' is not set; exit 1 where it does not answer
    #[arg(long)]
    resolve: bool,
    /// How long late frames are waited for
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = units::duration)]
    grace: Duration,
    /// Leave frames as they are, and tell them apart by their content
    #[arg(long)]
    no_tag: bool,
    /// What a device on the way changes: fields of layers, a VLAN tag that it adds, or takes away ('not vlan'); may be repeated
    #[arg(long, value_name = "CHANGE")]
    expect_change: Vec<String>,
    /// Whether the frames are to arrive
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    expect: Expect,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// Memory for frames that wait to be looked at: 64k, 8M, 1G
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = units::bytes)]
    buffer: usize,
    /// Look at every frame, instead of letting the kernel leave out those that resemble none of these
    #[arg(long)]
    no_filter: bool,
    /// Write a page with the figures and plots of the result
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// The result as one JSON object, of a search one for each size
    #[arg(long)]
    json: bool,
    /// Nothing but the exit status, and what is wrong
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Expect {
    /// Every frame
    #[default]
    All,
    /// No frame: isolation
    None,
}

/// What is told of a check besides its report.
struct About<'a> {
    args: &'a Args,
    stream: Option<u16>,
    /// Why frames carry no flow tag.
    untagged: Option<String>,
    broken: Vec<String>,
}

impl Args {
    /// How frames are handed to the kernel.
    fn sending(&self) -> tx::Options {
        let engine = self.engine.map_or(tx::Choice::default(), Engine::choice);
        tx::Options { engine, ..tx::Options::default() }
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    let ends = Interfaces::find(args)?;
    let mut entries = entries(args, &ends.from)?;
    if args.resolve {
        resolve(&mut entries, &ends.tx, &ends.from, Silence::Fails, &Stop::on_signals()?)?;
    }
    if args.search.search { search(args, &ends, &entries) } else { once(args, &ends, &entries) }
}

fn once(args: &Args, ends: &Interfaces, entries: &[Entry]) -> Outcome {
    let from = &ends.from;
    let expected = source::edited(entries, &args.expect_change)?;
    let (sent, arriving) = (items(entries), arriving(&expected));
    let mut job = Job {
        count: args.timing.count,
        duration: args.timing.duration.map(nanoseconds),
        spin: args.timing.spin,
        ..Job::new(traffic::Source::Sets(&sent))
    };
    if let Some(passes) = args.timing.passes() {
        job.count = Some(sequence::total(&sent).saturating_mul(passes));
    }
    job.spacing = args.timing.spacing(job.count)?;
    if job.count.is_some_and(|count| count > tag::NUMBERS) {
        return Err(Failure::usage(format!("{} frames are more than a check can number", job.count.unwrap_or(0)))
            .help(format!("end it by -c or --duration: {} at most", tag::NUMBERS)));
    }
    let untagged = untagged(args, entries, &expected, job.count)?;
    let page = args.report.as_deref().map(|path| Ok::<_, Failure>((path, create(path)?))).transpose()?;
    let flow = Flow::new(stream(), untagged.is_none());
    let stop = Stop::on_signals()?;
    let mut sockets = ends.open(args, &arriving, flow.tagged(), Some(flow.stream()))?;
    give_up_privileges();
    traffic::check(&job, from, &args.sending()).map_err(|fault| in_words(fault, entries, None, from, true))?;
    if !args.quiet {
        eprintln!("checking {} -> {}; Ctrl-C ends", safe::text(&args.tx), safe::text(&args.rx));
    }
    let none = args.expect == Expect::None;
    let check = Check { job, expected: &arriving, flow: &flow, grace: args.grace, none };
    let live = Arc::new(Live::new(1));
    let watch = || progress::of_run(&live, &args.tx, check.job.count, args.timing.duration);
    let progress = if args.quiet { None } else { watch() };
    let mut report = proof::check(&check, &mut sockets, &stop, &live)?;
    drop(progress);
    notes::explain(args, &mut report);
    let broken = args.limits.limits(none).broken(&report);
    let stream = flow.tagged().then(|| flow.stream());
    let about = About { args, stream, untagged, broken };
    tell(&about, &report)?;
    if let Some((path, file)) = page {
        save(path, file, &page::check(&about, &report))?;
    }
    if let End::Failed(fault) = report.traffic.end {
        return Err(in_words(fault, entries, None, from, report.traffic.counts.accepted == 0));
    }
    if report.traffic.counts.refused > 0 {
        return Ok(Status::Failed);
    }
    match about.broken.as_slice() {
        [] => Ok(Status::Done),
        broken => Err(Failure::new(Status::Unmet, broken.join("\nerror: "))),
    }
}

fn search(args: &Args, ends: &Interfaces, entries: &[Entry]) -> Outcome {
    let all = search::sized(args, entries)?;
    let mut tagged = true;
    for sized in &all {
        tagged &= untagged(args, &sized.entries, &sized.expected, None)?.is_none();
    }
    let page = args.report.as_deref().map(|path| Ok::<_, Failure>((path, create(path)?))).transpose()?;
    let stop = Stop::on_signals()?;
    let mut sockets = ends.open(args, &search::arriving(&all), tagged, None)?;
    give_up_privileges();
    for sized in &all {
        let sent = items(&sized.entries);
        let job = Job::new(traffic::Source::Sets(&sent));
        let wrong = |fault| in_words(fault, &sized.entries, None, &ends.from, true);
        traffic::check(&job, &ends.from, &args.sending()).map_err(wrong)?;
    }
    let (rows, verdict) = search::run(args, all, ends, &mut sockets, tagged, &stop)?;
    if let Some((path, file)) = page {
        save(path, file, &page::search(args, &rows))?;
    }
    verdict
}

fn items(entries: &[Entry]) -> Vec<Item<'_>> {
    entries.iter().map(|entry| Item { frames: &entry.frames, delay: entry.delay }).collect()
}

fn arriving(expected: &[Frames]) -> Vec<Item<'_>> {
    expected.iter().map(|frames| Item { frames, delay: None }).collect()
}

fn give_up_privileges() {
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
}

fn save(path: &Path, mut file: File, page: &str) -> Result<(), Failure> {
    let failed = |error| Failure::failed(format!("cannot write {}: {error}", path.display()));
    file.write_all(page.as_bytes()).map_err(failed)
}

/// The frames to send.
fn entries(args: &Args, interface: &Interface) -> Result<Vec<Entry>, Failure> {
    let entries = args.source.entries(addresses::surroundings(interface, args.source.seed))?;
    for entry in &entries {
        if let Some(missing) = addresses::missing(&entry.frames, interface) {
            return Err(Failure::usage(entry.told(&missing)).help(missing.help()));
        }
    }
    Ok(entries)
}

/// Why frames are to be told apart by their content; none where they carry flow tags.
fn untagged(
    args: &Args,
    entries: &[Entry],
    expected: &[Frames],
    count: Option<u64>,
) -> Result<Option<String>, Failure> {
    if args.no_tag {
        return Ok(Some("--no-tag".into()));
    }
    for items in [items(entries), arriving(expected)] {
        let room = proof::without_room(&items, count).map_err(|(item, errors)| entries[item].failure(&errors))?;
        if let Some(number) = room {
            let length = tag::LENGTH;
            return Ok(Some(format!("frame {number} has no {length} bytes of payload for a flow tag")));
        }
    }
    Ok(None)
}

/// A stream that no other run is likely to have.
fn stream() -> u16 {
    let mixed = proof::flow::now() ^ u64::from(std::process::id()) << 20;
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
}

fn tell(about: &About, report: &proof::Report) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if about.args.json {
        writeln!(out, "{}", json::object(about, report))?;
        if let End::Failed(_) = report.traffic.end {
            failure::as_object(false);
        }
    } else if !about.args.quiet {
        out.write_all(text::text(about, report, about.args.color.on_stdout()).as_bytes())?;
        out.flush()?;
        let mut notes = String::new();
        text::notes(report, &mut notes);
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr().write_all(notes.as_bytes());
    }
    Ok(out.flush()?)
}
