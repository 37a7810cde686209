//! Neighbour discovery, and its options.

use super::icmpv6::ICMPV6;
use super::ipv6::{ALL_NODES, ALL_ROUTERS};
use super::table::*;

/// RFC 4861 6.1, 7.1, 8.1: none is taken that has crossed a router.
const HOP_LIMIT: (&str, &str, Ask) = ("ipv6", "hlim", Ask::Value(255));

/// `rs`
pub static RS: Protocol =
    protocol("rs", "Router solicitation", "RFC 4861 4.1", &layout([num("reserved", 32).doc("reserved"), options()]))
        .under(&[(Space::Icmp6Type, 133)])
        .on(&ICMPV6)
        .asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::Value(ALL_ROUTERS))]);

/// `ra`
pub static RA: Protocol = protocol(
    "ra",
    "Router advertisement",
    "RFC 4861 4.2",
    &layout([
        num("hlim", 8).or(64).doc("hop limit that hosts are to use; 0: not told; 64 if unset"),
        num("m", 1).brief_if_unusual().doc("1: addresses from DHCPv6"),
        num("o", 1).brief_if_unusual().doc("1: other configuration from DHCPv6"),
        num("h", 1).doc("1: home agent (RFC 6275 7.1)"),
        num("prf", 2)
            .named(&[("medium", 0), ("high", 1), ("low", 3)])
            .brief_if_unusual()
            .doc("preference as a default router (RFC 4191 2.2)"),
        num("p", 1).doc("1: proxied (RFC 4389 4.1.3.3)"),
        num("reserved", 2).doc("reserved"),
        num("life", 16).or(1800).brief().doc("how long it is a default router, seconds; 1800 if unset"),
        num("reachable", 32).doc("how long a neighbour counts as reachable, milliseconds; 0: not told"),
        num("retrans", 32).doc("time between solicitations, milliseconds; 0: not told"),
        options(),
    ]),
)
.under(&[(Space::Icmp6Type, 134)])
.on(&ICMPV6)
.asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::Value(ALL_NODES))])
.answers(&RS);

/// `ns`
pub static NS: Protocol = protocol(
    "ns",
    "Neighbour solicitation",
    "RFC 4861 4.3",
    &layout([num("reserved", 32).doc("reserved"), target("whose link-layer address is asked for"), options()]),
)
.under(&[(Space::Icmp6Type, 135)])
.on(&ICMPV6)
.asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::SolicitedNode("target"))])
.seeks("target");

/// `na`
pub static NA: Protocol = protocol(
    "na",
    "Neighbour advertisement",
    "RFC 4861 4.4",
    &layout([
        flags("flags", 3, &[("r", 4), ("s", 2), ("o", 1)]).brief().doc("router, solicited, override"),
        num("reserved", 29).doc("reserved"),
        target("whose link-layer address this is"),
        options(),
    ]),
)
.under(&[(Space::Icmp6Type, 136)])
.on(&ICMPV6)
.asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::Value(ALL_NODES))])
.answers(&NS);

/// `redirect`
pub static REDIRECT: Protocol = protocol(
    "redirect",
    "ICMPv6 redirect",
    "RFC 4861 4.5",
    &layout([
        num("reserved", 32).doc("reserved"),
        ip6("target").main().brief().doc("better first hop"),
        ip6("dest").brief().doc("destination that is reached through it"),
        options(),
    ]),
)
.under(&[(Space::Icmp6Type, 137)])
.on(&ICMPV6)
.asks(&[HOP_LIMIT]);

const fn target(doc: &'static str) -> Field {
    ip6("target").main().brief().mirrors("target").doc(doc)
}

const fn options() -> Field {
    items("options", &OPTIONS).doc("options")
}

static OPTIONS: List =
    List::of(&[&SLLA, &TLLA, &PREFIX, &REDIRECTED, &MTU, &NONCE, &ROUTE, &RDNSS, &DNSSL, &PREF64, &OPT]);

const fn kind(number: u128) -> Field {
    num("kind", 8).always(number).doc("option type")
}

const fn len() -> Field {
    num("len", 8).header_len(8).doc("option, 8 bytes")
}

const fn link_address(number: u128) -> [Field; 3] {
    layout([
        kind(number),
        len(),
        mac("mac").main().rule(Rule::Copy("src")).doc("link-layer address; that of the frame's source if unset"),
    ])
}

