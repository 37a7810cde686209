//! MPLS labels, and the control word of a pseudowire behind them.
//!
//! No field says what is behind the last label; it is guessed as routers do for load balancing (RFC 4928 3).

use super::eth::{ETH, EXPERIMENTAL};
use super::ipv4::IPV4;
use super::table::*;

/// `mpls`
pub static MPLS: Protocol = protocol(
    "mpls",
    "Multiprotocol label switching",
    "RFC 3032 2.1, RFC 5462",
    &layout([
        num("label", 20).main().named(LABELS).brief().doc("label"),
        num("tc", 3).brief_if_unusual().doc("traffic class"),
        num("s", 1).rule(Rule::Bottom).doc("bottom of the stack: 1 in the last label"),
        num("ttl", 8).or(64).brief().doc("time to live, hops"),
    ]),
)
.under(&[(Space::EtherType, 0x8847), (Space::EtherType, 0x8848), (Space::Ppp, 0x0281)])
.on(&ETH)
.guess(behind);

/// Special-purpose labels (RFC 7274 5).
const LABELS: &[(&str, u64)] = &[
    ("explicit-null", 0),
    ("router-alert", 1),
    ("explicit-null6", 2),
    ("implicit-null", 3),
    ("eli", 7),
    ("gal", 13),
    ("oam-alert", 14),
    ("extension", 15),
];

/// `pw`
pub static CONTROL_WORD: Protocol = protocol(
    "pw",
    "Control word of an Ethernet pseudowire",
    "RFC 4448 4.6, RFC 4385 3",
    &layout([
        num("zero", 4).magic(0).doc("0: this is no IP packet"),
        num("flags", 4).doc("flags of the payload; 0 for Ethernet"),
        num("frg", 2).doc("fragmentation"),
        num("length", 6).doc("payload if it is shorter than 64 bytes, else 0"),
        num("seq", 16).main().brief_if_unusual().doc("sequence number; 0: not used"),
    ]),
)
.on(&MPLS)
.then(&ETH);

/// What stands behind the bottom of the stack, by its first four bits and where a frame would have its `EtherType`.
fn behind(bytes: &[u8]) -> Option<&'static Protocol> {
    let ethernet = |at: usize| {
        let kind = bytes.get(at + 12..at + 14).map(|b| u16::from_be_bytes([b[0], b[1]]));
        let known = |kind: u16| super::by_key(Space::EtherType, kind.into(), |_| true).is_some();
        let fits = |len: u16| (3..=1500).contains(&len) && at + 14 + usize::from(len) <= bytes.len();
        kind.is_some_and(|kind| known(kind) || fits(kind) || u128::from(kind) == EXPERIMENTAL)
    };
    match bytes.first()? >> 4 {
        4 => Some(&IPV4),
        6 => super::by_key(Space::EtherType, 0x86dd, |_| true),
        0 if ethernet(4) => Some(&CONTROL_WORD),
        _ => ethernet(0).then_some(&ETH),
    }
}
