//! Spanning tree BPDUs: of STP, RSTP and MSTP.
//!
//! One table, since a receiver treats them as one protocol: `version` and `type` say which fields are there.

use super::llc::LLC;
use super::table::*;

/// `stp`
pub static STP: Protocol = protocol(
    "stp",
    "Spanning tree BPDU",
    "IEEE 802.1Q-2022 14 (802.1D-2004 9.3)",
    &layout([
        hex("proto", 16).doc("0"),
        num("version", 8)
            .main()
            .named(&[("stp", 0), ("rstp", 2), ("mstp", 3), ("spt", 4)])
            .brief()
            .doc("protocol version"),
        hex("type", 8)
            .by("version", &[(2, RST), (3, RST), (4, RST)])
            .named(&[("config", 0), ("rst", RST), ("tcn", 0x80)])
            .brief()
            .doc("BPDU type, as the version says if unset"),
        told(num("tca", 1)).brief_if_unusual().doc("topology change acknowledged"),
        told(num("agreement", 1)).doc("agreement"),
        told(num("forwarding", 1)).doc("port forwards"),
        told(num("learning", 1)).doc("port learns"),
        told(num("role", 2))
            .named(&[("alternate", 1), ("root", 2), ("designated", 3)])
            .brief_if_unusual()
            .doc("port's role; 0 in STP"),
        told(num("proposal", 1)).brief_if_unusual().doc("proposal"),
        told(num("tc", 1)).brief_if_unusual().doc("topology change"),
        told(num("rootprio", 16)).or(PRIORITY).brief().doc("root's priority, and 12 bits of the tree's number"),
        told(mac("root")).rule(Rule::Copy("src")).brief().doc("root's MAC address"),
        told(num("cost", 32)).brief().doc("path cost to the root"),
        told(num("bridgeprio", 16)).or(PRIORITY).brief().doc("bridge's priority; in MSTP of the regional root"),
        told(mac("bridge")).rule(Rule::Copy("src")).brief().doc("bridge's MAC address; in MSTP of the regional root"),
        told(hex("port", 16)).or(0x8001).brief().doc("port's priority and number"),
        told(num("age", 16)).doc("age of this message, 1/256 s"),
        told(num("maxage", 16)).or(20 * 256).doc("age at which it is dropped, 1/256 s"),
        told(num("hello", 16)).or(2 * 256).doc("time between messages, 1/256 s"),
        told(num("fwd", 16)).or(15 * 256).doc("forward delay, 1/256 s"),
        num("v1len", 8).when("type", &[RST]).doc("0: nothing of version 1 follows"),
        region(num("v3len", 16)).len_after().doc("what follows for MSTP, bytes"),
        region(num("selector", 8)).doc("format of the configuration identifier; 0"),
        region(block("region", 32)).brief().doc("name of the region"),
        region(num("revision", 16)).doc("revision of the configuration"),
        region(hex("digest", 128))
            .or(ALL_IN_CIST)
            .doc("digest of the table of VLANs; if unset, of one with all in tree 0"),
        region(num("innercost", 32)).doc("path cost to the regional root"),
        region(num("innerprio", 16)).or(PRIORITY).doc("sending bridge's priority"),
        region(mac("inner")).rule(Rule::Copy("src")).doc("sending bridge's MAC address"),
        region(num("hops", 8)).or(20).doc("hops left"),
        region(items("instances", &INSTANCES)).doc("one for each tree but tree 0"),
    ]),
)
// By LLC, and with Cisco's SNAP for a tree of one VLAN each.
.under(&[(Space::Sap, 0x42), (Space::EtherType, 0x0000_000c_010b)])
.on(&LLC)
.to(0x0180_c200_0000)
.carries_nothing();

const RST: u64 = 2;
const PRIORITY: u128 = 32768;
/// HMAC-MD5 of a table where every VLAN is in tree 0 (IEEE 802.1Q-2022 13.8).
const ALL_IN_CIST: u128 = 0xac36_177f_5028_3cd4_b838_21d8_ab26_de62;

/// In every BPDU but a topology change notification.
const fn told(field: Field) -> Field {
    field.unless("type", 0xff, 0x80)
}

/// In those of MSTP.
const fn region(field: Field) -> Field {
    field.when("version", &[3])
}

static INSTANCES: List = List::of(&[&MSTI]);

static MSTI: Protocol = item(
    "msti",
    "MSTI configuration message",
    "IEEE 802.1Q-2022 14.4.1",
    &layout([
        num("master", 1).doc("master"),
        num("agreement", 1).doc("agreement"),
        num("forwarding", 1).doc("port forwards"),
        num("learning", 1).doc("port learns"),
        num("role", 2).named(&[("master", 0), ("alternate", 1), ("root", 2), ("designated", 3)]).doc("port's role"),
        num("proposal", 1).doc("proposal"),
        num("tc", 1).doc("topology change"),
        num("rootprio", 16)
            .main()
            .or(PRIORITY)
            .brief()
            .doc("regional root's priority, and 12 bits of the tree's number"),
        mac("root").rule(Rule::Copy("src")).doc("regional root's MAC address"),
        num("cost", 32).doc("path cost to the regional root"),
        num("bridgeprio", 8).or(0x80).doc("bridge's priority, the high 4 bits of 16"),
        num("portprio", 8).or(0x80).doc("port's priority"),
        num("hops", 8).or(20).doc("hops left"),
    ]),
);
