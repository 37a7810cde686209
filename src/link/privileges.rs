//! Privileges: what is needed to open a socket, and giving all of it up once the sockets are open.

use caps::{CapSet, Capability};
use nix::sys::prctl;
use std::io;

/// What to do about a missing privilege.
pub const REMEDY: &str = "run it with `sudo`; or give the program the right once: `sudo setcap \
cap_net_raw,cap_net_admin+ep $(command -v ethcraft)`; or try it in a private network, without any privilege: \
`ethcraft lab -- ...`";

/// Gives up every capability of the calling thread, for good: effective, permitted, inheritable and ambient, and no
/// program run from here gets any (`NO_NEW_PRIVS`). Threads started later inherit that; the user id stays.
///
/// Called when the sockets are open and before a byte from outside is looked at: open sockets go on working.
///
/// # Errors
/// The kernel's; whoever gets one goes on with what it has or stops, but nothing is half open.
pub fn drop_all() -> io::Result<()> {
    prctl::set_no_new_privs()?;
    // Ambient first, for it may not exceed the others; permitted last, for the others may not be changed without it.
    for set in [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted] {
        caps::clear(None, set).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Gives up every capability of the calling thread but that of making and removing files where root may.
///
/// For a thread that goes on making files when the others have given up all.
pub fn keep_files_only() -> io::Result<()> {
    prctl::set_no_new_privs()?;
    let kept = Capability::CAP_DAC_OVERRIDE;
    for set in [CapSet::Ambient, CapSet::Inheritable] {
        caps::clear(None, set).map_err(io::Error::other)?;
    }
    for set in [CapSet::Effective, CapSet::Permitted] {
        let has = caps::has_cap(None, set, kept).map_err(io::Error::other)?;
        let left = has.then_some(kept).into_iter().collect();
        caps::set(None, set, &left).map_err(io::Error::other)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_after_dropping_all() {
        // On a thread of its own: capabilities belong to a thread.
        std::thread::spawn(|| {
            drop_all().unwrap();
            for set in [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted] {
                assert!(caps::read(None, set).unwrap().is_empty(), "{set:?}");
            }
            assert!(prctl::get_no_new_privs().unwrap());
        })
        .join()
        .unwrap();
    }
}
