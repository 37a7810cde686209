//! Ethernet over UDP: VXLAN and Geneve.

use super::eth::ETH;
use super::table::*;
use super::udp::UDP;

/// `vxlan`
pub static VXLAN: Protocol = protocol(
    "vxlan",
    "Virtual eXtensible Local Area Network",
    "RFC 7348 5",
    &layout([
        flags("flags", 8, &[("i", 8)]).or(8).doc("i: the network identifier is valid; i if unset"),
        hex("reserved", 24).doc("reserved"),
        num("vni", 24).main().brief().doc("network identifier"),
        num("reserved2", 8).doc("reserved"),
    ]),
)
.under(&[(Space::Udp, 4789)])
.on(&UDP)
.then(&ETH);

/// `geneve`
pub static GENEVE: Protocol = protocol(
    "geneve",
    "Generic Network Virtualization Encapsulation",
    "RFC 8926 3.4",
    &layout([
        num("version", 2).doc("0"),
        num("optlen", 6).header_len_biased(4, -8).doc("options, 32-bit words"),
        num("o", 1).doc("1: control packet"),
        num("c", 1).doc("1: critical options present"),
        num("reserved", 6).doc("reserved"),
        hex("type", 16)
            .next_or(Space::EtherType, super::eth::EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .doc("EtherType of what follows; 0x88b5 before bytes"),
        num("vni", 24).main().brief().doc("network identifier"),
        num("reserved2", 8).doc("reserved"),
        items("options", &OPTIONS).doc("options"),
    ]),
)
.under(&[(Space::Udp, 6081)])
.on(&UDP);

static OPTIONS: List = List::of(&[&OPT]).aligned(4);

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 8926 3.5",
    &layout([
        hex("class", 16).doc("who defines the type"),
        num("type", 8).main().doc("type; from 128 on it is critical"),
        num("reserved", 3).doc("reserved"),
        num("len", 5).header_len_biased(4, -4).doc("contents, 32-bit words"),
        items("data", &DATA).doc("contents, filled up to 4 bytes"),
    ]),
);

static DATA: List = List::of(&[]).aligned(4);
