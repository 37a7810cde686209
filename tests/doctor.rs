//! `doctor`: what it finds on interfaces whose abilities are known, what it puts on the wire, and that it leaves
//! everything as it was.

mod common;

use common::sending::{Peer, ip, says};
use common::{Done, Program, ethcraft, in_lab, peer, skipped, without};
use ethcraft::link::counters::Meter;
use ethcraft::link::lookup;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every ability that is looked at.
const PROBES: [&str; 16] = [
    "privileges",
    "carrier",
    "raw send",
    "largest frame",
    "capture",
    "device rings",
    "queue bypass",
    "FCS on the wire",
    "PACKET_VNET_HDR",
    "AF_XDP",
    "timestamps, soft",
    "timestamps, hard",
    "kernel checksums",
    "VLAN tags",
    "rx-fcs",
    "rx-all",
];

/// The answers of `doctor --json` with these arguments, by probe.
fn examine<const N: usize>(arguments: [&str; N], status: i32) -> (BTreeMap<String, Value>, Done) {
    let done = ethcraft(["doctor", "--json"]).arguments(arguments).run().expect(status);
    let objects = done.objects();
    (objects.into_iter().map(|object| (object["probe"].as_str().unwrap().to_owned(), object)).collect(), done)
}

#[track_caller]
fn answers(found: &BTreeMap<String, Value>, expected: &[(&str, &str)]) {
    for (probe, answer) in expected {
        assert_eq!(found[*probe]["answer"], *answer, "{}", found[*probe]);
    }
}

/// The commands of all advice, in the order of the probes' names.
fn commands(found: &BTreeMap<String, Value>) -> Vec<String> {
    let advice = found.values().filter_map(|object| object["advice"].as_str());
    advice.flat_map(|advice| advice.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Types every command of the advice into a shell, as it stands.
#[track_caller]
fn type_in(found: &BTreeMap<String, Value>) {
    let Some(_) = peer("ip") else { return };
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_ethcraft")).parent().unwrap().display();
    for command in commands(found) {
        // Nothing comes, so that a capture must be told to end.
        let end = if command.contains(" sniff ") { " --expect none --within 1ms" } else { "" };
        let line = format!("PATH={own}:$PATH; {command}{end}");
        Program::new("/bin/sh").arguments(["-c", &line]).run().expect(0);
    }
}

/// How many frames it says it sent.
fn sent(done: &Done) -> usize {
    let line = done.stderr.lines().find(|line| line.contains(" sent on ")).unwrap_or("0 frames");
    line.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_veth_can_what_a_veth_can() {
    in_lab(&[], || {
        let (found, _) = examine(["veth0"], 0);
        let mut names: Vec<&str> = found.keys().map(String::as_str).collect();
        let mut all = PROBES.to_vec();
        names.sort_unstable();
        all.sort_unstable();
        assert_eq!(names, all);
        answers(
            &found,
            &[
                ("privileges", "yes"),
                ("carrier", "yes"),
                ("raw send", "yes"),
                ("largest frame", "yes"),
                ("capture", "yes"),
                ("device rings", "no"),
                ("queue bypass", "yes"),
                ("FCS on the wire", "no"),
                ("PACKET_VNET_HDR", "yes"),
                ("timestamps, hard", "no"),
                ("kernel checksums", "catch"),
                ("rx-fcs", "no"),
                ("rx-all", "no"),
            ],
        );
        // What has no plain yes says why, and what is not there says what to do.
        for object in found.values() {
            assert!(!object["detail"].as_str().unwrap().is_empty(), "{object}");
            let must_advise =
                matches!(object["answer"].as_str(), Some("catch")) || object["probe"] == "FCS on the wire";
            assert!(!must_advise || object["advice"].is_string(), "{object}");
        }
        assert_eq!(found["largest frame"]["facts"]["longest"], 1514);
        assert_eq!(found["largest frame"]["facts"]["longest_tagged"], 1518);
        if found["AF_XDP"]["detail"].as_str().unwrap().contains("this kernel has no AF_XDP") {
            return skipped("this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)");
        }
        // A frame was really sent; only the drivers of cards have zero-copy.
        answers(&found, &[("AF_XDP", "catch")]);
        assert_eq!(found["AF_XDP"]["facts"], serde_json::json!({"mode": "copy", "counted": true, "dropped": false}));
    });
}

#[test]
fn every_command_that_it_advises_works_as_it_stands() {
    in_lab(&["--hosts", "2"], || {
        let (found, _) = examine(["veth0@h1"], 0);
        let advised = commands(&found);
        for command in [
            "ethcraft offload veth0@h1 tx=off",
            "ethcraft sniff veth0@h1 --fcs",
            "ip -n h1 -s -s link show dev veth0",
            "ethcraft send veth0@h1 --engine xdp 'eth type=0x88b5 / \"hello\"'",
        ] {
            assert!(advised.iter().any(|advised| advised == command), "no {command} in {advised:#?}");
        }
        type_in(&found);
    });
}

#[test]
fn what_it_advises_sets_a_link_up() {
    in_lab(&[], || {
        for end in ["veth0", "veth1"] {
            let Some(()) = ip(["link", "set", end, "down"]) else { return };
            let (found, _) = examine(["veth0"], 0);
            answers(&found, &[("carrier", "no")]);
            assert!(found["carrier"]["advice"].as_str().unwrap().contains(&format!("`ip link set {end} up`")));
            type_in(&found);
            answers(&examine(["veth0"], 0).0, &[("carrier", "yes")]);
        }
    });
}

#[test]
fn what_it_says_of_the_kernels_checksums_follows_the_setting() {
    in_lab(&[], || {
        ethcraft(["offload", "veth0", "tx=off"]).run().expect(0);
        answers(&examine(["veth0"], 0).0, &[("kernel checksums", "yes")]);
        ethcraft(["offload", "veth0", "tx=on"]).run().expect(0);
        answers(&examine(["veth0"], 0).0, &[("kernel checksums", "catch")]);
    });
}

#[test]
fn the_largest_frame_follows_the_mtu() {
    in_lab(&["--mtu", "9000"], || {
        let (found, _) = examine(["veth0"], 0);
        answers(&found, &[("largest frame", "yes")]);
        assert_eq!(found["largest frame"]["facts"]["longest"], 9014);
    });
}

#[test]
fn a_peer_with_a_smaller_mtu_is_noticed() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "mtu", "1000"]) else { return };
        let (found, _) = examine(["veth0"], 0);
        answers(&found, &[("raw send", "yes"), ("largest frame", "catch")]);
        assert!(found["largest frame"]["advice"].as_str().unwrap().contains("peer"));
    });
}

