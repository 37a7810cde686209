//! A frame as its expression and, below it, its bytes, both coloured by layer.

use super::colour::Style;
use super::hexdump;
use crate::frame::{View, expressions};
use std::fmt::Write;

/// Appends the expression and the hexdump; each layer has one colour in both.
pub fn write(view: View, coloured: bool, out: &mut String) {
    for (i, (_, part)) in expressions(view).enumerate() {
        // Writing to a string does not fail.
        let _ = write!(out, "{}{}", if i > 0 { " / " } else { "" }, Style::layer(i).paint(coloured, part));
    }
    out.push('\n');
    bytes(view, coloured, out);
}

/// Appends the hexdump alone.
pub fn bytes(view: View, coloured: bool, out: &mut String) {
    let layers = view.nodes.iter().filter(|n| n.depth == 0 && coloured).enumerate();
    let ranges: Vec<_> = layers.map(|(i, n)| (n.start..n.header_end, Style::layer(i))).collect();
    let _ = hexdump::write(out, 2, view.bytes, &ranges);
}
