//! `check` against a relay that loses, duplicates, reorders, damages and delays frames on a schedule: it tells exactly what
//! the relay did, frame by frame, by flow tag and by content.
//!
//! `ETHCRAFT_CHECK_FRAMES` says how many frames; `scripts/prove-check` runs it with a million.

mod common;

use common::relay::{Fate, Record, Relay, second_pair};
use common::{ethcraft, in_lab};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

/// Where the counter of these frames stands: behind the headers of Ethernet, IPv4 and UDP.
const COUNTER: usize = 42;

fn count() -> u64 {
    std::env::var("ETHCRAFT_CHECK_FRAMES").map_or(100_000, |text| text.parse().expect("a number of frames"))
}

/// The counter of a frame of these tests.
fn number(frame: &[u8]) -> Option<u64> {
    let counter = frame.get(COUNTER..COUNTER + 4)?;
    (frame.get(12..14)? == [8, 0]).then(|| u64::from(u32::from_be_bytes(counter.try_into().unwrap())))
}

/// A number that looks drawn, the same for the same frame.
fn mixed(number: u64) -> u64 {
    let x = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 29)
}

/// What the relay does to a frame, and how it damages those that it damages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    Pass,
    Lose,
    Twice,
    Late(u64),
    Damage(u64),
}

fn plan(number: u64) -> Plan {
    let drawn = mixed(number);
    match drawn % 1000 {
        0..10 => Plan::Lose,
        10..15 => Plan::Twice,
        15..20 => Plan::Late(1 + drawn / 1000 % 40),
        20..30 => Plan::Damage(drawn / 1000),
        _ => Plan::Pass,
    }
}

/// Damage of every kind: in any byte, in several, in the flow tag, cut off. Without a tag the checksum and the counter are
/// all that tells frames apart: with those changed a frame can be as like its lost neighbour, and nobody can tell.
fn damage(how: u64, frame: &mut Vec<u8>, tagged: bool) {
    let length = frame.len();
    let at = |how: u64| {
        let at = how as usize % length;
        if tagged || !(COUNTER - 2..COUNTER + 4).contains(&at) { at } else { at + 6 }
    };
    match how % 6 {
        0 | 1 => frame[at(how / 6)] ^= 1 << (how / 6 % 8),
        2 => frame[at(how / 6)] ^= 0xff,
        3 => {
            for byte in &mut frame[length - 18..length - 10] {
                *byte ^= 0x5a;
            }
        }
        4 => (0..4).for_each(|n| frame[at(how / 6 + n * 13)] ^= 0x81),
        _ => frame.truncate(length - 1 - how as usize / 6 % 8),
    }
}

fn obey(number: u64, frame: &mut Vec<u8>, tagged: bool) -> Fate {
    match plan(number) {
        Plan::Pass => Fate::Pass,
        Plan::Lose => Fate::Lose,
        Plan::Twice => Fate::Twice,
        Plan::Late(others) => Fate::Behind(others),
        Plan::Damage(how) => {
            damage(how, frame, tagged);
            Fate::Pass
        }
    }
}

/// The frames of a list of runs.
fn listed(object: &Value) -> BTreeSet<u64> {
    let runs = object["runs"].as_array().unwrap().iter();
    assert_eq!(object["not_listed"], 0, "all are listed");
    runs.flat_map(|run| run[0].as_u64().unwrap()..=run[1].as_u64().unwrap()).collect()
}

/// The reordered frames among arrivals, and the greatest extent, by the definition of RFC 4737 itself.
fn reordered(arrivals: &[u64]) -> (BTreeSet<u64>, u64) {
    let (mut late, mut extent, mut highest) = (BTreeSet::new(), 0, None);
    for (i, number) in arrivals.iter().enumerate() {
        if highest.is_none_or(|highest| *number > highest) {
            highest = Some(*number);
            continue;
        }
        late.insert(*number);
        // No frame is later than by 41 others of higher number, and as many late ones among them.
        let from = i.saturating_sub(500);
        let first = (from..i).find(|j| arrivals[*j] > *number).expect("it is late");
        extent = extent.max((i - first) as u64);
    }
    (late, extent)
}

