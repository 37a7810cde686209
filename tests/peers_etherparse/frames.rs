//! Expressions drawn at random, of every protocol that etherparse knows.

use crate::theirs::{ip4 as ip, mac};
use proptest::prelude::*;

fn a_mac() -> impl Strategy<Value = String> {
    any::<[u8; 6]>().prop_map(mac)
}

fn an_ip() -> impl Strategy<Value = String> {
    any::<[u8; 4]>().prop_map(ip)
}

fn bytes(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<u8>(), 0..most).prop_map(|bytes| match bytes.len() {
        0 => "\"\"".to_owned(),
        _ => format!("0x{}", hex::encode(bytes)),
    })
}

fn tags() -> impl Strategy<Value = String> {
    let tag = |name: &'static str| {
        (0..4096u16, 0..8u8, 0..2u8).prop_map(move |(id, pcp, dei)| format!("{name}={id} pcp={pcp} dei={dei} / "))
    };
    let inner = || proptest::collection::vec(tag("vlan"), 0..3).prop_map(|tags| tags.concat());
    prop_oneof![inner(), (tag("svlan"), inner()).prop_map(|(outer, inner)| outer + &inner)]
}

fn options() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        (1..40usize).prop_map(|count| format!(" {{{}}}", vec!["nop"; count].join(" / "))),
        any::<u16>().prop_map(|value| format!(" {{ra={value} / nop}}")),
        (2..30u8, 0..36usize).prop_map(|(kind, size)| format!(
            " {{opt={} {{0x07{}}}}}",
            // Not a source route: etherparse does not look for its end.
            kind | 0xa0,
            "ab".repeat(size)
        )),
    ]
}

/// Flags by number: all of them, in any combination.
fn tcp() -> impl Strategy<Value = String> {
    let option = prop_oneof![
        Just("nop".to_owned()),
        any::<u16>().prop_map(|size| format!("mss={size}")),
        (0..15u8).prop_map(|shift| format!("wscale={shift}")),
        Just("sackok".to_owned()),
        any::<(u32, u32)>().prop_map(|(begin, end)| format!("sack {{block={begin} end={end}}}")),
        any::<(u32, u32)>().prop_map(|(val, ecr)| format!("ts={val} ecr={ecr}")),
        // Neither of them knows it: for experiments (RFC 4727).
        Just("exp1".to_owned()),
    ];
    let options = proptest::collection::vec(option, 0..4).prop_map(|options| options.join(" / "));
    let numbers = (any::<u16>(), any::<u16>(), any::<u32>(), any::<u32>(), 0..512u16, any::<u16>(), any::<u16>());
    (numbers, options, data()).prop_map(|((sport, dport, seq, ack, flags, win, urgent), options, data)| {
        format!(
            "tcp sport={sport} dport={dport} seq={seq} ack-seq={ack} flags={flags} win={win} urgptr={urgent} \
             {{{options}}}{data}"
        )
    })
}

/// Bytes behind a layer, or nothing there.
fn data() -> impl Strategy<Value = String> {
    bytes(200).prop_map(|data| if data == "\"\"" { String::new() } else { format!(" / {data}") })
}

fn udp() -> impl Strategy<Value = String> {
    let checksum = prop_oneof![4 => Just("auto"), 1 => Just("0"), 1 => Just("bad")];
    (any::<u16>(), any::<u16>(), checksum, data())
        .prop_map(|(sport, dport, sum, data)| format!("udp sport={sport} dport={dport} checksum={sum}{data}"))
}

fn echo() -> impl Strategy<Value = String> {
    (prop_oneof![Just("echo"), Just("echo-reply")], any::<u16>(), any::<u16>(), data())
        .prop_map(|(name, id, seq, data)| format!("{name} id={id} seq={seq}{data}"))
}

