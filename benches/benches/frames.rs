//! Building, taking apart, printing and matching, in memory.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethcraft::frame::{
    Begin, Builder, Fcs, Frames, Matcher, Pattern, Surroundings, Template, View, dissect, expression,
};
use ethcraft::report::line::{Told, write_line};
use std::hint::black_box;

const UDP: &str = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp sport=1..60000 dport=1..1000 / zero*18";

fn frames(text: &str) -> Frames {
    Frames::parse(text, Surroundings::default(), &|path| std::fs::read(path)).expect("a good expression")
}

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

/// Frames of many kinds, as a capture has them.
fn mixed() -> Vec<Vec<u8>> {
    let tcp = "tcp sport=40000 dport=443 seq=1000 ack-seq=77 flags=ack";
    let texts = [
        "arp tpa=10.0.0.9 / pad".to_owned(),
        "ipv4 dst=10.0.1.1 / icmp / echo id=7 seq=1..2 / count*56".to_owned(),
        "ipv4 dst=10.0.1.1 / tcp dport=443 {mss=1460 / sackok / ts=1 ecr=0 / nop / wscale=7}".to_owned(),
        format!("ipv4 dst=10.0.1.1 flags=df id=1..4 / {tcp} {{nop / nop / ts=1 ecr=2}} / pad"),
        format!("ipv4 dst=10.0.1.1 flags=df id=1..2 / {tcp} {{nop / nop / ts=1 ecr=2}} / count*1200"),
        "ipv4 dst=10.0.1.1 / udp sport=40000 dport=53 / dns id=1 {q=www.example.com}".to_owned(),
        "ipv4 dst=10.0.1.1 / udp sport=40000 dport=5004..5006 / count*172".to_owned(),
        "vlan=7 / ipv4 dst=10.0.1.1 / udp sport=40000 dport=6667 / \"Hello you there!\"".to_owned(),
        format!("ipv6 dst=2001:db8::1:1 flow=1..2 / {tcp} {{nop / nop / ts=1 ecr=2}}"),
        "ipv6 dst=2001:db8::1:1 / udp sport=40000 dport=4433 / count*200".to_owned(),
        "ipv6 dst=2001:db8::1:1 / icmpv6 / echo id=7 seq=1 / count*56".to_owned(),
        "dot3 dst=01:80:c2:00:00:00 / llc / stp / pad".to_owned(),
    ];
    let mut builder = Builder::default();
    let mut all = Vec::new();
    for text in &texts {
        let set = frames(text);
        for number in 0..set.count() {
            builder.build(&set, number).expect("it builds");
            all.push(builder.view().bytes.to_vec());
        }
    }
    all
}

fn read(c: &mut Criterion) {
    let mut builder = Builder::default();
    builder.build(&frames(UDP), 7).expect("it builds");
    let udp = vec![builder.view().bytes.to_vec()];
    let mut nodes = Vec::new();
    let mut text = String::new();
    let mut group = c.benchmark_group("read");
    for (name, all) in [("udp", udp), ("mixed", mixed())] {
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
        for pattern in [
            "udp dport=53",
            "udp dport=53 or ipv4 ttl=..5",
            "ipv4 dst=10.0.0.0/8 / tcp dport=443",
            "tcp syn=1 ack=0 {mss}",
        ] {
            let parsed = Pattern::parse(pattern, Surroundings::default(), &|p| std::fs::read(p));
            let mut matcher = Matcher::new(parsed.expect("a good pattern"));
            group.bench_function(format!("match, {name}, {pattern}"), |b| {
                b.iter(|| {
                    let all = black_box(&all).iter();
                    all.filter(|bytes| matcher.matches(bytes, Begin::Ethernet, Fcs::IfRight, false)).count()
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = build, read
}
criterion_main!(benches);
