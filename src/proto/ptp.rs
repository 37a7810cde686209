//! Precision time: over Ethernet, and over UDP.

use super::eth::ETH;
use super::table::*;

/// `ptp`
pub static PTP: Protocol = protocol(
    "ptp",
    "Precision Time Protocol",
    "IEEE 1588-2019 13",
    &layout([
        hex("sdo", 4).doc("major standards organization; 1: IEEE 802.1AS"),
        num("type", 4).main().named(TYPES).turns(&[(1, 9), (2, 3)]).brief().doc("which message"),
        num("minor", 4).doc("minor version"),
        num("version", 4).or(2).doc("version"),
        num("length", 16).header_len(1).doc("whole message, bytes"),
        num("domain", 8).brief_if_unusual().mirrors("domain").doc("domain"),
        num("minorsdo", 8).doc("minor standards organization"),
        flags("flags", 16, FLAGS).doc("flags"),
        int("correction", 64).doc("correction, ns times 65536"),
        hex("specific", 32).doc("depends on the type"),
        hex("clock", 64).brief().doc("sending clock"),
        num("port", 16).or(1).doc("sending port"),
        num("seq", 16).brief().mirrors("seq").marks().doc("sequence number"),
        num("control", 8).by("type", &[(0, 0), (1, 1), (8, 2), (9, 3), (13, 4)]).or(5).doc("type as in version 1"),
        int("interval", 8).doc("2 to this power seconds between messages"),
        num("seconds", 48).when("type", TIMED).brief().doc("time, seconds"),
        num("ns", 32).when("type", TIMED).brief().doc("time, nanoseconds"),
        hex("reserved", 80).when("type", &[2]).doc("0: as long as the answer"),
        hex("reqclock", 64).when("type", &[3, 9, 10]).doc("clock that asked"),
        num("reqport", 16).when("type", &[3, 9, 10]).doc("port that asked"),
        int("utcoffset", 16).when("type", ANNOUNCE).or(37).doc("TAI less UTC, seconds"),
        num("reserved2", 8).when("type", ANNOUNCE).doc("0"),
        num("prio1", 8).when("type", ANNOUNCE).or(128).brief().doc("grandmaster's first priority"),
        num("class", 8).when("type", ANNOUNCE).or(248).brief().doc("grandmaster's clock class"),
        hex("accuracy", 8).when("type", ANNOUNCE).or(0xfe).doc("grandmaster's accuracy"),
        hex("variance", 16).when("type", ANNOUNCE).or(0xffff).doc("grandmaster's variance"),
        num("prio2", 8).when("type", ANNOUNCE).or(128).doc("grandmaster's second priority"),
        hex("gm", 64).when("type", ANNOUNCE).brief().doc("grandmaster"),
        num("steps", 16).when("type", ANNOUNCE).doc("hops to the grandmaster"),
        hex("source", 8).when("type", ANNOUNCE).or(0xa0).doc("kind of clock; 0xa0: internal oscillator"),
        hex("target", 64).when("type", &[12, 13]).doc("clock that is meant"),
        num("targetport", 16).when("type", &[12, 13]).doc("port that is meant"),
        num("starthops", 8).when("type", &[13]).doc("boundary clocks it may pass"),
        num("hops", 8).when("type", &[13]).doc("of these still left"),
        num("action", 8).when("type", &[13]).doc("get, set, response, command, acknowledge: 0 to 4"),
        num("reserved3", 8).when("type", &[13]).doc("0"),
        items("tlvs", &TLVS).doc("elements"),
    ]),
)
.under(&[(Space::EtherType, 0x88f7), (Space::Udp, 319), (Space::Udp, 320)])
.on(&ETH)
.to(0x011b_1900_0000)
// Peer delays stay on the link (IEEE 1588-2019 E.3).
.to_by("type", &[(2, LINK), (3, LINK), (10, LINK)])
.asks(&[
    ("udp", "sport", PORT),
    ("udp", "dport", PORT),
    ("ipv4", "dst", Ask::By("type", &[(2, 0xe000_006b), (3, 0xe000_006b), (10, 0xe000_006b)], 0xe000_0181)),
    ("ipv6", "dst", Ask::By("type", &[(2, GROUP6_LINK), (3, GROUP6_LINK), (10, GROUP6_LINK)], GROUP6)),
])
.carries_nothing();

const LINK: u64 = 0x0180_c200_000e;
/// `ff0e::181` and `ff02::6b` (IEEE 1588-2019 D.3); 224.0.1.129 and 224.0.0.107 are those of IPv4 (C.3).
const GROUP6: u128 = 0xff0e << 112 | 0x181;
const GROUP6_LINK: u128 = 0xff02 << 112 | 0x6b;
/// Events, which are timed, have a port of their own (IEEE 1588-2019 C.2).
const PORT: Ask = Ask::By("type", &[(0, 319), (1, 319), (2, 319), (3, 319)], 320);

const TYPES: &[(&str, u64)] = &[
    ("sync", 0),
    ("delay-req", 1),
    ("pdelay-req", 2),
    ("pdelay-resp", 3),
    ("follow-up", 8),
    ("delay-resp", 9),
    ("pdelay-follow-up", 10),
    ("announce", 11),
    ("signaling", 12),
    ("management", 13),
];
/// The types that carry a time.
const TIMED: &[u64] = &[0, 1, 2, 3, 8, 9, 10, 11];
const ANNOUNCE: &[u64] = &[11];
const FLAGS: &[(&str, u64)] = &[
    ("altmaster", 0x0100),
    ("twostep", 0x0200),
    ("unicast", 0x0400),
    ("leap61", 0x0001),
    ("leap59", 0x0002),
    ("utcvalid", 0x0004),
    ("ptp-timescale", 0x0008),
    ("time-traceable", 0x0010),
    ("freq-traceable", 0x0020),
];

static TLVS: List = List::of(&[&TLV]);
static TLV: Protocol = item(
    "tlv",
    "Any element",
    "IEEE 1588-2019 14.1",
    &layout([
        hex("type", 16)
            .main()
            .named(&[("management", 1), ("management-error", 2), ("organization", 3), ("path-trace", 8)])
            .doc("type of this element"),
        num("len", 16).len_after().doc("value, bytes"),
        items("data", &super::BYTES_ONLY).doc("value"),
    ]),
);
