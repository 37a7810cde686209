//! `sniff --fanout`: threads that share the frames of an interface write every one of them once, and keep each flow's order.

mod common;

use common::sending::{ip, says};
use common::{Directory, Done, Running, ethcraft, frame, in_lab, sniff, transmit};
use ethcraft::link::lookup;
use ethcraft::trace::Reader;
use nix::sys::signal::Signal;
use std::collections::BTreeMap;
use std::fs::File;
use std::thread::sleep;
use std::time::{Duration, Instant};

const FLOWS: u16 = 40;

/// Frame `number` of as many flows: UDP from a port of its own, with its number.
fn numbered(number: u32) -> Vec<u8> {
    let mut bytes = frame("ipv4 src=10.0.0.1 dst=10.0.0.2 / udp sport=1000 dport=9 checksum=0 / zero*18");
    let port = 1000 + (number % u32::from(FLOWS)) as u16;
    bytes[34..36].copy_from_slice(&port.to_be_bytes());
    bytes[42..46].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// The numbers in a capture, by flow, in the order of the file.
fn flows(path: &str) -> BTreeMap<u16, Vec<u32>> {
    let mut reader = Reader::open(File::open(path).unwrap()).unwrap();
    let mut found: BTreeMap<u16, Vec<u32>> = BTreeMap::new();
    while let Some(record) = reader.next().unwrap() {
        let data = record.data;
        let port = u16::from_be_bytes([data[34], data[35]]);
        found.entry(port).or_default().push(u32::from_be_bytes([data[42], data[43], data[44], data[45]]));
    }
    found
}

/// Sends 20,000 frames to a sniffer that is under way and ends it when they have come.
fn send_to(sniffer: Running) -> Done {
    transmit("veth0", (0..20_000).map(numbered));
    let done = sniffer.finish().expect(0);
    says(&done, " 0 dropped by the kernel");
    done
}

#[test]
fn every_frame_is_written_once_and_each_flow_in_its_order() {
    in_lab(&[], || {
        let directory = Directory::new();
        let out = directory.file("out.pcapng");
        for threads in ["2", "5"] {
            let arguments = ["veth1", "--fanout", threads, "--buffer", "64M", "-c", "20000", "-w", &out, "udp dport=9"];
            let mut sniffer = sniff(arguments);
            sniffer.wait_for(&format!("{threads} threads"));
            send_to(sniffer);
            let found = flows(&out);
            assert_eq!(found.len(), usize::from(FLOWS));
            for (port, numbers) in found {
                let first = u32::from(port) - 1000;
                let expected: Vec<u32> = (first..20_000).step_by(usize::from(FLOWS)).collect();
                assert!(numbers == expected, "{threads} threads, flow {port}: {numbers:?}");
            }
        }
    });
}

#[test]
fn an_interrupted_one_has_taken_all_that_came() {
    in_lab(&[], || {
        let directory = Directory::new();
        let out = directory.file("out.pcap");
        let mut sniffer = sniff(["veth1", "--fanout", "3", "--buffer", "64M", "-w", &out, "--json", "udp dport=9"]);
        transmit("veth0", (0..500).map(numbered));
        // The last frame is shown, so all are with the kernel at least.
        sniffer.wait_for_output("sport\":1019,");
        sniffer.wait_for_output("000001f3");
        sniffer.signal(Signal::SIGINT);
        let done = sniffer.finish().expect(0);
        assert!(done.stderr.contains("500 frames of the pattern"), "{}", done.stderr);
        assert_eq!(done.stdout.lines().count(), 500);
        let mut all: Vec<u32> = flows(&out).into_values().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<u32>>());
    });
}

#[test]
fn a_number_of_frames_ends_all_threads() {
    in_lab(&[], || {
        let sniffer = sniff(["veth1", "--fanout", "4", "--expect", "7", "--within", "20s", "udp dport=9"]);
        transmit("veth0", (0..200).map(numbered));
        let done = sniffer.finish().expect(0);
        assert_eq!(done.stdout.lines().count(), 7, "{}", done.describe());
        ethcraft(["sniff", "veth1", "--fanout", "4", "--expect", "none", "--within", "200ms"]).run().expect(0);
    });
}

#[test]
fn a_link_that_is_down_is_told_and_waited_for_where_the_kernel_can() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        let directory = Directory::new();
        let out = directory.file("out.pcap");
        let arguments = ["sniff", "veth1", "--fanout", "2", "-c", "200", "-w", &out, "udp dport=9"];
        let mut sniffer = ethcraft(arguments).start();
        sniffer.wait_for("veth1 is down");
        ip(["link", "set", "veth1", "up"]);
        // The sender's end drops what it is given until it has noticed.
        let end = Instant::now() + Duration::from_secs(20);
        while lookup("veth0").unwrap().state != "UP" {
            assert!(Instant::now() < end, "veth0 does not come up");
            sleep(Duration::from_millis(5));
        }
        transmit("veth0", (0..200).map(numbered));
        let done = sniffer.finish();
        // Older kernels let nobody join while the interface is down.
        assert!(done.status == 0 || done.status == 4, "{}", done.describe());
        if done.status == 0 {
            let mut all: Vec<u32> = flows(&out).into_values().flatten().collect();
            all.sort_unstable();
            assert_eq!(all, (0..200).collect::<Vec<u32>>());
        }
    });
}

#[test]
fn what_cannot_be_meant_is_wrong_input() {
    ethcraft(["sniff", "veth1", "--fanout", "0"]).run().expect(2);
    ethcraft(["sniff", "-r", "x.pcap", "--fanout", "2"]).run().expect(2);
}
