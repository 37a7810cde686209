//! A run of frames: which frame comes when, and the counts that tell what became of them, kept apart.
//!
//! Start reading at [`send()`]. Nothing here knows a protocol or prints anything.

pub mod addresses;
pub mod clock;
pub mod counts;
pub mod feed;
pub mod histogram;
pub mod live;
pub mod maker;
pub mod pace;
pub mod rate;
pub mod recording;
pub mod report;
pub mod send;
pub mod sequence;
mod worker;

pub use clock::{Spin, Waiter};
pub use counts::{Counts, Note};
pub use feed::{Feed, Source};
pub use histogram::Histogram;
pub use live::Live;
pub use maker::{Maker, Mark};
pub use pace::{Pace, Spacing, Speed, Step};
pub use rate::{Rate, Unit};
pub use recording::{CaptureError, Recording};
pub use report::Report;
pub use send::{End, Fault, Job, check, send};
pub use sequence::{Item, Sequence};
