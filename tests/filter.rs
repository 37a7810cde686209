//! The kernel filter on a live socket: it runs where a tag is taken out of the frame, and leaves out what it should.

mod common;

use common::{ethcraft, frame, in_lab, skipped, sniff, transmit};

/// Untagged, with either tag, with two, and other protocols.
const FRAMES: [&str; 12] = [
    "ipv4 dst=10.0.0.2 / udp dport=53 / \"plain query\" / zero*40",
    "ipv4 dst=10.0.0.2 / udp dport=54 / \"plain other\" / zero*40",
    "vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=53 / \"customer query\" / zero*40",
    "vlan=8 / ipv4 dst=10.1.0.2 / udp dport=53 / \"other customer\" / zero*40",
    "svlan=7 / ipv4 dst=10.0.0.2 / udp dport=53 / \"provider query\" / zero*40",
    "svlan=100 / vlan=7 / ipv4 dst=10.0.0.2 / udp dport=54 / \"both tags\" / zero*40",
    "vlan=0 pcp=3 / ipv4 dst=10.0.0.2 / udp dport=54 / \"priority\" / zero*40",
    "ipv4 dst=10.0.0.2 {nop / ra=0} / udp dport=53 / \"long header\" / zero*40",
    "vlan=7 / ipv4 dst=10.0.0.2 {nop / ra=0} / icmp / echo / \"long header, echo\" / zero*40",
    "eth src=00:1b:21:00:00:05 type=0x0801 / \"no protocol\" / zero*40",
    "arp tpa=10.0.0.2 / pad",
    "vlan=7 / arp op=reply tpa=10.0.0.9 / zero*30",
];

/// Pattern, which of the frames are in it, and how many of them the kernel lets through.
const PATTERNS: [(&str, &[usize], usize); 18] = [
    ("udp dport=53", &[0, 2, 3, 4, 7], 5),
    ("udp dport!=53", &[1, 5, 6], 3),
    ("vlan=7", &[2, 5, 8, 11], 4),
    ("frame / eth / vlan=7", &[2, 8, 11], 3),
    ("vlan=0", &[6], 1),
    ("vlan pcp=3..5", &[2, 6], 2),
    ("svlan", &[4, 5], 2),
    ("svlan=100 / vlan=7", &[5], 1),
    ("frame / eth / ipv4", &[0, 1, 7], 3),
    ("arp", &[10, 11], 2),
    ("arp op=reply", &[11], 1),
    ("ipv4 dst=10.1.0.0/16", &[3], 1),
    ("icmp / echo", &[8], 1),
    ("eth src=00:1b:21:00:00:00/24", &[9], 1),
    ("frame / eth type=0x0801 or arp tpa=10.0.0.2", &[9, 10], 2),
    ("not udp", &[8, 9, 10, 11], 5),
    ("frame len=60 and not vlan", &[10], 1),
    ("udp and not vlan=7", &[0, 1, 3, 4, 6, 7], 6),
];

#[test]
fn the_kernel_lets_through_what_matches_and_the_answer_does_not_change() {
    in_lab(&[], || {
        let bytes = FRAMES.map(frame);
        let last = frame("eth type=0x88b5 / \"the last one\"");
        for (pattern, wanted, let_through) in PATTERNS {
            let either = format!("{pattern} or frame / eth type=0x88b5");
            let expressions = |options: &[&str]| {
                let count = (wanted.len() + 1).to_string();
                let sniffer =
                    sniff([&["veth1", "--direction", "in", "-x", "-c", &count][..], options, &[&either]].concat());
                transmit("veth0", bytes.iter().chain([&last]));
                let done = sniffer.finish().expect(0);
                let lines = |text: &str| -> Vec<String> {
                    text.lines().filter(|line| line.starts_with(' ')).map(|line| line.trim().to_owned()).collect()
                };
                (lines(&done.stdout), done.stderr)
            };
            let ((filtered, told), (all, plain)) = (expressions(&[]), expressions(&["--no-filter"]));
            assert_eq!(filtered, all, "{pattern}");
            let words =
                format!("{} frames of the pattern, {} let through by the filter", wanted.len() + 1, let_through + 1);
            assert!(told.contains(&words), "{pattern}\n{words}\n{told}");
            let words = format!("{} frames of the pattern, {} seen", wanted.len() + 1, FRAMES.len() + 1);
            assert!(plain.contains(&words), "{pattern}\n{words}\n{plain}");
        }
    });
}

#[test]
fn what_is_cut_is_matched_as_it_was_cut() {
    in_lab(&[], || {
        for (keep, pattern, wanted) in
            [("34", "udp", 0), ("42", "udp", 1), ("46", "not vlan / ipv4 / udp", 1), ("30", "frame len=30", 1)]
        {
            let lines = |options: &[&str]| {
                let sniffer = sniff([&["veth1", "-s", keep, "--timeout", "1s"][..], options, &[pattern]].concat());
                transmit("veth0", [frame("ipv4 dst=10.0.0.2 / udp dport=54 / \"plain other\"")]);
                sniffer.finish().expect(0).stdout.lines().count()
            };
            assert_eq!((lines(&[]), lines(&["--no-filter"])), (wanted, wanted), "{pattern} {keep}");
        }
    });
}

#[test]
fn the_program_is_shown_without_a_capture() {
    in_lab(&[], || {
        let done = ethcraft(["sniff", "veth1", "--show-filter", "eth type=0x0801"]).run().expect(0);
        assert!(done.stdout.starts_with("(000) ld       #pktlen\n"), "{}", done.describe());
        assert!(
            done.stdout.contains("jeq      #0x801") && done.stdout.contains("ret      #0\n"),
            "{}",
            done.describe()
        );
        let done = ethcraft(["sniff", "veth1", "--show-filter", "\"hello\""]).run().expect(0);
        assert_eq!(done.stdout, "(000) ret      #262144\n");
    });
}

#[test]
fn where_the_kernel_has_no_room_for_the_filter_every_frame_comes_and_the_answer_is_the_same() {
    in_lab(&[], || {
        // The memory of a socket's options; of this network namespace from Linux 6.7 on.
        if std::fs::write("/proc/sys/net/core/optmem_max", "1024").is_err() {
            return skipped("net.core.optmem_max cannot be set in a lab here");
        }
        let sniffer = sniff(["veth1", "-c", "1", "arp"]);
        transmit("veth0", FRAMES.map(frame));
        let done = sniffer.finish().expect(0);
        assert!(done.stderr.contains("1 frame of the pattern, 11 seen"), "{}", done.describe());
    });
}
