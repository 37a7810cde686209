use super::hex::{HexError, HexFrame, read};
use proptest::prelude::*;

fn frames(text: &str) -> Vec<Vec<u8>> {
    read(text.as_bytes()).expect("hex").into_iter().map(|frame| frame.bytes).collect()
}

fn error(text: &str) -> String {
    read(text.as_bytes()).expect_err("an error").to_string()
}

#[test]
fn a_line_is_a_frame_however_it_is_written() {
    for text in
        ["01020aff", "01 02 0a ff", "01:02:0a:FF", "0x01020aff", "0x01, 0x02, 0x0a, 0xff,", "  0102 0aff # note\r"]
    {
        assert_eq!(frames(text), [[1, 2, 0x0a, 0xff]], "{text}");
    }
}

#[test]
fn blank_lines_and_comments_are_no_frames_but_count_as_lines() {
    let text = b"# two frames\n\n01\n   \n02 # the second\n";
    let expected = [HexFrame { line: 3, bytes: vec![1] }, HexFrame { line: 5, bytes: vec![2] }];
    assert_eq!(read(text).expect("hex"), expected);
}

#[test]
fn odd_digits_and_bad_characters_are_pointed_at() {
    assert_eq!(error("01\n01 020"), "line 2, column 4: an odd number of hex digits (3)");
    assert_eq!(error("01 0g"), "line 1, column 5: `g` is not a hex digit");
    assert_eq!(error("\u{fc}"), "line 1, column 1: byte 0xc3 is not a hex digit");
    assert_eq!(error("01 0x"), "line 1, column 6: hex digits were expected here");
}

#[test]
fn what_tcpdump_prints_is_read_with_its_captions() {
    // tcpdump -XX: two spaces stand before the characters, and `6162` among them is not read.
    let text = "\
12:00:00.000000 IP 10.0.0.1.4000 > 10.0.0.2.6667: UDP, length 4
\t0x0000:  0102 0304 0506 0708 090a 0b0c 0800 4500  ..............E.
\t0x0010:  6162 63                                  6162c
12:00:01.000000 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28
\t0x0000:  ffff
";
    let frames = frames(text);
    assert_eq!(frames[0], b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x08\x00\x45\x00abc");
    assert_eq!(frames[1], [0xff, 0xff]);
    assert_eq!(frames.len(), 2);
}

#[test]
fn zeros_in_front_of_a_line_are_an_offset_only_where_something_tells_so() {
    assert_eq!(frames("0000 01 02"), [[0, 0, 1, 2]]);
    assert_eq!(frames("0000 01 02\n0003 04"), [vec![0, 0, 1, 2], vec![0, 3, 4]]);
    assert_eq!(frames("000000000002 020000000001 88b5"), [hex::decode("00000000000202000000000188b5").unwrap()]);
    // As od, tshark and xxd write a dump.
    assert_eq!(frames("0000 01 02\n0002 04"), [[1, 2, 4]]);
    assert_eq!(frames("000000 01 02\n000002"), [[1, 2]]);
    assert_eq!(frames("0000  01 02"), [[1, 2]]);
    assert_eq!(frames("0000: 0102"), [[1, 2]]);
}

#[test]
fn what_xxd_prints_is_read() {
    let text = "00000000: 0102 0304 0506 0708 090a 0b0c 0d0e 0f10  ................\n00000010: 11                                       .\n";
    assert_eq!(frames(text), [(1..=17).collect::<Vec<u8>>()]);
}

#[test]
fn what_hexdump_prints_is_read() {
    let text = "\
00000000  01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10  |................|
00000010  11 12 13 14 15 16 17 18                           |........|
00000018
";
    assert_eq!(frames(text), [(1..=24).collect::<Vec<u8>>()]);
}

#[test]
fn what_od_and_text2pcap_use_is_read() {
    assert_eq!(frames("000000 01 02 03\n000003\n"), [[1, 2, 3]]);
    assert_eq!(frames("0000   01 02\n0002   03\n\n0000   04\n"), [vec![1, 2, 3], vec![4]]);
}

#[test]
fn what_tshark_prints_is_read_where_characters_look_like_hex() {
    let text = "\
    1   0.000000 10.0.0.1 \u{2192} 10.0.0.2 UDP 50 4000 \u{2192} 6667 Len=8

0000  61 62 20 61 62 20 61 62                           ab ab ab

 1234   0.5 next
0000  01                                                .
";
    assert_eq!(frames(text), [b"ab ab ab".to_vec(), vec![1]]);
}

#[test]
fn a_line_of_pairs_of_bytes_is_not_taken_for_a_dump() {
    assert_eq!(frames("0000 0102 0304"), [[0, 0, 1, 2, 3, 4]]);
    assert_eq!(frames("ffff ffff ffff 0102"), [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2]]);
}

#[test]
fn a_hole_in_a_dump_is_an_error() {
    assert_eq!(
        error("0000  01 02\n0010  03\n"),
        "line 2, column 1: offset 0x0010 does not follow the 2 bytes before it"
    );
    assert_eq!(
        error("00000000  01 02\n*\n00000020\n").split(';').next(),
        Some("line 2, column 1: `*` stands for lines that were left out")
    );
    assert_eq!(error("0000  01 02\n03 04\n"), "line 2, column 1: this line has no offset, and others have");
    assert_eq!(
        error("0000  01 02\n0002  0g 04\n"),
        "line 2, column 5: an offset and hex bytes were expected on this line"
    );
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text: Vec<u8>) {
        let _: Result<Vec<HexFrame>, HexError> = read(&text);
    }

    #[test]
    fn text_like_a_dump_never_panics(text in "([0-9a-fx:, #\t]{0,20}\n){0,5}") {
        let _: Result<Vec<HexFrame>, HexError> = read(text.as_bytes());
    }

    #[test]
    fn what_is_written_is_read(frame in proptest::collection::vec(any::<u8>(), 1..100)) {
        prop_assert_eq!(frames(&hex::encode(&frame)), vec![frame]);
    }
}
