//! `ICMPv6`: the common header and its errors. Neighbour discovery is in [`super::ndp`], listeners in [`super::mld`].

use super::icmp::echo_fields;
use super::ipv6::IPV6;
use super::table::*;

/// `icmpv6`
pub static ICMPV6: Protocol = protocol(
    "icmpv6",
    "Internet Control Message Protocol for IPv6",
    "RFC 4443 2.1",
    &layout([
        num("type", 8).next(Space::Icmp6Type).named(TYPES).brief().doc("message type"),
        num("code", 8).brief_if_unusual().doc("meaning depends on the type"),
        hex("checksum", 16).sum(Cover::Pseudo).doc("of addresses and the whole message"),
    ]),
)
.under(&[(Space::Ip, 58)])
.on(&IPV6);

const TYPES: &[(&str, u64)] = &[
    ("unreach", 1),
    ("too-big", 2),
    ("time-exceeded", 3),
    ("param-problem", 4),
    ("echo", 128),
    ("echo-reply", 129),
    ("mld-query", 130),
    ("mld-report", 131),
    ("mld-done", 132),
    ("rs", 133),
    ("ra", 134),
    ("ns", 135),
    ("na", 136),
    ("redirect", 137),
    ("mld2-report", 143),
];

/// What an error means by its type and code (RFC 4443 3.1, 3.3).
pub const MEANINGS: &[(u64, u64, &str)] = &[
    (1, 0, "no route"),
    (1, 1, "communication prohibited"),
    (1, 2, "beyond the scope of the source"),
    (1, 3, "address unreachable"),
    (1, 4, "port unreachable"),
    (1, 5, "source address refused"),
    (1, 6, "route rejects it"),
    (3, 0, "hop limit used up"),
    (3, 1, "fragments missing"),
];

/// `echo`
pub static ECHO: Protocol = protocol("echo", "ICMPv6 echo request", "RFC 4443 4.1", &echo_fields())
    .under(&[(Space::Icmp6Type, 128)])
    .on(&ICMPV6);

/// `echo-reply`
pub static ECHO_REPLY: Protocol = protocol("echo-reply", "ICMPv6 echo reply", "RFC 4443 4.2", &echo_fields())
    .under(&[(Space::Icmp6Type, 129)])
    .on(&ICMPV6)
    .answers(&ECHO);

const fn extended() -> [Field; 2] {
    layout([num("length", 8).doc("quoted packet, 64-bit words; 0: all (RFC 4884 4.4)"), num("unused", 24).doc("0")])
}

/// `unreach`
pub static UNREACH: Protocol = protocol("unreach", "ICMPv6 destination unreachable", "RFC 4443 3.1", &extended())
    .under(&[(Space::Icmp6Type, 1)])
    .on(&ICMPV6)
    .quotes(&IPV6);

/// `too-big`
pub static TOO_BIG: Protocol = protocol(
    "too-big",
    "ICMPv6 packet too big",
    "RFC 4443 3.2",
    &layout([num("mtu", 32).main().or(1280).brief().doc("MTU of the next hop, bytes; 1280 if unset")]),
)
.under(&[(Space::Icmp6Type, 2)])
.on(&ICMPV6)
.quotes(&IPV6);

/// `time-exceeded`
pub static TIME_EXCEEDED: Protocol = protocol("time-exceeded", "ICMPv6 time exceeded", "RFC 4443 3.3", &extended())
    .under(&[(Space::Icmp6Type, 3)])
    .on(&ICMPV6)
    .quotes(&IPV6);

/// `param-problem`
pub static PARAM_PROBLEM: Protocol = protocol(
    "param-problem",
    "ICMPv6 parameter problem",
    "RFC 4443 3.4",
    &layout([num("pointer", 32).main().brief().doc("offset of the byte at fault")]),
)
.under(&[(Space::Icmp6Type, 4)])
.on(&ICMPV6)
.quotes(&IPV6);
