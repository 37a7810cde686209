//! One layer: its name, its fields, its items in braces.

use super::ast::{Chain, Layer, Name, Op, Setting, Span, Value};
use super::diagnostic::Diagnostic;
use super::lexer::{is_name, is_word};
use super::mistakes;
use super::parser::{MAX_DEPTH, Parser};

impl<'s> Parser<'s> {
    /// `name [ op value ] { name op value } [ "{" [ chain ] "}" ]`. Behind a mistake comes what was understood of it.
    pub(super) fn layer(&mut self, depth: usize, mut noted: bool) -> Option<Layer<'s>> {
        let start = self.pos;
        let layer = Name { text: self.word(), span: self.span_from(start) };
        let misnamed = mistakes::layer_name(layer.span, layer.text);
        let is_name = misnamed.is_none();
        if let Some(mistake) = misnamed {
            if !noted {
                self.note::<()>(mistake);
            }
            noted = true;
        }
        let told = self.mistakes.len();
        let main = self.op(layer).map(|op| self.setting(layer, op));
        if !is_name {
            // One word of another language is enough.
            self.mistakes.truncate(told);
        }
        if main.is_none() && !self.ends_word(0) && self.peek() != Some(b'/') {
            return self.unless(noted, mistakes::stray_in(layer, self.pos, self.rest()));
        }
        let mut fields = Vec::new();
        let mut end = self.pos;
        loop {
            self.blanks();
            let Some(byte) = self.peek() else { break };
            if !is_word(byte) {
                if !matches!(byte, b'{' | b'}' | b'/' | b'"' | b'\'' | b'@') {
                    self.unless::<()>(noted, mistakes::stray(self.pos, self.rest()));
                    self.sync();
                    end = self.pos;
                }
                break;
            }
            let start = self.pos;
            let keyword = self.peek_keyword().is_some();
            let literal = self.at_bytes();
            let name = Name { text: self.word(), span: self.span_from(start) };
            match self.op(name) {
                Some(op) => {
                    fields.push(self.setting(name, op));
                    end = self.pos;
                }
                None if keyword || literal || name.text.is_empty() => {
                    self.pos = start;
                    break;
                }
                None if noted => return None,
                None => {
                    noted = true;
                    let behind = (main.is_none() && fields.is_empty()).then_some(layer);
                    if self.bare_word(behind, name) {
                        // What follows is that layer's.
                        self.pos = start;
                        break;
                    }
                    end = self.pos;
                }
            }
        }
        let mut items = None;
        if self.peek() == Some(b'{') {
            items = self.braces(depth);
            end = self.pos;
        }
        is_name.then_some(Layer { name: layer, main, fields, items, span: Span::new(start, end) })
    }

    /// Notes a mistake unless its part has one already.
    fn unless<T>(&mut self, noted: bool, mistake: Diagnostic) -> Option<T> {
        if noted { None } else { self.note(mistake) }
    }

    /// A word without an operator among the fields: `dport 53`, or a forgotten ` / `; whether it is taken for a layer.
    fn bare_word(&mut self, layer: Option<Name<'s>>, name: Name<'s>) -> bool {
        if !self.ends_word(0) && self.peek() != Some(b'/') {
            self.note::<()>(mistakes::stray_in(name, self.pos, self.rest()));
            self.next_field();
            return false;
        }
        self.blanks();
        let value = self.peek_word();
        if value.starts_with(|c: char| c.is_ascii_digit()) && !name.text.starts_with(|c: char| c.is_ascii_digit()) {
            self.note::<()>(mistakes::forgotten_operator(name, value));
            self.pos += value.len();
            return false;
        }
        self.note::<()>(mistakes::bare_word(layer, name));
        is_name(name.text)
    }

    /// From a mistake in a value to the next field or item of this part, else to the part's end, saying nothing.
    fn next_field(&mut self) {
        loop {
            while !self.at_blank() {
                match self.peek() {
                    // Glued to the word, as in `${NAME}`.
                    Some(b'{') => self.skip_braces(),
                    None | Some(b'}') => return,
                    Some(b'/') if self.at_word_start() => return,
                    Some(_) => self.skip_one(),
                }
            }
            self.blanks();
            let start = self.pos;
            let is_field = is_name(self.word()) && {
                self.blanks();
                matches!(self.peek(), Some(b'=')) || self.rest().starts_with("!=")
            };
            self.pos = start;
            if is_field || self.peek() == Some(b'{') {
                return;
            }
            if self.peek_word().is_empty() || self.peek_keyword().is_some() {
                return self.sync();
            }
        }
    }

    /// The operator behind a name, blanks or not; its look-alikes are noted and taken for it.
    fn op(&mut self, name: Name<'s>) -> Option<Op> {
        let behind_name = self.pos;
        self.blanks();
        let start = self.pos;
        let op = if self.eat("!=") {
            if !self.mode.is_pattern() {
                self.note::<()>(mistakes::unequal_in_frame(self.span_from(start), name.text));
            }
            return Some(Op::IsNot);
        } else if self.eat("==") {
            mistakes::double_equals(self.span_from(start), name.text)
        } else if self.eat("=") {
            return Some(Op::Is);
        } else if self.eat("<") || self.eat(">") {
            self.eat("=");
            let op = self.since(start);
            mistakes::comparison(self.span_from(start), name.text, op, self.rest().trim_start())
        } else {
            self.pos = behind_name;
            return None;
        };
        self.note::<()>(op);
        Some(Op::Is)
    }

    /// What follows `name op`. A value that is not understood has no members.
    fn setting(&mut self, name: Name<'s>, op: Op) -> Setting<'s> {
        let behind_op = self.pos;
        let span = name.span.to(self.span_from(behind_op));
        self.blanks();
        let value = if self.pos > behind_op && self.value_is_missing() {
            // An empty shell variable: what follows is the next field, or the end of this part.
            self.note(mistakes::missing_value(span))
        } else if self.peek().is_none_or(|b| matches!(b, b'}' | b'/' | b'{')) {
            self.note::<()>(mistakes::missing_value(span));
            if self.pos == behind_op {
                self.next_field();
            }
            None
        } else {
            let value = self.value();
            if value.is_none() {
                self.next_field();
            }
            value
        };
        let value = value.unwrap_or_else(|| Value::none(span));
        Setting { name, op, span: name.span.to(value.span), value }
    }

    /// Whether a blank follows the operator and then no value but something else.
    fn value_is_missing(&mut self) -> bool {
        let start = self.pos;
        let missing = self.peek_keyword().is_some() || {
            !self.word().is_empty() && {
                self.blanks();
                self.peek() == Some(b'=') || self.rest().starts_with("!=")
            }
        };
        self.pos = start;
        missing
    }

    /// `"{" [ chain ] "}"`
    pub(super) fn braces(&mut self, depth: usize) -> Option<Chain<'s>> {
        let open = self.pos;
        if depth == MAX_DEPTH {
            self.note::<()>(mistakes::too_deep(Span::new(open, open + 1)));
            self.skip_braces();
            return None;
        }
        self.pos += 1;
        let (mut chain, _) = self.chain(depth + 1);
        if !self.eat("}") && !std::mem::replace(&mut self.unclosed, true) {
            self.note::<()>(mistakes::unclosed_brace(Span::new(open, open + 1)));
        }
        if chain.parts.is_empty() {
            chain.span = self.span_from(open);
        }
        Some(chain)
    }
}
