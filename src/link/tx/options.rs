//! How to send: the way to the kernel, and what is asked of it.

use std::fmt;
use std::time::Duration;

/// Which engine to send with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// One send(2) a frame, so that each leaves before the next is built.
    Send,
    /// sendmmsg(2), many frames a system call.
    #[default]
    Mmsg,
    /// The best one for these options; [`super::Sender::notes`] says which and why.
    Auto,
}

/// How to send.
#[derive(Clone, Debug)]
pub struct Options {
    /// The way to the kernel. A frame's own FCS takes [`Choice::Send`], whatever is chosen.
    pub engine: Choice,
    /// Nothing but speed counts: lets [`Choice::Auto`] take an engine that passes the queueing discipline and local
    /// sniffers by.
    pub top_speed: bool,
    /// Past the queueing discipline (`PACKET_QDISC_BYPASS`). Other sniffers on this machine do not see the frames.
    pub bypass_queue: bool,
    /// The last four bytes of each frame are its FCS on the wire (`SO_NOFCS`); one system call a frame.
    pub own_fcs: bool,
    /// How long a full queue may stay full without taking a frame.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: Choice::default(),
            top_speed: false,
            bypass_queue: false,
            own_fcs: false,
            patience: Duration::from_secs(1),
        }
    }
}

/// An engine that was chosen, and the sentence that tells why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub engine: Engine,
    pub why: Option<String>,
}

/// What [`Choice::Auto`] comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Send,
    Mmsg,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send => "send",
            Self::Mmsg => "mmsg",
        })
    }
}

impl Options {
    /// The engine for these options.
    pub(super) fn choose(&self) -> Chosen {
        let plain = |engine| Chosen { engine, why: None };
        let auto = |engine, why: &str| Chosen { engine, why: Some(format!("engine {engine}: {why}")) };
        match self.engine {
            Choice::Mmsg | Choice::Auto if self.own_fcs => auto(Engine::Send, "only it sends a frame with its own FCS"),
            Choice::Send => plain(Engine::Send),
            Choice::Mmsg => plain(Engine::Mmsg),
            Choice::Auto => auto(Engine::Mmsg, "the frames pass the queue, and local sniffers see them"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_s_own_fcs_takes_one_call_a_frame() {
        for engine in [Choice::Mmsg, Choice::Auto, Choice::Send] {
            let options = Options { engine, own_fcs: true, ..Options::default() };
            assert_eq!(options.choose().engine, Engine::Send);
        }
    }

    #[test]
    fn what_auto_takes_is_told_and_what_was_asked_for_is_not() {
        assert_eq!(Options::default().choose(), Chosen { engine: Engine::Mmsg, why: None });
        let chosen = Options { engine: Choice::Auto, ..Options::default() }.choose();
        assert!(chosen.why.unwrap().starts_with("engine mmsg: "));
    }
}
