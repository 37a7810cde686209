//! Extension headers of IPv6 that are not about routing or security: options and fragments.

use super::ipv6::IPV6;
use super::table::*;

/// `hopopts`
pub static HOPOPTS: Protocol = protocol("hopopts", "IPv6 hop-by-hop options", "RFC 8200 4.3", &options_header())
    .under(&[(Space::Ip, 0)])
    .on(&IPV6);

/// `dstopts`
pub static DSTOPTS: Protocol = protocol("dstopts", "IPv6 destination options", "RFC 8200 4.6", &options_header())
    .under(&[(Space::Ip, 60)])
    .on(&IPV6);

/// `fragment`
pub static FRAGMENT: Protocol = protocol(
    "fragment",
    "IPv6 fragment",
    "RFC 8200 4.5",
    &layout([
        next(),
        num("res", 8).doc("reserved"),
        num("off", 13).brief_if_unusual().doc("fragment offset, 8 bytes; behind another than 0 there are bytes"),
        num("res2", 2).doc("reserved"),
        num("more", 1).brief_if_unusual().doc("1: more fragments follow"),
        num("id", 32).main().brief().doc("identification of the fragmented datagram"),
    ]),
)
.under(&[(Space::Ip, 44)])
.on(&IPV6)
.closed_by("off");

/// What an extension header begins with.
pub(super) const fn next() -> Field {
    num("next", 8).next_or(Space::Ip, 253).named(super::IP_PROTOCOLS).doc("what follows; 253 before bytes (RFC 3692)")
}

const fn options_header() -> [Field; 3] {
    layout([
        next(),
        num("len", 8).header_len_biased(8, -8).doc("header without its first 8 bytes, 8 bytes"),
        items("options", &OPTIONS).doc("options, filled up to 8 bytes with pad1 or padn"),
    ])
}

static OPTIONS: List = List::of(&[&PAD1, &PADN, &LIMIT, &ROUTER_ALERT, &JUMBO, &HOME, &OPT]).pad_options(8);

const fn kind(number: u128) -> Field {
    hex("kind", 8).always(number).doc("option type")
}

const fn len() -> Field {
    num("len", 8).len_after().doc("what follows in the option, bytes")
}

static PAD1: Protocol = item("pad1", "One byte of padding", "RFC 8200 4.2", &layout([kind(0)]));

static PADN: Protocol =
    item("padn", "Padding", "RFC 8200 4.2", &layout([kind(1), len(), items("zeros", &super::BYTES_ONLY).doc("zeros")]));

static LIMIT: Protocol = item(
    "limit",
    "Tunnel encapsulation limit",
    "RFC 2473 4.1.1",
    &layout([kind(4), len(), num("levels", 8).main().doc("how often it may be encapsulated yet")]),
);

static ROUTER_ALERT: Protocol = item(
    "ra",
    "Router alert",
    "RFC 2711 2.1",
    &layout([
        kind(5),
        len(),
        num("value", 16).main().named(&[("mld", 0), ("rsvp", 1), ("active", 2)]).doc("what the packet carries"),
    ]),
);

static JUMBO: Protocol = item(
    "jumbo",
    "Jumbo payload",
    "RFC 2675 2",
    &layout([kind(0xc2), len(), num("size", 32).main().doc("what follows the IPv6 header, bytes; 0 if unset")]),
);

static HOME: Protocol = item(
    "home",
    "Home address",
    "RFC 6275 6.3",
    &layout([kind(0xc9), len(), ip6("addr").main().doc("the mobile node's home address")]),
);

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 8200 4.2",
    &layout([num("type", 8).main().doc("option type"), len(), items("data", &super::BYTES_ONLY).doc("contents")]),
);
