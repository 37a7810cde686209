//! Reading TOML so that every mistake is told with its place: the tables and values of a suite file, taken out one by one.

use super::text::Text;
use crate::expr::ast::Span;
use crate::expr::{Diagnostic, Diagnostics, nearest};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file, and what is wrong with it so far.
pub struct Reader<'f> {
    pub file: &'f str,
    pub mistakes: Vec<Diagnostic>,
}

impl<'f> Reader<'f> {
    pub fn new(file: &'f str) -> Self {
        Self { file, mistakes: Vec::new() }
    }

    pub fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let one = Diagnostic::new(Span::new(span.start, span.end), message);
        let help = help.into();
        self.mistakes.push(if help.is_empty() { one } else { one.help(help) });
    }

    /// All mistakes in the order of their places.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Diagnostics> {
        self.mistakes.sort_by_key(|one| one.span.start);
        match value {
            Some(value) if self.mistakes.is_empty() => Ok(value),
            _ => Err(Diagnostics(self.mistakes)),
        }
    }

    /// The line that a place is in, from 1.
    pub fn line(&self, at: usize) -> usize {
        1 + self.file.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
    }
}

/// A table whose entries are taken out one after the other; what is left at the end is unknown.
pub struct Table<'t, 'f> {
    entries: &'t DeTable<'f>,
    /// Where it stands.
    pub span: Range<usize>,
    known: Vec<&'static str>,
}

/// One value with its place.
pub type Value<'t, 'f> = &'t Spanned<DeValue<'f>>;

impl<'t, 'f> Table<'t, 'f> {
    pub fn new(entries: &'t DeTable<'f>, span: Range<usize>) -> Self {
        Self { entries, span, known: Vec::new() }
    }

    /// The table that `value` is.
    pub fn of(value: Value<'t, 'f>, what: &str, reader: &mut Reader) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(entries) => Some(Self::new(entries, value.span())),
            other => {
                reader.wrong(value.span(), format!("{what} is a table, and this is {}", kind(other)), "");
                None
            }
        }
    }

    pub fn take(&mut self, key: &'static str) -> Option<Value<'t, 'f>> {
        self.known.push(key);
        self.entries.get(key)
    }

    /// The entry, which must be there.
    pub fn need(&mut self, key: &'static str, example: &str, reader: &mut Reader) -> Option<Value<'t, 'f>> {
        let found = self.take(key);
        if found.is_none() {
            reader.wrong(self.span.clone(), format!("'{key}' is missing here"), format!("write {example}"));
        }
        found
    }

    /// Tells every entry that nothing asked for.
    pub fn end(self, reader: &mut Reader) {
        for key in self.entries.keys().filter(|key| !self.known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let help = match nearest(name, self.known.iter().copied()) {
                Some(nearest) => format!("did you mean '{nearest}'?"),
                None => format!("there are: {}", self.known.join(", ")),
            };
            reader.wrong(key.span(), format!("unknown key '{}'", name.escape_debug()), help);
        }
    }
}

/// What a value is, in words.
fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A string; `example` is what such a value looks like.
pub fn text(value: Value, example: &str, reader: &mut Reader) -> Option<Text> {
    match value.get_ref() {
        DeValue::String(text) => Some(Text::new(reader.file, value.span(), text)),
        other => {
            let message = format!("a string is expected, and this is {}", kind(other));
            reader.wrong(value.span(), message, format!("write {example}"));
            None
        }
    }
}

/// A string that `parse` understands.
pub fn parsed<T>(
    value: Value,
    example: &str,
    reader: &mut Reader,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let text = text(value, example, reader)?;
    parse(text.as_str()).map_err(|error| reader.wrong(value.span(), error, format!("write {example}"))).ok()
}

/// A whole number from `least` on.
pub fn whole(value: Value, least: u64, reader: &mut Reader) -> Option<u64> {
    let number = match value.get_ref() {
        DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    };
    let number = number.filter(|number| *number >= least);
    if number.is_none() {
        reader.wrong(value.span(), format!("a whole number from {least} on is expected"), "");
    }
    number
}

/// A list, or one value that stands for a list of one.
pub fn many<'t, 'f>(value: Value<'t, 'f>) -> Vec<Value<'t, 'f>> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    }
}
