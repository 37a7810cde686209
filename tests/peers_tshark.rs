//! What `decode --json` says of frames, field by field beside what tshark says.

mod common;

use common::tshark::plain;
use common::{Directory, Program, ethcraft, peer, python_with};
use serde_json::Value;

/// tshark's field, and our layers and field that it is.
const FIELDS: &[(&str, &[&str], &str)] = &[
    ("eth.dst", &["eth", "dot3"], "dst"),
    ("eth.src", &["eth", "dot3"], "src"),
    ("eth.type", &["eth"], "type"),
    ("eth.len", &["dot3"], "length"),
    ("llc.dsap", &["llc"], "dsap"),
    ("vlan.priority", &["vlan"], "pcp"),
    ("vlan.dei", &["vlan"], "dei"),
    ("vlan.id", &["vlan"], "id"),
    ("ieee8021ad.priority", &["svlan"], "pcp"),
    ("ieee8021ad.dei", &["svlan"], "dei"),
    ("ieee8021ad.id", &["svlan"], "id"),
    ("arp.hw.type", &["arp"], "htype"),
    ("arp.proto.type", &["arp"], "ptype"),
    ("arp.opcode", &["arp"], "op"),
    ("arp.src.hw_mac", &["arp"], "sha"),
    ("arp.src.proto_ipv4", &["arp"], "spa"),
    ("arp.dst.hw_mac", &["arp"], "tha"),
    ("arp.dst.proto_ipv4", &["arp"], "tpa"),
    ("ip.version", &["ipv4", "ipv6"], "version"),
    ("ip.dsfield.dscp", &["ipv4"], "dscp"),
    ("ip.dsfield.ecn", &["ipv4"], "ecn"),
    ("ip.len", &["ipv4"], "len"),
    ("ip.id", &["ipv4"], "id"),
    ("ip.frag_offset", &["ipv4"], "off"),
    ("ip.ttl", &["ipv4"], "ttl"),
    ("ip.proto", &["ipv4"], "proto"),
    ("ip.checksum", &["ipv4"], "checksum"),
    ("ip.src", &["ipv4"], "src"),
    ("ip.dst", &["ipv4"], "dst"),
    ("icmp.type", &["icmp"], "type"),
    ("icmp.code", &["icmp"], "code"),
    ("icmp.checksum", &["icmp"], "checksum"),
    ("icmp.ident", &["echo", "echo-reply", "timestamp", "timestamp-reply"], "id"),
    ("icmp.seq", &["echo", "echo-reply", "timestamp", "timestamp-reply"], "seq"),
    ("icmp.mtu", &["unreach"], "mtu"),
    ("icmp.redir_gw", &["redirect"], "gateway"),
    ("udp.srcport", &["udp"], "sport"),
    ("udp.dstport", &["udp"], "dport"),
    ("udp.length", &["udp"], "length"),
    ("udp.checksum", &["udp"], "checksum"),
];

/// Frames of which one of the two reads more fields than the other, by a piece of their text, and why.
const UNEQUAL: &[(&str, &str)] = &[
    ("type=0x05dd", "1501 to 1535 is no type and no length (IEEE 802.3-2022 3.2.6); tshark shows it as a length"),
    ("src=02:00:00:00:00:01\n", "a length of 0 is shown as a type by tshark"),
    ("svlan=1 / svlan=2", "a service tag in a service tag is none to tshark"),
    ("0x00060800110400", "addresses that the lengths promise are not there; tshark shows the fields before them"),
    ("arp hlen=8", "an address of 8 bytes is no MAC address; tshark shows none"),
    ("arp plen=255", "an address of 255 bytes is no IPv4 address; tshark shows none"),
    ("ipv4 ihl=4", "tshark stops at an impossible header length; the fixed part is there"),
    ("ipv4 ihl=15", "tshark stops at a header longer than the packet; the fixed part is there"),
    ("ipv4 version=5", "tshark stops at another version; the type says IPv4"),
    ("ipv4 len=10 ", "tshark stops at a length below the header; the header is there"),
    (
        "lsrr",
        "tshark gives the end of a source route as the destination (RFC 791 3.1); the header's field is the next hop",
    ),
    ("length=4", "tshark stops at a length below the header"),
    ("icmp code=1 / unreach", "the two bytes are an MTU for code 4 only (RFC 1191 4); ours is one layer for all codes"),
    ("icmp code=3 / unreach", "the same"),
    ("icmp type=17", "an address mask request is no layer of ours"),
    ("icmp type=42", "an extended echo request is no layer of ours (RFC 8335)"),
    ("type=vlan / 0x000708", "a tag that is cut is bytes to us"),
    ("vlan=7 type=ipv4 / 0x4500001f", "a header that is cut is bytes to us"),
    ("proto=udp src=10.0.0.1 dst=10.0.0.2 / 0x03e807d0000b08", "a header that is cut is bytes to us"),
];

/// The one value that the two read differently: see [`UNEQUAL`].
const SOURCE_ROUTE: (&str, &str) = ("ip.dst", "lsrr");

#[test]
fn every_field_is_what_tshark_reads() {
    let (Some(tshark), Some(python)) = (peer("tshark"), python_with("scapy.all")) else { return };
    let frames = Program::new(python).arguments(["-"]).input(include_str!("peers/frames.py")).run().expect(0).stdout;
    let directory = Directory::new();
    let path = directory.file("frames.pcap");
    let text = ethcraft(["decode", "--from", "hex", "-"]).input(frames).run().expect(0).stdout;
    ethcraft(["build", "-f", "-", "-w", &path]).input(text.clone()).run().expect(0);
    let names = FIELDS.iter().flat_map(|(name, ..)| ["-e", name]);
    let form = ["-T", "fields", "-E", "occurrence=a", "-E", "separator=;", "-o", "ip.defragment:FALSE"];
    let theirs = Program::new(tshark).arguments(["-n", "-r", &path]).arguments(form).arguments(names).run().expect(0);
    let ours = ethcraft(["decode", "--json", &path]).run().expect(0).objects();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for ((theirs, ours), text) in theirs.stdout.lines().zip(&ours).zip(text.split_inclusive('\n')) {
        for (values, &(name, layers, field)) in theirs.split(';').zip(FIELDS) {
            let theirs: Vec<String> = values.split(',').filter(|value| !value.is_empty()).map(plain).collect();
            let ours: Vec<String> = values_of(ours, layers, field);
            let both = theirs.iter().zip(&ours);
            compared += both.len();
            let differ = both.clone().any(|(theirs, ours)| theirs != ours);
            let reason = UNEQUAL.iter().position(|(piece, _)| text.contains(piece));
            let known = (name, reason.map_or("", |reason| UNEQUAL[reason].0)) == SOURCE_ROUTE;
            if differ && !known || theirs.len() != ours.len() && reason.is_none() {
                wrong.push(format!("{name}: tshark {theirs:?}, ethcraft {ours:?}\n    {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 1000, "only {compared} values");
}

/// A field of each layer with one of these names, in the frame's order.
fn values_of(frame: &Value, layers: &[&str], field: &str) -> Vec<String> {
    let all = frame["layers"].as_array().expect("a list").iter();
    let wanted = all.filter(|layer| layers.contains(&layer["layer"].as_str().expect("a name")));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    wanted.filter_map(|layer| layer["fields"].get(field)).map(|value| plain(&text(value))).collect()
}
