//! What `sniff` shows of frames on a veth pair, and how it ends.

mod common;

use common::{Done, ethcraft, frame, in_lab, sniff, transmit, without};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::time::Duration;

/// Sniffs on veth1 with these arguments while these frames are sent on veth0.
fn seen(arguments: &[&str], expressions: &[&str]) -> Done {
    let sniffer = sniff([&["veth1"], arguments].concat());
    transmit("veth0", expressions.iter().map(|expression| frame(expression)));
    sniffer.finish()
}

/// What each line says behind the time of day.
fn behind_the_time(done: &Done) -> Vec<String> {
    done.stdout.lines().map(|line| line.split_once(' ').expect("a time of day").1.to_owned()).collect()
}

const HELLO: &str = "eth dst=02:00:00:00:00:02 type=0x0801 / \"hello\"";

#[test]
fn frames_of_both_directions_are_labelled() {
    in_lab(&[], || {
        let sniffer = sniff(["veth0", "-c", "2"]);
        transmit("veth0", [frame("eth type=0x0801 / \"there\"")]);
        transmit("veth1", [frame("eth type=0x0801 / \"and back\"")]);
        let done = sniffer.finish().expect(0);
        let lines = behind_the_time(&done);
        assert!(lines[0].starts_with("Out eth") && lines[0].contains("\"there\""), "{}", done.describe());
        assert!(lines[1].starts_with("In  eth") && lines[1].contains("\"and back\""), "{}", done.describe());
        assert!(done.stderr.contains("\n2 frames; 0 dropped by the kernel\n"), "{}", done.describe());
    });
}

#[test]
fn direction_leaves_one_way() {
    in_lab(&[], || {
        for (way, label, text) in [("in", "in", "back"), ("out", "out", "there")] {
            let sniffer = sniff(["veth0", "--direction", way, "--json", "-c", "1"]);
            if way == "in" {
                transmit("veth0", [frame("eth type=0x0801 / \"there\"")]);
                transmit("veth1", [frame("eth type=0x0801 / \"back\"")]);
            } else {
                transmit("veth1", [frame("eth type=0x0801 / \"back\"")]);
                transmit("veth0", [frame("eth type=0x0801 / \"there\"")]);
            }
            let done = sniffer.finish().expect(0);
            let lines = done.objects();
            assert_eq!((lines.len(), lines[0]["direction"].as_str()), (1, Some(label)), "{}", done.describe());
            assert!(lines[0]["expression"].as_str().unwrap().contains(text), "{}", done.describe());
        }
    });
}

#[test]
fn json_tells_time_interface_lengths_and_layers() {
    in_lab(&[], || {
        let done = seen(&["--json", "-c", "1", "-s", "30"], &["ipv4 dst=10.0.0.2 / udp dport=53 / zero*40"]).expect(0);
        let lines = done.objects();
        let [line] = lines.as_slice() else { panic!("{}", done.describe()) };
        assert_eq!((line["interface"].as_str(), line["frame"].as_u64()), (Some("veth1"), Some(1)));
        assert_eq!((line["length"].as_u64(), line["captured"].as_u64()), (Some(82), Some(30)));
        let time = line["time"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.split('.').next_back().unwrap().len() == 10, "nanoseconds: {time}");
        assert_eq!(line["layers"][0]["layer"], "eth");
    });
}

#[test]
fn a_frame_to_another_station_is_seen_unless_promiscuous_mode_is_not_wanted() {
    in_lab(&[], || {
        let strange = "eth dst=02:77:77:77:77:77 type=0x0801 / \"strange\"";
        let done = seen(&["-c", "1"], &[strange]).expect(0);
        assert!(done.stdout.contains("strange"), "{}", done.describe());
        // A veth takes any frame; what is left out without promiscuous mode is a matter of the device. It is only told.
        let sniffer = sniff(["veth1", "-p", "-c", "1"]);
        transmit("veth0", [frame(HELLO)]);
        let done = sniffer.finish().expect(0);
        assert!(done.stderr.starts_with("sniffing on veth1 (UP); Ctrl-C ends\n"), "{}", done.describe());
    });
}

const TAGGED: [&str; 3] = [
    "vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=53 / \"customer\"",
    "svlan=100 dei=1 / vlan=7 / ipv4 dst=10.0.0.2 / udp dport=53 / \"provider\"",
    "vlan=0 pcp=3 / ipv4 dst=10.0.0.2 / udp dport=53 / \"priority\"",
];

