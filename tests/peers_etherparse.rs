//! The same layers, fields, payloads and checksums as etherparse finds, on frames generated at random.

mod common;

use common::frame;
use ethcraft::frame::{Begin, Fcs, Node, View, dissect};
use ethcraft::proto::udp::UDP;
use ethcraft::report::json;
use etherparse::{IcmpEchoHeader, Icmpv4Type, LinkExtSlice, LinkSlice, NetSlice, SlicedPacket, TransportSlice};
use proptest::prelude::*;
use serde_json::{Value, json};

fn mac(bytes: [u8; 6]) -> String {
    bytes.map(|byte| format!("{byte:02x}")).join(":")
}

fn ip(bytes: [u8; 4]) -> String {
    std::net::Ipv4Addr::from(bytes).to_string()
}

/// A frame as etherparse takes it apart, in the form of our JSON. It refuses what is not whole and right.
fn theirs(bytes: &[u8]) -> Vec<Value> {
    let packet = SlicedPacket::from_ethernet(bytes).expect("a whole frame");
    let mut layers = Vec::new();
    let mut layer = |name: &str, fields: Value| layers.push(json!({ "layer": name, "fields": fields }));
    let Some(LinkSlice::Ethernet2(eth)) = &packet.link else { panic!("no Ethernet") };
    layer("eth", json!({"dst": mac(eth.destination()), "src": mac(eth.source()), "type": eth.ether_type().0}));
    let mut kind = eth.ether_type().0;
    for tag in &packet.link_exts {
        let LinkExtSlice::Vlan(tag) = tag else { panic!("no VLAN tag") };
        let fields = json!({
            "pcp": tag.priority_code_point().value(), "dei": u8::from(tag.drop_eligible_indicator()),
            "id": tag.vlan_identifier().value(), "type": tag.ether_type().0,
        });
        layer(if kind == 0x88a8 { "svlan" } else { "vlan" }, fields);
        kind = tag.ether_type().0;
    }
    let mut addresses = ([0; 4], [0; 4]);
    match &packet.net {
        Some(NetSlice::Arp(arp)) => {
            let arp = arp.to_packet().try_eth_ipv4().expect("of Ethernet and IPv4");
            let fields = json!({
                "op": arp.operation.0, "sha": mac(arp.sender_mac), "spa": ip(arp.sender_ipv4),
                "tha": mac(arp.target_mac), "tpa": ip(arp.target_ipv4),
            });
            layer("arp", fields);
        }
        Some(NetSlice::Ipv4(net)) => {
            let header = net.header();
            let flags = u8::from(header.dont_fragment()) * 2 + u8::from(header.more_fragments());
            addresses = (header.source(), header.destination());
            let fields = json!({
                "version": header.version(), "ihl": header.ihl(), "dscp": header.dcp().value(), "ecn": header.ecn().value(),
                "len": header.total_len(), "id": header.identification(), "off": header.fragments_offset().value(),
                "ttl": header.ttl(), "proto": header.protocol().0, "checksum": header.header_checksum(),
                "src": ip(header.source()), "dst": ip(header.destination()),
            });
            assert_eq!(header.header_checksum(), header.to_header().calc_header_checksum(), "{}", hex::encode(bytes));
            layer("ipv4", fields);
            assert_eq!(flags, bytes[14 + 4 * packet.link_exts.len() + 6] >> 5);
        }
        other => assert!(other.is_none(), "{other:?}"),
    }
    let payload = match &packet.transport {
        Some(TransportSlice::Udp(udp)) => {
            let fields = json!({
                "sport": udp.source_port(), "dport": udp.destination_port(), "length": udp.length(),
                "checksum": udp.checksum(),
            });
            layer("udp", fields);
            let right = udp.to_header().calc_checksum_ipv4_raw(addresses.0, addresses.1, udp.payload());
            // A sum of 0 goes out as 0xffff (RFC 768); etherparse says so too.
            assert_eq!(udp.checksum(), right.expect("it is not too long"), "{}", hex::encode(bytes));
            udp.payload()
        }
        Some(TransportSlice::Icmpv4(icmp)) => {
            layer("icmp", json!({"type": icmp.type_u8(), "code": icmp.code_u8(), "checksum": icmp.checksum()}));
            let header = icmp.header();
            let right = etherparse::checksum::u32_16bit_word::ones_complement(
                etherparse::checksum::u32_16bit_word::add_slice(0, icmp.slice()),
            );
            assert_eq!(right, 0, "the sum of a right message is 0: {}", hex::encode(bytes));
            match header.icmp_type {
                Icmpv4Type::EchoRequest(IcmpEchoHeader { id, seq }) => layer("echo", json!({"id": id, "seq": seq})),
                Icmpv4Type::EchoReply(IcmpEchoHeader { id, seq }) => layer("echo-reply", json!({"id": id, "seq": seq})),
                other => panic!("{other:?}"),
            }
            icmp.payload()
        }
        None => match &packet.net {
            Some(NetSlice::Ipv4(net)) => net.payload().payload,
            Some(_) => &[],
            None => packet.ether_payload().expect("something").payload,
        },
        other => panic!("{other:?}"),
    };
    if !payload.is_empty() {
        layers.push(json!({"layer": "bytes", "hex": hex::encode(payload)}));
    }
    layers
}

