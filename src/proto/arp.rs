//! Address resolution.

use super::eth::ETH;
use super::table::*;

/// `arp`
pub static ARP: Protocol = protocol(
    "arp",
    "Address Resolution Protocol",
    "RFC 826",
    &layout([
        num("htype", 16).or(1).named(&[("ethernet", 1)]).doc("hardware type"),
        hex("ptype", 16).or(0x0800).named(super::ETHERTYPES).doc("protocol type"),
        num("hlen", 8).size_of().doc("hardware address, bytes"),
        num("plen", 8).size_of().doc("protocol address, bytes"),
        num("op", 16)
            .or(1)
            .named(&[("request", 1), ("reply", 2), ("rarp-request", 3), ("rarp-reply", 4)])
            .brief()
            .turns(&[(1, 2), (3, 4)])
            .doc("operation"),
        mac("sha").sized_by("hlen").rule(Rule::Copy("src")).brief().mirrors("tha").doc("sender hardware address"),
        ip4("spa").sized_by("plen").iface().brief().mirrors("tpa").doc("sender protocol address"),
        mac("tha").sized_by("hlen").brief().mirrors("sha").doc("target hardware address"),
        ip4("tpa").sized_by("plen").brief().mirrors("spa").doc("target protocol address"),
    ]),
)
.under(&[(Space::EtherType, 0x0806), (Space::EtherType, 0x8035)])
.on(&ETH)
.carries_nothing();
