//! The tag of High-availability Seamless Redundancy.

use super::eth::{ETH, EXPERIMENTAL};
use super::table::*;

/// `hsr`
pub static HSR: Protocol = protocol(
    "hsr",
    "High-availability Seamless Redundancy tag",
    "IEC 62439-3:2016 5.7.2",
    &layout([
        num("path", 4).brief_if_unusual().doc("which way around the ring, and the network it came from"),
        num("size", 12).rule(Rule::Lsdu).doc("tag and payload with padding, without VLAN tags, bytes"),
        num("seq", 16).main().brief().doc("sequence number, the same on both ways"),
        hex("type", 16)
            .next_or(Space::EtherType, EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .doc("EtherType behind the tag"),
    ]),
)
.under(&[(Space::EtherType, 0x892f)])
.on(&ETH);
