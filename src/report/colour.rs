//! When output is coloured, and the colours.

use clap::ValueEnum;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, IsTerminal};

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// Whether standard output is coloured.
    pub fn on_stdout(self) -> bool {
        self.decide(
            io::stdout().is_terminal(),
            std::env::var_os("NO_COLOR").as_deref(),
            std::env::var_os("TERM").as_deref(),
        )
    }

    /// Whether standard error is coloured.
    pub fn on_stderr(self) -> bool {
        self.decide(
            io::stderr().is_terminal(),
            std::env::var_os("NO_COLOR").as_deref(),
            std::env::var_os("TERM").as_deref(),
        )
    }

    /// The same from what is given. An empty `NO_COLOR` counts as unset (<https://no-color.org>).
    pub fn decide(self, is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => is_terminal && no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb"),
        }
    }
}

/// How a piece of text looks: the parameters of the terminal's "select graphic rendition" (ECMA-48 8.3.117).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style(&'static str);

impl Style {
    /// As the terminal writes by itself.
    pub const PLAIN: Self = Self("");
    /// For what matters less, such as offsets.
    pub const FAINT: Self = Self("2");
    /// For headings.
    pub const BOLD: Self = Self("1");
    /// For what is well.
    pub const GOOD: Self = Self("32");
    /// For what wants attention.
    pub const WARN: Self = Self("33");
    /// For what is wrong.
    pub const BAD: Self = Self("1;31");

    /// The style of the layer with this index, outermost 0. Neighbours differ; six repeat. None is red, which means wrong.
    pub fn layer(index: usize) -> Self {
        const LAYERS: [&str; 6] = ["36", "33", "32", "35", "34", "96"];
        Self(LAYERS[index % LAYERS.len()])
    }

    /// The text in this style; as it is where `on` is false. The text must be safe for a terminal already.
    pub fn paint<T: fmt::Display>(self, on: bool, text: T) -> Painted<T> {
        Painted { style: if on { self } else { Self::PLAIN }, text }
    }

    /// What the terminal is sent to begin the style.
    pub(super) fn begin(self, out: &mut impl fmt::Write) -> fmt::Result {
        if self == Self::PLAIN { Ok(()) } else { write!(out, "\x1b[{}m", self.0) }
    }

    /// What the terminal is sent to end the style.
    pub(super) fn end(self, out: &mut impl fmt::Write) -> fmt::Result {
        if self == Self::PLAIN { Ok(()) } else { out.write_str("\x1b[0m") }
    }
}

/// A text with its style.
#[derive(Clone, Copy, Debug)]
pub struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.style.begin(f)?;
        self.text.fmt(f)?;
        self.style.end(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_colours_a_terminal_and_nothing_else() {
        assert!(Colour::Auto.decide(true, None, Some(OsStr::new("xterm"))));
        assert!(!Colour::Auto.decide(false, None, Some(OsStr::new("xterm"))));
        assert!(!Colour::Auto.decide(true, None, Some(OsStr::new("dumb"))));
    }

    #[test]
    fn no_color_holds_unless_it_is_empty_or_overruled() {
        let set = Some(OsStr::new("1"));
        assert!(!Colour::Auto.decide(true, set, None));
        assert!(Colour::Auto.decide(true, Some(OsStr::new("")), None));
        assert!(Colour::Always.decide(false, set, None));
        assert!(!Colour::Never.decide(true, None, None));
    }

    #[test]
    fn paint_that_is_off_leaves_the_text_alone() {
        assert_eq!(Style::BAD.paint(false, "x").to_string(), "x");
        assert_eq!(Style::BAD.paint(true, "x").to_string(), "\x1b[1;31mx\x1b[0m");
    }

    #[test]
    fn width_applies_to_the_text_and_not_to_its_style() {
        assert_eq!(format!("{:>3}", Style::GOOD.paint(true, "x")), "\x1b[32m  x\x1b[0m");
    }

    #[test]
    fn neighbouring_layers_look_different() {
        assert!((0..20).all(|index| Style::layer(index) != Style::layer(index + 1)));
    }
}
