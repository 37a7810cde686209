//! Words to a syntax tree by recursive descent, one function a rule of the grammar.
//!
//! A mistake is noted, what it made unreadable is skipped, and parsing goes on: one run finds them all. The tree is given
//! with the mistakes, so that whoever types it can tell what is wrong with the rest: [`Parsed`] says what stands for the
//! places that were not understood.

use super::ast::{Chain, Frame, Line, Part, Pattern, Rule, Span};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::lexer::{is_blank, is_word};
use super::mistakes;

/// How deep braces may be nested.
pub const MAX_DEPTH: usize = 64;

/// More mistakes than anyone reads are not kept.
pub const MAX_MISTAKES: usize = 100;

/// A tree of what was understood, and the mistakes in the order of their places.
///
/// A part that was not understood is a gap, a value that was not has no members; a layer keeps what was understood of it.
#[derive(Clone, Debug)]
pub struct Parsed<T> {
    /// What was understood; all of it if there are no mistakes.
    pub tree: T,
    /// What was not.
    pub mistakes: Diagnostics,
}

impl<T> Parsed<T> {
    /// The tree, if all of it was understood.
    ///
    /// # Errors
    /// The mistakes.
    pub fn whole(self) -> Result<T, Diagnostics> {
        if self.mistakes.0.is_empty() { Ok(self.tree) } else { Err(self.mistakes) }
    }
}

/// What is being parsed: it decides which words are allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// What is built.
    Frame,
    /// The answer of a rule: a frame that may close with `..`.
    Reply,
    /// What is matched.
    Pattern,
    /// The pattern of a rule, up to `then`.
    Question,
}

impl Mode {
    /// Whether `!=` and `..` may be written.
    pub(super) fn is_pattern(self) -> bool {
        matches!(self, Self::Pattern | Self::Question)
    }

    /// Whether this keyword ends a chain.
    pub(super) fn parts_at(self, keyword: &str) -> bool {
        match keyword {
            "and" | "or" => self.is_pattern(),
            "then" => self == Self::Question,
            _ => false,
        }
    }
}

/// The source, the place reached, and the mistakes so far.
pub(super) struct Parser<'s> {
    pub(super) src: &'s str,
    pub(super) pos: usize,
    pub(super) mode: Mode,
    pub(super) mistakes: Vec<Diagnostic>,
    /// An unclosed quote or brace was noted; what else is missing at the end follows from it.
    pub(super) unclosed: bool,
    gap_in_reply: Option<Span>,
}

/// Parses what is built: `[ "zip" ] chain`.
pub fn read_frame(source: &str) -> Parsed<Frame<'_>> {
    let mut parser = Parser::new(source, Mode::Frame);
    let frame = parser.frame();
    parser.finish(frame)
}

/// The same where only a whole tree is of use.
///
/// # Errors
/// All mistakes, in the order of their places.
pub fn parse_frame(source: &str) -> Result<Frame<'_>, Diagnostics> {
    read_frame(source).whole()
}

/// Parses what is matched: chains under `not`, `and`, `or`.
pub fn read_pattern(source: &str) -> Parsed<Pattern<'_>> {
    let mut parser = Parser::new(source, Mode::Pattern);
    let pattern = parser.pattern();
    parser.finish(pattern)
}

/// The same where only a whole tree is of use.
///
/// # Errors
/// All mistakes, in the order of their places.
pub fn parse_pattern(source: &str) -> Result<Pattern<'_>, Diagnostics> {
    read_pattern(source).whole()
}

/// Parses `pattern "then" frame`, a rule of the command `answer`.
pub fn read_rule(source: &str) -> Parsed<Rule<'_>> {
    let mut parser = Parser::new(source, Mode::Question);
    let pattern = parser.pattern();
    let then = parser.peek_keyword() == Some("then");
    if then {
        parser.pos += "then".len();
    } else {
        parser.note::<()>(mistakes::no_then(source.len()));
    }
    parser.mode = Mode::Reply;
    let reply = if then { parser.frame() } else { Frame { zip: None, chain: Chain::default() } };
    parser.finish(Rule { pattern, reply })
}

/// The same where only a whole tree is of use.
///
/// # Errors
/// All mistakes, in the order of their places.
pub fn parse_rule(source: &str) -> Result<Rule<'_>, Diagnostics> {
    read_rule(source).whole()
}