/// Ours, with everything left out that etherparse does not tell.
fn ours(bytes: &[u8], theirs: &[Value]) -> Vec<Value> {
    let mut nodes = Vec::new();
    dissect(bytes, Begin::Ethernet, Fcs::Never, &mut nodes);
    // What UDP carries has no layers at etherparse.
    if let Some(udp) = nodes.iter().position(|n| n.proto == Some(&UDP)) {
        let Node { header_end: start, end, .. } = nodes[udp];
        nodes.truncate(udp + 1);
        nodes.extend((start < end).then_some(Node { proto: None, start, header_end: end, end, depth: 0 }));
    }
    let Value::Array(layers) = json::layers(View { bytes, nodes: &nodes }) else { panic!("no list") };
    // Padding has no layer at etherparse.
    let layers = layers.into_iter().filter(|layer| layer["layer"] != "pad").enumerate();
    let trimmed = layers.map(|(at, layer)| {
        let mut kept = json!({ "layer": layer["layer"] });
        if let Some(told) = theirs.get(at).and_then(|layer| layer["fields"].as_object()) {
            let fields = told.keys().map(|name| (name.clone(), layer["fields"][name].clone())).collect();
            kept["fields"] = Value::Object(fields);
        }
        if let Some(text) = layer.get("hex") {
            kept["hex"] = text.clone();
        }
        for (name, check) in layer["checks"].as_object().into_iter().flatten() {
            assert_eq!(check["good"], true, "{name} of {layer}");
        }
        kept
    });
    trimmed.collect()
}

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

fn transport() -> impl Strategy<Value = String> {
    prop_oneof![
        (any::<u16>(), any::<u16>(), bytes(200))
            .prop_map(|(sport, dport, data)| format!(" / udp sport={sport} dport={dport} / {data}")),
        (prop_oneof![Just("echo"), Just("echo-reply")], any::<u16>(), any::<u16>(), bytes(200))
            .prop_map(|(name, id, seq, data)| format!(" / icmp / {name} id={id} seq={seq} / {data}")),
        // 253 is for experiments: neither knows it (RFC 3692).
        bytes(200).prop_map(|data| format!(" proto=253 / {data}")),
    ]
}

fn an_ipv4_packet() -> impl Strategy<Value = String> {
    let numbers = (0..64u8, 0..4u8, any::<u16>(), prop_oneof![Just("0"), Just("df")], any::<u8>());
    (numbers, an_ip(), an_ip(), options(), transport()).prop_map(
        |((dscp, ecn, id, flags, ttl), src, dst, options, transport)| {
            let (proto, rest) = match transport.strip_prefix(" proto=253") {
                Some(rest) => (" proto=253", rest),
                None => ("", transport.as_str()),
            };
            format!(
                "ipv4 dscp={dscp} ecn={ecn} id={id} flags={flags} ttl={ttl}{proto} src={src} dst={dst}{options}{rest}"
            )
        },
    )
}

fn an_arp_packet() -> impl Strategy<Value = String> {
    (1..5u16, a_mac(), an_ip(), a_mac(), an_ip())
        .prop_map(|(op, sha, spa, tha, tpa)| format!("arp op={op} sha={sha} spa={spa} tha={tha} tpa={tpa}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_layer_field_payload_and_checksum_is_the_same(
        dst in a_mac(),
        src in a_mac(),
        tags in tags(),
        packet in prop_oneof![3 => an_ipv4_packet(), 1 => an_arp_packet()],
        pad: bool,
    ) {
        let expression = format!("eth dst={dst} src={src} / {tags}{packet}{}", if pad { " / pad" } else { "" });
        let bytes = frame(&expression);
        let theirs = theirs(&bytes);
        prop_assert_eq!(&ours(&bytes, &theirs), &theirs, "{}", expression);
    }
}
