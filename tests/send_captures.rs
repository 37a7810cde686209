//! Captures on the wire: which frames, in which order, with which bytes, and what is said of them.

mod common;

use common::sending::{Peer, build, says, send};
use common::{Directory, ethcraft, in_lab};
use ethcraft::frame::fcs;
use ethcraft::link::{counters::Meter, lookup};
use ethcraft::trace::{CaptureFile, Flags, Format, Interface, LinkType, Record, Resolution, Section, Time};
use nix::sys::signal::Signal;
use std::path::Path;

const SET: &str = "eth src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=1..300 / \"hello\"";

/// A capture of these records on an Ethernet interface whose frames end with so many bytes of FCS, as the file says.
fn write(path: &str, fcs_len: Option<u8>, records: &[Record]) {
    let interface = Interface { fcs_len, ..Interface::named("eth0") };
    let mut file = CaptureFile::create(Path::new(path), Format::Pcapng, &Section::default(), &[interface]).unwrap();
    for record in records {
        file.write(record).unwrap();
    }
    file.finish().unwrap();
}

/// A record at this time, nanoseconds.
fn at(time: i64, data: &[u8]) -> Record<'_> {
    Record::new(Some(Time(time)), data)
}

#[test]
fn a_capture_arrives_once_in_order_byte_for_byte() {
    in_lab(&[], || {
        let directory = Directory::new();
        for file in ["frames.pcap", "frames.pcapng"].map(|name| directory.file(name)) {
            ethcraft(["build", "-w", &file, SET]).run().expect(0);
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "-r", &file]).run().expect(0);
            assert_eq!(peer.take(300), build(&[SET]));
            assert!(peer.rest().is_empty());
            says(&done, "veth0: 300 frames asked for, 300 accepted by the kernel, 300 counted by the interface");
        }
    });
}

#[test]
fn a_loop_and_a_count_begin_it_anew() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        ethcraft(["build", "-w", &file, "eth src=02:00:00:00:00:01 / u8=1..3"]).run().expect(0);
        for (options, expected) in [
            (&["--loop=2"][..], &[1, 2, 3, 1, 2, 3][..]),
            (&["-c", "5"], &[1, 2, 3, 1, 2]),
            (&["-c", "2", "--rate", "max"], &[1, 2]),
        ] {
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "--json", "-r", &file]).arguments(options).run().expect(0);
            let last: Vec<u8> = peer.take(expected.len()).iter().map(|frame| frame[14]).collect();
            assert_eq!(last, expected);
            assert!(peer.rest().is_empty());
            assert_eq!(done.json()["asked"], expected.len());
        }
    });
}

#[test]
fn standard_input_is_sent_while_it_comes_and_held_only_for_a_loop() {
    in_lab(&[], || {
        let capture = ethcraft(["build", "-o", "pcap", "eth src=02:00:00:00:00:01 / u8=1..3"]).run().expect(0).bytes;
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "-r", "-"]).input(capture.clone()).run().expect(0);
        says(&done, "3 frames asked for, 3 accepted");
        assert!(!done.stderr.contains("held"), "{}", done.describe());
        assert_eq!(peer.take(3).len() + peer.rest().len(), 3);

        let done = send(["veth0", "-r", "-", "--loop=4"]).input(capture.clone()).run().expect(0);
        says(&done, "standard input can be read only once, and --loop reads it again");
        assert_eq!(peer.take(12).len() + peer.rest().len(), 12);

        let done = send(["veth0", "-r", "-", "-c", "9"]).input(capture).run().expect(0);
        says(&done, "6 frames were not sent: the capture ended before");
        assert_eq!(peer.take(3).len() + peer.rest().len(), 3);
    });
}

