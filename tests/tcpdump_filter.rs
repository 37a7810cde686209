//! `sniff --filter`: tcpdump's syntax through the system's libpcap, held against tcpdump itself.

mod common;

use common::{Directory, Program, ethcraft, frame, in_lab, peer, skipped, sniff, tcpdump, transmit};
use std::path::Path;

const FRAMES: [&str; 8] = [
    "ipv4 dst=10.0.0.2 / udp dport=5301 / \"plain query\" / zero*40",
    "ipv4 dst=10.0.0.2 / udp dport=5302 / \"plain other\" / zero*40",
    "vlan=10 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=5301 / \"tagged query\" / zero*40",
    "vlan=8 / ipv4 dst=10.1.0.2 / tcp dport=5301 / \"tagged tcp\" / zero*40",
    "vlan=10 type=0x0801 / \"tagged own type\" / zero*40",
    "eth type=0x0801 / \"own type\" / zero*40",
    "arp tpa=10.0.0.2 / pad",
    "ipv6 dst=2001:db8::2 / tcp dport=443 flags=syn+ack",
];

/// Filters, which of the frames they let through in a file, and which on an interface: there the outer tag is out of the
/// frame, and a filter without 'vlan' does not ask for it.
const FILTERS: [(&str, &[usize], &[usize]); 9] = [
    ("port 5301", &[0], &[0, 2, 3]),
    ("vlan 10 and port 5301", &[2], &[2]),
    ("vlan", &[2, 3, 4], &[2, 3, 4]),
    ("vlan 10 and ether proto 0x0801", &[4], &[4]),
    ("ether proto 0x0801", &[5], &[4, 5]),
    ("not ip", &[2, 3, 4, 5, 6, 7], &[4, 5, 6, 7]),
    ("ip[8] = 64 and udp[2:2] & 1 = 0", &[1], &[1]),
    ("ip6 or arp", &[6, 7], &[6, 7]),
    ("host 10.0.0.2 and (udp portrange 5300-5301 or arp)", &[0, 6], &[0, 2, 6]),
];