#[test]
fn a_vlan_tag_is_put_back_with_its_true_tpid() {
    in_lab(&[], || {
        let done = seen(&["--json", "-c", "3"], &TAGGED).expect(0);
        let lines = done.objects();
        let expected = TAGGED.map(frame);
        for (line, bytes) in lines.iter().zip(&expected) {
            let text = line["expression"].as_str().unwrap();
            assert_eq!(hex::encode(frame(text)), hex::encode(bytes), "{text}");
            assert_eq!(line["length"].as_u64(), Some(bytes.len() as u64), "{text}");
        }
        let names = |line: &Value| -> Vec<String> {
            line["layers"].as_array().unwrap().iter().map(|layer| layer["layer"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&lines[0])[..3], ["eth", "vlan", "ipv4"]);
        assert_eq!(names(&lines[1])[..4], ["eth", "svlan", "vlan", "ipv4"]);
        assert_eq!(names(&lines[2])[..3], ["eth", "vlan", "ipv4"]);
    });
}

#[test]
fn a_pattern_names_the_vlan_though_the_kernel_takes_the_tag_off() {
    in_lab(&[], || {
        for (pattern, wanted) in [
            ("vlan=7 pcp=5", "customer"),
            ("svlan=100 / vlan=7", "provider"),
            ("frame / eth / svlan dei=1", "provider"),
            ("vlan=0", "priority"),
            ("frame / rand*12 0x88a8", "provider"),
        ] {
            let done = seen(&["-c", "1", pattern], &TAGGED).expect(0);
            assert_eq!(done.stdout.lines().count(), 1, "{pattern}\n{}", done.describe());
            assert!(done.stdout.contains(wanted), "{pattern}\n{}", done.describe());
        }
        let done = seen(&["--expect", "none", "--within", "2s", "vlan=8"], &TAGGED).expect(0);
        assert!(done.stderr.contains("0 frames of the pattern, 0 let through by the filter"), "{}", done.describe());
    });
}

#[test]
fn words_of_a_pattern_are_joined() {
    in_lab(&[], || {
        let done = seen(&["-c", "1", "vlan=7", "/", "ipv4"], &TAGGED).expect(0);
        assert!(done.stdout.contains("customer"), "{}", done.describe());
    });
}

#[test]
fn a_crafted_wrong_checksum_is_bad() {
    in_lab(&[], || {
        let done =
            seen(&["-c", "2", "ipv4"], &["ipv4 / udp checksum=0x1234 / \"wrong\"", "ipv4 / udp / \"right\""]).expect(0);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert!(lines[0].contains("checksum 0x1234 BAD, right is 0x"), "{}", done.describe());
        assert!(lines[1].contains("checksum good"), "{}", done.describe());
        let done = seen(
            &["-c", "1", "--json", "udp checksum=bad"],
            &["ipv4 / udp / \"right\"", "ipv4 / udp checksum=0x1234 / \"wrong\""],
        )
        .expect(0);
        assert_eq!(done.objects()[0]["checksum"], "bad", "{}", done.describe());
        let done = seen(&["-c", "1"], &["ipv4 checksum=0x0001 / udp / \"x\""]).expect(0);
        assert!(done.stdout.contains("checksum 0x0001 BAD"), "{}", done.describe());
    });
}

#[test]
fn fcs_is_verified_when_asked_for() {
    in_lab(&[], || {
        let right = "eth type=0x0801 / \"[[PAYLOAD]]\" / fcs";
        let wrong = "eth type=0x0801 / \"[[PAYLOAD]]\" / fcs=0x1a2b3c4d";
        let done = seen(&["--fcs", "-c", "2"], &[right, wrong]).expect(0);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert!(lines[0].ends_with(" good"), "{}", done.describe());
        assert!(lines[1].contains("fcs 0x1a2b3c4d BAD, right is 0x"), "{}", done.describe());
        // Where nobody asks, a right one is recognised, and a wrong one is payload.
        let done = seen(&["-c", "2"], &[right, wrong]).expect(0);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert!(lines[0].contains("/ fcs 0x") && !lines[1].contains("fcs"), "{}", done.describe());
        let done = seen(&["--fcs", "-c", "1", "fcs=bad"], &[right, wrong]).expect(0);
        assert!(done.stdout.contains("BAD"), "{}", done.describe());
    });
}

#[test]
fn what_was_expected_and_came_is_status_0() {
    in_lab(&[], || {
        let done = seen(&["--expect", "2", "--within", "20s", "vlan=7"], &[TAGGED[0], HELLO, TAGGED[1]]).expect(0);
        assert!(done.stderr.contains("2 frames of the pattern, 2 let through by the filter"), "{}", done.describe());
        seen(&["--expect", "none", "--within", "200ms", "vlan=8"], &[HELLO]).expect(0);
        seen(&["--expect", "none", "--within", "200ms"], &[]).expect(0);
    });
}

#[test]
fn what_was_expected_and_did_not_come_is_status_1_and_a_sentence() {
    in_lab(&[], || {
        let done = seen(&["--expect", "3", "--within", "2s", "vlan=7"], &[TAGGED[0], HELLO]).expect(1);
        let sentence = "error: expected 3 frames within 2s, 1 came\n";
        assert!(done.stderr.contains(sentence), "{}", done.describe());
        let done = seen(&["--expect", "1", "--within", "100ms"], &[]).expect(1);
        assert!(done.stderr.contains("expected 1 frame within 100ms, 0 came"), "{}", done.describe());
        assert!(done.stderr.contains("is the sender running, is the link up?"), "{}", done.describe());
        let done = seen(&["--expect", "none", "--within", "20s", "vlan=7"], &[HELLO, TAGGED[0]]).expect(1);
        assert!(done.stderr.contains("error: expected no such frame, but one came\n"), "{}", done.describe());
        let done = ethcraft(["sniff", "veth1", "-q", "--expect", "1", "--within", "100ms"]).run().expect(1);
        assert!(done.stderr.starts_with("error: expected 1 frame"), "{}", done.describe());
    });
}

#[test]
fn expect_needs_a_time() {
    let done = ethcraft(["sniff", "veth1", "--expect", "1"]).run().expect(2);
    assert!(done.stderr.contains("--within"), "{}", done.describe());
}

#[test]
fn a_count_or_a_time_ends_it() {
    in_lab(&[], || {
        let done = seen(&["-c", "2"], &[HELLO, HELLO, HELLO]).expect(0);
        assert_eq!(done.stdout.lines().count(), 2, "{}", done.describe());
        let done = seen(&["--timeout", "2s"], &[HELLO, HELLO, HELLO]).expect(0);
        assert_eq!(done.stdout.lines().count(), 3, "{}", done.describe());
        let done = ethcraft(["sniff", "veth1", "--timeout", "0.1"]).run().expect(0);
        assert!(done.stderr.ends_with("0 frames; 0 dropped by the kernel\n"), "{}", done.describe());
    });
}

#[test]
fn an_interrupt_is_a_normal_end_with_a_summary() {
    in_lab(&[], || {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let mut sniffer = sniff(["veth1"]);
            transmit("veth0", [frame(HELLO)]);
            sniffer.wait_for_output("hello");
            sniffer.signal(signal);
            let done = sniffer.finish().expect(0);
            assert!(done.stderr.ends_with("\n1 frame; 0 dropped by the kernel\n"), "{}", done.describe());
        }
    });
}

