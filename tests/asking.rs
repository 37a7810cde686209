//! Frames that ask the kernel to finish their checksum or to cut them, and what of it arrives; `offload --prove`.

mod common;

use common::sending::{Peer, build, says, send};
use common::{ethcraft, in_lab};
use ethcraft::link::lookup;
use ethcraft::link::offload::Offload;

const UDP4: &str =
    "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp sport=7 dport=7";
const TCP6: &str =
    "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=2001:db8::1 dst=2001:db8::2 / tcp sport=7 dport=7";

/// Sets features of veth0 until the lab ends.
fn set(setting: &str) {
    ethcraft(["offload", "veth0", setting]).run().expect(0);
}

fn requested() -> Vec<(String, bool)> {
    let features = Offload::open(&lookup("veth0").unwrap()).unwrap().features().unwrap();
    features.named().map(|feature| (feature.name.clone(), feature.requested)).collect()
}

#[test]
fn an_open_checksum_is_finished_where_the_offload_is_off_and_left_open_where_it_is_on() {
    in_lab(&[], || {
        for layers in [
            format!("{UDP4} / \"odd\""),
            format!("{TCP6} {{mss=1460}} / \"even\""),
            format!("vlan=7 / {}", UDP4.split_once(" / ").unwrap().1),
            format!("{UDP4} / \"short\" / pad"),
        ] {
            let whole = build(&[&layers, "--seed", "0"]);
            for engine in ["send", "mmsg"] {
                for (setting, computed) in [("tx=off", true), ("tx=on", false)] {
                    set(setting);
                    let mut peer = Peer::open("veth1");
                    send(["veth0", "-q", "--ask-csum", "--engine", engine, &layers]).run().expect(0);
                    let arrived = peer.take(1);
                    // Without `eth` the source is the interface's own, which a lab numbers.
                    assert_eq!(arrived[0][12..] == whole[0][12..], computed, "{layers} {setting} {engine}");
                    assert_eq!(arrived[0].len(), whole[0].len());
                }
            }
        }
    });
}