#[test]
fn rewritten_frames_keep_right_checksums_and_wrong_ones() {
    in_lab(&[], || {
        let directory = Directory::new();
        let (file, lines) = (directory.file("frames.pcapng"), directory.file("lines"));
        let frames = |dst: &str| {
            format!(
                "eth src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst={dst} / udp dport=7 / \"a\"\n\
                 eth src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst={dst} / udp dport=7 checksum=0x1234 / \"b\"\n\
                 eth src=02:00:00:00:00:01 / arp spa=10.0.0.1 tpa=10.0.0.2\n"
            )
        };
        std::fs::write(&lines, frames("10.0.0.2")).unwrap();
        ethcraft(["build", "-w", &file, "-f", &lines]).run().expect(0);
        std::fs::write(&lines, frames("10.9.9.9")).unwrap();
        let expected = build(&["-f", &lines]);
        let mut peer = Peer::open("veth1");
        let set = "ipv4 dst=10.9.9.9";
        let done = send(["veth0", "-r", &file, "--set", set]).run().expect(0);
        assert_eq!(peer.take(3), expected);
        says(&done, "`--set 'ipv4 dst=10.9.9.9'` found nothing to set in 1 frame, which went out as they are");

        // Of an expression too, and what is printed is what would be sent.
        let expression = "eth src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp sport=1..3 / \"a\" / fcs";
        send(["veth0", "-q", "--set", set, expression]).run().expect(0);
        let printed = send(["veth0", "--dry-run", "--set", set, expression]).run().expect(0).stdout;
        let printed = ethcraft(["build", "-f", "-"]).input(printed).run().expect(0).stdout;
        let printed: Vec<_> = printed.lines().map(|line| hex::decode(line).unwrap()).collect();
        let expected = build(&[&expression.replace("10.0.0.2", "10.9.9.9")]);
        assert_eq!((peer.take(3), printed), (expected.clone(), expected));
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn an_fcs_in_the_capture_is_left_away_or_kept_as_asked() {
    in_lab(&[], || {
        let directory = Directory::new();
        let (with, without) = (directory.file("with.pcapng"), directory.file("without.pcapng"));
        let bare = common::frame("eth src=02:00:00:00:00:01 / \"hello\"");
        let mut whole = bare.clone();
        whole.extend(fcs::fcs(&bare));
        write(&with, Some(4), &[at(0, &whole)]);
        write(&without, None, &[at(0, &bare)]);
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "-r", &with]).run().expect(0);
        says(&done, "the FCS that the capture has was left away in 1 frame");
        send(["veth0", "-q", "-r", &with, "--fcs", "append"]).run().expect(0);
        send(["veth0", "-q", "-r", &without, "--fcs", "append"]).run().expect(0);
        assert_eq!(peer.take(3), [bare, whole.clone(), whole]);
        // Kept and rewritten it stays right; a wrong one stays wrong.
        send(["veth0", "-q", "-r", &with, "--fcs", "append", "--set", "eth dst=02:00:00:00:00:02"]).run().expect(0);
        assert!(fcs::intact(&peer.take(1)[0]));
        let mut wrong = common::frame("eth src=02:00:00:00:00:01 / \"hello\" / fcs=bad");
        write(&with, Some(4), &[at(0, &wrong)]);
        send(["veth0", "-q", "-r", &with, "--fcs", "append", "--set", "eth dst=02:00:00:00:00:02"]).run().expect(0);
        wrong[..6].copy_from_slice(&[2, 0, 0, 0, 0, 2]);
        assert_eq!(peer.take(1), [wrong]);
    });
}

#[test]
fn cut_records_and_times_that_run_back_are_told() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        let frame = common::frame("eth src=02:00:00:00:00:01 / zero*86");
        let cut = Record { original_len: 100, ..at(2_000_000, &frame[..60]) };
        // The flags say that an FCS was there, which was cut away first.
        let cut_fcs = Record { original_len: 102, flags: Flags::default().with_fcs_len(4), ..at(2_000_000, &frame) };
        write(&file, None, &[at(9_000_000, &frame), at(1_000_000, &frame), cut, cut_fcs]);
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "-r", &file]).run().expect(0);
        assert_eq!(peer.take(4).iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 60, 98]);
        says(&done, "the times run back before 1 frame; such a step counts as none");
        says(&done, "2 frames were cut when captured");
        // Where the times are not asked for, it does not matter what they are.
        let done = send(["veth0", "-r", &file, "--rate", "max"]).run().expect(0);
        assert!(!done.stderr.contains("run back"), "{}", done.describe());
    });
}

#[test]
fn frames_are_not_early_by_the_times_of_the_capture() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        let frame = common::frame("eth src=02:00:00:00:00:01 / \"x\"");
        // 120 ms, in steps that no float keeps; a step back between them counts as none.
        let times = [1_700_000_000_000_000_001, 1_700_000_000_060_000_004, 1_700_000_000_050_000_000];
        let last = times[2] + 60_000_000;
        write(&file, None, &[times[0], times[1], times[2], last].map(|time| at(time, &frame)));
        for (options, shortest) in
            [(&[][..], 0.120_000_003), (&["--speed", "2x"], 0.060_000_001), (&["--speed", "original"], 0.120_000_003)]
        {
            let done = send(["veth0", "--json", "-r", &file]).arguments(options).run().expect(0);
            let seconds = done.json()["seconds"].as_f64().unwrap();
            assert!(seconds >= shortest, "{options:?}: {seconds}");
            assert_eq!(done.json()["accepted"], 4);
        }
    });
}

