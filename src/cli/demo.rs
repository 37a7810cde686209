//! `ethcraft demo`: the whole story in a private network, with the command that does each step by hand.

use super::failure::{self, Failure, Outcome, Status};
use super::{ifaces, source};
use crate::frame::{Builder, Fcs, Frames, Node, Surroundings, View, dissect, fcs};
use crate::lab::{self, Plan};
use crate::link::offload::{Guard, Offload};
use crate::link::rx::{self, Capture, Event};
use crate::link::stop::Stop;
use crate::link::tx::{self, Sender};
use crate::link::{self, Interface};
use crate::report::colour::{Colour, Style};
use crate::report::dump;
use crate::report::frame::{About, Form, Printer};
use crate::trace::{Direction, Time};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

/// Show the whole story in a private network: offload off, craft, send, sniff, verify; no root needed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The exit status is 0 when every step went as it should, 1 when one did not, 3 where a private network cannot be \
made here.

Examples:
  ethcraft demo
  ethcraft demo --json | jq .ok"
)]
pub struct Args {
    /// One JSON object a step
    #[arg(long)]
    json: bool,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// Runs the demo in a process of its own, inside a private network.
pub fn run(args: &Args) -> ExitCode {
    match lab::run(&Plan::pair(), || failure::status(story(args)) as u8) {
        Ok(status) => ExitCode::from(status),
        Err(error) => failure::report(Err(error.into())),
    }
}

const FRAME: &str = r#"eth dst=01:02:03:04:05:06 src=01:02:03:04:05:06 type=0x0801 / "["*30 "PAYLOAD" "]"*30"#;
const RIGHT: &str = "fcs";
const WRONG: &str = "fcs=0x1a2b3c4d";
/// Far longer than a frame takes over a veth pair.
const PATIENCE: Duration = Duration::from_secs(1);
const TX: &str = "tx-checksum-ip-generic";

fn story(args: &Args) -> Outcome {
    let mut teller = Teller { json: args.json, colour: args.color, step: 0, failed: 0 };

    teller.step("A private network: two interfaces, joined by a cable", &["ethcraft lab", "ethcraft ifaces"])?;
    let (left, right) = (link::lookup("veth0")?, link::lookup("veth1")?);
    teller.text(&ifaces::table_of(&[&left, &right]))?;
    teller.told(true, "two interfaces", json!({ "interfaces": [left.name, right.name] }))?;

    teller.step("Checksum offload, off by the ethtool ioctl and read back", &["ethcraft offload veth0 tx=off"])?;
    let offload = Offload::open(&left)?;
    let before = state(&offload)?;
    let guard = Guard::new(Offload::open(&left)?, vec!["tx=off".parse().map_err(Failure::usage)?])?;
    let now = state(&offload)?;
    teller.text(&format!(
        "{TX}: {before} -> {now}\nIt changes what the kernel's own packets look like on the wire; crafted frames go out as they are.\n"
    ))?;
    teller.told(
        before == "on" && now == "off",
        "the kernel read back what was set",
        json!({ "before": before, "now": now }),
    )?;

    teller.step("A frame, crafted", &[&format!("F='{FRAME}'"), &format!("ethcraft build -x \"$F / {RIGHT}\"")])?;
    let mut builder = Builder::default();
    let crafted = craft(&mut builder, RIGHT)?;
    let mut text = String::new();
    dump::write(builder.view(), args.color.on_stdout(), &mut text);
    teller.text(&text)?;
    teller.told(
        fcs::intact(&crafted),
        "its last four bytes are the CRC-32 of the others",
        json!({ "length": crafted.len() }),
    )?;

    teller.step(
        "Sent on veth0 and sniffed on veth1",
        &["ethcraft sniff veth1 --fcs &", &format!("ethcraft send veth0 \"$F / {RIGHT}\"")],
    )?;
    let mut wire = Wire::open(&left, &right)?;
    let (arrived, line) = wire.cross(&crafted)?;
    teller.text(&line)?;
    teller.told(arrived.is_some(), "a frame arrived", json!({ "received": arrived.as_ref().map(Vec::len) }))?;
    let arrived = arrived.unwrap_or_default();

    teller.step(
        "Verified",
        &[
            "ethcraft sniff veth1 --fcs --expect 1 --within 9s \"$F / fcs=auto\" &",
            &format!("ethcraft send veth0 \"$F / {RIGHT}\""),
        ],
    )?;
    let same = arrived.iter().zip(&crafted).filter(|(a, b)| a == b).count();
    teller.text(&format!("{same} of {} bytes are as sent; FCS {}\n", crafted.len(), verdict(&arrived)))?;
    teller.told(
        arrived == crafted && fcs::intact(&arrived),
        "every byte and the FCS are right",
        json!({ "equal_bytes": same }),
    )?;

    teller.step("The same frame with a made-up FCS is caught", &[&format!("ethcraft send veth0 \"$F / {WRONG}\"")])?;
    let crafted = craft(&mut builder, WRONG)?;
    let (arrived, line) = wire.cross(&crafted)?;
    teller.text(&line)?;
    let caught = arrived.as_ref().is_some_and(|frame| *frame == crafted && !fcs::intact(frame));
    teller.told(caught, "it arrived as sent, and its FCS is wrong", json!({ "fcs": WRONG }))?;

    teller.step("The offload, put back", &["ethcraft offload veth0 tx=on"])?;
    guard.restore()?;
    let after = state(&offload)?;
    teller.text(&format!("{TX}: {now} -> {after}\n"))?;
    teller.told(after == before, "as it was before", json!({ "now": after }))?;
    teller.end()
}

fn state(offload: &Offload) -> Result<String, Failure> {
    let features = offload.features()?;
    let feature = features.get(TX).ok_or_else(|| Failure::refused(format!("this kernel has no feature '{TX}'")))?;
    Ok(feature.state().to_string())
}

fn craft(builder: &mut Builder, fcs: &str) -> Result<Vec<u8>, Failure> {
    let text = format!("{FRAME} / {fcs}");
    let wrong = |errors| Failure::failed(format!("the demo's own frame is wrong: {errors}"));
    let frames = Frames::parse(&text, Surroundings::default(), &source::load).map_err(wrong)?;
    builder.build(&frames, 0).map_err(wrong)?;
    Ok(builder.view().bytes.to_vec())
}

fn verdict(frame: &[u8]) -> String {
    let Some((rest, found)) = frame.split_last_chunk::<4>() else { return "missing".into() };
    let right = fcs::fcs(rest);
    let found = u32::from_be_bytes(*found);
    if found == u32::from_be_bytes(right) {
        format!("0x{found:08x} good")
    } else {
        format!("0x{found:08x} BAD, right is 0x{:08x}", u32::from_be_bytes(right))
    }
}

/// One interface that sends and its peer that listens.
struct Wire {
    sender: Sender,
    capture: Capture,
    stop: Stop,
    nodes: Vec<Node>,
    printer: Printer,
}

impl Wire {
    fn open(from: &Interface, to: &Interface) -> Result<Self, Failure> {
        let capture = Capture::open(to, &rx::Options { block_timeout: 1, ..rx::Options::default() })?;
        let sender = Sender::open(from, &tx::Options { engine: tx::Choice::Send, ..tx::Options::default() })?;
        let stop = Stop::on_signals().map_err(Failure::failed)?;
        Ok(Self { sender, capture, stop, nodes: Vec::new(), printer: Printer::new(Form::Line, Colour::Never) })
    }

