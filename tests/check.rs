//! `check`: what it tells, what it holds frames against, and how it ends.

mod common;

use common::dialogue::on_host;
use common::relay::{Fate, Relay, second_pair};
use common::sending::{ip, says};
use common::{Directory, Program, ethcraft, frame, in_lab, transmit, without};
use nix::sys::signal::Signal;
use std::time::Duration;

/// `check veth0 veth1` with these arguments.
fn check<const N: usize>(arguments: [&str; N]) -> Program {
    ethcraft(["check", "veth0", "veth1"]).arguments(arguments)
}

const TAGGED: &str = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9 / zero*18";

#[test]
fn a_cable_passes_every_frame() {
    in_lab(&[], || {
        let done = check(["-c", "1000", TAGGED]).run().expect(0);
        assert!(done.stdout.contains("ok: every frame arrived once, in order, as expected"), "{}", done.describe());
        assert!(done.stdout.contains("told apart by flow tag"), "{}", done.describe());
        let told = check(["-c", "1000", "--json", TAGGED]).run().expect(0).json();
        assert_eq!(
            (&told["matched_by"], &told["asked"], &told["accepted"]),
            (&"tag".into(), &1000.into(), &1000.into())
        );
        assert_eq!(
            (&told["counted"]["tx"]["tx_packets"], &told["counted"]["rx"]["rx_packets"]),
            (&1000.into(), &1000.into())
        );
        assert_eq!(
            (&told["expected"], &told["latency"]["frames"], &told["ok"]),
            (&1000.into(), &1000.into(), &true.into())
        );
    });
}

#[test]
fn frames_without_room_for_a_tag_are_told_apart_by_content_and_it_says_why() {
    in_lab(&[], || {
        let done = check(["arp spa=10.0.0.1 tpa=10.0.0.0/24"]).run().expect(0);
        assert!(done.stdout.contains("told apart by content (frame 0 has no 18 bytes of payload for a flow tag)"));
        assert!(check(["--no-tag", TAGGED]).run().expect(0).stdout.contains("told apart by content (--no-tag)"));
    });
}

#[test]
fn sets_of_any_kind_arrive_by_tag_and_by_content() {
    in_lab(&[], || {
        for frame in [
            "eth / rand*18..60",
            "vlan=7 / ipv4 src=10.0.0.1 dst=10.0.0.0/28 / udp dport=1..4 / count*40 / pad / fcs",
            "svlan=3 / vlan=4 / ipv6 src=2001:db8::1 dst=2001:db8::2 / udp dport=1..100 / zero*21",
            "eth type=0x0801 / zero*46",
            "eth src=rand dst=02:00:00:00:00:00..02:00:00:00:00:ff / zero*60",
        ] {
            for how in [&["-c", "500", "--json"][..], &["-c", "500", "--json", "--no-tag"]] {
                let done = check([]).arguments(how).arguments([frame]).run().expect(0);
                let told = done.json();
                assert_eq!(told["expected"], 500, "{frame} {how:?} {}", done.describe());
                assert_eq!(told["latency"]["frames"], 500, "{frame} {how:?}");
            }
        }
    });
}

#[test]
fn a_frame_file_is_checked_with_its_delays() {
    in_lab(&[], || {
        let directory = Directory::new();
        let path = directory.file("frames.txt");
        std::fs::write(
            &path,
            format!("{TAGGED}\n+1ms vlan=7 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=1..9 / zero*30\n"),
        )
        .unwrap();
        let told = check(["--json", "-f", &path, "-c", "100"]).run().expect(0).json();
        assert_eq!((&told["expected"], &told["matched_by"]), (&100.into(), &"tag".into()));
    });
}

