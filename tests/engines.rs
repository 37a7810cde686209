//! What each engine puts on the wire, and its account of it: counted at the peer, frame by frame.

mod common;

use common::sending::{Peer, build, ip, says, send};
use common::{Program, in_lab, peer};
use ethcraft::link::counters::Meter;
use ethcraft::link::stop::Stop;
use ethcraft::link::tx::{self, Choice, Options, Refusal, Sender};
use ethcraft::link::{Interface, lookup};
use nix::sys::signal::Signal;

/// Every engine as it is asked for on the command line.
const ENGINES: [&[&str]; 5] = [
    &["--engine", "send"],
    &["--engine", "mmsg"],
    &["--engine", "mmsg", "--bypass"],
    &["--engine", "send", "--bypass"],
    &["--engine", "xdp"],
];

/// A frame that says its number.
const NUMBERED: &str = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / u32=0..4294967295 / zero*42";

/// Runs `tc`; nothing where it is missing, which ends the test.
fn tc<const N: usize>(arguments: [&str; N]) -> Option<()> {
    Program::new(peer("tc")?).arguments(arguments).run().expect(0);
    Some(())
}

fn veth0() -> Interface {
    lookup("veth0").unwrap()
}

/// Frames of this length, the first 14 bytes of which are a header with a type for experiments.
fn frame(length: usize, number: u8) -> Vec<u8> {
    let mut frame = vec![number; length];
    frame[..14].copy_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x01]);
    frame
}

#[test]
fn every_frame_arrives_once_in_order_byte_for_byte() {
    in_lab(&[], || {
        // More than any engine holds at a time, of lengths that fill chunks of memory unevenly.
        let set = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / u32=0..99 / zero*0..1400..70";
        let frames = build(&[set]);
        for engine in ENGINES {
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "--json", set]).arguments(engine).run().expect(0);
            let (summary, count) = (done.json(), frames.len());
            assert_eq!(summary["engine"], engine[1], "{summary}");
            assert_eq!((&summary["accepted"], &summary["counted"]["tx_packets"]), (&count.into(), &count.into()));
            assert!(peer.take(count) == frames, "{engine:?}");
            assert!(peer.rest().is_empty(), "{engine:?}");
        }
    });
}

#[test]
fn interrupted_in_mid_run_accepted_is_what_arrived() {
    in_lab(&[], || {
        for engine in ENGINES {
            let mut peer = Peer::open("veth1");
            let running = send(["veth0", "--json", "--forever", "--rate", "20k", NUMBERED]).arguments(engine).start();
            let mut seen = peer.take(2000);
            running.signal(Signal::SIGINT);
            let summary = running.finish().expect(0).json();
            seen.extend(peer.rest());
            let numbers: Vec<u32> =
                seen.iter().map(|frame| u32::from_be_bytes(frame[14..18].try_into().unwrap())).collect();
            assert!(numbers.iter().copied().eq(0..numbers.len() as u32), "{engine:?}");
            assert_eq!(summary["accepted"], numbers.len(), "{engine:?}");
            assert_eq!(summary["end"], "interrupted");
        }
    });
}

#[test]
fn interrupted_at_full_speed_accepted_is_what_the_peer_counted() {
    in_lab(&[], || {
        for engine in ENGINES {
            let meter = Meter::open(&lookup("veth1").unwrap()).unwrap();
            let before = meter.read().unwrap().rx_packets;
            let running = send(["veth0", "--json", "--forever", NUMBERED]).arguments(engine).start();
            while meter.read().unwrap().rx_packets < before + 3000 {
                std::thread::yield_now();
            }
            running.signal(Signal::SIGINT);
            let summary = running.finish().expect(0).json();
            let received = meter.read().unwrap().rx_packets - before;
            assert_eq!(summary["accepted"], received, "{engine:?}");
        }
    });
}