#[test]
fn a_long_datagram_is_cut_into_segments_with_right_headers() {
    in_lab(&[], || {
        set("tx=off");
        let payload: String = (0..7).map(|n| format!(" / 0x0{n}*500")).collect();
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "--gso", "1000", &format!("{UDP4}{payload}")]).run().expect(0);
        assert_eq!(done.json()["accepted"], 1, "one frame is handed over");
        let notes = done.json()["notes"].to_string();
        assert!(notes.contains("counted 3 frames more: the segments that frames were cut into"), "{notes}");
        let id = |n: usize| UDP4.replace("ipv4", &format!("ipv4 id={n}"));
        let part = |n: usize, bytes: &str| build(&[&format!("{} / {bytes}", id(n))]).remove(0);
        let expected = [
            part(0, "0x00*500 / 0x01*500"),
            part(1, "0x02*500 / 0x03*500"),
            part(2, "0x04*500 / 0x05*500"),
            part(3, "0x06*500"),
        ];
        assert_eq!(peer.take(4), expected);
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn a_long_segment_is_cut_with_its_sequence_going_on_or_passed_whole() {
    in_lab(&[], || {
        let sent = format!("{TCP6} seq=100 flags=psh+ack / 0xaa*1000 / 0xbb*1000 / 0xcc*500");
        set("tso=off");
        let mut peer = Peer::open("veth1");
        send(["veth0", "-q", "--gso", "1000", &sent]).run().expect(0);
        let part = |seq, flags, bytes: &str| build(&[&format!("{TCP6} seq={seq} flags={flags} / {bytes}")]).remove(0);
        // Checksums are the card's: only the rest is compared. Each segment is cut short before its checksum and after.
        let rest = |frame: &Vec<u8>| [&frame[..70], &frame[72..]].concat();
        let expected =
            [part(100, "ack", "0xaa*1000"), part(1100, "ack", "0xbb*1000"), part(2100, "psh+ack", "0xcc*500")];
        assert_eq!(peer.take(3).iter().map(rest).collect::<Vec<_>>(), expected.iter().map(rest).collect::<Vec<_>>());
        set("tso=on");
        send(["veth0", "-q", "--gso", "1000", &sent]).run().expect(0);
        assert_eq!(peer.take(1)[0].len(), 74 + 2500);
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn what_fits_one_segment_is_sent_as_it_is() {
    in_lab(&[], || {
        set("tx=off");
        let mut peer = Peer::open("veth1");
        let frame = format!("{UDP4} / 0xaa*1000");
        send(["veth0", "-q", "--gso", "1000", &frame]).run().expect(0);
        assert_eq!(peer.take(1), build(&[&frame]));
    });
}

#[test]
fn frames_that_cannot_ask_are_refused_before_anything_is_sent() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        for (arguments, frame, status, why) in [
            (&["--ask-csum"][..], "arp spa=10.0.0.1 tpa=10.0.0.2", 2, "it has no TCP or UDP layer over IP"),
            (&["--ask-csum"], "ipv4 src=10.0.0.1 dst=10.0.0.2 / sctp", 2, "it has no TCP or UDP layer over IP"),
            (&["--ask-csum"], "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / \"x\" / fcs", 2, "4 bytes follow its TCP or UDP"),
            (
                &["--gso", "1473"],
                "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / zero*3000",
                2,
                "of 1500 allows segments of 1472",
            ),
            (
                &["--gso", "1000"],
                "ipv4 src=10.0.0.1 / gre / ipv4 src=10.0.0.3 / udp / zero*3000",
                2,
                "lies in a tunnel",
            ),
            (&["--gso", "10"], "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / zero*3000", 2, "cut into 300 segments"),
            (&["--gso", "0"], "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp", 2, "0 is not in 1..=65535"),
            (&["--ask-csum", "--engine", "xdp"], "ipv4 src=10.0.0.1 / udp", 2, "engine xdp cannot ask the kernel"),
            (&["--ask-csum", "--fcs", "wire"], "ipv4 src=10.0.0.1 / udp", 2, "cannot ask the kernel to change it"),
            (&["--ask-csum"], "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / zero*3000", 3, "does not fit veth0"),
        ] {
            says(&send(["veth0", frame]).arguments(arguments).run().expect(status), why);
        }
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn the_proof_shows_both_states_and_puts_the_features_back() {
    in_lab(&[], || {
        for setting in ["tx=on", "tx=off"] {
            set(setting);
            let before = requested();
            let done = ethcraft(["offload", "veth0", "--prove", "--peer", "veth1", "--json"]).run().expect(0);
            let proof = done.json();
            assert_eq!(proof["off"]["seen"], "right", "{proof}");
            assert_eq!(proof["on"]["seen"], "not computed", "{proof}");
            assert_eq!((&proof["off"]["checksum"], &proof["proved"]), (&proof["right"], &true.into()));
            assert_ne!(proof["on"]["checksum"], proof["right"]);
            assert_eq!(requested(), before);
        }
        let shown = ethcraft(["offload", "veth0", "--prove", "--peer", "veth1"]).run().expect(0).stdout;
        assert!(shown.contains("right: the kernel computed it   not computed (CSUMNOTREADY)"), "{shown}");
    });
}

#[test]
fn a_proof_that_nobody_sees_is_none() {
    in_lab(&["--hosts", "2"], || {
        ethcraft(["offload", "veth0@h1", "--prove", "--peer", "veth0@h2"]).run().expect(0);
        let done = ethcraft(["offload", "veth0@h1", "--prove", "--peer", "lo@h2"]).run().expect(1);
        says(&done, "no frame reached the peer");
        ethcraft(["offload", "veth0@h1", "--prove"]).run().expect(2);
    });
}
