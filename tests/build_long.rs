//! `build -f` of long frame files: piece by piece, with all mistakes told first where the file can be read twice.

mod common;

use common::{Directory, ethcraft};

/// So many lines are more than one piece.
const LINES: usize = 3000;

/// A frame file with other text in some lines, counted from 1.
fn text(others: &[(usize, &str)]) -> String {
    let line = |number: usize| match others.iter().find(|(at, _)| *at == number) {
        Some((_, other)) => format!("{other}\n"),
        None => format!("eth type=0x0801 / u32={number}\n"),
    };
    (1..=LINES).map(line).collect()
}

#[test]
fn a_file_and_a_pipe_build_the_same_frames_in_order() {
    let directory = Directory::new();
    // A line that is continued over the end of a piece, and times that go on.
    let text = text(&[(1024, "+5us eth type=0x0801 / \\"), (1025, "u32=7"), (2500, "# nothing")]);
    let file = directory.file("long.frames");
    std::fs::write(&file, &text).unwrap();
    let from_file = ethcraft(["build", "-o", "text", "-f", &file]).run().expect(0).stdout;
    let from_pipe = ethcraft(["build", "-o", "text", "-f", "-"]).input(text.as_str()).run().expect(0).stdout;
    assert_eq!(from_file, from_pipe);
    assert_eq!(from_file.lines().count(), LINES - 2);
    assert!(
        from_file.lines().nth(1023).is_some_and(|line| line.starts_with("+5us eth") && line.ends_with("0x00000007"))
    );
    assert!(from_file.ends_with(&format!("0x{LINES:08x}\n")), "{}", &from_file[from_file.len() - 200..]);
}

#[test]
fn of_a_file_all_mistakes_are_told_and_nothing_is_written() {
    let directory = Directory::new();
    let file = directory.file("long.frames");
    std::fs::write(&file, text(&[(7, "ipv4 dts=1"), (2900, "udp dprot=1")])).unwrap();
    let out = directory.file("out.pcap");
    let said = ethcraft(["build", "-f", &file, "-w", &out]).run().expect(2).stderr;
    assert!(said.contains("long.frames:7:6") && said.contains("long.frames:2900:5"), "{said}");
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn of_a_pipe_a_late_mistake_ends_a_whole_file() {
    let directory = Directory::new();
    let out = directory.file("out.pcap");
    let text = text(&[(2000, "ipv4 dts=1"), (2900, "udp dprot=1")]);
    let said = ethcraft(["build", "-f", "-", "-w", &out]).input(text.as_str()).run().expect(2).stderr;
    assert!(said.contains("standard input:2000:6") && !said.contains("2900"), "{said}");
    assert!(said.contains("the first 1024 frames are written"), "{said}");
    assert_eq!(ethcraft(["decode", "-1", &out]).run().expect(0).stdout.lines().count(), 1024);
}
