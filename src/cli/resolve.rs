//! `--resolve`: the MAC addresses of the next hops, asked for before the first frame, and what was found.

use super::fault::in_words;
use super::source::Entry;
use super::{Failure, Status};
use crate::dialogue::{self, Hops};
use crate::frame::Destinations;
use crate::link::Interface;
use crate::link::netns::Target;
use crate::link::route::{NextHop, Routes};
use crate::link::rx::{self, Capture};
use crate::link::stop::Stop;
use crate::link::tx::{self, Sender};
use crate::report::{ranges, safe};
use crate::traffic::addresses;
use pnet::util::MacAddr;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// The most destinations that are looked up.
const MOST: usize = 65_536;
/// Next hops that are told one by one.
const TOLD: usize = 8;

/// What to do where a next hop says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// End the command: exit 1.
    Fails,
    /// Leave the frames to it as they are, to all stations.
    Broadcasts,
}

/// Asks for the MAC addresses that the entries lack, and fills them in. Says on standard error what it found, and gives the
/// number of next hops that said nothing.
pub(super) fn resolve(
    entries: &mut [Entry],
    target: &Target,
    interface: &Interface,
    silence: Silence,
    stop: &Stop,
) -> Result<usize, Failure> {
    let mut destinations = Vec::new();
    for entry in entries.iter() {
        match entry.frames.destinations(MOST).map_err(|errors| entry.failure(&errors))? {
            Destinations::Told => {}
            Destinations::Hosts(hosts) => destinations.extend(hosts),
            Destinations::TooMany(most) => {
                return Err(Failure::usage(format!(
                    "the frames go to more than {most} hosts, too many to ask each one"
                ))
                .help("split the set, or name the next hop: `eth dst=...`"));
            }
        }
    }
    let broadcasts = addresses::broadcasts(interface);
    destinations.retain(|ip| !matches!(ip, IpAddr::V4(ip) if broadcasts.contains(ip)));
    destinations.sort_unstable();
    destinations.dedup();
    if destinations.is_empty() {
        return Ok(0);
    }
    if interface.hardware == libc::ARPHRD_LOOPBACK {
        // There is nobody to ask, and its MAC address is all zeros.
        let known: HashMap<IpAddr, u64> = destinations.into_iter().map(|destination| (destination, 0)).collect();
        for entry in entries {
            entry.frames.set_next_hops(known.clone());
        }
        return Ok(0);
    }
    let (hops, mut sender, mut capture) = target.within(|| open(&destinations, interface))??;
    let mut wanted: Vec<NextHop> = hops.values().copied().collect();
    wanted.sort_by_key(|hop| hop.address);
    wanted.dedup_by_key(|hop| hop.address);
    let found = dialogue::resolve(&wanted, interface, &mut sender, &mut capture, stop)
        .map_err(|fault| in_words(fault, entries, None, interface, true))?;
    tell(&hops, &found, silence);
    let known: HashMap<IpAddr, u64> = hops
        .iter()
        .filter_map(|(destination, hop)| Some((*destination, found.get(&hop.address).copied().flatten()?.mac)))
        .collect();
    let silent: Vec<&IpAddr> = found.iter().filter(|(_, hop)| hop.is_none()).map(|(address, _)| address).collect();
    if let (Silence::Fails, Some(first), false) = (silence, silent.first(), stop.requested()) {
        let more = if silent.len() > 1 { format!(", nor did {} more", silent.len() - 1) } else { String::new() };
        let what =
            format!("{first} did not say its MAC address on {}{more}; nothing was sent", safe::text(&interface.name));
        return Err(Failure::new(Status::Unmet, what)
            .help("is it up, and on this link? name the MAC address to send all the same: `eth dst=...`"));
    }
    for entry in entries {
        entry.frames.set_next_hops(known.clone());
    }
    Ok(silent.len())
}

type Opened = (BTreeMap<IpAddr, NextHop>, Sender, Capture);

/// The routes, and sockets to ask with; in the interface's namespace.
fn open(destinations: &[IpAddr], interface: &Interface) -> Result<Opened, Failure> {
    let routes = Routes::open()?;
    let mut hops = BTreeMap::new();
    for destination in destinations {
        let hop = routes.next_hop(*destination, interface)?;
        // Where no route leads, whoever has the address may still be on the link.
        hops.insert(*destination, hop.unwrap_or(NextHop { address: *destination, source: None }));
    }
    let options = rx::Options { buffer: 1 << 20, block_timeout: 1, ..rx::Options::default() };
    Ok((hops, Sender::open(interface, &tx::Options::default())?, Capture::open(interface, &options)?))
}

/// What was found, on standard error.
fn tell(hops: &BTreeMap<IpAddr, NextHop>, found: &Hops, silence: Silence) {
    let known = found.iter().filter_map(|(address, hop)| Some((address, (*hop)?)));
    for (address, hop) in known.clone().take(TOLD) {
        let via: Vec<&IpAddr> = hops.iter().filter(|(_, hop)| hop.address == *address).map(|(to, _)| to).collect();
        let what = match via[..] {
            [only] if only == address => String::new(),
            [only] => format!(", the next hop to {only}"),
            [first, .., last] => format!(", the next hop to {first} .. {last}"),
            [] => String::new(),
        };
        let octets = hop.mac.to_be_bytes();
        let mac = MacAddr::new(octets[2], octets[3], octets[4], octets[5], octets[6], octets[7]);
        eprintln!("{address} is at {mac}{what} ({:.3} ms)", hop.round_trip.as_secs_f64() * 1e3);
    }
    let count = known.count();
    if count > TOLD {
        eprintln!("... and {} more said where they are", count - TOLD);
    }
    let addresses: Vec<&IpAddr> = found.keys().collect();
    let silent = (0..addresses.len()).filter(|at| found[addresses[*at]].is_none());
    let runs = ranges::runs(silent);
    let silent: usize = runs.iter().map(|(first, last)| last - first + 1).sum();
    if silent > 0 && silence == Silence::Broadcasts {
        let who = ranges::text(&runs, |at| addresses[at].to_string(), TOLD);
        eprintln!(
            "note: no MAC address is known of {who}: frames to {} go to ff:ff:ff:ff:ff:ff",
            if silent == 1 { "it" } else { "them" }
        );
    }
}
