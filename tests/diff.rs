//! What `diff` says of two frames, of two captures, and how it ends.

mod common;

use common::{Directory, Done, ethcraft, frame};
use ethcraft::frame::diff::{Change, Side, diff, dissect_both};
use ethcraft::frame::{Begin, Fcs, View};
use proptest::prelude::*;
use serde_json::Value;

fn compared(options: &[&str], a: &str, b: &str) -> Done {
    ethcraft(["diff", "--frames"]).arguments(options).arguments([a, b]).run()
}

/// The lines below the first, which tells number and lengths, of two frames that differ.
#[track_caller]
fn lines(a: &str, b: &str) -> Vec<String> {
    let done = compared(&[], a, b).expect(1);
    assert!(done.stdout.starts_with("frame 1: "), "{}", done.describe());
    done.stdout.lines().skip(1).map(|line| line.trim_start().to_owned()).collect()
}

#[track_caller]
fn json(options: &[&str], a: &str, b: &str) -> Value {
    compared(&[["--json"].as_slice(), options].concat(), a, b).expect(1).json()
}

const UDP: &str = "ipv4 dst=10.0.0.2 / udp dport=6667 / \"Hello you there!\"";

#[test]
fn a_router_lowers_the_ttl_and_the_right_checksum_follows() {
    assert_eq!(lines(UDP, &UDP.replace("dst=", "ttl=63 dst=")), ["ipv4 ttl 64 -> 63"]);
}

#[test]
fn all_shows_what_follows_too() {
    let done = compared(&["--all"], UDP, &UDP.replace("dst=", "ttl=63 dst=")).expect(1);
    assert_eq!(
        done.stdout,
        "frame 1: 58 bytes\n  ipv4 ttl 64 -> 63\n  ipv4 checksum good (0xaebe -> 0xafbe)  (follows)\n"
    );
}

#[test]
fn a_stripped_tag_is_told_with_its_fields() {
    assert_eq!(lines(&format!("vlan=7 pcp=5 / {UDP}"), UDP), ["vlan=7 pcp=5 stripped"]);
    assert_eq!(lines(UDP, &format!("svlan=100 / vlan=7 / {UDP}")), ["svlan=100 added", "vlan=7 added"]);
}

#[test]
fn of_two_tags_the_one_that_is_gone_is_told() {
    assert_eq!(lines(&format!("vlan=100 / vlan=7 / {UDP}"), &format!("vlan=7 / {UDP}")), ["vlan=100 stripped"]);
    assert_eq!(lines(&format!("vlan=100 / vlan=7 / {UDP}"), &format!("vlan=100 / {UDP}")), ["vlan=7 stripped"]);
}

#[test]
fn a_layer_that_stands_twice_has_a_number() {
    assert_eq!(
        lines(&format!("vlan=100 / vlan=7 / {UDP}"), &format!("vlan=100 / vlan=8 / {UDP}")),
        ["vlan#2 id 7 -> 8"]
    );
}

#[test]
fn a_checksum_is_broken_and_repaired() {
    let bad = UDP.replace("dport=6667", "dport=6667 checksum=0x1234");
    assert_eq!(lines(UDP, &bad), ["udp checksum good -> bad (0x0831 -> 0x1234, right is 0x0831)"]);
    assert_eq!(lines(&bad, UDP), ["udp checksum bad -> good (0x1234 -> 0x0831)"]);
    let none = UDP.replace("dport=6667", "dport=6667 checksum=0");
    assert_eq!(lines(&none, UDP), ["udp checksum none -> good (0x0000 -> 0x0831)"]);
}

#[test]
fn a_checksum_that_stayed_while_the_field_changed_is_broken() {
    let stale = "ipv4 ttl=63 checksum=0xaebe dst=10.0.0.2 / udp dport=6667 / \"Hello you there!\"";
    assert_eq!(lines(UDP, stale), ["ipv4 ttl 64 -> 63", "ipv4 checksum good -> bad (0xaebe, right is 0xafbe)"]);
}

