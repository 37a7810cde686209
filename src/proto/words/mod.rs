//! The words that tables are written in: `num("ihl", 4).header_len(4)`.
//!
//! Every one is `const`, so that a mistake in a table (a name that is not there, a header that is no whole number of bytes)
//! stops the compiler. What they make is in [`super::table`].

mod field;
mod list;
mod protocol;

pub use field::*;
pub use protocol::*;
