//! The bytes of pcapng blocks, little-endian, times in nanoseconds: draft-ietf-opsawg-pcapng.

use super::error::WriteError;
use super::pcapng::{ENHANCED_PACKET, INTERFACE, SECTION, STATISTICS};
use super::record::{Interface, Record, Time};
use super::writer::Section;

/// Section Header Block (4.1), of a length that is not known beforehand.
pub(super) fn section(out: &mut Vec<u8>, section: &Section) {
    block(out, SECTION, |out| {
        out.extend(0x1a2b_3c4d_u32.to_le_bytes());
        out.extend([1, 0, 0, 0]);
        out.extend(u64::MAX.to_le_bytes());
        let texts = [(2, &section.hardware), (3, &section.os), (4, &section.application)];
        for (code, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            option(out, code, text.as_bytes());
        }
        end_of_options(out);
    });
}

/// Interface Description Block (4.2).
pub(super) fn interface(out: &mut Vec<u8>, interface: &Interface) {
    block(out, INTERFACE, |out| {
        out.extend(interface.link_type.0.to_le_bytes());
        out.extend([0; 2]);
        out.extend(interface.snaplen.to_le_bytes());
        for (code, text) in [(2, &interface.name), (3, &interface.description)] {
            if let Some(text) = text {
                option(out, code, text.as_bytes());
            }
        }
        option(out, 9, &[9]);
        if let Some(octets) = interface.fcs_len {
            option(out, 13, &[octets]);
        }
        end_of_options(out);
    });
}

/// How long the block is that begins here; None where its header is not whole.
pub(super) fn block_len(bytes: &[u8]) -> Option<usize> {
    let len = bytes.get(4..8)?.first_chunk()?;
    Some(u32::from_le_bytes(*len) as usize)
}

/// The block that begins here is one of [`record`].
pub(super) fn is_record(bytes: &[u8]) -> bool {
    bytes.starts_with(&ENHANCED_PACKET.to_le_bytes())
}

/// Enhanced Packet Block (4.3), with options only where there is something to say.
#[inline]
pub(super) fn record(out: &mut Vec<u8>, record: &Record) -> Result<(), WriteError> {
    /// The block's type and length, and the fields before the frame.
    const FRONT: usize = 28;
    let captured = record.data.len();
    let flags = Some(record.flags.0).filter(|flags| *flags != 0);
    let options = if flags.is_some() || record.dropped.is_some() { 4 } else { 0 }
        + if flags.is_some() { 8 } else { 0 }
        + if record.dropped.is_some() { 12 } else { 0 };
    let len = FRONT + captured.next_multiple_of(4) + options + 4;
    // In few pieces, since this is done for every frame of a capture.
    let mut front = [0; FRONT];
    let [high, low] = ticks(record.time.unwrap_or_default())?;
    let words = [ENHANCED_PACKET, len as u32, record.interface, high, low, captured as u32, record.original_len];
    for (at, word) in front.chunks_exact_mut(4).zip(words) {
        at.copy_from_slice(&word.to_le_bytes());
    }
    out.reserve(len);
    out.extend_from_slice(&front);
    out.extend_from_slice(record.data);
    pad(out, captured);
    if let Some(flags) = flags {
        option(out, 2, &flags.to_le_bytes());
    }
    if let Some(dropped) = record.dropped {
        option(out, 4, &dropped.to_le_bytes());
    }
    if options != 0 {
        end_of_options(out);
    }
    out.extend_from_slice(&(len as u32).to_le_bytes());
    Ok(())
}

/// Interface Statistics Block (4.6): `isb_ifrecv` and `isb_ifdrop`.
pub(super) fn statistics(
    out: &mut Vec<u8>,
    interface: u32,
    time: Time,
    received: u64,
    dropped: u64,
) -> Result<(), WriteError> {
    let [high, low] = ticks(time)?;
    block(out, STATISTICS, |out| {
        for word in [interface, high, low] {
            out.extend(word.to_le_bytes());
        }
        option(out, 4, &received.to_le_bytes());
        option(out, 5, &dropped.to_le_bytes());
        end_of_options(out);
    });
    Ok(())
}

/// A time as two words, the high one first whatever the byte order.
fn ticks(time: Time) -> Result<[u32; 2], WriteError> {
    let nanos = u64::try_from(time.0).map_err(|_| WriteError::Time { format: "pcapng", nanos: time.0 })?;
    Ok([(nanos >> 32) as u32, nanos as u32])
}

fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    body(out);
    let len = ((out.len() - start + 4) as u32).to_le_bytes();
    out[start + 4..start + 8].copy_from_slice(&len);
    out.extend(len);
}

/// An option (3.5). A text longer than its length field can say is cut.
fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.extend(code.to_le_bytes());
    out.extend(len.to_le_bytes());
    out.extend_from_slice(&value[..usize::from(len)]);
    pad(out, usize::from(len));
}

fn end_of_options(out: &mut Vec<u8>) {
    out.extend([0; 4]);
}

fn pad(out: &mut Vec<u8>, len: usize) {
    out.extend_from_slice(&[0; 3][..len.wrapping_neg() % 4]);
}
