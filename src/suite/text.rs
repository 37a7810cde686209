//! A string of a TOML file that remembers where each of its bytes stands, so that a mistake in it gets its caret there.

use crate::expr::ast::Span;
use crate::expr::{Diagnostic, Diagnostics};
use std::ops::Range;

/// A string and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    value: String,
    /// The place in the file of each byte, and of the end.
    places: Vec<usize>,
}

impl Text {
    /// The string `value` that stands, with its quotes, at `span` of `file`.
    pub(super) fn new(file: &str, span: Range<usize>, value: &str) -> Self {
        let raw = file.get(span.clone()).unwrap_or_default();
        let places = places(raw, span.start).filter(|places| places.len() == value.len() + 1);
        // A string of a form that is not known here has one place.
        Self { value: value.to_owned(), places: places.unwrap_or_else(|| vec![span.start; value.len() + 1]) }
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Mistakes in the string as mistakes in the file.
    pub fn in_file(&self, mistakes: Diagnostics) -> Diagnostics {
        Diagnostics(mistakes.0.into_iter().map(|one| Diagnostic { span: self.span(one.span), ..one }).collect())
    }

    fn span(&self, span: Span) -> Span {
        let place = |at: usize| self.places.get(at).or(self.places.last()).copied().unwrap_or_default();
        Span::new(place(span.start), place(span.end))
    }
}

/// The place of each byte of the string written as `raw` (TOML 1.0, "String"), and of its end.
fn places(raw: &str, start: usize) -> Option<Vec<usize>> {
    let quote = raw.chars().next()?;
    let triple = [r#"""""#, "'''"].iter().any(|q| raw.len() >= 6 && raw.starts_with(q));
    let width = if triple { 3 } else { 1 };
    let inner = raw.get(width..raw.len().checked_sub(width)?)?;
    // A line break right behind the opening quotes is none of the string.
    let skipped = match inner {
        _ if !triple => 0,
        text if text.starts_with("\r\n") => 2,
        text => usize::from(text.starts_with('\n')),
    };
    let (mut at, mut found) = (skipped, Vec::new());
    while let Some(c) = inner.get(at..)?.chars().next() {
        let (read, written) = match c {
            '\\' if quote == '"' => escape(inner.get(at..)?)?,
            _ => (c.len_utf8(), c.len_utf8()),
        };
        // The bytes of a character as written each have their place, those of an escape share one.
        found.extend((0..written).map(|byte| start + width + at + if read == written { byte } else { 0 }));
        at += read;
    }
    found.push(start + width + at);
    Some(found)
}

/// How many bytes an escape takes in the file, and how many it stands for.
fn escape(text: &str) -> Option<(usize, usize)> {
    let code = |digits: usize| {
        let number = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, char::from_u32(number)?.len_utf8()))
    };
    match text.as_bytes().get(1)? {
        b'x' => code(2),
        b'u' => code(4),
        b'U' => code(8),
        // A line that goes on: the break and the blanks in front of the next word are left out.
        c if c.is_ascii_whitespace() => Some((1 + text[1..].len() - text[1..].trim_start().len(), 0)),
        _ => Some((2, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `file` is pointed at by the place of `word` in the string that is all of `file`.
    fn pointed<'f>(file: &'f str, value: &str, word: &str) -> &'f str {
        let text = Text::new(file, 0..file.len(), value);
        let start = value.find(word).unwrap();
        let span = text.span(Span::new(start, start + word.len()));
        &file[span.start..span.end]
    }

    #[test]
    fn a_word_is_found_again_in_every_kind_of_string() {
        assert_eq!(pointed("'eth / ipv4'", "eth / ipv4", "ipv4"), "ipv4");
        assert_eq!(pointed(r#""a \"b\" ipv4""#, r#"a "b" ipv4"#, "ipv4"), "ipv4");
        assert_eq!(pointed("'''\neth /\n ipv4'''", "eth /\n ipv4", "ipv4"), "ipv4");
        assert_eq!(pointed("\"\"\"eth / \\\n   ipv4\"\"\"", "eth / ipv4", "ipv4"), "ipv4");
        assert_eq!(pointed(r#""\u00e9 ipv4""#, "é ipv4", "ipv4"), "ipv4");
        assert_eq!(pointed("'é ipv4'", "é ipv4", "ipv4"), "ipv4");
    }

    #[test]
    fn a_string_that_is_not_understood_has_one_place() {
        let text = Text::new("abc", 0..3, "something longer");
        assert_eq!(text.span(Span::new(3, 9)), Span::new(0, 0));
    }
}
