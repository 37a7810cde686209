//! Wrong input: exit status 2 and a caret or a plain sentence, whatever it is; never a panic, never a guess.

mod common;

use common::{Directory, Done, ethcraft, in_lab};

/// What a command says on standard error when its input is wrong.
#[track_caller]
fn wrong<const N: usize>(arguments: [&str; N]) -> String {
    let done = ethcraft(arguments).run().expect(2);
    assert_eq!(done.stdout, "", "{}", done.describe());
    done.stderr
}

/// The message about a wrong frame, exactly.
#[track_caller]
fn refused(expression: &str, expected: &str) {
    assert_eq!(wrong(["build", expression]), format!("{}\n", expected.trim_start_matches('\n')));
}

#[test]
fn an_unknown_layer_offers_the_nearest() {
    refused(
        "ipv5 dst=1",
        "
error: unknown layer 'ipv5'
 |
 | ipv5 dst=1
 | ^^^^
 |
 = help: did you mean 'ipv4'?",
    );
    assert!(wrong(["build", "eth / upd / \"x\""]).contains("help: did you mean 'udp'?"));
}

#[test]
fn an_unknown_field_offers_the_nearest() {
    refused(
        "udp dprt=53",
        "
error: 'udp' has no field 'dprt'
 |
 | udp dprt=53
 |     ^^^^
 |
 = help: did you mean 'dport'?",
    );
}

#[test]
fn a_value_that_does_not_fit_is_told_with_the_most_that_does() {
    refused(
        "udp dport=70000",
        "
error: 70000 does not fit into 'dport'
 |
 | udp dport=70000
 |           ^^^^^ it has 16 bits, at most 65535",
    );
    assert!(wrong(["build", "vlan=4096"]).contains("it has 12 bits, at most 4095"));
    assert!(wrong(["build", "vlan=7 pcp=8"]).contains("it has 3 bits, at most 7"));
    assert!(wrong(["build", "ipv4 ttl=256 / udp"]).contains("it has 8 bits, at most 255"));
    assert!(wrong(["build", "eth type=0x10000"]).contains("does not fit"));
}

#[test]
fn a_bad_mac_address_is_told_what_one_is() {
    refused(
        "eth dst=01:02:03:04:05",
        "
error: '01:02:03:04:05' is not a value of 'dst'
 |
 | eth dst=01:02:03:04:05
 |         ^^^^^^^^^^^^^^ expected a MAC address such as 00:1b:21:00:00:01
 |
 = help: a MAC address has 6 groups, this has 5",
    );
    for bad in ["01:02:03:04:05:0g", "01:02:03:04:05:6", "01-02-03-04-05-06", "1.2.3.4", "010203040506"] {
        assert!(wrong(["build", &format!("eth dst={bad}")]).contains("expected a MAC address"), "{bad}");
    }
    for bad in ["10.0.0.256", "10.0.0", "10.0.0.1.2", "10.0.0.01"] {
        assert!(wrong(["build", &format!("ipv4 dst={bad}")]).contains("expected an IPv4 address"), "{bad}");
    }
    assert!(wrong(["build", "ipv4 dst=10.0.0.1/24"]).contains("the prefix of that length is 10.0.0.0/24"));
}

#[test]
fn odd_hex_digits_are_told() {
    refused(
        "eth / 0x123",
        "
error: an odd number of hex digits
 |
 | eth / 0x123
 |       ^^^^^
 |
 = help: write two for each byte: '0x0123'",
    );
    assert!(
        wrong(["decode", "--hex", "abc"])
            .starts_with("error: --hex: line 1, column 1: an odd number of hex digits (3)\n")
    );
    assert!(wrong(["decode", "--hex", "zz"]).starts_with("error: --hex: line 1, column 1: `z` is not a hex digit\n"));
}

#[test]
fn a_bare_number_as_payload_has_no_width() {
    refused(
        "eth / 5",
        "
error: the number '5' has no width
 |
 | eth / 5
 |       ^
 |
 = help: write 'u16=5', or hex bytes: '0x05'",
    );
}

#[test]
fn a_gap_and_a_difference_belong_in_patterns() {
    refused(
        "udp / .. / \"x\"",
        "
error: '..' belongs in patterns, this is a frame
 |
 | udp / .. / \"x\"
 |       ^^
 |
 = help: name what stands there, or leave it out",
    );
    assert!(wrong(["build", "udp dport!=5"]).starts_with("error: '!=' belongs in patterns, this is a frame\n"));
}

#[test]
fn a_pattern_that_can_match_nothing_is_told_with_its_mend() {
    in_lab(&[], || {
        assert_eq!(
            wrong(["sniff", "veth0", "eth / udp"]),
            "error: 'udp' never comes directly behind 'eth'\n |\n | eth / udp\n |       ^^^\n |\n \
             = help: let there be layers between them: eth / .. / udp\n"
        );
        assert!(wrong(["sniff", "veth0", "udp dprt=5"]).contains("did you mean 'dport'?"));
    });
}

