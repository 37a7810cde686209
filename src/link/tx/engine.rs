//! What every way of sending has in common: slots to fill, and an account of what became of each frame.

use crate::link::{Error, stop::Stop};
use crate::sys::packet::VnetHeader;
use std::io;

/// A way of putting frames on an interface. Frames are numbered from 0 in the order of their commits.
pub trait Engine: Send {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// The device reads the frames where they are, without a copy.
    fn zero_copy(&self) -> bool {
        false
    }

    /// Room for at least one and at most `most` frames of `length` bytes, to be filled and committed; none if a flush must
    /// come first.
    fn reserve(&mut self, length: usize, most: usize) -> Option<Slots<'_>>;

    /// The reserved frame asks the kernel for this; only engines that were opened for it can pass it on.
    fn ask(&mut self, _header: &VnetHeader) {}

    /// The first `count` reserved frames are ready, and the others given back. Without reserved ones nothing happens.
    fn commit(&mut self, count: usize);

    /// Hands every committed frame to the kernel and enters the result of each into `outcome`. Ends early if `stop` is
    /// set while it must wait, and with an error where no further frame can be sent; frames left over count as unsent.
    fn flush(&mut self, outcome: &mut Outcome, stop: &Stop) -> Result<Progress, Error>;

    /// The same, but ends as soon as there is room for another frame: not every frame needs to have its result.
    fn make_room(&mut self, outcome: &mut Outcome, stop: &Stop) -> Result<Progress, Error> {
        self.flush(outcome, stop)
    }
}

/// Room for frames of one length. Each slot holds what the buffer held before.
#[derive(Debug)]
pub struct Slots<'a> {
    bytes: &'a mut [u8],
    length: usize,
    /// Bytes from the beginning of one to that of the next.
    apart: usize,
    count: usize,
}

impl<'a> Slots<'a> {
    /// A single one.
    pub fn one(bytes: &'a mut [u8]) -> Self {
        Self { length: bytes.len(), apart: bytes.len(), count: 1, bytes }
    }

    /// `count` slots of `length` bytes in a row; none where `bytes` does not hold them.
    pub fn row(bytes: &'a mut [u8], length: usize, apart: usize, count: usize) -> Option<Self> {
        let last = apart.checked_mul(count.checked_sub(1)?)?;
        (length <= apart && last.checked_add(length)? <= bytes.len()).then_some(Self { bytes, length, apart, count })
    }
}

impl<'a> Iterator for Slots<'a> {
    type Item = &'a mut [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a mut [u8]> {
        self.count = self.count.checked_sub(1)?;
        let bytes = std::mem::take(&mut self.bytes);
        let (slot, rest) = bytes.split_at_mut(self.apart.min(bytes.len()));
        self.bytes = rest;
        slot.get_mut(..self.length)
    }
}

/// How a flush ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Every frame has its result.
    Done,
    /// The stop flag was set during a wait.
    Stopped,
}

/// What became of the frames so far.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Frames that the kernel took. That is no promise that any of them left the machine.
    pub accepted: u64,
    /// Their bytes.
    pub accepted_bytes: u64,
    /// Frames that the kernel refused.
    pub refused: u64,
    /// The first refusals, at most [`Self::KEPT`].
    pub failures: Vec<Failure>,
    /// Frames dropped from the queue unsent after a stop or an error.
    pub unsent: u64,
    /// How often the queue was full (ENOBUFS) and was given time.
    pub backoffs: u64,
    /// How often the socket's own buffer was full (EAGAIN) and was waited for.
    pub waits: u64,
}

impl Outcome {
    /// How many refusals are kept with their cause.
    pub const KEPT: usize = 100;

    /// The number of the next frame to get its result.
    pub fn next(&self) -> u64 {
        self.accepted + self.refused + self.unsent
    }

    pub(super) fn refuse(&mut self, cause: Refusal) {
        let frame = self.next();
        if self.failures.len() < Self::KEPT {
            self.failures.push(Failure { frame, cause });
        }
        self.refused += 1;
    }
}

/// One frame that was refused.
#[derive(Debug, thiserror::Error)]
#[error("frame {frame}: {cause}")]
pub struct Failure {
    /// Its number, from 0.
    pub frame: u64,
    /// Why.
    pub cause: Refusal,
}

/// Why the kernel refused one frame.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// EMSGSIZE: the MTU is smaller than it was when the size was checked.
    #[error("too long for the interface's MTU of now")]
    TooLong,
    /// EINVAL.
    #[error("not a frame that this interface takes")]
    Invalid,
    /// ENOBUFS for longer than the sender waits: a full queue, no carrier, or a peer with a smaller MTU.
    #[error("the queue took nothing for too long: it is full, or there is no carrier, or the peer's MTU is smaller")]
    QueueFull,
    /// Anything else.
    #[error("{0}")]
    Other(io::Error),
}