fn icmp() -> impl Strategy<Value = String> {
    let quoted = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / \"what was asked\"";
    let message = prop_oneof![
        echo(),
        (0..16u8, any::<u16>()).prop_map(move |(code, mtu)| format!("code={code} / unreach={mtu} / {quoted}")),
        (0..4u8, an_ip()).prop_map(move |(code, to)| format!("code={code} / redirect={to} / {quoted}")),
        (0..2u8).prop_map(move |code| format!("code={code} / time-exceeded / {quoted}")),
        any::<u8>().prop_map(move |at| format!("/ param-problem={at} / {quoted}")),
        (prop_oneof![Just("timestamp"), Just("timestamp-reply")], any::<(u16, u16, u32, u32, u32)>()).prop_map(
            |(name, (id, seq, sent, came, back))| format!(
                "/ {name} id={id} seq={seq} originate={sent} receive={came} transmit={back}"
            )
        ),
    ];
    message.prop_map(|message| match message.split_once(' ') {
        Some((first, _)) if first.starts_with("code") || first == "/" => format!("icmp {message}"),
        _ => format!("icmp / {message}"),
    })
}

fn igmp() -> impl Strategy<Value = String> {
    let kind = prop_oneof![Just("query"), Just("report1"), Just("report"), Just("leave")];
    prop_oneof![
        (kind, any::<u8>(), an_ip()).prop_map(|(kind, delay, group)| format!("igmp={group} type={kind} delay={delay}")),
        (an_ip(), 0..2u8, 0..8u8, any::<u8>(), 0..4usize).prop_map(|(group, s, qrv, qqic, sources)| {
            let sources = vec!["src=192.0.2.7"; sources].join(" / ");
            format!("igmp3-query={group} s={s} qrv={qrv} qqic={qqic} {{{sources}}}")
        }),
        (an_ip(), 0..4usize).prop_map(|(group, records)| {
            let record = format!("rec={group} {{src=192.0.2.7}}");
            format!("igmp3 {{{}}}", vec![record; records].join(" / "))
        }),
    ]
}

fn icmpv6() -> impl Strategy<Value = String> {
    let quoted = "ipv6 src=2001:db8::1 dst=2001:db8::2 / udp / \"what was asked\"";
    let message = prop_oneof![
        echo(),
        Just(format!("unreach / {quoted}")),
        any::<u32>().prop_map(move |mtu| format!("too-big={mtu} / {quoted}")),
        Just(format!("time-exceeded / {quoted}")),
        any::<u32>().prop_map(move |at| format!("param-problem={at} / {quoted}")),
        Just("rs {slla=02:00:00:00:00:01}".to_owned()),
        (any::<u8>(), 0..2u8, 0..2u8, any::<u16>())
            .prop_map(|(hops, m, o, life)| format!("ra hlim={hops} m={m} o={o} life={life} {{mtu=1500}}")),
        an_ip6().prop_map(|target| format!("ns={target} {{slla=02:00:00:00:00:01}}")),
        (an_ip6(), 0..8u8).prop_map(|(target, flags)| format!("na={target} flags={flags} {{tlla=02:00:00:00:00:01}}")),
        an_ip6().prop_map(|target| format!("redirect={target} dest=2001:db8::9")),
        an_ip6().prop_map(|group| format!("mld-report={group}")),
    ];
    message.prop_map(|message| format!("icmpv6 / {message}"))
}

fn an_ip6() -> impl Strategy<Value = String> {
    any::<[u8; 16]>().prop_map(|bytes| std::net::Ipv6Addr::from(bytes).to_string())
}

fn auth() -> impl Strategy<Value = String> {
    (any::<u32>(), any::<u32>(), 0..5usize)
        .prop_map(|(spi, seq, words)| format!("ah spi={spi} seq={seq} {{0x{}}} / ", "a1b2c3d4".repeat(words + 1)))
}