#[test]
fn no_carrier_is_told_once_and_explains_the_rest() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        let (found, _) = examine(["veth0"], 0);
        answers(&found, &[("carrier", "no"), ("raw send", "catch"), ("queue bypass", "untried"), ("capture", "yes")]);
        assert!(found["queue bypass"]["detail"].as_str().unwrap().contains("see carrier"));
    });
}

#[test]
fn an_interface_that_is_down_is_told_with_what_sets_it_up() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        let (found, done) = examine(["veth0"], 0);
        answers(&found, &[("carrier", "no"), ("raw send", "untried"), ("FCS on the wire", "untried")]);
        assert_eq!(found["carrier"]["advice"], "`ip link set veth0 up`");
        assert_eq!(
            commands(&found),
            ["ip link set veth0 up", "ip -s -s link show dev veth0", "ethcraft sniff veth0 --fcs"]
        );
        assert_eq!(sent(&done), 0);
    });
}

/// A frame that is allowed on the wire: from veth0 to itself with the ethertype for experiments, or to the group.
fn is_harmless(frame: &[u8]) -> bool {
    let own = [2, 0, 0, 0, 0, 1];
    let probe = frame[..6] == own && frame[6..12] == own;
    match frame[12..14] {
        [0x88, 0xb5] => probe,
        [0x81, 0x00] => probe && frame[14..18] == [0, 0, 0x88, 0xb5],
        [0x08, 0x00] => frame[..6] == [1, 0, 0x5e, 0, 0, 0xfe] && frame[30..34] == [224, 0, 0, 254] && frame[22] == 1,
        _ => false,
    }
}