#[test]
fn an_fcs_is_added_taken_away_and_broken() {
    let with = "eth type=0x0801 / \"hello\" / fcs";
    let value = "0xa8875378";
    assert_eq!(lines(with, "eth type=0x0801 / \"hello\""), ["fcs stripped"]);
    assert_eq!(lines("eth type=0x0801 / \"hello\"", with), ["fcs added"]);
    let broken = format!("fcs good -> bad ({value} -> 0x1a2b3c4d, right is {value})");
    assert_eq!(lines(with, "eth type=0x0801 / \"hello\" / fcs=0x1a2b3c4d"), [broken]);
}

#[test]
fn bytes_become_an_fcs_where_the_other_frame_has_a_right_one() {
    let (right, wrong) =
        (frame("eth type=0x0801 / \"hello\" / fcs"), frame("eth type=0x0801 / \"hellO\" / 0xa8875378"));
    let directory = Directory::new();
    let (a, b) = (directory.file("a.hex"), directory.file("b.hex"));
    std::fs::write(&a, hex::encode(right)).unwrap();
    std::fs::write(&b, hex::encode(wrong)).unwrap();
    let done = ethcraft(["diff", &a, &b]).run().expect(1);
    assert!(
        done.stdout.contains("  payload at 4: 0x6f -> 0x4f\n  fcs good -> bad (0xa8875378, right"),
        "{}",
        done.stdout
    );
}

#[test]
fn padding_is_no_payload() {
    assert_eq!(lines("arp", "arp / pad"), ["padding of 18 bytes added"]);
    assert_eq!(lines("arp / pad", "arp"), ["padding of 18 bytes removed"]);
    assert_eq!(lines("arp / pad", "arp / pad=zero*4"), ["padding 18 -> 4 bytes"]);
    assert_eq!(lines("arp / pad", "arp / pad=0xff*18").len(), 1);
}

#[test]
fn changed_payload_bytes_are_told_with_their_place() {
    assert_eq!(
        lines("udp / \"Hello you there!\"", "udp / \"Hello yOu thEre!\""),
        ["payload at 7: 0x6f -> 0x4f", "payload at 12: 0x65 -> 0x45"]
    );
    assert_eq!(lines("udp / \"GET /\"", "udp / \"GET /index\""), ["payload at 5: \"index\" inserted"]);
    assert_eq!(lines("udp / \"GET /index\"", "udp / \"/index\""), ["payload at 0: \"GET \" removed"]);
}

#[test]
fn an_item_in_braces_has_its_layer_before_it() {
    assert_eq!(lines("ipv4 {ra=0 / nop}", "ipv4 {ra=7 / nop}"), ["ipv4 {ra} value 0 -> 7"]);
    assert_eq!(lines("ipv4 {ra=0}", "ipv4"), ["ipv4 {ra} stripped"]);
    assert_eq!(lines("ipv4", "ipv4 {nop / ra=7}"), ["ipv4 {nop} added", "ipv4 {ra=7} added"]);
}

#[test]
fn another_protocol_is_a_layer_less_and_a_layer_more() {
    let lines = lines("ipv4 / udp dport=7", "ipv4 / icmp / echo");
    assert!(lines.iter().any(|l| l == "udp dport=7 stripped") && lines.iter().any(|l| l == "icmp added"), "{lines:?}");
}

#[test]
fn json_says_the_same_to_machines() {
    let object = json(&["--all"], UDP, &UDP.replace("dst=", "ttl=63 dst=").replace("Hello", "hello"));
    assert_eq!(object["frame"], 1);
    assert_eq!(object["length"], serde_json::json!({ "from": 58, "to": 58 }));
    let found = |change: &str, field: Option<&str>| {
        let all = object["differences"].as_array().unwrap();
        all.iter().find(|d| d["change"] == change && d["field"].as_str() == field).unwrap_or(&Value::Null).clone()
    };
    let ttl = serde_json::json!({
        "change": "field", "layer": "ipv4", "field": "ttl", "from": "64", "to": "63", "follows": false,
    });
    assert_eq!(found("field", Some("ttl")), ttl);
    assert_eq!(found("check", Some("checksum"))["follows"], true);
    let bytes = serde_json::json!({
        "change": "bytes", "layer": "payload", "offset": 0, "at": 42, "from": "48", "to": "68", "follows": false,
    });
    assert_eq!(found("bytes", None), bytes);
}

