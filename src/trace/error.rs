//! What can be wrong with a capture file, and where.

use super::record::LinkType;
use std::fmt;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Which part of a capture file an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The header at the start.
    Header,
    /// The record with this number, counted from 1.
    Record(u64),
    /// A pcapng block that holds no frame, behind this many records.
    Block {
        /// Records before it.
        after: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => write!(f, "the file header"),
            Self::Record(number) => write!(f, "record {number}"),
            Self::Block { after } => write!(f, "the block behind {after} records"),
        }
    }
}

/// Why a capture could not be read, or not any further. All records given before an error are whole and valid.
#[derive(Debug, Error)]
pub enum Error {
    /// The source gave an error.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No byte at all.
    #[error("not a capture file: it is empty")]
    Empty,
    /// Neither pcap nor pcapng.
    #[error("not a capture file: it begins with {}, which neither pcap nor pcapng does", hex_list(.first))]
    NotCapture {
        /// The first bytes, at most eight.
        first: Vec<u8>,
    },
    /// Compressed as a whole.
    #[error("compressed with {by}; unpack it first (`{unpack} FILE | ...`)")]
    Compressed {
        /// The compression's name.
        by: &'static str,
        /// The command that unpacks it to standard output.
        unpack: &'static str,
    },
    /// A capture format that is recognised and not read.
    #[error("{what} is not read here; `editcap -F pcapng OLD NEW` converts it")]
    Unsupported {
        /// The format's name.
        what: &'static str,
    },
    /// A version that is not read.
    #[error("{format} version {major}.{minor} at byte {offset} is not known; {known} is read")]
    Version {
        /// `pcap` or `pcapng`.
        format: &'static str,
        /// Major version found.
        major: u16,
        /// Minor version found.
        minor: u16,
        /// The version that is read.
        known: &'static str,
        /// Byte offset of the header.
        offset: u64,
    },
    /// The file ends in the middle.
    #[error("{place} at byte {offset} is cut: {promised} bytes promised, {there} there")]
    Cut {
        /// What is cut.
        place: Place,
        /// Byte offset of its beginning.
        offset: u64,
        /// Bytes it takes, its own header included, as far as is known.
        promised: u64,
        /// Bytes from its beginning to the end of the file.
        there: u64,
    },
    /// A length that no sound file has.
    #[error("{place} at byte {offset} claims {claimed} bytes; more than {limit} is taken for damage")]
    TooLong {
        /// What claims it.
        place: Place,
        /// Byte offset of its beginning.
        offset: u64,
        /// The claimed length in bytes.
        claimed: u64,
        /// The longest that is read.
        limit: u64,
    },
    /// Something else that no sound file has.
    #[error("{place} at byte {offset} is damaged: {what}")]
    Damaged {
        /// What is damaged.
        place: Place,
        /// Byte offset of its beginning.
        offset: u64,
        /// How it shows.
        what: String,
    },
}

/// Why a record could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The output failed. What was written up to `bytes` is a valid capture.
    #[error("{source}; {records} whole records ({bytes} bytes) were written")]
    Io {
        /// What the system said.
        source: io::Error,
        /// Whole records in the output.
        records: u64,
        /// Length of the output up to the last whole record or block.
        bytes: u64,
    },
    /// The file failed, and what is in it now.
    #[error("cannot write {}: {source}; {}", .path.display(), in_the_file(*.records, *.bytes, .cut.as_ref()))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// Whole records in the file.
        records: u64,
        /// Length of the file up to the last whole record or block.
        bytes: u64,
        /// Why the file could not be cut back to that length, where it could not.
        cut: Option<io::Error>,
    },
    /// The record names an interface that was not added.
    #[error("the capture has no interface number {0}")]
    NoInterface(u32),
    /// A pcap file has one link type for all its records.
    #[error("a pcap file holds one link type, {holds}, and cannot take {got}; write pcapng")]
    LinkType {
        /// The link type of the file.
        holds: LinkType,
        /// The one to be written.
        got: LinkType,
    },
    /// Readers would refuse or cut it.
    #[error("a frame of {len} bytes is longer than other programs read from this capture ({limit} bytes)")]
    TooLong {
        /// Length of the frame.
        len: usize,
        /// The longest that is written.
        limit: u32,
    },
    /// The format has no room for the time.
    #[error("{format} cannot hold a time {nanos} ns after 1970")]
    Time {
        /// `pcap` or `pcapng`.
        format: &'static str,
        /// The time that does not fit.
        nanos: i64,
    },
    /// The output failed before, and nothing more is written to it.
    #[error("the capture was given up after an earlier error")]
    GivenUp,
}

fn hex_list(bytes: &[u8]) -> String {
    let list: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    list.join(" ")
}

fn in_the_file(records: u64, bytes: u64, cut: Option<&io::Error>) -> String {
    match cut {
        None => format!("it holds {records} whole records ({bytes} bytes)"),
        Some(error) => {
            format!("its first {bytes} bytes are {records} whole records, and it could not be cut there: {error}")
        }
    }
}
