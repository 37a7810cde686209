//! rtnetlink(7): what the kernel knows about the calling thread's network namespace, its interfaces and its routes.

use netlink_packet_core::{NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::LinkMessage;
use netlink_packet_route::route::RouteMessage;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use std::io;

/// A netlink socket; it asks in the network namespace it was opened in.
#[derive(Debug)]
pub struct Route {
    socket: Socket,
}

impl Route {
    /// Opens the socket in the calling thread's network namespace; needs no privilege.
    pub fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self { socket })
    }

    /// Every interface, in the order of the kernel's index.
    pub fn links(&self) -> io::Result<Vec<LinkMessage>> {
        self.ask(RouteNetlinkMessage::GetLink(LinkMessage::default()), NLM_F_DUMP)
    }

    /// The interface with this index; ENODEV where there is none.
    pub fn link(&self, index: u32) -> io::Result<LinkMessage> {
        let request = RouteNetlinkMessage::GetLink(about(index));
        self.ask(request, 0)?.pop().ok_or_else(|| io::Error::from_raw_os_error(libc::ENODEV))
    }

    /// A change of this interface that changes nothing: EPERM tells who may not change anything of it.
    pub fn may_change(&self, index: u32) -> io::Result<()> {
        self.ask(RouteNetlinkMessage::SetLink(about(index)), NLM_F_ACK).map(drop)
    }

    /// Sends one request and reads until the kernel has answered it: to the end of a dump, to the acknowledgement where one
    /// is asked for, else one datagram. Gives the links it speaks of.
    pub(crate) fn ask(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<LinkMessage>> {
        let found = self.exchange(message, flags)?.into_iter();
        Ok(found
            .filter_map(|one| if let RouteNetlinkMessage::NewLink(link) = one { Some(link) } else { None })
            .collect())
    }

    /// The route that this message asks for.
    pub fn route(&self, message: RouteMessage) -> io::Result<Option<RouteMessage>> {
        let mut found = self.exchange(RouteNetlinkMessage::GetRoute(message), 0)?.into_iter();
        Ok(found.find_map(|one| if let RouteNetlinkMessage::NewRoute(route) = one { Some(route) } else { None }))
    }

    fn exchange(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<RouteNetlinkMessage>> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let mut request = NetlinkMessage::new(header, NetlinkPayload::from(message));
        request.finalize();
        let mut bytes = vec![0; request.buffer_len()];
        request.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;

        let mut found = Vec::new();
        loop {
            let (datagram, _) = match self.socket.recv_from_full() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let mut rest = &datagram[..];
            while !rest.is_empty() {
                let reply = NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
                match reply.payload {
                    NetlinkPayload::InnerMessage(message) => found.push(message),
                    NetlinkPayload::Error(error) if error.code.is_some() => return Err(error.to_io()),
                    NetlinkPayload::Done(_) | NetlinkPayload::Error(_) => return Ok(found),
                    _ => {}
                }
                // Messages are aligned to four bytes; a length that leads nowhere ends the datagram.
                let length = (reply.header.length as usize).next_multiple_of(4).max(16);
                rest = rest.get(length..).unwrap_or_default();
            }
            if flags & (NLM_F_DUMP | NLM_F_ACK) == 0 {
                return Ok(found);
            }
        }
    }
}

fn about(index: u32) -> LinkMessage {
    let mut message = LinkMessage::default();
    message.header.index = index;
    message
}
