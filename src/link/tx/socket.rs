//! The two engines over a packet socket: one frame a call, and many frames a call.

use super::drain::{Patience, Wire, drain};
use super::engine::{Engine, Outcome, Progress, Slots};
use super::options::Options;
use super::queue::Queue;
use crate::link::{Error, present::Presence, stop};
use crate::sys::leave;
use crate::sys::packet::{Messages, PacketSocket, VnetHeader};
use nix::poll::PollFlags;
use std::io;
use std::ops::Range;

/// Frames in one sendmmsg(2).
const BATCH: usize = 64;

/// An engine over a packet socket.
pub struct Socket {
    queue: Queue,
    link: Link,
    patience: Patience,
}

struct Link {
    socket: PacketSocket,
    presence: Presence,
    own_fcs: bool,
    /// None: send(2), one frame a call.
    messages: Option<Messages>,
    /// What must be closed after the socket, see [`leave::to_kernel`].
    last: Option<leave::Ends>,
}

impl Socket {
    /// One send(2) a frame: the only way that honours a frame's own FCS (`own_fcs`).
    pub fn plain(socket: PacketSocket, presence: Presence, options: &Options) -> Self {
        let own_fcs = options.own_fcs;
        Self {
            queue: Queue::new(1, header(options)),
            link: Link { socket, presence, own_fcs, messages: None, last: None },
            patience: Patience::new(options.patience),
        }
    }

    /// sendmmsg(2) with up to 64 frames.
    pub fn batched(socket: PacketSocket, presence: Presence, options: &Options) -> Self {
        let messages = Some(Messages::default());
        Self {
            queue: Queue::new(BATCH, header(options)),
            link: Link { socket, presence, own_fcs: false, messages, last: None },
            patience: Patience::new(options.patience),
        }
    }
}

/// Bytes in front of each frame.
fn header(options: &Options) -> usize {
    if options.ask.is_some() { VnetHeader::LENGTH } else { 0 }
}

impl Engine for Socket {
    fn name(&self) -> &'static str {
        if self.link.messages.is_some() { "mmsg" } else { "send" }
    }

    fn reserve(&mut self, length: usize, _most: usize) -> Option<Slots<'_>> {
        self.queue.reserve(length).map(Slots::one)
    }

    fn ask(&mut self, header: &VnetHeader) {
        self.queue.head(&header.bytes());
    }

    fn commit(&mut self, count: usize) {
        if count > 0 {
            self.queue.commit();
        }
    }

    fn flush(&mut self, outcome: &mut Outcome, stop: &stop::Stop) -> Result<Progress, Error> {
        drain(&mut self.queue, &mut self.link, &mut self.patience, outcome, stop)
    }
}

impl Drop for Link {
    /// A packet socket's close(2) waits until every CPU has passed a quiet state, some 10 ms, which nobody here needs to wait
    /// for: what was sent is sent.
    fn drop(&mut self) {
        // Where it fails, the close waits.
        self.last = leave::to_kernel(&self.socket).ok();
    }
}

impl Wire for Link {
    fn transmit(&mut self, bytes: &[u8], frames: &[Range<usize>]) -> io::Result<usize> {
        match (&mut self.messages, frames.first()) {
            (Some(messages), _) => messages.send(&self.socket, bytes, frames),
            (None, Some(frame)) => self.socket.send(bytes.get(frame.clone()).unwrap_or_default()).map(|()| 1),
            (None, None) => Ok(0),
        }
    }

    fn wait(&mut self) {
        // Whatever ends the wait, the next send tells more.
        let _ = self.socket.poll(PollFlags::POLLOUT, stop::SLICE);
    }

    fn fatal(&mut self, error: io::Error) -> Error {
        if self.own_fcs && error.raw_os_error() == Some(libc::EPROTONOSUPPORT) {
            return self.presence.cannot_send_own_fcs();
        }
        self.presence.explain("send", error)
    }
}
