//! The receive ring of a packet socket: memory that the kernel fills unit by unit. A unit is a block of many frames
//! (`TPACKET_V3`) or a slot of one (`TPACKET_V2`).

use super::packet::PacketSocket;
use std::io;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// Offset of the owner's word in a block: `hdr.bh1.block_status` of struct `tpacket_block_desc`.
const BLOCK_STATUS: usize = 8;
/// And in a slot: `tp_status` of struct `tpacket2_hdr`.
const SLOT_STATUS: usize = 0;
/// Bytes kept free before every frame, so that a stripped tag finds room; 16 keeps the network header aligned.
const RESERVE: u32 = 16;

/// A mapped ring.
#[derive(Debug)]
pub struct Ring {
    memory: NonNull<libc::c_void>,
    /// Bytes of a unit.
    unit: usize,
    count: usize,
    /// Where the owner's word stands in a unit.
    status: usize,
}

// SAFETY: the mapping belongs to the ring alone and may be used from any thread, one at a time (`&mut self`).
unsafe impl Send for Ring {}

impl Ring {
    /// Asks for `count` blocks of `block` bytes (a power of two of at least one page) on a socket not yet bound, and
    /// maps them. A block is handed over when it is full, or `timeout_ms` after its first frame.
    pub fn of_blocks(socket: &PacketSocket, block: usize, count: usize, timeout_ms: u32) -> io::Result<Self> {
        // With this version a frame takes what it needs; its size only has to agree with the blocks.
        let request = request(block, count, 2048)?;
        let request = libc::tpacket_req3 { tp_retire_blk_tov: timeout_ms, ..request };
        let memory = map(socket, libc::tpacket_versions::TPACKET_V3, &request)?;
        Ok(Self { memory, unit: block, count, status: BLOCK_STATUS })
    }

    /// The same with slots of `slot` bytes (a power of two, at most `block`). A slot is handed over as soon as a frame is
    /// in it. Of a frame that does not fit the slot holds the beginning; the whole frame then waits in the socket's queue,
    /// if that has room.
    pub fn of_slots(socket: &PacketSocket, block: usize, count: usize, slot: usize) -> io::Result<Self> {
        let request = request(block, count, slot)?;
        socket.set(libc::SOL_PACKET, libc::PACKET_COPY_THRESH, &1i32)?;
        let memory = map(socket, libc::tpacket_versions::TPACKET_V2, &request)?;
        Ok(Self { memory, unit: slot, count: request.tp_frame_nr as usize, status: SLOT_STATUS })
    }

    /// How many units there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The kernel has handed unit `at` over.
    pub fn ready(&self, at: usize) -> bool {
        self.status(at).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    /// Unit `at`, if the kernel has handed it over.
    pub fn unit(&mut self, at: usize) -> Option<&mut [u8]> {
        if !self.ready(at) {
            return None;
        }
        // SAFETY: unit `at % count` lies inside the mapping, which lives as long as `self`. The kernel writes to a
        // unit only while it owns it; it handed this one over, and it gets it back only by `release`, which needs
        // `&mut self`.
        Some(unsafe { std::slice::from_raw_parts_mut(self.start(at), self.unit) })
    }

    /// The same to look at: nothing while the kernel has it.
    pub fn held(&self, at: usize) -> &[u8] {
        if !self.ready(at) {
            return &[];
        }
        // SAFETY: as for `unit`: it lies inside the mapping, the kernel has handed it over, and it gets it back only by
        // `release`, which needs `&mut self`.
        unsafe { std::slice::from_raw_parts(self.start(at), self.unit) }
    }

    /// Gives unit `at` back to the kernel.
    pub fn release(&mut self, at: usize) {
        self.status(at).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }

    fn start(&self, at: usize) -> *mut u8 {
        // SAFETY: `at % count` units behind the start is still inside the mapping of `count` units.
        unsafe { self.memory.cast::<u8>().as_ptr().add((at % self.count) * self.unit) }
    }

    fn status(&self, at: usize) -> &AtomicU32 {
        // SAFETY: the word lies inside the unit and is aligned, for units begin at multiples of a power of two from the
        // start of a page; it is only touched atomically while a unit is not lent out, and lives as long as `self`.
        unsafe { AtomicU32::from_ptr(self.start(at).add(self.status).cast()) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: address and length are those of the mapping, and nothing borrowed from it outlives `self`.
        // A failure would leak memory and no more.
        let _ = unsafe { munmap(self.memory, self.unit * self.count) };
    }
}

/// What the kernel is asked for: blocks, and frames that fill them.
fn request(block: usize, count: usize, frame: usize) -> io::Result<libc::tpacket_req3> {
    let small = |number: usize| u32::try_from(number).map_err(|_| too_large());
    let fits = frame.is_power_of_two() && block.is_power_of_two() && frame <= block;
    let frames = block.checked_mul(count).filter(|_| fits).ok_or_else(too_large)? / frame;
    Ok(libc::tpacket_req3 {
        tp_block_size: small(block)?,
        tp_block_nr: small(count)?,
        tp_frame_size: small(frame)?,
        tp_frame_nr: small(frames)?,
        tp_retire_blk_tov: 0,
        tp_sizeof_priv: 0,
        tp_feature_req_word: 0,
    })
}

fn map(
    socket: &PacketSocket,
    version: libc::tpacket_versions,
    request: &libc::tpacket_req3,
) -> io::Result<NonNull<libc::c_void>> {
    socket.set(libc::SOL_PACKET, libc::PACKET_VERSION, &(version as i32))?;
    socket.set(libc::SOL_PACKET, libc::PACKET_RESERVE, &RESERVE)?;
    // Older versions read the front part of the request.
    socket.set(libc::SOL_PACKET, libc::PACKET_RX_RING, request)?;
    let bytes = request.tp_block_size as usize * request.tp_block_nr as usize;
    let bytes = NonZeroUsize::new(bytes).ok_or_else(too_large)?;
    // SAFETY: a new shared mapping at an address of the kernel's choice touches no memory of this process.
    Ok(unsafe { mmap(None, bytes, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_SHARED, socket, 0) }?)
}

fn too_large() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}
