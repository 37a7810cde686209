//! Binding an `AF_XDP` socket (`Documentation/networking/af_xdp.rst`) to one queue of a device, to see whether it can be.
//!
//! No XDP program is loaded and nothing is sent: all of it ends with the socket.

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;

/// Frames of the socket's memory, and descriptors of each of its rings; a power of two.
const FRAMES: usize = 16;
/// Bytes of one frame.
const FRAME: usize = 4096;

/// How frames get from the memory of the process to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The device reads them where they are.
    ZeroCopy,
    /// The kernel copies them.
    Copy,
}

/// Memory that frames lie in.
struct Memory(NonNull<libc::c_void>);

impl Memory {
    const BYTES: NonZeroUsize = NonZeroUsize::new(FRAMES * FRAME).expect("not zero");

    fn new() -> io::Result<Self> {
        // SAFETY: a new private mapping at an address of the kernel's choice touches no memory of this process.
        let memory = unsafe {
            mmap_anonymous(None, Self::BYTES, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE)
        }?;
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: address and length are those of the mapping; nothing is borrowed from it.
        let _ = unsafe { munmap(self.0, Self::BYTES.get()) };
    }
}

/// Binds a socket that could send to queue 0 of the interface in this mode, and closes it again.
pub fn try_bind(index: u32, mode: Mode) -> io::Result<()> {
    let memory = Memory::new()?;
    // SAFETY: socket(2) takes no pointer.
    let socket = Errno::result(unsafe { libc::socket(libc::AF_XDP, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) })?;
    // SAFETY: the call succeeded, so this is a descriptor that nobody else owns. It is closed before `memory` is unmapped,
    // since it is dropped first.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    let area = libc::xdp_umem_reg {
        addr: memory.0.as_ptr() as u64,
        len: Memory::BYTES.get() as u64,
        chunk_size: FRAME as u32,
        headroom: 0,
        flags: 0,
        tx_metadata_len: 0,
    };
    set(&socket, libc::XDP_UMEM_REG, &area)?;
    for ring in [libc::XDP_UMEM_FILL_RING, libc::XDP_UMEM_COMPLETION_RING, libc::XDP_TX_RING] {
        set(&socket, ring, &(FRAMES as i32))?;
    }
    let address = libc::sockaddr_xdp {
        sxdp_family: libc::AF_XDP as u16,
        sxdp_flags: match mode {
            Mode::ZeroCopy => libc::XDP_ZEROCOPY,
            Mode::Copy => libc::XDP_COPY,
        },
        sxdp_ifindex: index,
        sxdp_queue_id: 0,
        sxdp_shared_umem_fd: 0,
    };
    // SAFETY: the pointer and the length are those of `address`, which lives over the call.
    let bound = unsafe {
        libc::bind(socket.as_raw_fd(), (&raw const address).cast(), size_of::<libc::sockaddr_xdp>() as libc::socklen_t)
    };
    Errno::result(bound)?;
    Ok(())
}

fn set<T>(socket: &OwnedFd, name: i32, value: &T) -> io::Result<()> {
    // SAFETY: pointer and length are those of `value`, which the kernel only reads.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_XDP,
            name,
            (&raw const *value).cast(),
            size_of::<T>() as libc::socklen_t,
        )
    };
    Errno::result(result)?;
    Ok(())
}
