//! Diagnostics for people: the source line, carets, the remedy.
//!
//! Sources come from outside and may hold anything: nothing of them reaches the terminal as a control character.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::ast::Span;
use super::diagnostic::{Diagnostic, Diagnostics};

impl Diagnostics {
    /// The mistakes with their places in `source`, as rustc shows them. `colour` adds ANSI escapes.
    pub fn render(&self, source: &str, colour: bool) -> String {
        self.render_from(source, None, colour)
    }

    /// The same for a piece of a file: `name` is the file's, `line` the number of the first line of `source`.
    pub fn render_at(&self, source: &str, name: &str, line: usize, colour: bool) -> String {
        self.render_from(source, Some((name, line)), colour)
    }

    fn render_from(&self, source: &str, origin: Option<(&str, usize)>, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let shown = harmless(source, true);
        let mut out = String::new();
        for (i, one) in self.0.iter().enumerate() {
            if i > 0 {
                out.push_str("\n\n");
            }
            out.push_str(&render_one(one, source, &shown, origin, &renderer));
        }
        out
    }
}

fn render_one(
    one: &Diagnostic,
    source: &str,
    shown: &str,
    origin: Option<(&str, usize)>,
    renderer: &Renderer,
) -> String {
    let (path, line) = origin.map_or((None, 1), |(name, line)| (Some(harmless(name, false)), line));
    let label = Some(one.label.as_str()).filter(|label| !label.is_empty()).map(|label| harmless(label, false));
    let snippet = Snippet::source(shown)
        .path(path)
        .line_start(line)
        .line_numbering(origin.is_some() || source.contains('\n'))
        .annotation(AnnotationKind::Primary.span(place(one.span, source)).label(label));
    let mut group = Level::ERROR.primary_title(harmless(&one.message, false)).element(snippet);
    if let Some(help) = &one.help {
        group = group.element(Level::HELP.message(harmless(help, false)));
    }
    renderer.render(&[group])
}

/// A span of `source` as a range of its harmless form: inside it and on whole characters.
fn place(span: Span, source: &str) -> std::ops::Range<usize> {
    let start = char_start(source, span.start);
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    let offset = |at: usize| source.get(..at).map_or(0, |head| harmless(head, true).len());
    offset(start)..offset(end)
}

/// The last beginning of a character that is not behind `at`.
fn char_start(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text with a visible character for each one that steers a terminal, so that columns stay. A line break stays if
/// `lines`; blanks stand for the other white space.
fn harmless(text: &str, lines: bool) -> Cow<'_, str> {
    let keeps = |c: char| visible(c, lines) == c;
    if text.chars().all(keeps) { Cow::Borrowed(text) } else { text.chars().map(|c| visible(c, lines)).collect() }
}

fn visible(ch: char, lines: bool) -> char {
    match ch {
        '\n' if lines => ch,
        '\t' | '\r' | '\n' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(ch)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        // C1 controls, direction marks, zero-width characters, line and paragraph separators
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        _ => ch,
    }
}
