//! The two interfaces of a check, and the sockets on them.

use super::Args;
use crate::cli::Failure;
use crate::link::counters::Meter;
use crate::link::netns::Target;
use crate::link::rx::{self, Capture};
use crate::link::tx::Sender;
use crate::link::{self, Interface};
use crate::proof::{Sockets, near};
use crate::traffic::Item;

/// Where frames are sent, and where they are received.
pub struct Interfaces {
    /// The one that sends, as it was named.
    pub tx: Target,
    rx: Target,
    /// The interface that sends.
    pub from: Interface,
    to: Interface,
}

impl Interfaces {
    /// Those that are named.
    pub fn find(args: &Args) -> Result<Self, Failure> {
        let (tx, rx) = (Target::parse(&args.tx)?, Target::parse(&args.rx)?);
        let from = tx.within(|| link::lookup(&tx.interface))??;
        let to = rx.within(|| link::lookup(&rx.interface))??;
        Ok(Self { tx, rx, from, to })
    }

    /// Opens everything that takes a privilege or a network namespace. The kernel leaves out what resembles no frame that is
    /// to arrive; flow tags are of this stream, or of any.
    pub fn open(&self, args: &Args, arriving: &[Item], tagged: bool, stream: Option<u16>) -> Result<Sockets, Failure> {
        let options = rx::Options {
            buffer: args.buffer,
            direction: rx::Direction::In,
            block_timeout: 1,
            filter: if args.no_filter { None } else { near(arriving, tagged, stream) },
            ..rx::Options::default()
        };
        let capture = || -> Result<_, Failure> { Ok((Capture::open(&self.to, &options)?, Meter::open(&self.to)?)) };
        let (capture, received) = self.rx.within(capture)??;
        let sending = args.sending();
        let sender = || -> Result<_, Failure> { Ok((Sender::open(&self.from, &sending)?, Meter::open(&self.from)?)) };
        let (sender, sent) = self.tx.within(sender)??;
        Ok(Sockets { sender, sent, capture, received })
    }
}
