//! Reading pcapng: draft-ietf-opsawg-pcapng. Blocks of a type, a length, a body, and the length again.

use super::error::{Error, Place};
use super::input::Input;
use super::order::{Fields, Order};
use super::reader::Found;
use super::record::{Flags, Interface, LinkType, Time};
use std::io::Read;

/// Block types.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
pub(super) const STATISTICS: u32 = 5;
pub(super) const ENHANCED_PACKET: u32 = 6;

/// Block type, length, and the length behind the body.
const FRAMING: usize = 12;

#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    /// Of all sections; those of the present one begin at `section`.
    interfaces: Vec<Interface>,
    clocks: Vec<Clock>,
    section: usize,
}

/// How an interface writes times.
#[derive(Clone, Copy, Debug)]
struct Clock {
    /// `if_tsresol`: the exponent of a negative power of ten, or of two where the top bit is set.
    resolution: u8,
    /// `if_tsoffset`: seconds to add.
    offset: i64,
}

/// What a block of a frame says, before the interface is looked up.
struct Packet<'a> {
    interface: u32,
    ticks: Option<u64>,
    data: &'a [u8],
    original_len: u32,
    flags: Option<u32>,
    dropped: Option<u64>,
}

impl Clock {
    /// The time of a tick count, rounded down to nanoseconds; `None` outside of what [`Time`] holds.
    fn time(self, ticks: u64) -> Option<Time> {
        let ticks = i128::from(ticks);
        let exponent = u32::from(self.resolution & 0x7f);
        let nanos = if self.resolution & 0x80 != 0 {
            (ticks * 1_000_000_000) >> exponent
        } else if exponent <= 9 {
            ticks * 10_i128.pow(9 - exponent)
        } else {
            // 64 bits hold fewer than 10^20 ticks.
            ticks / 10_i128.pow((exponent - 9).min(20))
        };
        i64::try_from(nanos + i128::from(self.offset) * 1_000_000_000).ok().map(Time)
    }
}

impl Pcapng {
    pub(super) fn open(input: &mut Input<impl Read>) -> Result<Self, Error> {
        let mut this = Self { order: Order::Little, interfaces: Vec::new(), clocks: Vec::new(), section: 0 };
        let (_, len) = this.framing(input, Place::Header, 0)?;
        let block = input.want(len as u64, Place::Header)?;
        this.check(block, Place::Header, 0)?;
        this.begin_section(block, Place::Header, 0)?;
        input.consume(len);
        Ok(this)
    }

    pub(super) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// The next frame and where its block begins; `before` frames were given already.
    pub(super) fn next(&mut self, input: &mut Input<impl Read>, before: u64) -> Result<Option<(u64, Found)>, Error> {
        loop {
            if input.fill(FRAMING)? == 0 {
                return Ok(None);
            }
            let offset = input.offset();
            let (kind, len) = self.framing(input, Place::Block { after: before }, offset)?;
            let is_packet = matches!(kind, OLD_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
            let place = if is_packet { Place::Record(before + 1) } else { Place::Block { after: before } };
            let block = input.want(len as u64, place)?;
            self.check(block, place, offset)?;
            if is_packet {
                let (found, skip, kept) = self.packet(kind, body(block), place, offset)?;
                input.consume(8 + skip);
                let data = input.consume(kept);
                input.consume(len - 8 - skip - kept);
                return Ok(Some((offset, Found { data, ..found })));
            }
            match kind {
                SECTION => self.begin_section(block, place, offset)?,
                INTERFACE => self.add_interface(body(block), place, offset)?,
                STATISTICS => self.add_statistics(body(block), place, offset)?,
                _ => {}
            }
            input.consume(len);
        }
    }

    /// Type and length of the next block. A section header sets the byte order, so that its own length can be read.
    fn framing(&mut self, input: &mut Input<impl Read>, place: Place, offset: u64) -> Result<(u32, usize), Error> {
        let head = input.want(FRAMING as u64, place)?;
        let damaged = |what: String| Error::Damaged { place, offset, what };
        if head.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
            self.order = match head.get(8..) {
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => Order::Little,
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => Order::Big,
                _ => return Err(damaged("its section header has no byte-order magic".into())),
            };
        }
        let mut fields = Fields::new(self.order, head);
        let (Some(kind), Some(len)) = (fields.u32(), fields.u32()) else {
            return Err(damaged("it is too short".into()));
        };
        if (len as usize) < FRAMING || len % 4 != 0 {
            return Err(damaged(format!("its length is {len}, which no block has")));
        }
        Ok((kind, len as usize))
    }

