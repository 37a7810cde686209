//! Privileges: what is needed to open a socket, and giving all of it up once the sockets are open.

use caps::CapSet;
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
