//! The words for what stands in a header's braces.

use crate::proto::table::*;

impl List {
    /// Items one behind the other up to the header's end.
    pub const fn of(of: &'static [&'static Protocol]) -> Self {
        Self { of, align: 1, spacing: 1, pad_options: false, end: None, counts: &[] }
    }
    /// Zeros are added up to a multiple of so many bytes from the header's start.
    #[must_use]
    pub const fn aligned(mut self, align: u8) -> Self {
        self.align = align;
        self
    }
    /// Each item begins at a multiple of so many bytes from the header's start; zeros stand before it.
    #[must_use]
    pub const fn spaced(mut self, spacing: u8) -> Self {
        self.spacing = spacing;
        self
    }
    /// A padding option is added up to a multiple of so many bytes.
    #[must_use]
    pub const fn pad_options(mut self, align: u8) -> Self {
        self.align = align;
        self.pad_options = true;
        self
    }
    /// Nothing behind this item is an item.
    #[must_use]
    pub const fn ends_with(mut self, item: &'static str) -> Self {
        self.end = Some(item);
        self
    }
    /// Fields say how many of these items there are.
    #[must_use]
    pub const fn counted(mut self, counts: &'static [(&'static str, &'static str)]) -> Self {
        assert!(counts.len() <= Self::MOST_COUNTS, "that many kinds of items are counted nowhere");
        self.counts = counts;
        self
    }
}
