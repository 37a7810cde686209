//! `IPsec`: the authentication header and encapsulated payload. Nothing is signed or encrypted here.

use super::ipv4::IPV4;
use super::ipv6ext::next;
use super::table::*;

/// `ah`
pub static AH: Protocol = protocol(
    "ah",
    "IP authentication header",
    "RFC 4302 2",
    &layout([
        next(),
        num("len", 8).header_len_biased(4, -8).doc("header without two words, 32-bit words"),
        num("reserved", 16).doc("reserved"),
        hex("spi", 32).brief().doc("security parameters index"),
        num("seq", 32).brief().doc("sequence number"),
        items("icv", &ICV).doc("integrity check value, filled up to 4 bytes; it is not computed"),
    ]),
)
.under(&[(Space::Ip, 51)])
.on(&IPV4);

static ICV: List = List::of(&[]).aligned(4);

/// `esp`
pub static ESP: Protocol = protocol(
    "esp",
    "IP encapsulating security payload",
    "RFC 4303 2",
    &layout([
        hex("spi", 32).brief().doc("security parameters index"),
        num("seq", 32).brief().doc("sequence number; what follows is bytes, encrypted"),
    ]),
)
.under(&[(Space::Ip, 50)])
.on(&IPV4);
