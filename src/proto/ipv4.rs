//! IPv4 and its options.

use super::eth::ETH;
use super::table::*;

/// `ipv4`
pub static IPV4: Protocol = protocol(
    "ipv4",
    "Internet Protocol version 4",
    "RFC 791",
    &layout([
        num("version", 4).or(4).doc("4"),
        num("ihl", 4).header_len(4).doc("header, 32-bit words"),
        num("dscp", 6).brief_if_unusual().named(super::DSCP).doc("differentiated services (RFC 2474)"),
        num("ecn", 2).named(super::ECN).doc("congestion notification (RFC 3168)"),
        num("len", 16).layer_len().doc("header and payload, bytes"),
        num("id", 16).marks().doc("identification of a fragmented datagram"),
        flags("flags", 3, &[("df", 2), ("mf", 1), ("evil", 4)])
            .brief_if_unusual()
            .doc("do not fragment, more fragments, reserved"),
        num("off", 13).brief_if_unusual().doc("fragment offset, 8 bytes"),
        num("ttl", 8).or(64).asked().brief().doc("time to live, hops; 64, or what the protocol above asks for"),
        num("proto", 8)
            .next_or(Space::Ip, 253)
            .named(super::IP_PROTOCOLS)
            .doc("what follows; 253 before bytes (RFC 3692)"),
        hex("checksum", 16).sum(Cover::Header).doc("of the header"),
        ip4("src").iface().brief().mirrors("dst").doc("source address"),
        ip4("dst")
            .or(0xc000_0202)
            .asked()
            .brief()
            .mirrors("src")
            .doc("destination address; 192.0.2.2, or the group of the protocol above"),
        items("options", &OPTIONS).doc("options"),
    ]),
)
.under(&[(Space::EtherType, 0x0800), (Space::Ip, 4), (Space::Ppp, 0x0021)])
.on(&ETH)
.closed_by("off")
.pseudo("src", "dst")
.group_ip4("dst");

static OPTIONS: List = List::of(&[
    &END,
    &NOP,
    &RECORD_ROUTE,
    &TIMESTAMP,
    &TIMESTAMP_OF,
    &LOOSE_ROUTE,
    &STRICT_ROUTE,
    &STREAM,
    &CIPSO,
    &ROUTER_ALERT,
    &OPT,
])
.aligned(4)
.ends_with("end");

static END: Protocol =
    item("end", "End of options", "RFC 791 3.1", &layout([num("kind", 8).always(0).doc("option type")]));
static NOP: Protocol =
    item("nop", "No operation", "RFC 791 3.1", &layout([num("kind", 8).always(1).doc("option type")]));

const fn kind(number: u128) -> Field {
    num("kind", 8).always(number).doc("option type")
}

const fn len() -> Field {
    num("len", 8).header_len(1).doc("option, bytes")
}

static ROUTER_ALERT: Protocol = item(
    "ra",
    "Router alert",
    "RFC 2113",
    &layout([kind(148), len(), num("value", 16).main().doc("0: examine the packet")]),
);

const fn route(number: u128) -> [Field; 4] {
    layout([
        kind(number),
        len(),
        num("ptr", 8).or(4).doc("where the next address goes, byte of the option from 1"),
        items("addresses", &ADDRESSES).doc("addresses"),
    ])
}

static ADDRESSES: List = List::of(&[&ADDRESS]);
static ADDRESS: Protocol =
    item("addr", "Address of a hop", "RFC 791 3.1", &layout([ip4("addr").main().doc("address")]));

static RECORD_ROUTE: Protocol = item("rr", "Record route", "RFC 791 3.1", &route(7));
static LOOSE_ROUTE: Protocol =
    item("lsrr", "Loose source and record route", "RFC 791 3.1", &route(131)).routes_by("ptr", "addr");
static STRICT_ROUTE: Protocol =
    item("ssrr", "Strict source and record route", "RFC 791 3.1", &route(137)).routes_by("ptr", "addr");

const fn timestamps(flag: Field, list: &'static List) -> [Field; 6] {
    layout([
        kind(68),
        len(),
        num("ptr", 8).or(5).doc("where the next timestamp goes, byte of the option from 1"),
        num("overflow", 4).doc("hops that found no room"),
        flag.doc("what the hops record: 0: times; 1: addresses and times; 3: times of the addresses given"),
        items("stamps", list).doc("what was recorded, and room for more"),
    ])
}

static TIMESTAMP: Protocol = item("ts", "Timestamps", "RFC 791 3.1", &timestamps(num("flag", 4).always(0), &TIMES));
static TIMESTAMP_OF: Protocol =
    item("tsof", "Timestamps with addresses", "RFC 791 3.1", &timestamps(num("flag", 4).or(1), &STAMPS));

static TIMES: List = List::of(&[&TIME]);
static TIME: Protocol = item("time", "Time", "RFC 791 3.1", &layout([time().main()]));

static STAMPS: List = List::of(&[&STAMP]);
static STAMP: Protocol =
    item("stamp", "Address and time", "RFC 791 3.1", &layout([ip4("addr").main().doc("address of the hop"), time()]));

const fn time() -> Field {
    num("time", 32).doc("milliseconds since midnight UT")
}

static STREAM: Protocol = item(
    "sid",
    "Stream identifier",
    "RFC 791 3.1",
    &layout([kind(136), len(), num("id", 16).main().doc("stream of the SATNET")]),
);

static CIPSO: Protocol = item(
    "cipso",
    "Commercial security",
    "FIPS 188",
    &layout([
        kind(134),
        len(),
        num("doi", 32).main().doc("domain of interpretation"),
        items("tags", &super::BYTES_ONLY).doc("tags"),
    ]),
);

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 791 3.1",
    &layout([num("type", 8).main().doc("option type"), len(), items("data", &super::BYTES_ONLY).doc("contents")]),
);
