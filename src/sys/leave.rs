//! Leaving the close of a file to the kernel.

use nix::sys::socket::{AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, sendmsg, socketpair};
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// Puts a file on its way between two sockets of which nobody has the receiving end: that end is on the way in itself, behind
/// the file. Once the caller has closed the file, and then what this gives, nobody can ever fetch either of them, and the
/// kernel closes both (unix(7), the collection of sockets that are in flight; since Linux 6.10 in a thread of its own, before
/// that during the last close).
///
/// # Errors
/// EMFILE and the like; the file is as it was.
pub fn to_kernel(file: impl AsFd) -> io::Result<OwnedFd> {
    let (from, to) = socketpair(AddressFamily::Unix, SockType::Datagram, None, SockFlag::SOCK_CLOEXEC)?;
    let both = [file.as_fd().as_raw_fd(), to.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&both)];
    sendmsg::<()>(from.as_raw_fd(), &[IoSlice::new(&[0])], &rights, MsgFlags::MSG_DONTWAIT, None)?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, read};
    use std::time::{Duration, Instant};

    #[test]
    fn a_file_that_was_left_is_closed_soon() {
        let (reader, writer) = pipe().unwrap();
        let last = to_kernel(&writer).unwrap();
        drop(writer);
        drop(last);
        // The end of the pipe is its end only when nobody has the other one any more.
        nix::fcntl::fcntl(&reader, nix::fcntl::FcntlArg::F_SETFL(nix::fcntl::OFlag::O_NONBLOCK)).unwrap();
        let end = Instant::now() + Duration::from_secs(10);
        while read(&reader, &mut [0]) != Ok(0) {
            assert!(Instant::now() < end, "the pipe is still open for writing");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
