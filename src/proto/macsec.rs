//! MAC security: the tag, and the integrity check value behind what it protects. What is encrypted is bytes.

use super::eth::{ETH, EXPERIMENTAL};
use super::table::*;

/// Its `EtherType`.
pub const ETHERTYPE: u16 = 0x88e5;

/// `macsec`
pub static MACSEC: Protocol = protocol(
    "macsec",
    "MACsec security tag",
    "IEEE 802.1AE-2018 9.3",
    &layout([
        num("v", 1).doc("0"),
        num("es", 1).brief_if_unusual().doc("end station: the channel is named by the source address"),
        num("sc", 1).has().doc("the secure channel identifier is there"),
        num("scb", 1).brief_if_unusual().doc("single copy broadcast"),
        flags("ec", 2, &[("e", 2), ("c", 1)])
            .brief_if_unusual()
            .doc("encrypted, and changed; 0: what follows is readable"),
        num("an", 2).brief().doc("association number"),
        num("reserved", 2).doc("0"),
        num("sl", 6)
            .rule(Rule::Short("type"))
            .doc("what is protected, up to the check value, if it is shorter than 48 bytes, else 0"),
        num("pn", 32).main().or(1).brief().doc("packet number"),
        mac("system").if_bit("sc").rule(Rule::Copy("src")).brief().doc("secure channel: its system"),
        num("port", 16).if_bit("sc").brief().doc("secure channel: its port"),
        hex("type", 16)
            .next_or(Space::EtherType, EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .when("ec", &[0])
            .doc("EtherType behind the tag, where it is readable"),
    ]),
)
.under(&[(Space::EtherType, ETHERTYPE as u64)])
.on(&ETH);

/// The size of the integrity check value, bytes (IEEE 802.1AE-2018 14.5).
pub const ICV_SIZE: usize = 16;

/// `icv`
pub static ICV: Protocol = protocol(
    "icv",
    "Integrity check value of MACsec",
    "IEEE 802.1AE-2018 9.9, 14.5",
    &layout([hex("value", 128).main().doc("behind what the tag protects; it takes the key to know it")]),
)
.role(Role::Trailer);
