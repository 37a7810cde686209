//! The magic packet that wakes a machine up.

use super::eth::ETH;
use super::table::*;

/// `wol`
pub static WOL: Protocol = protocol(
    "wol",
    "Wake-on-LAN magic packet",
    "AMD Magic Packet Technology, publication 20213",
    &layout([
        hex("sync", 48).magic(0xffff_ffff_ffff).doc("six bytes ff"),
        mac("mac").main().brief().doc("who is to wake up"),
        again("mac2"),
        again("mac3"),
        again("mac4"),
        again("mac5"),
        again("mac6"),
        again("mac7"),
        again("mac8"),
        again("mac9"),
        again("mac10"),
        again("mac11"),
        again("mac12"),
        again("mac13"),
        again("mac14"),
        again("mac15"),
        again("mac16"),
        bytes("password").doc("0, 4 or 6 bytes"),
    ]),
)
.under(&[(Space::EtherType, 0x0842), (Space::Udp, 9)])
.on(&ETH)
.carries_nothing();

const fn again(name: &'static str) -> Field {
    mac(name).rule(Rule::Copy("mac")).doc("the same again, 16 times in all")
}
