//! UDP.

use super::ipv4::IPV4;
use super::table::*;

/// `udp`
pub static UDP: Protocol = protocol(
    "udp",
    "User Datagram Protocol",
    "RFC 768",
    &layout([
        num("sport", 16).port_from(Space::Udp).or(49152).brief().mirrors("dport").marks().doc("source port"),
        num("dport", 16)
            .port_to(Space::Udp)
            .or(9)
            .brief()
            .mirrors("sport")
            .doc("destination port; 9 (discard) if unset"),
        num("length", 16).layer_len().doc("header and payload, bytes"),
        hex("checksum", 16).sum_pseudo_or_none().doc("of addresses, header and payload; 0: none"),
    ]),
)
.under(&[(Space::Ip, 17)])
.on(&IPV4);
