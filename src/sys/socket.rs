//! What sockets of all families have in common: bind(2) and their options.

use std::io;
use std::os::fd::AsRawFd;

/// Binds to an address of the socket's family.
pub(super) fn bind<T>(socket: &impl AsRawFd, address: &T) -> io::Result<()> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: pointer and length are those of `address`, which the kernel only reads.
    let result = unsafe { libc::bind(socket.as_raw_fd(), (&raw const *address).cast(), length) };
    check(result as isize).map(drop)
}

/// Sets an option.
pub(super) fn set<T>(socket: &impl AsRawFd, level: i32, name: i32, value: &T) -> io::Result<()> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: pointer and length are those of `value`, which the kernel only reads.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const *value).cast(), length) };
    check(result as isize).map(drop)
}

/// An option, and how many bytes of it the kernel has; the others are zeros.
pub(super) fn get<T: Plain>(socket: &impl AsRawFd, level: i32, name: i32) -> io::Result<(T, usize)> {
    // SAFETY: `Plain` promises that all zeros is a valid value.
    let mut value: T = unsafe { std::mem::zeroed() };
    let mut length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to `value`, any of which make a valid value of a `Plain` type.
    let result = unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, (&raw mut value).cast(), &raw mut length) };
    check(result as isize)?;
    Ok((value, length as usize))
}

/// # Safety
/// Any bytes must be a valid value of the type.
pub(super) unsafe trait Plain {}
// SAFETY: a number.
unsafe impl Plain for i32 {}
// SAFETY: three numbers.
unsafe impl Plain for libc::tpacket_stats_v3 {}
// SAFETY: a number.
unsafe impl Plain for libc::xdp_options {}
// SAFETY: numbers.
unsafe impl Plain for libc::xdp_mmap_offsets {}

/// What a system call gives, or why it failed.
pub(super) fn check(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}
