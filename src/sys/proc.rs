//! Processes: fork(2) and the disposition of SIGCHLD, the two calls about processes that nix leaves unsafe.

use nix::sys::signal::{SigHandler, Signal, signal};
use nix::unistd::{ForkResult, Pid, fork};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Forks a child that runs `body` and exits with the status it gives; a panic in it is status 101.
///
/// Refuses with EINVAL where other threads run, because a lock that one of them holds would stay taken in the child for
/// ever. A thread that was joined may be listed for a moment longer, so there is a second of patience.
pub fn fork_into(body: impl FnOnce() -> u8) -> io::Result<Pid> {
    let patience = Instant::now() + Duration::from_secs(1);
    while std::fs::read_dir("/proc/self/task")?.count() != 1 {
        if Instant::now() > patience {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // What is still buffered would be written twice, by the parent and by the child.
    io::stdout().flush()?;
    // SAFETY: this is the only thread (counted above, and nobody else can start one), so no lock is held by another
    // thread and the child may do whatever the parent may.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            let status = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
            std::process::exit(i32::from(status));
        }
    }
}

/// Takes SIGCHLD back from a parent that left it ignored, under which no child's status can be waited for.
pub fn heed_children() -> io::Result<()> {
    // SAFETY: SIG_DFL installs no function that a signal could run.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
    Ok(())
}
