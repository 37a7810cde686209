//! The system's allocator, which counts what each thread asks it for. A binary that counts makes it its own:
//! `#[global_allocator] static MEMORY: Counting = Counting;`

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The allocator.
pub struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

/// How often this thread has asked for memory so far.
pub fn calls() -> u64 {
    CALLS.get()
}

/// The most bytes that this thread had in use while `work` ran, beyond those before.
pub fn peak(work: impl FnOnce()) -> usize {
    let before = BYTES.get();
    PEAK.set(before);
    work();
    PEAK.get() - before
}

fn count(calls: u64, more: usize, less: usize) {
    // A thread that ends frees its last memory when these are gone.
    let _ = CALLS.try_with(|all| all.set(all.get() + calls));
    let _ = BYTES.try_with(|bytes| {
        bytes.set(bytes.get().saturating_add(more).saturating_sub(less));
        PEAK.with(|peak| peak.set(peak.get().max(bytes.get())));
    });
}

#[allow(unsafe_code, reason = "an allocator is unsafe to write; this one passes everything on")]
// SAFETY: every call goes to the system's allocator as it came; counting sets cells of this thread and allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller promises to this what it would promise to that.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: the same.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size, layout.size());
        // SAFETY: the same.
        unsafe { System.realloc(at, layout, size) }
    }
}
