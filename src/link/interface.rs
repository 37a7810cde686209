//! The interfaces of the calling thread's network namespace, by netlink, pnet and ioctl.
//!
//! Not by /sys/class/net: in a network namespace made without root that still shows the host's interfaces.

use super::{Error, netlink::Route};
use crate::expr::nearest;
use crate::sys::{device::Devices, ethtool};
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkMessage, State};
use pnet::ipnetwork::IpNetwork;
use pnet::util::MacAddr;
use std::io;

/// One network interface as it was when it was asked for.
#[derive(Clone, Debug)]
pub struct Interface {
    /// The name, as `ip link` shows it.
    pub name: String,
    /// The kernel's number for it; never used again in its namespace soon after it is gone.
    pub index: u32,
    /// The hardware address, where it has one of six bytes.
    pub mac: Option<MacAddr>,
    /// The largest payload of a frame in bytes, the Ethernet header not counted.
    pub mtu: u32,
    /// Set up by the administrator (`IFF_UP`).
    pub up: bool,
    /// The link below is there (`IFF_LOWER_UP`); unknown while the interface is down.
    pub carrier: Option<bool>,
    /// The operational state (RFC 2863) in the words of ip(8): UP, DOWN, LOWERLAYERDOWN, UNKNOWN, ...
    pub state: &'static str,
    /// The hardware type (ARPHRD_*): 1 is Ethernet, 772 the loopback.
    pub hardware: u16,
    /// What made it, as in `ip link add type ...`: veth, bridge, tun, ...; none for a real device.
    pub kind: Option<String>,
    /// Its IP addresses, each with its prefix.
    pub addresses: Vec<IpNetwork>,
    /// The driver, as `ethtool -i` shows it.
    pub driver: Option<String>,
}

impl Interface {
    /// Frames on it begin with an Ethernet header (`ARPHRD_ETHER`; the loopback's do too).
    pub fn is_ethernet(&self) -> bool {
        matches!(self.hardware, libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK)
    }

    pub(super) fn require_ethernet(&self) -> Result<(), Error> {
        if self.is_ethernet() {
            return Ok(());
        }
        let message = format!("{} is no Ethernet interface (hardware type {})", self.name, self.hardware);
        Err(Error::Usage { message, help: None })
    }
}

/// All interfaces, in the order of their index.
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let devices = Devices::open()?;
    let mut addresses = pnet::datalink::interfaces();
    let mut found: Vec<Interface> = Route::open()?.links()?.iter().filter_map(describe).collect();
    for interface in &mut found {
        // By index: an address with a label is listed under the label (`eth0:1`).
        for known in addresses.iter_mut().filter(|known| known.index == interface.index) {
            interface.addresses.append(&mut known.ips);
        }
        interface.driver = ethtool::driver(&devices, &interface.name).ok();
    }
    found.sort_by_key(|interface| interface.index);
    Ok(found)
}

/// The interface with this name; the error offers the nearest name there is.
pub fn lookup(name: &str) -> Result<Interface, Error> {
    let mut all = interfaces().map_err(|error| Error::system("list the interfaces", error))?;
    match all.iter().position(|interface| interface.name == name) {
        Some(at) => Ok(all.swap_remove(at)),
        None => Err(Error::NoSuchInterface {
            name: name.into(),
            nearest: nearest(name, all.iter().map(|interface| interface.name.as_str())).map(str::to_owned),
        }),
    }
}

/// What one netlink message says; nothing for a message without a name.
pub(super) fn describe(link: &LinkMessage) -> Option<Interface> {
    let flags = link.header.flags;
    let up = flags.contains(LinkFlags::Up);
    let mut interface = Interface {
        name: String::new(),
        index: link.header.index,
        mac: None,
        mtu: 0,
        up,
        carrier: up.then(|| flags.contains(LinkFlags::LowerUp)),
        state: "UNKNOWN",
        hardware: u16::from(link.header.link_layer_type),
        kind: None,
        addresses: Vec::new(),
        driver: None,
    };
    for attribute in &link.attributes {
        match attribute {
            LinkAttribute::IfName(name) => interface.name.clone_from(name),
            LinkAttribute::Mtu(mtu) => interface.mtu = *mtu,
            LinkAttribute::Address(bytes) => {
                interface.mac = <[u8; 6]>::try_from(bytes.as_slice()).ok().map(MacAddr::from);
            }
            LinkAttribute::OperState(state) => interface.state = state_name(*state),
            LinkAttribute::LinkInfo(infos) => interface.kind = infos.iter().find_map(kind),
            _ => {}
        }
    }
    (!interface.name.is_empty()).then_some(interface)
}

fn kind(info: &LinkInfo) -> Option<String> {
    match info {
        LinkInfo::Kind(InfoKind::Other(name)) => Some(name.clone()),
        LinkInfo::Kind(kind) => Some(kind.to_string()),
        _ => None,
    }
}

fn state_name(state: State) -> &'static str {
    match state {
        State::NotPresent => "NOTPRESENT",
        State::Down => "DOWN",
        State::LowerLayerDown => "LOWERLAYERDOWN",
        State::Testing => "TESTING",
        State::Dormant => "DORMANT",
        State::Up => "UP",
        _ => "UNKNOWN",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An interface that exists only in tests.
    pub fn ethernet(name: &str, mtu: u32) -> Interface {
        Interface {
            name: name.into(),
            index: 1,
            mac: None,
            mtu,
            up: true,
            carrier: Some(true),
            state: "UP",
            hardware: libc::ARPHRD_ETHER,
            kind: None,
            addresses: Vec::new(),
            driver: None,
        }
    }

    #[test]
    fn the_loopback_is_there_with_its_facts() {
        let lo = lookup("lo").expect("every network namespace has a loopback");
        assert_eq!(lo.hardware, libc::ARPHRD_LOOPBACK);
        assert_eq!(lo.mac, Some(MacAddr::zero()));
        assert!(lo.index > 0 && lo.mtu > 0);
        assert!(lo.is_ethernet());
    }

    #[test]
    fn a_mistyped_interface_is_answered_with_the_nearest_one() {
        let error = lookup("loo").unwrap_err();
        assert_eq!(error.kind(), super::super::Kind::Usage);
        assert_eq!(error.help().as_deref(), Some("did you mean 'lo'?"));
    }

    #[test]
    fn a_name_longer_than_the_kernel_allows_is_only_unknown() {
        assert!(matches!(lookup("an-interface-name-of-many-bytes"), Err(Error::NoSuchInterface { .. })));
    }
}
