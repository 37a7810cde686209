//! The result of a check for machines: `docs/json.md` documents it.

use super::{About, text};
use crate::link::counters::Counters;
use crate::proof::{Figure, Found, Report, share};
use crate::report::diff::{Pair, object as pair_object};
use serde_json::{Map, Value, json};

/// So many runs of frames are listed of each kind.
const LISTED: usize = 100_000;

/// The whole of it.
pub fn object(about: &About, report: &Report) -> Value {
    let (found, traffic) = (&report.found, &report.traffic);
    let counts = &traffic.counts;
    let error = traffic.end.fault().map(ToString::to_string);
    let notes: Vec<_> = traffic.notes.iter().chain(&report.notes).map(|note| &note.text).collect();
    let sent = report.sent();
    let mut duplicated = kind(found.duplicated, sent, &mut found.twice.runs());
    duplicated["damaged"] = found.damaged_duplicates.into();
    let order = &found.order;
    let mut reordered = kind(order.reordered, sent, &mut found.late.runs());
    reordered["extent"] = order.extent.into();
    reordered["mean_extent"] = share(order.extents, order.reordered).into();
    reordered["extent_is_least"] = order.beyond.into();
    let mut corrupted = kind(found.corrupted, sent, &mut found.damaged.runs());
    corrupted["samples"] = samples(found);
    json!({
        "tx": about.args.tx,
        "rx": about.args.rx,
        "matched_by": if about.stream.is_some() { "tag" } else { "content" },
        "stream": about.stream,
        "untagged": about.untagged,
        "asked": counts.asked,
        "accepted": counts.accepted,
        "accepted_bytes": counts.accepted_bytes,
        "refused": counts.refused,
        "unsent": counts.unsent(),
        "counted": { "tx": counts.interface.as_ref().map(counters), "rx": report.counted.as_ref().map(counters) },
        "received": found.received,
        "expected": found.good,
        "padded": found.padded,
        "foreign": found.foreign,
        "filtered": report.filtered,
        "dropped": report.capture.dropped,
        "lost": kind(report.lost, sent, &mut report.missing.iter().copied()),
        "duplicated": duplicated,
        "reordered": reordered,
        "corrupted": corrupted,
        "latency": latency(report),
        "timeline": timeline(found),
        "seconds": traffic.elapsed.as_secs_f64(),
        "rate": traffic.rate(),
        "end": traffic.end.word(),
        "ok": about.broken.is_empty() && error.is_none() && counts.refused == 0,
        "broken": about.broken,
        "notes": notes,
        "error": error,
    })
}

fn counters(counted: &Counters) -> Value {
    json!({
        "tx_packets": counted.tx_packets, "tx_bytes": counted.tx_bytes,
        "tx_dropped": counted.tx_dropped, "tx_errors": counted.tx_errors,
        "rx_packets": counted.rx_packets, "rx_bytes": counted.rx_bytes,
        "rx_dropped": counted.rx_dropped, "rx_errors": counted.rx_errors,
    })
}

fn kind(frames: u64, sent: u64, mut runs: &mut dyn Iterator<Item = (u64, u64)>) -> Value {
    let listed: Vec<_> = (&mut runs).take(LISTED).map(|(first, last)| json!([first, last])).collect();
    let more: u64 = runs.map(|(first, last)| last - first + 1).sum();
    json!({ "frames": frames, "ratio": share(frames, sent), "runs": listed, "not_listed": more })
}

fn samples(found: &Found) -> Value {
    let sample = |sample: &crate::proof::Damaged| {
        let differences = text::differences(sample);
        let lengths = (sample.expected.len(), sample.received.len());
        pair_object(&Pair { numbers: (sample.number, sample.number), lengths, differences: &differences })
    };
    found.samples.iter().map(sample).collect()
}

fn latency(report: &Report) -> Value {
    let latency = &report.found.latency;
    let mut object = Map::new();
    object.insert("frames".into(), latency.count().into());
    for (name, figure) in Figure::ALL {
        object.insert(name.into(), figure.of(report).into());
    }
    object.insert("unknown".into(), report.found.unknown.into());
    object.insert("backwards".into(), report.found.backwards.into());
    let buckets = latency.buckets().map(|(from, to, count)| json!([from, to, count]));
    object.insert("histogram".into(), buckets.collect());
    Value::Object(object)
}

fn timeline(found: &Found) -> Value {
    let steps = found.timeline.steps().iter().map(|step| {
        let known = |value: u64| (step.measured > 0).then_some(value);
        json!([step.measured, known(step.min), step.mean(), known(step.max), step.lost])
    });
    json!({ "step": found.timeline.width(), "steps": steps.collect::<Vec<_>>() })
}
