//! Writing a capture to any output, in whole records.
//!
//! Records are laid into a batch, and the batch is written when it is full or by [`Writer::flush`]. Where a write fails in the
//! middle, the end of the last whole record that reached the output is known, so that a file can be cut back to it.

use super::error::WriteError;
use super::record::{Interface, Record, Time};
use super::{write_pcap, write_pcapng};
use std::io::{self, Write};
use std::path::Path;

/// A full batch is written; the longest record may stand above it. With 1 MiB the same capture took more CPU time than with
/// 64 KiB (docs/benchmarks.md).
const BATCH: usize = 64 << 10;

/// Longest frame that tcpdump and Wireshark read of Ethernet.
const LONGEST: u32 = 262_144;

/// How fine the times of a pcap file are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resolution {
    /// Nanoseconds, magic 0xa1b23c4d.
    #[default]
    Nano,
    /// Microseconds, magic 0xa1b2c3d4; times are rounded down.
    Micro,
}

/// A capture format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// pcap: one link type; no interface names, directions or drops.
    Pcap(Resolution),
    /// pcapng, with times in nanoseconds.
    Pcapng,
}

impl Format {
    /// The format that a file name asks for: pcap for `.pcap` and `.cap`, else pcapng.
    pub fn from_path(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default();
        if ["pcap", "cap"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            Self::Pcap(Resolution::Nano)
        } else {
            Self::Pcapng
        }
    }
}

/// What the header of a pcapng file says of where it was made. An empty text is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The machine, such as its processor.
    pub hardware: String,
    /// The operating system.
    pub os: String,
    /// The program.
    pub application: String,
}

/// Writes records as pcap or pcapng. Call [`Writer::finish`] at the end: what is in the batch is lost otherwise.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    format: Format,
    interfaces: Vec<Interface>,
    batch: Vec<u8>,
    /// Whole records in the batch.
    batched_records: u64,
    records: u64,
    good_len: u64,
    given_up: bool,
}

impl<W: Write> Writer<W> {
    /// Begins a capture of these interfaces. A pcap file takes its link type and snap length from the first, and has one Ethernet
    /// interface where there is none; all of them must have the same link type. `section` is used by pcapng alone.
    pub fn new(out: W, format: Format, section: &Section, interfaces: &[Interface]) -> Result<Self, WriteError> {
        let mut this = Self {
            out,
            format,
            interfaces: Vec::new(),
            // Room for a whole batch, of which only what is used takes memory.
            batch: Vec::with_capacity(BATCH + 4096),
            batched_records: 0,
            records: 0,
            good_len: 0,
            given_up: false,
        };
        let ethernet = [Interface::default()];
        let interfaces = if interfaces.is_empty() && format != Format::Pcapng { &ethernet } else { interfaces };
        match format {
            Format::Pcap(resolution) => {
                if let Some(first) = interfaces.first() {
                    write_pcap::header(&mut this.batch, resolution, first, limit(first.snaplen));
                }
            }
            Format::Pcapng => write_pcapng::section(&mut this.batch, section),
        }
        this.end_block()?;
        for interface in interfaces {
            this.add_interface(interface)?;
        }
        Ok(this)
    }

    /// Adds an interface and gives the index that records name it by.
    pub fn add_interface(&mut self, interface: &Interface) -> Result<u32, WriteError> {
        match self.format {
            Format::Pcap(_) => {
                if let Some(first) = self.interfaces.first()
                    && first.link_type != interface.link_type
                {
                    return Err(WriteError::LinkType { holds: first.link_type, got: interface.link_type });
                }
            }
            Format::Pcapng => {
                write_pcapng::interface(&mut self.batch, interface);
                self.end_block()?;
            }
        }
        self.interfaces.push(interface.clone());
        Ok(self.interfaces.len() as u32 - 1)
    }

    /// Adds a record. It is in the output after the next [`Writer::flush`]. A record without a time gets the time 0.
    ///
    /// An error other than [`WriteError::Io`] is about this record alone; nothing of it is written, and others may follow.
    #[inline]
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        let interface = self.interfaces.get(record.interface as usize);
        let interface = interface.ok_or(WriteError::NoInterface(record.interface))?;
        if interface.link_type != record.link_type {
            return Err(WriteError::LinkType { holds: interface.link_type, got: record.link_type });
        }
        let (len, limit) = (record.data.len(), limit(interface.snaplen));
        if len > limit as usize {
            return Err(WriteError::TooLong { len, limit });
        }
        match self.format {
            Format::Pcap(resolution) => write_pcap::record(&mut self.batch, resolution, record)?,
            Format::Pcapng => write_pcapng::record(&mut self.batch, record)?,
        }
        self.batched_records += 1;
        self.end_block()
    }

    /// Adds what the interface received and dropped, at the end of a capture. pcap has no place for it.
    pub fn statistics(&mut self, interface: u32, time: Time, received: u64, dropped: u64) -> Result<(), WriteError> {
        if self.interfaces.get(interface as usize).is_none() {
            return Err(WriteError::NoInterface(interface));
        }
        if self.format == Format::Pcapng {
            write_pcapng::statistics(&mut self.batch, interface, time, received, dropped)?;
            self.end_block()?;
        }
        Ok(())
    }

    /// Writes the batch out.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        let in_batch = std::mem::take(&mut self.batched_records);
        if self.given_up {
            self.batch.clear();
            return Err(WriteError::GivenUp);
        }
        let (written, result) = write_counted(&mut self.out, &self.batch);
        let (bytes, records) =
            if result.is_ok() { (self.batch.len(), in_batch) } else { self.whole(&self.batch[..written]) };
        self.good_len += bytes as u64;
        self.records += records;
        self.batch.clear();
        result.and_then(|()| self.out.flush()).map_err(|source| {
            self.given_up = true;
            WriteError::Io { source, records: self.records, bytes: self.good_len }
        })
    }

    /// Writes what is left and gives the output back.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.flush()?;
        Ok(self.out)
    }

    /// Length of the output up to its last whole record or block.
    pub fn good_len(&self) -> u64 {
        self.good_len
    }

    /// Bytes that wait for a flush.
    pub fn batched(&self) -> u64 {
        self.batch.len() as u64
    }

    /// Whole records in the output; those in the batch are not counted yet.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The output.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// How many bytes of the batch's beginning are whole records or blocks, and how many records they are.
    fn whole(&self, written: &[u8]) -> (usize, u64) {
        let (mut at, mut records) = (0, 0);
        while let Some(rest) = written.get(at..) {
            let (len, is_record) = match self.format {
                // Nothing is in the output yet, not even the file's header, which is in the first batch.
                Format::Pcap(_) if self.good_len == 0 && at == 0 => (Some(write_pcap::HEADER), false),
                Format::Pcap(_) => (write_pcap::record_len(rest), true),
                Format::Pcapng => (write_pcapng::block_len(rest), write_pcapng::is_record(rest)),
            };
            let Some(len) = len.filter(|len| *len <= rest.len()) else { break };
            at += len;
            records += u64::from(is_record);
        }
        (at, records)
    }

    #[inline]
    fn end_block(&mut self) -> Result<(), WriteError> {
        if self.batch.len() >= BATCH || self.given_up { self.flush() } else { Ok(()) }
    }
}

/// The longest frame written for a snap length: readers cut or refuse a longer one.
fn limit(snaplen: u32) -> u32 {
    if snaplen == 0 { LONGEST } else { snaplen }
}

/// `write_all` that also tells how many bytes were taken.
fn write_counted(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match out.write(rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(taken) => written += taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}
