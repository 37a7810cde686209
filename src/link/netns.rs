//! Other network namespaces: naming them, listing them, doing something in one.
//!
//! A socket stays in the namespace it was opened in, so a process holds sockets in several by opening each within its
//! own. The names are those of `ip netns`: files under /run/netns that hold a namespace.

use super::Error;
use crate::expr::nearest;
use nix::sched::{CloneFlags, setns};
use std::fmt;
use std::fs::{File, read_dir};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::str::FromStr;

/// Where the names of network namespaces are.
pub const DIRECTORY: &str = "/run/netns";

/// Where they are on a system whose /var/run is not /run.
const OLD_DIRECTORY: &str = "/var/run/netns";

/// A network namespace other than this thread's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// One with a name, as `ip netns list` shows it: `h1`.
    Named(String),
    /// The one of a process, and so of a container: `pid:4242`.
    OfProcess(u32),
}

/// An interface, and where it is: `veth0`, `veth0@h1`, `eth0@pid:4242`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The interface's name in its namespace.
    pub interface: String,
    /// Its network namespace; this thread's where none is named.
    pub namespace: Option<Namespace>,
}

impl Target {
    /// Reads `INTERFACE`, `INTERFACE@NAME` or `INTERFACE@pid:NUMBER`. Whether it exists is seen when it is used.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (interface, namespace) = match text.rsplit_once('@') {
            Some((interface, namespace)) => (interface, Some(namespace.parse()?)),
            None => (text, None),
        };
        if interface.is_empty() {
            return Err(usage(
                format!("'{}' names no interface", text.escape_debug()),
                "write it as veth0, veth0@h1 or eth0@pid:4242",
            ));
        }
        Ok(Self { interface: interface.into(), namespace })
    }

    /// Does `work` in the interface's namespace: on the calling thread where that is it already, else on a thread that
    /// lives as long as the work.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
        match &self.namespace {
            None => Ok(work()),
            Some(namespace) => namespace.within(work),
        }
    }
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            None => f.write_str(&self.interface),
            Some(namespace) => write!(f, "{}@{namespace}", self.interface),
        }
    }
}

impl FromStr for Namespace {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(number) = text.strip_prefix("pid:") {
            return match number.parse() {
                Ok(pid) if pid > 0 => Ok(Self::OfProcess(pid)),
                _ => Err(usage(
                    format!("'{}' is not the number of a process", number.escape_debug()),
                    "write the process's number behind pid:, as in eth0@pid:4242",
                )),
            };
        }
        if text.is_empty() || text.starts_with('.') || text.contains(['/', '\0']) {
            return Err(usage(
                format!("'{}' cannot be the name of a network namespace", text.escape_debug()),
                "write a name that `ip netns list` shows, or pid:NUMBER",
            ));
        }
        Ok(Self::Named(text.into()))
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::OfProcess(pid) => write!(f, "pid:{pid}"),
        }
    }
}

impl Namespace {
    /// Does `work` in this namespace, on a thread that lives as long as the work.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
        let file = self.open()?;
        on_thread(|| move_thread(&file), work).map_err(|error| match (error.raw_os_error(), self) {
            (Some(libc::EPERM), _) => self.forbidden(),
            // Its name is seen, but what was mounted there is only in another mount namespace.
            (Some(libc::EINVAL), Self::Named(name)) => usage(
                format!("{DIRECTORY}/{name} is not a network namespace"),
                "it is left over, or was made where this process cannot see it: write pid:NUMBER of a process in it",
            ),
            _ => Error::system(format!("enter the network namespace {self}"), error),
        })
    }

    fn open(&self) -> Result<File, Error> {
        let opened = match self {
            Self::Named(name) => open_first(&[DIRECTORY, OLD_DIRECTORY].map(|directory| format!("{directory}/{name}"))),
            Self::OfProcess(pid) => File::open(format!("/proc/{pid}/ns/net")),
        };
        opened.map_err(|error| match (error.kind(), self) {
            (io::ErrorKind::NotFound, Self::OfProcess(pid)) => {
                usage(format!("there is no process {pid}"), "the number is the one that `ps` shows here")
            }
            (io::ErrorKind::NotFound, Self::Named(name)) => {
                let names = list();
                let help = match nearest(name, names.iter().map(String::as_str)) {
                    Some(nearest) => format!("did you mean '{nearest}'?"),
                    None if names.is_empty() => format!("there are none in {DIRECTORY}"),
                    None => format!("there are: {}", names.join(", ")),
                };
                usage(format!("there is no network namespace '{}'", name.escape_debug()), help)
            }
            (io::ErrorKind::PermissionDenied, _) => self.forbidden(),
            _ => Error::system(format!("open the network namespace {self}"), error),
        })
    }

    /// Entering a namespace takes more than the capabilities that are enough to send and capture.
    fn forbidden(&self) -> Error {
        Error::NotPossible {
            message: format!("not permitted to enter the network namespace {self}"),
            help: Some("run it with `sudo`; a namespace made inside a lab is reached from inside that lab".into()),
        }
    }
}

/// The names of the network namespaces that are named, in order.
pub fn list() -> Vec<String> {
    let files = [DIRECTORY, OLD_DIRECTORY].into_iter().find_map(|directory| read_dir(directory).ok());
    let mut names: Vec<String> =
        files.into_iter().flatten().filter_map(|file| file.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// Does `work` on a thread of its own once `enter` has moved that thread to another namespace.
pub(crate) fn on_thread<T: Send>(
    enter: impl FnOnce() -> nix::Result<()> + Send,
    work: impl FnOnce() -> T + Send,
) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, || {
            enter()?;
            Ok(work())
        })?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Moves this thread to the network namespace that `namespace` holds open.
pub(crate) fn move_thread(namespace: impl AsFd) -> nix::Result<()> {
    setns(namespace, CloneFlags::CLONE_NEWNET)
}

fn open_first(paths: &[String; 2]) -> io::Result<File> {
    match File::open(&paths[0]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !Path::new(DIRECTORY).is_dir() => {
            File::open(&paths[1])
        }
        other => other,
    }
}

fn usage(message: String, help: impl Into<String>) -> Error {
    Error::Usage { message, help: Some(help.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Kind;

    #[test]
    fn an_interface_is_written_with_its_namespace_behind_an_at() {
        for text in ["veth0", "veth0@h1", "eth0@pid:4242", "a.b@c-d"] {
            assert_eq!(Target::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Target::parse("eth0@pid:7").unwrap().namespace, Some(Namespace::OfProcess(7)));
    }

    #[test]
    fn a_name_cannot_leave_the_directory_of_names() {
        for text in
            ["veth0@", "@h1", "", "veth0@../h1", "veth0@a/b", "veth0@..", "veth0@pid:", "veth0@pid:0", "veth0@pid:x"]
        {
            assert_eq!(Target::parse(text).unwrap_err().kind(), Kind::Usage, "{text:?}");
        }
    }

    #[test]
    fn an_unknown_namespace_is_wrong_input() {
        let error = Target::parse("veth0@no-such-namespace-here").unwrap().within(|| ()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(error.to_string(), "there is no network namespace 'no-such-namespace-here'");
    }

    #[test]
    fn an_unknown_process_is_wrong_input() {
        let error = Target::parse("veth0@pid:4294967295").unwrap().within(|| ()).unwrap_err();
        assert_eq!(error.to_string(), "there is no process 4294967295");
    }

    #[test]
    fn without_a_namespace_the_work_is_done_on_this_thread() {
        let here = std::thread::current().id();
        assert_eq!(Target::parse("lo").unwrap().within(|| std::thread::current().id()).unwrap(), here);
    }
}