#[test]
fn an_expectation_that_was_interrupted_is_not_met() {
    in_lab(&[], || {
        let sniffer = sniff(["veth1", "--expect", "1", "--within", "60s"]);
        sniffer.signal(Signal::SIGINT);
        sniffer.finish().expect(1);
    });
}

/// Payloads that would change a terminal: escape sequences, their C1 forms, and characters that turn text around.
const HOSTILE: [&[u8]; 6] = [
    b"text \x1b]0;owned\x07 \x1b[2J\x1b[31m more text",
    b"text \xc2\x9b2J \x9b31m \x90q \x9c text",
    "abcd \u{202e}drow\u{202c} \u{2066}x\u{2069} \u{200b}\u{feff}".as_bytes(),
    b"\r\n\x08\x08\x7f\x00\x0e\x0f line\nline\rline\x0b\x0c\x85",
    "\u{85}\u{2028}\u{2029}\u{ad}\u{61c} abcdefgh".as_bytes(),
    b"\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b",
];

#[track_caller]
fn assert_harmless(done: &Done) {
    let text = std::str::from_utf8(&done.bytes).unwrap_or_else(|e| panic!("{e}\n{}", done.describe()));
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    assert!(!text.contains(harmful), "{:?}\n{}", text.chars().find(|c| harmful(*c)), done.describe());
}

#[test]
fn bytes_from_the_wire_never_reach_the_terminal_as_control_characters() {
    in_lab(&[], || {
        let frames: Vec<Vec<u8>> = HOSTILE
            .iter()
            .flat_map(|payload| {
                let of = |head: &str| frame(&format!("{head} / 0x{}", hex::encode(payload)));
                [of("eth type=0x0801"), of("ipv4 / udp dport=53"), of("ipv4 {opt=130 {0x1b5b324a}} / udp")]
            })
            .collect();
        let count = frames.len().to_string();
        for form in [&[][..], &["-v"], &["-x"], &["-v", "-x"], &["--json"], &["--color", "never"]] {
            let sniffer = sniff([&["veth1", "-c", &count], form].concat());
            transmit("veth0", &frames);
            let done = sniffer.finish().expect(0);
            assert_harmless(&done);
            assert!(done.stdout.lines().count() >= frames.len(), "{}", done.describe());
        }
    });
}

