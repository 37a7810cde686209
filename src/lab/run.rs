//! Running something inside a lab, so that everything ends with it.
//!
//! Three processes: the caller, which waits; the first process of the pid namespace, which the kernel kills with the
//! caller (`PR_SET_PDEATHSIG`), and which takes every other process of the namespace with it when it ends; and the work.

use super::{
    Error, Plan,
    isolate::{isolate, isolate_children},
    mounts, wire,
};
use crate::sys::proc::{fork_into, heed_children};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, pipe2};
use std::os::fd::{AsFd, BorrowedFd};

/// Runs `work` in a process of its own in a new lab and gives its exit status, 128 and the number of the signal where one
/// ended it.
///
/// The calling process must have one thread only, and is inside the lab itself from then on (but not in its pid
/// namespace): it should have nothing else to do. SIGTERM and SIGHUP are passed on to the work. When the work ends, or the
/// caller is killed, every process in the lab is killed, and the lab is gone.
pub fn run(plan: &Plan, work: impl FnOnce() -> u8) -> Result<u8, Error> {
    isolate()?;
    furnish(plan)?;
    let failed = |what| move |error: Errno| Error::system(what, error);
    heed_children().map_err(|error| Error::system("heed SIGCHLD", error))?;
    let before = heeded().thread_swap_mask(SigmaskHow::SIG_BLOCK).map_err(failed("block signals"))?;
    let (caller, mine) = pipe2(OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    let mut mine = Some(mine);
    isolate_children()?;
    let first = fork_into(|| {
        mine.take();
        first_process(caller.as_fd(), &before, work)
    })
    .map_err(|error| Error::system("start the first process", error))?;
    Ok(attend(first, Some(first)))
}

fn furnish(plan: &Plan) -> Result<(), Error> {
    let names = mounts::keep_inside().and_then(|()| {
        mounts::sys();
        mounts::names()
    });
    if !plan.hosts.is_empty() {
        names.map_err(|error| Error::system("make a directory for the hosts' names", error))?;
    }
    wire::lay(plan)
}

/// Pid 1 of the lab: starts the work, passes signals on to it, reaps whatever is orphaned, ends as the work ended.
fn first_process(caller: BorrowedFd, before: &SigSet, work: impl FnOnce() -> u8) -> u8 {
    // The caller may have died before the kernel was asked to tell: then its end of the pipe is closed already.
    let told = set_pdeathsig(Signal::SIGKILL);
    let mut alive = [PollFd::new(caller, PollFlags::POLLIN)];
    if told.is_err() || poll(&mut alive, PollTimeout::ZERO) != Ok(0) {
        return 128 + Signal::SIGKILL as u8;
    }
    mounts::proc();
    let started = fork_into(|| {
        let _ = before.thread_set_mask();
        work()
    });
    match started {
        Ok(child) => attend(child, None),
        Err(error) => {
            eprintln!("error: cannot start a process in the lab: {error}");
            4
        }
    }
}

/// The signals that are waited for: the end of a child, what is passed on, and what the terminal sends to everybody in
/// the foreground, which is for the work alone to heed.
fn heeded() -> SigSet {
    [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT].into_iter().collect()
}

/// Waits for the end of `child`, reaping `whom` (every child where none is named), and gives its status as a shell does.
fn attend(child: Pid, whom: Option<Pid>) -> u8 {
    loop {
        match heeded().wait() {
            Ok(signal @ (Signal::SIGTERM | Signal::SIGHUP)) => {
                let _ = kill(child, signal);
            }
            Ok(Signal::SIGCHLD) => loop {
                match waitpid(whom, Some(WaitPidFlag::WNOHANG)) {
                    Ok(WaitStatus::Exited(pid, status)) if pid == child => {
                        return u8::try_from(status).unwrap_or(u8::MAX);
                    }
                    Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => return 128 + signal as u8,
                    Ok(WaitStatus::StillAlive) => break,
                    // Somebody else took the status.
                    Err(Errno::ECHILD) => return 4,
                    Ok(_) | Err(_) => {}
                }
            },
            Ok(_) | Err(_) => {}
        }
    }
}
