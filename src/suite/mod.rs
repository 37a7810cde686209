//! Tests of a network as files: send these frames, expect those there within a time, and nothing elsewhere.
//!
//! [`Suite::parse`] reads a file and finds its mistakes; a [`Rig`] opens what it needs and runs its cases; `print`, `tap`
//! and `junit` tell what became of them. `docs/suites.md` is the format. Start reading at `model.rs`, then `run.rs`.

mod file;
pub mod junit;
mod model;
pub mod print;
mod read;
mod rig;
mod run;
pub mod tap;
mod text;
mod verdict;
mod watch;

pub use model::{Case, Count, Expect, Lab, Place, Send, Setup, Silent, Suite, Watched};
pub use rig::{Error, Rig};
pub use text::Text;
pub use verdict::{Nearest, Problem, Verdict};
