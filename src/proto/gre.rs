//! GRE, and its version 1, which carries PPTP.

use super::ipv4::IPV4;
use super::table::*;

/// `pptp`
pub static PPTP: Protocol = protocol(
    "pptp",
    "Enhanced GRE of PPTP",
    "RFC 2637 4.1",
    &layout([
        num("c", 1).doc("checksum present; 0"),
        num("r", 1).doc("routing present; 0"),
        num("k", 1).or(1).doc("key present; 1"),
        num("s", 1).has().doc("1: seq is there"),
        num("ssr", 1).doc("strict source route; 0"),
        num("recur", 3).doc("recursion control; 0"),
        num("a", 1).has().doc("1: ack is there"),
        num("flags", 4).doc("0"),
        num("version", 3).magic(1).doc("1"),
        hex("type", 16).next_or(Space::EtherType, 0x880b).named(super::ETHERTYPES).doc("what follows; PPP if unset"),
        num("len", 16).payload_len().doc("payload, bytes"),
        num("call", 16).brief().doc("the peer's call identifier"),
        num("seq", 32).if_bit("s").brief().doc("sequence number of the payload"),
        num("ack", 32).if_bit("a").brief().doc("highest sequence number received"),
    ]),
)
.under(&[(Space::Ip, 47)])
.on(&IPV4);

/// `gre`
pub static GRE: Protocol = protocol(
    "gre",
    "Generic Routing Encapsulation",
    "RFC 2784 2, RFC 2890 2",
    &layout([
        num("c", 1).has().doc("1: checksum is there"),
        num("r", 1).doc("routing present (RFC 1701); 0"),
        num("k", 1).has().doc("1: key is there"),
        num("s", 1).has().doc("1: seq is there"),
        num("reserved", 9).doc("reserved"),
        num("version", 3).doc("0"),
        hex("type", 16)
            .next_or(Space::EtherType, super::eth::EXPERIMENTAL)
            .named(super::ETHERTYPES)
            .doc("EtherType of what follows; 0x88b5 before bytes"),
        hex("checksum", 16).sum(Cover::Layer).if_bit("c").doc("of header and payload"),
        num("reserved1", 16).if_bit("c").doc("reserved"),
        num("key", 32).if_bit("k").brief().doc("key"),
        num("seq", 32).if_bit("s").brief().doc("sequence number"),
    ]),
)
.under(&[(Space::Ip, 47)])
.on(&IPV4);
