//! Building, taking apart, printing and matching, in memory.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethcraft::frame::{Begin, Builder, Fcs, Matcher, Pattern, Surroundings, Template, View, dissect, expression};
use ethcraft::report::line::{Told, write_line};
use ethcraft_benches::{frames, mixed};
use std::hint::black_box;

const UDP: &str = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp sport=1..60000 dport=1..1000 / zero*18";

fn build(c: &mut Criterion) {
    let mut group = c.benchmark_group("build");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [
        ("the same 60 bytes", "eth / zero*46"),
        ("udp, two fields vary", UDP),
        ("udp, two fields drawn", "ipv4 src=10.0.0.1 dst=rand:10.0.0.0/8 / udp sport=rand / zero*18"),
        ("a counter and the FCS", "eth type=0x0801 / u32=0..99999 / zero*42 / fcs"),
    ] {
        let set = frames(text);
        let mut template = Template::new(&set).expect("fields alone vary");
        let mut out = [0; 64];
        let mut number = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                template.write(number, &mut out);
                number += 1;
                black_box(&out);
            });
        });
    }
    let set = frames(UDP);
    let mut builder = Builder::default();
    let mut number = 0;
    group.bench_function("udp, two fields vary, one by one", |b| {
        b.iter(|| {
            builder.build(&set, number).expect("it builds");
            number += 1;
            black_box(builder.view().bytes);
        });
    });
    group.bench_function("text to frame", |b| {
        b.iter(|| {
            builder.build(&frames(black_box(UDP)), 0).expect("it builds");
            black_box(builder.view().bytes);
        });
    });
}

fn read(c: &mut Criterion) {
    let mut builder = Builder::default();
    builder.build(&frames(UDP), 7).expect("it builds");
    let udp = vec![builder.view().bytes.to_vec()];
    let mut nodes = Vec::new();
    let mut text = String::new();
    let mut group = c.benchmark_group("read");
    for (name, all) in [("udp", udp), ("mixed", mixed(1000))] {
        group.throughput(Throughput::Elements(all.len() as u64));
        for (fcs, told) in [(Fcs::Never, "no FCS"), (Fcs::IfRight, "perhaps an FCS")] {
            group.bench_function(format!("dissect, {name}, {told}"), |b| {
                b.iter(|| {
                    for bytes in &all {
                        dissect(black_box(bytes), Begin::Ethernet, fcs, &mut nodes);
                    }
                });
            });
        }
        let taken_apart: Vec<_> = all
            .iter()
            .map(|bytes| {
                dissect(bytes, Begin::Ethernet, Fcs::Never, &mut nodes);
                (bytes, nodes.clone())
            })
            .collect();
        group.bench_function(format!("one line, {name}"), |b| {
            b.iter(|| {
                for (bytes, nodes) in black_box(&taken_apart) {
                    text.clear();
                    write_line(View { bytes, nodes }, Told::default(), &mut text);
                }
            });
        });
        group.bench_function(format!("expression, {name}"), |b| {
            b.iter(|| {
                for (bytes, nodes) in black_box(&taken_apart) {
                    text.clear();
                    expression(View { bytes, nodes }, &mut text);
                }
            });
        });
    }
}

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text, Surroundings::default(), &|path| std::fs::read(path)).expect("a good pattern")
}

fn matching(c: &mut Criterion) {
    c.bench_function("pattern to matcher", |b| b.iter(|| Matcher::new(pattern(black_box("udp dport=53")))));
    let all = mixed(1000);
    let mut group = c.benchmark_group("match");
    group.throughput(Throughput::Elements(all.len() as u64));
    for text in [
        "udp dport=53",
        "ipv4 / tcp dport=443",
        "tcp syn=1 {mss}",
        "ipv4 src=10.0.0.0/8",
        "vlan id=5",
        "udp dport=53 or ipv4 ttl=..5",
        "ipv6 / tcp dport=443",
        "not arp",
        "\"example\"",
    ] {
        let mut matcher = Matcher::new(pattern(text));
        group.bench_function(text, |b| {
            b.iter(|| {
                let all = black_box(&all).iter();
                all.filter(|bytes| matcher.matches(bytes, Begin::Ethernet, Fcs::IfRight, false)).count()
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = build, read, matching
}
criterion_main!(benches);