    /// The length behind the body must be the one before it.
    fn check(&self, block: &[u8], place: Place, offset: u64) -> Result<(), Error> {
        let behind = block.last_chunk::<4>().and_then(|last| Fields::new(self.order, last).u32());
        match behind {
            Some(len) if len as usize == block.len() => Ok(()),
            other => {
                let what =
                    format!("it is {} bytes long at its start and {} at its end", block.len(), other.unwrap_or(0));
                Err(Error::Damaged { place, offset, what })
            }
        }
    }

    fn begin_section(&mut self, block: &[u8], place: Place, offset: u64) -> Result<(), Error> {
        let mut fields = Fields::new(self.order, body(block));
        let _byte_order = fields.u32();
        let (Some(major), Some(minor)) = (fields.u16(), fields.u16()) else {
            return Err(Error::Damaged { place, offset, what: "its section header is too short".into() });
        };
        // Minor version 2 was written by some programs and is the same format.
        if major != 1 || (minor != 0 && minor != 2) {
            return Err(Error::Version { format: "pcapng", major, minor, known: "1.0", offset });
        }
        self.section = self.interfaces.len();
        Ok(())
    }

    fn add_interface(&mut self, body: &[u8], place: Place, offset: u64) -> Result<(), Error> {
        let damaged = |what: &str| Error::Damaged { place, offset, what: what.into() };
        let mut fields = Fields::new(self.order, body);
        let (Some(link_type), Some(_reserved), Some(snaplen)) = (fields.u16(), fields.u16(), fields.u32()) else {
            return Err(damaged("its interface description is too short"));
        };
        let mut interface = Interface { link_type: LinkType(link_type), snaplen, ..Interface::default() };
        let mut clock = Clock { resolution: 6, offset: 0 };
        while let Some((code, value)) = option(&mut fields).map_err(damaged)? {
            let text = || Some(String::from_utf8_lossy(value).trim_end_matches('\0').to_owned());
            match (code, value) {
                (2, _) => interface.name = text(),
                (3, _) => interface.description = text(),
                (9, [resolution]) => clock.resolution = *resolution,
                (13, [octets]) => interface.fcs_len = Some(*octets),
                (14, _) => {
                    let seconds = Fields::new(self.order, value).u64();
                    clock.offset = seconds.ok_or(damaged("its if_tsoffset is too short"))?.cast_signed();
                }
                (9, _) => return Err(damaged("its if_tsresol is not one byte")),
                _ => {}
            }
        }
        self.interfaces.push(interface);
        self.clocks.push(clock);
        Ok(())
    }

    fn add_statistics(&mut self, body: &[u8], place: Place, offset: u64) -> Result<(), Error> {
        let damaged = |what: &str| Error::Damaged { place, offset, what: what.into() };
        let mut fields = Fields::new(self.order, body);
        let (Some(id), Some(_time)) = (fields.u32(), fields.u64()) else {
            return Err(damaged("its statistics are too short"));
        };
        let index = self.index(id).ok_or(damaged("it names an interface that was not described"))?;
        let Some(interface) = self.interfaces.get_mut(index) else { return Ok(()) };
        while let Some((code, value)) = option(&mut fields).map_err(damaged)? {
            let count = Fields::new(self.order, value).u64();
            match code {
                4 => interface.received = count,
                5 => interface.dropped = count,
                _ => {}
            }
        }
        Ok(())
    }

    /// Index over all sections of an interface of this one.
    fn index(&self, id: u32) -> Option<usize> {
        let index = self.section.checked_add(id as usize)?;
        (index < self.interfaces.len()).then_some(index)
    }

