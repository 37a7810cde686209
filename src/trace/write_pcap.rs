//! The bytes of a pcap file, little-endian: draft-ietf-opsawg-pcap.

use super::error::WriteError;
use super::record::{Interface, Record};
use super::writer::Resolution;

/// Bytes of the header of the file.
pub(super) const HEADER: usize = 24;
/// Bytes of a record's header.
const RECORD_HEADER: usize = 16;

pub(super) fn header(out: &mut Vec<u8>, resolution: Resolution, interface: &Interface, snaplen: u32) {
    let magic: u32 = match resolution {
        Resolution::Nano => 0xa1b2_3c4d,
        Resolution::Micro => 0xa1b2_c3d4,
    };
    // An odd count of octets has no place: the length is in units of two.
    let fcs = match interface.fcs_len {
        Some(len) if len % 2 == 0 && len < 32 => 1 << 26 | u32::from(len / 2) << 28,
        _ => 0,
    };
    out.extend(magic.to_le_bytes());
    out.extend([2, 0, 4, 0]);
    out.extend([0; 8]);
    out.extend(snaplen.to_le_bytes());
    out.extend((fcs | u32::from(interface.link_type.0)).to_le_bytes());
}

/// How long the record is that begins here; None where its header is not whole.
pub(super) fn record_len(bytes: &[u8]) -> Option<usize> {
    let captured = bytes.get(8..RECORD_HEADER)?.first_chunk()?;
    Some(RECORD_HEADER + u32::from_le_bytes(*captured) as usize)
}

#[inline]
pub(super) fn record(out: &mut Vec<u8>, resolution: Resolution, record: &Record) -> Result<(), WriteError> {
    let time = record.time.unwrap_or_default();
    let too_far = |_| WriteError::Time { format: "pcap", nanos: time.0 };
    let seconds = u32::try_from(time.seconds()).map_err(too_far)?;
    let fraction = match resolution {
        Resolution::Nano => time.nanos(),
        Resolution::Micro => time.nanos() / 1000,
    };
    // In one piece, since this is done for every frame of a capture.
    let mut header = [0; RECORD_HEADER];
    let words = [seconds, fraction, record.data.len() as u32, record.original_len];
    for (at, word) in header.chunks_exact_mut(4).zip(words) {
        at.copy_from_slice(&word.to_le_bytes());
    }
    out.reserve(RECORD_HEADER + record.data.len());
    out.extend_from_slice(&header);
    out.extend_from_slice(record.data);
    Ok(())
}
