//! `sniff` and the kernel: drops, a link that goes down or away, other interfaces, checksums that are left to the device.

mod common;

use common::{Directory, Done, Program, Running, ethcraft, frame, in_lab, peer, python_with, sniff, transmit};
use ethcraft::link::netns::Target;
use ethcraft::link::rx::{Capture, Event, Options};
use ethcraft::link::stop::Stop;
use ethcraft::link::{lookup, tx};
use nix::sys::signal::Signal;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const HELLO: &str = "eth dst=02:00:00:00:00:02 type=0x0801 / \"hello\"";

fn ip(words: &str) -> bool {
    let Some(ip) = peer("ip") else { return false };
    Program::new(ip).arguments(words.split(' ')).run().expect(0);
    true
}

/// Sets veth1 up and waits until its peer, which sends, has a carrier: what is sent before that is lost.
fn up_again() {
    ip("link set veth1 up");
    let end = Instant::now() + Duration::from_secs(20);
    while lookup("veth0").unwrap().carrier != Some(true) {
        assert!(Instant::now() < end, "veth0 has no carrier");
        std::thread::yield_now();
    }
}

/// Frames seen and frames dropped: "12 frames of the pattern, 345 seen; 6 dropped by the kernel".
fn counted(done: &Done) -> (u64, u64) {
    let summary = done.stderr.lines().find(|line| line.contains("dropped by the kernel")).expect("a summary");
    let words: Vec<&str> = summary.split_whitespace().collect();
    let before = |word: &str| {
        let at = words.iter().position(|w| w.trim_end_matches(';') == word)?;
        words.get(at - 1)?.parse().ok()
    };
    let seen = before("let").or_else(|| before("seen")).or_else(|| before("frames")).or_else(|| before("frame"));
    (seen.unwrap_or_else(|| panic!("{summary}")), before("dropped").unwrap_or_else(|| panic!("{summary}")))
}

/// Stops a process and waits until it stands.
fn halt(running: &Running) {
    running.signal(Signal::SIGSTOP);
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", running.pid())).unwrap();
        if stat.rsplit(')').next().unwrap().trim_start().starts_with('T') {
            return;
        }
        assert!(Instant::now() < end, "{stat}");
        std::thread::yield_now();
    }
}

/// A sniffer of veth0 with the smallest ring, which stands still twice while more is sent than fits; how much was sent.
///
/// It looks at frames on their way out, where the kernel offers each to the ring before the sender goes on: what is
/// neither seen nor dropped would be lost by us.
fn overrun(arguments: &[&str]) -> (Done, u64) {
    let sniffer = sniff([&["veth0", "--buffer", "64k"], arguments, &["\"LAST\""]].concat());
    let flood = frame("eth type=0x0801 / zero*1000");
    let mut sent = 0;
    for round in 0..2 {
        halt(&sniffer);
        transmit("veth0", std::iter::repeat_n(&flood, 2000));
        sent += 2000;
        sniffer.signal(Signal::SIGCONT);
        // Once this one is seen all before it were read.
        let last = frame(&format!("eth type=0x0801 / \"LAST {round}\""));
        let end = Instant::now() + Duration::from_secs(20);
        while !sniffer.output().contains(&format!("LAST {round}")) {
            assert!(Instant::now() < end, "the last frame was never seen");
            transmit("veth0", [&last]);
            sent += 1;
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    sniffer.signal(Signal::SIGINT);
    (sniffer.finish(), sent)
}

#[test]
fn drops_are_counted_and_add_up() {
    in_lab(&[], || {
        let (done, sent) = overrun(&[]);
        let done = done.expect(0);
        let (seen, dropped) = counted(&done);
        assert!(dropped > 1000, "{}", done.describe());
        assert_eq!(seen + dropped, sent, "{}", done.describe());
    });
}

#[test]
fn frames_that_came_before_the_end_are_taken() {
    in_lab(&[], || {
        for way in ["both", "out"] {
            let sniffer = sniff(["veth0", "--direction", way]);
            halt(&sniffer);
            transmit("veth0", vec![frame(HELLO); 300]);
            // When it goes on the first thing that it learns is that it should end.
            sniffer.signal(Signal::SIGINT);
            sniffer.signal(Signal::SIGCONT);
            let done = sniffer.finish().expect(0);
            assert_eq!((counted(&done), done.stdout.lines().count()), ((300, 0), 300), "{}", done.describe());
        }
    });
}

#[test]
fn drops_fail_where_that_is_asked_for() {
    in_lab(&[], || {
        let (done, _) = overrun(&["--fail-on-drop"]);
        let done = done.expect(1);
        let (_, dropped) = counted(&done);
        assert!(done.stderr.contains(&format!("error: the kernel dropped {dropped} frames\n")), "{}", done.describe());
        // And where none is dropped it does not.
        let sniffer = sniff(["veth1", "-c", "1", "--fail-on-drop"]);
        transmit("veth0", [frame(HELLO)]);
        sniffer.finish().expect(0);
    });
}

#[test]
fn drops_are_written_into_a_pcapng() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        let (done, _) = overrun(&["-v", "-w", &path]);
        let (_, dropped) = counted(&done.expect(0));
        let bytes = std::fs::read(&path).unwrap();
        // The Interface Statistics Block (type 5) is the last; isb_ifdrop is option 5, eight bytes.
        let length = u32::from_le_bytes(bytes[bytes.len() - 4..].try_into().unwrap()) as usize;
        let block = &bytes[bytes.len() - length..];
        assert_eq!(block[..4], 5u32.to_le_bytes());
        let option = [5, 0, 8, 0].into_iter().chain(dropped.to_le_bytes()).collect::<Vec<u8>>();
        assert!(block.windows(option.len()).any(|window| window == option), "{dropped} in {}", hex::encode(block));
        let Some(capinfos) = peer("capinfos") else { return };
        let done = Program::new(capinfos).arguments(["-I", &path]).run().expect(0);
        assert!(done.stdout.contains("Number of stat entries = 1"), "{}", done.describe());
    });
}

