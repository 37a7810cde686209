//! Logical link control and its extension to `EtherTypes`.

use super::eth::DOT3;
use super::table::*;

/// `llc`
pub static LLC: Protocol = protocol(
    "llc",
    "Logical Link Control",
    "ISO/IEC/IEEE 8802-2 5",
    &layout([
        hex("dsap", 8).next(Space::Sap).named(SAPS).brief().doc("destination service access point"),
        hex("ssap", 8).next(Space::Sap).named(SAPS).brief().mirrors("dsap").doc("source service access point"),
        hex("ctl", 8).or(3).brief_if_unusual().doc("control, first byte; 3: unnumbered information"),
        hex("ctl2", 8).unless("ctl", 3, 3).doc("control, second byte of the I and S formats"),
    ]),
)
.on(&DOT3);

/// `snap`
pub static SNAP: Protocol = protocol(
    "snap",
    "Subnetwork Access Protocol",
    "IEEE 802-2014 9.2.5",
    &layout([
        hex("oui", 24)
            .rule(Rule::Above(Space::EtherType))
            .brief_if_unusual()
            .doc("organization; 0: the next field is an EtherType"),
        hex("type", 16)
            .next_or(Space::EtherType, super::eth::EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .brief()
            .doc("protocol of that organization"),
    ]),
)
.under(&[(Space::Sap, 0xaa)])
.on(&LLC);

const SAPS: &[(&str, u64)] = &[("stp", 0x42), ("snap", 0xaa), ("ipx", 0xe0), ("netbios", 0xf0), ("iso", 0xfe)];
