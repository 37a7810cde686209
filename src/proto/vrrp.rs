//! VRRP, versions 2 and 3.

use super::ipv4::IPV4;
use super::ipv6::IPV6;
use super::table::*;

/// 224.0.0.18, and no router between.
const IPV4_GROUP: &[(&str, &str, Ask)] = &[("ipv4", "ttl", Ask::Value(255)), ("ipv4", "dst", Ask::Value(0xe000_0012))];
/// `ff02::12`
const IPV6_GROUP: &[(&str, &str, Ask)] =
    &[("ipv6", "hlim", Ask::Value(255)), ("ipv6", "dst", Ask::Value(0xff02 << 112 | 0x12))];

/// `vrrp6`
pub static VRRP6: Protocol = protocol(
    "vrrp6",
    "Virtual Router Redundancy Protocol, version 3, for IPv6",
    "RFC 5798 5.1",
    &layout([
        version(3),
        kind(),
        vrid(),
        priority(),
        count(),
        num("reserved", 4).doc("reserved"),
        interval(),
        checksum3(),
        items("addresses", &ADDRESSES6).doc("virtual addresses"),
        bytes("extra").doc("what is behind the addresses that are counted"),
    ]),
)
.under(&[(Space::Ip, 112)])
.on(&IPV6)
.asks(IPV6_GROUP);

/// `vrrp`
pub static VRRP: Protocol = protocol(
    "vrrp",
    "Virtual Router Redundancy Protocol, version 3, for IPv4",
    "RFC 5798 5.1",
    &layout([
        version(3),
        kind(),
        vrid(),
        priority(),
        count(),
        num("reserved", 4).doc("reserved"),
        interval(),
        checksum3(),
        items("addresses", &ADDRESSES).doc("virtual addresses"),
    ]),
)
.under(&[(Space::Ip, 112)])
.on(&IPV4)
.asks(IPV4_GROUP);

/// `vrrp2`
pub static VRRP2: Protocol = protocol(
    "vrrp2",
    "Virtual Router Redundancy Protocol, version 2",
    "RFC 3768 5.1",
    &layout([
        version(2),
        kind(),
        vrid(),
        priority(),
        count(),
        num("auth", 8).named(&[("none", 0), ("text", 1), ("ah", 2)]).doc("kind of authentication (RFC 2338 5.3.6)"),
        num("interval", 8).or(1).doc("between advertisements, seconds; 1 if unset"),
        hex("checksum", 16).sum(Cover::Layer).doc("of the whole message"),
        items("addresses", &ADDRESSES).doc("virtual addresses"),
        block("password", 8).doc("authentication data"),
    ]),
)
.under(&[(Space::Ip, 112)])
.on(&IPV4)
.asks(IPV4_GROUP);

const fn version(number: u128) -> Field {
    num("version", 4).magic(number).doc("version")
}

const fn kind() -> Field {
    num("type", 4).or(1).named(&[("advertisement", 1)]).doc("1: advertisement")
}

const fn vrid() -> Field {
    num("vrid", 8).main().or(1).brief().doc("virtual router; 1 if unset")
}

const fn priority() -> Field {
    num("priority", 8).or(100).brief().doc("priority; 255: owner of the addresses, 0: no longer; 100 if unset")
}

const fn count() -> Field {
    num("count", 8).count_of("addr").doc("addresses that follow")
}

const fn interval() -> Field {
    num("interval", 12).or(100).doc("between advertisements, hundredths of a second; 100 if unset")
}

const fn checksum3() -> Field {
    hex("checksum", 16)
        .sum(Cover::Pseudo)
        .doc("of the IP addresses and the whole message (RFC 5798 5.2.8; RFC 9568 has no pseudo-header over IPv4)")
}

static ADDRESSES: List = List::of(&[&ADDRESS]).counted(&[("count", "addr")]);
static ADDRESS: Protocol =
    item("addr", "Virtual address", "RFC 5798 5.2.9", &layout([ip4("addr").main().doc("virtual address")]));

static ADDRESSES6: List = List::of(&[&ADDRESS6]).counted(&[("count", "addr")]);
static ADDRESS6: Protocol =
    item("addr", "Virtual address", "RFC 5798 5.2.9", &layout([ip6("addr").main().doc("virtual address")]));
