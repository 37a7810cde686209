//! What may happen to a `send`: interfaces that go away, frames that do not fit, signals, missing privileges.

mod common;

use common::sending::{Peer, ip, says, send, under_way};
use common::{Directory, Running, ethcraft, in_lab, without};
use ethcraft::link::lookup;
use ethcraft::link::offload::Offload;
use nix::sys::signal::Signal;
use serde_json::Value;

#[test]
fn an_interface_that_goes_down_ends_the_run_with_the_exact_count() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let running = under_way(&[], &mut peer);
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        let done = running.finish().expect(4);
        says(&done, "veth0 is down");
        assert_eq!(done.json()["accepted"].as_u64(), Some(3 + peer.rest().len() as u64));
        assert_eq!(done.json()["end"], "failed");

        let done = send(["veth0", "eth / \"x\""]).run().expect(4);
        says(&done, "veth0 is down");
        says(&done, "ip link set veth0 up");
    });
}

#[test]
fn an_interface_that_is_removed_ends_the_run() {
    in_lab(&[], || {
        let running = under_way(&[], &mut Peer::open("veth1"));
        let Some(()) = ip(["link", "delete", "veth0"]) else { return };
        let done = running.finish().expect(4);
        says(&done, "interface removed: veth0");
        assert!(done.json()["accepted"].as_u64() >= Some(3) && done.json()["counted"].is_null());
    });
}

#[test]
fn an_interface_made_anew_under_the_same_name_is_not_sent_on() {
    in_lab(&[], || {
        let running = under_way(&[], &mut Peer::open("veth1"));
        running.signal(Signal::SIGSTOP);
        let Some(()) = ip(["link", "delete", "veth0"]) else { return };
        ip(["link", "add", "veth0", "type", "veth", "peer", "name", "veth1"]);
        ip(["link", "set", "veth0", "up"]);
        running.signal(Signal::SIGCONT);
        let done = running.finish().expect(4);
        says(&done, "interface removed: veth0 was made anew as number");
        assert_eq!(done.json()["counted"], Value::Null);
    });
}

#[test]
fn an_interface_renamed_meanwhile_is_sent_on() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let running = under_way(&[], &mut peer);
        let Some(()) = ip(["link", "set", "veth0", "name", "renamed"]) else { return };
        peer.take(10);
        running.signal(Signal::SIGINT);
        running.finish().expect(0);
    });
}

#[test]
fn a_peer_with_a_smaller_mtu_refuses_and_is_named_as_a_cause() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "mtu", "500"]) else { return };
        let done = send(["veth0", "-c", "3", "eth / zero*900"]).run().expect(4);
        says(&done, "3 frames asked for, 0 accepted by the kernel, 3 refused, 0 counted");
        says(&done, "the peer's MTU is smaller");
    });
}

#[test]
fn without_a_carrier_accepted_is_not_called_sent() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        let done = send(["veth0", "-c", "10", "eth / \"x\""]).run().expect(0);
        says(&done, "10 frames asked for, 10 accepted by the kernel, 0 counted by the interface");
        says(&done, "no carrier: the other end of veth0 is down or unplugged; veth0 dropped 10 frames");
        let done = send(["veth0", "--json", "-c", "10", "eth / \"x\""]).run().expect(0);
        assert_eq!(done.json()["counted"]["tx_dropped"], 10);
    });
}

#[test]
fn the_longest_frames_are_those_of_the_kernel_s_own_rule() {
    in_lab(&[], || {
        for fits in ["eth type=0x0801 / zero*1500", "vlan=7 / zero*1500", "svlan=7 / zero*1496"] {
            send(["veth0", "-q", fits]).run().expect(0);
        }
        for too_long in ["eth type=0x0801 / zero*1501", "vlan=7 / zero*1501", "svlan=7 / zero*1497"] {
            let done = send(["veth0", too_long]).run().expect(3);
            says(&done, "its MTU of 1500 allows 151");
        }
    });
}

#[test]
fn a_frame_that_does_not_fit_is_found_before_any_frame_leaves() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.txt");
        std::fs::write(&file, "eth / \"x\"\n\neth / zero*1..1600\n").unwrap();
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "-f", &file]).run().expect(3);
        says(&done, &format!("{file}:3: frame 1501: a frame of 1515 bytes does not fit veth0: its MTU of 1500"));
        assert!(peer.rest().is_empty());
    });
}

