//! The way in: frames where the kernel put them, with all it says about them.
//!
//! [`Capture::next`] lends one frame at a time out of the ring; nothing is copied. It knows no protocol: besides the
//! VLAN tag that the kernel takes out of the frame and that is put back here, bytes are bytes.

mod block;
mod event;

pub use event::{Checksum, Direction, Event, PacketType, Received, Statistics};

use super::present::Presence;
use super::stop::{SLICE, Stop};
use super::{Error, Interface};
use crate::frame::filter::{Instruction, Program};
use crate::sys::packet::{ALL, PacketSocket};
use crate::sys::ring::Ring;
use block::Record;
use nix::poll::PollFlags;
use std::io;
use std::time::{Duration, Instant};

/// Bytes of one block of the ring.
const BLOCK: usize = 256 * 1024;

/// How to capture.
#[derive(Clone, Debug)]
pub struct Options {
    /// Also frames to other stations, by a membership that ends with the socket.
    pub promiscuous: bool,
    /// Memory for the ring in bytes, rounded up to whole blocks of 256 KiB, at least two.
    pub buffer: usize,
    /// The most bytes kept of a frame.
    pub snaplen: Option<u32>,
    /// Milliseconds after which a frame is handed over though its block is not full.
    pub block_timeout: u32,
    /// Which way the frames go.
    pub direction: Direction,
    /// Runs on each frame in the kernel; what it returns is how many bytes are kept, at most `snaplen`.
    pub filter: Option<Program>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            promiscuous: true,
            buffer: 8 << 20,
            snaplen: None,
            block_timeout: 10,
            direction: Direction::Both,
            filter: None,
        }
    }
}

/// An open capture on one interface.
#[derive(Debug)]
pub struct Capture {
    // Before the socket, so that it is unmapped first.
    ring: Ring,
    socket: PacketSocket,
    presence: Presence,
    filtered: bool,
    direction: Direction,
    snaplen: usize,
    /// The block being read, or read next.
    block: usize,
    /// Records left in it and where the next one is; none while the kernel has the block.
    cursor: Option<(u32, usize)>,
    statistics: Statistics,
}

impl Capture {
    /// Opens a capture. No frame of another interface, and none from before, is in it.
    ///
    /// An interface that is down can be opened: [`Event::Down`] is its first event, and frames come once it is up.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] without `CAP_NET_RAW`; a usage error for an interface whose frames have no Ethernet
    /// header.
    pub fn open(interface: &Interface, options: &Options) -> Result<Self, Error> {
        let name = &interface.name;
        let failed = |error| Error::system(format!("capture on {name}"), error);
        interface.require_ethernet()?;
        let presence = Presence::of(interface)?;
        let socket = PacketSocket::open().map_err(failed)?;
        if options.direction == Direction::In {
            socket.ignore_outgoing().map_err(failed)?;
        }
        // Before the socket is bound, so that no other frame slips in.
        let snaplen = options.snaplen.map(Program::keep);
        let filtered = match attach(&socket, options.filter.as_ref()) {
            // The kernel grants a socket so much memory for its options (net.core.optmem_max) and no more. A filter only
            // saves work, so the capture goes on without.
            Err(error) if error.raw_os_error() == Some(libc::ENOMEM) => false,
            attached => attached.map_err(failed)?,
        };
        if !filtered {
            attach(&socket, snaplen.as_ref()).map_err(failed)?;
        }
        let count = options.buffer.div_ceil(BLOCK).max(2);
        let ring = Ring::map(&socket, BLOCK, count, options.block_timeout).map_err(|error| {
            let what = format!("capture on {name}: a ring of {} MiB", (count * BLOCK).div_ceil(1 << 20));
            Error::system(what, error)
        })?;
        socket.bind(interface.index, ALL).map_err(|error| presence.explain("capture", error))?;
        if options.promiscuous {
            socket.join_promiscuous(interface.index).map_err(|error| presence.explain("capture", error))?;
        }
        Ok(Self {
            ring,
            socket,
            presence,
            filtered,
            direction: options.direction,
            snaplen: options.snaplen.map_or(usize::MAX, |snaplen| snaplen as usize),
            block: 0,
            cursor: None,
            statistics: Statistics::default(),
        })
    }

