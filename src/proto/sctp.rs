//! SCTP. Its chunks are in `chunks`.

mod chunks;

use super::ipv4::IPV4;
use super::table::*;

/// `sctp`
pub static SCTP: Protocol = protocol(
    "sctp",
    "Stream Control Transmission Protocol",
    "RFC 9260 3.1",
    &layout([
        num("sport", 16).or(49152).brief().mirrors("dport").marks().doc("source port; 49152 if unset"),
        num("dport", 16).or(9).brief().mirrors("sport").doc("destination port; 9 (discard) if unset"),
        hex("tag", 32).brief().doc("verification tag"),
        hex("checksum", 32).rule(Rule::Crc32c).doc("CRC-32C of header and chunks"),
        items("chunks", &chunks::CHUNKS).doc("chunks, filled up to 4 bytes each"),
    ]),
)
.under(&[(Space::Ip, 132)])
.on(&IPV4)
.carries_nothing();
