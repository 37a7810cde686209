use super::*;

/// Builds blocks by hand, in either byte order, so that what our own writer never writes is read too.
struct Blocks {
    bytes: Vec<u8>,
    big: bool,
}

impl Blocks {
    fn new(big: bool) -> Self {
        let this = Self { bytes: Vec::new(), big };
        let body = [this.u32(0x1a2b_3c4d), this.u16(1), this.u16(0), vec![0xff; 8]].concat();
        this.block(0x0a0d_0d0a, &body)
    }

    fn u16(&self, value: u16) -> Vec<u8> {
        if self.big { value.to_be_bytes().to_vec() } else { value.to_le_bytes().to_vec() }
    }

    fn u32(&self, value: u32) -> Vec<u8> {
        if self.big { value.to_be_bytes().to_vec() } else { value.to_le_bytes().to_vec() }
    }

    fn block(mut self, kind: u32, body: &[u8]) -> Self {
        let len = self.u32(body.len() as u32 + 12);
        self.bytes = [&self.bytes[..], &self.u32(kind), &len, body, &len].concat();
        self
    }

    /// An interface; `offset` is `if_tsoffset`.
    fn interface(self, snaplen: u32, resolution: Option<u8>, offset: Option<i64>) -> Self {
        let mut body = [self.u16(1), self.u16(0), self.u32(snaplen)].concat();
        if let Some(resolution) = resolution {
            body.extend([self.u16(9), self.u16(1), vec![resolution, 0, 0, 0]].concat());
        }
        if let Some(offset) = offset {
            let bytes = if self.big { offset.to_be_bytes() } else { offset.to_le_bytes() };
            body.extend([self.u16(14), self.u16(8), bytes.to_vec(), self.u32(0)].concat());
        }
        self.block(1, &body)
    }

    fn enhanced(self, ticks: u64) -> Self {
        let words = [0, (ticks >> 32) as u32, ticks as u32, 4, 4];
        let mut body: Vec<u8> = words.iter().flat_map(|word| self.u32(*word)).collect();
        body.extend(b"data");
        self.block(6, &body)
    }
}

/// An `if_tsresol` of 2^-exponent seconds.
#[expect(clippy::unnecessary_wraps, reason = "as time_of takes it")]
fn binary(exponent: u8) -> Option<u8> {
    Some(0b1000_0000 + exponent)
}

fn time_of(resolution: Option<u8>, offset: Option<i64>, ticks: u64) -> Time {
    let times: Vec<Time> = [false, true]
        .into_iter()
        .map(|big| {
            let bytes = Blocks::new(big).interface(0, resolution, offset).enhanced(ticks).bytes;
            let (records, error) = read_all(&bytes);
            assert!(error.is_none(), "{error:?}");
            records[0].0.expect("a time")
        })
        .collect();
    assert_eq!(times[0], times[1], "the byte order changes nothing");
    times[0]
}

#[test]
fn the_example_of_the_standard_has_its_time() {
    // draft-ietf-opsawg-pcapng 4.6: 97 c3 04 00 aa 47 ca 64 is 2012-06-29 07:28:25.298858 UTC.
    assert_eq!(time_of(None, None, 0x0004_c397_64ca_47aa), Time(1_340_954_905_298_858_000));
}

#[test]
fn decimal_resolutions_are_exact() {
    assert_eq!(time_of(Some(0), None, 5), Time(5_000_000_000));
    assert_eq!(time_of(Some(3), None, 1_700_000_000_123), Time(1_700_000_000_123_000_000));
    assert_eq!(time_of(Some(9), None, 1_700_000_000_123_456_789), Time(1_700_000_000_123_456_789));
}

#[test]
fn a_resolution_below_a_nanosecond_is_rounded_down() {
    assert_eq!(time_of(Some(12), None, 1_999), Time(1));
    assert_eq!(time_of(Some(127), None, u64::MAX), Time(0));
}

