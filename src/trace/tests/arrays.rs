use super::array::{Language, write};

fn array(language: Language, number: Option<u64>, frame: &[u8]) -> String {
    let mut out = String::new();
    write(&mut out, language, number, frame).expect("a String takes all");
    out
}

#[test]
fn a_c_array_has_twelve_bytes_a_line() {
    let expected = "\
static const unsigned char frame[13] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
    0x0c,
};
";
    let frame: Vec<u8> = (0..13).collect();
    assert_eq!(array(Language::C, None, &frame), expected);
}

#[test]
fn several_frames_are_numbered() {
    assert_eq!(array(Language::Rust, Some(2), &[0xff]), "pub const FRAME_2: [u8; 1] = [\n    0xff,\n];\n");
    assert!(array(Language::C, Some(1), &[1]).starts_with("static const unsigned char frame_1[1] = {"));
}

#[test]
fn an_empty_frame_compiles() {
    assert_eq!(array(Language::Rust, None, &[]), "pub const FRAME: [u8; 0] = [\n];\n");
    assert_eq!(array(Language::C, None, &[]), "static const unsigned char frame[1] = { 0 }; /* an empty frame */\n");
}
