//! The trailer of the Parallel Redundancy Protocol. What comes behind the padding is no header; see [`Role::Trailer`].

use super::table::*;
use super::vlan;

/// Its size, bytes.
pub const SIZE: usize = 6;

/// `prp`
pub static PRP: Protocol = protocol(
    "prp",
    "Parallel Redundancy Protocol trailer",
    "IEC 62439-3:2016 4.2.7.3",
    &layout([
        num("seq", 16).brief().doc("sequence number, the same on both LANs"),
        hex("lan", 4).or(0xa).named(&[("a", 0xa), ("b", 0xb)]).brief().doc("LAN the frame went out on"),
        num("size", 12).rule(Rule::Lsdu).doc("payload with padding and trailer, without VLAN tags, bytes"),
        hex("suffix", 16).or(SUFFIX).doc("0x88fb"),
    ]),
)
.role(Role::Trailer);

const SUFFIX: u128 = 0x88fb;

/// Whether a frame without its FCS ends with such a trailer: its suffix, a LAN there is, and the right size.
pub fn trails(frame: &[u8]) -> bool {
    let word = |at: usize| frame.get(at..at + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    let Some(at) = frame.len().checked_sub(SIZE) else { return false };
    let (_, from) = vlan::behind_tags(frame);
    let sized = |size: u16| matches!(size >> 12, 0xa | 0xb) && usize::from(size & 0xfff) + from == frame.len();
    from <= at && word(at + 4).map(u128::from) == Some(SUFFIX) && word(at + 2).is_some_and(sized)
}
