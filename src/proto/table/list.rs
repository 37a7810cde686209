//! What stands in a header's braces.

use super::Protocol;

/// What may stand in a header's braces.
#[derive(Debug)]
pub struct List {
    /// The items in the order they are tried; the first that fits exactly is taken.
    pub of: &'static [&'static Protocol],
    /// What is added up to a multiple of this many bytes from the header's start.
    pub align: u8,
    /// Zeros stand before an item up to a multiple of this many bytes from the header's start.
    pub spacing: u8,
    /// The added bytes are a padding option (RFC 8200 4.2), not zeros.
    pub pad_options: bool,
    /// The item behind which nothing is an item any more.
    pub end: Option<&'static str>,
    /// Items that a field counts: the field's name and the item's, in the order in which they stand.
    pub counts: &'static [(&'static str, &'static str)],
}

impl List {
    /// The most kinds of items that a header counts: those of a DNS message.
    pub const MOST_COUNTS: usize = 4;
}