    /// The next frame, or what happened instead. Waits at most `timeout`, for ever without one. Frames that came before
    /// a stop and were not read yet can be read with another, unset flag and no time.
    ///
    /// # Errors
    /// [`Error::Removed`] or [`Error::Recreated`] when the interface is gone; nothing more will come then.
    pub fn next(&mut self, timeout: Option<Duration>, stop: &Stop) -> Result<Event<'_>, Error> {
        // A time beyond the clock's end is for ever.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            // First, so that a flood of frames does not hide it.
            if stop.requested() {
                return Ok(Event::Stopped);
            }
            if let Some(record) = self.advance() {
                let Record { start, length, .. } = record;
                let kept = start..start + length.min(self.snaplen);
                let data = self.ring.block(self.block).and_then(|block| block.get(kept)).unwrap_or_default();
                return Ok(Event::Frame(Received::new(data, &record)));
            }
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(Event::Timeout);
            }
            match self.socket.poll(PollFlags::POLLIN, left.min(SLICE)) {
                Ok(Some(events)) if events.contains(PollFlags::POLLERR) && !self.ring.ready(self.block) => {
                    if let Some(event) = self.trouble()? {
                        return Ok(event);
                    }
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.presence.explain("capture", error)),
            }
        }
    }

    /// Whether the kernel runs the filter that was asked for; where it had no room for it, every frame comes.
    pub fn is_filtered(&self) -> bool {
        self.filtered
    }

    /// The interface's name now; it may have been renamed.
    pub fn name(&self) -> Result<String, Error> {
        self.presence.name()
    }

    /// What the kernel counted since the capture was opened.
    pub fn statistics(&mut self) -> Result<Statistics, Error> {
        let step = self.socket.statistics().map_err(|error| self.presence.explain("capture", error))?;
        self.statistics.add(step.tp_packets, step.tp_drops, step.tp_freeze_q_cnt);
        Ok(self.statistics)
    }

    /// The next record that is wanted, out of what the kernel has handed over. A block that was read to its end, or
    /// that makes no sense, goes back.
    fn advance(&mut self) -> Option<Record> {
        loop {
            let Some((left, at)) = self.cursor else {
                let block = self.ring.block(self.block)?;
                self.cursor = Some(block::open(block).unwrap_or_default());
                continue;
            };
            let record = match left {
                0 => None,
                _ => self.ring.block(self.block).and_then(|block| block::record(block, at)),
            };
            let Some(record) = record else {
                self.statistics.damaged += u64::from(left);
                self.ring.release(self.block);
                self.block = (self.block + 1) % self.ring.count();
                self.cursor = None;
                continue;
            };
            // An offset of 0 at any but the last record would repeat it for ever.
            let left = if record.next == 0 { 0 } else { left - 1 };
            self.cursor = Some((left, at.saturating_add(record.next)));
            if self.direction != Direction::Out || record.packet_type == libc::PACKET_OUTGOING {
                return Some(record);
            }
        }
    }

    /// Why poll(2) reports an error. Reading it clears it, so that it is told once.
    fn trouble(&mut self) -> Result<Option<Event<'static>>, Error> {
        let pending = self.socket.take_error().map_err(|error| self.presence.explain("capture", error))?;
        match pending {
            None => Ok(None),
            Some(error) => match self.presence.explain("capture", error) {
                Error::Down { name } => Ok(Some(Event::Down { name })),
                other => Err(other),
            },
        }
    }
}

/// Attaches a program, if there is one, and says whether there is.
fn attach(socket: &PacketSocket, program: Option<&Program>) -> std::io::Result<bool> {
    let Some(Program(code)) = program else { return Ok(false) };
    let raw = |i: &Instruction| libc::sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k };
    socket.attach_filter(&code.iter().map(raw).collect::<Vec<_>>())?;
    Ok(true)
}
