//! Connectivity fault management: continuity checks, loopbacks and link traces.

use super::eth::ETH;
use super::table::*;

/// `cfm`
pub static CFM: Protocol = protocol(
    "cfm",
    "Connectivity fault management",
    "IEEE 802.1Q-2022 21.4",
    &layout([
        num("level", 3).brief().mirrors("level").doc("maintenance domain level"),
        num("version", 5).doc("0"),
        num("opcode", 8)
            .main()
            .or(CCM)
            .named(&[("ccm", 1), ("lbr", 2), ("lbm", 3), ("ltr", 4), ("ltm", 5)])
            .brief()
            .doc("which message"),
        num("rdi", 1).when("opcode", CCMS).brief_if_unusual().doc("remote defect"),
        num("reserved", 4).when("opcode", CCMS).doc("0"),
        num("interval", 3)
            .when("opcode", CCMS)
            .or(4)
            .named(&[("3.3ms", 1), ("10ms", 2), ("100ms", 3), ("1s", 4), ("10s", 5), ("1min", 6), ("10min", 7)])
            .doc("time between continuity checks"),
        hex("flags", 8).when_not("opcode", CCMS).doc("flags; of link traces 0x80: by the forwarding table only"),
        num("tlvoffset", 8).len_up_to_items().doc("from here to the TLVs, bytes"),
        num("seq", 32).when("opcode", KNOWN).brief().mirrors("seq").doc("sequence number or transaction"),
        num("mepid", 16).when("opcode", CCMS).or(1).brief().doc("maintenance association end point"),
        num("mdformat", 8).when("opcode", CCMS).or(1).doc("form of the domain's name; 1: there is none"),
        num("maformat", 8).when("mdformat", &[1]).or(2).doc("form of the association's name; 2: text"),
        num("malen", 8).when("mdformat", &[1]).rule(Rule::Used("ma")).doc("association's name, bytes"),
        block("ma", 45).when("mdformat", &[1]).brief().doc("association's name"),
        block("maid", 47).when("mdformat", &[2, 3, 4, 32]).doc("names of domain and association"),
        num("txfcf", 32).when("opcode", CCMS).doc("frames sent (ITU-T G.8013)"),
        num("rxfcb", 32).when("opcode", CCMS).doc("frames received (ITU-T G.8013)"),
        num("txfcb", 32).when("opcode", CCMS).doc("frames the other end sent (ITU-T G.8013)"),
        num("reserved2", 32).when("opcode", CCMS).doc("0"),
        num("ttl", 8).when("opcode", &[4, 5]).or(64).brief().doc("hops left"),
        mac("origin").when("opcode", &[5]).rule(Rule::Copy("src")).doc("who began the link trace"),
        mac("target").when("opcode", &[5]).brief().doc("whom the link trace looks for"),
        num("action", 8)
            .when("opcode", &[4])
            .or(1)
            .named(&[("hit", 1), ("fdb", 2), ("mpdb", 3)])
            .brief()
            .doc("what the relay did"),
        items("tlvs", &TLVS).when("opcode", KNOWN).doc("elements"),
        bytes("body").when_not("opcode", KNOWN).doc("what another opcode says"),
    ]),
)
.under(&[(Space::EtherType, 0x8902)])
.on(&ETH)
.to_with(0x0180_c200_0030, "level")
.carries_nothing();

const CCM: u128 = 1;
const CCMS: &[u64] = &[1];
const KNOWN: &[u64] = &[1, 2, 3, 4, 5];

static TLVS: List = List::of(&[&PORTSTATUS, &DATA, &IFSTATUS, &ORG, &END, &TLV]).ends_with("end");

macro_rules! tlv {
    ($id:ident $name:literal $title:literal $clause:literal $number:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, concat!("IEEE 802.1Q-2022 ", $clause), &layout([
            num("tlv", 8).always($number).doc("type of this element"),
            num("len", 16).len_after().doc("value, bytes"),
            $($field),*
        ]));
    };
}

tlv!(PORTSTATUS "portstatus" "Port status" "21.5.4" 2:
    num("status", 8).main().or(2).named(&[("blocked", 1), ("up", 2)]).doc("whether ordinary frames pass"));
tlv!(DATA "data" "Data" "21.5.6" 3: bytes("data").main().doc("any bytes"));
tlv!(IFSTATUS "ifstatus" "Interface status" "21.5.5" 4:
    num("status", 8).main().or(1).named(&[("up", 1), ("down", 2), ("testing", 3), ("unknown", 4), ("dormant", 5),
        ("absent", 6), ("lower-down", 7)]).doc("state of the interface"));
tlv!(ORG "org" "Organization-specific" "21.5.2" 31:
    hex("oui", 24).main().doc("organization"), num("subtype", 8).doc("what it calls it"), bytes("data").doc("value"));

static END: Protocol =
    item("end", "End", "IEEE 802.1Q-2022 21.5.1", &layout([num("tlv", 8).always(0).doc("type of this element")]));
static TLV: Protocol = item(
    "tlv",
    "Any element",
    "IEEE 802.1Q-2022 21.5.1",
    &layout([
        num("type", 8).main().doc("type of this element"),
        num("len", 16).len_after().doc("value, bytes"),
        items("data", &super::BYTES_ONLY).doc("value"),
    ]),
);
