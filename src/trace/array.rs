//! Frames as the source text of an array, for tests and firmware: C and Rust.

use std::fmt::{self, Write};

const A_LINE: usize = 12;

/// The language of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `static const unsigned char frame[4] = { 0x01, ... };`
    C,
    /// `pub const FRAME: [u8; 4] = [ 0x01, ... ];`
    Rust,
}

/// Writes one array. `number` is for one of several frames (`frame_1`); a frame alone has none.
pub fn write(out: &mut impl Write, language: Language, number: Option<u64>, frame: &[u8]) -> fmt::Result {
    let suffix = number.map(|number| format!("_{number}")).unwrap_or_default();
    let len = frame.len();
    let close = match language {
        // C has no empty array: the one element stands for the missing first byte and the comment says so.
        Language::C if frame.is_empty() => {
            return writeln!(out, "static const unsigned char frame{suffix}[1] = {{ 0 }}; /* an empty frame */");
        }
        Language::C => {
            writeln!(out, "static const unsigned char frame{suffix}[{len}] = {{")?;
            "};"
        }
        Language::Rust => {
            writeln!(out, "pub const FRAME{suffix}: [u8; {len}] = [")?;
            "];"
        }
    };
    for line in frame.chunks(A_LINE) {
        let line: Vec<String> = line.iter().map(|byte| format!("0x{byte:02x}")).collect();
        writeln!(out, "    {},", line.join(", "))?;
    }
    writeln!(out, "{close}")
}
