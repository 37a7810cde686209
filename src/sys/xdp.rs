//! Sending by `AF_XDP`: the socket, the memory that frames are written into (UMEM), and the two rings that sending needs.
//! A method is one system call or one access to shared memory.
//!
//! The kernel reads descriptors between its consumer and our producer out of the transmit ring, and writes the address of
//! each frame that it is done with into the completion ring. Both rings count modulo 2^32.

use super::socket::{self, Plain, check};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of a chunk of the memory. A frame lies in one chunk, so this is also the longest frame.
pub const CHUNK: usize = 4096;

/// `XDP_MAX_TX_SKB_BUDGET` of newer kernels: frames that one call sends at most; 32 unless set.
const MAX_TX_SKB_BUDGET: i32 = 9;

/// An `AF_XDP` socket with memory for frames and the rings for sending them.
#[derive(Debug)]
pub struct XdpSocket {
    fd: OwnedFd,
    memory: Mapping,
    transmit: Ring,
    completion: Ring,
}

impl XdpSocket {
    /// A socket not yet bound, with `chunks` chunks of memory and rings of `slots` (a power of two).
    ///
    /// # Errors
    /// EPERM without `CAP_NET_RAW`, EAFNOSUPPORT where the kernel has no `AF_XDP`, ENOBUFS where the memory passes
    /// `RLIMIT_MEMLOCK`.
    pub fn open(chunks: usize, slots: u32) -> io::Result<Self> {
        let too_large = || io::Error::from_raw_os_error(libc::EINVAL);
        if !slots.is_power_of_two() {
            return Err(too_large());
        }
        let fd = socket_xdp()?;
        let memory = Mapping::anonymous(chunks.checked_mul(CHUNK).ok_or_else(too_large)?)?;
        let registration = libc::xdp_umem_reg {
            addr: memory.start.as_ptr() as u64,
            len: memory.length as u64,
            chunk_size: CHUNK as u32,
            headroom: 0,
            flags: 0,
            tx_metadata_len: 0,
        };
        set(&fd, libc::XDP_UMEM_REG, &registration)?;
        // A socket needs a fill ring to be bound, though nothing is received into it.
        set(&fd, libc::XDP_UMEM_FILL_RING, &slots)?;
        set(&fd, libc::XDP_UMEM_COMPLETION_RING, &slots)?;
        set(&fd, libc::XDP_TX_RING, &slots)?;
        let offsets: libc::xdp_mmap_offsets = get(&fd, libc::XDP_MMAP_OFFSETS)?;
        let transmit = Ring::map(&fd, &offsets.tx, slots, size_of::<libc::xdp_desc>(), libc::XDP_PGOFF_TX_RING as u64)?;
        let completion = Ring::map(&fd, &offsets.cr, slots, size_of::<u64>(), libc::XDP_UMEM_PGOFF_COMPLETION_RING)?;
        Ok(Self { fd, memory, transmit, completion })
    }

    /// Binds to one queue of an interface, without copying where the driver can do that.
    ///
    /// # Errors
    /// EBUSY where another `AF_XDP` socket has the queue (also for a moment after that was closed), EINVAL where there is no
    /// such queue, ENETDOWN, ENODEV.
    pub fn bind(&self, index: u32, queue: u32) -> io::Result<()> {
        let address = libc::sockaddr_xdp {
            sxdp_family: libc::AF_XDP as u16,
            sxdp_flags: 0,
            sxdp_ifindex: index,
            sxdp_queue_id: queue,
            sxdp_shared_umem_fd: 0,
        };
        socket::bind(&self.fd, &address)
    }

    /// The driver takes frames out of the memory without a copy.
    pub fn zero_copy(&self) -> io::Result<bool> {
        let options: libc::xdp_options = get(&self.fd, libc::XDP_OPTIONS)?;
        Ok(options.flags & libc::XDP_OPTIONS_ZEROCOPY != 0)
    }

    /// Lets one [`Self::kick`] send up to `frames` frames; older kernels refuse with ENOPROTOOPT.
    pub fn budget(&self, frames: u32) -> io::Result<()> {
        set(&self.fd, MAX_TX_SKB_BUDGET, &frames)
    }

    /// Tells the kernel to send what is between its place in the transmit ring and [`Self::publish`]ed.
    pub fn kick(&self) -> io::Result<()> {
        // SAFETY: no data and no address are given.
        let result =
            unsafe { libc::sendto(self.fd.as_raw_fd(), std::ptr::null(), 0, libc::MSG_DONTWAIT, std::ptr::null(), 0) };
        check(result).map(drop)
    }

    /// Bytes of the memory for frames.
    pub fn size(&self) -> usize {
        self.memory.length
    }

    /// `length` bytes of the memory from `at` on; none where that is not inside.
    pub fn bytes(&mut self, at: usize, length: usize) -> Option<&mut [u8]> {
        let end = at.checked_add(length)?;
        if end > self.memory.length {
            return None;
        }
        // SAFETY: the range lies inside the mapping, which lives as long as `self` and is borrowed mutably with it. The
        // kernel only reads from it: there is no frame in the fill ring that it could write to.
        Some(unsafe { std::slice::from_raw_parts_mut(self.memory.start.cast::<u8>().as_ptr().add(at), length) })
    }

