//! What the benchmarks of ethcraft have in common: `cargo bench --manifest-path benches/Cargo.toml`.

use ethcraft::frame::{Builder, Frames, Surroundings};

/// The set of an expression.
///
/// # Panics
///
/// Where it has a mistake.
pub fn frames(text: &str) -> Frames {
    Frames::parse(text, Surroundings::default(), &|path| std::fs::read(path)).expect("a good expression")
}

/// The frames that `scripts/bench-read` makes a capture of, in an order that nothing can foresee.
pub fn mixed(count: usize) -> Vec<Vec<u8>> {
    let mut builder = Builder::default();
    let mut build = |number| {
        builder.build(&frames(&expression(number)), 0).expect("it builds");
        builder.view().bytes.to_vec()
    };
    let mut all: Vec<_> = (0..count).map(&mut build).collect();
    let mut state = 1u64;
    for last in (1..count).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        all.swap(last, (state >> 33) as usize % (last + 1));
    }
    all
}

fn expression(number: usize) -> String {
    let (host, port, id, seq) = (1 + number % 8, 40000 + number % 16, number % 65536, number * 1448);
    let ts = format!("ts={number} ecr={}", number + 7);
    let v4 = format!("ipv4 src=10.0.0.{host} dst=10.0.1.1 id={id}");
    let v6 = format!("ipv6 src=2001:db8::{host} dst=2001:db8::1:1");
    match number % 20 {
        0 => format!("arp spa=10.0.1.1 tpa=10.0.0.{host} / pad"),
        1 => format!("{v4} / icmp / echo id=7 seq={id} / count*56"),
        2 => format!("{v4} / tcp sport={port} dport=443 seq={seq} {{mss=1460 / sackok / {ts} / nop / wscale=7}}"),
        3..7 => {
            format!(
                "{v4} flags=df / tcp sport={port} dport=443 seq={seq} ack-seq=77 flags=ack {{nop / nop / {ts}}} / pad"
            )
        }
        7 | 8 => format!(
            "{v4} flags=df / tcp sport=443 dport={port} seq={seq} ack-seq=77 flags=ack+psh {{nop / nop / {ts}}} / count*1200"
        ),
        9 => format!("{v4} / udp sport={port} dport=53 / dns id={id} {{q=www.example.com}}"),
        10..13 => format!("{v4} / udp sport={port} dport=5004 / count*172"),
        13 => format!("vlan=7 / {v4} / udp sport={port} dport=6667 / \"Hello you there!\""),
        14 | 15 => {
            format!("{v6} / tcp sport={port} dport=443 seq={seq} ack-seq=77 flags=ack {{nop / nop / {ts}}}")
        }
        16 => format!("{v6} / udp sport={port} dport=4433 / count*200"),
        17 => format!("{v6} / icmpv6 / echo id=7 seq={id} / count*56"),
        18 => "dot3 dst=01:80:c2:00:00:00 / llc / stp / pad".to_owned(),
        _ => format!("{v4} / igmp / pad"),
    }
}
