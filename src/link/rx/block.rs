//! Reading a block of the receive ring (`TPACKET_V3`, `linux/if_packet.h`): where each frame lies, and its metadata.
//!
//! Nothing here trusts an offset: whatever stands in the block, no byte outside of it is read.

/// What the ring says about one frame, and where its bytes are in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// First byte of the frame in the block, after a stripped tag was put back.
    pub start: usize,
    /// Bytes of it that were captured, with the tag.
    pub length: usize,
    /// Bytes that the frame had, with the tag.
    pub original: u32,
    /// Nanoseconds since 1970.
    pub time: u64,
    /// `TP_STATUS`_* bits.
    pub status: u32,
    /// PACKET_* type of the `sockaddr_ll`.
    pub packet_type: u8,
    /// A tag was put back.
    pub vlan_restored: bool,
    /// Offset of the next record in the block; 0 at the last.
    pub next: usize,
}

/// Bytes of struct `tpacket3_hdr`; the `sockaddr_ll` stands behind it.
const HEADER: usize = 48;
/// Bytes of struct `sockaddr_ll`.
pub(super) const ADDRESS: usize = 20;
/// Both MAC addresses.
const ADDRESSES: usize = 12;
/// A VLAN tag.
pub(super) const TAG: usize = 4;

/// How many records the block has and where the first one is.
fn open(block: &[u8]) -> Option<(u32, usize)> {
    // struct tpacket_hdr_v1 begins at 8: block_status, num_pkts, offset_to_first_pkt.
    Some((word(block, 12)?, word(block, 16)? as usize))
}

/// Takes the block apart: adds its records to `found` and gives the number of those that made no sense.
pub fn records(block: &mut [u8], found: &mut Vec<Record>) -> u64 {
    let (mut left, mut at) = open(block).unwrap_or_default();
    while left > 0 {
        let Some(record) = record(block, at) else { return left.into() };
        // An offset of 0 at any but the last record would repeat it for ever.
        left = if record.next == 0 { 0 } else { left - 1 };
        at = at.saturating_add(record.next);
        found.push(record);
    }
    0
}

/// The record at `at`, its stripped tag put back in place. None if it does not lie in the block.
fn record(block: &mut [u8], at: usize) -> Option<Record> {
    let field = |offset: usize| word(block, at.checked_add(offset)?);
    let next = field(0)? as usize;
    let time = u64::from(field(4)?) * 1_000_000_000 + u64::from(field(8)?);
    let (captured, original, status) = (field(12)? as usize, field(16)?, field(20)?);
    let mac = half(block, at.checked_add(24)?)?;
    let tci = field(32)? as u16;
    let tpid = half(block, at + 36)?;
    let packet_type = *block.get(at + HEADER + 10)?;

    let start = at.checked_add(mac as usize)?;
    let room = (mac as usize).saturating_sub(HEADER + ADDRESS);
    let record = Record { start, length: captured, original, time, status, packet_type, vlan_restored: false, next };
    record.with_its_tag(block, room, tci, tpid)
}

impl Record {
    /// The record of a frame in `bytes` with a stripped tag put back in place; before the frame are `room` bytes that may be
    /// written to. None if the frame does not lie in `bytes`.
    pub fn with_its_tag(mut self, bytes: &mut [u8], room: usize, tci: u16, tpid: u16) -> Option<Self> {
        bytes.get(self.start..self.start.checked_add(self.length)?)?;
        // The tag was stripped even where its number is 0: the status bit says so, not the TCI.
        if self.status & libc::TP_STATUS_VLAN_VALID != 0 && self.length >= ADDRESSES && room >= TAG {
            let known = self.status & libc::TP_STATUS_VLAN_TPID_VALID != 0;
            let tpid = if known { tpid } else { libc::ETH_P_8021Q as u16 };
            self.start = self.start.checked_sub(TAG)?;
            self.length += TAG;
            self.original = self.original.saturating_add(TAG as u32);
            self.vlan_restored = true;
            bytes.copy_within(self.start + TAG..self.start + TAG + ADDRESSES, self.start);
            let tag = bytes.get_mut(self.start + ADDRESSES..self.start + ADDRESSES + TAG)?;
            tag[..2].copy_from_slice(&tpid.to_be_bytes());
            tag[2..].copy_from_slice(&tci.to_be_bytes());
        }
        Some(self)
    }
}

