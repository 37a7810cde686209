//! The flow tag: what tells a frame of this run apart, and which one it is. Its last 18 bytes of payload.
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 4 | magic, `eCft` |
//! | 4 | 2 | stream, drawn anew for each run |
//! | 6 | 4 | sequence, from 0 |
//! | 10 | 6 | send time: nanoseconds since 1970, the low 48 bits |
//! | 16 | 2 | CRC-16 of all before it (CRC-16/IBM-3740: polynomial 0x1021, first 0xffff) |
//!
//! High byte first. With an Ethernet, an IPv4 and a UDP header it just fits the shortest frame of Ethernet.

/// Its length, bytes.
pub const LENGTH: usize = 18;
/// What it begins with.
pub const MAGIC: [u8; 4] = *b"eCft";
/// The first number that the sequence has no bits for.
pub const NUMBERS: u64 = 1 << 32;

/// Bits of the send time.
const TIME: u32 = 48;

/// A flow tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The run.
    pub stream: u16,
    /// The frame's number in the run.
    pub sequence: u32,
    /// The low 48 bits of when it was made, in nanoseconds since 1970.
    pub time: u64,
}

impl Tag {
    /// Its bytes.
    pub fn bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4..6].copy_from_slice(&self.stream.to_be_bytes());
        bytes[6..10].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[10..16].copy_from_slice(&self.time.to_be_bytes()[2..]);
        let check = crc16(&bytes[..16]);
        bytes[16..].copy_from_slice(&check.to_be_bytes());
        bytes
    }

    /// The tag in these bytes, if there is an undamaged one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
        if bytes[..4] != MAGIC || crc16(&bytes[..16]).to_be_bytes() != bytes[16..] {
            return None;
        }
        let mut time = [0; 8];
        time[2..].copy_from_slice(&bytes[10..16]);
        Some(Self {
            stream: u16::from_be_bytes([bytes[4], bytes[5]]),
            sequence: u32::from_be_bytes([bytes[6], bytes[7], bytes[8], bytes[9]]),
            time: u64::from_be_bytes(time),
        })
    }

    /// The tag of a frame: first looked for at `place`, then everywhere, for a device may add or take away bytes.
    pub fn find(frame: &[u8], place: usize) -> Option<Self> {
        let at = |at: usize| Self::read(frame.get(at..at.checked_add(LENGTH)?)?);
        at(place).or_else(|| (0..frame.len().saturating_sub(LENGTH - 1)).rev().find_map(at))
    }

    /// The send time in full, which is the one nearest to `now`.
    pub fn sent(&self, now: u64) -> u64 {
        let period = 1 << TIME;
        let candidate = now & !(period - 1) | self.time;
        if candidate > now + period / 2 {
            candidate.wrapping_sub(period)
        } else if candidate + period / 2 < now {
            candidate + period
        } else {
            candidate
        }
    }
}

/// CRC-16/IBM-3740.
fn crc16(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut crc = (byte as u16) << 8;
            let mut bit = 0;
            while bit < 8 {
                crc = (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 };
                bit += 1;
            }
            table[byte] = crc;
            byte += 1;
        }
        table
    };
    bytes.iter().fold(0xffff, |crc, byte| (crc << 8) ^ TABLE[usize::from((crc >> 8) as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_crc_catalogue() {
        assert_eq!(crc16(b"123456789"), 0x29b1);
    }

    const ONE: Tag = Tag { stream: 0x1234, sequence: 0x0506_0708, time: 0x0a0b_0c0d_0e0f };

    #[test]
    fn a_tag_lies_as_documented() {
        assert_eq!(hex::encode(&ONE.bytes()[..16]), "65436674123405060708".to_owned() + "0a0b0c0d0e0f");
        assert_eq!(Tag::read(&ONE.bytes()), Some(ONE));
    }

    #[test]
    fn any_flipped_bit_makes_it_none() {
        for bit in 0..LENGTH * 8 {
            let mut bytes = ONE.bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Tag::read(&bytes), None);
        }
    }

    #[test]
    fn it_is_found_wherever_it_was_moved() {
        for before in [0, 14, 40, 41] {
            let mut frame = vec![0x65; before];
            frame.extend(ONE.bytes());
            frame.extend([0; 5]);
            assert_eq!(Tag::find(&frame, 14), Some(ONE));
        }
        assert_eq!(Tag::find(&[], 0), None);
        assert_eq!(Tag::find(&[1; 17], usize::MAX), None);
    }

    #[test]
    fn the_whole_time_is_the_one_nearest_to_now() {
        let now = 0x0007_0000_0000_0005;
        assert_eq!(Tag { time: 3, ..ONE }.sent(now), 0x0007_0000_0000_0003);
        assert_eq!(Tag { time: 0xffff_ffff_ffff, ..ONE }.sent(now), 0x0006_ffff_ffff_ffff);
        assert_eq!(Tag { time: 1, ..ONE }.sent(0x0006_ffff_ffff_fff0), 0x0007_0000_0000_0001);
    }
}
