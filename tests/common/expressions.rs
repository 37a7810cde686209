//! Frames and patterns from expressions, by the library.

use ethcraft::frame::{Builder, Frames, Pattern, Surroundings, no_files};

/// The set of frames of an expression.
pub fn frames(text: &str) -> Frames {
    Frames::parse(text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{}", e.render(text, false)))
}

/// The bytes of frame `number` of an expression.
pub fn build(text: &str, number: u128) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.build(&frames(text), number).unwrap_or_else(|e| panic!("{}", e.render(text, false)));
    builder.view().bytes.to_vec()
}

/// The bytes of the first frame of an expression.
pub fn frame(text: &str) -> Vec<u8> {
    build(text, 0)
}

/// A pattern.
pub fn pattern(text: &str) -> Pattern {
    Pattern::parse(text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{}", e.render(text, false)))
}

/// An expression with `E`, `I` or `J` in front: Ethernet, IPv4 or IPv6 between two stations, written out.
pub fn expand(text: &str) -> String {
    let ethernet = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01";
    match text.split_at(2) {
        ("E ", rest) => format!("{ethernet} {rest}"),
        ("I ", rest) => format!("{ethernet} / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 {rest}"),
        ("J ", rest) => format!("{ethernet} / ipv6 src=2001:db8::1 dst=2001:db8::2 {rest}"),
        _ => text.to_owned(),
    }
}
