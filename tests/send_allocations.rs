//! Sending allocates nothing per frame: from the template into the engine's buffer and to the kernel.

mod common;

use common::expressions::frames;
use common::in_lab;
use common::memory::{Counting, calls};
use ethcraft::frame::Template;
use ethcraft::link::lookup;
use ethcraft::link::stop::Stop;
use ethcraft::link::tx::{Ask, Choice, Options, Sender};

#[global_allocator]
static MEMORY: Counting = Counting;

#[test]
fn no_engine_allocates_once_its_buffers_have_grown() {
    in_lab(&[], || {
        let text = "ipv4 src=10.0.0.1 dst=10.0.0.2..10.0.0.200 / udp sport=1024..65535 dport=9 / zero*18";
        let frames = frames(text);
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
            let length = template.len();
            let mut send = |mut numbers: std::ops::Range<u128>| {
                while !numbers.is_empty() {
                    let most = (numbers.end - numbers.start).min(64) as usize;
                    let write = |slot: &mut [u8]| template.write(numbers.next().unwrap(), slot);
                    assert!(sender.push_row(length, most, &stop, write).unwrap() > 0);
                }
                sender.flush(&stop).unwrap();
            };
            send(0..2000);
            let before = calls();
            send(2000..12000);
            let calls = calls() - before;
            assert_eq!(calls, 0, "{options:?}");
            assert_eq!(sender.outcome().accepted, 12000);
        }
        assert!(calls() > 0, "the count counts");
    });
}