#[test]
fn a_renamed_interface_is_sent_on_and_one_that_is_gone_ends_the_run() {
    in_lab(&[], || {
        for (engine, deleted) in
            [("send", true), ("mmsg", true), ("xdp", true), ("send", false), ("mmsg", false), ("xdp", false)]
        {
            let mut peer = Peer::open("veth1");
            let running = send(["veth0", "--json", "--forever", "-i", "1ms", "--engine", engine, NUMBERED]).start();
            peer.take(3);
            let Some(()) = ip(["link", "set", "veth0", "name", "renamed"]) else { return };
            peer.take(10);
            let mut other = None;
            if deleted {
                ip(["link", "delete", "renamed"]);
            } else {
                let Some(unshare) = common::peer("unshare") else { return };
                let mut away =
                    Program::new(unshare).arguments(["--net", "sh", "-c", "echo here; exec sleep 600"]).start();
                away.wait_for_output("here");
                ip(["link", "set", "renamed", "netns", &away.pid().to_string()]);
                other = Some(away);
            }
            let done = running.finish().expect(4);
            says(&done, "interface removed");
            assert!(done.json()["accepted"].as_u64() >= Some(13), "{}", done.stdout);
            if other.is_some() {
                ip(["link", "delete", "veth1"]);
            }
            ip(["link", "add", "veth0", "type", "veth", "peer", "name", "veth1"]);
            ip(["link", "set", "veth1", "up"]);
            ip(["link", "set", "veth0", "up"]);
        }
    });
}

#[test]
fn an_interface_made_anew_under_its_name_is_not_sent_on() {
    in_lab(&[], || {
        for engine in ["send", "mmsg", "xdp"] {
            let mut peer = Peer::open("veth1");
            let running = send(["veth0", "--json", "--forever", "-i", "1ms", "--engine", engine, NUMBERED]).start();
            peer.take(3);
            running.signal(Signal::SIGSTOP);
            let Some(()) = ip(["link", "delete", "veth0"]) else { return };
            ip(["link", "add", "veth0", "type", "veth", "peer", "name", "veth1"]);
            ip(["link", "set", "veth1", "up"]);
            ip(["link", "set", "veth0", "up"]);
            running.signal(Signal::SIGCONT);
            says(&running.finish().expect(4), "interface removed: veth0 was made anew as number");
        }
    });
}

#[test]
fn without_a_carrier_only_what_passes_the_queue_is_taken_and_a_signal_ends_the_tries() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        for engine in ENGINES {
            let past_the_queue = engine.contains(&"--bypass") || engine.contains(&"xdp");
            let done = send(["veth0", "--json", "-c", "3", NUMBERED]).arguments(engine).run();
            let done = done.expect(if past_the_queue { 4 } else { 0 });
            let (accepted, refused) = if past_the_queue { (0, 3) } else { (3, 0) };
            assert_eq!((&done.json()["accepted"], &done.json()["refused"]), (&accepted.into(), &refused.into()));
            let meter = Meter::open(&veth0()).unwrap();
            let before = meter.read().unwrap().tx_dropped;
            let running = send(["veth0", "--json", "--forever", NUMBERED]).arguments(engine).start();
            while meter.read().unwrap().tx_dropped < before + 5 {
                std::thread::yield_now();
            }
            running.signal(Signal::SIGINT);
            let summary = running.finish().expect(0).json();
            assert_eq!(summary["end"], "interrupted", "{engine:?}");
            assert_eq!((summary["accepted"] == 0, summary["refused"] == 0), (past_the_queue, true), "{summary}");
        }
    });
}

#[test]
fn a_peer_with_a_smaller_mtu_refuses_what_is_too_long_for_it_and_no_other_frame() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "mtu", "500"]) else { return };
        for engine in ENGINES {
            let mut peer = Peer::open("veth1");
            let set = "eth type=0x0801 / zero*100,900,200,800";
            let done = send(["veth0", "--json", set]).arguments(engine).run().expect(4);
            let summary = done.json();
            assert_eq!((&summary["accepted"], &summary["refused"]), (&2.into(), &2.into()), "{engine:?}");
            assert_eq!(peer.take(2).iter().map(Vec::len).collect::<Vec<_>>(), [114, 214]);
            assert!(peer.rest().is_empty());
        }
    });
}

#[test]
fn a_full_queue_is_given_time_and_what_was_accepted_arrives() {
    in_lab(&[], || {
        // Three frames fit; they leave at 1 Mbit/s.
        let Some(()) =
            tc(["qdisc", "add", "dev", "veth0", "root", "tbf", "rate", "1mbit", "burst", "1600", "limit", "3100"])
        else {
            return;
        };
        for engine in ["send", "mmsg"] {
            let mut peer = Peer::open("veth1");
            let frames: Vec<_> = (0..20).map(|number| frame(1000, number)).collect();
            let sender = sent(engine, &frames);
            let outcome = sender.outcome();
            assert!(outcome.backoffs > 0 && outcome.accepted == 20, "{outcome:?}");
            assert!(peer.take(20) == frames);
            assert!(peer.rest().is_empty());
        }
    });
}

