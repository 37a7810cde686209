//! IPv6. Its extension headers are in [`super::ipv6ext`] and [`super::routing`].

use super::eth::ETH;
use super::table::*;

/// `ff02::1`, all nodes of the link (RFC 4291 2.7.1).
pub(super) const ALL_NODES: u128 = 0xff02 << 112 | 1;
/// `ff02::2`, all routers of the link.
pub(super) const ALL_ROUTERS: u128 = 0xff02 << 112 | 2;

/// `ipv6`
pub static IPV6: Protocol = protocol(
    "ipv6",
    "Internet Protocol version 6",
    "RFC 8200 3",
    &layout([
        num("version", 4).or(6).doc("6"),
        num("dscp", 6).brief_if_unusual().named(super::DSCP).doc("differentiated services (RFC 2474)"),
        num("ecn", 2).named(super::ECN).doc("congestion notification (RFC 3168)"),
        hex("flow", 20).doc("flow label (RFC 6437)"),
        num("len", 16).payload_len_or_zero().doc("what follows this header, bytes; 0 where it is more than 65535"),
        num("next", 8)
            .next_or(Space::Ip, 253)
            .named(super::IP_PROTOCOLS)
            .doc("what follows; 253 before bytes (RFC 3692)"),
        num("hlim", 8).or(64).asked().brief().doc("hop limit; 64, or what the protocol above asks for"),
        ip6("src").iface().brief().mirrors("dst").doc("source address"),
        ip6("dst")
            .or(0x2001_0db8_0000_0000_0000_0000_0000_0002)
            .asked()
            .brief()
            .mirrors("src")
            .doc("destination address; 2001:db8::2, or the group of the protocol above"),
    ]),
)
.under(&[(Space::EtherType, 0x86dd), (Space::Ip, 41), (Space::Ppp, 0x0057)])
.on(&ETH)
.pseudo("src", "dst")
.group_ip6("dst");
