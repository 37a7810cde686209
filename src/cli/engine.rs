//! The engines by their names on the command line.

use crate::link::tx::Choice;
use clap::ValueEnum;

/// The way to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// One send(2) a frame
    Send,
    /// sendmmsg(2), many frames a system call
    Mmsg,
    /// An XDP socket, the fastest; frames pass the queue and the sniffers on this machine by
    Xdp,
    /// The best one here; the summary says which, and why
    Auto,
}

impl Engine {
    pub fn choice(self) -> Choice {
        match self {
            Self::Send => Choice::Send,
            Self::Mmsg => Choice::Mmsg,
            Self::Xdp => Choice::Xdp,
            Self::Auto => Choice::Auto,
        }
    }
}
