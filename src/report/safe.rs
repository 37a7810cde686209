//! Text from outside, made safe for a terminal: it cannot move the cursor, change colours, or look like other text.

use std::borrow::Cow;
use std::fmt::Write;

/// One line of text: control characters, line ends among them, and what changes the order or is not seen become escapes such
/// as `\n`, `\x1b` and `\u{202e}`. A backslash stays as it is, so this is for reading and not for parsing back.
pub fn text(text: &str) -> Cow<'_, str> {
    escape(text, false)
}

/// Several lines of text: as [`text`], but line ends and tabs stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    escape(text, true)
}

/// One line of bytes that may be text: as [`text`], and a byte that is not UTF-8 becomes `\xNN`.
pub fn bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(whole) = std::str::from_utf8(bytes) {
        return text(whole);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.push_str(&text(chunk.valid()));
        for byte in chunk.invalid() {
            // Writing to a String does not fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// Appends one line of bytes, as [`bytes`] gives it.
pub fn add_bytes(input: &[u8], out: &mut String) {
    match std::str::from_utf8(input) {
        // Most of what is shown is plain.
        Ok(text) if input.iter().all(|byte| matches!(byte, b' '..=b'~')) => out.push_str(text),
        _ => out.push_str(&bytes(input)),
    }
}

/// The character that stands for a byte in a column of characters: itself where printable ASCII, else a dot.
pub fn column(byte: u8) -> char {
    if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' }
}

fn escape(text: &str, keep_lines: bool) -> Cow<'_, str> {
    let wanted = |c: char| is_unsafe(c) && !(keep_lines && matches!(c, '\n' | '\t'));
    if !text.contains(wanted) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if !wanted(c) {
            out.push(c);
            continue;
        }
        let escaped = match c {
            '\n' => write!(out, "\\n"),
            '\t' => write!(out, "\\t"),
            '\r' => write!(out, "\\r"),
            c if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
            c => write!(out, "\\u{{{:x}}}", u32::from(c)),
        };
        // Writing to a String does not fail.
        let _ = escaped;
    }
    Cow::Owned(out)
}

/// Control characters (C0, DEL, C1), line and paragraph separators, characters that set the direction of text, and characters
/// of no width that hide among others (Unicode Standard Annex 9, and the general categories Cc, Zl, Zp and part of Cf).
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escape_sequence_is_shown_and_not_obeyed() {
        assert_eq!(text("\x1b[2Jgone\x07"), "\\x1b[2Jgone\\x07");
    }

    #[test]
    fn the_c1_form_of_an_escape_sequence_is_shown_too() {
        assert_eq!(text("\u{9b}2J\u{7f}"), "\\u{9b}2J\\x7f");
        assert_eq!(bytes(b"\x9b2J"), "\\x9b2J");
    }

    #[test]
    fn a_text_cannot_be_turned_around() {
        assert_eq!(text("abc\u{202e}def\u{2066}"), "abc\\u{202e}def\\u{2066}");
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(text("a\nb\r\tc\u{2028}"), "a\\nb\\r\\tc\\u{2028}");
        assert_eq!(lines("a\nb\r\tc"), "a\nb\\r\tc");
    }

    #[test]
    fn ordinary_text_is_not_touched() {
        assert!(matches!(text("Grüße, \\x1b 日本"), Cow::Borrowed("Grüße, \\x1b 日本")));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_numbers() {
        assert_eq!(bytes(b"caf\xe9 \xff\xfe\xc3"), "caf\\xe9 \\xff\\xfe\\xc3");
    }

    proptest! {
        #[test]
        fn no_bytes_reach_the_terminal_as_controls(input: Vec<u8>) {
            let safe = bytes(&input);
            prop_assert!(!safe.contains(is_unsafe));
            let mut added = String::new();
            add_bytes(&input, &mut added);
            prop_assert_eq!(added, safe);
        }

        #[test]
        fn no_text_reaches_the_terminal_as_controls(input: String) {
            prop_assert!(!text(&input).contains(is_unsafe));
            prop_assert!(lines(&input).chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        }
    }
}
