//! The receive ring of a packet socket (`TPACKET_V3)`: memory that the kernel fills block by block.

use super::packet::PacketSocket;
use std::io;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// Offset of the owner's word in a block: `hdr.bh1.block_status` of struct `tpacket_block_desc`.
const STATUS: usize = 8;
/// Bytes kept free before every frame, so that a stripped tag finds room; 16 keeps the network header aligned.
const RESERVE: u32 = 16;

/// A mapped ring.
#[derive(Debug)]
pub struct Ring {
    memory: NonNull<libc::c_void>,
    block: usize,
    count: usize,
}

// SAFETY: the mapping belongs to the ring alone and may be used from any thread, one at a time (`&mut self`).
unsafe impl Send for Ring {}

impl Ring {
    /// Asks for `count` blocks of `block` bytes (a power of two of at least one page) on a socket not yet bound, and
    /// maps them. A block is handed over when it is full, or `timeout_ms` after its first frame.
    pub fn map(socket: &PacketSocket, block: usize, count: usize, timeout_ms: u32) -> io::Result<Self> {
        let too_large = || io::Error::from_raw_os_error(libc::EINVAL);
        let bytes = block.checked_mul(count).and_then(NonZeroUsize::new).ok_or_else(too_large)?;
        socket.set(libc::SOL_PACKET, libc::PACKET_VERSION, &(libc::tpacket_versions::TPACKET_V3 as i32))?;
        socket.set(libc::SOL_PACKET, libc::PACKET_RESERVE, &RESERVE)?;
        let frame = 2048;
        let request = libc::tpacket_req3 {
            tp_block_size: u32::try_from(block).map_err(|_| too_large())?,
            tp_block_nr: u32::try_from(count).map_err(|_| too_large())?,
            // With version 3 a frame takes what it needs; these two only have to agree with the blocks.
            tp_frame_size: frame,
            tp_frame_nr: u32::try_from(bytes.get() / frame as usize).map_err(|_| too_large())?,
            tp_retire_blk_tov: timeout_ms,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        socket.set(libc::SOL_PACKET, libc::PACKET_RX_RING, &request)?;
        // SAFETY: a new shared mapping at an address of the kernel's choice touches no memory of this process.
        let memory = unsafe {
            mmap(None, bytes, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_SHARED, socket, 0)
        }?;
        Ok(Self { memory, block, count })
    }

    /// How many blocks there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The kernel has handed block `at` over.
    pub fn ready(&self, at: usize) -> bool {
        self.status(at).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    /// Block `at`, if the kernel has handed it over.
    pub fn block(&mut self, at: usize) -> Option<&mut [u8]> {
        if !self.ready(at) {
            return None;
        }
        // SAFETY: block `at % count` lies inside the mapping, which lives as long as `self`. The kernel writes to a
        // block only while it owns it; it handed this one over, and it gets it back only by `release`, which needs
        // `&mut self`.
        Some(unsafe { std::slice::from_raw_parts_mut(self.start(at), self.block) })
    }

    /// The same to look at: nothing while the kernel has it.
    pub fn held(&self, at: usize) -> &[u8] {
        if !self.ready(at) {
            return &[];
        }
        // SAFETY: as for `block`: the block lies inside the mapping, the kernel has handed it over, and it gets it back
        // only by `release`, which needs `&mut self`.
        unsafe { std::slice::from_raw_parts(self.start(at), self.block) }
    }

    /// Gives block `at` back to the kernel.
    pub fn release(&mut self, at: usize) {
        self.status(at).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }

    fn start(&self, at: usize) -> *mut u8 {
        // SAFETY: `at % count` blocks behind the start is still inside the mapping of `count` blocks.
        unsafe { self.memory.cast::<u8>().as_ptr().add((at % self.count) * self.block) }
    }

    fn status(&self, at: usize) -> &AtomicU32 {
        // SAFETY: the word lies inside the block, which is aligned to a page; it is only touched atomically while a
        // block is not lent out, and lives as long as `self`.
        unsafe { AtomicU32::from_ptr(self.start(at).add(STATUS).cast()) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: address and length are those of the mapping, and nothing borrowed from it outlives `self`.
        // A failure would leak memory and no more.
        let _ = unsafe { munmap(self.memory, self.block * self.count) };
    }
}