/// A sender that has sent these frames.
fn sent(engine: &str, frames: &[Vec<u8>]) -> Sender {
    let options = Options { engine: choice(engine), ..Options::default() };
    let mut sender = Sender::open(&veth0(), &options).unwrap();
    for frame in frames {
        sender.push(frame, &Stop::new()).unwrap();
    }
    sender.flush(&Stop::new()).unwrap();
    sender
}

fn choice(name: &str) -> Choice {
    match name {
        "send" => Choice::Send,
        "mmsg" => Choice::Mmsg,
        "xdp" => Choice::Xdp,
        _ => Choice::Auto,
    }
}

#[test]
fn a_full_send_buffer_is_waited_for() {
    in_lab(&[], || {
        // The queue holds more than a socket's buffer of 208 KiB.
        let Some(()) =
            tc(["qdisc", "add", "dev", "veth0", "root", "tbf", "rate", "20mbit", "burst", "3200", "limit", "4000000"])
        else {
            return;
        };
        for engine in ["send", "mmsg"] {
            let mut peer = Peer::open("veth1");
            let frames: Vec<_> = (0..250).map(|number| frame(1500, number)).collect();
            let sender = sent(engine, &frames);
            let outcome = sender.outcome();
            assert!(outcome.waits > 0 && outcome.accepted == 250, "{outcome:?}");
            assert!(peer.take(250) == frames);
        }
    });
}

#[test]
fn what_a_queue_drops_was_accepted_and_what_passes_it_by_arrives() {
    in_lab(&[], || {
        let Some(()) = tc(["qdisc", "add", "dev", "veth0", "root", "blackhole"]) else { return };
        for engine in ENGINES {
            let past_the_queue = engine.contains(&"--bypass") || engine.contains(&"xdp");
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "-c", "5", NUMBERED]).arguments(engine).run().expect(0);
            let arrived = if past_the_queue { 5 } else { 0 };
            says(&done, &format!("5 accepted by the kernel, {arrived} counted by the interface"));
            assert_eq!(peer.take(arrived).len() + peer.rest().len(), arrived);
            if !past_the_queue {
                says(&done, "veth0 has not counted 5 frames of those accepted: the queue in front of it dropped them");
            }
        }
    });
}

#[test]
fn frames_too_long_for_an_mtu_lowered_meanwhile_are_refused_one_by_one() {
    in_lab(&[], || {
        let interface = veth0();
        let Some(()) = ip(["link", "set", "veth0", "mtu", "500"]) else { return };
        let frames: Vec<_> = [100, 900, 101, 900, 900, 102].iter().map(|length| frame(*length, 7)).collect();
        for engine in ["send", "mmsg"] {
            let mut peer = Peer::open("veth1");
            let mut sender =
                Sender::open(&interface, &Options { engine: choice(engine), ..Options::default() }).unwrap();
            for frame in &frames {
                sender.push(frame, &Stop::new()).unwrap();
            }
            sender.flush(&Stop::new()).unwrap();
            let outcome = sender.outcome();
            assert_eq!((outcome.accepted, outcome.refused, outcome.accepted_bytes), (3, 3, 303));
            let numbers: Vec<u64> = outcome.failures.iter().map(|failure| failure.frame).collect();
            assert_eq!(numbers, [1, 3, 4]);
            assert!(outcome.failures.iter().all(|failure| matches!(failure.cause, Refusal::TooLong)));
            assert_eq!(peer.take(3).iter().map(Vec::len).collect::<Vec<_>>(), [100, 101, 102]);
            assert!(peer.rest().is_empty());
        }
        // AF_XDP does not ask for the sender's MTU, and the peer's has not changed.
        let mut peer = Peer::open("veth1");
        let mut sender = Sender::open(&interface, &Options { engine: Choice::Xdp, ..Options::default() }).unwrap();
        for frame in &frames {
            sender.push(frame, &Stop::new()).unwrap();
        }
        sender.flush(&Stop::new()).unwrap();
        assert_eq!(sender.outcome().accepted, 6);
        assert!(peer.take(6) == frames);
    });
}

