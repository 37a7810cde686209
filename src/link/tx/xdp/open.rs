//! A socket of `AF_XDP` opened and bound to a queue, and its rings as the engine uses them.

use super::{Flight, MOST, Rings, Xdp};
use crate::link::{Error, present::Presence};
use crate::sys::xdp::XdpSocket;
use std::io;
use std::time::{Duration, Instant};

/// Chunks of memory: one MiB holds that many of 1514 bytes, two in a chunk.
const CHUNKS: usize = 256;
/// Frames that one call sends at most, where the kernel lets us choose.
const BUDGET: u32 = 1024;
/// How long a queue that another socket has just left may stay busy: the kernel cleans up when it finds the time, behind
/// all other changes of interfaces and namespaces.
const LEAVING: Duration = Duration::from_secs(2);

/// The kernel, by its rings.
pub struct Link {
    socket: XdpSocket,
    presence: Presence,
}

impl Rings for Link {
    fn bytes(&mut self, at: usize, length: usize) -> Option<&mut [u8]> {
        self.socket.bytes(at, length)
    }

    fn describe(&mut self, place: u32, at: usize, length: usize) {
        self.socket.describe(place, at, length);
    }

    fn publish(&mut self, place: u32) {
        self.socket.publish(place);
    }

    fn kick(&mut self) -> io::Result<()> {
        self.socket.kick()
    }

    fn taken(&self) -> u32 {
        self.socket.taken()
    }

    fn completed(&mut self) -> Option<usize> {
        self.socket.completed()
    }

    fn fatal(&mut self, error: io::Error) -> Error {
        self.presence.explain("send", error)
    }
}

impl Xdp<Link> {
    /// Opens a socket on one queue of an interface.
    pub fn open(presence: Presence, index: u32, queue: u32, patience: Duration) -> Result<Self, Error> {
        let socket = XdpSocket::open(CHUNKS, Flight::places(MOST)).map_err(|error| unopened(&presence, error))?;
        bind(&socket, index, queue).map_err(|error| unbound(&presence, queue, error))?;
        // Where the kernel knows no budget a call sends 32 frames, and there are more calls.
        let _ = socket.budget(BUDGET);
        let zero_copy = socket.zero_copy().map_err(|error| presence.explain("send", error))?;
        let size = socket.size();
        Ok(Self::new(Link { socket, presence }, zero_copy, size, patience))
    }
}

/// A queue is busy for a moment after its socket was closed.
fn bind(socket: &XdpSocket, index: u32, queue: u32) -> io::Result<()> {
    let end = Instant::now() + LEAVING;
    loop {
        match socket.bind(index, queue) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) && Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(2));
            }
            other => return other,
        }
    }
}

fn unopened(presence: &Presence, error: io::Error) -> Error {
    let (message, help) = match error.raw_os_error() {
        Some(libc::EAFNOSUPPORT) => ("this kernel has no AF_XDP", "send with `--engine mmsg`"),
        Some(libc::ENOBUFS) => (
            "AF_XDP needs 1 MiB of locked memory, and the limit is lower",
            "raise it with `ulimit -l 2048`, or send with `--engine mmsg`",
        ),
        _ => return presence.explain("open AF_XDP", error),
    };
    Error::NotPossible { message: message.into(), help: Some(help.into()) }
}

fn unbound(presence: &Presence, queue: u32, error: io::Error) -> Error {
    let Ok(name) = presence.name() else { return presence.explain("send", error) };
    let (message, help) = match error.raw_os_error() {
        Some(libc::EBUSY) => (
            format!("queue {queue} of {name} is in use by another AF_XDP socket"),
            "end the other program, or send with `--engine mmsg`".into(),
        ),
        Some(libc::EINVAL) => {
            let queues = presence.queues();
            let has = if queues == 1 { "1 transmit queue".into() } else { format!("{queues} transmit queues") };
            let message = format!("{name} has no queue {queue} for AF_XDP: it has {has}, counted from 0");
            (message, format!("`ethtool -L {name} tx {}` gives it more, if it can", queue.saturating_add(1)))
        }
        Some(libc::EOPNOTSUPP) => (format!("{name} cannot send by AF_XDP"), "send with `--engine mmsg`".into()),
        _ => return presence.explain("send", error),
    };
    Error::NotPossible { message, help: Some(help) }
}
