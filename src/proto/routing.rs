//! Routing headers of IPv6: any type, and the segment routing header.

use super::ipv6::IPV6;
use super::ipv6ext::next;
use super::table::*;

/// `routing`
pub static ROUTING: Protocol = protocol(
    "routing",
    "IPv6 routing header",
    "RFC 8200 4.4",
    &layout([
        next(),
        len(),
        num("type", 8).named(&[("source", 0), ("mobile", 2), ("rpl", 3), ("segment", 4)]).brief().doc("routing type"),
        left(),
        hex("reserved", 32).doc("reserved in types 0 and 2"),
        items("hops", &HOPS).doc("addresses of types 0 and 2; else bytes"),
    ]),
)
.under(&[(Space::Ip, 43)])
.on(&IPV6)
.routes_to_last("left", "addr");

const fn len() -> Field {
    num("len", 8).header_len_biased(8, -8).doc("header without its first 8 bytes, 8 bytes")
}

const fn left() -> Field {
    num("left", 8).brief().doc("segments left: hops still to be visited")
}

static HOPS: List = List::of(&[&HOP]).aligned(8);

static HOP: Protocol = item(
    "addr",
    "Address to visit",
    "RFC 2460 4.4, RFC 6275 6.4",
    &layout([ip6("addr").main().doc("address of a hop; while hops are left the last one is the final destination")]),
);

/// `srh`
pub static SRH: Protocol = protocol(
    "srh",
    "Segment routing header",
    "RFC 8754 2",
    &layout([
        next(),
        len(),
        num("type", 8).magic(4).doc("routing type"),
        left().last_of("seg").doc("index of the active segment; of the last one in the list if unset"),
        num("last", 8).last_of("seg").doc("index of the last segment in the list"),
        hex("flags", 8).doc("flags"),
        num("tag", 16).doc("class of packets"),
        items("segments", &SEGMENTS).doc("segments, the last one to be visited first, then TLVs"),
    ]),
)
.under(&[(Space::Ip, 43)])
.on(&IPV6)
.routes_to_first("left", "seg");

static SEGMENTS: List = List::of(&[&SEGMENT, &PAD1, &PADN, &HMAC, &TLV]).aligned(8).counted(&[("last", "seg")]);

static SEGMENT: Protocol = item(
    "seg",
    "Segment",
    "RFC 8754 2",
    &layout([ip6("addr").main().doc("segment; the first in the list is the final destination")]),
);

static PAD1: Protocol = item("pad1", "One byte of padding", "RFC 8754 2.1.1.1", &layout([tlv_type(0)]));

static PADN: Protocol = item(
    "padn",
    "Padding",
    "RFC 8754 2.1.1.2",
    &layout([tlv_type(4), tlv_len(), items("zeros", &super::BYTES_ONLY).doc("zeros")]),
);

static HMAC: Protocol = item(
    "hmac",
    "Keyed message authentication code",
    "RFC 8754 2.1.2",
    &layout([
        tlv_type(5),
        tlv_len(),
        num("d", 1).doc("1: the destination address is not covered"),
        num("reserved", 15).doc("reserved"),
        num("key", 32).main().doc("identifier of the key"),
        bytes("code").doc("the code; it is not computed"),
    ]),
);

static TLV: Protocol = item(
    "tlv",
    "Any TLV",
    "RFC 8754 2.1",
    &layout([num("type", 8).main().doc("type"), tlv_len(), items("data", &super::BYTES_ONLY).doc("contents")]),
);

const fn tlv_type(number: u128) -> Field {
    num("kind", 8).always(number).doc("type")
}

const fn tlv_len() -> Field {
    num("len", 8).len_after().doc("what follows in the TLV, bytes")
}