/// Behind an offset other than 0 etherparse sees no transport, and neither do we; behind offset 0 with more to come it sees none, and
/// we show what there is of it.
fn extensions() -> impl Strategy<Value = String> {
    let first = prop_oneof![2 => Just(""), 1 => Just("hopopts {ra=0} / "), 1 => Just("hopopts {padn {zero*10}} / ")];
    let other = prop_oneof![
        Just("dstopts {opt=62 {0x010203}} / ".to_owned()),
        Just("dstopts / ".to_owned()),
        (an_ip6(), 0..3u8).prop_map(|(hop, left)| format!("routing left={left} {{addr=2001:db8::7 / addr={hop}}} / ")),
        (an_ip6(), 0..2u8).prop_map(|(hop, left)| format!("srh left={left} {{seg=2001:db8::7 / seg={hop}}} / ")),
        (any::<u32>(), 0..2u8, prop_oneof![3 => Just(0), 1 => 1..8192u16])
            .prop_map(|(id, more, off)| format!("fragment={id} more={more} off={off} / ")),
        auth(),
    ];
    (first, proptest::collection::vec(other, 0..4)).prop_map(|(first, others)| first.to_owned() + &others.concat())
}

/// Extension headers need to be named where a fragment's rest is bytes.
fn an_ipv6_packet() -> impl Strategy<Value = String> {
    let numbers = (0..64u8, 0..4u8, 0..1_048_576u32, any::<u8>());
    let transport = prop_oneof![udp(), tcp(), icmpv6(), Just("0x68656c6c6f".to_owned())];
    (numbers, an_ip6(), an_ip6(), extensions(), transport).prop_map(
        |((dscp, ecn, flow, hops), src, dst, extensions, transport)| {
            format!("ipv6 dscp={dscp} ecn={ecn} flow={flow} hlim={hops} src={src} dst={dst} / {extensions}{transport}")
        },
    )
}

fn an_ipv4_packet() -> impl Strategy<Value = String> {
    let numbers = (0..64u8, 0..4u8, any::<u16>(), prop_oneof![Just("0"), Just("df"), Just("mf")], any::<u8>());
    let between = prop_oneof![4 => Just(String::new()), 1 => auth()];
    let checksum = prop_oneof![4 => Just("auto"), 1 => Just("bad")];
    // 253 is for experiments: neither knows it (RFC 3692).
    let transport = prop_oneof![udp(), tcp(), icmp(), igmp(), Just("0x68656c6c6f".to_owned())];
    (numbers, checksum, an_ip(), an_ip(), options(), between, transport).prop_map(
        |((dscp, ecn, id, flags, ttl), sum, src, dst, options, between, transport)| {
            format!(
                "ipv4 dscp={dscp} ecn={ecn} id={id} flags={flags} ttl={ttl} checksum={sum} src={src} dst={dst}{options} / \
                 {between}{transport}"
            )
        },
    )
}

fn an_arp_packet() -> impl Strategy<Value = String> {
    (1..5u16, a_mac(), an_ip(), a_mac(), an_ip())
        .prop_map(|(op, sha, spa, tha, tpa)| format!("arp op={op} sha={sha} spa={spa} tha={tha} tpa={tpa}"))
}

/// A tag with and without its channel, before what can be read and before what cannot.
fn macsec() -> impl Strategy<Value = String> {
    let channel = prop_oneof![
        Just(String::new()),
        (a_mac(), any::<u16>()).prop_map(|(system, port)| format!(" system={system} port={port}"))
    ];
    (any::<u32>(), 0..2u8, 0..2u8, 0..4u8, channel)
        .prop_map(|(pn, es, scb, an, channel)| format!("macsec={pn} es={es} scb={scb} an={an} sl=0{channel}"))
}

/// Any frame that etherparse takes apart down to the transport.
pub fn any_frame() -> impl Strategy<Value = String> {
    let packet = || prop_oneof![3 => an_ipv4_packet(), 3 => an_ipv6_packet(), 1 => an_arp_packet()];
    let sealed = (macsec(), bytes(60)).prop_map(|(tag, data)| format!("{tag} ec=e+c / zero*8 {data}"));
    let open = (macsec(), packet()).prop_map(|(tag, packet)| format!("{tag} / {packet} / icv"));
    let inner = prop_oneof![6 => packet(), 1 => open, 1 => sealed];
    (a_mac(), a_mac(), tags(), inner, any::<bool>()).prop_map(|(dst, src, tags, inner, pad)| {
        format!("eth dst={dst} src={src} / {tags}{inner}{}", if pad { " / pad" } else { "" })
    })
}
