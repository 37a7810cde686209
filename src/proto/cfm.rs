//! Connectivity fault management: continuity checks, loopbacks and link traces of IEEE 802.1Q, and the alarms and
//! measurements of ITU-T G.8013 (Y.1731).

use super::eth::ETH;
use super::table::*;

/// `cfm`
pub static CFM: Protocol = protocol(
    "cfm",
    "Connectivity fault management",
    "IEEE 802.1Q-2022 21.4; ITU-T G.8013 9",
    &layout([
        num("level", 3).brief().mirrors("level").doc("maintenance domain level"),
        num("version", 5).doc("0; 1 of measurements in newer editions"),
        num("opcode", 8)
            .main()
            .or(1)
            .named(OPCODES)
            .turns(&[(3, 2), (5, 4), (43, 42), (47, 46), (55, 54)])
            .brief()
            .doc("which message"),
        num("rdi", 1).when("opcode", CCM).brief_if_unusual().doc("remote defect"),
        num("reserved", 4).when("opcode", CCM).doc("0"),
        num("interval", 3).when("opcode", CCM).or(4).named(INTERVALS).doc("time between continuity checks"),
        num("reserved5", 5).when("opcode", PERIODIC).doc("0; of CSF the kind of failure"),
        num("period", 3).when("opcode", PERIODIC).or(4).named(PERIODS).doc("time between messages"),
        hex("flags", 8)
            .when_not("opcode", SPLIT)
            .doc("link traces: 0x80, by the forwarding table only; measurements: 1, proactive"),
        num("tlvoffset", 8).len_up_to_items().doc("from here to the TLVs, bytes"),
        num("seq", 32)
            .when("opcode", &[1, 2, 3, 4, 5, TST])
            .brief()
            .mirrors("seq")
            .marks()
            .doc("sequence number or transaction"),
        num("mepid", 16).when("opcode", CCM).or(1).brief().doc("maintenance association end point"),
        num("mdformat", 8).when("opcode", CCM).or(1).doc("form of the domain's name; 1: there is none"),
        num("maformat", 8)
            .when("mdformat", &[1])
            .or(2)
            .named(&[("vid", 1), ("text", 2), ("number", 3), ("vpn", 4), ("icc", 32)])
            .doc("form of the association's name"),
        num("malen", 8).when("mdformat", &[1]).rule(Rule::Used("ma")).doc("association's name, bytes"),
        block("ma", 45).when("mdformat", &[1]).brief().doc("association's name"),
        block("maid", 47).when("mdformat", &[2, 3, 4, 32]).doc("names of domain and association"),
        num("ttl", 8).when("opcode", &[4, 5]).or(64).brief().doc("hops left"),
        mac("origin").when("opcode", &[5]).rule(Rule::Copy("src")).doc("who began the link trace"),
        mac("target").when("opcode", &[5]).brief().doc("whom the link trace looks for"),
        num("action", 8)
            .when("opcode", &[4])
            .or(1)
            .named(&[("hit", 1), ("fdb", 2), ("mpdb", 3)])
            .brief()
            .doc("what the relay did"),
        num("srcmep", 16).when("opcode", SYNTHETIC).or(1).brief().doc("end point that measures"),
        num("rcvmep", 16).when("opcode", SYNTHETIC).doc("end point that answers"),
        num("testid", 32).when("opcode", SYNTHETIC).brief().mirrors("testid").doc("test"),
        num("txfcf", 32).when("opcode", COUNTED).doc("frames sent by who asks"),
        num("rxfcb", 32).when("opcode", CCM).doc("frames received"),
        num("rxfcf", 32).when("opcode", LOSS).doc("frames received by who answers"),
        num("txfcb", 32).when("opcode", &[1, 42, 43, 53, 54, 55]).doc("frames sent by who answers"),
        num("reserved2", 32).when("opcode", CCM).doc("0"),
        hex("txtf", 64)
            .when("opcode", DELAY)
            .brief()
            .doc("time sent by who asks: 32 bits of seconds, 32 of nanoseconds"),
        hex("rxtf", 64).when("opcode", DELAY).doc("time received by who answers"),
        hex("txtb", 64).when("opcode", &[46, 47]).doc("time sent by who answers"),
        hex("rxtb", 64).when("opcode", &[46, 47]).doc("time received by who asked"),
        num("request", 4).when("opcode", APS).named(REQUESTS).brief().doc("request, or state, of the protection"),
        hex("protection", 4).when("opcode", &[39]).doc("kind of protection"),
        num("subcode", 4).when("opcode", &[40]).doc("0"),
        num("requested", 8).when("opcode", &[39]).doc("signal asked for"),
        num("bridged", 8).when("opcode", &[39]).doc("signal bridged"),
        hex("bridgetype", 8).when("opcode", &[39]).doc("0x80: bridge"),
        flags("status", 8, &[("rb", 128), ("dnf", 64), ("bpr", 32)])
            .when("opcode", &[40])
            .doc("blocked, addresses stay, blocked port"),
        mac("node").when("opcode", &[40]).rule(Rule::Copy("src")).brief().doc("who sends it"),
        block("reserved3", 24).when("opcode", &[40]).doc("zeros"),
        hex("oui", 24).when("opcode", ORGS).brief().doc("organization"),
        num("subopcode", 8)
            .when("opcode", &[32, 41, 48, 49, 50, 51])
            .doc("what the organization calls it; of GNM 1: bandwidth"),
        num("nominal", 32).when("opcode", &[32]).doc("bandwidth, Mbit/s"),
        num("current", 32).when("opcode", &[32]).doc("bandwidth now, Mbit/s"),
        num("portid", 32).when("opcode", &[32]).doc("port"),
        items("tlvs", &TLVS).when("opcode", KNOWN).doc("elements"),
        bytes("body").when_not("opcode", KNOWN).doc("what another opcode says"),
    ]),
)
.under(&[(Space::EtherType, 0x8902)])
.on(&ETH)
.to_with(0x0180_c200_0030, "level")
// Link traces go to the second class (IEEE 802.1Q-2022 table 8-20).
.to_by("opcode", &[(5, 0x0180_c200_0038)])
.carries_nothing();