    /// What a block of a frame says, where in its body the frame begins, and its length.
    fn packet(&self, kind: u32, body: &[u8], place: Place, offset: u64) -> Result<(Found, usize, usize), Error> {
        let damaged = |what: String| Error::Damaged { place, offset, what };
        let packet = match kind {
            SIMPLE_PACKET => self.simple(body),
            _ => self.enhanced(body, kind == OLD_PACKET),
        };
        let packet = packet.map_err(|what| damaged(what.into()))?;
        let no_interface = || damaged(format!("it names interface {}, which was not described", packet.interface));
        let index = self.index(packet.interface).ok_or_else(no_interface)?;
        let (Some(interface), Some(clock)) = (self.interfaces.get(index), self.clocks.get(index)) else {
            return Err(no_interface());
        };
        let time = match packet.ticks {
            None => None,
            Some(ticks) => {
                let outside = || damaged("its time lies outside of the years 1678 to 2262".into());
                Some(clock.time(ticks).ok_or_else(outside)?)
            }
        };
        let fcs_len = interface.fcs_len.unwrap_or(0);
        let flags = packet.flags.map_or(Flags::default().with_fcs_len(fcs_len), Flags);
        let found = Found {
            time,
            data: 0..0,
            original_len: packet.original_len,
            interface: index as u32,
            link_type: interface.link_type,
            flags,
            dropped: packet.dropped,
        };
        let header = if kind == SIMPLE_PACKET { 4 } else { 20 };
        Ok((found, header, packet.data.len()))
    }

    /// Enhanced Packet Block (4.3), and the obsolete Packet Block (A), which differs in its first four bytes.
    fn enhanced<'a>(&self, body: &'a [u8], old: bool) -> Result<Packet<'a>, &'static str> {
        const SHORT: &str = "it is shorter than its own header";
        let mut fields = Fields::new(self.order, body);
        let (interface, mut dropped) = if old {
            let id = fields.u16().ok_or(SHORT)?;
            let dropped = fields.u16().ok_or(SHORT)?;
            (u32::from(id), (dropped != u16::MAX).then_some(u64::from(dropped)))
        } else {
            (fields.u32().ok_or(SHORT)?, None)
        };
        let high = u64::from(fields.u32().ok_or(SHORT)?);
        let ticks = high << 32 | u64::from(fields.u32().ok_or(SHORT)?);
        let kept = fields.u32().ok_or(SHORT)? as usize;
        let original_len = fields.u32().ok_or(SHORT)?;
        let data = fields.take(kept).ok_or("its frame is longer than the block")?;
        fields.take(kept.wrapping_neg() % 4).ok_or("its frame is not padded")?;
        let mut flags = None;
        while let Some((code, value)) = option(&mut fields)? {
            let mut value = Fields::new(self.order, value);
            match code {
                2 => flags = value.u32(),
                4 if !old => dropped = value.u64(),
                _ => {}
            }
        }
        Ok(Packet { interface, ticks: Some(ticks), data, original_len, flags, dropped })
    }

    /// Simple Packet Block (4.4): the first interface of the section, no time, kept up to its snap length.
    fn simple<'a>(&self, body: &'a [u8]) -> Result<Packet<'a>, &'static str> {
        let mut fields = Fields::new(self.order, body);
        let original_len = fields.u32().ok_or("it is shorter than its own header")?;
        let snaplen = self.interfaces.get(self.section).map_or(0, |interface| interface.snaplen);
        let kept = if snaplen == 0 { original_len } else { original_len.min(snaplen) };
        let data = fields.take(kept as usize).ok_or("its frame is longer than the block")?;
        Ok(Packet { interface: 0, ticks: None, data, original_len, flags: None, dropped: None })
    }
}

/// What stands between the two lengths of a block.
fn body(block: &[u8]) -> &[u8] {
    block.get(8..block.len().saturating_sub(4)).unwrap_or_default()
}

/// The next option (3.5): code and value; `None` behind the last.
fn option<'a>(fields: &mut Fields<'a>) -> Result<Option<(u16, &'a [u8])>, &'static str> {
    const LONG: &str = "an option runs past the end of the block";
    if fields.rest.is_empty() {
        return Ok(None);
    }
    let (code, len) = (fields.u16().ok_or(LONG)?, fields.u16().ok_or(LONG)?);
    if code == 0 {
        return Ok(None);
    }
    let value = fields.take(usize::from(len)).ok_or(LONG)?;
    fields.take(usize::from(len).wrapping_neg() % 4).ok_or(LONG)?;
    Ok(Some((code, value)))
}
