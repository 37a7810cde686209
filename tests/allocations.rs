//! Reading and writing frames allocates nothing a frame, once the first ones have been through. This binary counts.

mod common;

use common::expressions::{frames, pattern};
use common::memory::{Counting, calls};
use ethcraft::frame::{Begin, Builder, Fcs, Matcher, Node, Template, View, dissect};
use ethcraft::report::line::{Told, write_line};

#[global_allocator]
static MEMORY: Counting = Counting;

/// How often memory is asked for in the second of two equal rounds.
fn asked(mut round: impl FnMut()) -> u64 {
    round();
    let before = calls();
    round();
    calls() - before
}

/// Frames with options, records, names, tunnels, padding and an FCS, and some that are cut.
fn mixed() -> Vec<Vec<u8>> {
    let texts = [
        "arp tpa=10.0.0.1 / pad / fcs",
        "ipv4 / icmp / echo id=1 seq=2 / count*56",
        "ipv4 dst=10.0.1.1 / tcp dport=443 {mss=1460 / sackok / ts=1 ecr=0 / nop / wscale=7} / \"GET / HTTP/1.1\"",
        "ipv4 dst=10.0.0.2 {rr {addr=10.0.0.1 / addr=10.0.0.3} / opt=99 {0x0102}} / udp / \"x\"",
        "ipv4 / udp dport=53 / dns id=7 {q=www.example.com / q=example.com type=aaaa}",
        "svlan=100 / vlan=7 pcp=5 / ipv4 / udp dport=6667 checksum=bad / \"Hello you there!\"",
        "ipv6 dst=2001:db8::2 / srh {seg=2001:db8::9 / seg=2001:db8::2} / ipv6 / udp dport=53",
        "ra life=1800 {mtu=1500 / prefix=2001:db8:: plen=64 flags=l+a}",
        "ipv4 dst=224.0.0.22 ttl=1 {ra=0} / igmp3 {rec=239.1.1.1 type=allow {src=10.0.0.1 / src=10.0.0.2}}",
        "ipv4 / udp dport=4789 / vxlan / eth / ipv4 / tcp",
        "ipv4 dst=10.0.0.2 id=9 off=2 proto=udp / \"X\"*24",
        "dot3 / llc / stp / pad",
        "eth type=0x0801 / \"hello\"",
        "ipv4 / tcp dport=80 / cut=14..53",
    ];
    let mut builder = Builder::default();
    let mut all = Vec::new();
    for text in texts {
        let set = frames(text);
        for number in 0..set.count() {
            builder.build(&set, number).unwrap_or_else(|e| panic!("{text}\n{e}"));
            all.push(builder.view().bytes.to_vec());
        }
    }
    all
}

#[test]
fn taking_apart_and_showing_in_a_line_allocates_nothing() {
    let (all, mut nodes, mut line) = (mixed(), Vec::<Node>::new(), String::new());
    let taken_apart = asked(|| {
        for bytes in &all {
            dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        }
    });
    assert_eq!(taken_apart, 0, "dissect");
    for bytes in &all {
        let shown = asked(|| {
            dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
            line.clear();
            write_line(View { bytes, nodes: &nodes }, Told::default(), &mut line);
        });
        assert_eq!(shown, 0, "{line}");
    }
}

#[test]
fn matching_allocates_nothing() {
    let all = mixed();
    for text in [
        "udp dport=53 or ipv4 ttl=..5",
        "tcp syn=1 {mss=..1500}",
        "tcp {mss / .. / wscale}",
        "ipv4 {opt=7}",
        "ipv4 {rr {addr=10.0.0.3}}",
        "vlan=7 / .. / udp checksum=bad",
        "tcp / .. / \"HTTP\"",
        "frame / rand*12 0x0800",
        "udp / \"Hel\" rand*1..9 \"there!\"",
        "udp dport=6667 / vxlan or udp dport=4789 / vxlan / eth",
        "dns {q=www.example.com}",
        "igmp3 {rec {src=10.0.0.2}}",
        "not arp and frame len=60..",
        "ipv4 checksum=bad or udp length!=auto",
        "ipv6 dst=2001:db8::/32 / .. / udp",
    ] {
        let (mut matcher, mut matched) = (Matcher::new(pattern(text)), 0);
        let tried = asked(|| {
            let all = all.iter();
            matched = all.filter(|bytes| matcher.matches(bytes, Begin::Ethernet, Fcs::IfRight, false)).count();
        });
        assert_eq!(tried, 0, "{text}");
        assert!(matched < all.len(), "{text}: every frame matches");
    }
}

#[test]
fn writing_from_a_template_allocates_nothing() {
    let set = frames("vlan=1..100 / ipv4 dst=rand:10.0.0.0/8 id=0..9 / udp sport=1..60000 / zero*20 / fcs");
    let mut template = Template::new(&set).expect("only fields vary");
    let mut out = [0; 128];
    let written = asked(|| {
        for number in 0..1000 {
            template.write(number * 977, &mut out);
        }
    });
    assert_eq!(written, 0);
}

#[test]
fn the_count_counts() {
    assert_ne!(asked(|| drop(std::hint::black_box(vec![0u8; 100]))), 0);
}
