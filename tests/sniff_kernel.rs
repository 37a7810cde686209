//! What the kernel does to a capture (docs/kernel.md): cut frames, segments not divided, a sniffer that is killed.

mod common;

use common::sending::says;
use common::{Directory, Program, ethcraft, frame, in_lab, peer, sniff, transmit};
use ethcraft::link::netns::Target;
use ethcraft::trace::Reader;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// Longer than anything here takes, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_frame_cut_to_the_snap_length_keeps_its_own_length_too() {
    in_lab(&[], || {
        let directory = Directory::new();
        for name in ["out.pcap", "out.pcapng"] {
            let out = directory.file(name);
            let sniffer = sniff(["veth1", "-s", "40", "-c", "1", "-w", &out, "--json", "eth type=0x0801"]);
            transmit("veth0", [frame("eth type=0x0801 / zero*986")]);
            let done = sniffer.finish().expect(0);
            let shown = done.json();
            assert_eq!((&shown["captured"], &shown["length"]), (&40.into(), &1000.into()), "{}", done.describe());
            let mut reader = Reader::open(File::open(&out).unwrap()).unwrap();
            let record = reader.next().unwrap().unwrap();
            assert_eq!((record.data.len(), record.original_len), (40, 1000));
            let Some(capinfos) = peer("capinfos") else { return };
            let told = Program::new(capinfos).arguments(["-Md", &out]).run().expect(0).stdout;
            assert!(told.contains("1000 bytes"), "{told}");
        }
    });
}

/// Sends a megabyte from h1 to h2 by TCP.
fn megabyte() {
    let here = |text: &str| text.parse::<Target>().unwrap();
    let listener = here("veth0@h2").within(|| TcpListener::bind("10.0.0.2:5000").unwrap()).unwrap();
    let receiver = spawn(move || {
        let mut taken = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut taken).unwrap();
        taken.len()
    });
    let mut stream = here("veth0@h1").within(|| TcpStream::connect("10.0.0.2:5000").unwrap()).unwrap();
    stream.write_all(&vec![7; 1 << 20]).unwrap();
    drop(stream);
    assert_eq!(receiver.join().unwrap(), 1 << 20);
}

#[test]
fn segments_that_are_not_divided_are_taken_whole_and_explained() {
    in_lab(&["--hosts", "2"], || {
        let directory = Directory::new();
        let out = directory.file("out.pcapng");
        let sniffer = sniff(["veth0@h1", "-w", &out, "tcp dport=5000"]);
        megabyte();
        sniffer.signal(Signal::SIGINT);
        let done = sniffer.finish().expect(0);
        says(&done, "longer than the MTU allows: TCP segments that the kernel has not divided yet");
        let mut reader = Reader::open(File::open(&out).unwrap()).unwrap();
        let (mut longest, mut bytes) = (0, 0);
        while let Some(record) = reader.next().unwrap() {
            assert_eq!(record.data.len() as u32, record.original_len, "taken whole");
            longest = longest.max(record.data.len());
            bytes += record.data.len();
        }
        assert!(longest > 1518 && bytes > 1 << 20, "longest {longest}, {bytes} bytes");
    });
}

#[test]
fn segments_that_are_divided_need_no_explanation() {
    in_lab(&["--hosts", "2"], || {
        for host in ["veth0@h1", "veth0@h2"] {
            ethcraft(["offload", host, "tso=off", "gso=off", "gro=off"]).run().expect(0);
        }
        let sniffer = sniff(["veth0@h1", "--direction", "out", "tcp dport=5000"]);
        megabyte();
        sniffer.signal(Signal::SIGINT);
        let done = sniffer.finish().expect(0);
        assert!(!done.stderr.contains("longer than the MTU"), "{}", done.stderr);
    });
}

/// How often somebody has asked for promiscuous mode.
fn promiscuity(ip: &str) -> String {
    let shown = Program::new(ip).arguments(["-d", "link", "show", "veth1"]).run().expect(0).stdout;
    shown.split("promiscuity ").nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn a_killed_sniffer_leaves_no_promiscuous_mode() {
    in_lab(&[], || {
        let Some(ip) = peer("ip") else { return };
        let sniffer = sniff(["veth1"]);
        assert_eq!(promiscuity(&ip), "1");
        sniffer.signal(Signal::SIGKILL);
        assert_eq!(sniffer.finish().status, 128 + 9);
        // The socket is closed with the process, or a moment later.
        let end = Instant::now() + PATIENCE;
        while promiscuity(&ip) != "0" {
            assert!(Instant::now() < end, "still promiscuous");
            sleep(Duration::from_millis(10));
        }
        let flags = Program::new(&ip).arguments(["link", "show", "veth1"]).run().expect(0).stdout;
        assert!(!flags.contains("PROMISC"), "{flags}");
    });
}

#[test]
fn a_killed_sniffer_leaves_a_file_of_which_every_whole_frame_is_read() {
    in_lab(&[], || {
        for name in ["out.pcap", "out.pcapng"] {
            let directory = Directory::new();
            let out = directory.file(name);
            let sniffer = sniff(["veth1", "-w", &out, "eth type=0x0801"]);
            let numbered = |number: u32| [frame("eth type=0x0801"), number.to_be_bytes().repeat(64)].concat();
            let mut sent = 0;
            let end = Instant::now() + PATIENCE;
            while std::fs::metadata(&out).unwrap().len() < 300_000 {
                assert!(Instant::now() < end, "nothing is written");
                transmit("veth0", (sent..sent + 500).map(numbered));
                sent += 500;
            }
            sniffer.signal(Signal::SIGKILL);
            assert_eq!(sniffer.finish().status, 128 + 9);
            let done = ethcraft(["decode", "--json", &out]).run();
            // A file that ends in the middle of a frame is told as such, exit 2; one that does not is a whole capture.
            assert!(done.status == 0 || (done.status == 2 && done.stderr.contains("cut")), "{}", done.stderr);
            let read = done.stdout.lines().count() as u32;
            assert!(read > 500 && read <= sent, "{read} of {sent}");
            for (number, line) in (0..).zip(done.stdout.lines()) {
                let shown: Value = serde_json::from_str(line).unwrap();
                assert_eq!(
                    shown["layers"][1]["hex"],
                    hex::encode(u32::to_be_bytes(number).repeat(64)),
                    "frame {number}"
                );
            }
        }
    });
}

#[test]
fn a_capture_that_is_written_shows_its_rate_on_a_terminal() {
    in_lab(&[], || {
        let Some(script) = peer("script") else { return };
        let directory = Directory::new();
        let command =
            format!("{} sniff veth1 -c 3 -w {}", env!("CARGO_BIN_EXE_ethcraft"), directory.file("out.pcapng"));
        let mut terminal =
            Program::new(script).arguments(["-qec", &command, "/dev/null"]).environment("TERM", "xterm").start();
        terminal.wait_for_output("sniffing on");
        transmit("veth0", [frame("eth type=0x0801 / zero*46"), frame("eth type=0x0801 / zero*46")]);
        terminal.wait_for_output("veth1: 2 frames, ");
        assert!(terminal.output().contains("0 dropped by the kernel"), "{}", terminal.output());
        transmit("veth0", [frame("eth type=0x0801 / zero*46")]);
        let done = terminal.finish().expect(0);
        assert!(done.stdout.contains("\r\x1b[K"), "the line is gone in the end\n{}", done.describe());
    });
}
