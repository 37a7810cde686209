//! What `send` puts on the wire, and what it says of it.

mod common;

use common::sending::{Peer, build, ip, says, send};
use common::{Directory, Program, ethcraft, in_lab, peer};
use ethcraft::frame::fcs;
use serde_json::Value;

#[test]
fn the_whole_set_arrives_once_in_order_byte_for_byte() {
    in_lab(&[], || {
        let set = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / u32=0..299 / zero*10..11 / fcs";
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", set]).run().expect(0);
        assert_eq!(peer.take(600), build(&[set]));
        assert!(peer.rest().is_empty());
        says(&done, "veth0: 600 frames asked for, 600 accepted by the kernel, 600 counted by the interface");
        says(&done, "the FCS travels as the last four bytes of the frame");
        assert_eq!(done.stdout, "");
    });
}

/// Not tcpdump: in a lab without root it cannot become the user that it wants to be.
#[test]
fn dumpcap_sees_at_the_peer_what_build_makes() {
    in_lab(&[], || {
        let Some(dumpcap) = peer("dumpcap") else { return };
        let directory = Directory::new();
        let file = directory.file("seen.pcapng");
        let mut running = Program::new(dumpcap).arguments(["-q", "-i", "veth1", "-c", "3", "-w", &file]).start();
        // Printed once the capture is open.
        running.wait_for("File: ");
        let set = "eth src=02:00:00:00:00:01 type=0x0801 / \"PAYLOAD\" / u8=1..3";
        send(["veth0", set]).run().expect(0);
        running.finish().expect(0);
        let text = ethcraft(["decode", &file]).run().expect(0).stdout;
        let seen = ethcraft(["build", "-f", "-"]).input(text).run().expect(0);
        let seen: Vec<_> = seen.stdout.lines().map(|line| hex::decode(line).unwrap()).collect();
        assert_eq!(seen, build(&[set]));
    });
}

#[test]
fn a_count_begins_the_set_anew() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        send(["veth0", "-c", "7", "-q", "eth / u8=1..3"]).run().expect(0);
        let last: Vec<u8> = peer.take(7).iter().map(|frame| frame[14]).collect();
        assert_eq!(last, [1, 2, 3, 1, 2, 3, 1]);
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn a_rate_and_an_interval_send_exactly_what_was_asked_and_no_frame_early() {
    in_lab(&[], || {
        for pace in [["--rate", "1k"], ["-i", "1ms"]] {
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "--json", "-c", "50", "eth / \"x\""]).arguments(pace).run().expect(0);
            let summary = done.json();
            assert_eq!((&summary["accepted"], &summary["counted"]["tx_packets"]), (&50.into(), &50.into()));
            assert_eq!(
                (&summary["asked"], &summary["end"], &summary["seen"]),
                (&50.into(), &"complete".into(), &Value::Null)
            );
            assert!(summary["seconds"].as_f64().unwrap() >= 0.049, "{summary}");
            assert_eq!(summary["rate_asked"], 1000.0);
            assert_eq!(peer.take(50).len() + peer.rest().len(), 50);
        }
    });
}

#[test]
fn a_duration_ends_the_run() {
    in_lab(&[], || {
        let done = send(["veth0", "--json", "--duration", "100ms", "-i", "20ms", "eth / \"x\""]).run().expect(0);
        let summary = done.json();
        assert_eq!((&summary["end"], &summary["asked"]), (&"time".into(), &Value::Null));
        // Those due at 0, 20, 40, 60 and 80 ms, and never the one due at 100.
        assert!((1..=5).contains(&summary["accepted"].as_u64().unwrap()), "{summary}");
    });
}

#[test]
fn a_frame_file_is_sent_with_its_delays_unless_a_rate_is_given() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.txt");
        std::fs::write(&file, "eth / u8=1\n+20ms eth / u8=2..3\n# a comment\n+20ms eth / u8=4\n").unwrap();
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "-f", &file]).run().expect(0);
        assert_eq!(peer.take(4).iter().map(|frame| frame[14]).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(done.json()["seconds"].as_f64().unwrap() >= 0.040, "{}", done.stdout);

        std::fs::write(&file, "eth / u8=1\n+3600s eth / u8=2\n").unwrap();
        let done = send(["veth0", "--json", "--rate", "1k", "-f", &file]).run().expect(0);
        assert_eq!(done.json()["accepted"], 2);
    });
}

