//! What was requested before a run changed it, kept in a file so that it outlives a SIGKILL.
//!
//! One file an interface, named by network namespace, index and name, locked by the run that owns it. A file that
//! nobody holds locked was left behind. Content, owner and permissions are checked before it is believed.

use super::{Features, Offload};
use crate::link::{Error, Interface};
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// First line of the file.
const MAGIC: &str = "ethcraft offload 1";
/// More than any file of ours has.
const LONGEST: u64 = 64 * 1024;

/// The features that were requested on an interface before a run changed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// One letter a feature: 1 or 0.
    requested: Vec<bool>,
    /// What tells this interface and this boot from others with the same numbers.
    identity: String,
}

impl Saved {
    pub(super) fn of(interface: &Interface, features: &Features) -> Self {
        let requested = features.all().iter().map(|feature| feature.requested).collect();
        Self { requested, identity: identity(interface) }
    }

    /// What was requested for feature number `at`.
    pub(super) fn requested(&self, at: usize) -> Option<bool> {
        self.requested.get(at).copied()
    }

    fn to_text(&self) -> String {
        let bits: String = self.requested.iter().map(|on| if *on { '1' } else { '0' }).collect();
        format!("{MAGIC}\n{}\n{bits}\n", self.identity)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (magic, identity, bits) = (lines.next()?, lines.next()?, lines.next()?);
        if magic != MAGIC || lines.next().is_some() {
            return None;
        }
        let requested = bits.chars().map(|c| matches!(c, '0' | '1').then_some(c == '1')).collect::<Option<_>>()?;
        Some(Self { requested, identity: identity.into() })
    }
}

/// The state that an earlier run left behind on this interface, if there is one and nobody holds it.
pub fn pending(offload: &Offload) -> Result<Option<Saved>, Error> {
    match find(offload)? {
        Found::Left(held) => Ok(Some(held.saved)),
        Found::Nothing | Found::Busy => Ok(None),
    }
}

/// A state file that this process holds locked.
#[derive(Debug)]
pub(super) struct Held {
    pub saved: Saved,
    path: PathBuf,
    _lock: Flock<File>,
}

impl Held {
    /// The state is put back: the file is not needed any more.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        // The directory goes with its last file.
        let _ = self.path.parent().map(fs::remove_dir);
        Ok(())
    }
}

/// What is in the place where an interface's state is kept.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    /// A run that still goes on holds it.
    Busy,
    /// Left behind by a run that was killed.
    Left(Held),
}

