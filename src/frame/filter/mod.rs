//! A pattern's over-approximation as a classic BPF program, for the kernel to run on each frame: law 3, `match(E)` lies in
//! `filter(E)`.
//!
//! What the program lets through is matched again in full, so the answer never depends on it: wherever something cannot
//! be known it keeps the frame. It walks the tables as [`super::dissect`] does, from Ethernet on through the fields that
//! name the next layer, and follows only what can still reach the pattern. Frames as they are
//! and frames whose outer VLAN tag the kernel took out before the program runs begin apart; behind the tags they go the same
//! way, X being the place where a header begins.
//!
//! - `program`: instructions and how they are printed; `assemble`: labels; `run`: an interpreter.
//! - `quick`: the same on frames in memory, by the decisions that `unfold` makes of a program; `hash`: tables for these.
//! - `tree`: `and`, `or`, `not`; `steps`: how far a frame has come in a chain; `walk`: through the layers; `follow`: from one to the next;
//!   `value`: tests of fields; `place`: where fields lie; `reach`: which layers can come behind which.

mod assemble;
mod follow;
mod hash;
mod place;
mod program;
mod quick;
mod reach;
mod resemble;
mod run;
mod steps;
mod tree;
mod unfold;
mod value;
mod walk;

pub use program::{Instruction, MAX, Program, WHOLE};
pub(super) use quick::Quick;
pub use resemble::resembling;
pub use run::run;
pub use tree::compile;

/// Which side the code has to err on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Goes to "yes" wherever the pattern might match.
    Over,
    /// Goes to "yes" only where it surely matches: what stands behind `not`.
    Under,
}
