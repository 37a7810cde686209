//! `sniff -w` to one file after another: every file is a whole capture, together they hold every frame once, and a ring
//! keeps the newest.

mod common;

use common::{Directory, Done, Program, ethcraft, frame, in_lab, peer, sniff, tcpdump, transmit};
use ethcraft::trace::{Interface, Reader, Record, Resolution, Section, Time, Writer};
use std::fs::File;

/// Frames that differ in one byte, a second apart from 0 on.
fn capture(directory: &Directory, frames: u8, length: usize) -> String {
    let path = directory.file("in.pcap");
    let format = ethcraft::trace::Format::Pcap(Resolution::Nano);
    let file = File::create(&path).unwrap();
    let mut writer = Writer::new(file, format, &Section::default(), &[Interface::default()]).unwrap();
    for number in 0..frames {
        let mut data = frame("eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801");
        data.resize(length, number);
        writer.write(&Record::new(Some(Time(i64::from(number) * 1_000_000_000)), &data)).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// The files with this beginning, in the order of their numbers.
fn files(directory: &Directory, stem: &str) -> Vec<String> {
    let names =
        std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(&format!("{stem}_"))).collect();
    names.sort_unstable();
    names.into_iter().map(|name| directory.file(&name)).collect()
}

/// The last byte of each frame of a file, which must be whole.
fn numbers(path: &str) -> Vec<u8> {
    let mut reader = Reader::open(File::open(path).unwrap()).unwrap();
    let mut found = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        found.push(*record.data.last().unwrap());
    }
    found
}

fn rotated(directory: &Directory, input: &str, arguments: &[&str]) -> (Vec<Vec<u8>>, Done) {
    let out = directory.file("out.pcapng");
    let done = ethcraft(["sniff", "-r", input, "-w", &out]).arguments(arguments).run().expect(0);
    (files(directory, "out").iter().map(|path| numbers(path)).collect(), done)
}

#[test]
fn a_file_takes_so_many_frames() {
    let directory = Directory::new();
    let input = capture(&directory, 10, 60);
    let (found, done) = rotated(&directory, &input, &["--rotate-count", "4"]);
    assert_eq!(found, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    assert!(done.stderr.contains("3 files written"), "{}", done.describe());
}

#[test]
fn a_file_takes_frames_for_so_long() {
    let directory = Directory::new();
    let input = capture(&directory, 7, 60);
    let (found, _) = rotated(&directory, &input, &["--rotate-time", "3s"]);
    assert_eq!(found, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
}

#[test]
fn no_file_is_longer_than_allowed() {
    let directory = Directory::new();
    let input = capture(&directory, 100, 1000);
    let (found, _) = rotated(&directory, &input, &["--rotate-size", "16k"]);
    assert!(found.len() > 5, "{found:?}");
    assert_eq!(found.concat(), (0..100).collect::<Vec<u8>>());
    for path in files(&directory, "out") {
        assert!(std::fs::metadata(&path).unwrap().len() <= 16 << 10, "{path}");
    }
}

#[test]
fn what_comes_first_ends_a_file() {
    let directory = Directory::new();
    let input = capture(&directory, 10, 60);
    let (found, _) = rotated(&directory, &input, &["--rotate-count", "5", "--rotate-time", "3s"]);
    assert_eq!(found, [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7, 8], vec![9]]);
}

#[test]
fn a_ring_keeps_the_newest_files() {
    let directory = Directory::new();
    let input = capture(&directory, 10, 60);
    let (found, done) = rotated(&directory, &input, &["--rotate-count", "2", "--files", "2"]);
    assert_eq!(found, [[6, 7], [8, 9]]);
    assert!(done.stderr.contains("5 files written"), "{}", done.describe());
    let numbers: Vec<String> =
        files(&directory, "out").iter().map(|path| path.rsplit("out_").next().unwrap()[..5].to_owned()).collect();
    assert_eq!(numbers, ["00004", "00005"]);
}

#[test]
fn only_frames_of_the_pattern_count() {
    let directory = Directory::new();
    let input = capture(&directory, 10, 60);
    let (found, _) = rotated(&directory, &input, &["--rotate-count", "2", "not eth / 0x03*46"]);
    assert_eq!(found, [vec![0, 1], vec![2, 4], vec![5, 6], vec![7, 8], vec![9]]);
}

#[test]
fn other_programs_read_every_file() {
    in_lab(&[], || {
        let directory = Directory::new();
        let out = directory.file("out.pcapng");
        let sniffer = sniff(["veth1", "-w", &out, "--rotate-count", "7", "-c", "30", "eth type=0x0801"]);
        transmit("veth0", (0..30).map(|number| [frame("eth type=0x0801"), vec![number; 46]].concat()));
        sniffer.finish().expect(0);
        let found = files(&directory, "out");
        assert_eq!(found.iter().map(|path| numbers(path)).collect::<Vec<_>>().concat(), (0..30).collect::<Vec<u8>>());
        let Some(capinfos) = peer("capinfos") else { return };
        for (at, path) in found.iter().enumerate() {
            let count = if at == 4 { 2 } else { 7 };
            let told = Program::new(&capinfos).arguments(["-Mc", path]).run().expect(0).stdout;
            assert!(told.contains(&format!("Number of packets:   {count}")), "{told}");
            let Some(tcpdump) = tcpdump(&["-nr", path]) else { return };
            // It shows the bytes of an unknown ethertype below the line of the frame.
            let lines = tcpdump.run().expect(0).stdout;
            assert_eq!(lines.lines().filter(|line| !line.starts_with('\t')).count(), count, "{lines}");
        }
    });
}

#[test]
fn a_ring_goes_on_after_the_privileges_are_given_up() {
    in_lab(&[], || {
        let directory = Directory::new();
        let out = directory.file("out.pcap");
        let sniffer = sniff(["veth1", "-w", &out, "--rotate-count", "1", "--files", "3", "-c", "6", "eth type=0x0801"]);
        transmit("veth0", (0..6).map(|number| [frame("eth type=0x0801"), vec![number; 46]].concat()));
        sniffer.finish().expect(0);
        let found: Vec<Vec<u8>> = files(&directory, "out").iter().map(|path| numbers(path)).collect();
        assert_eq!(found, [[3], [4], [5]]);
    });
}

#[test]
fn a_directory_that_went_away_is_told_with_the_file() {
    in_lab(&[], || {
        let directory = Directory::new();
        let inner = directory.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        let out = inner.join("out.pcap").to_str().unwrap().to_owned();
        let sniffer = sniff(["veth1", "-w", &out, "--rotate-count", "1", "-c", "3", "eth type=0x0801"]);
        std::fs::remove_dir_all(&inner).unwrap();
        transmit("veth0", (0..3).map(|number| [frame("eth type=0x0801"), vec![number; 46]].concat()));
        let done = sniffer.finish().expect(4);
        assert!(done.stderr.contains("out_00002_"), "{}", done.describe());
    });
}

#[test]
fn options_that_make_no_sense_are_wrong_input() {
    for arguments in [
        &["veth0", "--rotate-count", "2"][..],
        &["veth0", "-w", "x.pcap", "--files", "2"],
        &["veth0", "-w", "x.pcap", "--rotate-count", "2", "--files", "0"],
        &["veth0", "-w", "x.pcap", "--rotate-count", "0"],
        &["veth0", "-w", "x.pcap", "--rotate-size", "0"],
        &["veth0", "-w", "x.pcap", "--rotate-time", "0s"],
    ] {
        ethcraft(["sniff"]).arguments(arguments).run().expect(2);
    }
}
