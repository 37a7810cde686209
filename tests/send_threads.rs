//! Several threads share one run: no frame twice, none left out, whatever ends it.

mod common;

use common::sending::{Peer, build, ip, says, send};
use common::{Directory, ethcraft, in_lab};
use nix::sys::signal::Signal;

const SET: &str = "eth src=02:00:00:00:00:01 type=0x0801 / u16=0..1999 / zero*10";

/// The number that each frame of [`SET`] carries, in order.
fn numbers(frames: &[Vec<u8>]) -> Vec<u16> {
    let mut numbers: Vec<_> = frames.iter().map(|frame| u16::from_be_bytes([frame[14], frame[15]])).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn every_frame_of_a_set_comes_exactly_once() {
    in_lab(&[], || {
        let expected = build(&[SET]);
        for (threads, pace) in [("2", "max"), ("3", "20k"), ("8", "l2:100Mbit")] {
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "--threads", threads, "--json", "--rate", pace, SET]).run().expect(0);
            let mut seen = peer.take(2000);
            seen.sort();
            assert_eq!(seen, expected);
            assert!(peer.rest().is_empty());
            let summary = done.json();
            assert_eq!((summary["accepted"].as_u64(), summary["unsent"].as_u64()), (Some(2000), Some(0)));
            assert_eq!(summary["threads"].to_string(), threads);
        }
    });
}

#[test]
fn a_count_a_loop_and_the_lines_of_a_file_are_shared_too() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("lines");
        std::fs::write(&file, "eth / u16=0..2\neth / u16=3\n+1ms eth / u16=4..6 / zero*1..2\n").unwrap();
        let once = [0, 1, 2, 3, 4, 4, 5, 5, 6, 6];
        for (options, expected) in [
            (&["--loop=30"][..], once.repeat(30)),
            (&["-c", "104"], [once.repeat(10), once[..4].to_vec()].concat()),
            (&["-c", "25", "--rate", "1000"], [once.repeat(2), once[..5].to_vec()].concat()),
        ] {
            let mut peer = Peer::open("veth1");
            send(["veth0", "-q", "--threads", "3", "-f", &file]).arguments(options).run().expect(0);
            let mut expected = expected;
            expected.sort_unstable();
            assert_eq!(numbers(&peer.take(expected.len())), expected, "{options:?}");
            assert!(peer.rest().is_empty());
        }
    });
}

#[test]
fn a_capture_is_shared_and_looped_without_a_gap() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        ethcraft(["build", "-w", &file, SET]).run().expect(0);
        let bytes = std::fs::read(&file).unwrap();
        let expected: Vec<u16> = (0..2000).flat_map(|number| [number, number]).collect();
        for stdin in [false, true] {
            let mut peer = Peer::open("veth1");
            let name = if stdin { "-" } else { &file };
            let done = send(["veth0", "--threads", "2", "--loop=2", "-r", name]).input(bytes.clone()).run().expect(0);
            assert_eq!(numbers(&peer.take(4000)), expected);
            assert!(peer.rest().is_empty());
            says(&done, "4000 frames asked for, 4000 accepted by the kernel, 4000 counted");
        }
    });
}

#[test]
fn an_interrupt_ends_all_threads_with_the_exact_count_and_no_frame_twice() {
    in_lab(&[], || {
        for pace in [&["--rate", "10k"][..], &["--rate", "max", "--spin", "always"], &["--burst", "10", "--gap", "5ms"]]
        {
            let mut peer = Peer::open("veth1");
            let set = "eth src=02:00:00:00:00:01 type=0x0801 / u32=0.. / zero*10";
            let running = send(["veth0", "--threads", "2", "--json", set]).arguments(pace).start();
            let mut seen = peer.take(100);
            running.signal(Signal::SIGINT);
            let done = running.finish().expect(0);
            seen.extend(peer.rest());
            assert_eq!(done.json()["end"], "interrupted");
            // The ring of the test may be too small for what comes at full speed; what is in it came once.
            let accepted = done.json()["accepted"].as_u64().unwrap();
            assert!(seen.len() as u64 <= accepted);
            if !pace.contains(&"max") {
                assert_eq!(seen.len() as u64, accepted, "{pace:?}");
            }
            seen.sort();
            assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
            assert_eq!(done.json()["counted"]["tx_packets"].as_u64(), Some(accepted));
        }
    });
}

#[test]
fn an_interface_that_goes_down_ends_all_threads_with_the_exact_count() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let set = "eth src=02:00:00:00:00:01 type=0x0801 / u32=0.. / zero*10";
        let running = send(["veth0", "--threads", "3", "--json", "--rate", "3000", set]).start();
        let mut seen = peer.take(50);
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        let done = running.finish().expect(4);
        says(&done, "veth0 is down");
        seen.extend(peer.rest());
        assert_eq!(done.json()["accepted"], seen.len());
        assert_eq!(done.json()["end"], "failed");
    });
}

#[test]
fn a_refused_frame_is_told_by_its_number_in_the_run() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "mtu", "500"]) else { return };
        let set = "eth src=02:00:00:00:00:01 type=0x0801 / u16=0..5 / zero*900";
        let done = send(["veth0", "--threads", "2", set]).run().expect(4);
        says(&done, "6 frames asked for, 0 accepted by the kernel, 6 refused");
        says(&done, "the kernel refused 6 frames, first frame 0: ");
    });
}
