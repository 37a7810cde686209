//! Why a lab could not be made, and what to do about it.

use std::fs::read_to_string;
use std::io;

/// Why a lab could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The plan asks for something that cannot be: wrong input.
    #[error("{0}")]
    Plan(String),
    /// This system does not let this user make namespaces, or their contents.
    #[error("cannot make a private network here: {what}: {source}")]
    Refused {
        /// What was tried.
        what: String,
        /// What the kernel answered.
        source: io::Error,
        /// What to do about it.
        remedy: String,
    },
    /// Anything else that the kernel refused.
    #[error("cannot make a private network: {what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the kernel answered.
        source: io::Error,
    },
}

impl Error {
    /// An error of the kernel while making the lab: a refusal, with its remedy, or a failure.
    pub(super) fn system(what: impl Into<String>, source: impl Into<io::Error>) -> Self {
        let (what, source) = (what.into(), source.into());
        match source.raw_os_error() {
            Some(libc::EPERM | libc::EACCES | libc::ENOSPC | libc::EUSERS | libc::ENOSYS) => {
                Self::Refused { what, source, remedy: remedy() }
            }
            Some(libc::EOPNOTSUPP) => Self::Refused {
                what,
                source,
                remedy: "this kernel lacks that kind of interface; as root: modprobe veth bridge".into(),
            },
            _ => Self::System { what, source },
        }
    }

    /// What to try next.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Refused { remedy, .. } => Some(remedy),
            Self::Plan(_) | Self::System { .. } => None,
        }
    }
}

/// The sysctl that forbids user namespaces, its path, the value that forbids and the command that allows them.
const SWITCHES: [(&str, &str, &str); 4] = [
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_net_namespaces", "0", "sysctl -w user.max_net_namespaces=15000"),
];

/// What allows a lab here: root, or the sysctl that is found to stand in the way.
fn remedy() -> String {
    let found =
        SWITCHES.iter().find(|(path, forbids, _)| read_to_string(path).is_ok_and(|value| value.trim() == *forbids));
    match found {
        Some((path, value, command)) => {
            format!(
                "user namespaces are switched off here ({path} is {value}): run it as root (sudo), or allow them, as root: {command}"
            )
        }
        None => "run it as root (sudo); in a container, start that with --cap-add SYS_ADMIN --cap-add NET_ADMIN, \
                 or with a seccomp profile that lets it make user namespaces"
            .into(),
    }
}
