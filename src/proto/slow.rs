//! Slow protocols: link aggregation control, and its marker.

use super::eth::ETH;
use super::table::*;

/// `lacp`
pub static LACP: Protocol = protocol(
    "lacp",
    "Link Aggregation Control Protocol",
    "IEEE 802.1AX-2020 6.4.2",
    &layout([
        num("subtype", 8).magic(1).doc("slow protocol; 1: LACP"),
        num("version", 8).or(1).doc("version"),
        num("actortype", 8).or(1).doc("1: the sender's own information"),
        num("actorlen", 8).or(20).doc("actor information, bytes"),
        num("sysprio", 16).or(32768).doc("actor's system priority"),
        mac("sys").rule(Rule::Copy("src")).brief().mirrors("psys").doc("actor's system"),
        num("key", 16).brief().mirrors("pkey").doc("actor's operational key"),
        num("portprio", 16).or(32768).doc("actor's port priority"),
        num("port", 16).or(1).brief().mirrors("pport").doc("actor's port"),
        flags("state", 8, STATE).or(5).brief().doc("actor's state; active and aggregating if unset"),
        hex("reserved", 24).doc("0"),
        num("partnertype", 8).or(2).doc("2: what the sender knows of its partner"),
        num("partnerlen", 8).or(20).doc("partner information, bytes"),
        num("psysprio", 16).doc("partner's system priority"),
        mac("psys").brief().mirrors("sys").doc("partner's system"),
        num("pkey", 16).mirrors("key").doc("partner's operational key"),
        num("pportprio", 16).doc("partner's port priority"),
        num("pport", 16).mirrors("port").doc("partner's port"),
        flags("pstate", 8, STATE).brief().doc("partner's state"),
        hex("reserved2", 24).doc("0"),
        num("collectortype", 8).or(3).doc("3: collector information"),
        num("collectorlen", 8).or(16).doc("collector information, bytes"),
        num("maxdelay", 16).doc("longest delay of the collector, 10 us"),
        hex("reserved3", 96).doc("0"),
        num("endtype", 8).doc("0: nothing follows"),
        num("endlen", 8).doc("0"),
        block("reserved4", 50).doc("zeros"),
    ]),
)
.under(&[(Space::EtherType, 0x8809)])
.on(&ETH)
.to(0x0180_c200_0002)
.carries_nothing();

const STATE: &[(&str, u64)] = &[
    ("activity", 1),
    ("timeout", 2),
    ("aggregation", 4),
    ("sync", 8),
    ("collecting", 16),
    ("distributing", 32),
    ("defaulted", 64),
    ("expired", 128),
];

/// `marker`
pub static MARKER: Protocol = protocol(
    "marker",
    "Link aggregation marker",
    "IEEE 802.1AX-2020 6.5.3",
    &layout([
        num("subtype", 8).magic(2).doc("slow protocol; 2: marker"),
        num("version", 8).or(1).doc("version"),
        num("type", 8).or(1).named(&[("info", 1), ("response", 2)]).brief().doc("marker, or the answer to one"),
        num("len", 8).or(16).doc("marker information, bytes"),
        num("port", 16).or(1).brief().mirrors("port").doc("requester's port"),
        mac("sys").rule(Rule::Copy("src")).brief().mirrors("sys").doc("requester's system"),
        num("transaction", 32).brief().mirrors("transaction").doc("requester's transaction"),
        hex("reserved", 16).doc("0"),
        num("endtype", 8).doc("0: nothing follows"),
        num("endlen", 8).doc("0"),
        block("reserved2", 90).doc("zeros"),
    ]),
)
.under(&[(Space::EtherType, 0x8809)])
.on(&ETH)
.to(0x0180_c200_0002)
.carries_nothing();