#[test]
fn an_mtu_lowered_meanwhile_ends_the_run_at_a_frame_with_its_number() {
    in_lab(&[], || {
        let running = under_way(&[], &mut Peer::open("veth1"));
        let Some(()) = ip(["link", "set", "veth0", "mtu", "500"]) else { return };
        let done = running.finish().expect(4);
        let accepted = done.json()["accepted"].as_u64().unwrap();
        says(&done, &format!("frame {accepted} does not fit any more: the MTU of veth0 was lowered to 500"));
    });
}

#[test]
fn a_frame_shorter_than_an_ethernet_header_is_refused() {
    in_lab(&[], || {
        says(&send(["veth0", "0x01*13"]).run().expect(2), "13 bytes is shorter than the Ethernet header of 14");
        says(&send(["veth0", "\"\""]).run().expect(2), "0 bytes is shorter");
        send(["veth0", "-q", "0x01*14"]).run().expect(0);
    });
}

#[test]
fn an_interrupt_is_a_normal_end_with_a_summary() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let running = under_way(&[], &mut peer);
        running.signal(Signal::SIGINT);
        let done = running.finish().expect(0);
        assert_eq!(done.json()["end"], "interrupted");
        assert_eq!(done.json()["accepted"].as_u64(), Some(3 + peer.rest().len() as u64));

        let running = send(["veth0", "-c", "3", "-i", "3600s", "eth / \"x\""]).start();
        peer.take(1);
        running.signal(Signal::SIGINT);
        let done = running.finish().expect(0);
        says(&done, "3 frames asked for, 1 accepted by the kernel");
        says(&done, "2 frames were not sent: it was interrupted");
    });
}

/// Whether the kernel leaves checksums to veth0, and what is requested of every feature.
fn offload() -> (bool, Vec<(String, bool)>) {
    let features = Offload::open(&lookup("veth0").unwrap()).unwrap().features().unwrap();
    let active = features.named().find(|feature| feature.name == "tx-checksum-ip-generic").unwrap().state().active;
    (active, features.named().map(|feature| (feature.name.clone(), feature.requested)).collect())
}

#[test]
fn the_offload_is_off_during_the_run_and_put_back_however_it_ends() {
    in_lab(&[], || {
        let before = offload();
        assert!(before.0);
        let mut peer = Peer::open("veth1");
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            let running = under_way(&["--no-offload"], &mut peer);
            assert!(!offload().0);
            running.signal(signal);
            let done = running.finish().expect(0);
            assert_eq!(offload(), before, "after {signal}");
            let off = &done.json()["offload_off"];
            assert!(off.as_array().unwrap().contains(&"tx-checksum-ip-generic".into()), "{off}");
            peer.rest();
        }
        send(["veth0", "--no-offload", "-q", "eth / \"x\""]).run().expect(0);
        assert_eq!(offload(), before);
        send(["veth0", "--no-offload", "eth / zero*2000"]).run().expect(3);
        assert_eq!(offload(), before);
        send(["veth0", "--no-offload", "--fcs", "wire", "eth / \"x\""]).run().expect(3);
        assert_eq!(offload(), before);
    });
}

#[test]
fn what_a_killed_run_left_changed_is_offered_and_put_back() {
    in_lab(&[], || {
        let before = offload();
        let running = under_way(&["--no-offload"], &mut Peer::open("veth1"));
        running.signal(Signal::SIGKILL);
        running.finish().expect(137);
        assert!(!offload().0);
        let offered = "`ethcraft offload veth0 --restore` puts them back";
        says(&send(["veth0", "eth / \"x\""]).run().expect(0), offered);
        says(&ethcraft(["offload", "veth0"]).run().expect(0), offered);
        ethcraft(["offload", "veth0", "--restore"]).run().expect(0);
        assert_eq!(offload(), before);
    });
}

/// The effective capabilities of a process's main thread.
fn capabilities(running: &Running) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.pid())).unwrap();
    status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap().trim().to_owned()
}

#[test]
fn every_capability_is_given_up_before_the_first_frame() {
    in_lab(&[], || {
        for extra in [&[][..], &["--no-offload"]] {
            let mut peer = Peer::open("veth1");
            let running = under_way(extra, &mut peer);
            assert_eq!(capabilities(&running), "0000000000000000");
            running.signal(Signal::SIGINT);
            running.finish().expect(0);
        }
    });
}

#[test]
fn without_the_privilege_it_is_refused_with_a_way_out() {
    in_lab(&[], || {
        let arguments = ["send", "veth0", "eth / \"x\""];
        let Some(powerless) = without("net_raw", arguments) else { return };
        let done = powerless.run().expect(3);
        says(&done, "not permitted");
        says(&done, "setcap");
        let dry = without("net_raw", arguments).expect("setpriv is there");
        dry.arguments(["--dry-run"]).run().expect(0);
    });
}
