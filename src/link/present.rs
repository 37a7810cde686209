//! Whether an interface in use is still there: by its index, in the namespace where it was opened, under whatever name.

use super::{Error, Interface};
use crate::sys::device::Devices;
use crate::sys::ethtool;
use std::io;
use std::time::Duration;

/// What is needed to ask about an interface after it was opened.
#[derive(Debug)]
pub struct Presence {
    devices: Devices,
    index: u32,
    name: String,
}

/// Milliseconds between an interface's going down and its removal, generously.
const LEAVING: u32 = 100;

impl Presence {
    /// Remembers `interface`, which is one of the calling thread's network namespace.
    pub fn of(interface: &Interface) -> Result<Self, Error> {
        let devices = Devices::open().map_err(|error| Error::system(format!("ask about {}", interface.name), error))?;
        Ok(Self { devices, index: interface.index, name: interface.name.clone() })
    }

    /// Its name now; it may have been renamed while in use.
    pub fn name(&self) -> Result<String, Error> {
        self.devices.name(self.index).map_err(|error| self.gone(error))
    }

    /// It is set up.
    pub fn is_up(&self) -> Result<bool, Error> {
        self.devices.is_up(&self.name()?).map_err(|error| self.gone(error))
    }

    /// An error of a system call that used the interface, in words: down, removed, made anew, or what the kernel says.
    pub fn explain(&self, what: &str, error: io::Error) -> Error {
        match error.raw_os_error() {
            Some(libc::ENETDOWN | libc::ENXIO | libc::ENODEV) => match self.settled_name() {
                Ok(name) if error.raw_os_error() == Some(libc::ENETDOWN) => Error::Down { name },
                Ok(name) => Error::system(format!("{what} on {name}"), error),
                Err(gone) => gone,
            },
            _ => Error::system(format!("{what} on {}", self.name), error),
        }
    }

    /// The name, once it is plain whether the interface stays: one that is removed goes down first.
    fn settled_name(&self) -> Result<String, Error> {
        for _ in 0..LEAVING {
            self.name()?;
            std::thread::sleep(Duration::from_millis(1));
        }
        self.name()
    }

    /// How many transmit queues it has now; 1 where the driver does not tell.
    pub fn queues(&self) -> u32 {
        let queues = self.name().ok().and_then(|name| ethtool::transmit_queues(&self.devices, &name).ok());
        queues.unwrap_or(1).max(1)
    }

    /// The refusal of `SO_NOFCS` by the driver.
    pub fn cannot_send_own_fcs(&self) -> Error {
        let name = self.name().unwrap_or_else(|_| self.name.clone());
        let driver = ethtool::driver(&self.devices, &name).unwrap_or_else(|_| "unknown".into());
        Error::NotPossible {
            message: format!("{name}: driver {driver} cannot send a frame with its own FCS"),
            help: Some("`--fcs append` sends the four bytes as the last bytes of the frame".into()),
        }
    }

    /// No interface has the index any more.
    fn gone(&self, error: io::Error) -> Error {
        if !matches!(error.raw_os_error(), Some(libc::ENODEV | libc::ENXIO)) {
            return Error::system(format!("ask about {}", self.name), error);
        }
        match self.devices.index(&self.name) {
            Ok(now) => Error::Recreated { name: self.name.clone(), was: self.index, now },
            Err(_) => Error::Removed { name: self.name.clone() },
        }
    }
}