#[test]
fn what_the_kernel_counted_accumulates_over_readings() {
    in_lab(&[], || {
        let mut capture = Capture::open(&lookup("veth0").unwrap(), &Options::default()).unwrap();
        for sent in [3, 6, 9] {
            transmit("veth0", vec![frame(HELLO); 3]);
            assert_eq!(capture.statistics().unwrap().received, sent);
        }
    });
}

/// A thread that sends on an interface until it is told to end.
fn flooding(interface: &str, during: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut sender = tx::Sender::open(&lookup(interface).unwrap(), &tx::Options::default()).unwrap();
            let (bytes, quiet) = (frame("eth type=0x0801 / \"from elsewhere\""), Stop::new());
            while !stop.load(Ordering::Relaxed) {
                sender.push(&bytes, &quiet).unwrap();
            }
        });
        // Also where the test fails, or the flood would never end.
        struct End<'a>(&'a AtomicBool);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _end = End(&stop);
        during();
    });
}

#[test]
fn frames_of_other_interfaces_never_arrive() {
    in_lab(&[], || {
        if !(ip("link add other0 type veth peer name other1") && ip("link set other0 up") && ip("link set other1 up")) {
            return;
        }
        flooding("other0", || {
            // The moment between the socket's birth and its binding is short: many of them.
            for _ in 0..100 {
                let mut capture = Capture::open(&lookup("veth1").unwrap(), &Options::default()).unwrap();
                let event = capture.next(Some(Duration::from_millis(15)), &Stop::new()).unwrap();
                assert!(matches!(event, Event::Timeout), "{event:?}");
                assert_eq!(capture.statistics().unwrap().received, 0);
            }
            let sniffer = sniff(["veth1", "-c", "1"]);
            transmit("veth0", [frame(HELLO)]);
            let done = sniffer.finish().expect(0);
            assert!(done.stdout.contains("hello"), "{}", done.describe());
        });
    });
}

#[test]
fn a_frame_of_a_capture_for_answers_waits_for_no_others() {
    in_lab(&[], || {
        // A minute, so that the test does not pass by it.
        let options = Options { at_once: true, block_timeout: 60_000, ..Options::default() };
        let mut capture = Capture::open(&lookup("veth1").unwrap(), &options).unwrap();
        for at in 0..3 {
            let sent = frame(&format!("vlan={at} / u32={at} / zero*42"));
            transmit("veth0", [&sent]);
            match capture.next(Some(Duration::from_secs(20)), &Stop::new()).unwrap() {
                Event::Frame(came) => assert_eq!((came.data, came.vlan_restored), (&sent[..], true)),
                other => panic!("{other:?}"),
            }
        }
        // The ring is gone round more than once.
        let many: Vec<_> = (0..9000).map(|at| frame(&format!("eth src=02:00:00:00:00:01 / u32={at}"))).collect();
        for some in many.chunks(500) {
            transmit("veth0", some);
            for sent in some {
                match capture.next(Some(Duration::from_secs(20)), &Stop::new()).unwrap() {
                    Event::Frame(came) => assert_eq!(came.data, sent),
                    other => panic!("{other:?}"),
                }
            }
        }
        let counted = capture.statistics().unwrap();
        assert_eq!((counted.received, counted.dropped, counted.damaged), (9003, 0, 0));
    });
}

