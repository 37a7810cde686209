//! A hexdump: offset, sixteen bytes, and the column of characters, with ranges of bytes in colour.

use super::colour::Style;
use super::safe;
use std::fmt::{self, Write};
use std::ops::Range;

const A_LINE: usize = 16;

/// Writes whole lines: `0000  01 02 03 ... 10  ................`, indented by `indent` blanks.
///
/// `ranges` colours bytes in both columns; where two overlap, the later one holds, so that an inner layer follows its outer
/// one. An empty list gives plain text. [`trace::hex`](crate::trace::hex) reads what this writes without colour.
pub fn write(out: &mut impl Write, indent: usize, bytes: &[u8], ranges: &[(Range<usize>, Style)]) -> fmt::Result {
    let style = |at: usize| {
        let holds = ranges.iter().rev().find(|(range, _)| range.contains(&at));
        holds.map_or(Style::PLAIN, |(_, style)| *style)
    };
    let faint = if ranges.is_empty() { Style::PLAIN } else { Style::FAINT };
    for (index, line) in bytes.chunks(A_LINE).enumerate() {
        let from = index * A_LINE;
        write!(out, "{:indent$}{}  ", "", faint.paint(true, format_args!("{from:04x}")))?;
        runs(out, from, line, style, |out, at, byte, ends| {
            // The blank between two bytes has no colour of its own to show.
            write!(out, "{byte:02x}")?;
            if ends || at % A_LINE == A_LINE - 1 { Ok(()) } else { out.write_char(' ') }
        })?;
        let missing = A_LINE - line.len();
        write!(out, "{:width$}", "", width = 3 * missing + 2)?;
        runs(out, from, line, style, |out, _, byte, _| out.write_char(safe::column(byte)))?;
        out.write_char('\n')?;
    }
    Ok(())
}

/// Writes the bytes of a line, beginning and ending a style only where it changes. `one` is told whether the line ends there.
fn runs<W: Write>(
    out: &mut W,
    from: usize,
    line: &[u8],
    style: impl Fn(usize) -> Style,
    one: impl Fn(&mut W, usize, u8, bool) -> fmt::Result,
) -> fmt::Result {
    let mut now = Style::PLAIN;
    for (index, byte) in line.iter().enumerate() {
        let wanted = style(from + index);
        if wanted != now {
            now.end(out)?;
            wanted.begin(out)?;
            now = wanted;
        }
        one(out, from + index, *byte, index + 1 == line.len())?;
    }
    now.end(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::hex;
    use proptest::prelude::*;

    fn dump(bytes: &[u8], ranges: &[(Range<usize>, Style)]) -> String {
        let mut out = String::new();
        write(&mut out, 0, bytes, ranges).expect("a String takes all");
        out
    }

    #[test]
    fn a_plain_dump_has_offset_bytes_and_characters() {
        let expected = "\
0000  48 65 6c 6c 6f 20 79 6f 75 20 74 68 65 72 65 21  Hello you there!
0010  1b ff                                            ..
";
        assert_eq!(dump(b"Hello you there!\x1b\xff", &[]), expected);
    }

    #[test]
    fn an_empty_frame_has_no_lines() {
        assert_eq!(dump(b"", &[]), "");
    }

    #[test]
    fn the_inner_range_holds_where_two_overlap() {
        let ranges = [(0..4, Style::layer(0)), (2..4, Style::layer(1))];
        let expected = "\x1b[2m0000\x1b[0m  \x1b[36m61 62 \x1b[0m\x1b[33m63 64\x1b[0m";
        assert!(dump(b"abcd", &ranges).starts_with(expected), "{}", dump(b"abcd", &ranges));
    }

    #[test]
    fn a_colour_does_not_run_over_the_end_of_a_line() {
        let text = dump(&[0; 40], &[(0..40, Style::layer(0))]);
        assert!(text.lines().all(|line| line.ends_with("\x1b[0m")));
        assert_eq!(text.lines().count(), 3);
    }

    proptest! {
        #[test]
        fn a_plain_dump_reads_back(bytes in proptest::collection::vec(any::<u8>(), 1..200), indent in 0_usize..4) {
            let mut text = String::new();
            write(&mut text, indent, &bytes, &[]).expect("a String takes all");
            let frames = hex::read(text.as_bytes()).expect("a dump");
            prop_assert_eq!(frames, vec![hex::HexFrame { line: 1, bytes }]);
        }

        #[test]
        fn colours_change_no_character(bytes: Vec<u8>, from in 0_usize..80, len in 0_usize..80) {
            let coloured = dump(&bytes, &[(from..from + len, Style::layer(2))]);
            let plain = coloured.replace("\x1b[32m", "").replace("\x1b[2m", "").replace("\x1b[0m", "");
            prop_assert_eq!(plain, dump(&bytes, &[]));
        }
    }
}
