//! Lines of a frame file: which belong together, and the delay in front of a frame.

use super::ast::Span;
use super::mistakes;
use super::parser::Parser;
use std::time::Duration;

/// The logical lines of a frame file with the number of their first line, from 1.
///
/// A `\` at the end of a line continues it. The text is given as it stands, line breaks included, so that places in
/// it are places in the file; the parser takes a continued line end for a blank.
pub fn logical_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = source;
    let mut number = 1;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let first = number;
        let mut end = 0;
        loop {
            let line = rest.get(end..).unwrap_or_default();
            let len = line.find('\n').unwrap_or(line.len());
            let text = line.get(..len).unwrap_or_default();
            number += 1;
            end += len;
            let continued = text.strip_suffix('\r').unwrap_or(text).ends_with('\\');
            if !continued || end == rest.len() {
                break;
            }
            end += 1;
        }
        let (line, tail) = rest.split_at(end);
        rest = tail.strip_prefix('\n').unwrap_or(tail);
        Some((first, line.strip_suffix('\r').unwrap_or(line)))
    })
}

/// The units of a delay, longest first, in nanoseconds.
pub(super) const UNITS: [(&str, u64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1)];

impl Parser<'_> {
    /// `+1.5ms` at the front of a line, in nanoseconds.
    pub(super) fn delay(&mut self) -> Option<i64> {
        let start = self.pos;
        let word = self.peek_word();
        let negative = word.starts_with('-');
        let number = word.strip_prefix(['+', '-'])?;
        self.pos += word.len();
        let span = Span::new(start, self.pos);
        match nanoseconds(number) {
            Some(size) if negative => i64::try_from(-size).ok(),
            Some(size) => i64::try_from(size).ok(),
            None => return self.note(mistakes::not_a_delay(span)),
        }
        .or_else(|| self.note(mistakes::delay_too_long(span)))
    }
}

/// A length of time as the language writes it, without sign: `1.5ms`; units s, ms, us and ns.
pub fn duration(text: &str) -> Option<Duration> {
    Some(Duration::from_nanos(nanoseconds(text)?.try_into().unwrap_or(u64::MAX)))
}

/// `digits [ "." digits ] unit`, none if it is none or finer than a nanosecond. One too great for 64 bits stays so.
fn nanoseconds(text: &str) -> Option<i128> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(digits);
    let (_, scale) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut size = 0i128;
    for digit in whole.bytes() {
        size = size.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
    }
    size = size.saturating_mul(scale.into());
    let mut place = scale;
    for digit in fraction.bytes() {
        if place < 10 && digit != b'0' {
            return None;
        }
        place /= 10;
        size = size.saturating_add(i128::from(digit - b'0') * i128::from(place));
    }
    Some(size)
}