fn compare(record: &Record, result: &Value, sent: u64) {
    let mut once = BTreeSet::new();
    let mut twice = BTreeSet::new();
    let mut first = Vec::new();
    for number in &record.out {
        if once.insert(*number) {
            first.push(*number);
        } else {
            twice.insert(*number);
        }
    }
    let lost: BTreeSet<u64> = (0..sent).filter(|number| !once.contains(number)).collect();
    let damaged: BTreeSet<u64> = once.iter().copied().filter(|n| matches!(plan(*n), Plan::Damage(_))).collect();
    first.retain(|number| !damaged.contains(number));
    let (late, extent) = reordered(&first);

    assert_eq!(result["accepted"], sent);
    let difference = |name: &str, expected: &BTreeSet<u64>| {
        let found = listed(&result[name]);
        let (more, less) =
            (found.difference(expected).collect::<Vec<_>>(), expected.difference(&found).collect::<Vec<_>>());
        assert!(more.is_empty() && less.is_empty(), "{name}: told wrongly {more:?}, not told {less:?}");
        assert_eq!(result[name]["frames"], expected.len(), "{name}");
    };
    difference("lost", &lost);
    difference("duplicated", &twice);
    difference("corrupted", &damaged);
    difference("reordered", &late);
    assert_eq!(result["reordered"]["extent"], extent);
    // Every frame received is one of these.
    let number = |name: &str| result[name].as_u64().unwrap();
    let frames = |name: &str| result[name]["frames"].as_u64().unwrap();
    assert_eq!(result["foreign"], 0);
    assert_eq!(number("received"), number("expected") + frames("corrupted") + frames("duplicated"));
    assert_eq!(number("accepted"), number("expected") + frames("corrupted") + frames("lost"));
    // Each frame that arrived as expected has a latency.
    let latency = &result["latency"];
    let told = latency["histogram"].as_array().unwrap().iter().map(|bucket| bucket[2].as_u64().unwrap()).sum::<u64>();
    assert_eq!(told, number("expected"));
    assert_eq!(latency["frames"], told);
    let steps = result["timeline"]["steps"].as_array().unwrap();
    let sum = |at: usize| steps.iter().map(|step| step[at].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum(0), sum(4)), (told, frames("lost")));
}

/// One at a time: two runs at full speed leave neither enough of a small machine.
static ALONE: Mutex<()> = Mutex::new(());

/// What a machine with other work loses itself, behind the relay, it cannot name. Then nothing is proved: once more, slower.
fn told_exactly(extra: &[&str]) {
    let Some(()) = second_pair() else { return };
    let sent = count();
    let tagged = extra.is_empty();
    // Enough for all of them, whatever else this machine does meanwhile.
    let buffer = sent as usize * 256;
    let frame = format!("ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9 / u32=0..{} / zero*32", sent - 1);
    for rate in ["max", "100kpps", "50kpps", "20kpps", "20kpps"] {
        let relay = Relay::start(buffer, number, move |number, frame| obey(number, frame, tagged));
        let done = ethcraft(["check", "veth0", "veth3", "--json", "--grace", "2s", "--buffer", &buffer.to_string()])
            .arguments(["--rate", rate])
            .arguments(extra)
            .arguments([&frame])
            .patience(Duration::from_secs(300))
            .run();
        let record = relay.finish();
        let result = done.expect(1).json();
        let lost_here = record.dropped + result["dropped"].as_u64().unwrap();
        if lost_here == 0 {
            return compare(&record, &result, sent);
        }
        eprintln!("{lost_here} frames lost by this machine at --rate {rate}");
    }
    panic!("this machine loses frames at every rate");
}

#[test]
fn what_a_relay_does_is_told_frame_by_frame_by_flow_tag() {
    let _alone = ALONE.lock();
    in_lab(&[], || told_exactly(&[]));
}

#[test]
fn what_a_relay_does_is_told_frame_by_frame_by_content() {
    let _alone = ALONE.lock();
    in_lab(&[], || told_exactly(&["--no-tag"]));
}

/// The median of what the relay itself measured, and what check found: its way is longer by two cables and a system call.
fn delayed(time: Duration) -> (u64, Value) {
    let relay = Relay::start(64 << 20, number, move |_, _| Fate::After(time));
    let done = ethcraft(["check", "veth0", "veth3", "--json", "--rate", "1k", "-c", "500"])
        .arguments(["ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=9 / u32=0..499 / zero*18"])
        .run();
    let mut delays = relay.finish().delays;
    delays.sort_unstable();
    (delays[delays.len() / 2], done.expect(0).json())
}

#[test]
fn the_median_latency_is_that_of_a_relay_of_known_delay() {
    let _alone = ALONE.lock();
    in_lab(&[], || {
        let Some(()) = second_pair() else { return };
        for time in [Duration::from_millis(1), Duration::from_millis(10)] {
            // The machine may be busy with other things at any time; it is not at ten.
            let near = (0..10).any(|_| {
                let (relay, result) = delayed(time);
                let latency = &result["latency"];
                let median = latency["p50"].as_u64().unwrap();
                assert!(median >= relay * 511 / 512 && u128::from(relay) >= time.as_nanos(), "{median} {relay}");
                let buckets = latency["histogram"].as_array().unwrap();
                assert_eq!(buckets.iter().map(|bucket| bucket[2].as_u64().unwrap()).sum::<u64>(), 500);
                assert_eq!(result["expected"], 500);
                median - relay.min(median) <= 100_000
            });
            assert!(near, "the median is off by more than 100 us, ten times");
        }
    });
}
