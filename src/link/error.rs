//! What can go wrong with an interface, each with its place and its remedy.

use std::io;

/// Whose fault it is, which decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The caller named something that does not exist or cannot be meant.
    Usage,
    /// Not permitted, or this interface or kernel cannot do it.
    Refused,
    /// It failed while running.
    Failed,
}

/// Why something could not be done with an interface.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No interface of that name in this network namespace.
    #[error("there is no interface '{}' here", name.escape_debug())]
    NoSuchInterface {
        /// The name asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// A wrong request, in one sentence.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        help: Option<String>,
    },
    /// The kernel says EPERM or EACCES.
    #[error("{what}: not permitted")]
    NotPermitted {
        /// What was tried.
        what: String,
    },
    /// The interface, its driver or the kernel cannot do it.
    #[error("{message}")]
    NotPossible {
        /// What cannot be done, and why.
        message: String,
        /// What can be done instead.
        help: Option<String>,
    },
    /// The interface is there but set down.
    #[error("{name} is down")]
    Down {
        /// The interface.
        name: String,
    },
    /// The interface was removed, or moved to another namespace, while in use.
    #[error("interface removed: {name} is gone, or is in another namespace now")]
    Removed {
        /// The interface.
        name: String,
    },
    /// The interface was removed and another one made under its name.
    #[error("interface removed: {name} was made anew as number {now}, the one in use was number {was}")]
    Recreated {
        /// The interface.
        name: String,
        /// The index in use.
        was: u32,
        /// The index that has the name now.
        now: u32,
    },
    /// Any other refusal of a system call.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the kernel answered.
        source: io::Error,
    },
}

impl Error {
    /// An error of the kernel, in the words that its number deserves.
    pub fn system(what: impl Into<String>, source: io::Error) -> Self {
        let what = what.into();
        match source.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => Self::NotPermitted { what },
            _ => Self::System { what, source },
        }
    }

    /// Something that this interface or kernel cannot do.
    pub(crate) fn not_possible(message: impl Into<String>) -> Self {
        Self::NotPossible { message: message.into(), help: None }
    }

    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoSuchInterface { .. } | Self::Usage { .. } => Kind::Usage,
            Self::NotPermitted { .. } | Self::NotPossible { .. } => Kind::Refused,
            Self::Down { .. } | Self::Removed { .. } | Self::Recreated { .. } | Self::System { .. } => Kind::Failed,
        }
    }

    /// What to try next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuchInterface { nearest: Some(nearest), .. } => Some(format!("did you mean '{nearest}'?")),
            Self::NoSuchInterface { nearest: None, .. } => Some("`ethcraft ifaces` lists them".into()),
            Self::Usage { help, .. } | Self::NotPossible { help, .. } => help.clone(),
            Self::NotPermitted { .. } => Some(super::privileges::REMEDY.into()),
            Self::Down { name } => Some(format!("`ip link set {name} up`")),
            _ => None,
        }
    }
}
