//! Ioctls on a network device (netdevice(7)), by a socket that stays in the namespace it was opened in.

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use std::ffi::c_ulong;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// A socket to ask about devices in one network namespace: that of the thread that opened it.
#[derive(Debug)]
pub struct Devices {
    socket: OwnedFd,
}

impl Devices {
    /// Opens the socket in the calling thread's network namespace; needs no privilege.
    pub fn open() -> io::Result<Self> {
        Ok(Self { socket: socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)? })
    }

    /// The name that the interface with this index has now; ENODEV where there is none.
    pub fn name(&self, index: u32) -> io::Result<String> {
        let mut request = blank();
        request.ifr_ifru.ifru_ifindex = index as i32;
        // SAFETY: SIOCGIFNAME reads ifru_ifindex and writes ifr_name, both inside `request`.
        unsafe { self.ioctl(libc::SIOCGIFNAME, &mut request) }?;
        let bytes: Vec<u8> = request.ifr_name.iter().map(|c| *c as u8).take_while(|byte| *byte != 0).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The index of the interface that has this name now; ENODEV where there is none.
    pub fn index(&self, name: &str) -> io::Result<u32> {
        let mut request = named(name)?;
        // SAFETY: SIOCGIFINDEX reads ifr_name and writes ifru_ifindex, both inside `request`.
        unsafe { self.ioctl(libc::SIOCGIFINDEX, &mut request) }?;
        // SAFETY: the call succeeded, so ifru_ifindex is the member of the union that was written.
        Ok(unsafe { request.ifr_ifru.ifru_ifindex } as u32)
    }

    /// The interface is set up (`IFF_UP`).
    pub fn is_up(&self, name: &str) -> io::Result<bool> {
        let mut request = named(name)?;
        // SAFETY: SIOCGIFFLAGS reads ifr_name and writes ifru_flags, both inside `request`.
        unsafe { self.ioctl(libc::SIOCGIFFLAGS, &mut request) }?;
        // SAFETY: the call succeeded, so ifru_flags is the member of the union that was written.
        Ok(i32::from(unsafe { request.ifr_ifru.ifru_flags }) & libc::IFF_UP != 0)
    }

    /// One SIOCETHTOOL on a block of words, which must be as long as its command and the counts in it say.
    pub(super) fn ethtool(&self, name: &str, words: &mut [u32]) -> io::Result<i32> {
        let mut request = named(name)?;
        request.ifr_ifru.ifru_data = words.as_mut_ptr().cast();
        // SAFETY: `words` outlives the call and is as long as the kernel will read and write: each caller, all of them
        // in `super::ethtool`, sizes it by the command in its first word and the counts behind it.
        unsafe { self.ioctl(libc::SIOCETHTOOL as c_ulong, &mut request) }
    }

    /// # Safety
    /// What `command` reads and writes must lie inside `request`, or where it points to.
    pub(super) unsafe fn ioctl(&self, command: c_ulong, request: &mut libc::ifreq) -> io::Result<i32> {
        // SAFETY: `request` is one whole ifreq; the rest is promised by the caller.
        let result = unsafe { libc::ioctl(self.socket.as_raw_fd(), command as _, &raw mut *request) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
    }
}

fn blank() -> libc::ifreq {
    // SAFETY: ifreq is plain data; all zeros is a valid value.
    unsafe { std::mem::zeroed() }
}

/// A request about the interface `name`; ENODEV for what cannot be a name. The last byte stays zero.
pub(super) fn named(name: &str) -> io::Result<libc::ifreq> {
    let mut request = blank();
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() >= request.ifr_name.len() || bytes.contains(&0) {
        return Err(io::Error::from_raw_os_error(libc::ENODEV));
    }
    for (to, from) in request.ifr_name.iter_mut().zip(bytes) {
        *to = *from as libc::c_char;
    }
    Ok(request)
}
