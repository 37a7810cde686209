//! How to send: the way to the kernel, and what is asked of it.

use super::ask::{Ask, Asker};
use super::limit::{HEADER, SizeError, limit, longest};
use super::xdp;
use crate::link::{Error, Interface};
use std::time::Duration;

/// Which engine to send with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// One send(2) a frame, so that each leaves before the next is built.
    Send,
    /// sendmmsg(2), many frames a system call.
    #[default]
    Mmsg,
    /// `AF_XDP`: the fastest. The frames pass the queueing discipline and the sniffers on this machine by.
    Xdp,
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
    /// The transmit queue of the interface, for engines that can choose one (`AF_XDP`); counted from 0. A queue belongs to one
    /// socket, so threads take one each; [`super::queues`] says how many there are.
    pub queue: u32,
    /// Past the queueing discipline (`PACKET_QDISC_BYPASS`). Other sniffers on this machine do not see the frames.
    pub bypass_queue: bool,
    /// The last four bytes of each frame are its FCS on the wire (`SO_NOFCS`); one system call a frame.
    pub own_fcs: bool,
    /// What every frame asks of the kernel or the card; its checksum field is then theirs to fill.
    pub ask: Option<Ask>,
    /// How long a full queue may stay full without taking a frame.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: Choice::default(),
            top_speed: false,
            queue: 0,
            bypass_queue: false,
            own_fcs: false,
            ask: None,
            patience: Duration::from_secs(1),
        }
    }
}

/// The engine to open, and the sentence that tells why.
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
    Xdp,
    /// [`Engine::Xdp`] where it opens, else [`Engine::Mmsg`].
    XdpElseMmsg,
}

impl Options {
    /// The engine for these options on an interface with this MTU.
    ///
    /// # Errors
    /// What the engine asked for cannot do.
    pub(super) fn choose(&self, mtu: u32) -> Result<Chosen, Error> {
        let auto = |engine, why: String| Ok(Chosen { engine, why: Some(why) });
        let plain = |engine| Ok(Chosen { engine, why: None });
        match self.engine {
            Choice::Xdp if self.own_fcs => Err(Error::Usage {
                message: "engine xdp cannot send a frame with its own FCS on the wire".into(),
                help: Some("leave the engine to ethcraft, or `--fcs append` the four bytes to the frame".into()),
            }),
            Choice::Xdp if self.ask.is_some() => Err(Error::Usage {
                message: "engine xdp cannot ask the kernel for checksums or segments".into(),
                help: Some("leave the engine to ethcraft, or send with `--engine mmsg`".into()),
            }),
            _ if self.own_fcs && self.ask.is_some() => Err(Error::Usage {
                message: "a frame with its own FCS on the wire cannot ask the kernel to change it".into(),
                help: None,
            }),
            Choice::Mmsg | Choice::Auto if self.own_fcs => {
                auto(Engine::Send, "engine send: only this one sends a frame with its own FCS".into())
            }
            Choice::Send => plain(Engine::Send),
            Choice::Mmsg => plain(Engine::Mmsg),
            Choice::Xdp => plain(Engine::Xdp),
            Choice::Auto if !self.top_speed => {
                auto(Engine::Mmsg, "engine mmsg: the frames pass the queue, and local sniffers see them".into())
            }
            Choice::Auto if self.ask.is_some() => {
                auto(Engine::Mmsg, "engine mmsg: xdp cannot ask the kernel for checksums or segments".into())
            }
            Choice::Auto if longest(mtu, true, false) > xdp::LONGEST => auto(
                Engine::Mmsg,
                format!("engine mmsg: with an MTU of {mtu} frames may pass the {} bytes that xdp takes", xdp::LONGEST),
            ),
            Choice::Auto => {
                auto(Engine::XdpElseMmsg, "engine xdp, the fastest, for nothing but speed was asked".into())
            }
        }
    }

    /// Every frame of this length passes [`Self::check`], whatever is in it; only where nothing is asked of the kernel.
    pub fn always_fit(&self, interface: &Interface, length: usize) -> bool {
        let longest = longest(interface.mtu, false, self.own_fcs).min(xdp::LONGEST);
        self.ask.is_none() && (HEADER..=longest).contains(&length)
    }

    /// Checks a frame by the rule of the interface and of the engine, see [`limit()`], and whether it can ask for what it
    /// is to ask for.
    pub fn check(&self, interface: &Interface, frame: &[u8]) -> Result<(), SizeError> {
        if let Some(ask) = self.ask {
            return Asker::new(ask).check(interface, frame);
        }
        if self.engine == Choice::Xdp && frame.len() > xdp::LONGEST {
            return Err(SizeError::Engine { length: frame.len(), engine: "xdp", limit: xdp::LONGEST });
        }
        limit(interface, frame, self.own_fcs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::interface::tests::ethernet;

    fn engine(options: &Options, mtu: u32) -> Engine {
        options.choose(mtu).unwrap().engine
    }

    #[test]
    fn a_frame_s_own_fcs_takes_one_call_a_frame() {
        for engine in [Choice::Mmsg, Choice::Auto, Choice::Send] {
            let options = Options { engine, own_fcs: true, ..Options::default() };
            assert_eq!(options.choose(1500).unwrap().engine, Engine::Send);
        }
        assert!(Options { engine: Choice::Xdp, own_fcs: true, ..Options::default() }.choose(1500).is_err());
    }

    #[test]
    fn what_auto_takes_is_told_and_what_was_asked_for_is_not() {
        assert_eq!(Options::default().choose(1500).unwrap(), Chosen { engine: Engine::Mmsg, why: None });
        let chosen = Options { engine: Choice::Auto, ..Options::default() }.choose(1500).unwrap();
        assert!(chosen.engine == Engine::Mmsg && chosen.why.unwrap().starts_with("engine mmsg: "));
    }

    #[test]
    fn what_passes_the_queue_by_is_taken_for_speed_alone_and_where_every_frame_fits() {
        let fast = Options { engine: Choice::Auto, top_speed: true, ..Options::default() };
        assert_eq!(engine(&fast, 1500), Engine::XdpElseMmsg);
        assert_eq!(engine(&fast, 9000), Engine::Mmsg);
        assert_eq!(engine(&Options { top_speed: true, ..Options::default() }, 1500), Engine::Mmsg);
    }

    #[test]
    fn a_frame_longer_than_the_engine_takes_is_refused_before_it_is_sent() {
        let jumbo = ethernet("veth0", 9000);
        let xdp = Options { engine: Choice::Xdp, ..Options::default() };
        assert_eq!(xdp.check(&jumbo, &[0; 4096]), Ok(()));
        assert!(matches!(xdp.check(&jumbo, &[0; 4097]), Err(SizeError::Engine { limit: 4096, .. })));
        assert_eq!(Options::default().check(&jumbo, &[0; 4097]), Ok(()));
    }
}
