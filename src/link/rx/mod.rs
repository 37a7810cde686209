//! The way in: frames where the kernel put them, with all it says about them.
//!
//! [`Capture::frames`] lends the frames of a whole block of the ring at a time, [`Capture::next`] one by one; nothing is
//! copied. It knows no protocol: besides the VLAN tag that the kernel takes out of the frame and that is put back here,
//! bytes are bytes.

mod block;
mod event;
mod slot;

pub use event::{Arrived, Checksum, Direction, Event, Frames, PacketType, Received, Statistics};

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
    /// Each frame is handed over as soon as it is there, in a slot of the ring of its own: for who answers. The ring holds
    /// fewer frames so, and each costs more.
    pub at_once: bool,
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
            at_once: false,
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
    /// Its units are slots of a frame each, not blocks.
    slots: bool,
    /// A frame that was too long for its slot.
    whole: Vec<u8>,
    /// The frame lent next is that one.
    is_whole: bool,
    /// The unit of the ring, block or slot, that is being read, or read next.
    unit: usize,
    /// The kernel has handed it over, and it was taken apart into `records`.
    held: bool,
    records: Vec<Record>,
    /// The first of them that was not lent yet.
    at: usize,
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
        let mut capture = Self::unbound(interface, options, options.buffer)?;
        // Before the socket is bound, so that no other frame slips in.
        capture.attach(options)?;
        capture.bind(interface, options)?;
        Ok(capture)
    }

    /// Opens `count` captures that share the frames of an interface, for a thread each: every frame goes to one of them.
    /// Frames of one flow go to the same one as long as it has room. They share the memory for the rings too.
    ///
    /// # Errors
    /// As [`Self::open`], and on older kernels [`Error::Down`] for an interface that is down.
    pub fn open_shared(interface: &Interface, options: &Options, count: usize) -> Result<Vec<Self>, Error> {
        let count = count.max(1);
        let mut captures: Vec<Self> = Vec::with_capacity(count);
        let mut group = None;
        for _ in 0..count {
            let capture = Self::unbound(interface, options, options.buffer / count)?;
            // Between its bind and the joining it would get frames that the others have too: none is kept till all are in.
            let nothing = attach(&capture.socket, Some(&Program::keep(0)));
            nothing.map_err(|error| capture.presence.explain("capture", error))?;
            capture.bind(interface, options)?;
            group = Some(capture.socket.join_fanout(group).map_err(|error| match capture.presence.is_up() {
                Ok(false) => Error::Down { name: interface.name.clone() },
                _ => Error::system(format!("share the frames of {}", interface.name), error),
            })?);
            captures.push(capture);
        }
        for capture in &mut captures {
            if !capture.attach(options)? {
                let detached = capture.socket.detach_filter();
                detached.map_err(|error| capture.presence.explain("capture", error))?;
            }
        }
        Ok(captures)
    }

    /// A socket with its ring that gets no frame before it is bound.
    fn unbound(interface: &Interface, options: &Options, buffer: usize) -> Result<Self, Error> {
        let name = &interface.name;
        let failed = |error| Error::system(format!("capture on {name}"), error);
        interface.require_ethernet()?;
        let presence = Presence::of(interface)?;
        let socket = PacketSocket::open().map_err(failed)?;
        if options.direction == Direction::In {
            socket.ignore_outgoing().map_err(failed)?;
        }
        let count = buffer.div_ceil(BLOCK).max(2);
        let ring = if options.at_once {
            Ring::of_slots(&socket, BLOCK, count, slot_of(interface.mtu))
        } else {
            Ring::of_blocks(&socket, BLOCK, count, options.block_timeout)
        };
        let ring = ring.map_err(|error| {
            let what = format!("capture on {name}: a ring of {} MiB", (count * BLOCK).div_ceil(1 << 20));
            Error::system(what, error)
        })?;
        Ok(Self {
            ring,
            socket,
            presence,
            filtered: false,
            direction: options.direction,
            snaplen: options.snaplen.map_or(usize::MAX, |snaplen| snaplen as usize),
            slots: options.at_once,
            whole: Vec::new(),
            is_whole: false,
            unit: 0,
            held: false,
            records: Vec::new(),
            at: 0,
            statistics: Statistics::default(),
        })
    }

    /// Attaches the filter, or what cuts frames to the snap length; says whether it attached one.
    fn attach(&mut self, options: &Options) -> Result<bool, Error> {
        let failed = |error| self.presence.explain("capture", error);
        self.filtered = match attach(&self.socket, options.filter.as_ref()) {
            // The kernel grants a socket so much memory for its options (net.core.optmem_max) and no more. A filter only
            // saves work, so the capture goes on without.
            Err(error) if error.raw_os_error() == Some(libc::ENOMEM) => false,
            attached => attached.map_err(failed)?,
        };
        let snaplen = options.snaplen.map(Program::keep);
        Ok(self.filtered || attach(&self.socket, snaplen.as_ref()).map_err(failed)?)
    }

    fn bind(&self, interface: &Interface, options: &Options) -> Result<(), Error> {
        let failed = |error| self.presence.explain("capture", error);
        self.socket.bind(interface.index, ALL).map_err(failed)?;
        if options.promiscuous {
            self.socket.join_promiscuous(interface.index).map_err(failed)?;
        }
        Ok(())
    }

    /// The next frame, or what happened instead. Waits at most `timeout`, for ever without one. Frames that came before
    /// a stop and were not read yet can be read with another, unset flag and no time.
    ///
    /// # Errors
    /// [`Error::Removed`] or [`Error::Recreated`] when the interface is gone; nothing more will come then.
    pub fn next(&mut self, timeout: Option<Duration>, stop: &Stop) -> Result<Event<'_>, Error> {
        Ok(match self.wait(timeout, stop)? {
            Waited::Ready => {
                let record = self.records[self.at];
                self.at += 1;
                Event::Frame(Received::of(self.bytes(), &record, self.snaplen))
            }
            Waited::Down { name } => Event::Down { name },
            Waited::Timeout => Event::Timeout,
            Waited::Stopped => Event::Stopped,
        })
    }

    /// As [`Self::next`], with all frames of a unit of the ring that were not lent yet.
    pub fn frames(&mut self, timeout: Option<Duration>, stop: &Stop) -> Result<Arrived<'_>, Error> {
        Ok(match self.wait(timeout, stop)? {
            Waited::Ready => {
                let from = std::mem::replace(&mut self.at, self.records.len());
                Arrived::Frames(Frames::new(self.bytes(), &self.records[from..], self.snaplen))
            }
            Waited::Down { name } => Arrived::Down { name },
            Waited::Timeout => Arrived::Timeout,
            Waited::Stopped => Arrived::Stopped,
        })
    }

    /// Waits until a record is there that was not lent yet.
    fn wait(&mut self, timeout: Option<Duration>, stop: &Stop) -> Result<Waited, Error> {
        let mut deadline = None;
        loop {
            // First, so that a flood of frames does not hide it.
            if stop.requested() {
                return Ok(Waited::Stopped);
            }
            if self.advance() {
                return Ok(Waited::Ready);
            }
            let now = Instant::now();
            // A time beyond the clock's end is for ever.
            let end = *deadline.get_or_insert_with(|| timeout.and_then(|timeout| now.checked_add(timeout)));
            let left = end.map_or(SLICE, |end| end.saturating_duration_since(now));
            if left.is_zero() {
                return Ok(Waited::Timeout);
            }
            match self.socket.poll(PollFlags::POLLIN, left.min(SLICE)) {
                Ok(Some(events)) if events.contains(PollFlags::POLLERR) && !self.ring.ready(self.unit) => {
                    if let Some(down) = self.trouble()? {
                        return Ok(down);
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

    /// What the kernel counted since the capture was opened.
    pub fn statistics(&mut self) -> Result<Statistics, Error> {
        let step = self.socket.statistics().map_err(|error| self.presence.explain("capture", error))?;
        self.statistics.add(step.tp_packets, step.tp_drops, step.tp_freeze_q_cnt);
        Ok(self.statistics)
    }

    /// The bytes that the records lie in.
    fn bytes(&self) -> &[u8] {
        if self.is_whole { &self.whole } else { self.ring.held(self.unit) }
    }

    /// Whether a record is there that is wanted and was not lent yet. A unit whose records were all lent goes back.
    fn advance(&mut self) -> bool {
        loop {
            if self.at < self.records.len() {
                return true;
            }
            if self.held {
                self.ring.release(self.unit);
                self.unit = (self.unit + 1) % self.ring.count();
                self.held = false;
            }
            self.records.clear();
            (self.at, self.is_whole) = (0, false);
            let Some(unit) = self.ring.unit(self.unit) else { return false };
            self.held = true;
            if !self.slots {
                self.statistics.damaged += block::records(unit, &mut self.records);
            } else if let Some((record, is_whole)) =
                slot::record(unit, &mut self.whole, |into| self.socket.receive(into))
            {
                self.records.push(record);
                self.is_whole = is_whole;
            } else {
                self.statistics.damaged += 1;
            }
            if self.direction == Direction::Out {
                self.records.retain(|record| record.packet_type == libc::PACKET_OUTGOING);
            }
        }
    }

    /// Why poll(2) reports an error. Reading it clears it, so that it is told once.
    fn trouble(&mut self) -> Result<Option<Waited>, Error> {
        let pending = self.socket.take_error().map_err(|error| self.presence.explain("capture", error))?;
        match pending {
            None => Ok(None),
            Some(error) => match self.presence.explain("capture", error) {
                Error::Down { name } => Ok(Some(Waited::Down { name })),
                other => Err(other),
            },
        }
    }
}

/// Bytes of a slot that holds every frame of this MTU, with two tags and what the kernel writes in front of it.
fn slot_of(mtu: u32) -> usize {
    (mtu as usize).saturating_add(160).clamp(2048, BLOCK).next_power_of_two()
}

/// How a wait ended.
enum Waited {
    Ready,
    Down { name: String },
    Timeout,
    Stopped,
}

/// Attaches a program, if there is one, and says whether there is.
fn attach(socket: &PacketSocket, program: Option<&Program>) -> std::io::Result<bool> {
    let Some(Program(code)) = program else { return Ok(false) };
    let raw = |i: &Instruction| libc::sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k };
    socket.attach_filter(&code.iter().map(raw).collect::<Vec<_>>())?;
    Ok(true)
}
