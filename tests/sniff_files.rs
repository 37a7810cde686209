//! What `sniff -w` writes is read by tcpdump, tshark and capinfos, and by `sniff -r`; a full disk leaves whole records.

mod common;

use common::{Directory, Done, Program, ethcraft, frame, in_lab, peer, skipped, sniff, tcpdump, transmit};
use ethcraft::trace::{Direction, Reader};
use nix::mount::{MsFlags, mount};
use nix::sys::signal::Signal;
use std::fs::File;

const SENT: [&str; 5] = [
    "eth dst=02:00:00:00:00:02 type=0x0801 / \"hello\" / fcs",
    "svlan=100 / vlan=7 / ipv4 dst=10.0.0.2 / udp dport=53 / \"two tags\"",
    "vlan=0 pcp=3 / ipv4 dst=10.0.0.2 / udp dport=53 / \"priority\"",
    "arp tpa=10.0.0.2 / pad",
    "ipv4 dst=10.0.0.2 / icmp / echo id=7 seq=1 / count*1400",
];

/// Sniffs on veth1 into this file: the five frames received, then one sent there.
fn written(path: &str) -> Vec<Vec<u8>> {
    let mut frames: Vec<Vec<u8>> = SENT.iter().map(|text| frame(text)).collect();
    let sniffer = sniff(["veth1", "-w", path, "-c", "6"]);
    transmit("veth0", &frames);
    let back = frame("eth dst=02:00:00:00:00:01 type=0x0801 / \"and back\"");
    transmit("veth1", [&back]);
    let done = sniffer.finish().expect(0);
    assert_eq!(done.stdout, "", "what goes to a file is not shown\n{}", done.describe());
    frames.push(back);
    frames
}

/// How many users there are in this user namespace.
fn mapped_users() -> u64 {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap();
    map.lines().map(|line| line.split_whitespace().nth(2).unwrap().parse::<u64>().unwrap()).sum()
}

/// The frames in the hexdump of `tcpdump -xx`.
fn hexdumped(done: &Done) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in done.stdout.lines() {
        match line.strip_prefix("\t0x") {
            None => frames.push(String::new()),
            Some(dump) => {
                let digits = dump.split_once(':').expect("an offset").1.replace(' ', "");
                frames.last_mut().expect("a line before the dump").push_str(&digits);
            }
        }
    }
    frames
}

fn in_hex(frames: &[Vec<u8>]) -> Vec<String> {
    frames.iter().map(hex::encode).collect()
}

#[test]
fn tcpdump_reads_both_formats_byte_for_byte() {
    in_lab(&[], || {
        let directory = Directory::new();
        for name in ["a.pcap", "a.pcapng"] {
            let path = directory.file(name);
            let frames = written(&path);
            let Some(tcpdump) = tcpdump(&["-r", &path, "-n", "-t", "-xx"]) else { return };
            let done = tcpdump.run().expect(0);
            assert_eq!(hexdumped(&done), in_hex(&frames), "{name}");
        }
    });
}

#[test]
fn tshark_reads_names_directions_and_bytes() {
    in_lab(&[], || {
        let Some(tshark) = peer("tshark") else { return };
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        let frames = written(&path);
        let fields = ["frame.interface_name", "frame.packet_flags_direction", "frame.len"];
        let fields = fields.iter().flat_map(|field| ["-e", field]);
        let done = Program::new(&tshark).arguments(["-r", &path, "-T", "fields"]).arguments(fields).run().expect(0);
        let expected: Vec<String> = frames
            .iter()
            .enumerate()
            .map(|(number, frame)| format!("veth1\t0x{:08x}\t{}", if number < 5 { 1 } else { 2 }, frame.len()))
            .collect();
        assert_eq!(done.stdout.lines().collect::<Vec<_>>(), expected, "{}", done.describe());
        let done = Program::new(&tshark).arguments(["-r", &path, "-T", "json", "-x"]).run().expect(0);
        let json = done.json();
        let bytes: Vec<&str> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|frame| frame["_source"]["layers"]["frame_raw"][0].as_str().expect("hex"))
            .collect();
        assert_eq!(bytes, in_hex(&frames));
    });
}

#[test]
fn capinfos_counts_the_packets_and_reads_the_interface() {
    in_lab(&[], || {
        let Some(capinfos) = peer("capinfos") else { return };
        let directory = Directory::new();
        for (name, kind) in [("a.pcap", "nanosecond pcap"), ("a.pcapng", "pcapng")] {
            let path = directory.file(name);
            let frames = written(&path);
            let done = Program::new(&capinfos).arguments(["-t", "-c", "-d", "-I", &path]).run().expect(0);
            let has = |text: &str| assert!(done.stdout.contains(text), "{text}\n{}", done.describe());
            has(kind);
            has(&format!("Data size:           {} bytes", frames.iter().map(Vec::len).sum::<usize>()));
            if kind == "pcapng" {
                has("Name = veth1");
                has("Number of stat entries = 1");
                has("Number of packets = 6");
            }
        }
    });
}

