//! IGMP, versions 1 to 3.

use super::ipv4::IPV4;
use super::table::*;

/// 224.0.0.1
const ALL_SYSTEMS: u128 = 0xe000_0001;
/// 224.0.0.22
const ALL_IGMP3_ROUTERS: u128 = 0xe000_0016;

/// It stays on the link.
const TTL: (&str, &str, Ask) = ("ipv4", "ttl", Ask::Value(1));
const TO_GROUP: &[(&str, &str, Ask)] = &[TTL, ("ipv4", "dst", Ask::Group("group", ALL_SYSTEMS))];

/// `igmp3`
pub static REPORT3: Protocol = protocol(
    "igmp3",
    "IGMP version 3 report",
    "RFC 3376 4.2",
    &layout([
        hex("type", 8).magic(0x22).doc("message type"),
        num("reserved", 8).doc("reserved"),
        checksum(),
        num("reserved2", 16).doc("reserved"),
        num("nrec", 16).count_of("rec").doc("records that follow"),
        items("records", &RECORDS).doc("records, one a group"),
    ]),
)
.under(&[(Space::Ip, 2)])
.on(&IPV4)
.asks(&[TTL, ("ipv4", "dst", Ask::Value(ALL_IGMP3_ROUTERS))]);

/// `igmp3-query`
pub static QUERY3: Protocol = protocol(
    "igmp3-query",
    "IGMP version 3 query",
    "RFC 3376 4.1",
    &layout([
        hex("type", 8).magic(0x11).doc("message type"),
        num("delay", 8).or(100).doc("maximum response code; 100, 10 s, if unset"),
        checksum(),
        group(),
        num("reserved", 4).doc("reserved"),
        num("s", 1).doc("1: routers do not restart timers"),
        num("qrv", 3).or(2).doc("robustness; 2 if unset"),
        num("qqic", 8).or(125).doc("query interval code; 125 s if unset"),
        num("nsrc", 16).count_of("src").doc("sources that follow"),
        items("sources", &SOURCES).doc("sources asked for"),
    ]),
)
.under(&[(Space::Ip, 2)])
.on(&IPV4)
.asks(TO_GROUP);

/// `igmp`
pub static IGMP: Protocol = protocol(
    "igmp",
    "Internet Group Management Protocol, versions 1 and 2",
    "RFC 2236 2, RFC 1112 appendix I",
    &layout([
        hex("type", 8)
            .named(&[("query", 0x11), ("report1", 0x12), ("report", 0x16), ("leave", 0x17)])
            .or(0x16)
            .brief()
            .doc("message type; report if unset"),
        num("delay", 8).brief_if_unusual().doc("maximum response time, tenths of a second; 0: version 1"),
        checksum(),
        group(),
    ]),
)
.under(&[(Space::Ip, 2)])
.on(&IPV4)
.asks(TO_GROUP);

const fn checksum() -> Field {
    hex("checksum", 16).sum(Cover::Layer).doc("of the whole message")
}

const fn group() -> Field {
    ip4("group").main().brief().doc("multicast group; 0.0.0.0 in a general query")
}

/// Types of a record (RFC 3376 4.2.12, RFC 3810 5.2.12).
pub const RECORD_TYPES: &[(&str, u64)] =
    &[("include", 1), ("exclude", 2), ("to-include", 3), ("to-exclude", 4), ("allow", 5), ("block", 6)];

static RECORDS: List = List::of(&[&RECORD]).counted(&[("nrec", "rec")]);
static RECORD: Protocol = item(
    "rec",
    "Record of a group",
    "RFC 3376 4.2.4",
    &layout([
        num("type", 8).named(RECORD_TYPES).or(4).doc("record type; to-exclude, a join, if unset"),
        num("auxlen", 8).size_of().doc("auxiliary data, 32-bit words"),
        num("nsrc", 16).count_of("src").doc("sources that follow"),
        ip4("group").main().doc("multicast group"),
        items("sources", &SOURCES).doc("sources"),
        bytes("aux").sized_in(4, "auxlen").doc("auxiliary data"),
    ]),
);

static SOURCES: List = List::of(&[&SOURCE]).counted(&[("nsrc", "src")]);
static SOURCE: Protocol =
    item("src", "Source", "RFC 3376 4.2.10", &layout([ip4("src").main().doc("address of a source")]));