#[test]
fn unset_sources_are_the_interface_s_own_addresses() {
    in_lab(&[], || {
        let refused = send(["veth0", "ipv4 dst=10.0.0.2 / udp"]).run().expect(2);
        says(&refused, "veth0 has no IPv4 address to fill into 'ipv4 src'");
        says(&refused, "set `ipv4 src=`");
        says(&send(["veth0", "arp tpa=10.0.0.2"]).run().expect(2), "'arp spa'");
        send(["veth0", "-q", "ipv4 src=10.9.9.9 dst=10.0.0.2 / udp"]).run().expect(0);

        let Some(()) = ip(["address", "add", "10.0.0.7/24", "dev", "veth0"]) else { return };
        let mut peer = Peer::open("veth1");
        send(["veth0", "arp tpa=10.0.0.2"]).run().expect(0);
        let mac = "02:00:00:00:00:01";
        let expected = format!("eth src={mac} / arp sha={mac} spa=10.0.0.7 tpa=10.0.0.2");
        assert!(peer.take(1) == build(&[&expected]));
    });
}

#[test]
fn an_interface_of_another_namespace_is_sent_on_from_here() {
    in_lab(&["--hosts", "2"], || {
        let mut peer = Peer::open("veth0@h2");
        let done = send(["veth0@h1", "arp tpa=10.0.0.2"]).run().expect(0);
        says(&done, "veth0@h1: 1 frame asked for, 1 accepted by the kernel, 1 counted");
        let frames: Vec<_> = std::iter::once(peer.take(1).remove(0)).chain(peer.rest()).collect();
        // The source is h1's own address.
        assert!(frames.iter().any(|frame| frame[28..32] == [10, 0, 0, 1]), "{frames:02x?}");
    });
}

#[test]
fn an_appended_fcs_is_the_last_four_bytes_at_the_peer() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "--fcs", "append", "eth / \"hello\""]).run().expect(0);
        let frame = peer.take(1).remove(0);
        assert_eq!(frame.len(), 14 + 5 + 4);
        assert!(fcs::intact(&frame));
        assert_eq!(done.json()["fcs"], "append");
    });
}

#[test]
fn an_fcs_on_the_wire_is_refused_where_the_driver_cannot() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--fcs", "wire", "eth / \"hello\" / fcs=0x1a2b3c4d"]).run().expect(3);
        says(&done, "veth0: driver veth cannot send a frame with its own FCS");
        says(&done, "`--fcs append`");
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn a_dry_run_prints_what_build_takes_and_sends_nothing() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--dry-run", "-c", "3", "eth / u8=1..2"]).run().expect(0);
        assert!(peer.rest().is_empty());
        send(["veth0", "-c", "3", "-q", "eth / u8=1..2"]).run().expect(0);
        let built = ethcraft(["build", "-f", "-"]).input(done.stdout).run().expect(0);
        let built: Vec<_> = built.stdout.lines().map(|line| hex::decode(line).unwrap()).collect();
        assert_eq!(peer.take(3), built);
    });
}

#[test]
fn wrong_command_lines_are_told_with_exit_2() {
    in_lab(&[], || {
        says(&send(["veth9", "eth / \"x\""]).run().expect(2), "did you mean 'veth");
        says(&send(["veth0", "etj / \"x\""]).run().expect(2), "did you mean 'eth'?");
        says(&send(["veth0@no-such", "eth / \"x\""]).run().expect(2), "there is no network namespace 'no-such'");
        says(&send(["veth0", "-f", "/no/such/file"]).run().expect(2), "cannot read /no/such/file");
        for wrong in
            [["--rate", "0"], ["--rate", "1.5"], ["-c", "0"], ["-i", "soon"], ["--fcs", "maybe"], ["--duration", "-1s"]]
        {
            send(["veth0", "eth / \"x\""]).arguments(wrong).run().expect(2);
        }
        send(["veth0"]).run().expect(2);
    });
}