#[test]
fn what_was_written_is_read_again_with_directions() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        let frames = written(&path);
        let done = ethcraft(["sniff", "-r", &path, "-v"]).run().expect(0);
        let lines: Vec<&str> = done.stdout.lines().collect();
        let labels: Vec<&str> = lines.iter().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
        assert_eq!(labels, ["In", "In", "In", "In", "In", "Out"], "{}", done.describe());
        assert!(done.stderr.contains("6 frames\n"), "{}", done.describe());
        // And with a pattern, and through another file.
        let copy = directory.file("copy.pcap");
        let done = ethcraft(["sniff", "-r", &path, "-w", &copy, "svlan=100 / vlan=7 or arp"]).run().expect(0);
        assert!(done.stderr.contains("2 frames of the pattern, 6 seen"), "{}", done.describe());
        let done = ethcraft(["decode", &copy]).run().expect(0);
        let again = ethcraft(["build", "-f", "-"]).input(done.stdout).run().expect(0);
        assert_eq!(again.stdout.lines().collect::<Vec<_>>(), [hex::encode(&frames[1]), hex::encode(&frames[3])]);
        // The other way in: standard input.
        let bytes = std::fs::read(&path).unwrap();
        let done =
            ethcraft(["sniff", "-r", "-", "--expect", "1", "--within", "1s", "arp"]).input(bytes).run().expect(0);
        assert!(done.stdout.contains("arp"), "{}", done.describe());
    });
}

#[test]
fn what_tcpdump_captured_is_read() {
    in_lab(&[], || {
        let Some(tcpdump) = peer("tcpdump") else { return };
        if mapped_users() == 1 {
            return skipped("tcpdump cannot capture in a lab without root: it wants to become another user");
        }
        let directory = Directory::new();
        let path = directory.file("theirs.pcap");
        let frames: Vec<Vec<u8>> = SENT.iter().map(|text| frame(text)).collect();
        let mut dump =
            Program::new(&tcpdump).arguments(["-i", "veth1", "-c", "5", "-U", "-w", &path, "-Z", "root"]).start();
        dump.wait_for("listening on");
        transmit("veth0", &frames);
        dump.finish().expect(0);
        let decoded = ethcraft(["decode", &path]).run().expect(0);
        let built = ethcraft(["build", "-f", "-"]).input(decoded.stdout).run().expect(0);
        assert_eq!(built.stdout.lines().collect::<Vec<_>>(), in_hex(&frames));
    });
}

#[test]
fn times_in_the_file_lie_between_start_and_end() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
        let before = now();
        written(&path);
        let after = now();
        let mut reader = Reader::open(File::open(&path).unwrap()).unwrap();
        let mut last = before;
        let mut ways = Vec::new();
        while let Some(record) = reader.next().unwrap() {
            let time = record.time.expect("a time").0;
            assert!((last..=after).contains(&time), "{last} {time} {after}");
            last = time;
            ways.push(record.direction());
        }
        assert_eq!(ways, [[Some(Direction::In); 5].as_slice(), &[Some(Direction::Out)]].concat());
    });
}

#[test]
fn an_interrupted_capture_is_a_whole_file() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("a.pcapng");
        // Shown as well, so that the frame is known to have come.
        let mut sniffer = sniff(["veth1", "-w", &path, "-v"]);
        transmit("veth0", [frame(SENT[0])]);
        sniffer.wait_for_output("hello");
        sniffer.signal(Signal::SIGINT);
        sniffer.finish().expect(0);
        let done = ethcraft(["sniff", "-r", &path]).run().expect(0);
        assert_eq!(done.stdout.lines().count(), 1, "{}", done.describe());
    });
}

#[test]
fn a_full_disk_stops_it_and_leaves_whole_records() {
    in_lab(&[], || {
        let directory = Directory::new();
        // The lab's mounts are its own.
        mount(Some("none"), directory.path(), Some("tmpfs"), MsFlags::empty(), Some("size=128k"))
            .expect("a lab may mount");
        for name in ["full.pcap", "full.pcapng"] {
            let path = directory.file(name);
            let sniffer = sniff(["veth1", "-w", &path]);
            let long = frame("eth type=0x0801 / count*256 / 0xee*1000");
            transmit("veth0", std::iter::repeat_n(&long, 400));
            let done = sniffer.finish().expect(4);
            assert!(done.stderr.contains("No space left on device"), "{}", done.describe());
            let told = done.stderr.split("it holds ").nth(1).expect("what the file holds").split(' ').next().unwrap();
            let mut reader = Reader::open(File::open(&path).unwrap()).unwrap();
            let mut whole = 0;
            while let Some(record) = reader.next().expect("whole records") {
                assert_eq!(hex::encode(record.data), hex::encode(&long));
                whole += 1;
            }
            assert!(whole > 0 && whole < 400, "{whole} records");
            assert_eq!(told, whole.to_string(), "{}", done.describe());
            if let Some(tcpdump) = tcpdump(&["-r", &path, "-n"]) {
                let done = tcpdump.run().expect(0);
                assert_eq!(done.stdout.lines().filter(|line| !line.starts_with('\t')).count(), whole);
            }
            std::fs::remove_file(&path).unwrap();
        }
        nix::mount::umount(directory.path()).unwrap();
    });
}

#[test]
fn a_file_that_cannot_be_made_is_told_before_anything_is_captured() {
    in_lab(&[], || {
        let done = ethcraft(["sniff", "veth1", "-w", "/nowhere/a.pcap"]).run().expect(2);
        assert!(done.stderr.contains("/nowhere/a.pcap") && done.stderr.contains("No such file"), "{}", done.describe());
    });
}