const CCM: &[u64] = &[1];
const TST: u64 = 37;
const PERIODIC: &[u64] = &[33, 35, 52];
const SPLIT: &[u64] = &[1, 33, 35, 52];
const COUNTED: &[u64] = &[1, 42, 43, 53, 54, 55];
const LOSS: &[u64] = &[42, 43];
const DELAY: &[u64] = &[45, 46, 47];
const SYNTHETIC: &[u64] = &[53, 54, 55];
const APS: &[u64] = &[39, 40];
const ORGS: &[u64] = &[41, 48, 49, 50, 51];
const KNOWN: &[u64] = &[1, 2, 3, 4, 5, 32, 33, 35, TST, 39, 40, 41, 42, 43, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55];

const OPCODES: &[(&str, u64)] = &[
    ("ccm", 1),
    ("lbr", 2),
    ("lbm", 3),
    ("ltr", 4),
    ("ltm", 5),
    ("gnm", 32),
    ("ais", 33),
    ("lck", 35),
    ("tst", TST),
    ("aps", 39),
    ("raps", 40),
    ("mcc", 41),
    ("lmr", 42),
    ("lmm", 43),
    ("1dm", 45),
    ("dmr", 46),
    ("dmm", 47),
    ("exr", 48),
    ("exm", 49),
    ("vsr", 50),
    ("vsm", 51),
    ("csf", 52),
    ("1sl", 53),
    ("slr", 54),
    ("slm", 55),
];
const INTERVALS: &[(&str, u64)] =
    &[("3.3ms", 1), ("10ms", 2), ("100ms", 3), ("1s", 4), ("10s", 5), ("1min", 6), ("10min", 7)];
const PERIODS: &[(&str, u64)] = &[("1s", 4), ("1min", 6)];
/// Of ring protection (ITU-T G.8032 10.3).
const REQUESTS: &[(&str, u64)] = &[("nr", 0), ("ms", 7), ("sf", 11), ("fs", 13), ("event", 14)];

static TLVS: List = List::of(&[
    &PORTSTATUS,
    &DATA,
    &IFSTATUS,
    &INGRESS,
    &EGRESS,
    &LTMEGRESS,
    &LTREGRESS,
    &TEST,
    &TESTID,
    &ORG,
    &END,
    &TLV,
])
.ends_with("end");

macro_rules! tlv {
    ($id:ident $name:literal $title:literal $source:literal $number:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, $source, &layout([
            num("tlv", 8).always($number).doc("type of this element"),
            num("len", 16).len_after().doc("value, bytes"),
            $($field),*
        ]));
    };
}

tlv!(PORTSTATUS "portstatus" "Port status" "IEEE 802.1Q-2022 21.5.4" 2:
    num("status", 8).main().or(2).named(&[("blocked", 1), ("up", 2)]).doc("whether ordinary frames pass"));
tlv!(DATA "data" "Data" "IEEE 802.1Q-2022 21.5.6" 3: bytes("data").main().doc("any bytes"));
tlv!(IFSTATUS "ifstatus" "Interface status" "IEEE 802.1Q-2022 21.5.5" 4:
    num("status", 8).main().or(1).named(&[("up", 1), ("down", 2), ("testing", 3), ("unknown", 4), ("dormant", 5),
        ("absent", 6), ("lower-down", 7)]).doc("state of the interface"));
tlv!(INGRESS "ingress" "Reply ingress" "IEEE 802.1Q-2022 21.9.8" 5:
    num("action", 8).or(1).named(PORTS).doc("what the port does with the data"),
    mac("mac").main().rule(Rule::Copy("src")).doc("port by its MAC address"),
    bytes("port").doc("port by its identifier, with its length and form before it"));
tlv!(EGRESS "egress" "Reply egress" "IEEE 802.1Q-2022 21.9.9" 6:
    num("action", 8).or(1).named(PORTS).doc("what the port does with the data"),
    mac("mac").main().rule(Rule::Copy("src")).doc("port by its MAC address"),
    bytes("port").doc("port by its identifier, with its length and form before it"));
tlv!(LTMEGRESS "ltmegress" "LTM egress identifier" "IEEE 802.1Q-2022 21.8.8" 7:
    hex("id", 64).main().doc("who sent this link trace: a number, and its MAC address"));
tlv!(LTREGRESS "ltregress" "LTR egress identifier" "IEEE 802.1Q-2022 21.9.7" 8:
    hex("last", 64).main().doc("who sent the link trace that is answered"),
    hex("next", 64).doc("who sends it on"));
tlv!(TEST "test" "Test" "ITU-T G.8013 9.3" 32:
    num("pattern", 8).main().named(&[("zero-bits", 0), ("zero-bits-crc", 1), ("prbs", 2), ("prbs-crc", 3)]).doc("pattern"),
    bytes("data").doc("the pattern's bytes, and perhaps their CRC"));
tlv!(TESTID "testid" "Test identifier" "ITU-T G.8013 9.17" 36: num("id", 32).main().doc("test"));
tlv!(ORG "org" "Organization-specific" "IEEE 802.1Q-2022 21.5.2" 31:
    hex("oui", 24).main().doc("organization"), num("subtype", 8).doc("what it calls it"), bytes("data").doc("value"));

const PORTS: &[(&str, u64)] = &[("ok", 1), ("down", 2), ("blocked", 3), ("vid", 4)];

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
