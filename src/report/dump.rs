//! A frame as its expression and, below it, its bytes, both coloured by layer.

use super::colour::Style;
use super::hexdump;
use crate::frame::{View, expressions};
use std::fmt::Write;

/// Appends the expression and the hexdump; each layer has one colour in both.
pub fn write(view: View, coloured: bool, out: &mut String) {
    let mut ranges = Vec::new();
    for (i, (node, part)) in expressions(view).enumerate() {
        // Writing to a string does not fail.
        let _ = write!(out, "{}{}", if i > 0 { " / " } else { "" }, Style::layer(i).paint(coloured, part));
        ranges.push((node.start..node.header_end, Style::layer(i)));
    }
    out.push('\n');
    let _ = hexdump::write(out, 2, view.bytes, if coloured { &ranges } else { &[] });
}