    /// Sends a frame, and gives what the peer received and its line.
    fn cross(&mut self, frame: &[u8]) -> Result<(Option<Vec<u8>>, String), Failure> {
        self.sender.push(frame, &self.stop).map_err(Failure::failed)?;
        self.sender.flush(&self.stop)?;
        match self.capture.next(Some(PATIENCE), &self.stop)? {
            Event::Frame(received) => {
                dissect(received.data, crate::frame::Begin::Ethernet, Fcs::Always, &mut self.nodes);
                let view = View { bytes: received.data, nodes: &self.nodes };
                let about = About {
                    time: Some(Time(received.time.cast_signed())),
                    direction: Some(Direction::In),
                    original_len: received.original_len,
                    ..About::default()
                };
                Ok((Some(received.data.to_vec()), self.printer.print(view, &about).to_owned()))
            }
            _ => Ok((None, format!("nothing came within {PATIENCE:?}\n"))),
        }
    }
}

/// Tells the story, to people or machines.
struct Teller {
    json: bool,
    colour: Colour,
    step: u32,
    failed: u32,
}

impl Teller {
    fn step(&mut self, title: &str, by_hand: &[&str]) -> Result<(), Failure> {
        self.step += 1;
        if self.json {
            return Ok(());
        }
        let on = self.colour.on_stdout();
        let blank = if self.step > 1 { "\n" } else { "" };
        let title = Style::BOLD.paint(on, format!("{}. {title}", self.step));
        writeln!(io::stdout(), "{blank}{title}")?;
        for command in by_hand {
            writeln!(io::stdout(), "   {}", Style::FAINT.paint(on, format!("$ {command}")))?;
        }
        Ok(())
    }

    fn text(&self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        let mut indented = String::new();
        for line in text.lines() {
            let _ = writeln!(indented, "   {line}");
        }
        Ok(io::stdout().write_all(indented.as_bytes())?)
    }

    /// How a step ended.
    fn told(&mut self, good: bool, what: &str, details: serde_json::Value) -> Result<(), Failure> {
        self.failed += u32::from(!good);
        if self.json {
            let mut object = json!({ "step": self.step, "ok": good, "expected": what });
            if let (Some(object), serde_json::Value::Object(details)) = (object.as_object_mut(), details) {
                object.extend(details);
            }
            return Ok(writeln!(io::stdout(), "{object}")?);
        }
        let (style, word) = if good { (Style::GOOD, "ok:") } else { (Style::BAD, "FAILED:") };
        Ok(writeln!(io::stdout(), "   {} {what}", style.paint(self.colour.on_stdout(), word))?)
    }

    fn end(self) -> Outcome {
        if self.failed > 0 {
            return Err(Failure::new(Status::Unmet, format!("{} of {} steps failed", self.failed, self.step)));
        }
        if !self.json {
            writeln!(
                io::stdout(),
                "\nAll {} steps went as they should, and nothing of the private network is left. Next: ethcraft --help",
                self.step
            )?;
        }
        Ok(Status::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_failed_makes_the_status_1() {
        let teller = |failed| Teller { json: true, colour: Colour::Never, step: 7, failed };
        let failure = teller(2).end().expect_err("two steps failed");
        assert_eq!((failure.status, failure.message.as_str()), (Status::Unmet, "2 of 7 steps failed"));
        assert_eq!(teller(0).end().expect("none failed"), Status::Done);
    }
}
