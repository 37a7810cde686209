//! Making and setting up links by rtnetlink(7), in the network namespace that the socket was opened in.
//!
//! A link is made first and set up in a message of its own: "up" in the message that makes it gives ENOTCONN.

use crate::link::netlink::Route;
use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{
    AfSpecInet6, AfSpecUnspec, In6AddrGenMode, InfoBridge, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags,
    LinkInfo, LinkMessage, State,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

/// A conversation with the kernel about the links of one network namespace.
pub struct Netlink {
    route: Route,
}

/// One end of a veth pair to be made.
pub struct End<'a> {
    pub name: &'a str,
    pub mac: [u8; 6],
    pub mtu: Option<u32>,
}

impl End<'_> {
    fn attributes(&self) -> Vec<LinkAttribute> {
        let mut attributes = vec![LinkAttribute::IfName(self.name.into()), LinkAttribute::Address(self.mac.into())];
        attributes.extend(self.mtu.map(LinkAttribute::Mtu));
        attributes
    }
}

impl Netlink {
    /// Opens a socket in the network namespace of this thread.
    pub fn open() -> io::Result<Self> {
        Ok(Self { route: Route::open()? })
    }

    /// Makes a veth pair; the far end in another network namespace where one is given.
    pub fn veth(&self, near: &End, far: &End, far_namespace: Option<BorrowedFd>) -> io::Result<()> {
        let mut peer = LinkMessage::default();
        peer.attributes = far.attributes();
        peer.attributes.extend(far_namespace.map(|namespace| LinkAttribute::NetNsFd(namespace.as_raw_fd())));
        self.make(near, vec![LinkInfo::Kind(InfoKind::Veth), LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer)))])
    }

    /// Makes a bridge that passes on everything a bridge can be told to pass on, and that sends nothing of its own.
    pub fn bridge(&self, bridge: &End) -> io::Result<()> {
        let options = vec![
            // Link-local groups 01:80:c2:00:00:03 to 0f (LLDP and others); the kernel keeps 0 to 2 to itself.
            InfoBridge::GroupFwdMask(0xfff8),
            // Snooping would join groups, and so send reports, and hold multicast back from hosts that did not ask.
            InfoBridge::MulticastSnooping(false),
        ];
        self.make(bridge, vec![LinkInfo::Kind(InfoKind::Bridge), LinkInfo::Data(InfoData::Bridge(options))])
    }

    /// Sets an interface up, with no IPv6 address of its own making, whose coming would send packets.
    pub fn up_quietly(&self, name: &str) -> io::Result<()> {
        let silence = vec![AfSpecUnspec::Inet6(vec![AfSpecInet6::AddrGenMode(In6AddrGenMode::None)])];
        let silenced = self.change(name, vec![LinkAttribute::AfSpecUnspec(silence)], false);
        match silenced.as_ref().map_err(io::Error::raw_os_error) {
            // A kernel without IPv6 is silent anyway.
            Ok(()) | Err(Some(libc::EAFNOSUPPORT | libc::EOPNOTSUPP)) => self.up(name),
            Err(_) => silenced,
        }
    }

    /// Sets an interface up.
    pub fn up(&self, name: &str) -> io::Result<()> {
        self.change(name, Vec::new(), true)
    }

    /// Makes an interface a port of a bridge.
    pub fn join(&self, name: &str, bridge: &str) -> io::Result<()> {
        self.change(name, vec![LinkAttribute::Controller(self.index(bridge)?)], false)
    }

    /// Gives an interface an IPv4 address.
    pub fn address(&self, name: &str, address: Ipv4Addr, prefix: u8) -> io::Result<()> {
        let mut message = AddressMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.prefix_len = prefix;
        message.header.index = self.index(name)?;
        message.attributes =
            vec![AddressAttribute::Local(IpAddr::V4(address)), AddressAttribute::Address(IpAddr::V4(address))];
        self.ask(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL).map(drop)
    }

    /// An interface passes frames: it is up, its peer is, and the kernel has noticed.
    pub fn is_operational(&self, name: &str) -> io::Result<bool> {
        Ok(self.look(name)?.attributes.contains(&LinkAttribute::OperState(State::Up)))
    }

    /// By name and not by `if_nametoindex(3)`, which looks in the namespace of the thread and not in the socket's.
    fn look(&self, name: &str) -> io::Result<LinkMessage> {
        let mut message = LinkMessage::default();
        message.attributes = vec![LinkAttribute::IfName(name.into())];
        let answer = self.ask(RouteNetlinkMessage::GetLink(message), 0)?;
        answer.ok_or_else(|| io::Error::from_raw_os_error(libc::ENODEV))
    }

    fn index(&self, name: &str) -> io::Result<u32> {
        Ok(self.look(name)?.header.index)
    }

    fn make(&self, end: &End, info: Vec<LinkInfo>) -> io::Result<()> {
        let mut message = LinkMessage::default();
        message.attributes = end.attributes();
        message.attributes.push(LinkAttribute::LinkInfo(info));
        self.ask(RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL).map(drop)
    }

    fn change(&self, name: &str, attributes: Vec<LinkAttribute>, up: bool) -> io::Result<()> {
        let mut message = LinkMessage::default();
        message.header.index = self.index(name)?;
        message.attributes = attributes;
        if up {
            message.header.flags = LinkFlags::Up;
            message.header.change_mask = LinkFlags::Up;
        }
        self.ask(RouteNetlinkMessage::SetLink(message), 0).map(drop)
    }

    /// Sends one request and waits until the kernel has answered it; gives the link it speaks of, if it does.
    fn ask(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Option<LinkMessage>> {
        Ok(self.route.ask(message, NLM_F_ACK | flags)?.pop())
    }
}
