//! What a sniffer sees of the checksums in the kernel's own packets.

use super::bench::GROUP;
use super::{Bench, Finding};
use crate::link::rx::Checksum;
use nix::sys::socket::{SetSockOpt as _, sockopt::BindToDevice};
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsFd;

/// The discard port (RFC 863).
const DISCARD: u16 = 9;

/// One UDP datagram by the kernel, as a sniffer on this machine sees it.
pub fn of_the_kernel(bench: &mut Bench) -> Finding {
    const NAME: &str = "kernel checksums";
    let feature = "tx-checksum-ip-generic";
    let offload = bench.feature(feature).is_some_and(|feature| feature.active);
    let finding = match bench.none_leaves(NAME) {
        Some(finding) => {
            let state = if offload { "on: a sniffer may see checksums not computed" } else { "off" };
            Finding { detail: format!("{}; {feature} is {state}", finding.detail), ..finding }
        }
        None => tried(bench, NAME),
    };
    finding.fact("offload", offload)
}

fn tried(bench: &mut Bench, name: &'static str) -> Finding {
    let mark = bench.frames.mark();
    if let Err(error) = datagram(&bench.interface.name, mark.bytes()) {
        return Finding::untried(name, format!("the kernel did not send a datagram here: {error}"));
    }
    bench.sent += 1;
    match bench.see(mark) {
        None => Finding::untried(name, "the kernel took a datagram, but no sniffer here saw it leave"),
        Some(seen) if seen.checksum == Checksum::NotReady => {
            let who = if bench.is_virtual() { "on a virtual device nobody does" } else { "the device is to do it" };
            Finding::catch(name, format!("not computed when a sniffer here sees them: {who}")).advice(format!(
                "{} has the kernel compute them; crafted frames bring their own",
                bench.spell.ethcraft("offload {} tx=off")
            ))
        }
        Some(_) => Finding::yes(name, "computed by the kernel before a sniffer sees them"),
    }
}

/// Lets the kernel send a datagram out of an interface, to a group that no router passes on and nobody listens to.
fn datagram(interface: &str, payload: &[u8]) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    BindToDevice.set(&socket.as_fd(), &interface.into())?;
    socket.set_multicast_loop_v4(false)?;
    socket.send_to(payload, (GROUP, DISCARD)).map(drop)
}
