//! The way out: frames into slots, slots to the kernel, and an exact account of what became of each.
//!
//! [`Sender`] is what callers use; it knows the interface and the size rule. An [`Engine`] knows a way to the kernel.

mod ask;
mod drain;
mod engine;
mod flight;
mod limit;
mod options;
mod queue;
mod socket;
mod xdp;

pub use ask::{Ask, AskError};
pub use engine::{Engine, Failure, Outcome, Progress, Refusal};
pub use limit::{HEADER, SizeError, limit, longest};
pub use options::{Choice, Options};

use options::{Chosen, Engine as Kind};

use super::present::Presence;
use super::{Error, Interface, stop::Stop};
use crate::sys::packet::PacketSocket;

/// How many transmit queues an interface of the calling thread's namespace has: as many senders can use `AF_XDP` on it at a
/// time, each with its own [`Options::queue`].
pub fn queues(interface: &Interface) -> Result<u32, Error> {
    Ok(Presence::of(interface)?.queues())
}

/// Sends frames on one interface. One thread uses it; other threads open their own.
pub struct Sender {
    engine: Box<dyn Engine>,
    interface: Interface,
    options: Options,
    asker: Option<ask::Asker>,
    outcome: Outcome,
    notes: Vec<String>,
}

/// Why a frame was not queued.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Its size is refused before the kernel is asked.
    #[error(transparent)]
    Size(#[from] SizeError),
    /// Nothing more can be sent.
    #[error(transparent)]
    Link(#[from] Error),
}

impl Sender {
    /// Opens what sends on `interface` and receives nothing.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] without `CAP_NET_RAW`, [`Error::Down`] for an interface that is down, a usage error for
    /// one whose frames have no Ethernet header.
    pub fn open(interface: &Interface, options: &Options) -> Result<Self, Error> {
        interface.require_ethernet()?;
        let Chosen { engine, why } = options.choose(interface.mtu)?;
        let mut notes = Vec::new();
        let opened = match engine {
            Kind::Send | Kind::Mmsg => Self::over_socket(interface, options, engine),
            Kind::Xdp => Self::over_xdp(interface, options, &mut notes),
            Kind::XdpElseMmsg => Self::over_xdp(interface, options, &mut notes).or_else(|error| {
                notes.push(format!("engine mmsg, because xdp cannot be had: {error}"));
                Self::over_socket(interface, options, Kind::Mmsg)
            }),
        };
        let engine = opened?;
        if notes.is_empty() || engine.name() == "xdp" {
            notes.splice(0..0, why);
        }
        Ok(Self {
            engine,
            interface: interface.clone(),
            options: options.clone(),
            asker: options.ask.map(ask::Asker::new),
            outcome: Outcome::default(),
            notes,
        })
    }

    fn over_socket(interface: &Interface, options: &Options, engine: Kind) -> Result<Box<dyn Engine>, Error> {
        let failed = |error| Error::system(format!("send on {}", interface.name), error);
        let presence = Presence::of(interface)?;
        let socket = PacketSocket::open().map_err(failed)?;
        if options.own_fcs {
            socket.no_fcs().map_err(failed)?;
        }
        if options.bypass_queue {
            socket.bypass_queue().map_err(failed)?;
        }
        if options.ask.is_some() {
            socket.vnet_headers().map_err(failed)?;
        }
        socket.bind(interface.index, 0).map_err(|error| presence.explain("send", error))?;
        if let Some(error) = socket.take_error().map_err(failed)? {
            return Err(presence.explain("send", error));
        }
        // With protocol 0 the kernel does not look at the interface's state before the first send.
        if !presence.is_up()? {
            return Err(Error::Down { name: presence.name()? });
        }
        Ok(Box::new(match engine {
            Kind::Send => socket::Socket::plain(socket, presence, options),
            _ => socket::Socket::batched(socket, presence, options),
        }))
    }

    fn over_xdp(interface: &Interface, options: &Options, notes: &mut Vec<String>) -> Result<Box<dyn Engine>, Error> {
        let presence = Presence::of(interface)?;
        let engine = xdp::Xdp::open(presence, interface.index, options.queue, options.patience)?;
        let mode = if engine.zero_copy() { "without copying" } else { "in copy mode (this driver has no other)" };
        notes.push(format!(
            "AF_XDP on queue {} of {}, {mode}: neither the queueing discipline nor sniffers on this machine see the frames",
            options.queue, interface.name
        ));
        Ok(Box::new(engine))
    }

    /// What is to be said of the way that was taken, where it was not the caller's own choice.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Frames may be cut into segments on their way ([`Ask::segment`]).
    pub fn cuts(&self) -> bool {
        self.options.ask.is_some_and(|ask| ask.segment.is_some())
    }

    /// The engine's name, as on the command line.
    pub fn engine(&self) -> &'static str {
        self.engine.name()
    }

    /// The device reads the frames where they are: `AF_XDP` on a driver that can do that.
    pub fn zero_copy(&self) -> bool {
        self.engine.zero_copy()
    }

    /// Checks and queues one frame, flushing first where there is no room. [`Self::flush`] sends what is queued. After
    /// [`Progress::Stopped`] the frame is not queued.
    pub fn push(&mut self, frame: &[u8], stop: &Stop) -> Result<Progress, SendError> {
        match self.push_row(frame.len(), 1, stop, |slot| slot.copy_from_slice(frame))? {
            0 => Ok(Progress::Stopped),
            _ => Ok(Progress::Done),
        }
    }

    /// The same with up to `most` frames of one length, which `write` puts straight into the engine's buffer, one after the
    /// other; it must fill all of each. Gives how many were queued: as many as one step brings, none after a stop.
    pub fn push_row(
        &mut self,
        length: usize,
        most: usize,
        stop: &Stop,
        mut write: impl FnMut(&mut [u8]),
    ) -> Result<usize, SendError> {
        if self.engine.reserve(length, 1).is_none()
            && self.engine.make_room(&mut self.outcome, stop)? == Progress::Stopped
        {
            return Ok(0);
        }
        // One at a time where each must be looked at.
        let sure = self.asker.is_none() && self.options.always_fit(&self.interface, length);
        let Some(slots) = self.engine.reserve(length, if sure { most } else { 1 }) else {
            // There was room made, so it is the frame.
            return Err(SizeError::Engine { length, engine: self.engine.name(), limit: xdp::LONGEST }.into());
        };
        let mut count = 0;
        let mut header = None;
        for slot in slots {
            write(slot);
            count += 1;
            if let Some(asker) = &mut self.asker {
                asker.check(&self.interface, slot)?;
                header = Some(asker.prepare(slot).map_err(SizeError::from)?);
            } else if !sure {
                self.options.check(&self.interface, slot)?;
            }
        }
        if let Some(header) = &header {
            self.engine.ask(header);
        }
        self.engine.commit(count);
        Ok(count)
    }

    /// Queues one frame whatever its size, to see what the kernel makes of it; false where the engine has no room for it.
    pub fn push_unmeasured(&mut self, frame: &[u8]) -> bool {
        let slots = self.engine.reserve(frame.len(), 1).map(|slots| slots.for_each(|slot| slot.copy_from_slice(frame)));
        slots.map(|()| self.engine.commit(1)).is_some()
    }

    /// Hands every queued frame to the kernel; see [`Outcome`] for what became of them.
    pub fn flush(&mut self, stop: &Stop) -> Result<Progress, Error> {
        self.engine.flush(&mut self.outcome, stop)
    }

    /// Counts from zero again. What is queued must have been flushed.
    pub fn start_over(&mut self) {
        self.outcome = Outcome::default();
    }

    /// What became of the frames so far; those that wait for a flush are not in it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}
