//! MAC control: pause, and pause of a priority.

use super::eth::ETH;
use super::table::*;

/// `pause`
pub static PAUSE: Protocol = protocol(
    "pause",
    "MAC control PAUSE",
    "IEEE 802.3-2022 31B.2",
    &layout([
        hex("opcode", 16).magic(1).doc("1: PAUSE"),
        num("time", 16).main().brief().doc("how long to be silent, 512 bit times; 0: no longer"),
    ]),
)
.under(&[(Space::EtherType, 0x8808)])
.on(&ETH)
.to(0x0180_c200_0001)
.carries_nothing();

/// `pfc`
pub static PFC: Protocol = protocol(
    "pfc",
    "Priority-based flow control",
    "IEEE 802.3-2022 31D.2, IEEE 802.1Q-2022 36",
    &layout([
        hex("opcode", 16).magic(0x0101).doc("0x0101: pause of priorities"),
        flags("enable", 16, PRIORITIES).main().brief().doc("priorities whose time counts"),
        num("t0", 16).brief_if_unusual().doc("how long priority 0 is silent, 512 bit times"),
        num("t1", 16).brief_if_unusual().doc("the same of priority 1"),
        num("t2", 16).brief_if_unusual().doc("the same of priority 2"),
        num("t3", 16).brief_if_unusual().doc("the same of priority 3"),
        num("t4", 16).brief_if_unusual().doc("the same of priority 4"),
        num("t5", 16).brief_if_unusual().doc("the same of priority 5"),
        num("t6", 16).brief_if_unusual().doc("the same of priority 6"),
        num("t7", 16).brief_if_unusual().doc("the same of priority 7"),
    ]),
)
.under(&[(Space::EtherType, 0x8808)])
.on(&ETH)
.to(0x0180_c200_0001)
.carries_nothing();

const PRIORITIES: &[(&str, u64)] =
    &[("p0", 1), ("p1", 2), ("p2", 4), ("p3", 8), ("p4", 16), ("p5", 32), ("p6", 64), ("p7", 128)];
