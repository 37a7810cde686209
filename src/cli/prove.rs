//! `ethcraft offload IFACE --prove --peer IFACE2`: what the checksum offload does on the wire, seen at the other end.
//!
//! One UDP frame asks for its checksum (`PACKET_VNET_HDR`), with the feature off and with it on.

use super::{Failure, Status, link_failure::no_refusal, source};
use crate::frame::{Begin, Builder, Fcs, Frames, Surroundings, View, dissect, partial};
use crate::link::netns::Target;
use crate::link::offload::{Guard, Offload, Setting};
use crate::link::rx::{self, Capture, Checksum, Direction, Event};
use crate::link::stop::Stop;
use crate::link::tx::{self, Ask, Sender};
use crate::link::{self, Interface};
use serde_json::json;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How long a frame may take to the peer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The group of features that is switched.
const GROUP: &str = "tx";

/// What arrived while the feature was off or on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// Nothing, in [`PATIENCE`].
    Nothing,
    /// The right checksum.
    Right,
    /// As it was sent: open, and marked as such by the kernel (`CSUMNOTREADY`).
    Open,
    /// Neither; the field's value.
    Wrong(u16),
}

/// One frame, and what is right in it.
struct Probe {
    bytes: Vec<u8>,
    /// Where the checksum stands.
    at: usize,
    /// What the field holds while the checksum is open.
    open: u16,
}

/// Sends, looks, prints side by side; status 1 where what is seen contradicts the state.
pub(super) fn prove(interface: &str, peer: &str, json: bool) -> Result<u8, Failure> {
    let (target, other) = (Target::parse(interface)?, Target::parse(peer)?);
    let from = target.within(|| link::lookup(&target.interface))??;
    let to = other.within(|| link::lookup(&other.interface))??;
    let probe = Probe::new(&from, &to)?;
    let stop = Stop::on_signals()?;
    let options = rx::Options { block_timeout: 1, direction: Direction::In, ..rx::Options::default() };
    let mut capture = other.within(|| Capture::open(&to, &options))??;
    let mut seen = [Seen::Nothing; 2];
    for (on, seen) in [false, true].into_iter().zip(&mut seen) {
        let offload = target.within(|| Offload::open(&from))??;
        let guard = Guard::new(offload, vec![Setting { name: GROUP.into(), on }])?;
        no_refusal(guard.applied(), interface)?;
        let asking = tx::Options { ask: Some(Ask::default()), ..tx::Options::default() };
        let mut sender = target.within(|| Sender::open(&from, &asking))??;
        sender.push(&probe.bytes, &stop).map_err(Failure::failed)?;
        sender.flush(&stop)?;
        *seen = probe.look(&mut capture, &stop)?;
        drop(sender);
        guard.restore()?;
        if stop.requested() {
            return Err(Failure::failed("it was interrupted; the features are as they were before"));
        }
    }
    let [off, on] = seen;
    if json {
        let state =
            |seen: Seen| json!({ "checksum": probe.field(seen).map(|v| format!("0x{v:04x}")), "seen": seen.word() });
        let line = json!({
            "interface": interface, "peer": peer, "group": GROUP, "right": format!("0x{:04x}", probe.right()),
            "off": state(off), "on": state(on), "proved": contradiction(off, on).is_none(),
        });
        writeln!(io::stdout(), "{line}")?;
    } else {
        probe.print(interface, peer, off, on)?;
    }
    match contradiction(off, on) {
        None => Ok(Status::Done as u8),
        Some((why, help)) => Err(Failure::new(Status::Unmet, why).help(help)),
    }
}

/// What cannot be with the feature in that state.
fn contradiction(off: Seen, on: Seen) -> Option<(&'static str, &'static str)> {
    let silent = "nothing arrived: is this the peer, up and with a carrier? `ethcraft ifaces` shows both";
    match (off, on) {
        (Seen::Nothing, _) => Some(("with the offload off no frame reached the peer", silent)),
        (_, Seen::Nothing) => Some(("with the offload on no frame reached the peer", silent)),
        (Seen::Open | Seen::Wrong(_), _) => Some((
            "with the offload off the checksum was not computed, though then the kernel has to do it",
            "look whether a device between the two changes frames: tcpdump -vv at each end",
        )),
        (_, Seen::Wrong(_)) => Some((
            "with the offload on a wrong checksum arrived that nobody marked as open",
            "the card or its driver computes it wrong, or not at all: leave the offload off on this interface",
        )),
        (Seen::Right, Seen::Right | Seen::Open) => None,
    }
}

impl Seen {
    fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Right => "right",
            Self::Open => "not computed",
            Self::Wrong(_) => "wrong",
        }
    }
}

