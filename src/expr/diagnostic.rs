//! What is wrong with an expression, where, and how to mend it.

use super::ast::Span;
use super::parser::MAX_MISTAKES;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The place.
    pub span: Span,
    /// What is wrong, one line without a full stop: `unknown field 'dprt'`.
    pub message: String,
    /// What stands beside the caret: `udp has no field of this name`. May be empty.
    pub label: String,
    /// The remedy: `did you mean 'dport'?`
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: String::new(), help: None }
    }

    /// The same with words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All mistakes of one expression, never empty when given as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// These and others, in the order of their places, of each place the first; at most [`MAX_MISTAKES`].
    #[must_use]
    pub fn and(mut self, others: Vec<Diagnostic>) -> Self {
        self.0.extend(others);
        self.0.sort_by_key(|one| one.span.start);
        self.0.dedup_by_key(|one| one.span.start);
        self.0.truncate(MAX_MISTAKES);
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

impl std::fmt::Display for Diagnostics {
    /// The messages alone, one a line; [`Diagnostics::render`] shows the places.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, one) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", one.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
