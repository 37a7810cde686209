//! What `send` puts on the wire, and what it says of it.

mod common;

use common::{Directory, Done, Program, Running, ethcraft, in_lab, peer};
use ethcraft::frame::fcs;
use ethcraft::link::netns::Target;
use ethcraft::link::offload::Offload;
use ethcraft::link::rx::{Capture, Event, Options};
use ethcraft::link::{lookup, stop::Stop};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::time::Duration;

/// Longer than a frame takes to the other end, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// After this time of silence nothing more is on its way.
const SILENCE: Duration = Duration::from_millis(300);

/// What arrives at the other end.
struct Peer(Capture);

impl Peer {
    fn open(name: &str) -> Self {
        let target: Target = name.parse().unwrap();
        let options = Options { direction: ethcraft::link::rx::Direction::In, ..Options::default() };
        Self(target.within(|| Capture::open(&lookup(&target.interface).unwrap(), &options).unwrap()).unwrap())
    }

    fn next(&mut self, patience: Duration) -> Option<Vec<u8>> {
        loop {
            match self.0.next(Some(patience), &Stop::new()).unwrap() {
                Event::Frame(frame) => return Some(frame.data.to_vec()),
                Event::Down { .. } => {}
                _ => return None,
            }
        }
    }

    /// That many frames.
    fn take(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|at| self.next(PATIENCE).unwrap_or_else(|| panic!("only {at} of {count} frames came"))).collect()
    }

    /// All until nothing comes any more.
    fn rest(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.next(SILENCE)).collect()
    }
}

fn send<const N: usize>(arguments: [&str; N]) -> Program {
    ethcraft(["send"]).arguments(arguments)
}

/// The bytes that `build` makes of the same expression.
fn build(arguments: &[&str]) -> Vec<Vec<u8>> {
    let done = ethcraft(["build"]).arguments(arguments).run().expect(0);
    done.stdout.lines().map(|line| hex::decode(line).unwrap()).collect()
}

fn ip<const N: usize>(arguments: [&str; N]) -> Option<()> {
    Program::new(peer("ip")?).arguments(arguments).run().expect(0);
    Some(())
}

fn summary(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}\n{}", done.describe()))
}

#[track_caller]
fn says(done: &Done, text: &str) {
    assert!(done.stderr.contains(text), "no {text:?}\n{}", done.describe());
}

/// `send --json` under way on veth0: a frame every millisecond, the first three of which have arrived.
fn under_way(extra: &[&str], peer: &mut Peer) -> Running {
    let running =
        send(["veth0", "--json", "--forever", "-i", "1ms", "eth type=0x0801 / zero*986"]).arguments(extra).start();
    peer.take(3);
    running
}

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
            let summary = summary(&done);
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
        let summary = summary(&done);
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
        assert!(summary(&done)["seconds"].as_f64().unwrap() >= 0.040, "{}", done.stdout);

        std::fs::write(&file, "eth / u8=1\n+3600s eth / u8=2\n").unwrap();
        let done = send(["veth0", "--json", "--rate", "1k", "-f", &file]).run().expect(0);
        assert_eq!(summary(&done)["accepted"], 2);
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
fn an_interface_that_goes_down_ends_the_run_with_the_exact_count() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let running = under_way(&[], &mut peer);
        let Some(()) = ip(["link", "set", "veth0", "down"]) else { return };
        let done = running.finish().expect(4);
        says(&done, "veth0 is down");
        assert_eq!(summary(&done)["accepted"].as_u64(), Some(3 + peer.rest().len() as u64));
        assert_eq!(summary(&done)["end"], "failed");

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
        assert!(summary(&done)["accepted"].as_u64() >= Some(3) && summary(&done)["counted"].is_null());
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
        assert_eq!(summary(&done)["counted"], Value::Null);
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
        assert_eq!(summary(&done)["counted"]["tx_dropped"], 10);
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
        let accepted = summary(&done)["accepted"].as_u64().unwrap();
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
        assert_eq!(summary(&done)["end"], "interrupted");
        assert_eq!(summary(&done)["accepted"].as_u64(), Some(3 + peer.rest().len() as u64));

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
            let off = &summary(&done)["offload_off"];
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

#[test]
fn an_appended_fcs_is_the_last_four_bytes_at_the_peer() {
    in_lab(&[], || {
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "--fcs", "append", "eth / \"hello\""]).run().expect(0);
        let frame = peer.take(1).remove(0);
        assert_eq!(frame.len(), 14 + 5 + 4);
        assert!(fcs::intact(&frame));
        assert_eq!(summary(&done)["fcs"], "append");
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
        let Some(setpriv) = peer("setpriv") else { return };
        let ethcraft = env!("CARGO_BIN_EXE_ethcraft");
        let arguments = ["--bounding-set", "-net_raw", ethcraft, "send", "veth0", "eth / \"x\""];
        let done = Program::new(&setpriv).arguments(arguments).run().expect(3);
        says(&done, "not permitted");
        says(&done, "setcap");
        Program::new(&setpriv).arguments(arguments).arguments(["--dry-run"]).run().expect(0);
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