#[test]
fn a_sniffer_reads_the_wire_without_any_privilege() {
    in_lab(&[], || {
        let mut sniffer = sniff(["veth1", "-v"]);
        transmit("veth0", [frame(HELLO)]);
        sniffer.wait_for_output("hello");
        let status = std::fs::read_to_string(format!("/proc/{}/status", sniffer.pid())).unwrap();
        let held = |kind: &str| -> String {
            let line = status.lines().find(|line| line.starts_with(kind)).expect("a line of /proc/PID/status");
            line.split_whitespace().nth(1).unwrap().to_owned()
        };
        for kind in ["CapEff:", "CapPrm:", "CapInh:", "CapAmb:"] {
            assert_eq!(held(kind), "0000000000000000", "{kind}\n{status}");
        }
        // And this process has some, or the test would say nothing.
        let own = std::fs::read_to_string("/proc/self/status").unwrap();
        assert!(!own.contains("CapEff:\t0000000000000000"), "{own}");
        sniffer.signal(Signal::SIGINT);
        sniffer.finish().expect(0);
    });
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    in_lab(&[], || {
        let script = "{ \"$1\" sniff veth1; echo \"status $?\" >&2; } | head -n 1";
        let mut shell =
            common::Program::new("sh").arguments(["-c", script, "sh", env!("CARGO_BIN_EXE_ethcraft")]).start();
        shell.wait_for("sniffing on");
        // The end is noticed with the first line that nobody reads.
        let end = std::time::Instant::now() + Duration::from_secs(20);
        while std::time::Instant::now() < end && !shell.errors().contains("status") {
            transmit("veth0", [frame(HELLO)]);
            std::thread::sleep(Duration::from_millis(20));
        }
        let done = shell.finish().expect(0);
        assert_eq!(done.stdout.lines().count(), 1, "{}", done.describe());
        let told: Vec<&str> = done.stderr.lines().collect();
        assert!(!done.stderr.contains("error"), "{}", done.describe());
        assert_eq!(told.last(), Some(&"status 0"), "{}", done.describe());
    });
}

#[test]
fn a_closed_pipe_is_a_quiet_end_for_decode_too() {
    let hex = "ffffffffffff0200000000010801abcd\n".repeat(20_000);
    let script = "{ \"$1\" decode -; echo \"status $?\" >&2; } | head -n 1";
    let done = common::Program::new("sh")
        .arguments(["-c", script, "sh", env!("CARGO_BIN_EXE_ethcraft")])
        .input(hex)
        .run()
        .expect(0);
    assert_eq!((done.stdout.lines().count(), done.stderr.as_str()), (1, "status 0\n"), "{}", done.describe());
}

#[test]
fn without_privilege_the_remedy_is_told() {
    let name = ethcraft::link::interfaces().unwrap().into_iter().find(|i| i.name == "lo").unwrap().name;
    let Some(powerless) = without("all", ["sniff", &name, "--timeout", "0.1"]) else { return };
    let done = powerless.run().expect(3);
    assert!(done.stderr.contains("sudo") || done.stderr.contains("setcap"), "{}", done.describe());
}

#[test]
fn the_loopback_is_sniffed_too() {
    in_lab(&[], || {
        let sniffer = sniff(["lo", "-c", "1", "udp dport=7777"]);
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(b"to myself", "127.0.0.1:7777").unwrap();
        let done = sniffer.finish().expect(0);
        assert!(done.stdout.contains("\"to myself\""), "{}", done.describe());
    });
}

#[test]
fn an_interface_of_another_namespace_is_sniffed() {
    in_lab(&["--hosts", "2"], || {
        let sniffer = sniff(["veth0@h2", "-c", "1", "--direction", "in", "udp"]);
        let here: ethcraft::link::netns::Target = "veth0@h1".parse().unwrap();
        here.within(|| {
            let socket = std::net::UdpSocket::bind("10.0.0.1:0").unwrap();
            socket.send_to(b"Hello you there!", "10.0.0.2:6667").unwrap();
        })
        .unwrap();
        let done = sniffer.finish().expect(0);
        assert!(done.stdout.contains("\"Hello you there!\""), "{}", done.describe());
        assert!(done.stderr.contains("sniffing on veth0@h2"), "{}", done.describe());
    });
}
