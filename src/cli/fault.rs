//! Why frames could not be sent, in words: the place of the frame, the reason, and what to do about it.

use super::source::Entry;
use super::{Failure, Status, replay};
use crate::link::Interface;
use crate::link::tx::{SizeError, longest};
use crate::report::safe;
use crate::traffic::Fault;

/// A fault in words, of frames of these entries or of the capture of this name. Where nothing was sent yet it is the frame's or
/// the interface's; later the run failed.
pub(super) fn in_words(
    fault: Fault,
    entries: &[Entry],
    capture: Option<&str>,
    interface: &Interface,
    nothing_sent: bool,
) -> Failure {
    let entry = |item: Option<usize>| item.and_then(|item| entries.get(item));
    let told = |item, fault: &Fault| match (entry(item), capture) {
        (None, Some(name)) => format!("{}: {fault}", safe::text(name)),
        (entry, _) => entry.map_or_else(|| fault.to_string(), |entry| entry.told(fault)),
    };
    let mut failure = match &fault {
        Fault::Link(_) => {
            let Fault::Link(error) = fault else { return Failure::failed(fault) };
            return error.into();
        }
        Fault::Capture(error) => {
            return replay::failure(capture.unwrap_or_default(), error);
        }
        Fault::Build { item, cause, .. } => match entry(Some(*item)) {
            Some(entry) => entry.failure(cause),
            None => Failure::usage(&fault),
        },
        Fault::Size { item, cause: SizeError::Short { .. }, .. } => {
            Failure::usage(told(*item, &fault)).help("begin it with eth, or with the 14 bytes of an Ethernet header")
        }
        Fault::Size { item, cause: SizeError::Long { length, .. }, .. } => {
            let mtu = length - (longest(0, false, false));
            Failure::refused(told(*item, &fault)).help(format!(
                "make it shorter, or raise the MTU: `ip link set {} mtu {mtu}`",
                interface.name.escape_debug()
            ))
        }
        Fault::Size { item, cause: SizeError::Engine { .. }, .. } => {
            Failure::refused(told(*item, &fault)).help("send it with `--engine mmsg`")
        }
        Fault::Size { item, cause: SizeError::Ask(_), .. } => Failure::usage(told(*item, &fault)),
        Fault::Lowered { .. } | Fault::NoRoom { .. } => Failure::failed(&fault),
    };
    if !nothing_sent {
        failure.status = Status::Failed;
    }
    failure
}