#[test]
fn equal_frames_print_nothing_and_end_with_0() {
    let done = compared(&[], UDP, UDP).expect(0);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("", "1 frame compared, no difference\n"));
}

#[test]
fn captures_of_any_form_are_compared_frame_by_frame() {
    let directory = Directory::new();
    let (pcap, text) = (directory.file("a.pcap"), directory.file("b.txt"));
    ethcraft(["build", "-w", &pcap, "arp tpa=10.0.0.1..10.0.0.3"]).run().expect(0);
    let frames = ethcraft(["build", "-o", "text", "arp tpa=10.0.0.1,10.0.0.7"]).run().expect(0).stdout;
    std::fs::write(&text, &frames).unwrap();
    let done = ethcraft(["diff", &pcap, &text]).run().expect(1);
    assert_eq!(
        done.stdout,
        format!(
            "frame 2: 42 bytes\n  arp tpa 10.0.0.2 -> 10.0.0.7\nframe 3: only in {pcap}\n  \
             eth src=02:00:00:00:00:01 / arp spa=192.0.2.1 tpa=10.0.0.3\n"
        )
    );
    assert_eq!(done.stderr, format!("2 frames compared, 1 differs; 1 frame only in {pcap}\n"));
    ethcraft(["diff", "-c", "1", &pcap, &text]).run().expect(0);
    ethcraft(["diff", &text, "-"]).input(frames).run().expect(0);
    let done = ethcraft(["diff", "--json", &text, &pcap]).run().expect(1);
    let objects = done.objects();
    let last = objects.last().unwrap();
    assert_eq!((&last["frame"], &last["only"], &last["length"]), (&3.into(), &"b".into(), &42.into()));
}

#[test]
fn wrong_input_ends_with_2() {
    let done = ethcraft(["diff", "arp", "/dev/null"]).run().expect(2);
    assert!(done.stderr.contains("cannot read arp") && done.stderr.contains("--frames"), "{}", done.describe());
    ethcraft(["diff", "-", "-"]).run().expect(2);
    let done = compared(&[], "ipv4 / upd", "udp").expect(2);
    assert!(done.stderr.contains("did you mean 'udp'?"), "{}", done.describe());
}

#[test]
fn nothing_from_a_frame_reaches_the_terminal_as_a_control_character() {
    let done = compared(&[], "udp / \"\\x1b[2J\\x07\\x9b\"", "udp / \"abcdefg\"").expect(1);
    assert!(done.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{}", done.describe());
}

fn found(a: &[u8], b: &[u8]) -> Vec<ethcraft::frame::diff::Difference> {
    let side = |bytes| Side { bytes, begin: Begin::Ethernet, fcs: Fcs::IfRight };
    let (mut x, mut y) = (Vec::new(), Vec::new());
    dissect_both(side(a), side(b), &mut x, &mut y);
    diff(View { bytes: a, nodes: &x }, View { bytes: b, nodes: &y })
}

proptest! {
    #[test]
    fn there_is_a_difference_that_follows_from_none_exactly_where_the_bytes_differ(
        which in 0..7usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4), len in 0..80usize,
    ) {
        let a = frame([UDP, "arp / pad", "svlan=1 / vlan=2 / ipv4 {ra=1} / udp / \"x\" / fcs", "ipv4 / icmp / unreach / ipv4 / udp", "ipv6 / hopopts / tcp {mss=1460 / nop} / \"x\"", "vxlan / arp / pad", "dot3 / llc dsap=0x42 ssap=0x42 / \"abc\" / pad"][which]);
        let mut b = a.clone();
        for (at, value) in changes {
            let at = at.index(b.len());
            b[at] = value;
        }
        b.truncate(b.len().saturating_sub(len.saturating_sub(40)));
        prop_assert_eq!(found(&a, &b).iter().any(|d| !d.follows), a != b);
        prop_assert_eq!(found(&b, &a).iter().any(|d| !d.follows), a != b);
    }

    #[test]
    fn any_two_byte_strings_can_be_compared(a in prop::collection::vec(any::<u8>(), 0..120), b in prop::collection::vec(any::<u8>(), 0..120)) {
        let changes = found(&a, &b);
        prop_assert_eq!(changes.is_empty(), a == b);
        for difference in changes {
            if let Change::Bytes { from, to, .. } = difference.change {
                prop_assert_ne!(from, to);
            }
        }
    }
}