/// Looks for the state of an interface, removing what is not of this boot or this interface.
pub(super) fn find(offload: &Offload) -> Result<Found, Error> {
    let interface = offload.interface();
    let namespace = namespace(offload)?;
    let name = file_name(interface, namespace);
    for directory in directories(namespace).into_iter().filter(|directory| is_ours(directory)) {
        let path = directory.join(&name);
        match open(&path) {
            Ok(None) => {}
            Ok(Some(file)) => match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Err(_) => return Ok(Found::Busy),
                Ok(mut lock) => {
                    let mut text = String::new();
                    // What is not text is not ours.
                    let read = Read::by_ref(&mut *lock).take(LONGEST).read_to_string(&mut text);
                    match read.ok().and_then(|_| Saved::from_text(&text)) {
                        Some(saved) if saved.identity == identity(interface) => {
                            return Ok(Found::Left(Held { saved, path, _lock: lock }));
                        }
                        _ => fs::remove_file(&path).map_err(|error| failed(&path, error))?,
                    }
                }
            },
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Ok(Found::Nothing)
}

/// Writes `saved` to a new file, complete and locked before it has its name. None if the name is taken.
pub(super) fn keep(offload: &Offload, saved: Saved) -> Result<Option<Held>, Error> {
    let namespace = namespace(offload)?;
    let name = file_name(offload.interface(), namespace);
    // A directory can go with another run's last file just when it was chosen.
    for _ in 0..3 {
        let Some(directory) = directories(namespace).into_iter().find(|directory| {
            // What cannot be made is looked at next, and passed over.
            let _ = DirBuilder::new().mode(0o700).create(directory);
            is_ours(directory)
        }) else {
            let message = "there is no directory to save the offload features in: set XDG_RUNTIME_DIR";
            return Err(Error::not_possible(message));
        };
        let path = directory.join(&name);
        match write(&path, &saved) {
            Ok(lock) => return Ok(Some(Held { saved, path, _lock: lock })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Err(Error::not_possible("the directory to save the offload features in does not stay"))
}

/// A new file under a name of its own, then linked to `path`.
fn write(path: &Path, saved: &Saved) -> io::Result<Flock<File>> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    // Left by a killed process that had our number.
    let _ = fs::remove_file(&draft);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(&draft)?;
    let linked = Flock::lock(file, FlockArg::LockExclusiveNonblock)
        .map_err(|(_, errno)| io::Error::from(errno))
        .and_then(|mut lock| {
            lock.write_all(saved.to_text().as_bytes())?;
            // A link, unlike a rename, never replaces what is there.
            fs::hard_link(&draft, path)?;
            Ok(lock)
        });
    let _ = fs::remove_file(&draft);
    linked
}

fn namespace(offload: &Offload) -> Result<u64, Error> {
    let message = "/proc does not tell the network namespace, by which saved offload features are named";
    offload.namespace.ok_or_else(|| Error::not_possible(message))
}

/// Where states are kept, the best place first.
fn directories(namespace: u64) -> Vec<PathBuf> {
    let user = nix::unistd::geteuid();
    let mut all = Vec::new();
    if user.is_root() {
        all.push(PathBuf::from("/run/ethcraft"));
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|directory| !directory.is_empty());
    all.extend(runtime.map(|directory| Path::new(&directory).join("ethcraft")));
    all.push(std::env::temp_dir().join(format!("ethcraft-{user}")));
    // In private networks several users are user 0, and the name before this one may be another's.
    all.push(std::env::temp_dir().join(format!("ethcraft-{user}-{namespace}")));
    all
}

/// A directory of this user that nobody else may write to or look into.
fn is_ours(directory: &Path) -> bool {
    fs::symlink_metadata(directory).is_ok_and(|meta| meta.is_dir() && private(&meta))
}

/// Owned by this user, and nobody else has any right to it.
fn private(meta: &fs::Metadata) -> bool {
    const OTHERS: u32 = 0o077;
    meta.uid() == nix::unistd::geteuid().as_raw() && meta.mode() & OTHERS == 0
}

/// Opens a state file of this user's; none where there is none.
fn open(path: &Path) -> io::Result<Option<File>> {
    let file = match OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK)
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let meta = file.metadata()?;
    let ours = meta.is_file() && private(&meta);
    if !ours || meta.len() > LONGEST {
        return Err(io::Error::other("not a file that this program wrote; remove it"));
    }
    Ok(Some(file))
}

/// Named by the network namespace, the index, and the name with everything odd spelt out.
fn file_name(interface: &Interface, namespace: u64) -> String {
    let name: String = interface
        .name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect();
    format!("offload-{namespace}-{}-{name}", interface.index)
}

/// Namespace numbers and indexes come again after a reboot, or in a new namespace; boots and random addresses do not.
fn identity(interface: &Interface) -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let mac = interface.mac.map(|mac| mac.to_string()).unwrap_or_default();
    format!("boot {} mac {mac}", boot.trim())
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::System { what: format!("the saved offload features in {}", path.display()), source: error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written_and_nothing_else_is() {
        let saved = Saved { requested: vec![true, false, true], identity: "boot x mac y".into() };
        let text = saved.to_text();
        assert_eq!(Saved::from_text(&text), Some(saved));
        for wrong in
            ["", "\n", "ethcraft offload 1\nboot x mac y\n12\n", &text[..text.len() - 1], &format!("{text}more\n")]
        {
            assert_eq!(Saved::from_text(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_odd_interface_name_stays_one_file_name() {
        let mut interface = crate::link::interface::tests::ethernet("../a b", 1500);
        interface.index = 7;
        assert_eq!(file_name(&interface, 9), "offload-9-7-%2e%2e%2fa%20b");
    }
}
