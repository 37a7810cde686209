//! When frames leave: no frame early, none left out, whatever the pace and whatever the clock on the wall does.

mod common;

use common::sending::{Peer, build, says, send};
use common::{Directory, Program, in_lab, peer, python_with};
use nix::sys::signal::Signal;
use serde_json::Value;

const SET: &str = "eth src=02:00:00:00:00:01 type=0x0801 / u16=0..199 / zero*1400";

#[test]
fn every_pace_sends_the_exact_set_in_order_and_no_frame_early() {
    in_lab(&[], || {
        let expected = build(&[SET]);
        // The last of 200 frames, and no frame before its time: 199 gaps, or what stands for them.
        for (pace, shortest) in [
            (&["--rate", "2k"][..], 0.0995),
            (&["-i", "500us"], 0.0995),
            // A frame of 1416 bytes takes 1440 bytes of a link.
            (&["--rate", "20Mbit"], 0.1146),
            (&["--rate", "l2:20Mbit"], 0.1130),
            (&["--burst", "10", "--gap", "5ms"], 0.095),
            (&["--burst", "10", "--gap", "4ms", "--rate", "10k"], 0.094),
            (&["--ramp", "1k..3k"], 0.099),
            (&["--ramp", "3k..1k"], 0.099),
            (&["--rate", "2k", "--spin", "never"], 0.0995),
            (&["--rate", "2k", "--spin", "always"], 0.0995),
            (&["--rate", "max"], 0.0),
        ] {
            let mut peer = Peer::open("veth1");
            let done = send(["veth0", "--json", SET]).arguments(pace).run().expect(0);
            assert_eq!(peer.take(200), expected, "{pace:?}");
            assert!(peer.rest().is_empty());
            let summary = done.json();
            assert!(summary["seconds"].as_f64().unwrap() >= shortest, "{pace:?}: {summary}");
            assert_eq!(summary["late"].is_null(), pace.contains(&"max"), "{pace:?}: {summary}");
        }
    });
}

#[test]
fn the_summary_tells_what_was_asked_for_and_what_was_reached() {
    in_lab(&[], || {
        let asked = |pace: &[&str]| send(["veth0", "--json", SET]).arguments(pace).run().expect(0).json();
        let frames = asked(&["--rate", "2k"]);
        assert_eq!((&frames["rate_asked"], &frames["bit_rate_asked"]), (&2000.0.into(), &Value::Null));
        let bits = asked(&["--rate", "l2:20Mbit"]);
        assert_eq!(bits["bit_rate_asked"]["layer"], 2);
        assert_eq!(bits["bit_rate_asked"]["rate"], 20e6);
        // No faster than asked for, but for the rounding of times.
        assert!(bits["bit_rate"]["layer2"].as_f64().unwrap() <= 20.01e6, "{bits}");
        assert!(bits["bit_rate"]["layer1"].as_f64() > bits["bit_rate"]["layer2"].as_f64());
        // Ten at once every 5 ms.
        assert_eq!(asked(&["--burst", "10", "--gap", "5ms"])["rate_asked"], 2000.0);
        let late = &frames["late"];
        assert!(late["p50"].as_u64() <= late["p99"].as_u64() && late["p99"].as_u64() <= late["max"].as_u64());
    });
}

#[test]
fn a_rate_that_is_not_reached_is_told_with_what_to_try() {
    in_lab(&[], || {
        let arguments = ["veth0", "--rate", "1000Gbit", "--duration", "500ms", "-c", "100M", "eth / zero*46"];
        let done = send(arguments).run().expect(0);
        says(&done, "note: the rate was not reached: ");
        says(&done, "--engine xdp");
    });
}

#[test]
fn a_duration_ends_every_pace() {
    in_lab(&[], || {
        for pace in
            [&["--rate", "max"][..], &["--ramp", "100..1000"], &["--rate", "1Mbit"], &["--burst", "5", "--gap", "10ms"]]
        {
            let mut peer = Peer::open("veth1");
            let arguments = ["veth0", "--json", "--duration", "50ms", SET];
            let summary = send(arguments).arguments(pace).run().expect(0).json();
            assert_eq!((&summary["end"], &summary["asked"]), (&"time".into(), &Value::Null));
            let accepted = summary["accepted"].as_u64().unwrap();
            assert!(accepted > 0);
            // At full speed the ring of the test may be too small.
            if !pace.contains(&"max") {
                assert_eq!(peer.rest().len() as u64, accepted, "{pace:?}");
            }
            assert_eq!(summary["counted"]["tx_packets"].as_u64(), Some(accepted));
        }
    });
}

#[test]
fn the_delays_of_a_file_are_scaled_and_those_that_run_back_are_told() {
    in_lab(&[], || {
        let directory = Directory::new();
        let file = directory.file("frames.txt");
        std::fs::write(&file, "eth / u8=1\n+40ms eth / u8=2\n-30ms eth / u8=3\n+40ms eth / u8=4\n").unwrap();
        let mut peer = Peer::open("veth1");
        for (speed, shortest) in [("1", 0.080), ("2x", 0.040), ("0.5x", 0.160)] {
            let done = send(["veth0", "--json", "-f", &file, "--speed", speed]).run().expect(0);
            assert_eq!(peer.take(4).iter().map(|frame| frame[14]).collect::<Vec<_>>(), [1, 2, 3, 4]);
            let summary = done.json();
            assert!(summary["seconds"].as_f64().unwrap() >= shortest, "{speed}: {summary}");
            assert_eq!(summary["notes"][0], "the times run back before 1 frame; such a step counts as none");
        }
    });
}

