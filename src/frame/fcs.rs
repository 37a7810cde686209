//! The frame check sequence (IEEE 802.3-2022 3.2.9), as the four bytes on the wire.

/// Its bytes.
pub const LENGTH: usize = 4;

/// What an intact frame with its FCS hashes to.
pub const RESIDUE: u32 = 0x2144_df1c;

/// The four bytes that go behind these, in wire order.
pub fn fcs(bytes: &[u8]) -> [u8; 4] {
    crc32fast::hash(bytes).to_le_bytes()
}

/// Whether the last four bytes are the FCS of those before them.
pub fn intact(frame: &[u8]) -> bool {
    frame.len() >= 4 && crc32fast::hash(frame) == RESIDUE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_crc_catalogue() {
        // CRC-32/ISO-HDLC, check value of "123456789": 0xcbf43926.
        assert_eq!(fcs(b"123456789"), [0x26, 0x39, 0xf4, 0xcb]);
    }

    #[test]
    fn a_frame_with_its_fcs_is_intact_and_any_flipped_bit_shows() {
        let mut frame = b"123456789".to_vec();
        frame.extend(fcs(&frame));
        assert!(intact(&frame));
        for bit in 0..frame.len() * 8 {
            frame[bit / 8] ^= 1 << (bit % 8);
            assert!(!intact(&frame));
            frame[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
