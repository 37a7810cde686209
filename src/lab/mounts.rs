//! The lab's own view of the file tree: names of namespaces, /sys and /proc that are the lab's and not the system's.
//!
//! Everything is mounted in a mount namespace of its own, so nothing of it is seen outside or stays.

use crate::link::netns::DIRECTORY;
use nix::mount::{MsFlags, mount};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const NOTHING: Option<&str> = None;

/// Keeps what is mounted from here on inside; what the system unmounts goes away here too.
pub fn keep_inside() -> io::Result<()> {
    Ok(mount(NOTHING, "/", NOTHING, MsFlags::MS_SLAVE | MsFlags::MS_REC, NOTHING)?)
}

/// Gives the lab an empty directory for the names of its namespaces, where iproute2 keeps them.
pub fn names() -> io::Result<()> {
    if !Path::new(DIRECTORY).is_dir() {
        // Making it there would leave it behind, and an ordinary user may not.
        copy_run()?;
        fs::create_dir(DIRECTORY)?;
    }
    tmpfs(DIRECTORY)
}

/// Names a network namespace, given as a file under /proc, as `ip netns add` would.
pub fn name(namespace: &str, name: &str) -> io::Result<()> {
    let at = Path::new(DIRECTORY).join(name);
    File::create_new(&at)?;
    Ok(mount(Some(namespace), &at, NOTHING, MsFlags::MS_BIND, NOTHING)?)
}

/// Shows the lab's interfaces under /sys/class/net. Where the system hides parts of /sys it stays as it is.
pub fn sys() {
    let _ = mount(Some("sysfs"), "/sys", Some("sysfs"), guarded(), NOTHING);
}

/// Shows the lab's processes under /proc; for the first process of the pid namespace. Where the system hides parts of
/// /proc it stays as it is.
pub fn proc() {
    let _ = mount(Some("proc"), "/proc", Some("proc"), guarded(), NOTHING);
}

fn guarded() -> MsFlags {
    MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC
}

fn tmpfs(at: &str) -> io::Result<()> {
    Ok(mount(Some("tmpfs"), at, Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=755"))?)
}

/// Puts a writable /run in place of the system's, with everything that was in it bound to the same place.
fn copy_run() -> io::Result<()> {
    // Held open, because the new /run hides the old one.
    let held = File::open("/run")?;
    let old = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
    let names: Vec<OsString> = fs::read_dir(&old)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    tmpfs("/run")?;
    for name in names {
        // A single thing that cannot be shown is missed by somebody perhaps, but is no reason against a lab.
        let _ = show(&old.join(&name), &Path::new("/run").join(&name));
    }
    Ok(())
}

fn show(from: &Path, to: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(from)?.file_type();
    if kind.is_symlink() {
        return symlink(fs::read_link(from)?, to);
    }
    if kind.is_dir() {
        fs::create_dir(to)?;
    } else {
        File::create_new(to)?;
    }
    Ok(mount(Some(from), to, NOTHING, MsFlags::MS_BIND | MsFlags::MS_REC, NOTHING)?)
}
