//! What a frame may ask of the kernel or the card (`PACKET_VNET_HDR`): to finish its checksum, to cut it into segments.

use super::limit::{SizeError, limit, longest};
use crate::frame::{Begin, Fcs, Node, Partial, Segments, View, Whole, dissect, partial};
use crate::link::Interface;
use crate::sys::packet::VnetHeader;

/// `VIRTIO_NET_HDR_F_NEEDS_CSUM`.
const NEEDS_CSUM: u8 = 1;
/// The most segments that the kernel makes of one UDP datagram.
const UDP_SEGMENTS: usize = 128;

/// What every frame asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Bytes of payload in a segment: longer frames are to be cut. None: only the checksum is to be finished.
    pub segment: Option<u16>,
}

/// Why a frame cannot ask for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Its checksum cannot be left to others.
    #[error("the frame cannot ask for its checksum: {0}")]
    Checksum(#[from] Whole),
    /// It lies in a tunnel.
    #[error("the frame cannot ask to be cut: its TCP or UDP layer lies in a tunnel")]
    Tunnel,
    /// The segments would be too long.
    #[error(
        "segments of {segment} bytes and {headers} of headers do not fit {interface}: its MTU of {mtu} allows segments \
         of {most}"
    )]
    Long {
        /// Bytes of payload asked for.
        segment: u16,
        /// Bytes of headers in front of it.
        headers: usize,
        /// The interface.
        interface: String,
        /// Its MTU.
        mtu: u32,
        /// The most bytes of payload.
        most: usize,
    },
    /// The kernel takes no datagram of so many.
    #[error("the frame would be cut into {0} segments; the kernel cuts UDP into {UDP_SEGMENTS} at most")]
    Many(usize),
}

/// Makes frames ask.
#[derive(Debug)]
pub struct Asker {
    ask: Ask,
    nodes: Vec<Node>,
}

impl Asker {
    /// For this wish.
    pub fn new(ask: Ask) -> Self {
        // More parts than nearly every frame has.
        Self { ask, nodes: Vec::with_capacity(64) }
    }

    /// Whether the frame can ask, and whether it, or what it is cut into, fits the interface.
    pub fn check(&mut self, interface: &Interface, frame: &[u8]) -> Result<(), SizeError> {
        let found = self.look(frame)?;
        let Some(segment) = self.cut(&found, frame)? else {
            return limit(interface, frame, false);
        };
        let most = longest(interface.mtu, frame.get(12..14) == Some(&[0x81, 0x00]), false);
        if found.header_end + usize::from(segment) > most {
            let most = most.saturating_sub(found.header_end);
            let (interface, mtu, headers) = (interface.name.clone(), interface.mtu, found.header_end);
            return Err(AskError::Long { segment, headers, interface, mtu, most }.into());
        }
        Ok(())
    }

    /// Leaves the checksum of a frame open, as the kernel wants it, and gives the header that says so.
    pub fn prepare(&mut self, frame: &mut [u8]) -> Result<VnetHeader, AskError> {
        let found = self.look(frame)?;
        let segment = self.cut(&found, frame)?;
        let at = found.start + found.offset;
        if let Some(field) = frame.get_mut(at..at + 2) {
            field.copy_from_slice(&found.sum.to_be_bytes());
        }
        // `VIRTIO_NET_HDR_GSO_*`.
        let gso_type = match (segment, found.segments) {
            (Some(_), Some(Segments::Tcp4)) => 1,
            (Some(_), Some(Segments::Tcp6)) => 4,
            (Some(_), Some(Segments::Udp)) => 5,
            _ => 0,
        };
        Ok(VnetHeader {
            flags: NEEDS_CSUM,
            gso_type,
            hdr_len: found.header_end as u16,
            gso_size: segment.unwrap_or(0),
            csum_start: found.start as u16,
            csum_offset: found.offset as u16,
        })
    }

    fn look(&mut self, frame: &[u8]) -> Result<Partial, AskError> {
        dissect(frame, Begin::Ethernet, Fcs::IfRight, &mut self.nodes);
        Ok(partial(View { bytes: frame, nodes: &self.nodes })?)
    }

    /// The size of the segments that a frame is to be cut into; none if it fits into one.
    fn cut(&self, found: &Partial, frame: &[u8]) -> Result<Option<u16>, AskError> {
        let Some(segment) = self.ask.segment.filter(|size| frame.len() > found.header_end + usize::from(*size)) else {
            return Ok(None);
        };
        let kind = found.segments.ok_or(AskError::Tunnel)?;
        let count = (frame.len() - found.header_end).div_ceil(usize::from(segment.max(1)));
        if kind == Segments::Udp && count > UDP_SEGMENTS {
            return Err(AskError::Many(count));
        }
        Ok(Some(segment))
    }
}