#[test]
fn memory_does_not_grow_with_the_capture() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        let frame = [0; 1514];
        let records: Vec<_> = (0..40_000).map(|number| at(number, &frame)).collect();
        write(&file, None, &records);
        let size = std::fs::metadata(&file).unwrap().len() / 1024;
        let meter = Meter::open(&lookup("veth0").unwrap()).unwrap();
        let running = send(["veth0", "-r", &file, "--loop", "--rate", "max"]).start();
        // More than once through the file.
        while meter.read().unwrap().tx_packets < 50_000 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.pid())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let most: u64 = most.trim().trim_end_matches(" kB").parse().unwrap();
        running.signal(Signal::SIGINT);
        running.finish().expect(0);
        assert!(most < size / 2, "{most} KiB of memory for a file of {size} KiB");
    });
}

#[test]
fn what_is_no_ethernet_or_no_capture_is_refused_with_a_way_out() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("raw.pcap");
        let ip = &common::frame("ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9 / \"hi\"")[14..];
        let interface = Interface { link_type: LinkType(101), ..Interface::default() };
        let format = Format::Pcap(Resolution::Micro);
        let mut raw = CaptureFile::create(Path::new(&file), format, &Section::default(), &[interface]).unwrap();
        raw.write(&Record { link_type: LinkType(101), ..at(0, ip) }).unwrap();
        raw.finish().unwrap();
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "-r", &file]).run().expect(2);
        says(&done, "record 1 is no Ethernet frame: raw IP (link type 101)");
        says(&done, "sed 's|frame / ||'");
        // The way out is one.
        let text = ethcraft(["decode", &file]).run().expect(0).stdout.replace("frame / ", "");
        send(["veth0", "-q", "-f", "-"]).input(text).run().expect(0);
        assert_eq!(&peer.take(1)[0][14..], ip);

        says(&send(["veth0", "-r", "/etc/passwd"]).run().expect(2), "/etc/passwd: not a capture file");
        says(&send(["veth0", "-r", "/no/such/file"]).run().expect(2), "cannot read /no/such/file");
        let empty = directory.file("empty.pcapng");
        write(&empty, None, &[]);
        says(&send(["veth0", "-r", &empty, "--loop"]).run().expect(2), "it holds no frame");
        says(&send(["veth0", "-r", &empty, "eth / \"x\""]).run().expect(2), "cannot be used with");
        let long = directory.file("long.pcapng");
        write(&long, None, &[at(0, &[0; 1514]), at(0, &[0; 1515])]);
        says(&send(["veth0", "-r", &long]).run().expect(3), "long.pcapng: frame 1: a frame of 1515 bytes does not fit");
        for wrong in ["ipv4 dst=nowhere", "ipv4 dst=10.0.0.1 / udp dport=9", "nonsense"] {
            send(["veth0", "-r", &long, "--set", wrong]).run().expect(2);
        }
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn what_a_cut_capture_holds_is_sent_where_it_can_be_read_only_once() {
    in_lab(&[], || {
        let capture = ethcraft(["build", "-o", "pcap", "eth src=02:00:00:00:00:01 / u8=1..3"]).run().expect(0).bytes;
        let cut = &capture[..capture.len() - 1];
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "-r", "-"]).input(cut).run().expect(2);
        says(&done, "record 3 at byte");
        assert_eq!((done.json()["accepted"].as_u64(), done.json()["end"].as_str()), (Some(2), Some("failed")));
        assert_eq!(peer.take(2).len() + peer.rest().len(), 2);
        // A file is looked through before the first frame leaves.
        let directory = Directory::new();
        let file = directory.file("cut.pcap");
        std::fs::write(&file, cut).unwrap();
        says(&send(["veth0", "-r", &file]).run().expect(2), "record 3 at byte");
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn an_interrupted_replay_has_sent_what_it_says_and_nothing_else() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.pcapng");
        ethcraft(["build", "-w", &file, SET]).run().expect(0);
        let expected = build(&[SET]);
        let mut peer = Peer::open("veth1");
        let running = send(["veth0", "--json", "-r", &file, "--loop", "--rate", "2000"]).start();
        let mut seen = peer.take(350);
        running.signal(Signal::SIGINT);
        let done = running.finish().expect(0);
        seen.extend(peer.rest());
        assert_eq!(done.json()["accepted"], seen.len());
        assert_eq!(done.json()["end"], "interrupted");
        assert!(seen.iter().zip(expected.iter().cycle()).all(|(seen, wanted)| seen == wanted));
    });
}