#[test]
fn frames_from_before_the_start_are_not_in_the_capture() {
    in_lab(&[], || {
        flooding("veth0", || {
            let mut capture = Capture::open(&lookup("veth1").unwrap(), &Options::default()).unwrap();
            assert!(matches!(capture.next(Some(Duration::from_secs(20)), &Stop::new()).unwrap(), Event::Frame(_)));
        });
        let done = ethcraft(["sniff", "veth1", "--expect", "none", "--within", "200ms"]).run().expect(0);
        assert!(done.stderr.contains("0 frames; 0 dropped"), "{}", done.describe());
    });
}

#[test]
fn a_link_that_goes_down_is_told_and_frames_come_again_once_it_is_up() {
    in_lab(&[], || {
        let mut sniffer = sniff(["veth1", "-c", "2"]);
        transmit("veth0", [frame("eth type=0x0801 / \"before\"")]);
        sniffer.wait_for_output("before");
        if !ip("link set veth1 down") {
            return;
        }
        sniffer.wait_for("warning: veth1 is down; frames come once it is up\n");
        up_again();
        transmit("veth0", [frame("eth type=0x0801 / \"behind\"")]);
        let done = sniffer.finish().expect(0);
        assert!(done.stdout.contains("behind"), "{}", done.describe());
        assert_eq!(done.stderr.matches("is down").count(), 1, "told once\n{}", done.describe());
    });
}

#[test]
fn a_link_that_is_down_at_the_start_is_waited_for() {
    in_lab(&[], || {
        if !ip("link set veth1 down") {
            return;
        }
        let mut sniffer = sniff(["veth1", "-c", "1"]);
        sniffer.wait_for("warning: veth1 is down; frames come once it is up\n");
        up_again();
        transmit("veth0", [frame(HELLO)]);
        sniffer.finish().expect(0);
    });
}

#[test]
fn a_link_that_goes_down_ends_it_where_that_is_asked_for() {
    in_lab(&[], || {
        let sniffer = sniff(["veth1", "--exit-on-down"]);
        if !ip("link set veth1 down") {
            return;
        }
        let done = sniffer.finish().expect(4);
        assert!(done.stderr.ends_with("error: veth1 went down\n"), "{}", done.describe());
        // Nothing can come any more from one that is down at the start.
        let done = ethcraft(["sniff", "veth1", "--exit-on-down"]).run().expect(4);
        assert!(done.stderr.contains("error: veth1"), "{}", done.describe());
    });
}

#[test]
fn an_interface_that_is_removed_ends_it() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        let mut sniffer = sniff(["veth1", "-v", "-w", &path]);
        transmit("veth0", [frame(HELLO)]);
        sniffer.wait_for_output("hello");
        if !ip("link del veth0") {
            return;
        }
        let done = sniffer.finish().expect(4);
        assert!(done.stderr.contains("veth1") && done.stderr.contains("interface removed"), "{}", done.describe());
        // What had come is in the file.
        let done = ethcraft(["sniff", "-r", &path]).run().expect(0);
        assert_eq!(done.stdout.lines().count(), 1, "{}", done.describe());
    });
}

#[test]
fn an_interface_that_is_made_anew_is_another_one() {
    in_lab(&[], || {
        let sniffer = sniff(["veth1"]);
        if !(ip("link del veth0") && ip("link add veth0 type veth peer name veth1")) {
            return;
        }
        let done = sniffer.finish().expect(4);
        assert!(done.stderr.contains("veth1"), "{}", done.describe());
    });
}

#[test]
fn an_interface_that_is_renamed_is_followed() {
    in_lab(&[], || {
        let mut sniffer = sniff(["veth1", "-c", "1"]);
        if !(ip("link set veth1 down") && ip("link set veth1 name renamed") && ip("link set renamed up")) {
            return;
        }
        sniffer.wait_for("is down");
        transmit("veth0", [frame(HELLO)]);
        let done = sniffer.finish().expect(0);
        assert!(done.stdout.contains("hello"), "{}", done.describe());
    });
}