impl Probe {
    fn new(from: &Interface, to: &Interface) -> Result<Self, Failure> {
        let mac = |interface: &Interface| interface.mac.unwrap_or_default().to_string();
        let text = format!(
            "eth src={} dst={} / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=9 dport=9 / \"ethcraft offload --prove {}\"",
            mac(from),
            mac(to),
            std::process::id()
        );
        let wrong = |why: String| Failure::failed(format!("the frame of --prove is wrong: {why}"));
        let frames = Frames::parse(&text, Surroundings::default(), &source::load).map_err(|e| wrong(e.to_string()))?;
        let mut builder = Builder::default();
        builder.build(&frames, 0).map_err(|errors| wrong(errors.to_string()))?;
        let bytes = builder.view().bytes.to_vec();
        let mut nodes = Vec::new();
        dissect(&bytes, Begin::Ethernet, Fcs::Never, &mut nodes);
        let found = partial(View { bytes: &bytes, nodes: &nodes }).map_err(|why| wrong(why.to_string()))?;
        Ok(Self { at: found.start + found.offset, open: found.sum, bytes })
    }

    fn right(&self) -> u16 {
        self.checksum(&self.bytes)
    }

    fn checksum(&self, frame: &[u8]) -> u16 {
        frame.get(self.at..self.at + 2).map_or(0, |field| u16::from_be_bytes([field[0], field[1]]))
    }

    /// What the field held on arrival.
    fn field(&self, seen: Seen) -> Option<u16> {
        match seen {
            Seen::Nothing => None,
            Seen::Right => Some(self.right()),
            Seen::Open => Some(self.open),
            Seen::Wrong(value) => Some(value),
        }
    }

    /// Waits for the frame among all that arrives.
    fn look(&self, capture: &mut Capture, stop: &Stop) -> Result<Seen, Failure> {
        let end = Instant::now() + PATIENCE;
        loop {
            match capture.next(Some(end.saturating_duration_since(Instant::now())), stop)? {
                Event::Frame(frame) if self.is_in(frame.data) => {
                    let value = self.checksum(frame.data);
                    return Ok(match frame.checksum {
                        _ if value == self.right() => Seen::Right,
                        Checksum::NotReady if value == self.open => Seen::Open,
                        _ => Seen::Wrong(value),
                    });
                }
                Event::Frame(_) if Instant::now() < end => {}
                Event::Down { name } => return Err(Failure::failed(format!("{name} went down"))),
                _ => return Ok(Seen::Nothing),
            }
        }
    }

    /// The same frame but for its checksum.
    fn is_in(&self, frame: &[u8]) -> bool {
        let rest = self.at + 2;
        frame.get(..self.at) == self.bytes.get(..self.at)
            && frame.get(rest..self.bytes.len()).is_some_and(|found| Some(found) == self.bytes.get(rest..))
    }

    fn print(&self, interface: &str, peer: &str, off: Seen, on: Seen) -> Result<(), Failure> {
        let value = |seen| self.field(seen).map_or_else(|| "-".to_owned(), |value| format!("0x{value:04x}"));
        let who = |seen, on| match (seen, on) {
            (Seen::Nothing, _) => "nothing arrived",
            (Seen::Right, false) => "right: the kernel computed it",
            (Seen::Right, true) => "right: the card computed it",
            (Seen::Open, _) => "not computed (CSUMNOTREADY)",
            (Seen::Wrong(_), _) => "wrong, and not marked as open",
        };
        let mut out = io::stdout().lock();
        let (interface, peer) = (interface.escape_debug(), peer.escape_debug());
        writeln!(out, "{interface} -> {peer}: one UDP frame of {} bytes that asks for its checksum", self.bytes.len())?;
        writeln!(out, "as sent: 0x{:04x}, the pseudo-header alone; right would be 0x{:04x}", self.open, self.right())?;
        writeln!(out)?;
        writeln!(out, "tx-checksumming       {:<32}on", "off")?;
        writeln!(out, "checksum on arrival   {:<32}{}", value(off), value(on))?;
        writeln!(out, "                      {:<32}{}", who(off, false), who(on, true))?;
        if (off, on) == (Seen::Right, Seen::Open) {
            writeln!(out)?;
            writeln!(
                out,
                "With the offload on {interface} leaves the checksum to hardware that this link does not have: a"
            )?;
            writeln!(
                out,
                "sniffer at the peer sees it unfinished, and the peer's kernel takes the frame as good all the same."
            )?;
        }
        Ok(out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_is_a_contradiction() {
        let wrong = Seen::Wrong(7);
        for (off, on, proved) in [
            (Seen::Right, Seen::Open, true),
            (Seen::Right, Seen::Right, true),
            (Seen::Open, Seen::Open, false),
            (wrong, Seen::Right, false),
            (Seen::Right, wrong, false),
            (Seen::Nothing, Seen::Right, false),
            (Seen::Right, Seen::Nothing, false),
        ] {
            assert_eq!(contradiction(off, on).is_none(), proved, "{off:?} {on:?}");
        }
    }
}