#[test]
fn an_interrupt_ends_every_wait() {
    in_lab(&[], || {
        for spin in ["never", "auto", "always"] {
            let mut peer = Peer::open("veth1");
            let running = send(["veth0", "--json", "-i", "3600s", "--spin", spin, SET]).start();
            peer.take(1);
            running.signal(Signal::SIGTERM);
            let summary = running.finish().expect(0).json();
            assert_eq!((&summary["accepted"], &summary["unsent"]), (&1.into(), &199.into()));
        }
    });
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    in_lab(&[], || {
        for wrong in [
            &["--rate", "1k", "-i", "1ms"][..],
            &["--rate", "1k", "--ramp", "1k..2k"],
            &["--speed", "2x", "--rate", "1k"],
            &["--burst", "5"],
            &["--gap", "5ms"],
            &["--ramp", "1k..2kbit"],
            &["--ramp", "1kbit..2kbit"],
            &["--ramp", "1k..2k", "--loop"],
            &["--loop=3", "-c", "5"],
            &["--loop=0"],
            &["--rate", "100Mb"],
            &["--speed", "0x"],
            &["--threads", "0"],
            &["--threads", "65"],
            &["--spin", "maybe"],
            &["--dry-run", "--loop"],
            &["--loop", "3"],
        ] {
            send(["veth0"]).arguments(wrong).arguments([SET]).run().expect(2);
        }
    });
}

/// A clock on the wall that jumps an hour ahead and back at every look.
const SHIM: &str = r"
#define _GNU_SOURCE
#include <sys/time.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static long step(void) { static _Atomic int n; return (n++ & 1) ? 3600 : -3600; }
int clock_gettime(clockid_t id, struct timespec *t) {
    int result = syscall(SYS_clock_gettime, id, t);
    if (id == CLOCK_REALTIME) t->tv_sec += step();
    return result;
}
int gettimeofday(struct timeval *t, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec; t->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *t) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t) *t = now.tv_sec;
    return now.tv_sec;
}
";

#[test]
fn a_clock_on_the_wall_that_jumps_changes_no_pace() {
    in_lab(&[], || {
        let Some(cc) = peer("cc") else { return };
        let directory = Directory::new();
        let (source, shim) = (directory.file("shim.c"), directory.file("shim.so"));
        std::fs::write(&source, SHIM).unwrap();
        Program::new(cc).arguments(["-shared", "-fPIC", "-o", &shim, &source]).run().expect(0);
        // The shim is in force: `date` shows it.
        if let Some(date) = peer("date") {
            let date = Program::new(date).arguments(["+%s"]).environment("LD_PRELOAD", &shim).run().expect(0);
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            let told: u64 = date.stdout.trim().parse().unwrap();
            assert!(told.abs_diff(now) > 3000, "{told} {now}");
        }
        let mut peer = Peer::open("veth1");
        let done = send(["veth0", "--json", "--rate", "1k", "-c", "100", SET]).environment("LD_PRELOAD", &shim).run();
        let summary = done.expect(0).json();
        assert_eq!(peer.take(100).len() + peer.rest().len(), 100);
        let seconds = summary["seconds"].as_f64().unwrap();
        assert!((0.099..60.0).contains(&seconds), "{summary}");
        assert!(summary["late"]["max"].as_u64().unwrap() < 60_000_000_000, "{summary}");
    });
}

/// Runs ethcraft on a terminal of its own, and gives what was printed on it.
fn on_terminal(arguments: &[&str]) -> Option<String> {
    let python = python_with("pty")?;
    let script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let program = Program::new(python).arguments(["-c", script, env!("CARGO_BIN_EXE_ethcraft")]);
    Some(program.arguments(arguments).environment("TERM", "xterm").run().expect(0).stdout)
}

#[test]
fn a_run_over_a_second_shows_its_progress_on_a_terminal_and_nowhere_else() {
    in_lab(&[], || {
        let long = ["send", "veth0", "--rate", "100", "-c", "160", SET];
        let Some(seen) = on_terminal(&long) else { return };
        assert!(seen.contains("of 160 frames ("), "{seen:?}");
        assert!(seen.contains(" a second, ") && seen.contains("bit/s") && seen.contains(" s left"), "{seen:?}");
        // It is wiped away before the summary.
        assert!(seen.contains("\r\x1b[Kveth0: 160 frames asked for"), "{seen:?}");
        for quiet in [&["send", "veth0", "--rate", "100", "-c", "3", SET][..], &[&long[..], &["-q"]].concat()] {
            let seen = on_terminal(quiet).unwrap();
            assert!(!seen.contains('\x1b'), "{seen:?}");
        }
        let piped = send(["veth0", "--rate", "100", "-c", "160", SET]).run().expect(0);
        assert!(!piped.stderr.contains('\x1b') && !piped.stderr.contains("left"), "{}", piped.describe());
    });
}
