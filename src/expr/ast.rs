//! The syntax tree. Every node keeps the place it came from, for carets.

use std::borrow::Cow;

/// Byte offsets into the source text, `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A name as written: of a layer, an item or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'s> {
    /// The characters.
    pub text: &'s str,
    /// Where they stand.
    pub span: Span,
}

/// `[ "zip" ] chain`: what is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'s> {
    /// Sets step together instead of giving every combination.
    pub zip: Option<Span>,
    /// The parts.
    pub chain: Chain<'s>,
}

/// What is matched: chains under `not`, `and`, `or`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern<'s> {
    /// One of these; two or more.
    Or(Vec<Pattern<'s>>),
    /// All of these; two or more.
    And(Vec<Pattern<'s>>),
    /// Not this.
    Not(Box<Pattern<'s>>),
    /// A frame of this form.
    Chain(Frame<'s>),
}

/// Parts with ` / ` between them; in braces it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain<'s> {
    /// The parts in order.
    pub parts: Vec<Part<'s>>,
    /// From the first to the last; of an empty one, the braces.
    pub span: Span,
}

/// One part of a chain.
#[expect(clippy::large_enum_variant, reason = "most parts are layers")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'s> {
    /// A layer, or in braces an item.
    Layer(Layer<'s>),
    /// Literal bytes.
    Bytes(Bytes<'s>),
    /// `..`, a gap; patterns only, and where a part was not understood.
    Gap(Span),
}

/// `name [op value] { name op value } [ "{" chain "}" ]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer<'s> {
    /// The layer's name.
    pub name: Name<'s>,
    /// `op value` right behind the name: the main field. Its `name` is the layer's.
    pub main: Option<Setting<'s>>,
    /// The fields in the order written.
    pub fields: Vec<Setting<'s>>,
    /// What stands in braces.
    pub items: Option<Chain<'s>>,
    /// From the name to the closing brace.
    pub span: Span,
}

impl<'s> Layer<'s> {
    /// The main field's setting and then the others, as written.
    pub fn settings(&self) -> impl Iterator<Item = &Setting<'s>> {
        self.main.iter().chain(&self.fields)
    }
}

/// `name op value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<'s> {
    /// The field's name.
    pub name: Name<'s>,
    /// `=` or `!=`.
    pub op: Op,
    /// What it is set to or tested against.
    pub value: Value<'s>,
    /// From the name to the end of the value.
    pub span: Span,
}

/// The operator between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Is,
    /// `!=`, patterns only.
    IsNot,
}

/// A part of byte literals side by side: `"GET " 0x0d0a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes<'s> {
    /// One or more.
    pub literals: Vec<Value<'s>>,
    /// From the first to the last.
    pub span: Span,
}

/// `[ "rand:" ] set [ "*" set ]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'s> {
    /// Draw one member anew for each frame.
    pub rand: bool,
    /// The members.
    pub set: Set<'s>,
    /// How often, bytes only.
    pub repeat: Option<Set<'s>>,
    /// The whole value.
    pub span: Span,
}

impl Value<'_> {
    /// What stands for a value that was not understood, or is not there.
    pub(super) const fn none(span: Span) -> Self {
        Self { rand: false, set: Set { members: Vec::new(), span }, repeat: None, span }
    }

    /// Whether it was understood.
    pub const fn is_there(&self) -> bool {
        !self.set.members.is_empty()
    }
}

/// Members with `,` between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<'s> {
    /// One or more; none where the value was not understood.
    pub members: Vec<Member<'s>>,
    /// From the first to the last.
    pub span: Span,
}

/// One member of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member<'s> {
    /// A single value.
    One(Atom<'s>),
    /// `atom/digits`; the digits are kept as written.
    Prefix(Atom<'s>, Name<'s>),
    /// `a..b`, `a..b..step`, `a..`, `..b`; at least one end is there; `step` is kept as written.
    Range {
        /// The first value, or the least of its type.
        from: Option<Atom<'s>>,
        /// The last value, or the greatest of its type.
        to: Option<Atom<'s>>,
        /// The distance between neighbours, digits.
        step: Option<Name<'s>>,
        /// The whole range.
        span: Span,
    },
}

impl Member<'_> {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::One(atom) => atom.span,
            Self::Prefix(atom, digits) => atom.span.to(digits.span),
            Self::Range { span, .. } => *span,
        }
    }
}

/// A value that is not taken apart here: what it means is the field's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom<'s> {
    /// Its form.
    pub kind: AtomKind<'s>,
    /// With its quotes or its `@`.
    pub span: Span,
}

/// The three forms of an atom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtomKind<'s> {
    /// Quoted text with its escapes resolved (`\xNN` gives any byte).
    Text(Cow<'s, [u8]>),
    /// `@path`: whoever runs the expression loads it.
    File(Cow<'s, str>),
    /// Anything else, as written.
    Word(&'s str),
}

/// One line of a frame file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'s> {
    /// `+1.5ms` in front: nanoseconds since the frame before, negative where the clock ran back.
    pub delay: Option<i64>,
    /// The frame.
    pub frame: Frame<'s>,
}

/// `pattern "then" frame`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'s> {
    /// What is answered.
    pub pattern: Pattern<'s>,
    /// The answer. A closing `..` is allowed here and kept as the last part.
    pub reply: Frame<'s>,
}