/// A datagram from one host's kernel to another's, as a sniffer at the receiver sees it with this pattern.
fn datagram(arguments: &[&str]) -> Done {
    let sniffer = sniff([&["veth0@h2", "--direction", "in"], arguments].concat());
    let here: Target = "veth0@h1".parse().unwrap();
    let there: Target = "veth0@h2".parse().unwrap();
    let receiver = there.within(|| UdpSocket::bind("10.0.0.2:6667").unwrap()).unwrap();
    receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let sender = here.within(|| UdpSocket::bind("10.0.0.1:0").unwrap()).unwrap();
    sender.send_to(b"Hello you there!", "10.0.0.2:6667").unwrap();
    let mut buffer = [0; 64];
    assert_eq!(receiver.recv(&mut buffer).unwrap(), 16);
    sniffer.finish()
}

#[test]
fn a_checksum_left_to_the_device_is_not_computed_and_never_bad() {
    in_lab(&["--hosts", "2"], || {
        let done = datagram(&["-c", "1", "udp"]).expect(0);
        assert!(done.stdout.contains("checksum not computed"), "{}", done.describe());
        assert!(!done.stdout.contains("BAD"), "{}", done.describe());
        let done = datagram(&["-c", "1", "--json", "udp"]).expect(0);
        assert!(done.stdout.contains("\"checksum\":\"not computed\""), "{}", done.describe());
        let done = datagram(&["-c", "1", "-v", "udp"]).expect(0);
        assert!(done.stdout.contains("# checksum not computed"), "{}", done.describe());
        datagram(&["--expect", "none", "--within", "1s", "udp checksum=bad"]).expect(0);
    });
}

#[test]
fn with_the_offload_off_the_checksum_is_computed_and_good() {
    in_lab(&["--hosts", "2"], || {
        let done = ethcraft(["offload", "veth0@h1", "tx=off"]).run().expect(0);
        assert!(done.stdout.contains("tx-checksum-ip-generic: on -> off"), "{}", done.describe());
        let done = datagram(&["-c", "1", "udp"]).expect(0);
        assert!(done.stdout.contains("checksum good"), "{}", done.describe());
        let done = datagram(&["-c", "1", "udp checksum=auto"]).expect(0);
        assert!(done.stdout.contains("Hello you there!"), "{}", done.describe());
        ethcraft(["offload", "veth0@h1", "tx=on"]).run().expect(0);
        let done = datagram(&["-c", "1", "udp"]).expect(0);
        assert!(done.stdout.contains("checksum not computed"), "{}", done.describe());
    });
}

#[test]
fn frames_that_scapy_sends_are_seen_as_it_built_them() {
    in_lab(&[], || {
        let Some(python) = python_with("scapy.all") else { return };
        let script = "
import sys
from scapy.all import *
frames = [
  Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/Dot1Q(vlan=7, prio=5)/IP(dst='10.0.0.2')/UDP(dport=53)/b'a',
  Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/Dot1AD(vlan=100)/Dot1Q(vlan=7)/IP(dst='10.0.0.2')/UDP()/b'b',
  Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/Dot1Q(vlan=0)/ARP(pdst='10.0.0.2'),
  Dot3(dst='01:80:c2:00:00:00', src='02:00:00:00:00:01')/LLC(dsap=0x42, ssap=0x42, ctrl=3)/STP(),
]
s = conf.L2socket(iface='veth0')
for f in frames:
    s.send(f)
    print(bytes(f).hex())
";
        let directory = Directory::new();
        let path = directory.file("a.pcap");
        let sniffer = sniff(["veth1", "-c", "4", "-w", &path]);
        let scapy = Program::new(python).arguments(["-c", script]).run().expect(0);
        sniffer.finish().expect(0);
        let text = ethcraft(["decode", &path]).run().expect(0);
        let built = ethcraft(["build", "-f", "-"]).input(text.stdout.clone()).run().expect(0);
        assert_eq!(built.stdout, scapy.stdout, "{}", text.describe());
        for (pattern, count) in
            [("vlan=7", 2), ("svlan=100 / vlan=7", 1), ("vlan=0 / arp", 1), ("dot3 / llc dsap=stp", 1)]
        {
            let done = ethcraft(["sniff", "-r", &path, pattern]).run().expect(0);
            assert_eq!(done.stdout.lines().count(), count, "{pattern}\n{}", text.describe());
        }
    });
}
