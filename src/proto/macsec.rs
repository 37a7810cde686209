//! MAC security. What is encrypted is bytes, and the last 16 of them are its integrity check value; behind what is readable that
//! value is padding, which no length counts: `pad=0x...`.

use super::eth::{ETH, EXPERIMENTAL};
use super::table::*;

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
        num("sl", 6).rule(Rule::Short("type")).doc(
            "what is protected, without the last 16 bytes, its check value, if it is shorter than 48 bytes, else 0",
        ),
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
.under(&[(Space::EtherType, 0x88e5)])
.on(&ETH);
