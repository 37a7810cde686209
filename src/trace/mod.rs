//! Files of frames: pcap and pcapng captures, hex text, arrays for C and Rust.
//!
//! Everything here works on any [`Read`](std::io::Read) or [`Write`](std::io::Write); only [`CaptureFile`] knows that there
//! are files. Nothing here knows a protocol, a socket or the time of day. Start reading at [`Reader`] and [`Writer`].
//!
//! The two capture formats are read by our own code. The crates tried fall short of what a reader must say:
//! `pcap-file` 2.0 misreads times, and its 3.0.0-rc.3 needs a newer compiler than this crate, calls every cut file
//! "unexpected end of file" without a place and refuses frames longer than the snap length; `pcap-parser` 0.17 rejects every
//! power-of-two time resolution and reads `if_tsoffset` of a big-endian file in the wrong order.

pub mod align;
pub mod array;
mod error;
mod file;
mod files;
pub mod hex;
mod hex_line;
mod input;
mod magic;
mod order;
mod pcap;
mod pcapng;
mod reader;
mod record;
mod write_pcap;
mod write_pcapng;
mod writer;

pub use error::{Error, Place, WriteError};
pub use file::CaptureFile;
pub use files::{Files, Limits, Make};
pub use input::MAX_BLOCK;
pub use magic::{Kind, kind};
pub use reader::Reader;
pub use record::{Direction, Flags, Interface, LinkType, Record, Time};
pub use writer::{Format, Resolution, Section, Writer};

#[cfg(test)]
mod tests;
