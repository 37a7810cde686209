//! What reads the tables: build, decode, match.
//!
//! - [`Frames`]: an expression with its types, a set of frames; [`Builder`] writes frame N of it.
//! - [`dissect()`]: bytes to [`Node`]s; [`expression()`] prints them as the expression that builds exactly those bytes.
//! - [`Pattern`]: tests whether a frame is in a set.
//! - [`Rewriter`]: sets fields of finished frames, and keeps right checksums right.
//!
//! Both build and decode yield the same list of nodes, and one function, [`auto::auto`], says what an unset field is: build
//! writes it, decode compares with it. That is why `build(decode(bytes)) == bytes` holds by construction.

mod align;
pub mod auto;
mod ber;
mod bits;
mod build;
mod chain;
mod change;
pub mod checksum;
mod complete;
pub mod diff;
pub(crate) mod digits;
mod dissect;
pub(crate) mod domain;
pub mod fcs;
pub mod filter;
mod habits;
mod hearing;
mod hops;
mod layout;
mod list;
mod listing;
mod literals;
mod matcher;
pub mod near;
mod node;
mod numbering;
mod pairing;
mod partial;
mod pattern;
mod plan;
mod print;
mod reply;
mod resolve;
mod rewrite;
mod room;
mod set;
mod spec;
mod template;
mod typing;

pub(crate) use bits::signed;
pub use build::{Builder, MAX_FRAME};
pub use change::Edit;
pub use complete::{Candidate, complete};
pub use dissect::{Begin, Fcs, dissect};
pub use hops::{Destinations, address};
pub use layout::{Slot, slot, slots};
pub use listing::Varying;
pub use matcher::Matcher;
pub use node::{Node, View};
pub use pairing::{Answers, Found};
pub use partial::{Partial, Segments, Whole, partial};
pub use pattern::Pattern;
pub(crate) use print::differs;
pub(crate) use print::write_field;
pub use print::{expression, expressions, printed, write_address, write_payload, write_value};
pub use reply::{Reply, Rule};
pub use resolve::{Loader, no_files};
pub use rewrite::{Rewrite, Rewriter};
pub use spec::{Frames, Need, Surroundings};
pub use template::Template;
