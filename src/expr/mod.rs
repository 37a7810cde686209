//! The frame language as text: from characters to a syntax tree with spans, and back.
//!
//! This module knows no protocol: values stay text with their place, [`crate::frame`] gives them a type.
//! Start reading at [`ast`]; the grammar is in `docs/language.md`.

pub mod ast;
mod diagnostic;
mod nearest;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use nearest::nearest;
