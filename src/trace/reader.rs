//! Reading a capture, whichever of the two formats it has.

use super::error::{Error, Place};
use super::input::Input;
use super::magic::{Kind, kind};
use super::pcap::Pcap;
use super::pcapng::Pcapng;
use super::record::{Flags, Interface, LinkType, Record, Time};
use super::writer::Format;
use std::io::Read;
use std::ops::Range;

/// Reads pcap and pcapng from any source, a record at a time, in memory bounded by the longest record.
///
/// A cut or damaged file gives all records before the damage and then one error; after an error there are no more records.
#[derive(Debug)]
pub struct Reader<R> {
    input: Input<R>,
    state: State,
    /// Where the last record began, and its number.
    offset: u64,
    number: u64,
    /// Its bytes.
    last: Range<usize>,
    done: bool,
}

#[derive(Debug)]
enum State {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// A record whose bytes are still named by their place in the input's buffer.
pub(super) struct Found {
    pub(super) time: Option<Time>,
    pub(super) data: Range<usize>,
    pub(super) original_len: u32,
    pub(super) interface: u32,
    pub(super) link_type: LinkType,
    pub(super) flags: Flags,
    pub(super) dropped: Option<u64>,
}

impl<R: Read> Reader<R> {
    /// Recognises the format by the first bytes and reads the header.
    pub fn open(source: R) -> Result<Self, Error> {
        let mut input = Input::new(source);
        input.fill(8)?;
        let first = input.there().get(..8).unwrap_or(input.there());
        let state = match kind(first) {
            Kind::Pcap => State::Pcap(Pcap::open(&mut input)?),
            Kind::Pcapng => State::Pcapng(Pcapng::open(&mut input)?),
            Kind::Compressed(by, unpack) => return Err(Error::Compressed { by, unpack }),
            Kind::Other(what) => return Err(Error::Unsupported { what }),
            Kind::Text | Kind::Unknown if first.is_empty() => return Err(Error::Empty),
            Kind::Text | Kind::Unknown => return Err(Error::NotCapture { first: first.to_vec() }),
        };
        Ok(Self { input, state, offset: 0, number: 0, last: 0..0, done: false })
    }

    /// The next record, or `None` behind the last one.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record borrows from the reader, which an iterator's item cannot"
    )]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        Ok(self.next_and_interface()?.map(|(record, _)| record))
    }

    /// The next record and the interface it was seen on, or `None` behind the last one.
    pub fn next_and_interface(&mut self) -> Result<Option<(Record<'_>, Option<&Interface>)>, Error> {
        if self.done {
            return Ok(None);
        }
        let place = Place::Record(self.number + 1);
        let found = match &mut self.state {
            State::Pcap(pcap) => pcap.next(&mut self.input, place),
            State::Pcapng(pcapng) => pcapng.next(&mut self.input, self.number),
        };
        match found {
            Ok(Some((offset, found))) => {
                self.number += 1;
                self.offset = offset;
                self.last = found.data.clone();
                let record = Record {
                    time: found.time,
                    data: self.input.at(found.data),
                    original_len: found.original_len,
                    interface: found.interface,
                    link_type: found.link_type,
                    flags: found.flags,
                    dropped: found.dropped,
                };
                let interfaces = match &self.state {
                    State::Pcap(pcap) => std::slice::from_ref(pcap.interface()),
                    State::Pcapng(pcapng) => pcapng.interfaces(),
                };
                let interface = interfaces.get(record.interface as usize);
                Ok(Some((record, interface)))
            }
            Ok(None) => {
                self.done = true;
                Ok(None)
            }
            Err(error) => {
                self.done = true;
                Err(error)
            }
        }
    }

    /// Which format it is.
    pub fn format(&self) -> Format {
        match &self.state {
            State::Pcap(pcap) => Format::Pcap(pcap.resolution()),
            State::Pcapng(_) => Format::Pcapng,
        }
    }

    /// The interfaces named so far, over all sections. A pcap file has one, without a name.
    pub fn interfaces(&self) -> &[Interface] {
        match &self.state {
            State::Pcap(pcap) => std::slice::from_ref(pcap.interface()),
            State::Pcapng(pcapng) => pcapng.interfaces(),
        }
    }

    /// The bytes of the last record given, until the next one is read.
    pub fn data(&self) -> &[u8] {
        self.input.at(self.last.clone())
    }

    /// Number of the last record given, counted from 1; 0 before the first.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Byte offset at which the last record given begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}
