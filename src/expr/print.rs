//! The syntax tree as canonical text: what is printed parses to the same tree, places apart.
//!
//! Trees must have the shape that the parser gives: there are no parentheses, so no `Or` under an `And`.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{
    Atom, AtomKind, Bytes, Chain, Frame, Layer, Line, Member, Op, Part, Pattern, Rule, Set, Setting, Value,
};
use super::lexer::{is_blank, is_word};
use super::lines::UNITS;

/// Appends `bytes` as a double-quoted literal: printable ASCII as it is, the rest as escapes.
///
/// It parses back to exactly these bytes.
pub fn write_text_literal(out: &mut String, bytes: &[u8]) {
    // Writing to a string does not fail.
    let _ = quoted(out, bytes);
}

/// Appends a delay in front of a frame, `+1.5ms`: exact, in the greatest unit that is not longer than it.
pub fn write_delay(out: &mut String, nanoseconds: i64) {
    let _ = delay(out, nanoseconds);
}

fn quoted(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    out.write_char('"')?;
    for &byte in bytes {
        match byte {
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b' '..=b'~' => out.write_char(byte.into())?,
            _ => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char('"')
}

fn delay(out: &mut impl Write, nanoseconds: i64) -> fmt::Result {
    let size = nanoseconds.unsigned_abs();
    let (unit, scale) = UNITS.into_iter().find(|(_, scale)| size >= *scale).unwrap_or(UNITS[0]);
    out.write_char(if nanoseconds < 0 { '-' } else { '+' })?;
    write!(out, "{}", size / scale)?;
    let rest = size % scale;
    if rest > 0 {
        let width = scale.ilog10() as usize;
        write!(out, ".{}", format!("{rest:0width$}").trim_end_matches('0'))?;
    }
    out.write_str(unit)
}

/// Writes all with `between` between them.
fn join<T: Display>(f: &mut Formatter<'_>, all: &[T], between: &str) -> fmt::Result {
    for (i, one) in all.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        one.fmt(f)?;
    }
    Ok(())
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(nanoseconds) = self.delay {
            delay(f, nanoseconds)?;
            f.write_char(' ')?;
        }
        self.frame.fmt(f)
    }
}

impl Display for Rule<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} then {}", self.pattern, self.reply)
    }
}

impl Display for Frame<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.zip.is_some() {
            f.write_str("zip ")?;
        }
        self.chain.fmt(f)
    }
}

impl Display for Pattern<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(all) => join(f, all, " or "),
            Self::And(all) => join(f, all, " and "),
            Self::Not(one) => write!(f, "not {one}"),
            Self::Chain(frame) => frame.fmt(f),
        }
    }
}

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, &self.parts, " / ")
    }
}

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer(layer) => layer.fmt(f),
            Self::Bytes(bytes) => bytes.fmt(f),
            Self::Gap(_) => f.write_str(".."),
        }
    }
}

impl Display for Layer<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.main {
            Some(main) => main.fmt(f)?,
            None => f.write_str(self.name.text)?,
        }
        for field in &self.fields {
            write!(f, " {field}")?;
        }
        if let Some(items) = &self.items {
            write!(f, " {{{items}}}")?;
        }
        Ok(())
    }
}

impl Display for Setting<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.name.text, self.op, self.value)
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Is => "=",
            Self::IsNot => "!=",
        })
    }
}

impl Display for Bytes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, &self.literals, " ")
    }
}

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.rand {
            f.write_str("rand:")?;
        }
        match (&self.set.members[..], &self.repeat) {
            // A bare file name goes on to the next blank, so nothing may follow.
            ([Member::One(Atom { kind: AtomKind::File(path), .. })], None) if is_bare_path(path) => {
                write!(f, "@{path}")
            }
            (_, None) => self.set.fmt(f),
            (_, Some(times)) => write!(f, "{}*{times}", self.set),
        }
    }
}

/// Whether a file name needs no quotes.
fn is_bare_path(path: &str) -> bool {
    !path.is_empty() && path.bytes().all(|b| !is_blank(b) && (is_word(b) || b == b'/'))
}

impl Display for Set<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, &self.members, ",")
    }
}

impl Display for Member<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(atom) => atom.fmt(f),
            Self::Prefix(atom, bits) => write!(f, "{atom}/{}", bits.text),
            Self::Range { from, to, step, .. } => {
                if let Some(from) = from {
                    from.fmt(f)?;
                }
                f.write_str("..")?;
                if let Some(to) = to {
                    to.fmt(f)?;
                }
                match step {
                    Some(step) => write!(f, "..{}", step.text),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Display for Atom<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            AtomKind::Text(bytes) => quoted(f, bytes),
            AtomKind::File(path) => {
                f.write_char('@')?;
                quoted(f, path.as_bytes())
            }
            AtomKind::Word(word) => f.write_str(word),
        }
    }
}
