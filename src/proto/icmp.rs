//! ICMP: the common header, and what follows by type.

use super::ipv4::IPV4;
use super::table::*;

/// `icmp`
pub static ICMP: Protocol = protocol(
    "icmp",
    "Internet Control Message Protocol",
    "RFC 792",
    &layout([
        num("type", 8).next(Space::IcmpType).named(TYPES).brief().doc("message type"),
        num("code", 8).brief_if_unusual().doc("meaning depends on the type"),
        hex("checksum", 16).sum(Cover::Layer).doc("of the whole message"),
    ]),
)
.under(&[(Space::Ip, 1)])
.on(&IPV4);

const TYPES: &[(&str, u64)] = &[
    ("echo-reply", 0),
    ("unreach", 3),
    ("redirect", 5),
    ("echo", 8),
    ("time-exceeded", 11),
    ("param-problem", 12),
    ("timestamp", 13),
    ("timestamp-reply", 14),
];

/// What an error means by its type and code: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1.
pub const MEANINGS: &[(u64, u64, &str)] = &[
    (3, 0, "network unreachable"),
    (3, 1, "host unreachable"),
    (3, 2, "protocol unreachable"),
    (3, 3, "port unreachable"),
    (3, 4, "fragmentation needed"),
    (3, 5, "source route failed"),
    (3, 9, "network prohibited"),
    (3, 10, "host prohibited"),
    (3, 13, "communication prohibited"),
    (11, 0, "TTL used up"),
    (11, 1, "fragments missing"),
];

pub(super) const fn echo_fields() -> [Field; 2] {
    layout([
        num("id", 16).brief().mirrors("id").marks().doc("identifier"),
        num("seq", 16).brief().mirrors("seq").marks().doc("sequence number"),
    ])
}

/// `echo`
pub static ECHO: Protocol =
    protocol("echo", "ICMP echo request", "RFC 792", &echo_fields()).under(&[(Space::IcmpType, 8)]).on(&ICMP);

/// `echo-reply`
pub static ECHO_REPLY: Protocol = protocol("echo-reply", "ICMP echo reply", "RFC 792", &echo_fields())
    .under(&[(Space::IcmpType, 0)])
    .on(&ICMP)
    .answers(&ECHO);

/// `unreach`
pub static UNREACH: Protocol = protocol(
    "unreach",
    "ICMP destination unreachable",
    "RFC 792, RFC 1191 4, RFC 4884 4.1",
    &layout([
        num("unused", 8).doc("0"),
        num("length", 8).doc("quoted datagram, 32-bit words; 0: all"),
        num("mtu", 16).main().brief_if_unusual().doc("next hop's MTU where the code is 4, bytes"),
    ]),
)
.under(&[(Space::IcmpType, 3)])
.on(&ICMP)
.quotes(&IPV4);

/// `redirect`
pub static REDIRECT: Protocol =
    protocol("redirect", "ICMP redirect", "RFC 792", &layout([ip4("gateway").main().brief().doc("better next hop")]))
        .under(&[(Space::IcmpType, 5)])
        .on(&ICMP)
        .quotes(&IPV4);

/// `time-exceeded`
pub static TIME_EXCEEDED: Protocol = protocol(
    "time-exceeded",
    "ICMP time exceeded",
    "RFC 792, RFC 4884 4.2",
    &layout([
        num("unused", 8).doc("0"),
        num("length", 8).doc("quoted datagram, 32-bit words; 0: all"),
        num("unused2", 16).doc("0"),
    ]),
)
.under(&[(Space::IcmpType, 11)])
.on(&ICMP)
.quotes(&IPV4);

/// `param-problem`
pub static PARAM_PROBLEM: Protocol = protocol(
    "param-problem",
    "ICMP parameter problem",
    "RFC 792, RFC 4884 4.3",
    &layout([
        num("pointer", 8).main().brief().doc("offset of the byte at fault"),
        num("length", 8).doc("quoted datagram, 32-bit words; 0: all"),
        num("unused", 16).doc("0"),
    ]),
)
.under(&[(Space::IcmpType, 12)])
.on(&ICMP)
.quotes(&IPV4);

const fn timestamp_fields() -> [Field; 5] {
    layout([
        num("id", 16).brief().mirrors("id").marks().doc("identifier"),
        num("seq", 16).brief().mirrors("seq").marks().doc("sequence number"),
        num("originate", 32).mirrors("originate").doc("sent, milliseconds since midnight UT"),
        num("receive", 32).doc("received, milliseconds since midnight UT"),
        num("transmit", 32).doc("answered, milliseconds since midnight UT"),
    ])
}

/// `timestamp`
pub static TIMESTAMP: Protocol =
    protocol("timestamp", "ICMP timestamp", "RFC 792", &timestamp_fields()).under(&[(Space::IcmpType, 13)]).on(&ICMP);

/// `timestamp-reply`
pub static TIMESTAMP_REPLY: Protocol =
    protocol("timestamp-reply", "ICMP timestamp reply", "RFC 792", &timestamp_fields())
        .under(&[(Space::IcmpType, 14)])
        .on(&ICMP)
        .answers(&TIMESTAMP);