#[test]
fn resolutions_in_powers_of_two_are_exact() {
    assert_eq!(time_of(binary(1), None, 3), Time(1_500_000_000));
    assert_eq!(time_of(binary(20), None, (1_700_000_000 << 20) | (1 << 19)), Time(1_700_000_000_500_000_000));
    assert_eq!(time_of(binary(32), None, 1 << 31), Time(500_000_000));
    assert_eq!(time_of(binary(127), None, u64::MAX), Time(0));
}

#[test]
fn the_offset_of_an_interface_is_added() {
    assert_eq!(time_of(Some(9), Some(1_700_000_000), 5), Time(1_700_000_000_000_000_005));
    assert_eq!(time_of(Some(6), Some(-1), 5), Time(-999_995_000));
}

#[test]
fn a_time_outside_of_the_range_is_damage_and_not_another_time() {
    let bytes = Blocks::new(false).interface(0, Some(0), None).enhanced(u64::MAX).bytes;
    let error = read_all(&bytes).1.expect("an error").to_string();
    assert_eq!(error, "record 1 at byte 56 is damaged: its time lies outside of the years 1678 to 2262");
}

#[test]
fn a_simple_packet_has_no_time_and_ends_at_the_snap_length() {
    for big in [false, true] {
        let blocks = Blocks::new(big).interface(5, None, None);
        let body = [blocks.u32(90), b"hello\0\0\0".to_vec()].concat();
        let bytes = blocks.block(3, &body).bytes;
        let mut reader = Reader::open(&*bytes).expect("a capture");
        let record = reader.next().expect("a record").expect("one");
        assert_eq!((record.time, record.data, record.original_len), (None, &b"hello"[..], 90));
        assert_eq!(record.missing(), 85);
    }
}

#[test]
fn an_obsolete_packet_block_is_read_with_its_drops() {
    for big in [false, true] {
        let blocks = Blocks::new(big).interface(0, None, None);
        let words: Vec<u8> = [0, 1_000_007, 4, 4].iter().flat_map(|word| blocks.u32(*word)).collect();
        let body = [blocks.u16(0), blocks.u16(3), words, b"data".to_vec()].concat();
        let bytes = blocks.block(2, &body).bytes;
        let mut reader = Reader::open(&*bytes).expect("a capture");
        let record = reader.next().expect("a record").expect("one");
        assert_eq!((record.time, record.dropped), (Some(Time(1_000_007_000)), Some(3)));
        assert_eq!(record.data, b"data");
    }
}

#[test]
fn unknown_blocks_are_passed_over() {
    let blocks = Blocks::new(false).interface(0, None, None).block(0x0bad, &[0xff; 40]).enhanced(1);
    let (records, error) = read_all(&blocks.bytes);
    assert!(error.is_none() && records.len() == 1);
}

#[test]
fn a_section_may_change_the_byte_order() {
    let mut bytes = Blocks::new(false).interface(0, None, None).enhanced(1).bytes;
    bytes.extend(Blocks::new(true).interface(0, Some(9), None).enhanced(2).bytes);
    let (records, error) = read_all(&bytes);
    assert!(error.is_none(), "{error:?}");
    assert_eq!([records[0].0, records[1].0], [Some(Time(1000)), Some(Time(2))]);
}

#[test]
fn all_four_kinds_of_pcap_give_the_same_time() {
    for (magic, fraction) in [(0xa1b2_c3d4_u32, 123_456_u32), (0xa1b2_3c4d, 123_456_000)] {
        let words = [magic, 0, 0, 0, 65535, 1, 1_700_000_000, fraction, 4, 60];
        for big in [false, true] {
            let mut bytes: Vec<u8> =
                words.iter().flat_map(|word| if big { word.to_be_bytes() } else { word.to_le_bytes() }).collect();
            bytes[4..8].copy_from_slice(if big { &[0, 2, 0, 4] } else { &[2, 0, 4, 0] });
            bytes.extend(b"data");
            let (records, error) = read_all(&bytes);
            assert!(error.is_none(), "{error:?}");
            assert_eq!(records, [(Some(Time(1_700_000_000_123_456_000)), b"data".to_vec())]);
        }
    }
}