/// Parses a logical line of a frame file: `[ delay ] frame`, or none if it is blank or only a comment.
pub fn read_line(source: &str) -> Parsed<Option<Line<'_>>> {
    let mut parser = Parser::new(source, Mode::Frame);
    parser.blanks();
    if parser.peek().is_none() {
        return parser.finish(None);
    }
    let delay = parser.delay();
    let frame = parser.frame();
    parser.finish(Some(Line { delay, frame }))
}

/// The same where only a whole tree is of use.
///
/// # Errors
/// All mistakes, in the order of their places.
pub fn parse_line(source: &str) -> Result<Option<Line<'_>>, Diagnostics> {
    read_line(source).whole()
}

impl<'s> Parser<'s> {
    fn new(src: &'s str, mode: Mode) -> Self {
        Self { src, pos: 0, mode, mistakes: Vec::new(), unclosed: false, gap_in_reply: None }
    }

    /// Notes a mistake. The none is for `return self.note(...)`.
    pub(super) fn note<T>(&mut self, mistake: Diagnostic) -> Option<T> {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push(mistake);
        }
        None
    }

    fn finish<T>(self, tree: T) -> Parsed<T> {
        Parsed { tree, mistakes: Diagnostics::default().and(self.mistakes) }
    }

    /// `[ "zip" ] chain`, up to the end.
    fn frame(&mut self) -> Frame<'s> {
        let start = self.pos;
        let (frame, seen) = self.zipped();
        if !seen {
            let mistake = match frame.zip {
                Some(zip) => mistakes::nothing_behind(zip, "zip"),
                None if self.mode == Mode::Reply => mistakes::nothing_behind(Span::new(start - 4, start), "then"),
                None => mistakes::empty(self.src.len()),
            };
            self.note::<()>(mistake);
        }
        frame
    }

    /// `[ "zip" ] chain`, and whether anything stood there.
    fn zipped(&mut self) -> (Frame<'s>, bool) {
        self.blanks();
        let start = self.pos;
        let zip = (self.peek_keyword() == Some("zip")).then(|| {
            self.pos += "zip".len();
            self.span_from(start)
        });
        let (chain, seen) = self.chain(0);
        (Frame { zip, chain }, seen)
    }

    /// `both { "or" both }`; `and` binds tighter.
    fn pattern(&mut self) -> Pattern<'s> {
        let mut ors = Vec::new();
        let mut ands = Vec::new();
        let mut before: Option<(Span, &str)> = None;
        loop {
            ands.push(self.term(before));
            let start = self.pos;
            let keyword = self.peek_keyword().filter(|k| matches!(*k, "and" | "or"));
            if keyword != Some("and") {
                ors.push(one_or(Pattern::And, std::mem::take(&mut ands)));
            }
            let Some(keyword) = keyword else { return one_or(Pattern::Or, ors) };
            self.pos += keyword.len();
            before = Some((self.span_from(start), keyword));
        }
    }

    /// `[ "not" ] chain`
    fn term(&mut self, mut before: Option<(Span, &str)>) -> Pattern<'s> {
        self.blanks();
        let mut not = None;
        while self.peek_keyword() == Some("not") {
            let start = self.pos;
            self.pos += "not".len();
            if not.replace(self.span_from(start)).is_some() {
                self.note::<()>(mistakes::not_not(self.span_from(start)));
            }
            before = Some((self.span_from(start), "not"));
            self.blanks();
        }
        let (frame, seen) = self.zipped();
        if !seen {
            let mistake = match (before, self.peek_keyword()) {
                _ if frame.zip.is_some() => mistakes::nothing_behind(frame.zip.unwrap_or_default(), "zip"),
                (Some((span, word)), _) => mistakes::nothing_behind(span, word),
                (None, Some(word)) => mistakes::nothing_before(Span::new(self.pos, self.pos + word.len()), word),
                (None, None) => mistakes::empty(self.src.len()),
            };
            self.note::<()>(mistake);
        }
        let chain = Pattern::Chain(frame);
        if not.is_some() { Pattern::Not(Box::new(chain)) } else { chain }
    }

    /// `part { "/" part }` up to the closing brace, a joining keyword or the end; and whether anything stood there.
    pub(super) fn chain(&mut self, depth: usize) -> (Chain<'s>, bool) {
        let mut parts = Vec::new();
        let mut slash = None;
        let (mut seen, mut behind_part) = (false, false);
        loop {
            self.blanks();
            let Some(byte) = self.peek() else { break };
            let here = Span::new(self.pos, self.pos + 1);
            if byte == b'}' {
                if depth > 0 {
                    break;
                }
                self.pos += 1;
                seen = true;
                if !self.unclosed {
                    self.note::<()>(mistakes::stray_brace(here));
                }
                continue;
            }
            if byte == b'/' {
                let span = self.slash();
                if !std::mem::take(&mut behind_part) {
                    self.note::<()>(mistakes::nothing_between(span, seen));
                    parts.push(Part::Gap(span));
                }
                seen = true;
                slash = Some(span);
                continue;
            }
            if let Some(keyword) = self.peek_keyword() {
                if depth == 0 && self.mode.parts_at(keyword) {
                    break;
                }
                let span = Span::new(self.pos, self.pos + keyword.len());
                self.pos += keyword.len();
                self.note::<()>(mistakes::misplaced_keyword(span, keyword, self.mode.is_pattern(), depth > 0));
                parts.push(Part::Gap(span));
                (seen, behind_part, slash) = (true, false, None);
                continue;
            }
            self.check_reply_gap();
            let forgotten = behind_part && (is_word(byte) || matches!(byte, b'"' | b'\'' | b'@'));
            if forgotten {
                self.note::<()>(mistakes::forgotten_slash(self.pos, self.rest()));
            }
            (seen, behind_part, slash) = (true, true, None);
            if let Some(part) = self.part(depth, forgotten) {
                parts.push(part);
            } else {
                self.sync();
                parts.push(Part::Gap(Span::new(here.start, self.pos)));
            }
        }
        if let Some(slash) = slash.filter(|_| !behind_part) {
            self.note::<()>(mistakes::nothing_behind(slash, "/"));
        }
        let span = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => part_span(first).to(part_span(last)),
            _ => self.span_from(self.pos),
        };
        (Chain { parts, span }, seen)
    }

    /// A gap in a reply that turned out not to be its last part.
    fn check_reply_gap(&mut self) {
        if let Some(span) = self.gap_in_reply.take() {
            self.note::<()>(mistakes::gap_inside_reply(span));
        }
    }

    /// The separator; blanks must be around it.
    fn slash(&mut self) -> Span {
        let start = self.pos;
        let bytes = self.src.as_bytes();
        let parted = start == 0 || bytes.get(start - 1).is_some_and(|&b| is_blank(b) || b == b'}' || b == b'{');
        while self.peek() == Some(b'/') {
            self.pos += 1;
        }
        let span = self.span_from(start);
        if !parted || !self.ends_word(0) || span.end - span.start > 1 {
            self.note::<()>(mistakes::tight_slash(span));
        }
        span
    }

    /// A layer, bytes or a gap. None: noted, the rest of the part is to be skipped.
    fn part(&mut self, depth: usize, noted: bool) -> Option<Part<'s>> {
        let start = self.pos;
        match self.peek()? {
            _ if self.at_bytes() => self.bytes().map(Part::Bytes),
            b'.' if self.rest().starts_with("..") => self.gap(depth).map(Part::Gap),
            b'{' => {
                self.note::<()>(mistakes::brace_without_layer(Span::new(start, start + 1)));
                self.braces(depth).map(|_| Part::Gap(Span::new(start, start)))
            }
            byte if is_word(byte) => self.layer(depth, noted).map(Part::Layer),
            _ => self.note(mistakes::stray(start, self.rest())),
        }
    }

    /// `..`
    fn gap(&mut self, depth: usize) -> Option<Span> {
        let start = self.pos;
        self.pos += 2;
        if !self.ends_word(0) && self.peek() != Some(b'/') {
            return self.note(mistakes::stray(start, self.src.get(start..).unwrap_or_default()));
        }
        let span = self.span_from(start);
        match self.mode {
            Mode::Frame => self.note(mistakes::gap_in_frame(span)),
            Mode::Reply if depth > 0 => self.note(mistakes::gap_inside_reply(span)),
            Mode::Reply => {
                self.gap_in_reply = Some(span);
                Some(span)
            }
            Mode::Pattern | Mode::Question => Some(span),
        }
    }
}

/// The only one, or all of them under `join`.
fn one_or<'s>(join: fn(Vec<Pattern<'s>>) -> Pattern<'s>, mut patterns: Vec<Pattern<'s>>) -> Pattern<'s> {
    match patterns.len() {
        1 => patterns.remove(0),
        _ => join(patterns),
    }
}

/// Where a part stands.
fn part_span(part: &Part<'_>) -> Span {
    match part {
        Part::Layer(layer) => layer.span,
        Part::Bytes(bytes) => bytes.span,
        Part::Gap(span) => *span,
    }
}
