//! One line of hex text: its offset column, and its digits up to where a dump's column of characters begins.

use std::ops::Range;

/// How the digits of a line are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// A frame by itself: digits, blanks, colons, commas, `0x` before any group.
    Line,
    /// Behind an offset with a colon: two blanks end the digits.
    Groups,
    /// Behind an offset without a colon: bytes apart; two blanks end them, but for the gap in the middle of sixteen.
    Bytes,
}

/// The offset column of a dumped line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    pub(super) value: usize,
    /// Where the rest of the line begins.
    pub(super) from: usize,
    pub(super) form: Digits,
}

/// Reads the offset of `0x0010:  0102`, `00000010: 0102` or `0010  01 02`; `None` where the line has none.
pub(super) fn offset(line: &[u8]) -> Option<Offset> {
    let start = line.len() - line.trim_ascii_start().len();
    let text = line.get(start..)?;
    let (prefix, body) = text.strip_prefix(b"0x").map_or((0, text), |body| (2, body));
    let len = body.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(body.len());
    if !(4..=8).contains(&len) {
        return None;
    }
    let (number, rest) = body.split_at_checked(len)?;
    let value = usize::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()?;
    let from = start + prefix + len;
    match rest {
        [b':', b' ' | b'\t', ..] | [b':'] => Some(Offset { value, from: from + 1, form: Digits::Groups }),
        _ if prefix > 0 => None,
        // The last line of od and hexdump is the length alone.
        [] if len >= 6 && value != 0 => Some(Offset { value, from, form: Digits::Bytes }),
        [b' ' | b'\t', ..] => {
            let first = rest.trim_ascii_start().split(u8::is_ascii_whitespace).next()?;
            let is_byte = first.len() == 2 && first.iter().all(u8::is_ascii_hexdigit);
            is_byte.then_some(Offset { value, from, form: Digits::Bytes })
        }
        _ => None,
    }
}

/// The bytes of a part of a line. An error has the column (from 0) and what is wrong there.
pub(super) fn digits(line: &[u8], part: Range<usize>, form: Digits) -> Result<Vec<u8>, (usize, String)> {
    let mut bytes = Vec::new();
    let end = part.end;
    let mut at = part.start;
    let blanks = |at: usize| line.iter().take(end).skip(at).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    at += blanks(at);
    while at < end {
        let rest = line.get(at..end).unwrap_or_default();
        if form == Digits::Line && rest.starts_with(b"0x") {
            at += 2;
        }
        at = group(line, at..end, &mut bytes)?;
        let gap = blanks(at);
        let middle = form == Digits::Bytes && bytes.len() == 8 && gap == 2;
        if form != Digits::Line && gap >= 2 && !middle {
            break;
        }
        at += gap;
        if form == Digits::Line && gap == 0 && at < end {
            // `group` stopped at a colon or a comma.
            at += 1;
            at += blanks(at);
        }
    }
    Ok(bytes)
}

/// One run of digits, an even number of them; gives where it ends.
fn group(line: &[u8], part: Range<usize>, bytes: &mut Vec<u8>) -> Result<usize, (usize, String)> {
    let (start, end) = (part.start, part.end);
    let mut at = start;
    if start >= end {
        return Err((start, "hex digits were expected here".into()));
    }
    while at < end {
        let pair = line.get(at..end.min(at + 2)).unwrap_or_default();
        match pair {
            [b' ' | b'\t' | b':' | b',', ..] if at > start => break,
            [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(value(*high) << 4 | value(*low));
            }
            [digit, b' ' | b'\t' | b':' | b','] | [digit] if digit.is_ascii_hexdigit() => {
                return Err((start, format!("an odd number of hex digits ({})", at + 1 - start)));
            }
            [digit, bad, ..] if digit.is_ascii_hexdigit() => return Err((at + 1, not_a_digit(*bad))),
            [bad, ..] => return Err((at, not_a_digit(*bad))),
            [] => break,
        }
        at += 2;
    }
    Ok(at)
}

fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

fn not_a_digit(byte: u8) -> String {
    match byte {
        b'!'..=b'~' => format!("`{}` is not a hex digit", char::from(byte)),
        _ => format!("byte 0x{byte:02x} is not a hex digit"),
    }
}
