//! Offload features: what a network device does in the kernel's place, shown and set by the ethtool ioctl.
//!
//! What is saved and put back is what was *requested*, not what was active: turning checksums off makes segmentation
//! inactive, and it comes back by itself with them. Start reading at [`Offload`]; [`Guard`] changes for the time of a
//! run.

mod change;
mod features;
mod groups;
mod guard;
mod saved;

pub use change::{Applied, Change, Refusal, Setting};
pub use features::{Feature, Features, State};
pub use groups::{GROUPS, Group};
pub use guard::{Guard, restore_pending};
pub use saved::{Saved, pending};

use super::{Error, Interface};
use crate::sys::device::Devices;
use crate::sys::ethtool;
use std::io;
use std::os::unix::fs::MetadataExt;

/// The features of one interface, to be read and set.
#[derive(Debug)]
pub struct Offload {
    devices: Devices,
    interface: Interface,
    /// The number of its network namespace; none where /proc does not tell.
    namespace: Option<u64>,
    names: Vec<String>,
}

impl Offload {
    /// Opens the features of an interface of the calling thread's network namespace; needs no privilege. What is done
    /// with them later is done there, from whatever thread.
    pub fn open(interface: &Interface) -> Result<Self, Error> {
        let failed = |error| explain(&interface.name, "read the offload features", error);
        let devices = Devices::open().map_err(failed)?;
        let names = ethtool::feature_names(&devices, &interface.name).map_err(failed)?;
        let namespace = std::fs::metadata("/proc/thread-self/ns/net").ok().map(|meta| meta.ino());
        Ok(Self { devices, interface: interface.clone(), namespace, names })
    }

    /// The interface.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The features as they are now.
    pub fn features(&self) -> Result<Features, Error> {
        let blocks = ethtool::features(&self.devices, &self.name()?, self.names.len())
            .map_err(|error| explain(&self.interface.name, "read the offload features", error))?;
        Ok(Features::new(&self.names, &blocks))
    }

    /// Puts back what `saved` says was requested, and tells what changed by it.
    pub fn restore(&self, saved: &Saved) -> Result<Vec<Change>, Error> {
        let before = self.features()?;
        let request = before.request(|at, feature| {
            let was = saved.requested(at)?;
            (feature.changeable() && feature.requested != was).then_some(was)
        });
        if request.iter().any(|block| block.valid != 0) {
            ethtool::set_features(&self.devices, &self.name()?, &request).map_err(|error| self.refused(error))?;
        }
        let after = self.features()?;
        for (at, feature) in after.all().iter().enumerate() {
            if feature.changeable() && saved.requested(at).is_some_and(|was| was != feature.requested) {
                let message = format!("{}: '{}' could not be put back", self.interface.name, feature.name);
                return Err(Error::not_possible(message));
            }
        }
        let asked: Vec<usize> =
            (0..request.len() * 32).filter(|at| request[at / 32].valid >> (at % 32) & 1 != 0).collect();
        Ok(change::between(&before, &after, &asked))
    }

    /// The name of the interface now; it may have been renamed since.
    fn name(&self) -> Result<String, Error> {
        self.devices
            .name(self.interface.index)
            .map_err(|error| explain(&self.interface.name, "ask for its name", error))
    }

    fn refused(&self, error: io::Error) -> Error {
        explain(&self.interface.name, "set offload features", error)
    }
}

/// An error of SIOCETHTOOL in words.
fn explain(name: &str, what: &str, error: io::Error) -> Error {
    match error.raw_os_error() {
        Some(libc::ENODEV | libc::ENXIO) => Error::Removed { name: name.into() },
        Some(libc::EOPNOTSUPP) => Error::not_possible(format!("{name}: its driver or this kernel cannot {what}")),
        _ => Error::system(format!("{name}: {what}"), error),
    }
}