/// Two captures of the same flow, of which the second was changed by these.
fn flows(options: &[&str], change: impl Fn(&mut Vec<String>)) -> Done {
    let directory = Directory::new();
    let (a, b) = (directory.file("a.pcap"), directory.file("b.pcap"));
    let sent: Vec<_> =
        (0..40).map(|n| format!("ipv4 dst=10.0.0.2 id={n} / udp dport=6667 / u32={n} / \"payload\"")).collect();
    let mut came = sent.clone();
    change(&mut came);
    for (path, lines) in [(&a, &sent), (&b, &came)] {
        ethcraft(["build", "-f", "-", "-w", path]).input(lines.join("\n")).run().expect(0);
    }
    ethcraft(["diff"]).arguments(options).arguments([a, b]).run()
}

#[test]
fn a_lost_frame_does_not_make_all_later_ones_differ() {
    let done = flows(&[], |frames| drop(frames.remove(5))).expect(1);
    assert!(done.stdout.starts_with("frame 6: only in "), "{}", done.describe());
    assert!(done.stderr.contains("39 frames compared, no difference; 1 frame only in "), "{}", done.describe());
}

#[test]
fn behind_a_lost_frame_both_numbers_are_told() {
    let done = flows(&[], |frames| {
        frames.remove(5);
        frames[20] = frames[20].replace("dport=6667", "dport=6668");
    })
    .expect(1);
    assert!(done.stdout.contains("frame 22 (21 of B): "), "{}", done.describe());
    assert!(done.stderr.contains("39 frames compared, 1 differs; 1 frame only in "), "{}", done.describe());
}

#[test]
fn a_lost_and_a_doubled_frame_are_found_though_a_router_changed_all() {
    let done = flows(&["--json"], |frames| {
        frames.drain(10..13);
        frames.insert(20, frames[19].clone());
        for frame in frames {
            *frame = frame.replace("dst=", "ttl=63 dst=");
        }
    })
    .expect(1);
    let objects = done.objects();
    let alone = |side: &str| -> Vec<u64> {
        let of = |object: &&Value| object["only"] == side;
        objects.iter().filter(of).map(|object| object["frame"].as_u64().unwrap()).collect()
    };
    assert_eq!(alone("a"), [11, 12, 13], "{}", done.describe());
    assert_eq!(alone("b").len(), 1, "{}", done.describe());
    let pairs: Vec<_> = objects.iter().filter(|object| object.get("differences").is_some()).collect();
    assert_eq!(pairs.len(), 37, "{}", done.describe());
    for pair in pairs {
        let fields: Vec<_> = pair["differences"].as_array().unwrap().iter().map(|d| &d["field"]).collect();
        assert_eq!(fields, ["ttl"], "{}", done.describe());
    }
}

#[test]
fn by_number_the_frames_behind_a_lost_one_differ() {
    let done = flows(&["--by-number"], |frames| drop(frames.remove(5))).expect(1);
    assert!(done.stderr.contains("39 frames compared, 34 differ; 1 frame only in "), "{}", done.describe());
}
