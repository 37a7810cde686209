//! Characters to words: blanks, comments, words, quoted text, file names, and the way past a mistake.
//!
//! It knows where a word ends, not what it means. All cuts fall on ASCII characters, so no slice splits a character.

use std::borrow::Cow;

use super::ast::Span;
use super::mistakes;
use super::parser::Parser;

/// The words that join or begin patterns, frames and rules.
pub(super) const KEYWORDS: [&str; 5] = ["zip", "and", "or", "not", "then"];

/// Whether a word can hold this character.
pub(super) const fn is_word(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b':' | b'.' | b'+' | b'-')
}

/// Blanks part words. A line break is one too: an argument may span lines.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// `a-z { a-z | 0-9 | "-" }`.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl<'s> Parser<'s> {
    /// The byte at the cursor.
    pub(super) fn peek(&self) -> Option<u8> {
        self.src.as_bytes().get(self.pos).copied()
    }

    /// The byte `ahead` of the cursor.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.src.as_bytes().get(self.pos + ahead).copied()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'s str {
        self.src.get(self.pos..).unwrap_or_default()
    }

    /// From `start` to the cursor.
    pub(super) fn since(&self, start: usize) -> &'s str {
        self.src.get(start..self.pos).unwrap_or_default()
    }

    /// The span from `start` to the cursor.
    pub(super) fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.pos)
    }

    /// Takes `text` if it stands at the cursor.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let there = self.src.as_bytes().get(self.pos..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        if there {
            self.pos += text.len();
        }
        there
    }

    /// Whether a word can begin at the cursor: a blank, a brace or nothing is in front.
    pub(super) fn at_word_start(&self) -> bool {
        match self.pos.checked_sub(1).and_then(|i| self.src.as_bytes().get(i)) {
            None => true,
            Some(&b) => is_blank(b) || matches!(b, b'{' | b'}'),
        }
    }

    /// Whether a word ends before the byte `ahead`.
    pub(super) fn ends_word(&self, ahead: usize) -> bool {
        self.peek_at(ahead).is_none_or(|b| is_blank(b) || matches!(b, b'{' | b'}')) || self.line_break(ahead).is_some()
    }

    /// The length of a `\` at a line's end with its line break, `ahead` of the cursor.
    fn line_break(&self, ahead: usize) -> Option<usize> {
        match (self.peek_at(ahead)?, self.peek_at(ahead + 1), self.peek_at(ahead + 2)) {
            (b'\\', None, _) => Some(1),
            (b'\\', Some(b'\n'), _) => Some(2),
            (b'\\', Some(b'\r'), Some(b'\n')) => Some(3),
            _ => None,
        }
    }

    /// Skips blanks, comments and continued line ends.
    pub(super) fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                _ if is_blank(byte) => self.pos += 1,
                b'#' if self.at_word_start() => self.pos += self.rest().find('\n').unwrap_or(self.rest().len()),
                b'\\' => match self.line_break(0) {
                    Some(len) => self.pos += len,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// The word at the cursor, empty if there is none; the cursor stays.
    pub(super) fn peek_word(&self) -> &'s str {
        let bytes = self.src.as_bytes();
        let mut end = self.pos;
        while bytes.get(end).is_some_and(|&b| is_word(b)) && !(bytes[end] == b'.' && bytes.get(end + 1) == Some(&b'.'))
        {
            end += 1;
        }
        self.src.get(self.pos..end).unwrap_or_default()
    }

    /// Takes the word at the cursor.
    pub(super) fn word(&mut self) -> &'s str {
        let word = self.peek_word();
        self.pos += word.len();
        word
    }

    /// Takes decimal digits.
    pub(super) fn digits(&mut self) -> &'s str {
        let start = self.pos;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.pos += 1;
        }
        self.since(start)
    }

    /// A bare file name: anything up to a blank or a brace.
    pub(super) fn path(&mut self) -> &'s str {
        let start = self.pos;
        while !self.ends_word(0) {
            self.pos += 1;
        }
        self.since(start)
    }

    /// Quoted text from its opening quote on; mistakes in it are noted and read over.
    pub(super) fn text(&mut self) -> Cow<'s, [u8]> {
        let open = self.pos;
        let quote = self.peek();
        self.pos += 1;
        let mut unescaped: Option<Vec<u8>> = None;
        let mut from = self.pos;
        let end = loop {
            match self.peek() {
                None | Some(b'\n') => {
                    self.unclosed = true;
                    self.note::<()>(mistakes::unclosed_quote(open));
                    break self.pos;
                }
                byte if byte == quote => {
                    self.pos += 1;
                    break self.pos - 1;
                }
                Some(b'\\') => {
                    let bytes = unescaped.get_or_insert_default();
                    bytes.extend_from_slice(self.since(from).as_bytes());
                    if let Some(byte) = self.escape() {
                        bytes.push(byte);
                    }
                    from = self.pos;
                }
                Some(_) => self.pos += 1,
            }
        };
        let tail = self.src.get(from..end).unwrap_or_default().as_bytes();
        match unescaped {
            None => Cow::Borrowed(tail),
            Some(mut bytes) => {
                bytes.extend_from_slice(tail);
                Cow::Owned(bytes)
            }
        }
    }

    /// The byte that an escape means; none for a continued line or a mistake.
    fn escape(&mut self) -> Option<u8> {
        if let Some(len) = self.line_break(0) {
            self.pos += len;
            return None;
        }
        let start = self.pos;
        self.pos += 1;
        let next = self.rest().chars().next()?;
        self.pos += next.len_utf8();
        Some(match next {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '0' => 0,
            '\\' | '"' | '\'' => next as u8,
            'x' => {
                let hex = self.src.as_bytes().get(self.pos..self.pos + 2).unwrap_or_default();
                let digits = std::str::from_utf8(hex).unwrap_or_default();
                match u8::from_str_radix(digits, 16) {
                    Ok(byte) if digits.bytes().all(|b| b.is_ascii_hexdigit()) && digits.len() == 2 => {
                        self.pos += 2;
                        byte
                    }
                    _ => return self.note(mistakes::short_hex_escape(self.span_from(start))),
                }
            }
            _ => return self.note(mistakes::unknown_escape(self.span_from(start), next)),
        })
    }

    /// The keyword at the cursor, unless an operator makes a name of it.
    pub(super) fn peek_keyword(&self) -> Option<&'static str> {
        let word = self.peek_word();
        KEYWORDS.into_iter().find(|k| *k == word && self.ends_word(word.len()))
    }

    /// Whether a blank or a continued line end is at the cursor.
    pub(super) fn at_blank(&self) -> bool {
        self.peek().is_some_and(is_blank) || self.line_break(0).is_some()
    }

    /// Skips a character, or a text with its quotes.
    pub(super) fn skip_one(&mut self) {
        self.pos += match self.peek() {
            Some(b'"' | b'\'') => self.quoted_len().unwrap_or(1),
            _ => self.rest().chars().next().map_or(1, char::len_utf8),
        };
    }

    /// Moves on to the next ` / `, `}`, end, or word that parts patterns, over texts and whole braces, saying nothing.
    pub(super) fn sync(&mut self) {
        let mut depth = 0usize;
        let mut quotes = true;
        while let Some(byte) = self.peek() {
            let word_start = self.at_word_start();
            match byte {
                b'}' if depth == 0 => return,
                b'/' if depth == 0 && word_start && self.ends_word(1) => return,
                b'a' | b'o' | b't'
                    if depth == 0 && word_start && self.peek_keyword().is_some_and(|k| self.mode.parts_at(k)) =>
                {
                    return;
                }
                b'#' if word_start => {
                    self.blanks();
                    continue;
                }
                b'"' | b'\'' if quotes => match self.quoted_len() {
                    Some(len) => self.pos += len - 1,
                    None => quotes = false,
                },
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            self.pos += 1;
        }
    }

    /// Skips from an opening brace to behind its closing one, saying nothing.
    pub(super) fn skip_braces(&mut self) {
        self.pos += 1;
        let mode = std::mem::replace(&mut self.mode, super::parser::Mode::Frame);
        loop {
            self.sync();
            match self.peek() {
                None => break,
                Some(b'}') => {
                    self.pos += 1;
                    break;
                }
                Some(_) => self.pos += 1,
            }
        }
        self.mode = mode;
    }

    /// The length of the text at the cursor with its quotes, none if it never closes.
    fn quoted_len(&self) -> Option<usize> {
        let mut bytes = self.rest().bytes().enumerate();
        let (_, quote) = bytes.next()?;
        while let Some((i, byte)) = bytes.next() {
            match byte {
                b'\n' => return None,
                b'\\' => {
                    bytes.next();
                }
                _ if byte == quote => return Some(i + 1),
                _ => {}
            }
        }
        None
    }
}
