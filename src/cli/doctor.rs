//! `ethcraft doctor`: what an interface can do, tried and not merely claimed.

use super::{Failure, Outcome, Status};
use crate::link::netns::Target;
use crate::link::probe::{self, Answer, Fact, Finding, Options, Report};
use crate::link::stop::Stop;
use crate::link::{self, Interface};
use crate::report::colour::{Colour, Style};
use crate::report::safe;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Try what an interface can do: send, capture, own FCS, XDP, timestamps, ...; say what to do about what it cannot
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line answers yes, no, or catch: it works, but there is something to know. '->' is what to do about it. Whatever is \
changed is put back.

About ten frames are sent. They go from the interface to its own address with the ethertype 0x88b5, which is kept for \
local experiments; one UDP packet of the kernel goes to 224.0.0.254, a group for experiments that no router passes on. \
--passive sends none.

The exit status is 0 where it could look, whatever it found, and 3 where it could not open a raw socket.

With --json each answer is one object on a line: interface, probe, answer (\"yes\", \"catch\", \"no\", \"untried\"), \
detail, advice, facts.

Examples:
  sudo ethcraft doctor eth1
  sudo ethcraft doctor --passive eth1
  sudo ethcraft doctor eth0@blue
  ethcraft lab -- ethcraft doctor veth0
  ethcraft lab -- ethcraft doctor veth0 --json | jq -r 'select(.answer == \"no\") | .probe'")]
pub struct Args {
    /// The interface: veth0, veth0@blue (a named network namespace) or eth0@pid:4242 (a process's)
    #[arg(value_name = "IFACE")]
    interface: String,
    /// Send nothing and set nothing
    #[arg(long)]
    passive: bool,
    /// Also try settings that may take the link away for some seconds (rx-fcs, rx-all)
    #[arg(long, conflicts_with = "passive")]
    reset: bool,
    /// One JSON object an answer
    #[arg(long)]
    json: bool,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// Probes and prints.
pub(super) fn run(args: &Args) -> Outcome {
    let target: Target = args.interface.parse()?;
    let stop = Stop::on_signals().map_err(Failure::failed)?;
    let options = Options { passive: args.passive, reset: args.reset };
    let (interface, report) = target.within(|| -> Result<_, link::Error> {
        let interface = link::lookup(&target.interface)?;
        let report = probe::examine(&interface, &target, options, &stop)?;
        Ok((interface, report))
    })??;
    if args.json {
        let mut out = io::stdout().lock();
        for finding in &report.findings {
            writeln!(out, "{}", object(&args.interface, finding))?;
        }
        out.flush()?;
    } else {
        print(args, &interface, &report)?;
    }
    if report.sent > 0 {
        let s = if report.sent == 1 { "" } else { "s" };
        eprintln!("{} frame{s} sent on {}; everything is as it was", report.sent, safe::text(&args.interface));
    }
    if stop.requested() {
        return Err(Failure::failed("interrupted: the list is not whole"));
    }
    if report.could_look {
        return Ok(Status::Done);
    }
    Err(Failure::refused("no raw socket could be opened: what needs one was not tried; see privileges"))
}

fn print(args: &Args, interface: &Interface, report: &Report) -> Result<(), Failure> {
    let colour = args.color.on_stdout();
    let mut out = io::stdout().lock();
    let mac = interface.mac.map_or(String::new(), |mac| format!(", {mac}"));
    let driver = safe::text(interface.driver.as_deref().unwrap_or("none"));
    let name = safe::text(&args.interface);
    writeln!(out, "{}: driver {driver}{mac}, MTU {}", Style::BOLD.paint(colour, name), interface.mtu)?;
    let width = report.findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    for finding in &report.findings {
        let (word, style) = answer(finding.answer);
        let detail = safe::text(&finding.detail);
        writeln!(out, "  {:width$}  {:7}  {detail}", finding.name, style.paint(colour, word))?;
        if let Some(advice) = &finding.advice {
            writeln!(out, "  {:width$}  {:7}  -> {}", "", "", safe::text(advice))?;
        }
    }
    Ok(out.flush()?)
}

fn answer(answer: Answer) -> (&'static str, Style) {
    match answer {
        Answer::Yes => ("yes", Style::GOOD),
        Answer::Catch => ("catch", Style::WARN),
        Answer::No => ("no", Style::BAD),
        Answer::Untried => ("untried", Style::FAINT),
    }
}

fn object(interface: &str, finding: &Finding) -> Value {
    let fact = |(name, fact): &(&'static str, Fact)| {
        let value = match fact {
            Fact::Number(number) => json!(number),
            Fact::Truth(truth) => json!(truth),
            Fact::Text(text) => json!(text),
        };
        ((*name).to_owned(), value)
    };
    json!({
        "interface": interface,
        "probe": finding.name,
        "answer": answer(finding.answer).0,
        "detail": finding.detail,
        "advice": finding.advice,
        "facts": finding.facts.iter().map(fact).collect::<Map<String, Value>>(),
    })
}
