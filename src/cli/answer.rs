//! `ethcraft answer`: hosts that are not there, rules of one's own, and frames sent back as they came.

use super::engine::Engine;
use super::fault::in_words;
use super::{Failure, Outcome, Status, source, units};
use crate::dialogue::answer::Hear;
use crate::dialogue::hosts::{self, Addresses};
use crate::dialogue::{Account, Answered, Limits, Responder};
use crate::frame::{Surroundings, expression};
use crate::link::netns::Target;
use crate::link::rx::{self, Capture, Checksum};
use crate::link::stop::Stop;
use crate::link::tx::{self, Sender};
use crate::link::{self, Interface, privileges};
use crate::report::line::{Told, write_line};
use crate::report::safe;
use crate::report::time::{LocalClock, rfc3339};
use crate::trace::Time;
use crate::traffic::counts::frames;
use crate::traffic::{End, addresses};
use pnet::ipnetwork::IpNetwork;
use pnet::util::MacAddr;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Answer what comes: as a host that is not there, by rules, or by sending it back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A rule is PATTERN then FRAME. Fields of the answer that are not set and mirror one of the question come from it: \
addresses and ports swapped, identifiers equal. A closing '..' copies what the question carries. The first rule that \
fits answers: those of the command line, those of -f, then --arp and --ping, then --reflect.

ADDR is 10.0.0.9, 10.0.0.0/24, 10.0.0.1..10.0.0.9 or IPv6. The addresses of the interface itself are left to the kernel. \
Frames that this machine sends are never answered.

It ends with Ctrl-C, --count or --duration. Exit status: 0 ended so; 2 wrong command line, rule or file; 3 not permitted; \
4 the interface failed.

Examples:
  ethcraft answer eth0 --ping 10.0.0.9                  for ping, arping and traceroute
  ethcraft answer eth0 --arp 10.0.0.128/25 --ping 2001:db8::9
  ethcraft answer eth0 --reflect
  ethcraft answer eth0 'arp op=request tpa=10.0.0.9 then arp sha=02:00:00:00:00:99'
  ethcraft answer eth0 'ipv4 dst=10.0.0.9 / udp dport=7 then udp / ..'
  ethcraft answer eth0 'ipv4 dst=10.0.0.9 / tcp dport=80 flags=syn then tcp flags=syn+ack'
  ethcraft answer eth0 -v 'vlan=5 / arp op=request tpa=10.0.0.9 then vlan / arp'")]
pub struct Args {
    /// The interface: veth0, veth0@h1 (in a named network namespace), eth0@pid:4242 (in that of a process)
    #[arg(value_name = "IFACE")]
    interface: String,
    /// What to answer and with what: 'PATTERN then FRAME', each rule one argument
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    /// Read rules from a file, one a line; - is standard input
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Say the MAC address of these IP addresses, by ARP or neighbour discovery
    #[arg(long, value_name = "ADDR")]
    arp: Vec<Addresses>,
    /// Answer ping to these IP addresses too, and tell that their UDP ports are closed
    #[arg(long, value_name = "ADDR")]
    ping: Vec<Addresses>,
    /// Send every frame back with its MAC addresses swapped, but those of groups
    #[arg(long)]
    reflect: bool,
    /// The MAC address of the hosts that are played [default: that of the interface]
    #[arg(long, value_name = "MAC")]
    mac: Option<MacAddr>,
    /// How answers are handed to the kernel; mmsg unless given
    #[arg(long, value_enum, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// End after N answers
    #[arg(short, long, value_name = "N", value_parser = units::frames)]
    count: Option<u64>,
    /// End after this time
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    duration: Option<Duration>,
    /// What 'rand' in answers depends on: the same seed gives the same answers
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Show each question and its answer
    #[arg(short, long)]
    verbose: bool,
    /// One JSON object an answer, and one at the end
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// No summary
    #[arg(short, long, conflicts_with_all = ["verbose", "json"])]
    quiet: bool,
}