pub(super) fn word(block: &[u8], at: usize) -> Option<u32> {
    block.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_ne_bytes)
}

pub(super) fn half(block: &[u8], at: usize) -> Option<u16> {
    block.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A block with one record at 48 whose frame of `frame` lies 98 bytes behind it.
    fn block(frame: &[u8], status: u32, tci: u16, tpid: u16) -> Vec<u8> {
        let mut block = vec![0u8; 512];
        block[12..16].copy_from_slice(&1u32.to_ne_bytes());
        block[16..20].copy_from_slice(&48u32.to_ne_bytes());
        let mut put = |at: usize, bytes: &[u8]| block[48 + at..48 + at + bytes.len()].copy_from_slice(bytes);
        put(4, &7u32.to_ne_bytes());
        put(8, &9u32.to_ne_bytes());
        put(12, &(frame.len() as u32).to_ne_bytes());
        put(16, &1000u32.to_ne_bytes());
        put(20, &status.to_ne_bytes());
        put(24, &98u16.to_ne_bytes());
        put(32, &u32::from(tci).to_ne_bytes());
        put(36, &tpid.to_ne_bytes());
        put(58, &[libc::PACKET_OUTGOING]);
        put(98, frame);
        block
    }

    const FRAME: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 0x45, 0x00];

    #[test]
    fn an_untagged_frame_is_read_where_it_lies() {
        let mut block = block(&FRAME, libc::TP_STATUS_USER, 0, 0);
        assert_eq!(open(&block), Some((1, 48)));
        let record = record(&mut block, 48).unwrap();
        assert_eq!(&block[record.start..record.start + record.length], FRAME);
        assert_eq!((record.original, record.time, record.packet_type), (1000, 7_000_000_009, libc::PACKET_OUTGOING));
        assert!(!record.vlan_restored);
    }

    #[test]
    fn a_stripped_tag_is_put_back_with_its_own_tpid_also_with_vid_0() {
        let both = libc::TP_STATUS_VLAN_VALID | libc::TP_STATUS_VLAN_TPID_VALID;
        for (status, tci, tpid, tag) in [
            (both, 0x6007, 0x88a8, [0x88, 0xa8, 0x60, 0x07]),
            (both, 0, 0x8100, [0x81, 0, 0, 0]),
            (libc::TP_STATUS_VLAN_VALID, 5, 0, [0x81, 0, 0, 5]),
        ] {
            let mut block = block(&FRAME, status, tci, tpid);
            let record = record(&mut block, 48).unwrap();
            let bytes = &block[record.start..record.start + record.length];
            assert_eq!(bytes[..12], FRAME[..12]);
            assert_eq!(bytes[12..16], tag);
            assert_eq!(bytes[16..], FRAME[12..]);
            assert_eq!(record.original, 1004);
            assert!(record.vlan_restored);
        }
    }

    #[test]
    fn a_block_is_taken_apart_to_its_last_record_or_to_the_first_that_makes_no_sense() {
        let mut found = Vec::new();
        // The offset to the next record is 0: nothing follows, whatever the count says.
        assert_eq!(records(&mut block(&FRAME, 0, 0, 0), &mut found), 0);
        assert_eq!(found.len(), 1);
        let mut damaged = block(&FRAME, 0, 0, 0);
        damaged[12..16].copy_from_slice(&3u32.to_ne_bytes());
        damaged[48..52].copy_from_slice(&4000u32.to_ne_bytes());
        found.clear();
        assert_eq!(records(&mut damaged, &mut found), 2);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_capture_too_short_to_take_a_tag_stays_as_it_is() {
        let mut block = block(&FRAME[..11], libc::TP_STATUS_VLAN_VALID, 5, 0);
        let record = record(&mut block, 48).unwrap();
        assert_eq!((record.length, record.vlan_restored), (11, false));
    }

    proptest! {
        #[test]
        fn no_block_makes_it_read_outside(mut block in prop::collection::vec(any::<u8>(), 0..300), at in any::<usize>()) {
            let mut found = Vec::new();
            records(&mut block.clone(), &mut found);
            prop_assert!(found.iter().all(|record| record.start + record.length <= block.len()));
            for at in [at, at % 300] {
                if let Some(record) = record(&mut block, at) {
                    prop_assert!(record.start + record.length <= block.len());
                }
            }
        }
    }
}