#[test]
fn what_goes_on_the_wire_is_harmless_and_counted() {
    in_lab(&[], || {
        let mut other_end = Peer::open("veth1");
        let (_, done) = examine(["veth0"], 0);
        let frames = other_end.rest();
        for frame in &frames {
            assert!(is_harmless(frame), "{}", hex::encode(frame));
        }
        assert!(frames.iter().any(|frame| frame.len() == 1518), "the largest one");
        assert_eq!(frames.len(), sent(&done), "{}", done.describe());
    });
}

#[test]
fn passive_sends_nothing() {
    in_lab(&[], || {
        let mut other_end = Peer::open("veth1");
        let (found, done) = examine(["--passive", "veth0"], 0);
        answers(&found, &[("raw send", "untried"), ("kernel checksums", "untried"), ("capture", "yes")]);
        assert!(other_end.rest().is_empty());
        assert_eq!(Meter::open(&lookup("veth0").unwrap()).unwrap().read().unwrap().tx_packets, 0);
        assert!(!done.stderr.contains("sent"), "{}", done.describe());
    });
}

/// All that `ip` and `ethtool` show of an interface and its settings.
fn everything(ip: &str, ethtool: &str) -> String {
    let shown = |program: &str, arguments: &[&str]| Program::new(program).arguments(arguments).run().expect(0).stdout;
    let link = shown(ip, &["-d", "link", "show", "veth0"]);
    link + &shown(ip, &["address", "show", "veth0"])
        + &shown(ip, &["maddress", "show"])
        + &shown(ethtool, &["-k", "veth0"])
}

#[test]
fn everything_is_as_it_was() {
    in_lab(&[], || {
        let (Some(ip), Some(ethtool)) = (peer("ip"), peer("ethtool")) else { return };
        let before = everything(&ip, &ethtool);
        for arguments in [["veth0", "--color=never"], ["veth0", "--reset"], ["veth0", "--passive"]] {
            examine(arguments, 0);
            assert_eq!(everything(&ip, &ethtool), before, "{arguments:?}");
        }
        assert!(before.contains("promiscuity 0"), "{before}");
    });
}

#[test]
fn an_interface_of_another_namespace_is_examined_there() {
    in_lab(&["--hosts", "2"], || {
        let mut other_end = Peer::open("veth0@h2");
        let (found, done) = examine(["veth0@h1"], 0);
        answers(&found, &[("privileges", "yes"), ("raw send", "yes"), ("FCS on the wire", "no")]);
        assert!(found.values().all(|object| object["interface"] == "veth0@h1"));
        assert!(sent(&done) > 1, "{}", done.describe());
        // The hosts are joined by a bridge, which keeps to itself what goes back to where it came from.
        let passed = other_end.rest();
        assert_eq!(passed.iter().map(|frame| frame[..6].to_vec()).collect::<Vec<_>>(), [[1, 0, 0x5e, 0, 0, 0xfe]]);
    });
}

#[test]
fn without_privileges_it_tells_what_can_be_known_and_exits_3() {
    in_lab(&[], || {
        let Some(powerless) = without("all", ["doctor", "veth0"]) else { return };
        let done = powerless.run().expect(3);
        for line in
            ["privileges        no", "carrier           yes", "raw send          untried", "rx-fcs            no"]
        {
            assert!(done.stdout.contains(line), "no {line:?}\n{}", done.describe());
        }
        assert!(done.stdout.contains("setcap"), "{}", done.describe());
        says(&done, "no raw socket could be opened");
    });
}

#[test]
fn what_is_not_there_is_wrong_input() {
    in_lab(&[], || {
        says(&ethcraft(["doctor", "veht0"]).run().expect(2), "did you mean 'veth0'?");
        says(&ethcraft(["doctor", "veth0@nowhere"]).run().expect(2), "no network namespace 'nowhere'");
        ethcraft(["doctor"]).run().expect(2);
        ethcraft(["doctor", "--passive", "--reset", "veth0"]).run().expect(2);
    });
}

#[test]
fn the_screen_says_what_to_do() {
    in_lab(&[], || {
        let done = ethcraft(["doctor", "veth0"]).run().expect(0);
        assert!(done.stdout.starts_with("veth0: driver veth, 02:00:00:00:00:01, MTU 1500\n"), "{}", done.describe());
        assert!(done.stdout.contains("-> `ethcraft send veth0 --fcs append "), "{}", done.describe());
        says(&done, "everything is as it was");
    });
}