#[test]
fn loss_breaks_the_limit_and_a_looser_one_holds() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let lossy = |extra: &[&str]| {
            let relay = Relay::losing(|frame| frame.is_multiple_of(10));
            let done = ethcraft(["check", "veth0", "veth3", "-c", "100", TAGGED]).arguments(extra).run();
            relay.finish();
            done
        };
        let done = lossy(&[]).expect(1);
        says(&done, "error: 10 of 100 frames lost (10.0000 %); 0 allowed");
        assert!(done.stdout.contains("9, 19, 29, 39, 49, 59, 69, 79, 89, 99"), "{}", done.describe());
        assert!(lossy(&["--max-loss", "10%"]).expect(0).stdout.contains("ok: within the limits"));
        lossy(&["--max-loss", "10"]).expect(0);
        says(&lossy(&["--max-loss", "9.9%"]).expect(1), "9.9 % allowed");
    });
}

#[test]
fn a_latency_limit_names_the_figure() {
    in_lab(&[], || {
        says(&check(["-c", "10", "--max-latency", "p99=1ns", TAGGED]).run().expect(1), "error: the latency's p99 is");
        check(["-c", "10", "--max-latency", "p99=1h", "--max-latency", "jitter=1h", TAGGED]).run().expect(0);
    });
}

#[test]
fn isolation_holds_where_nothing_arrives_and_breaks_where_something_does() {
    in_lab(&[], || {
        says(
            &check(["-c", "5", "--expect", "none", TAGGED]).run().expect(1),
            "none was to arrive, but 5 of 5 frames did",
        );
        let Some(()) = second_pair() else { return };
        let done = ethcraft(["check", "veth0", "veth3", "-c", "5", "--expect", "none", TAGGED]).run().expect(0);
        assert!(done.stdout.contains("ok: no frame arrived"), "{}", done.describe());
    });
}

#[test]
fn a_router_under_test_may_change_what_it_must() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let sent = "eth dst=02:00:00:00:00:02 / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9 / zero*18";
        let arrives = "eth src=02:00:00:00:00:0a dst=02:00:00:00:00:0b / ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=63";
        // Addresses, and the time to live with its checksum (RFC 1624), which no flow tag is part of.
        let header = frame(&format!("{arrives} / udp dport=9 / zero*18"))[..34].to_vec();
        let routed = |extra: &[&str]| {
            let header = header.clone();
            let relay = Relay::of_short_frames(move |frame| {
                frame[..34].copy_from_slice(&header);
                Fate::Pass
            });
            let done = ethcraft(["check", "veth0", "veth3", "-c", "50", sent]).arguments(extra).run();
            relay.finish();
            done
        };
        let done = routed(&[]).expect(1);
        says(&done, "50 of 50 frames corrupted");
        for line in ["eth dst 02:00:00:00:00:02 -> 02:00:00:00:00:0b", "ipv4 ttl 64 -> 63"] {
            assert!(done.stdout.contains(line), "{line}\n{}", done.describe());
        }
        let change = "eth src=02:00:00:00:00:0a dst=02:00:00:00:00:0b / ipv4 ttl=63";
        routed(&["--expect-change", change]).expect(0);
        routed(&["--no-tag", "--expect-change", change]).expect(0);
        says(&routed(&["--expect-change", "ipv4 ttl=63"]).expect(1), "corrupted");
        says(&routed(&["--expect-change", "ipv6 hlim=63"]).expect(2), "the frame has no 'ipv6' to change");
    });
}

