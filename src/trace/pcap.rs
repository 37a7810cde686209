//! Reading pcap: draft-ietf-opsawg-pcap. A header of 24 bytes, then records of 16 bytes and the frame.

use super::error::{Error, Place};
use super::input::Input;
use super::order::{Fields, Order};
use super::reader::Found;
use super::record::{Flags, Interface, LinkType, Time};
use super::writer::Resolution;
use std::io::Read;

const RECORD_HEADER: usize = 16;

#[derive(Debug)]
pub(super) struct Pcap {
    order: Order,
    resolution: Resolution,
    interface: Interface,
}

impl Pcap {
    pub(super) fn open(input: &mut Input<impl Read>) -> Result<Self, Error> {
        let header = input.want(24, Place::Header)?;
        let (order, resolution) = match header {
            [0xd4, 0xc3, ..] => (Order::Little, Resolution::Micro),
            [0x4d, 0x3c, ..] => (Order::Little, Resolution::Nano),
            [0xa1, 0xb2, 0xc3, ..] => (Order::Big, Resolution::Micro),
            _ => (Order::Big, Resolution::Nano),
        };
        let damaged = || Error::Damaged { place: Place::Header, offset: 0, what: "it is too short".into() };
        let pcap = Self::header(order, resolution, header).ok_or_else(damaged)??;
        input.consume(24);
        Ok(pcap)
    }

    /// The outer `None` is for a header that is too short.
    fn header(order: Order, resolution: Resolution, header: &[u8]) -> Option<Result<Self, Error>> {
        let mut fields = Fields::new(order, header);
        let _magic = fields.u32()?;
        let (major, minor) = (fields.u16()?, fields.u16()?);
        if (major, minor) != (2, 4) {
            return Some(Err(Error::Version { format: "pcap", major, minor, known: "2.4", offset: 0 }));
        }
        let _zone_and_accuracy = fields.u64()?;
        let snaplen = fields.u32()?;
        let network = fields.u32()?;
        // Bit 26 says that the four top bits hold the length of the FCS in units of two octets.
        let fcs_len = (network & 1 << 26 != 0).then_some((network >> 28) as u8 * 2);
        let interface = Interface { link_type: LinkType(network as u16), snaplen, fcs_len, ..Interface::default() };
        Some(Ok(Self { order, resolution, interface }))
    }

    pub(super) fn resolution(&self) -> Resolution {
        self.resolution
    }

    pub(super) fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The next record and where it begins.
    pub(super) fn next(&mut self, input: &mut Input<impl Read>, place: Place) -> Result<Option<(u64, Found)>, Error> {
        if input.fill(RECORD_HEADER)? == 0 {
            return Ok(None);
        }
        let offset = input.offset();
        let header = input.want(RECORD_HEADER as u64, place)?;
        let mut fields = Fields::new(self.order, header);
        let (Some(seconds), Some(fraction), Some(kept), Some(original_len)) =
            (fields.u32(), fields.u32(), fields.u32(), fields.u32())
        else {
            return Err(Error::Damaged { place, offset, what: "its header is too short".into() });
        };
        input.want(RECORD_HEADER as u64 + u64::from(kept), place)?;
        input.consume(RECORD_HEADER);
        let data = input.consume(kept as usize);
        // A fraction of a second or more, which some programs write, carries over.
        let nanos = i64::from(fraction) * if self.resolution == Resolution::Nano { 1 } else { 1000 };
        let time = Time(i64::from(seconds) * 1_000_000_000 + nanos);
        let found = Found {
            time: Some(time),
            data,
            original_len,
            interface: 0,
            link_type: self.interface.link_type,
            flags: Flags::default().with_fcs_len(self.interface.fcs_len.unwrap_or(0)),
            dropped: None,
        };
        Ok(Some((offset, found)))
    }
}