#[test]
fn an_empty_frame_is_told_how_to_write_one() {
    for empty in ["", "   ", "# only a comment"] {
        assert!(wrong(["build", empty]).starts_with("error: the expression is empty\n"), "{empty:?}");
    }
    assert!(wrong(["build"]).contains("no frame is given"));
    assert!(wrong(["build", "-f", "/dev/null"]).starts_with("error: /dev/null holds no frame\n"));
}

#[test]
fn other_mistakes_of_the_language_are_told_where_they_are() {
    for (expression, said) in [
        ("eth \"x\"", "error: ' / ' is missing"),
        ("eth / \"x", "error: the quote is not closed"),
        ("eth / / \"x\"", "error: nothing stands between two slashes"),
        ("udp dport=53 dport=54", "error: 'dport' is set twice"),
        ("ipv4 {mss=5}", "error: 'ipv4' has no item 'mss'"),
        ("udp dport=1-1023", "help: a range is written 1..1023"),
        ("eth / hello", "quote the whole frame"),
        ("vlan / udp", "no value"),
        ("eth {", "error: the brace is not closed"),
        ("eth }", "error: '}' closes nothing"),
        ("udp dport=", "error:"),
        ("udp dport=9..1", "error:"),
        ("eth / \"\\q\"", "escape"),
        ("eth / zero*99999999", "error:"),
        ("zip udp sport=1..3 dport=1..2", "zip needs sets of the same length"),
    ] {
        let told = wrong(["build", expression]);
        assert!(told.contains(said), "{expression}\n{told}");
        assert!(told.contains('^') || told.lines().count() <= 2, "neither caret nor sentence\n{told}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let told = wrong(["build", "eth dst=1 / ipv4 ttl=300 / udp dprt=5"]);
    for said in ["'1' is not a value of 'dst'", "300 does not fit into 'ttl'", "no field 'dprt'"] {
        assert!(told.contains(said), "{said}\n{told}");
    }
}

#[test]
fn a_mistake_in_a_frame_file_has_its_line_and_column() {
    let directory = Directory::new();
    let path = directory.file("frames.txt");
    std::fs::write(&path, "eth / \"a\"\n# a comment\n  eth tpye=5\n").unwrap();
    let told = wrong(["build", "-f", &path]);
    assert!(told.starts_with(&format!("error: 'eth' has no field 'tpye'\n --> {path}:3:7\n")), "{told}");
    std::fs::write(&path, "eth / \\\n  \"a\" \\\n  dst=3\n").unwrap();
    assert!(wrong(["build", "-f", &path]).contains("' / ' is missing"));
    std::fs::write(&path, b"eth / \"\xff\xfe\"\n").unwrap();
    assert!(wrong(["build", "-f", &path]).contains("UTF-8"));
}

#[test]
fn a_file_that_is_missing_is_named() {
    let missing = "No such file or directory (os error 2)";
    assert_eq!(wrong(["build", "-f", "missing.txt"]), format!("error: cannot read missing.txt: {missing}\n"));
    assert_eq!(wrong(["decode", "missing.pcap"]), format!("error: cannot read missing.pcap: {missing}\n"));
    assert_eq!(wrong(["sniff", "-r", "missing.pcap"]), format!("error: cannot read missing.pcap: {missing}\n"));
    refused(
        "eth / @missing.bin",
        &format!("error: cannot read missing.bin: {missing}\n |\n | eth / @missing.bin\n |       ^^^^^^^^^^^^"),
    );
}

#[test]
fn a_directory_is_no_file() {
    for arguments in [["build", "-f", "/"], ["sniff", "-r", "/"], ["decode", "--from=auto", "/"]] {
        assert!(wrong(arguments).contains("Is a directory"), "{arguments:?}");
    }
}

#[test]
fn an_interface_that_does_not_exist_offers_the_nearest() {
    in_lab(&[], || {
        for command in ["sniff", "offload"] {
            let told = wrong([command, "veht0"]);
            assert_eq!(told, "error: there is no interface 'veht0' here\nhelp: did you mean 'veth0'?\n");
        }
        assert!(wrong(["sniff", "veth0@nowhere"]).contains("there is no network namespace 'nowhere'"));
        assert!(wrong(["sniff"]).starts_with("error: an interface is missing\n"));
    });
}

#[test]
fn a_count_that_is_no_number_is_told() {
    for arguments in
        [["build", "--count", "x", "eth"], ["sniff", "--count", "x", "lo"], ["decode", "--count", "-1", "-"]]
    {
        let told = wrong(arguments);
        assert!(told.contains("--count <N>") || told.contains("'-1'"), "{told}");
    }
    assert!(
        wrong(["sniff", "lo", "--timeout", "soon"]).contains("'soon' is no duration: write 500us, 10ms, 1.5s or 2m")
    );
    assert!(wrong(["sniff", "lo", "--buffer", "huge"]).contains("'huge' is no size"));
    assert!(
        wrong(["sniff", "lo", "--expect", "some", "--within", "1s"]).contains("expected a number of frames, or 'none'")
    );
}

/// A capture of three frames, and its bytes.
fn capture(directory: &Directory, name: &str) -> (String, Vec<u8>) {
    let path = directory.file(name);
    ethcraft(["build", "-w", &path, "-c", "3", "arp tpa=10.0.0.0/24 / pad"]).run().expect(0);
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

#[test]
fn a_cut_capture_gives_its_whole_records_first() {
    let directory = Directory::new();
    for (name, header, record) in [("a.pcap", 24, 16 + 60), ("a.pcapng", 0, 0)] {
        let (path, bytes) = capture(&directory, name);
        // One byte is missing, and one byte of the last record's length is there.
        for length in [bytes.len() - 1, bytes.len() - 57] {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let decoded = ethcraft(["decode", &path]).run().expect(2);
            let frames: Vec<&str> = decoded.stdout.lines().filter(|line| line.contains("tpa=10.0.0.")).collect();
            assert_eq!(frames.len(), 2, "{}", decoded.describe());
            if header > 0 {
                let place = format!("record 3 at byte {} is cut: ", header + 2 * record);
                assert!(decoded.stderr.contains(&place), "{}", decoded.describe());
            }
            assert!(decoded.stderr.contains("the 2 frames before it are whole"), "{}", decoded.describe());
            let sniffed = ethcraft(["sniff", "-r", &path]).run().expect(2);
            assert_eq!(sniffed.stdout.lines().count(), 2, "{}", sniffed.describe());
        }
    }
}

#[test]
fn a_capture_that_is_none_is_told() {
    let directory = Directory::new();
    let said = |content: &[u8], what: &str| {
        let path = directory.file("fake.pcap");
        std::fs::write(&path, content).unwrap();
        for arguments in [["decode", &path].as_slice(), &["sniff", "-r", &path], &["decode", "--from", "pcap", &path]] {
            let done = ethcraft(arguments).run().expect(2);
            assert!(done.stderr.contains(what) && done.stdout.is_empty(), "{what}\n{}", done.describe());
        }
    };
    said(b"<html>no capture</html>", "not a capture file: it begins with 3c 68 74 6d 6c");
    said(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], "compressed with gzip; unpack it first (`gzip -dc FILE | ...`)");
    said(b"snoop\0\0\0\0\0\0\x02\0\0\0\x04", "snoop");
    said(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0], "the file header at byte 0 is cut: 24 bytes promised, 10 there");
    said(b"", "empty");
    // A name that says nothing, and the same content.
    let path = directory.file("bytes.gz");
    std::fs::write(&path, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).unwrap();
    assert!(wrong(["decode", &path]).contains("compressed with gzip"));
}

#[test]
fn nothing_at_all_is_not_taken_for_a_frame() {
    assert_eq!(
        wrong(["decode", "/dev/null"]),
        "error: /dev/null is empty\nhelp: a frame of no bytes is '--from bin'\n"
    );
    let done = ethcraft(["decode"]).run().expect(2);
    assert!(done.stderr.starts_with("error: standard input is empty\n"), "{}", done.describe());
    assert_eq!(ethcraft(["decode", "--from", "bin", "/dev/null"]).run().expect(0).stdout, "\"\"\n");
}

#[test]
fn what_is_no_text_in_the_names_of_files_does_not_reach_the_terminal() {
    let directory = Directory::new();
    let harmless = |done: Done| assert!(!done.stderr.contains('\x1b'), "{}", done.describe());
    let path = directory.file("a\x1b[31mred");
    harmless(ethcraft(["decode", &path]).run().expect(2));
    harmless(ethcraft(["sniff", "-r", &path]).run().expect(2));
    harmless(ethcraft(["build", "-f", &path]).run().expect(2));
    std::fs::write(&path, "no capture").unwrap();
    harmless(ethcraft(["sniff", "-r", &path]).run().expect(2));
    std::fs::write(&path, "eth tpye=1\n").unwrap();
    harmless(ethcraft(["build", "-f", &path]).run().expect(2));
    harmless(ethcraft(["build", "eth \x1b[31m=1"]).run().expect(2));
    harmless(ethcraft(["build", "eth dst=\x1b[31m"]).run().expect(2));
    harmless(ethcraft(["sniff", "\x1b[31m"]).run().expect(2));
    harmless(ethcraft(["offload", "\x1b[31m"]).run().expect(2));
}