/// `-d` in one form: libpcap calls the kernel's mark of a tag otherwise.
fn plain(program: &str) -> Vec<String> {
    program
        .lines()
        .map(|line| line.replace("[vlanp]", "[vlan_avail]").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_capture_gives_what_tcpdump_finds_in_it() {
    let directory = Directory::new();
    let path = directory.file("all.pcap");
    let text = FRAMES.join("\n");
    ethcraft(["build", "-f", "-", "-w", &path]).input(text).run().expect(0);
    for (filter, wanted, _) in FILTERS {
        let Some(theirs) = tcpdump(&["-n", "-q", "-r", &path, filter]) else { return };
        let theirs = theirs.run().stdout.lines().count();
        let own = ethcraft(["sniff", "-r", &path, "--filter", filter]).run().expect(0);
        assert_eq!((own.stdout.lines().count(), wanted.len()), (theirs, theirs), "{filter}\n{}", own.describe());
        let shown = ethcraft(["sniff", "-r", &path, "--show-filter", "--filter", filter]).run().expect(0);
        let Some(theirs) = tcpdump(&["-r", &path, "-d", filter]) else { return };
        assert_eq!(plain(&shown.stdout), plain(&theirs.run().stdout), "{filter}");
    }
}

#[test]
fn on_an_interface_tags_are_found_though_the_kernel_takes_them_out() {
    in_lab(&[], || {
        let bytes = FRAMES.map(frame);
        for (filter, _, wanted) in FILTERS {
            // All twice: what should not have come in the first round stands before the second.
            let count = (2 * wanted.len()).to_string();
            let sniffer = sniff(["veth1", "-v", "--direction", "in", "--filter", filter, "-c", &count]);
            transmit("veth0", bytes.iter().chain(&bytes));
            let done = sniffer.finish().expect(0);
            let seen: Vec<_> = done.stdout.lines().collect();
            assert_eq!(seen.len(), 2 * wanted.len(), "{filter}\n{}", done.describe());
            for (line, number) in seen.iter().zip(wanted.iter().chain(wanted)) {
                let text = match *number {
                    6 => "arp",
                    7 => "ipv6",
                    number => FRAMES[number].split('"').nth(1).unwrap_or_default(),
                };
                assert!(line.contains(text), "{filter}\n{}", done.describe());
            }
        }
    });
}

#[test]
fn the_program_on_an_interface_is_tcpdumps() {
    in_lab(&[], || {
        let Some(tcpdump) = peer("tcpdump") else { return };
        for (filter, ..) in FILTERS {
            let theirs = Program::new(&tcpdump).arguments(["-i", "veth1", "-d", filter]).run();
            let own = ethcraft(["sniff", "veth1", "--show-filter", "--filter", filter]).run().expect(0);
            assert_eq!(plain(&own.stdout), plain(&theirs.stdout), "{filter}\n{}", theirs.describe());
        }
        // Offline the tag is in its place, here it is not.
        let own = ethcraft(["sniff", "veth1", "--show-filter", "--filter", "vlan 10"]).run().expect(0);
        assert!(own.stdout.contains("[vlan_avail]"), "{}", own.describe());
    });
}

#[test]
fn beside_the_filter_the_pattern_must_hold_too() {
    in_lab(&[], || {
        let sniffer = sniff(["veth1", "--filter", "udp", "udp dport=5301 or arp", "-c", "2"]);
        transmit("veth0", FRAMES.map(frame));
        let done = sniffer.finish().expect(0);
        assert_eq!(done.stdout.lines().filter(|line| line.contains(" > 5301 ")).count(), 2, "{}", done.describe());
        let shown = ethcraft(["sniff", "veth1", "--show-filter", "--filter", "udp", "vlan=10"]).run().expect(0);
        let alone = ethcraft(["sniff", "veth1", "--show-filter", "--filter", "udp"]).run().expect(0);
        assert!(shown.stdout.lines().count() > alone.stdout.lines().count(), "{}", shown.describe());
        assert!(shown.stdout.contains("ja "), "{}", shown.describe());
    });
    let directory = Directory::new();
    let path = directory.file("all.pcap");
    ethcraft(["build", "-f", "-", "-w", &path]).input(FRAMES.join("\n")).run().expect(0);
    let done = ethcraft(["sniff", "-r", &path, "--filter", "vlan", "udp"]).run().expect(0);
    assert!(done.stdout.contains("vlan 10") && done.stdout.lines().count() == 1, "{}", done.describe());
    assert!(done.stderr.contains("1 frame of the pattern, 8 seen"), "{}", done.describe());
}

#[test]
fn a_wrong_filter_is_told_in_libpcaps_words() {
    let done = ethcraft(["sniff", "-r", "/dev/null", "--filter", "prot 53"]).run().expect(2);
    assert!(
        done.stderr.contains("the filter 'prot 53' is wrong: can't parse filter expression"),
        "{}",
        done.describe()
    );
    let done = ethcraft(["sniff", "-r", "/dev/null", "--filter", "ether proto 0x0801 and vlan 10"]).run().expect(2);
    assert!(done.stderr.contains("warning: in tcpdump's syntax 'vlan' moves"), "{}", done.describe());
    let done = ethcraft(["sniff", "-r", "/dev/null", "--show-filter", "arp"]).run().expect(2);
    assert!(done.stderr.contains("with -r a pattern is matched here"), "{}", done.describe());
    in_lab(&[], || {
        let done = ethcraft(["sniff", "veth1", "--filter", "tcp port"]).run().expect(2);
        assert!(done.stderr.contains("the filter 'tcp port' is wrong: "), "{}", done.describe());
        let done = ethcraft(["sniff", "veth1", "--filter", "ip6 protochain 6"]).run().expect(2);
        assert!(done.stderr.contains("has a loop"), "{}", done.describe());
    });
}

#[test]
fn where_there_is_no_libpcap_the_remedy_is_told() {
    in_lab(&[], || {
        let Some(mount) = peer("mount") else { return };
        let names = ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"];
        let places = [
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/lib/x86_64-linux-gnu",
            "/lib64",
            "/lib",
        ];
        for path in places.iter().flat_map(|place| names.map(|name| format!("{place}/{name}"))) {
            // Only in this lab's own view of the files.
            if Path::new(&path).exists()
                && Program::new(&mount).arguments(["--bind", "/dev/null", &path]).run().status != 0
            {
                return skipped("libpcap cannot be hidden in a lab here");
            }
        }
        let done = ethcraft(["sniff", "veth1", "--filter", "arp"]).run().expect(3);
        assert!(done.stderr.contains("tcpdump's syntax needs libpcap, and there is none here"), "{}", done.describe());
        assert!(done.stderr.contains("help: install it"), "{}", done.describe());
        // Without it nothing else is missing.
        ethcraft(["sniff", "veth1", "--show-filter", "arp"]).run().expect(0);
    });
}
