//! Reading a slot of the receive ring (`TPACKET_V2`, `linux/if_packet.h`): one frame with its metadata.
//!
//! As with blocks nothing here trusts an offset.

use super::block::{ADDRESS, Record, TAG, half, word};
use std::io;

/// Bytes of struct `tpacket2_hdr`; the `sockaddr_ll` stands behind it.
const HEADER: usize = 32;
/// Longer than any frame that the kernel puts together (BIG TCP: 512 KiB).
const LONGEST: usize = 1 << 20;

/// The record of a slot. A frame that is too long for it is put into `whole` with `receive`, which gives the next frame of
/// the socket's queue; the record then lies there, and is `true`. None if it makes no sense.
pub fn record(
    slot: &mut [u8],
    whole: &mut Vec<u8>,
    receive: impl FnOnce(&mut [u8]) -> io::Result<usize>,
) -> Option<(Record, bool)> {
    let (status, original, length) = (word(slot, 0)?, word(slot, 4)?, word(slot, 8)? as usize);
    let mac = half(slot, 12)? as usize;
    let time = u64::from(word(slot, 16)?) * 1_000_000_000 + u64::from(word(slot, 20)?);
    let (tci, tpid) = (half(slot, 24)?, half(slot, 26)?);
    let packet_type = *slot.get(HEADER + 10)?;
    let record = Record { start: mac, length, original, time, status, packet_type, vlan_restored: false, next: 0 };
    // All of it waits in the socket's queue.
    if status & libc::TP_STATUS_COPY != 0 {
        whole.resize(TAG + (original as usize).min(LONGEST), 0);
        if receive(&mut whole[TAG..]).is_ok_and(|length| length == whole.len() - TAG) {
            let record = Record { start: TAG, length: whole.len() - TAG, ..record };
            return Some((record.with_its_tag(whole, TAG, tci, tpid)?, true));
        }
    }
    Some((record.with_its_tag(slot, mac.saturating_sub(HEADER + ADDRESS), tci, tpid)?, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAME: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 0x45, 0x00];

    /// A slot that holds the frame at 82, where the kernel puts it.
    fn slot(status: u32, original: u32) -> Vec<u8> {
        let mut slot = vec![0; 128];
        let mut put = |at: usize, bytes: &[u8]| slot[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &status.to_ne_bytes());
        put(4, &original.to_ne_bytes());
        put(8, &(FRAME.len() as u32).to_ne_bytes());
        put(12, &82u16.to_ne_bytes());
        put(16, &7u32.to_ne_bytes());
        put(20, &9u32.to_ne_bytes());
        put(24, &0x6007u16.to_ne_bytes());
        put(26, &0x88a8u16.to_ne_bytes());
        put(42, &[libc::PACKET_OTHERHOST]);
        put(82, &FRAME);
        slot
    }

    fn nothing(_: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    const COPY: u32 = libc::TP_STATUS_COPY;
    const TAGGED: u32 = libc::TP_STATUS_VLAN_VALID | libc::TP_STATUS_VLAN_TPID_VALID;

    #[test]
    fn a_frame_is_read_where_it_lies_and_its_tag_put_back() {
        let (record, is_whole) = record(&mut slot(1, 16), &mut Vec::new(), nothing).unwrap();
        assert_eq!((record.start, record.length, record.original, is_whole), (82, 16, 16, false));
        assert_eq!((record.time, record.packet_type), (7_000_000_009, libc::PACKET_OTHERHOST));
        let mut slot = slot(1 | TAGGED, 16);
        let (record, _) = super::record(&mut slot, &mut Vec::new(), nothing).unwrap();
        assert_eq!((record.length, record.original, record.vlan_restored), (20, 20, true));
        let bytes = &slot[record.start..record.start + record.length];
        assert_eq!(
            (&bytes[..12], &bytes[12..16], &bytes[16..]),
            (&FRAME[..12], &[0x88, 0xa8, 0x60, 7][..], &FRAME[12..])
        );
    }

    #[test]
    fn a_frame_too_long_for_the_slot_comes_from_the_queue_with_its_tag() {
        let frame = [9; 3000];
        let receive = |into: &mut [u8]| {
            into.copy_from_slice(&frame);
            Ok(frame.len())
        };
        let mut whole = Vec::new();
        let (record, is_whole) = record(&mut slot(1 | COPY | TAGGED, 3000), &mut whole, receive).unwrap();
        assert_eq!((record.start, record.length, record.original, is_whole), (0, 3004, 3004, true));
        assert_eq!(whole[10..18], [9, 9, 0x88, 0xa8, 0x60, 7, 9, 9]);
        // Where it is not there, what the slot holds is all that is known.
        let (record, is_whole) = super::record(&mut slot(1 | COPY, 3000), &mut whole, nothing).unwrap();
        assert_eq!((record.length, record.original, is_whole), (16, 3000, false));
    }

    proptest! {
        #[test]
        fn no_slot_makes_it_read_outside(mut slot in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Some((record, false)) = record(&mut slot, &mut Vec::new(), nothing) {
                prop_assert!(record.start + record.length <= slot.len());
            }
        }
    }
}