    /// Writes the descriptor at place `index` of the transmit ring; the kernel looks at it once it is published. One that
    /// the kernel cannot use is skipped by it and never completed.
    pub fn describe(&mut self, index: u32, at: usize, length: usize) {
        let descriptor = libc::xdp_desc { addr: at as u64, len: length as u32, options: 0 };
        // SAFETY: `slot` is the place of one xdp_desc inside the mapping, aligned as the kernel laid it out. The kernel
        // only reads it, and checks what it reads.
        unsafe { self.transmit.slot(index).cast::<libc::xdp_desc>().write(descriptor) };
    }

    /// All descriptors before place `index` are written.
    pub fn publish(&mut self, index: u32) {
        self.transmit.producer().store(index, Ordering::Release);
    }

    /// The kernel has taken at least all descriptors before this place.
    pub fn taken(&self) -> u32 {
        self.transmit.consumer().load(Ordering::Acquire)
    }

    /// The address of the next frame that the kernel is done with.
    pub fn completed(&mut self) -> Option<usize> {
        let ring = &self.completion;
        let index = ring.consumer().load(Ordering::Relaxed);
        if index == ring.producer().load(Ordering::Acquire) {
            return None;
        }
        // SAFETY: `slot` is the place of one u64 inside the mapping; the kernel wrote it before it moved the producer past
        // it, and does not write it again before the consumer is moved below.
        let address = unsafe { ring.slot(index).cast::<u64>().read() };
        ring.consumer().store(index.wrapping_add(1), Ordering::Release);
        Some(address as usize)
    }
}

/// One ring, shared with the kernel.
#[derive(Debug)]
struct Ring {
    memory: Mapping,
    producer: usize,
    consumer: usize,
    slots: usize,
    size: usize,
    mask: u32,
}

impl Ring {
    fn map(fd: &OwnedFd, offsets: &libc::xdp_ring_offset, slots: u32, size: usize, place: u64) -> io::Result<Self> {
        let [producer, consumer, first] =
            [offsets.producer, offsets.consumer, offsets.desc].map(|offset| offset as usize);
        let memory = Mapping::of(fd, first + slots as usize * size, place)?;
        // What the methods below rest on.
        let word = |offset: usize| offset.is_multiple_of(4) && offset + 4 <= memory.length;
        if !word(producer) || !word(consumer) || !first.is_multiple_of(8) {
            return Err(io::Error::from_raw_os_error(libc::EPROTO));
        }
        Ok(Self { memory, producer, consumer, slots: first, size, mask: slots - 1 })
    }

    fn producer(&self) -> &AtomicU32 {
        self.word(self.producer)
    }

    fn consumer(&self) -> &AtomicU32 {
        self.word(self.consumer)
    }

    fn word(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: `offset` is that of the producer or the consumer: aligned words inside the mapping, as `map` made sure,
        // which both sides only touch atomically.
        unsafe { AtomicU32::from_ptr(self.memory.start.cast::<u8>().as_ptr().add(offset).cast()) }
    }

    fn slot(&self, index: u32) -> *mut libc::c_void {
        let offset = self.slots + (index & self.mask) as usize * self.size;
        // SAFETY: the mapping holds `mask + 1` slots of `size` bytes behind `slots`.
        unsafe { self.memory.start.as_ptr().byte_add(offset) }
    }
}

/// Mapped memory, unmapped with its owner.
#[derive(Debug)]
struct Mapping {
    start: NonNull<libc::c_void>,
    length: usize,
}

// SAFETY: the mapping belongs to its owner alone and may be used from any thread.
unsafe impl Send for Mapping {}

impl Mapping {
    fn anonymous(length: usize) -> io::Result<Self> {
        let length = NonZeroUsize::new(length).ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
        // SAFETY: a new private mapping at an address of the kernel's choice touches no memory of this process.
        let start = unsafe {
            mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE)
        }?;
        Ok(Self { start, length: length.get() })
    }

    fn of(fd: &OwnedFd, length: usize, place: u64) -> io::Result<Self> {
        let length = NonZeroUsize::new(length).ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_POPULATE;
        // SAFETY: a new shared mapping at an address of the kernel's choice touches no memory of this process.
        let start = unsafe {
            mmap(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, flags, fd, place as libc::off_t)
        }?;
        Ok(Self { start, length: length.get() })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: address and length are those of the mapping, and nothing borrowed from it outlives `self`. What the
        // kernel still reads it has pinned. A failure would leak memory and no more.
        let _ = unsafe { munmap(self.start, self.length) };
    }
}

fn socket_xdp() -> io::Result<OwnedFd> {
    // nix knows no AF_XDP.
    // SAFETY: the call takes numbers only.
    let fd = unsafe { libc::socket(libc::AF_XDP, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) };
    let fd = check(fd as isize)?;
    // SAFETY: the kernel has just given this descriptor, and nobody else knows it.
    Ok(unsafe { std::os::fd::FromRawFd::from_raw_fd(fd as i32) })
}

fn set<T>(fd: &OwnedFd, name: i32, value: &T) -> io::Result<()> {
    socket::set(fd, libc::SOL_XDP, name, value)
}

fn get<T: Plain>(fd: &OwnedFd, name: i32) -> io::Result<T> {
    let (value, length) = socket::get(fd, libc::SOL_XDP, name)?;
    // An older kernel knows fewer offsets, without the flags of each ring between them: not the same struct.
    if length == size_of::<T>() { Ok(value) } else { Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP)) }
}
