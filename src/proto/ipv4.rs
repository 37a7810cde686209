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
        num("dscp", 6)
            .brief_if_unusual()
            .named(&[
                ("cs1", 8),
                ("af11", 10),
                ("cs2", 16),
                ("cs3", 24),
                ("af41", 34),
                ("ef", 46),
                ("cs6", 48),
                ("cs7", 56),
            ])
            .doc("differentiated services (RFC 2474)"),
        num("ecn", 2).named(&[("ect1", 1), ("ect0", 2), ("ce", 3)]).doc("congestion notification (RFC 3168)"),
        num("len", 16).layer_len().doc("header and payload, bytes"),
        num("id", 16).mirrors("id").doc("identification of a fragmented datagram"),
        flags("flags", 3, &[("df", 2), ("mf", 1), ("evil", 4)])
            .brief_if_unusual()
            .doc("do not fragment, more fragments, reserved"),
        num("off", 13).brief_if_unusual().doc("fragment offset, 8 bytes"),
        num("ttl", 8).or(64).brief().doc("time to live, hops"),
        num("proto", 8)
            .next_or(Space::Ip, 253)
            .named(super::IP_PROTOCOLS)
            .doc("what follows; 253 before bytes (RFC 3692)"),
        hex("checksum", 16).sum(Cover::Header).doc("of the header"),
        ip4("src").iface().brief().mirrors("dst").doc("source address"),
        ip4("dst").or(0xc000_0202).brief().mirrors("src").doc("destination address; 192.0.2.2 if unset"),
        items("options", &OPTIONS).doc("options"),
    ]),
)
.under(&[(Space::EtherType, 0x0800), (Space::Ip, 4)])
.on(&ETH)
.closed_by("off")
.pseudo("src", "dst")
.group_ip4("dst");

static OPTIONS: List = List::of(&[&END, &NOP, &ROUTER_ALERT, &OPT]).aligned(4).ends_with("end");

static END: Protocol =
    item("end", "End of options", "RFC 791 3.1", &layout([num("kind", 8).always(0).doc("option type")]));
static NOP: Protocol =
    item("nop", "No operation", "RFC 791 3.1", &layout([num("kind", 8).always(1).doc("option type")]));
static ROUTER_ALERT: Protocol = item(
    "ra",
    "Router alert",
    "RFC 2113",
    &layout([
        num("kind", 8).always(148).doc("option type"),
        num("len", 8).header_len(1).doc("option, bytes"),
        num("value", 16).main().doc("0: examine the packet"),
    ]),
);
static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 791 3.1",
    &layout([
        num("type", 8).main().doc("option type"),
        num("len", 8).header_len(1).doc("option, bytes"),
        items("data", &super::BYTES_ONLY).doc("contents"),
    ]),
);
