//! The way out: frames into slots, slots to the kernel, and an exact account of what became of each.
//!
//! [`Sender`] is what callers use; it knows the interface and the size rule. An [`Engine`] knows a way to the kernel.

mod drain;
mod engine;
mod limit;
mod options;
mod queue;
mod socket;

pub use engine::{Engine, Failure, Outcome, Progress, Refusal};
pub use limit::{HEADER, SizeError, limit, longest};
pub use options::{Choice, Options};

use super::present::Presence;
use super::{Error, Interface, stop::Stop};
use crate::sys::packet::PacketSocket;

/// Sends frames on one interface.
pub struct Sender {
    engine: Box<dyn Engine>,
    interface: Interface,
    own_fcs: bool,
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
    /// Opens a packet socket that sends on `interface` and receives nothing.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] without `CAP_NET_RAW`, [`Error::Down`] for an interface that is down, a usage error for
    /// one whose frames have no Ethernet header.
    pub fn open(interface: &Interface, options: &Options) -> Result<Self, Error> {
        let name = &interface.name;
        let failed = |error| Error::system(format!("send on {name}"), error);
        interface.require_ethernet()?;
        let presence = Presence::of(interface)?;
        let socket = PacketSocket::open().map_err(failed)?;
        if options.own_fcs {
            socket.no_fcs().map_err(failed)?;
        }
        if options.bypass_queue {
            socket.bypass_queue().map_err(failed)?;
        }
        socket.bind(interface.index, 0).map_err(|error| presence.explain("send", error))?;
        if let Some(error) = socket.take_error().map_err(failed)? {
            return Err(presence.explain("send", error));
        }
        // With protocol 0 the kernel does not look at the interface's state before the first send.
        if !presence.is_up()? {
            return Err(Error::Down { name: presence.name()? });
        }
        let chosen = options.choose();
        let engine: Box<dyn Engine> = match chosen.engine {
            options::Engine::Send => {
                Box::new(socket::Socket::plain(socket, presence, options.patience, options.own_fcs))
            }
            options::Engine::Mmsg => Box::new(socket::Socket::batched(socket, presence, options.patience)),
        };
        Ok(Self {
            engine,
            interface: interface.clone(),
            own_fcs: options.own_fcs,
            outcome: Outcome::default(),
            notes: chosen.why.into_iter().collect(),
        })
    }

    /// What is to be said of the way that was taken, where it was not the caller's own choice.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The engine's name, as on the command line.
    pub fn engine(&self) -> &'static str {
        self.engine.name()
    }

    /// Checks a frame's size by the interface's rule; see [`limit()`].
    pub fn check(&self, frame: &[u8]) -> Result<(), SizeError> {
        limit(&self.interface, frame, self.own_fcs)
    }

    /// Room for one frame, to be filled and committed; none if a flush must come first. The size is not checked.
    pub fn reserve(&mut self, length: usize) -> Option<&mut [u8]> {
        self.engine.reserve(length)
    }

    /// The reserved frame is ready.
    pub fn commit(&mut self) {
        self.engine.commit();
    }

    /// Checks and queues one frame, flushing first where there is no room. [`Self::flush`] sends what is queued. After
    /// [`Progress::Stopped`] the frame is not queued.
    pub fn push(&mut self, frame: &[u8], stop: &Stop) -> Result<Progress, SendError> {
        self.push_with(frame.len(), stop, |slot| slot.copy_from_slice(frame))
    }

    /// The same with a frame that `write` puts straight into the engine's buffer; it must fill all of it.
    pub fn push_with(
        &mut self,
        length: usize,
        stop: &Stop,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<Progress, SendError> {
        if self.engine.reserve(length).is_none() && self.flush(stop)? == Progress::Stopped {
            return Ok(Progress::Stopped);
        }
        if let Some(slot) = self.engine.reserve(length) {
            write(slot);
            limit(&self.interface, slot, self.own_fcs)?;
            self.engine.commit();
        }
        Ok(Progress::Done)
    }

    /// Hands every queued frame to the kernel; see [`Outcome`] for what became of them.
    pub fn flush(&mut self, stop: &Stop) -> Result<Progress, Error> {
        self.engine.flush(&mut self.outcome, stop)
    }

    /// What became of the frames so far; those that wait for a flush are not in it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}
