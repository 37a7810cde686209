//! The frame language as text: from characters to a syntax tree with spans, and back.
//!
//! This module knows no protocol: values stay text with their place, [`crate::frame`] gives them a type.
//! Start reading at [`ast`]; the grammar is in `docs/language.md`.

pub mod ast;
mod diagnostic;
mod layer;
mod lexer;
mod lines;
mod mistakes;
mod nearest;
mod parser;
mod print;
mod render;
#[cfg(test)]
mod tests;
mod value;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use lines::{duration, logical_lines};
pub use nearest::nearest;
pub use parser::{
    MAX_DEPTH, MAX_MISTAKES, Parsed, parse_frame, parse_line, parse_pattern, parse_rule, read_frame, read_line,
    read_pattern, read_rule,
};
pub use print::{write_delay, write_text_literal};
