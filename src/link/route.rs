//! The next hop on the way to an address, as the kernel's routing tables and rules have it.

use super::netlink::Route;
use super::{Error, Interface};
use netlink_packet_route::AddressFamily;
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage, RouteType, RouteVia};
use std::net::IpAddr;

/// How a packet leaves for one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextHop {
    /// Who takes it from here: a router, or the destination itself.
    pub address: IpAddr,
    /// The source address that the kernel would give it.
    pub source: Option<IpAddr>,
}

/// Questions about routes, in the network namespace that it was opened in.
#[derive(Debug)]
pub struct Routes(Route);

impl Routes {
    /// Opens it in the calling thread's network namespace; needs no privilege.
    pub fn open() -> Result<Self, Error> {
        Route::open().map(Self).map_err(|error| Error::system("ask for routes", error))
    }

    /// The next hop to `destination` out of `interface`; none where no route leads there. Over IPv4 the kernel takes what
    /// no route covers for a neighbour on the link.
    ///
    /// # Errors
    /// A usage error for an address of this machine.
    pub fn next_hop(&self, destination: IpAddr, interface: &Interface) -> Result<Option<NextHop>, Error> {
        let mut message = RouteMessage::default();
        message.header.address_family = if destination.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
        message.header.destination_prefix_length = if destination.is_ipv4() { 32 } else { 128 };
        message.attributes =
            vec![RouteAttribute::Destination(destination.into()), RouteAttribute::Oif(interface.index)];
        let found = match self.0.route(message) {
            Ok(found) => found,
            Err(error) => match error.raw_os_error() {
                Some(libc::ENETUNREACH | libc::EHOSTUNREACH | libc::EACCES | libc::EINVAL) => None,
                _ => return Err(Error::system(format!("ask for the route to {destination}"), error)),
            },
        };
        let Some(route) = found else { return Ok(None) };
        match route.header.kind {
            RouteType::Local => {
                return Err(Error::Usage {
                    message: format!("{destination} is an address of this machine, so no frame on a link reaches it"),
                    help: Some("name the MAC address: `eth dst=...`".into()),
                });
            }
            RouteType::Unicast => {}
            _ => return Ok(None),
        }
        let mut hop = NextHop { address: destination, source: None };
        for attribute in &route.attributes {
            match attribute {
                RouteAttribute::Gateway(gateway) => hop.address = address(gateway).unwrap_or(hop.address),
                RouteAttribute::Via(RouteVia::Inet(gateway)) => hop.address = (*gateway).into(),
                RouteAttribute::Via(RouteVia::Inet6(gateway)) => hop.address = (*gateway).into(),
                RouteAttribute::PrefSource(source) => hop.source = address(source),
                _ => {}
            }
        }
        Ok(Some(hop))
    }
}

fn address(of: &RouteAddress) -> Option<IpAddr> {
    match of {
        RouteAddress::Inet(ip) => Some((*ip).into()),
        RouteAddress::Inet6(ip) => Some((*ip).into()),
        _ => None,
    }
}