static SLLA: Protocol = item("slla", "Source link-layer address", "RFC 4861 4.6.1", &link_address(1));
static TLLA: Protocol = item("tlla", "Target link-layer address", "RFC 4861 4.6.1", &link_address(2));

static PREFIX: Protocol = item(
    "prefix",
    "Prefix information",
    "RFC 4861 4.6.2",
    &layout([
        kind(3),
        len(),
        num("plen", 8).or(64).doc("length of the prefix, bits; 64 if unset"),
        flags("flags", 8, &[("l", 0x80), ("a", 0x40), ("r", 0x20)])
            .or(0xc0)
            .doc("on-link, autonomous, router's address (RFC 6275 7.2); l+a if unset"),
        num("valid", 32).or(2_592_000).doc("valid lifetime, seconds; 30 days if unset"),
        num("preferred", 32).or(604_800).doc("preferred lifetime, seconds; 7 days if unset"),
        num("reserved", 32).doc("reserved"),
        ip6("prefix").main().doc("prefix"),
    ]),
);

static REDIRECTED: Protocol = item(
    "redirected",
    "Redirected packet",
    "RFC 4861 4.6.3",
    &layout([
        kind(4),
        len(),
        hex("reserved", 48).doc("reserved"),
        items("packet", &FILLED).doc("the beginning of the packet, filled up to 8 bytes"),
    ]),
);

static MTU: Protocol = item(
    "mtu",
    "MTU",
    "RFC 4861 4.6.4",
    &layout([kind(5), len(), num("reserved", 16).doc("reserved"), num("mtu", 32).main().doc("MTU of the link, bytes")]),
);

static NONCE: Protocol = item(
    "nonce",
    "Nonce",
    "RFC 3971 5.3.2",
    &layout([kind(14), len(), hex("nonce", 48).main().doc("random number; a longer one is written opt=14")]),
);

static ROUTE: Protocol = item(
    "route",
    "Route information",
    "RFC 4191 2.3",
    &layout([
        kind(24),
        num("len", 8).header_len(8).doc("option, 8 bytes; a shorter one is written opt=24"),
        num("plen", 8).or(64).doc("length of the prefix, bits; 64 if unset"),
        num("reserved", 3).doc("reserved"),
        num("prf", 2).named(&[("medium", 0), ("high", 1), ("low", 3)]).doc("preference"),
        num("reserved2", 3).doc("reserved"),
        num("life", 32).or(1800).doc("lifetime, seconds; 1800 if unset"),
        ip6("prefix").main().doc("prefix"),
    ]),
);

static RDNSS: Protocol = item(
    "rdnss",
    "Recursive DNS servers",
    "RFC 8106 5.1",
    &layout([kind(25), len(), num("reserved", 16).doc("reserved"), life(), items("servers", &SERVERS).doc("servers")]),
);

const fn life() -> Field {
    num("life", 32).or(1800).doc("lifetime, seconds; 1800 if unset")
}

static SERVERS: List = List::of(&[&SERVER]);
static SERVER: Protocol =
    item("addr", "Address", "RFC 8106 5.1", &layout([ip6("addr").main().doc("address of a server")]));

static DNSSL: Protocol = item(
    "dnssl",
    "DNS search list",
    "RFC 8106 5.2",
    &layout([
        kind(31),
        len(),
        num("reserved", 16).doc("reserved"),
        life(),
        items("names", &NAMES).doc("domain names, filled up to 8 bytes"),
    ]),
);

static NAMES: List = List::of(&[&NAME]).aligned(8);
static NAME: Protocol =
    item("name", "Domain name", "RFC 8106 5.2", &layout([domain("name").main().doc("domain to search")]));

static PREF64: Protocol = item(
    "pref64",
    "NAT64 prefix",
    "RFC 8781 4",
    &layout([
        kind(38),
        len(),
        num("life", 13).or(225).doc("lifetime, 8 seconds; 225, half an hour, if unset"),
        num("plc", 3)
            .named(&[("p96", 0), ("p64", 1), ("p56", 2), ("p48", 3), ("p40", 4), ("p32", 5)])
            .doc("code of the prefix's length"),
        hex("prefix", 96).main().doc("the prefix's first 96 bits"),
    ]),
);

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 4861 4.6",
    &layout([
        num("type", 8).main().doc("option type"),
        len(),
        items("data", &FILLED).doc("contents, filled up to 8 bytes"),
    ]),
);

static FILLED: List = List::of(&[]).aligned(8);
