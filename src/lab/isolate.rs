//! Leaving the namespaces of the system: `user_namespaces(7)`, `network_namespaces(7)`, `pid_namespaces(7)`.

use super::Error;
use caps::{CapSet, Capability};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_dumpable;
use nix::unistd::{getegid, geteuid};
use std::io;

/// Moves this process, which must have one thread only, into network and mount namespaces of its own, and into a user
/// namespace too unless root makes that needless.
pub fn isolate() -> Result<(), Error> {
    let flags = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS;
    // A container's root may hold the capability and still be stopped by a filter on system calls: then try as anybody.
    if rules_here() && unshare(flags).is_ok() {
        return Ok(());
    }
    // A binary with file capabilities is not dumpable, and then the files under /proc/self belong to root.
    let _ = set_dumpable(true);
    let (uid, gid) = (geteuid(), getegid());
    unshare(flags | CloneFlags::CLONE_NEWUSER).map_err(|error| match error {
        nix::Error::EINVAL => Error::System {
            what: "make a user namespace".into(),
            source: io::Error::other("the calling process has more than one thread"),
        },
        other => Error::system("make a user namespace", other),
    })?;
    // An ordinary user may map the group only after giving up setgroups(2); kernels before 3.19 do not have the file.
    write_self("setgroups", "deny").or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(Error::system("give up setgroups", error)),
    })?;
    write_self("uid_map", &format!("0 {uid} 1")).map_err(|error| Error::system("map the user", error))?;
    write_self("gid_map", &format!("0 {gid} 1")).map_err(|error| Error::system("map the group", error))
}

/// Makes the next child of this process the first of a new pid namespace. No thread can be started between the two.
pub fn isolate_children() -> Result<(), Error> {
    unshare(CloneFlags::CLONE_NEWPID).map_err(|error| Error::system("make a pid namespace", error))
}

/// Root, with what it takes to make a network and everything in it. Root in a container often lacks one of these, and
/// an ordinary user's capabilities would be lost with the first program that is run.
fn rules_here() -> bool {
    let holds = |capability| caps::has_cap(None, CapSet::Effective, capability).unwrap_or(false);
    geteuid().is_root()
        && [Capability::CAP_SYS_ADMIN, Capability::CAP_NET_ADMIN, Capability::CAP_NET_RAW].into_iter().all(holds)
}

fn write_self(file: &str, text: &str) -> io::Result<()> {
    std::fs::write(format!("/proc/self/{file}"), text)
}