#[test]
fn an_engine_that_stops_under_way_says_what_was_not_sent() {
    in_lab(&[], || {
        let Some(()) = ip(["link", "set", "veth1", "down"]) else { return };
        for options in [
            Options { engine: Choice::Xdp, ..Options::default() },
            Options { bypass_queue: true, ..Options::default() },
        ] {
            let stop = Stop::new();
            let mut sender = Sender::open(&veth0(), &options).unwrap();
            for number in 0..5 {
                sender.push(&frame(60, number), &stop).unwrap();
            }
            stop.request();
            assert_eq!(sender.flush(&stop).unwrap(), tx::Progress::Stopped);
            let outcome = sender.outcome();
            assert_eq!((outcome.accepted, outcome.refused, outcome.unsent), (0, 0, 5));
        }
    });
}

#[test]
fn auto_takes_the_fastest_for_speed_alone_and_says_why_where_it_cannot() {
    in_lab(&[], || {
        let fast = Options { engine: Choice::Auto, top_speed: true, ..Options::default() };
        let first = Sender::open(&veth0(), &fast).unwrap();
        assert_eq!(first.engine(), "xdp");
        assert!(first.notes().iter().any(|note| note.starts_with("engine xdp, the fastest")), "{:?}", first.notes());
        assert!(first.notes().iter().any(|note| note.contains("in copy mode")), "{:?}", first.notes());
        let second = Sender::open(&veth0(), &fast).unwrap();
        assert_eq!(second.engine(), "mmsg");
        let why = "engine mmsg, because xdp cannot be had: queue 0 of veth0 is in use by another AF_XDP socket";
        assert_eq!(second.notes(), [why]);
        drop(first);
        assert_eq!(Sender::open(&veth0(), &fast).unwrap().engine(), "xdp", "the queue is free again");
        drop(second);
        let auto =
            |more: &[&str]| send(["veth0", "--json", "--engine", "auto", "-c", "9", NUMBERED]).arguments(more).run();
        assert_eq!(auto(&[]).expect(0).json()["engine"], "mmsg");
        assert_eq!(auto(&["--rate", "max"]).expect(0).json()["engine"], "xdp");
        says(&send(["veth0", "--engine", "auto", NUMBERED, "-c", "1"]).run().expect(0), "note: engine mmsg: ");
    });
}

#[test]
fn each_queue_serves_one_socket() {
    in_lab(&[], || {
        assert_eq!(tx::queues(&veth0()).unwrap(), 1);
        let on = |queue| Options { engine: Choice::Xdp, queue, ..Options::default() };
        let error = Sender::open(&veth0(), &on(1)).err().expect("there is no queue 1").to_string();
        assert_eq!(error, "veth0 has no queue 1 for AF_XDP: it has 1 transmit queue, counted from 0");
        let threads = ["--engine", "xdp", "--threads", "2", "-c", "1000"];
        says(&send(["veth0", NUMBERED]).arguments(threads).run().expect(3), "veth0 has no queue 1 for AF_XDP");
        let Some(ethtool) = peer("ethtool") else { return };
        let more = Program::new(ethtool).arguments(["-L", "veth0", "tx", "2", "rx", "2"]).run();
        if more.status != 0 {
            common::skipped("veth0 takes no second queue here");
            return;
        }
        assert_eq!(tx::queues(&veth0()).unwrap(), 2);
        let mut peer = Peer::open("veth1");
        let mut senders = [0, 1].map(|queue| Sender::open(&veth0(), &on(queue)).unwrap());
        for (number, sender) in senders.iter_mut().enumerate() {
            sender.push(&frame(60, number as u8), &Stop::new()).unwrap();
            sender.flush(&Stop::new()).unwrap();
        }
        assert!(peer.take(2) == [frame(60, 0), frame(60, 1)]);
        drop(senders);
        send(["veth0", "-q", NUMBERED]).arguments(threads).run().expect(0);
        let numbers = peer.take(1000).into_iter().map(|frame| u32::from_be_bytes(frame[14..18].try_into().unwrap()));
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(0..1000));
    });
}

#[test]
fn what_an_engine_cannot_do_is_refused_before_anything_is_sent() {
    in_lab(&[], || {
        let xdp = |arguments: &[&str]| send(["veth0", "--engine", "xdp"]).arguments(arguments).run();
        says(&xdp(&["--fcs", "wire", NUMBERED]).expect(2), "engine xdp cannot send a frame with its own FCS");
        let Some(()) = ip(["link", "set", "veth0", "mtu", "9000"]) else { return };
        says(&xdp(&["eth / zero*5000"]).expect(3), "too long for engine xdp, which takes 4096 bytes");
        ip(["link", "set", "veth0", "down"]);
        says(&xdp(&["-c", "1", NUMBERED]).expect(4), "veth0 is down");
    });
}
