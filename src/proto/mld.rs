//! Multicast listener discovery, versions 1 and 2.

use super::icmpv6::ICMPV6;
use super::ipv6::{ALL_NODES, ALL_ROUTERS};
use super::table::*;

/// `ff02::16`
const ALL_MLD2_ROUTERS: u128 = 0xff02 << 112 | 0x16;

/// It stays on the link.
const HOP_LIMIT: (&str, &str, Ask) = ("ipv6", "hlim", Ask::Value(1));
const TO_GROUP: &[(&str, &str, Ask)] = &[HOP_LIMIT, ("ipv6", "dst", Ask::Group("group", ALL_NODES))];

/// `mld2-query`
pub static QUERY2: Protocol = protocol(
    "mld2-query",
    "Multicast listener query, version 2",
    "RFC 3810 5.1",
    &layout([
        num("delay", 16).or(10_000).doc("maximum response code; 10000 ms if unset"),
        num("reserved", 16).doc("reserved"),
        group(),
        num("reserved2", 4).doc("reserved"),
        num("s", 1).doc("1: routers do not restart timers"),
        num("qrv", 3).or(2).doc("robustness; 2 if unset"),
        num("qqic", 8).or(125).doc("query interval code; 125 s if unset"),
        num("nsrc", 16).count_of("src").doc("sources that follow"),
        items("sources", &QUERIED).doc("sources asked for"),
    ]),
)
.under(&[(Space::Icmp6Type, 130)])
.on(&ICMPV6)
.asks(TO_GROUP);

static QUERIED: List = List::of(&[&SOURCE]).counted(&[("nsrc", "src")]);

/// `mld-query`
pub static QUERY: Protocol = protocol(
    "mld-query",
    "Multicast listener query, version 1",
    "RFC 2710 3",
    &layout([
        num("delay", 16).or(10_000).doc("maximum response delay, milliseconds; 10000 if unset"),
        num("reserved", 16).doc("reserved"),
        group(),
    ]),
)
.under(&[(Space::Icmp6Type, 130)])
.on(&ICMPV6)
.asks(TO_GROUP);

/// `mld-report`
pub static REPORT: Protocol = protocol("mld-report", "Multicast listener report, version 1", "RFC 2710 3", &short())
    .under(&[(Space::Icmp6Type, 131)])
    .on(&ICMPV6)
    .asks(TO_GROUP);

/// `mld-done`
pub static DONE: Protocol = protocol("mld-done", "Multicast listener done", "RFC 2710 3", &short())
    .under(&[(Space::Icmp6Type, 132)])
    .on(&ICMPV6)
    .asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::Value(ALL_ROUTERS))]);

/// `mld2-report`
pub static REPORT2: Protocol = protocol(
    "mld2-report",
    "Multicast listener report, version 2",
    "RFC 3810 5.2",
    &layout([
        num("reserved", 16).doc("reserved"),
        num("nrec", 16).count_of("rec").doc("records that follow"),
        items("records", &RECORDS).doc("records, one a group"),
    ]),
)
.under(&[(Space::Icmp6Type, 143)])
.on(&ICMPV6)
.asks(&[HOP_LIMIT, ("ipv6", "dst", Ask::Value(ALL_MLD2_ROUTERS))]);

const fn group() -> Field {
    ip6("group").main().brief().doc("multicast address; :: in a general query")
}

const fn short() -> [Field; 3] {
    layout([num("delay", 16).doc("0"), num("reserved", 16).doc("reserved"), group()])
}

static RECORDS: List = List::of(&[&RECORD]).counted(&[("nrec", "rec")]);
static RECORD: Protocol = item(
    "rec",
    "Record of a group",
    "RFC 3810 5.2.4",
    &layout([
        num("type", 8).named(super::igmp::RECORD_TYPES).or(4).doc("record type; to-exclude, a join, if unset"),
        num("auxlen", 8).size_of().doc("auxiliary data, 32-bit words"),
        num("nsrc", 16).count_of("src").doc("sources that follow"),
        ip6("group").main().doc("multicast address"),
        items("sources", &SOURCES).doc("sources"),
        bytes("aux").sized_in(4, "auxlen").doc("auxiliary data"),
    ]),
);

static SOURCES: List = List::of(&[&SOURCE]).counted(&[("nsrc", "src")]);
static SOURCE: Protocol =
    item("src", "Source", "RFC 3810 5.2.10", &layout([ip6("src").main().doc("address of a source")]));