#[test]
fn a_switch_takes_a_tag_off_and_puts_one_on() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        // Between a trunk and an access port: a tagged frame loses its tag, another gets one.
        let switch = || {
            Relay::start(
                8 << 20,
                |frame| (frame.len() >= 60).then_some(0),
                |_, frame| {
                    if frame[12..14] == [0x81, 0] {
                        frame.drain(12..16);
                    } else {
                        frame.splice(12..12, [0x81, 0, 0, 5]);
                    }
                    Fate::Pass
                },
            )
        };
        let switched = |frame: &str, extra: &[&str]| {
            let relay = switch();
            let done = ethcraft(["check", "veth0", "veth3", "-c", "50", frame]).arguments(extra).run();
            relay.finish();
            done
        };
        let tagged = format!("vlan=7 pcp=3 / {TAGGED}");
        let off = ["--expect-change", "not vlan"];
        switched(&tagged, &off).expect(0);
        switched(&tagged, &["--no-tag", off[0], off[1]]).expect(0);
        switched(TAGGED, &["--expect-change", "vlan=5"]).expect(0);
        // What comes through as it was, or with another tag, is not what the switch is to do.
        let done = switched(TAGGED, &["--expect-change", "vlan=6"]).expect(1);
        assert!(done.stdout.contains("vlan id 6 -> 5"), "{}", done.describe());
        let done = ethcraft(["check", "veth0", "veth1", "-c", "50", &tagged]).arguments(off).run().expect(1);
        says(&done, "50 of 50 frames corrupted");
        assert!(done.stdout.contains("vlan=7 pcp=3 added"), "{}", done.describe());
        says(&switched(TAGGED, &off).expect(2), "the frame has no 'vlan' to take away");
        // One change behind the other, as of a router between two networks.
        let twice = ["--expect-change", "not vlan", "--expect-change", "ipv4 ttl=63"];
        let done = switched(&tagged, &twice).expect(1);
        assert!(done.stdout.contains("ipv4 ttl 63 -> 64"), "{}", done.describe());
    });
}

#[test]
fn the_kernel_unpacks_a_vxlan_as_it_must() {
    in_lab(&["--hosts", "2"], || {
        // What h2's tunnel gives out comes through a bridge to another port.
        for setup in [
            "link add vx0 type vxlan id 5 dstport 4789 dev veth0",
            "link add br0 type bridge",
            "link add out0 type veth peer name out1",
            "link set vx0 master br0",
            "link set out0 master br0",
            "link set vx0 up",
            "link set out0 up",
            "link set out1 up",
            "link set br0 up",
        ] {
            let Some(_) = on_host("h2", &format!("ip {setup}")) else { return };
        }
        let sent = "eth dst=02:00:00:00:00:02 / ipv4 dst=10.0.0.2 / udp sport=5000 dport=4789 / vxlan vni=5 / \
                    eth dst=02:00:00:00:00:bb src=02:00:00:00:00:aa / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / zero*18";
        let unpacked = ["--expect-change", "not eth / ipv4 / udp / vxlan"];
        ethcraft(["check", "veth0@h1", "out1@h2", "-c", "50", "--rate", "1k", sent])
            .arguments(unpacked)
            .run()
            .expect(0);
    });
}

#[test]
fn frames_of_others_are_foreign_or_left_out_by_the_kernel() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        // The relay puts an ARP request behind every frame.
        let with_others = |extra: &[&str]| {
            let relay = Relay::of_short_frames(|_| {
                transmit("veth2", [frame("arp spa=10.0.0.7 tpa=10.0.0.8")]);
                Fate::Pass
            });
            let slow = ["check", "veth0", "veth3", "--json", "--grace", "9s", "-c", "50", TAGGED];
            let done = ethcraft(slow).arguments(extra).run();
            relay.finish();
            done.expect(0).json()
        };
        let told = with_others(&["--no-filter"]);
        assert_eq!((&told["foreign"], &told["received"], &told["filtered"]), (&50.into(), &100.into(), &false.into()));
        let told = with_others(&[]);
        assert_eq!((&told["foreign"], &told["received"], &told["filtered"]), (&0.into(), &50.into(), &true.into()));
    });
}

#[test]
fn frames_of_another_run_are_foreign() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        // The relay sends what an earlier run left over.
        let mut old = None;
        let relay = Relay::of_short_frames(move |frame| {
            let mut other = old.get_or_insert_with(|| frame.clone()).clone();
            std::mem::swap(frame, &mut other);
            Fate::Pass
        });
        ethcraft(["check", "veth0", "veth3", "-c", "1", TAGGED]).run().expect(0);
        let told =
            ethcraft(["check", "veth0", "veth3", "--json", "--no-filter", "-c", "7", TAGGED]).run().expect(1).json();
        relay.finish();
        assert_eq!((&told["foreign"], &told["lost"]["frames"], &told["expected"]), (&7.into(), &7.into(), &0.into()));
    });
}

