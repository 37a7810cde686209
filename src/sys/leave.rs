//! Leaving the close of a file to the kernel.

use nix::sys::socket::{AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, sendmsg, socketpair};
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// What must be closed behind a file that was left to the kernel. The order of the fields is that of closing: the end that is in
/// flight itself, and then the other one, whose close makes the kernel look for sockets that nobody can fetch.
#[derive(Debug)]
pub struct Ends {
    _to: OwnedFd,
    _from: OwnedFd,
}

/// Puts a file on its way between two sockets of which nobody has the receiving end: that end is on the way in itself, behind
/// the file. Once the caller has closed the file, and then what this gives, nobody can ever fetch either of them, and the
/// kernel closes both (unix(7), the collection of sockets that are in flight; since Linux 6.10 in a thread of its own, before
/// that during the last close). Where a collection is under way at that moment, the next close of any such socket on the
/// machine makes up for it.
///
/// # Errors
/// EMFILE and the like; the file is as it was.
pub fn to_kernel(file: impl AsFd) -> io::Result<Ends> {
    let (from, to) = socketpair(AddressFamily::Unix, SockType::Datagram, None, SockFlag::SOCK_CLOEXEC)?;
    let both = [file.as_fd().as_raw_fd(), to.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&both)];
    sendmsg::<()>(from.as_raw_fd(), &[IoSlice::new(&[0])], &rights, MsgFlags::MSG_DONTWAIT, None)?;
    Ok(Ends { _to: to, _from: from })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use nix::unistd::{pipe2, read};
    use std::os::unix::net::UnixDatagram;
    use std::time::{Duration, Instant};

    #[test]
    fn a_file_that_was_left_is_closed_soon() {
        let (reader, writer) = pipe2(OFlag::O_NONBLOCK | OFlag::O_CLOEXEC).unwrap();
        let ends = to_kernel(&writer).unwrap();
        drop(writer);
        drop(ends);
        // The end of the pipe is its end only when nobody has the other one any more.
        let end = Instant::now() + Duration::from_secs(30);
        while read(&reader, &mut [0]) != Ok(0) {
            assert!(Instant::now() < end, "the pipe is still open for writing");
            std::thread::sleep(Duration::from_millis(1));
            // Another test's collection may have been under way.
            drop(UnixDatagram::unbound().unwrap());
        }
    }
}
