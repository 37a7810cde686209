//! VLAN tags: the customer's and the service provider's.

use super::eth::{ETH, EXPERIMENTAL};
use super::table::*;

const fn tag() -> [Field; 4] {
    layout([
        num("pcp", 3).brief_if_unusual().doc("priority code point"),
        num("dei", 1).brief_if_unusual().doc("drop eligible"),
        num("id", 12).main().brief().mirrors("id").doc("VLAN identifier; 0: priority tag only"),
        hex("type", 16)
            .next_or_len(Space::EtherType, EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .doc("EtherType behind the tag"),
    ])
}

/// `vlan`
pub static VLAN: Protocol = protocol("vlan", "VLAN tag", "IEEE 802.1Q-2022 9.6", &tag())
    .under(&[(Space::EtherType, 0x8100), (Space::EtherType, 0x9100)])
    .on(&ETH);

/// `svlan`
pub static SVLAN: Protocol = protocol("svlan", "Service VLAN tag", "IEEE 802.1Q-2022 9.6 (802.1ad)", &tag())
    .under(&[(Space::EtherType, 0x88a8)])
    .on(&ETH);

/// What the tags of an Ethernet frame, or its own header, name as the next, and where that begins.
pub fn behind_tags(frame: &[u8]) -> (Option<u16>, usize) {
    let mut at = 14;
    loop {
        let named = frame.get(at - 2..at).map(|b| u16::from_be_bytes([b[0], b[1]]));
        if !matches!(named, Some(0x8100 | 0x9100 | 0x88a8)) {
            return (named, at);
        }
        at += 4;
    }
}
