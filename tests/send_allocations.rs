//! Sending allocates nothing per frame: from the template into the engine's buffer and to the kernel.

// A counting allocator is an allocator, and to be one is unsafe.
#![allow(unsafe_code)]

mod common;

use common::in_lab;
use ethcraft::frame::{Frames, Surroundings, Template};
use ethcraft::link::lookup;
use ethcraft::link::stop::Stop;
use ethcraft::link::tx::{Ask, Choice, Options, Progress, Sender};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which counts the calls of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // Not there any more while a thread ends.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it is; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn no_engine_allocates_once_its_buffers_have_grown() {
    in_lab(&[], || {
        let text = "ipv4 src=10.0.0.1 dst=10.0.0.2..10.0.0.200 / udp sport=1024..65535 dport=9 / zero*18";
        let no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let frames = Frames::parse(text, Surroundings::default(), &no_files).unwrap();
        let mut template = Template::new(&frames).expect("only fields vary");
        for options in [
            Options { engine: Choice::Send, ..Options::default() },
            Options { engine: Choice::Mmsg, ..Options::default() },
            Options { engine: Choice::Mmsg, bypass_queue: true, ..Options::default() },
            Options { engine: Choice::Xdp, ..Options::default() },
            Options { ask: Some(Ask { segment: Some(10) }), ..Options::default() },
        ] {
            let mut sender = Sender::open(&lookup("veth0").unwrap(), &options).unwrap();
            let stop = Stop::new();
            let mut send = |numbers: std::ops::Range<u128>| {
                for number in numbers {
                    let pushed = sender.push_with(template.len(), &stop, |slot| template.write(number, slot));
                    assert_eq!(pushed.unwrap(), Progress::Done);
                }
                sender.flush(&stop).unwrap();
            };
            send(0..2000);
            let before = CALLS.get();
            send(2000..12000);
            let calls = CALLS.get() - before;
            assert_eq!(calls, 0, "{options:?}");
            assert_eq!(sender.outcome().accepted, 12000);
        }
        assert!(CALLS.get() > 0, "the count counts");
    });
}
