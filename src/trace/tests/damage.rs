use super::*;
use proptest::prelude::*;

fn message(bytes: &[u8]) -> String {
    read_all(bytes).1.expect("an error").to_string()
}

#[test]
fn a_cut_pcap_gives_its_whole_records_and_says_what_is_missing() {
    let bytes = capture(FORMATS[0], &[&[1; 60], &[2; 60]]);
    let (records, error) = read_all(&bytes[..bytes.len() - 48]);
    assert_eq!(records.len(), 1);
    assert_eq!(error.expect("an error").to_string(), "record 2 at byte 100 is cut: 76 bytes promised, 28 there");
}

#[test]
fn a_cut_pcapng_gives_its_whole_records_and_says_what_is_missing() {
    let bytes = capture(Format::Pcapng, &[&[1; 60], &[2; 60]]);
    let start = bytes.len() - 92;
    let (records, error) = read_all(&bytes[..start + 40]);
    assert_eq!(records.len(), 1);
    let expected = format!("record 2 at byte {start} is cut: 92 bytes promised, 40 there");
    assert_eq!(error.expect("an error").to_string(), expected);
}

#[test]
fn a_file_cut_anywhere_gives_every_record_before_the_cut() {
    for format in FORMATS {
        let frames: [&[u8]; 3] = [&[1; 61], b"", &[3; 9]];
        let whole = capture(format, &frames);
        let ends: Vec<usize> = (0..=3).map(|count| capture(format, &frames[..count]).len()).collect();
        for len in 0..=whole.len() {
            let (records, error) = read_all(&whole[..len]);
            let expected = ends[1..].iter().filter(|end| **end <= len).count();
            assert_eq!(records.len(), expected, "{format:?} cut at {len}");
            // Between two pcapng blocks of the head a file is whole too, only without interfaces.
            let is_whole = ends.contains(&len) || format == Format::Pcapng && len == 32;
            assert_eq!(error.is_none(), is_whole, "{format:?} cut at {len}: {error:?}");
        }
    }
}

#[test]
fn after_an_error_there_are_no_more_records() {
    let bytes = capture(FORMATS[0], &[&[1; 60]]);
    let mut reader = Reader::open(&bytes[..50]).expect("a header");
    assert!(reader.next().is_err());
    assert!(reader.next().expect("the end").is_none());
}

#[test]
fn the_place_of_a_record_is_known() {
    let bytes = capture(FORMATS[0], &[&[1; 60], &[2; 60]]);
    let mut reader = Reader::open(&*bytes).expect("a capture");
    while reader.next().expect("a record").is_some() {}
    assert_eq!((reader.number(), reader.offset()), (2, 100));
}

#[test]
fn what_is_no_capture_is_named_by_its_first_bytes() {
    assert_eq!(message(b""), "not a capture file: it is empty");
    assert_eq!(
        message(b"GET / HTTP/1.1"),
        "not a capture file: it begins with 47 45 54 20 2f 20 48 54, which neither pcap nor pcapng does"
    );
    assert_eq!(message(b"\x1f\x8b\x08\0"), "compressed with gzip; unpack it first (`gzip -dc FILE | ...`)");
    assert!(message(b"\x28\xb5\x2f\xfd").contains("zstd"));
    assert!(message(&[0x34, 0xcd, 0xb2, 0xa1, 2, 0, 4, 0]).contains("Kuznetzov"));
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    let mut bytes = capture(FORMATS[0], &[b"x"]);
    bytes[6] = 9;
    assert_eq!(message(&bytes), "pcap version 2.9 at byte 0 is not known; 2.4 is read");
    let mut bytes = capture(Format::Pcapng, &[b"x"]);
    bytes[12] = 7;
    assert_eq!(message(&bytes), "pcapng version 7.0 at byte 0 is not known; 1.0 is read");
}

#[test]
fn a_length_that_no_frame_has_is_damage() {
    let mut bytes = capture(FORMATS[0], &[&[1; 60]]);
    bytes[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(message(&bytes), "record 1 at byte 24 claims 4294967311 bytes; more than 268435456 is taken for damage");
}

#[test]
fn two_lengths_of_a_block_that_differ_are_damage() {
    let mut bytes = capture(Format::Pcapng, &[&[1; 60]]);
    let last = bytes.len() - 4;
    bytes[last] += 4;
    let expected =
        format!("record 1 at byte {} is damaged: it is 92 bytes long at its start and 96 at its end", last - 88);
    assert_eq!(message(&bytes), expected);
}

#[test]
fn a_frame_of_an_interface_that_was_not_described_is_damage() {
    let mut bytes = capture(Format::Pcapng, &[&[1; 60]]);
    let start = bytes.len() - 92;
    bytes[start + 8] = 5;
    assert!(message(&bytes).ends_with("it names interface 5, which was not described"));
}

/// A source that says how far the reader's buffer has grown by how much it asks for at once.
struct Watched<'a> {
    bytes: &'a [u8],
    most: &'a std::cell::Cell<usize>,
}

impl std::io::Read for Watched<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.most.set(self.most.get().max(out.len()));
        self.bytes.read(out)
    }
}

#[test]
fn a_claimed_length_costs_no_memory_before_its_bytes_are_there() {
    let mut bytes = capture(FORMATS[0], &[&[1; 60]]);
    bytes[32..36].copy_from_slice(&200_000_000_u32.to_le_bytes());
    let most = std::cell::Cell::new(0);
    let mut reader = Reader::open(Watched { bytes: &bytes, most: &most }).expect("a header");
    assert!(matches!(reader.next(), Err(Error::Cut { promised: 200_000_016, there: 76, .. })));
    assert!(most.get() <= 64 << 10, "asked for {} bytes at once", most.get());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        read_all(&bytes);
    }

    #[test]
    fn arbitrary_bytes_behind_a_valid_start_never_panic(bytes: Vec<u8>, format in 0_usize..3) {
        let mut file = capture(FORMATS[format], &[b"first"]);
        file.extend(bytes);
        let (records, _) = read_all(&file);
        prop_assert_eq!(&records[0].1, b"first");
    }

    #[test]
    fn changed_files_never_panic_nor_ask_for_more_than_they_have(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        format in 0_usize..3,
    ) {
        let mut file = capture(FORMATS[format], &[&[1; 60], &[2; 61], &[3; 62]]);
        for (index, byte) in changes {
            let index = index.index(file.len());
            file[index] = byte;
        }
        let most = std::cell::Cell::new(0);
        if let Ok(mut reader) = Reader::open(Watched { bytes: &file, most: &most }) {
            let mut given = 0;
            while let Ok(Some(record)) = reader.next() {
                given += record.data.len();
            }
            prop_assert!(given <= file.len());
        }
        prop_assert!(most.get() <= 64 << 10);
    }
}
