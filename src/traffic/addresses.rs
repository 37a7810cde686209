//! The addresses that an interface gives to the frames sent on it.

use crate::frame::{Frames, Need, Surroundings};
use crate::link::Interface;
use crate::proto::table::Kind;
use pnet::ipnetwork::IpNetwork;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A field that no address of the interface can be filled into.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{interface} has no {} address to fill into '{} {}'", word(need.kind), need.layer, need.field)]
pub struct Missing {
    /// The interface.
    pub interface: String,
    /// The field.
    pub need: Need,
}

impl Missing {
    /// What to write instead.
    pub fn help(&self) -> String {
        let Need { layer, field, .. } = self.need;
        let name = &self.interface;
        match self.need.kind {
            Kind::Ip4 => format!("set `{layer} {field}=`, or give it one: `ip address add 10.0.0.1/24 dev {name}`"),
            Kind::Ip6 => format!("set `{layer} {field}=`, or give it one: `ip address add 2001:db8::1/64 dev {name}`"),
            _ => format!("set `{layer} {field}=`"),
        }
    }
}

/// The interface's MAC address (zeros for the loopback), its first IPv4 address, its first global IPv6 address, else its
/// first one; zeros for what it does not have, so ask [`missing`] as well.
pub fn surroundings(interface: &Interface, seed: u64) -> Surroundings {
    Surroundings {
        mac: interface.mac.map_or(0, |mac| mac.octets().iter().fold(0, |n, octet| n << 8 | u64::from(*octet))),
        ipv4: ipv4(interface).map_or(0, u32::from),
        ipv6: ipv6(interface).map_or(0, u128::from),
        seed,
    }
}

/// The addresses of all hosts of the interface's IPv4 networks.
pub fn broadcasts(interface: &Interface) -> Vec<Ipv4Addr> {
    let of = |network: &IpNetwork| match network {
        // A network of two addresses has none (RFC 3021).
        IpNetwork::V4(network) if network.prefix() < 31 => Some(network.broadcast()),
        _ => None,
    };
    interface.addresses.iter().filter_map(of).collect()
}

/// The first field that needs an address which the interface does not have.
pub fn missing(frames: &Frames, interface: &Interface) -> Option<Missing> {
    let has = |kind| match kind {
        Kind::Mac => interface.mac.is_some(),
        Kind::Ip4 => ipv4(interface).is_some(),
        Kind::Ip6 => ipv6(interface).is_some(),
        _ => true,
    };
    let need = *frames.needs().iter().find(|need| !has(need.kind))?;
    Some(Missing { interface: interface.name.clone(), need })
}

fn ipv4(interface: &Interface) -> Option<Ipv4Addr> {
    interface.addresses.iter().find_map(|address| match address.ip() {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    })
}

fn ipv6(interface: &Interface) -> Option<Ipv6Addr> {
    let all = || {
        interface.addresses.iter().filter_map(|address| match address.ip() {
            IpAddr::V6(ip) => Some(ip),
            IpAddr::V4(_) => None,
        })
    };
    all().find(|ip| !ip.is_unicast_link_local()).or_else(|| all().next())
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Ip4 => "IPv4",
        Kind::Ip6 => "IPv6",
        _ => "MAC",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::no_files;
    use crate::link::interface::tests::ethernet;

    fn with(addresses: &[&str]) -> Interface {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        Interface { mac: Some("02:00:00:00:00:07".parse().unwrap()), addresses, ..ethernet("veth0", 1500) }
    }

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &no_files).unwrap()
    }

    #[test]
    fn a_global_ipv6_address_goes_before_a_link_local_one() {
        let found = surroundings(&with(&["fe80::1/64", "10.0.0.7/24", "10.0.0.8/24", "2001:db8::7/64"]), 3);
        let ipv6: Ipv6Addr = "2001:db8::7".parse().unwrap();
        assert_eq!((found.mac, found.ipv4, found.ipv6, found.seed), (0x0200_0000_0007, 0x0a00_0007, ipv6.into(), 3));
        let link_local: Ipv6Addr = "fe80::1".parse().unwrap();
        assert_eq!(surroundings(&with(&["fe80::1/64"]), 0).ipv6, link_local.into());
    }

    #[test]
    fn a_missing_address_is_told_with_the_field_that_wants_it() {
        let bare = with(&[]);
        let told = |text| missing(&frames(text), &bare).map(|missing| (missing.to_string(), missing.help()));
        let (message, help) = told("ipv4 / udp").unwrap();
        assert_eq!(message, "veth0 has no IPv4 address to fill into 'ipv4 src'");
        assert!(help.starts_with("set `ipv4 src=`"), "{help}");
        assert_eq!(told("arp").unwrap().0, "veth0 has no IPv4 address to fill into 'arp spa'");
        assert!(told("ipv4 src=10.0.0.1 / udp").is_none());
        assert!(told("eth / \"x\"").is_none());
    }
}
