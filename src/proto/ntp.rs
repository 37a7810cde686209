//! NTP.

use super::table::*;
use super::udp::UDP;

/// `ntp`
pub static NTP: Protocol = protocol(
    "ntp",
    "Network Time Protocol",
    "RFC 5905 7.3",
    &layout([
        num("leap", 2).named(&[("add", 1), ("drop", 2), ("unknown", 3)]).doc("leap second at the end of the month"),
        num("version", 3).or(4).doc("version; 4 if unset"),
        num("mode", 3)
            .or(3)
            .named(&[
                ("active", 1),
                ("passive", 2),
                ("client", 3),
                ("server", 4),
                ("broadcast", 5),
                ("control", 6),
                ("private", 7),
            ])
            .brief()
            .turns(&[(3, 4), (1, 2)])
            .doc("mode; client if unset"),
        num("stratum", 8).brief_if_unusual().doc("distance to the reference clock; 0: none"),
        int("poll", 8).doc("between messages, log2 of seconds"),
        int("precision", 8).doc("of the clock, log2 of seconds"),
        hex("delay", 32).doc("to the reference clock and back, seconds in 16.16 bits"),
        hex("dispersion", 32).doc("to the reference clock, seconds in 16.16 bits"),
        hex("ref-id", 32).doc("reference clock: four letters, or an address"),
        hex("ref-time", 64).doc("the clock was set, seconds from 1900 in 32.32 bits"),
        hex("org-time", 64).mirrors("xmt-time").doc("the question was sent, seconds from 1900 in 32.32 bits"),
        hex("rec-time", 64).doc("the question was received, seconds from 1900 in 32.32 bits"),
        hex("xmt-time", 64)
            .doc("this was sent, seconds from 1900 in 32.32 bits; what follows, extensions and a code, is bytes"),
    ]),
)
.under(&[(Space::Udp, 123)])
.on(&UDP)
// RFC 5905 9.1: both ends.
.asks(&[("udp", "sport", Ask::Value(123))]);
