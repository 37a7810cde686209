//! The MAC addresses of next hops: asked for by ARP, and by neighbour discovery over IPv6.

use super::ask::{Asking, Pair, ask};
use crate::frame::{Frames, Surroundings, View, no_files};
use crate::link::Interface;
use crate::link::route::NextHop;
use crate::link::rx::Capture;
use crate::link::stop::Stop;
use crate::link::tx::Sender;
use crate::proto::table::Protocol;
use crate::proto::{arp, eth, ndp};
use crate::traffic::{End, Fault, Item, addresses};
use pnet::ipnetwork::IpNetwork;
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

/// How long a next hop has to answer, and how often it is asked again: as a host does (RFC 4861 10), a little faster.
const PATIENCE: (Duration, u32) = (Duration::from_millis(500), 2);
/// Questions a second.
const RATE: u64 = 1000;

/// A next hop that said where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Its MAC address.
    pub mac: u64,
    /// How long its answer took.
    pub round_trip: Duration,
}

/// The next hops, each with what it said; none where it said nothing.
pub type Hops = BTreeMap<IpAddr, Option<Hop>>;

/// Asks for the MAC addresses of these next hops on the interface.
///
/// # Errors
/// The interface's; also where the stop flag ended it, what is known is given.
pub fn resolve(
    hops: &[NextHop],
    interface: &Interface,
    sender: &mut Sender,
    capture: &mut Capture,
    stop: &Stop,
) -> Result<Hops, Fault> {
    let mut found: Hops = hops.iter().map(|hop| (hop.address, None)).collect();
    for family in [true, false] {
        let of: Vec<&NextHop> = hops.iter().filter(|hop| hop.address.is_ipv4() == family).collect();
        let Some(first) = of.first() else { continue };
        let text = question(&of.iter().map(|hop| hop.address).collect::<Vec<_>>(), first.source, interface);
        let surroundings = addresses::surroundings(interface, 0);
        let frames = questions(&text, surroundings)?;
        let items = [Item { frames: &frames, delay: None }];
        let (within, retry) = PATIENCE;
        let asking = Asking {
            items: &items,
            rate: RATE,
            within,
            retry,
            linger: Duration::ZERO,
            reply: None,
            broadcasts: Vec::new(),
        };
        let mut hear = |pair: &Pair| -> io::Result<()> {
            if let Some((address, mac)) = said(pair.answer)
                && let Some(hop) = found.get_mut(&address)
            {
                hop.get_or_insert(Hop { mac, round_trip: pair.round_trip });
            }
            Ok(())
        };
        // Nothing is written, so nothing fails there.
        if let Ok(report) = ask(&asking, sender, capture, stop, &mut hear)
            && let End::Failed(fault) = report.end
        {
            return Err(fault);
        }
    }
    Ok(found)
}

/// The set of questions for these addresses of one family.
fn question(of: &[IpAddr], source: Option<IpAddr>, interface: &Interface) -> String {
    let set: Vec<String> = of.iter().map(IpAddr::to_string).collect();
    let set = set.join(",");
    let own = |v4: bool| interface.addresses.iter().map(IpNetwork::ip).find(|ip| ip.is_ipv4() == v4);
    if of.iter().all(IpAddr::is_ipv4) {
        // Without an address of its own it asks as a host does that looks whether one is taken (RFC 5227 2.1.1).
        let source = source.or_else(|| own(true)).map_or_else(|| "0.0.0.0".into(), |ip| ip.to_string());
        return format!("arp spa={source} tpa={set}");
    }
    let mac = interface.mac.map_or_else(String::new, |mac| format!(" {{slla={mac}}}"));
    match source.or_else(|| own(false)) {
        Some(source) => format!("ipv6 src={source} / icmpv6 / ns target={set}{mac}"),
        None => format!("ipv6 src=:: / icmpv6 / ns target={set}"),
    }
}

fn questions(text: &str, surroundings: Surroundings) -> Result<Frames, Fault> {
    Frames::parse(text, surroundings, &no_files).map_err(|cause| Fault::Build { number: 0, item: 0, cause })
}

/// Whose MAC address an answer tells.
fn said(answer: View) -> Option<(IpAddr, u64)> {
    let find = |proto: &'static Protocol| answer.nodes.iter().position(|node| node.proto == Some(proto));
    let value = |node: usize, name: &str| answer.number(node, answer.nodes[node].proto?.field(name)?);
    if let Some(node) = find(&arp::ARP) {
        let ip = crate::frame::address(crate::proto::table::Kind::Ip4, value(node, "spa")?)?;
        return Some((ip, value(node, "sha")? as u64));
    }
    let node = find(&ndp::NA)?;
    let ip = crate::frame::address(crate::proto::table::Kind::Ip6, value(node, "target")?)?;
    let option = answer.items(node, "tlla").next();
    let told = option.and_then(|item| answer.nodes.iter().position(|n| std::ptr::eq(n, item)));
    let mac = told.and_then(|item| value(item, "mac")).or_else(|| value(find(&eth::ETH)?, "src"))?;
    Some((ip, mac as u64))
}