/// Rules, each with what it is called in the summary.
type Named = Vec<(String, crate::frame::Rule)>;

pub(super) fn run(args: &Args) -> Outcome {
    let target = Target::parse(&args.interface)?;
    let interface = target.within(|| link::lookup(&target.interface))??;
    let surroundings = addresses::surroundings(&interface, args.seed);
    let named = args.named_rules(&interface, surroundings)?;
    if named.is_empty() && !args.reflect {
        return Err(Failure::usage("there is nothing to answer")
            .help("give --arp ADDR, --ping ADDR, --reflect, or a rule: 'PATTERN then FRAME'"));
    }
    let (names, rules): (Vec<String>, Vec<_>) = named.into_iter().unzip();
    let own = interface.mac.map_or([0; 6], |mac| mac.octets());
    let mut responder = Responder::new(rules, args.reflect, own, addresses::broadcasts(&interface));
    let stop = Stop::on_signals()?;
    let (mut sender, mut capture) = target.within(|| open(args, &interface, &responder))??;
    if let Err(error) = privileges::drop_all() {
        eprintln!("warning: the privileges could not be given up: {error}");
    }
    if !args.quiet {
        for note in sender.notes() {
            eprintln!("note: {}", safe::text(note));
        }
        eprintln!("answering on {} ({}); Ctrl-C ends", safe::text(&args.interface), interface.state);
    }
    let limits = Limits { count: args.count, duration: args.duration };
    let mut printer = Printer { args, names: &names, out: BufWriter::new(io::stdout()), clock: LocalClock::default() };
    let mut hear = |answered: &Answered| printer.answered(answered);
    let mut down = |name: &str| eprintln!("warning: {} is down; it is answered again once it is up", safe::text(name));
    let shown = args.verbose || args.json;
    let hear: Option<Hear> = if shown { Some(&mut hear) } else { None };
    let end = responder.run(&mut sender, &mut capture, &stop, limits, hear, &mut down)?;
    let dropped = capture.statistics().map_or(0, |counted| counted.dropped);
    let refused = sender.outcome().refused;
    printer.close(&responder.account(), dropped, refused, &end)?;
    match end {
        End::Failed(fault) => Err(in_words(fault, &[], None, &interface, false)),
        End::Complete | End::Interrupted | End::TimeUp => Ok(Status::Done),
    }
}

fn open(args: &Args, interface: &Interface, responder: &Responder) -> Result<(Sender, Capture), Failure> {
    let options = rx::Options {
        direction: rx::Direction::In,
        // Somebody waits.
        at_once: true,
        buffer: 32 << 20,
        filter: responder.filter(),
        ..rx::Options::default()
    };
    let engine = args.engine.map_or(tx::Choice::default(), Engine::choice);
    let sender = Sender::open(interface, &tx::Options { engine, top_speed: args.reflect, ..tx::Options::default() })?;
    Ok((sender, Capture::open(interface, &options)?))
}

impl Args {
    fn named_rules(&self, interface: &Interface, surroundings: Surroundings) -> Result<Named, Failure> {
        let mut named = Vec::new();
        for (at, text) in self.rules.iter().enumerate() {
            named.push((format!("rule {}", at + 1), source::rule(text, surroundings)?));
        }
        if let Some(path) = &self.file {
            named.extend(source::rules(path, surroundings)?);
        }
        let own: Vec<IpAddr> = interface.addresses.iter().map(IpNetwork::ip).collect();
        let mac = match self.mac.or(interface.mac) {
            Some(mac) => mac,
            None if self.arp.is_empty() && self.ping.is_empty() => MacAddr::zero(),
            None => {
                let what = format!("{} has no MAC address to answer with", interface.name);
                return Err(Failure::usage(what).help("name one: --mac 02:00:00:00:00:09"));
            }
        };
        let found = self.arp.iter().chain(&self.ping).flat_map(|of| hosts::found(of, mac, &own));
        for text in found {
            named.push(("arp".into(), source::rule(&text, surroundings)?));
        }
        for text in self.ping.iter().flat_map(|of| hosts::pinged(of, mac, &own)) {
            let name = if text.contains("/ udp then") { "closed port" } else { "ping" };
            named.push((name.into(), source::rule(&text, surroundings)?));
        }
        Ok(named)
    }
}

