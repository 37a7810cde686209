//! Building, taking apart, printing and matching, in memory.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethcraft::frame::{
    Begin, Builder, Fcs, Frames, Pattern, Surroundings, Template, View, dissect, expression,
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

fn read(c: &mut Criterion) {
    let mut builder = Builder::default();
    builder.build(&frames(UDP), 7).expect("it builds");
    let bytes = builder.view().bytes.to_vec();
    let mut nodes = Vec::new();
    let mut text = String::new();
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(1));
    group.bench_function("dissect", |b| b.iter(|| dissect(black_box(&bytes), Begin::Ethernet, Fcs::Never, &mut nodes)));
    let taken_apart = nodes.clone();
    let view = View { bytes: &bytes, nodes: &taken_apart };
    group.bench_function("one line", |b| {
        b.iter(|| {
            text.clear();
            write_line(black_box(view), Told::default(), &mut text);
        });
    });
    group.bench_function("expression", |b| {
        b.iter(|| {
            text.clear();
            expression(black_box(view), &mut text);
        });
    });
    let pattern = Pattern::parse("udp dport=53 or ipv4 ttl=..5", Surroundings::default(), &|p| std::fs::read(p));
    let pattern = pattern.expect("a good pattern");
    group.bench_function("dissect and match", |b| {
        b.iter(|| {
            dissect(black_box(&bytes), Begin::Ethernet, Fcs::Never, &mut nodes);
            pattern.matches(View { bytes: &bytes, nodes: &nodes })
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = build, read
}
criterion_main!(benches);
