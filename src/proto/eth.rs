//! Ethernet: a frame with a type, and a frame with a length.

use super::llc::LLC;
use super::table::*;

/// `eth`
pub static ETH: Protocol = protocol(
    "eth",
    "Ethernet II",
    "IEEE 802.3-2022 3.1.1",
    &layout([
        mac("dst").rule(Rule::Group).brief().mirrors("src").doc("destination MAC address"),
        mac("src").iface().brief().mirrors("dst").doc("source MAC address"),
        hex("type", 16).next_or(Space::EtherType, EXPERIMENTAL).named(super::ETHERTYPES).brief().doc("EtherType"),
    ]),
)
.role(Role::Link)
.under(&[(Space::EtherType, 0x6558)]);

/// `dot3`
pub static DOT3: Protocol = protocol(
    "dot3",
    "Ethernet with a length",
    "IEEE 802.3-2022 3.2.6",
    &layout([
        mac("dst").rule(Rule::Group).brief().mirrors("src").doc("destination MAC address"),
        mac("src").iface().brief().mirrors("dst").doc("source MAC address"),
        num("length", 16).payload_len().brief().doc("payload without padding, bytes"),
    ]),
)
.role(Role::Link)
.under(&[(Space::EtherType, 0x6558)])
.then(&LLC);

/// IEEE Std 802 Local Experimental `EtherType` 1: what goes before plain bytes (IEEE 802-2014 9.2.4).
pub const EXPERIMENTAL: u128 = 0x88b5;