#[test]
fn frames_alike_are_counted_and_which_were_lost_is_called_a_guess() {
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        let relay = Relay::losing(|frame| frame == 4);
        let done = ethcraft(["check", "veth0", "veth3", "--no-tag", "-c", "10", TAGGED]).run().expect(1);
        relay.finish();
        says(&done, "1 of 10 frames lost");
        says(&done, "frames of this set are alike");
    });
}

#[test]
fn wrong_input_is_exit_2_with_the_place() {
    in_lab(&[], || {
        says(&check(["eth / zero*46 / nonsense"]).run().expect(2), "nonsense");
        says(&check(["--max-latency", "p99", "eth / zero*46"]).run().expect(2), "write p99=200us");
        says(&check(["--max-loss", "many", "eth / zero*46"]).run().expect(2), "write 5 or 0.1%");
        says(&check(["-c", "4294967297", TAGGED]).run().expect(2), "more than a check can number");
        says(&check(["--expect-change", "ipv4 ttl=1..9", TAGGED]).run().expect(2), "one value is expected");
        says(&check(["ipv4 / udp / zero*18"]).run().expect(2), "has no IPv4 address");
        says(&ethcraft(["check", "veth0", "veth7", TAGGED]).run().expect(2), "veth7");
        ethcraft(["check", "veth0"]).run().expect(2);
    });
}

#[test]
fn a_frame_too_long_or_a_missing_right_is_exit_3() {
    in_lab(&[], || {
        says(&check(["eth / zero*1501"]).run().expect(3), "does not fit veth0");
        let Some(powerless) = without("all", ["check", "veth0", "veth1", TAGGED]) else { return };
        says(&powerless.run().expect(3), "not permitted");
    });
}

#[test]
fn an_interface_that_fails_is_exit_4() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        says(&check([TAGGED]).run().expect(4), "veth0 is down");
        ip(["link", "set", "veth0", "up"]);
        let mut running = check(["--json", "-i", "1ms", "-c", "100k", TAGGED]).start();
        running.wait_for("checking");
        ip(["link", "delete", "veth0"]);
        let done = running.finish().expect(4);
        says(&done, "interface removed");
        // One object, which has the error in it.
        assert!(done.json()["error"].as_str().is_some_and(|error| error.contains("interface removed")));
    });
}

#[test]
fn an_interrupt_ends_the_sending_and_what_was_sent_is_accounted_for() {
    in_lab(&[], || {
        let mut running = check(["--json", "-i", "1ms", "-c", "100k", TAGGED]).start();
        running.wait_for("checking");
        running.signal(Signal::SIGINT);
        let done = running.finish();
        let told = done.json();
        let accepted = told["accepted"].as_u64().unwrap();
        assert_eq!(
            (done.status, &told["end"], told["expected"].as_u64()),
            (i32::from(accepted == 0), &"interrupted".into(), Some(accepted))
        );
    });
}

#[test]
fn a_capture_that_overruns_says_that_the_loss_may_be_its_own() {
    in_lab(&[], || {
        // As fast as it goes, into a ring for some three thousand frames.
        let running = check(["--json", "--buffer", "512k", "-c", "200k", TAGGED]);
        let mut running = running.patience(Duration::from_secs(60)).start();
        running.wait_for("checking");
        let done = running.finish();
        let told = done.json();
        let (lost, dropped) = (told["lost"]["frames"].as_u64().unwrap(), told["dropped"].as_u64().unwrap());
        assert_eq!(told["expected"].as_u64().unwrap() + lost, 200_000);
        // Whether it overruns is up to the machine; if it does, it is told.
        assert_eq!(lost > 0, dropped > 0, "{}", done.describe());
        assert_eq!(dropped > 0, told["notes"].to_string().contains("in this machine's receiver"));
    });
}
