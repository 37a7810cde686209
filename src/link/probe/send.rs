//! Ways of sending: through the queue, past it, with an FCS of one's own, with a request for the device.

use super::bench::{Fate, Lost};
use super::frame::SHORTEST;
use super::{Bench, EXAMPLE, Finding};
use crate::link::Error;
use crate::link::netlink::Route;
use crate::link::tx::Options;
use crate::sys::packet::{PacketSocket, VnetHeader};
use netlink_packet_route::link::LinkAttribute;

/// Drivers whose source shows that they put the frame's own FCS on the wire. Others may take the option and ignore it.
const HONOUR: [&str; 3] = ["e100", "e1000", "igb"];

/// One frame by the ordinary way.
pub fn raw(bench: &mut Bench) -> Finding {
    const NAME: &str = "raw send";
    if let Some(finding) = bench.cannot_send(NAME) {
        return finding;
    }
    let (frame, mark) = bench.frames.plain(SHORTEST);
    match bench.deliver(&frame, mark, &Options::default()) {
        Ok(fate) => judge(bench, NAME, &fate).fact("seen", fate.seen.is_some()).fact("counted", fate.counted),
        Err(lost) => lost.finding(NAME),
    }
}

fn judge(bench: &Bench, name: &'static str, fate: &Fate) -> Finding {
    let finding = match fate {
        Fate { counted: false, dropped: true, .. } => {
            Finding::catch(name, "accepted by the kernel, then dropped by the interface")
                .advice("see carrier; a peer that is down or has a smaller MTU drops so too")
        }
        Fate { seen: Some(_), counted: true, .. } => {
            Finding::yes(name, "accepted, counted by the interface, seen by a sniffer here")
        }
        Fate { seen: Some(_), .. } => {
            Finding::yes(name, "accepted, seen by a sniffer here; this device counts late or not at all")
        }
        Fate { counted: true, .. } => Finding::catch(name, "accepted and counted, but no sniffer here saw it"),
        Fate { .. } => Finding::catch(name, "accepted, but neither counted nor seen: a queue may have dropped it")
            .advice(format!("{} shows what the queues dropped", bench.spell.iproute2("tc", "-s qdisc show dev {}"))),
    };
    finding.fact("dropped", fate.dropped)
}

/// One frame past the queueing discipline.
pub fn bypass(bench: &mut Bench) -> Finding {
    const NAME: &str = "queue bypass";
    let queue = queue(bench).unwrap_or_else(|| "unknown".into());
    if let Some(finding) = bench.none_leaves(NAME) {
        return finding.fact("queue", queue.as_str());
    }
    let (frame, mark) = bench.frames.plain(SHORTEST);
    let finding = match bench.deliver(&frame, mark, &Options { bypass_queue: true, ..Options::default() }) {
        Ok(Fate { counted: true, .. }) if queue == "noqueue" => {
            Finding::yes(NAME, "accepted and counted; there is no queue here to pass by, so it gains little")
        }
        Ok(Fate { counted: true, .. }) => {
            Finding::catch(NAME, format!("accepted and counted, past {queue}; sniffers here do not see such frames"))
                .advice("capture at the receiver")
        }
        Ok(Fate { dropped: true, .. }) => {
            Finding::catch(NAME, "accepted, then dropped by the interface").advice("see carrier")
        }
        Ok(_) => Finding::catch(NAME, "accepted; this device counts late or not at all"),
        Err(lost) => lost.finding(NAME),
    };
    finding.fact("queue", queue.as_str())
}

/// The queueing discipline's name.
fn queue(bench: &Bench) -> Option<String> {
    let link = Route::open().ok()?.link(bench.interface.index).ok()?;
    link.attributes.into_iter().find_map(|attribute| match attribute {
        LinkAttribute::Qdisc(name) => Some(name),
        _ => None,
    })
}

/// One frame whose last four bytes are its FCS.
pub fn own_fcs(bench: &mut Bench) -> Finding {
    const NAME: &str = "FCS on the wire";
    let append = format!(
        "{} sends the FCS as the last four bytes of the frame",
        bench.spell.ethcraft(&format!("send {{}} --fcs append '{EXAMPLE} / fcs'"))
    );
    if let Some(finding) = bench.cannot_send(NAME) {
        return finding;
    }
    let (mut frame, mark) = bench.frames.plain(SHORTEST);
    frame.extend(crc32fast::hash(&frame).to_le_bytes());
    match bench.deliver(&frame, mark, &Options { own_fcs: true, ..Options::default() }) {
        Ok(_) if bench.interface.driver.as_deref().is_some_and(|name| HONOUR.contains(&name)) => {
            let wire = bench.spell.ethcraft(&format!("send {{}} --fcs wire '{EXAMPLE} / fcs=0x1a2b3c4d'"));
            Finding::yes(NAME, format!("{} puts the frame's own FCS on the wire", bench.driver())).advice(wire)
        }
        Ok(_) => Finding::catch(
            NAME,
            format!("{} accepts a frame with its own FCS, but is not known to put it on the wire", bench.driver()),
        )
        .advice("compare at a receiver that can keep the FCS (rx-fcs)"),
        Err(Lost::Link(Error::NotPossible { .. })) => {
            Finding::no(NAME, format!("{} refuses a frame with its own FCS", bench.driver())).advice(append)
        }
        Err(lost) => lost.finding(NAME),
    }
}

/// One frame with an empty request (`PACKET_VNET_HDR`).
pub fn vnet_header(bench: &mut Bench) -> Finding {
    const NAME: &str = "PACKET_VNET_HDR";
    if let Some(finding) = bench.none_leaves(NAME) {
        return finding;
    }
    let (frame, mark) = bench.frames.plain(SHORTEST);
    let sent = PacketSocket::open().and_then(|socket| {
        socket.vnet_headers()?;
        socket.bind(bench.interface.index, 0)?;
        socket.send(&[&VnetHeader::default().bytes()[..], &frame].concat())
    });
    match sent {
        Ok(()) => {
            bench.sent += 1;
            match bench.see(mark) {
                Some(_) => {
                    Finding::yes(NAME, "a frame can ask the kernel or the device for its checksum or segmentation")
                }
                None => Finding::catch(NAME, "accepted, but no sniffer here saw the frame").advice("see raw send"),
            }
        }
        Err(error) => Finding::no(NAME, format!("refused: {error}")).advice("let the frame bring its checksums itself"),
    }
}

impl Lost {
    /// As an answer.
    pub fn finding(&self, name: &'static str) -> Finding {
        match self {
            Self::Link(error) => Finding::failed(name, error),
            Self::Refused(refusal) => Finding::no(name, refusal.to_string()),
            Self::Stopped => Finding::untried(name, "interrupted"),
        }
    }
}