/// Prints answers as they are given, and what they come to.
struct Printer<'a> {
    args: &'a Args,
    names: &'a [String],
    out: BufWriter<io::Stdout>,
    clock: LocalClock,
}

impl Printer<'_> {
    /// What a rule is called.
    fn name(&self, rule: usize) -> &str {
        self.names.get(rule).map_or("reflected", String::as_str)
    }

    fn answered(&mut self, answered: &Answered) -> io::Result<()> {
        let time = Time(answered.received.time.cast_signed());
        let (mut question, mut answer) = (String::new(), String::new());
        if self.args.json {
            expression(answered.question, &mut question);
            expression(answered.answer, &mut answer);
            let object = json!({
                "time": rfc3339(time).to_string(),
                "rule": self.name(answered.rule),
                "question": question,
                "answer": answer,
            });
            writeln!(self.out, "{object}")?;
        } else {
            let told = Told { not_computed: answered.received.checksum == Checksum::NotReady };
            write_line(answered.question, told, &mut question);
            write_line(answered.answer, Told::default(), &mut answer);
            let mut clock = String::new();
            self.clock.write_time_of_day(time, &mut clock);
            let name = safe::text(self.name(answered.rule)).into_owned();
            writeln!(self.out, "{clock} {name}: {question}\n{:width$} -> {answer}", "", width = clock.len())?;
        }
        self.out.flush()
    }

    fn close(&mut self, account: &Account, dropped: u64, refused: u64, end: &End) -> Result<(), Failure> {
        // Several rules may have one name.
        let mut by_name: Vec<(&str, u64)> = Vec::new();
        for (rule, count) in account.by_rule.iter().enumerate() {
            let reflects = rule < self.names.len() || self.args.reflect;
            let name = self.names.get(rule).map_or("reflected", String::as_str);
            match by_name.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += count,
                None if reflects => by_name.push((name, *count)),
                None => {}
            }
        }
        let (unbuilt, too_long) = (&account.unbuilt, &account.too_long);
        if self.args.json {
            let rules: Vec<_> = by_name.iter().map(|(name, count)| json!({ "rule": name, "answers": count })).collect();
            let summary = json!({
                "seen": account.seen,
                "answered": account.answered(),
                "rules": rules,
                "unbuilt": unbuilt.0,
                "too_long": too_long.0,
                "held_back": account.held_back,
                "refused": refused,
                "dropped": dropped,
                "end": end.word(),
            });
            writeln!(self.out, "{}", json!({ "summary": summary }))?;
            return Ok(self.out.flush()?);
        }
        self.out.flush()?;
        if self.args.quiet {
            return Ok(());
        }
        let mut text = format!("{} answered of {} seen\n", frames(account.answered()), account.seen);
        let wide = by_name.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, count) in &by_name {
            let _ = writeln!(text, "  {name:wide$}  {count:>6}");
        }
        let mut note = |count: u64, what: &str| {
            if count > 0 {
                let _ = writeln!(text, "note: {} {what}", frames(count));
            }
        };
        note(unbuilt.0, &format!("could not be answered: {}", unbuilt.1.as_deref().unwrap_or_default()));
        note(too_long.0, &format!("not answered: {}", too_long.1.as_deref().unwrap_or_default()));
        note(account.held_back, "held back, for equal ones came after each answer: is somebody answering the answers?");
        note(refused, "refused by the kernel");
        note(dropped, "dropped by the kernel before they could be answered");
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr().write_all(safe::lines(&text).as_bytes());
        Ok(())
    }
}
