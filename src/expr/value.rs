//! Values: sets of atoms, `rand:` in front and `*` behind.
//!
//! Nothing is typed here: `10.0.0.1`, `53` and `syn+ack` are all words.

use std::borrow::Cow;

use super::ast::{Atom, AtomKind, Bytes, Member, Name, Set, Span, Value};
use super::lexer::is_word;
use super::mistakes;
use super::parser::Parser;

impl<'s> Parser<'s> {
    /// `[ "rand:" ] set [ "*" set ]` and the end of the word. None: noted, and the cursor is at the mistake.
    pub(super) fn value(&mut self) -> Option<Value<'s>> {
        let start = self.pos;
        let rand = self.eat("rand:");
        let set = self.set()?;
        let repeat = if self.eat("*") { Some(self.set()?) } else { None };
        if !self.ends_word(0) && self.peek() != Some(b'/') {
            return self.note(mistakes::stray(self.pos, self.rest()));
        }
        Some(Value { rand, set, repeat, span: self.span_from(start) })
    }

    /// `span { "," span }`
    fn set(&mut self) -> Option<Set<'s>> {
        let start = self.pos;
        let mut members = vec![self.member()?];
        while self.eat(",") {
            members.push(self.member()?);
        }
        Some(Set { members, span: self.span_from(start) })
    }

    /// One value, a prefix or a range.
    fn member(&mut self) -> Option<Member<'s>> {
        let start = self.pos;
        if self.eat("..") {
            let to = Some(self.atom()?);
            if self.rest().starts_with("..") {
                return self.note(mistakes::step_without_start(self.pos));
            }
            return Some(Member::Range { from: None, to, step: None, span: self.span_from(start) });
        }
        let from = self.atom()?;
        if self.peek() == Some(b'/') && self.peek_at(1).is_some_and(|b| b.is_ascii_digit()) {
            self.pos += 1;
            return Some(Member::Prefix(from, self.decimal("prefix")?));
        }
        if !self.eat("..") {
            return Some(Member::One(from));
        }
        let (mut to, mut step) = (None, None);
        if self.peek().is_some_and(|b| is_word(b) || matches!(b, b'"' | b'\'' | b'@')) {
            to = Some(self.atom()?);
            if self.eat("..") {
                step = Some(self.decimal("step")?);
            }
        }
        Some(Member::Range { from: Some(from), to, step, span: self.span_from(start) })
    }

    /// Decimal digits up to the end of the word part.
    fn decimal(&mut self, what: &str) -> Option<Name<'s>> {
        let start = self.pos;
        let text = self.digits();
        if text.is_empty() || self.peek().is_some_and(is_word) {
            self.word();
            return self.note(mistakes::not_decimal(self.span_from(start), what));
        }
        Some(Name { text, span: self.span_from(start) })
    }

    /// Text, a file or a word.
    fn atom(&mut self) -> Option<Atom<'s>> {
        let start = self.pos;
        let kind = match self.peek() {
            Some(b'"' | b'\'') => AtomKind::Text(self.text()),
            Some(b'@') => AtomKind::File(self.file()?),
            _ => match self.word() {
                "" => return self.note(mistakes::no_value(start, self.rest())),
                word if word.starts_with("rand:") => return self.note(mistakes::rand_inside(self.span_from(start))),
                word => AtomKind::Word(word),
            },
        };
        Some(Atom { kind, span: self.span_from(start) })
    }

    /// `@name` or `@"name"`.
    fn file(&mut self) -> Option<Cow<'s, str>> {
        let start = self.pos;
        self.pos += 1;
        if !matches!(self.peek(), Some(b'"' | b'\'')) {
            return match self.path() {
                "" => self.note(mistakes::no_file_name(start)),
                path => Some(Cow::Borrowed(path)),
            };
        }
        let utf8 = match self.text() {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        match utf8 {
            Some(path) if path.is_empty() && !self.unclosed => self.note(mistakes::no_file_name(start)),
            Some(path) => Some(path),
            None => self.note(mistakes::file_name_not_utf8(self.span_from(start))),
        }
    }

    /// Whether byte literals begin at the cursor. `zero=` is no literal but a mistake that [`Self::layer`] names.
    pub(super) fn at_bytes(&self) -> bool {
        match self.peek() {
            Some(b'"' | b'\'' | b'@') => true,
            Some(b'0' | b'z' | b'r' | b'c') => {
                let word = self.peek_word();
                let keyword = matches!(word, "zero" | "rand" | "count") && self.peek_at(word.len()) != Some(b'=');
                keyword || word.starts_with("0x") || word.starts_with("0X") || word.starts_with("rand:")
            }
            _ => false,
        }
    }

    /// Byte literals side by side, from the first one on.
    pub(super) fn bytes(&mut self) -> Option<Bytes<'s>> {
        let start = self.pos;
        let mut literals = Vec::with_capacity(1);
        let mut end;
        loop {
            let literal = self.value()?;
            end = literal.span.end;
            let good = self.check_literal(&literal);
            literals.push(if good { literal } else { Value::none(literal.span) });
            self.blanks();
            if !self.at_bytes() {
                return Some(Bytes { literals, span: Span::new(start, end) });
            }
        }
    }

    /// Words among byte literals are hex or one of `zero`, `rand`, `count`; whether these are.
    fn check_literal(&mut self, literal: &Value<'s>) -> bool {
        let mut good = true;
        for member in &literal.set.members {
            let (from, to) = match member {
                Member::One(atom) | Member::Prefix(atom, _) => (Some(atom), None),
                Member::Range { from, to, .. } => (from.as_ref(), to.as_ref()),
            };
            for atom in [from, to].into_iter().flatten() {
                let AtomKind::Word(word) = atom.kind else { continue };
                let mistake = match word.strip_prefix("0x") {
                    Some(hex) => mistakes::hex(atom.span, hex),
                    None if matches!(word, "zero" | "rand" | "count") => None,
                    None => Some(mistakes::not_bytes(atom.span, word)),
                };
                if let Some(mistake) = mistake {
                    self.note::<()>(mistake);
                    good = false;
                }
            }
        }
        good
    }
}
