//! DNS messages, mDNS and LLMNR too.
//!
//! A name that is compressed is printed with its pointer, `www:12`: which name it is depends on the whole message.

use super::table::*;
use super::udp::UDP;

/// `dns`
pub static DNS: Protocol = protocol(
    "dns",
    "Domain Name System",
    "RFC 1035 4.1.1",
    &layout([
        num("id", 16).brief().mirrors("id").marks().doc("identifier"),
        num("qr", 1).named(&[("query", 0), ("response", 1)]).turns(&[(0, 1)]).brief().doc("query or response"),
        num("opcode", 4)
            .named(&[("query", 0), ("iquery", 1), ("status", 2), ("notify", 4), ("update", 5)])
            .brief_if_unusual()
            .doc("kind of query"),
        flags("flags", 7, &[("aa", 64), ("tc", 32), ("rd", 16), ("ra", 8), ("z", 4), ("ad", 2), ("cd", 1)])
            .or(16)
            .doc("authoritative, truncated, recursion desired (the default) and available, authentic, not checked"),
        num("rcode", 4)
            .named(&[("formerr", 1), ("servfail", 2), ("nxdomain", 3), ("notimp", 4), ("refused", 5)])
            .brief_if_unusual()
            .doc("response code"),
        num("qdcount", 16).count_of("q").doc("questions"),
        num("ancount", 16).count_of("an").doc("answers"),
        num("nscount", 16).count_of("ns").doc("authorities"),
        num("arcount", 16).count_of("ar").doc("additional records"),
        items("records", &RECORDS).doc("questions and records"),
    ]),
)
.under(&[(Space::Udp, 53), (Space::Udp, 5353), (Space::Udp, 5355)])
.on(&UDP);

static RECORDS: List = List::of(&[&Q, &AN, &NS, &AR]).counted(&[
    ("qdcount", "q"),
    ("ancount", "an"),
    ("nscount", "ns"),
    ("arcount", "ar"),
]);

static Q: Protocol = item(
    "q",
    "Question",
    "RFC 1035 4.1.2",
    &layout([
        domain("name").main().brief().doc("name asked for"),
        num("type", 16).or(1).named(TYPES).brief().doc("type asked for"),
        num("class", 16).or(1).named(CLASSES).doc("class; in mDNS the high bit asks for a unicast answer"),
    ]),
);
static AN: Protocol = item("an", "Answer", "RFC 1035 4.1.3", &record());
static NS: Protocol = item("ns", "Authority", "RFC 1035 4.1.3", &record());
static AR: Protocol = item("ar", "Additional record", "RFC 1035 4.1.3", &record());

const fn record() -> [Field; 23] {
    layout([
        domain("name").main().brief().doc("whose record it is"),
        num("type", 16).or(1).named(TYPES).brief().doc("what the data is"),
        num("class", 16).or(1).named(CLASSES).doc("class; of OPT the longest UDP payload, bytes"),
        num("ttl", 32).or(3600).doc("how long it may be kept, seconds; of OPT more flags"),
        num("rdlen", 16).len_after().doc("data, bytes"),
        ip4("a").when("type", &[A]).brief().doc("address"),
        ip6("aaaa").when("type", &[AAAA]).brief().doc("address (RFC 3596)"),
        domain("host").when("type", &[NAMESERVER, CNAME, PTR, DNAME]).brief().doc("name server, alias, or name"),
        num("pref", 16).when("type", &[MX]).doc("preference, the least first"),
        domain("mx").when("type", &[MX]).brief().doc("mail exchanger"),
        domain("mname").when("type", &[SOA]).brief().doc("first name server"),
        domain("rname").when("type", &[SOA]).doc("mailbox of who is responsible"),
        num("serial", 32).when("type", &[SOA]).doc("version of the zone"),
        num("refresh", 32).when("type", &[SOA]).doc("between looks for a new version, seconds"),
        num("retry", 32).when("type", &[SOA]).doc("before the next try, seconds"),
        num("expire", 32).when("type", &[SOA]).doc("until it is no longer authoritative, seconds"),
        num("minimum", 32).when("type", &[SOA]).doc("how long a name may be kept as not there, seconds (RFC 2308)"),
        num("prio", 16).when("type", &[SRV]).doc("priority, the least first (RFC 2782)"),
        num("weight", 16).when("type", &[SRV]).doc("share among equals"),
        num("port", 16).when("type", &[SRV]).brief().doc("port"),
        domain("target").when("type", &[SRV]).brief().doc("host"),
        items("text", &TEXT).when("type", &[TXT, SPF]).doc("strings"),
        bytes("data").when_not("type", FORMED).doc("data of any other type"),
    ])
}

static TEXT: List = List::of(&[&STR]);
static STR: Protocol = item(
    "str",
    "Character string",
    "RFC 1035 3.3",
    &layout([num("len", 8).len_after().doc("text, bytes"), bytes("text").main().brief().doc("text")]),
);

const A: u64 = 1;
const NAMESERVER: u64 = 2;
const CNAME: u64 = 5;
const SOA: u64 = 6;
const PTR: u64 = 12;
const MX: u64 = 15;
const TXT: u64 = 16;
const AAAA: u64 = 28;
const SRV: u64 = 33;
const DNAME: u64 = 39;
const SPF: u64 = 99;
/// The types whose data has fields.
const FORMED: &[u64] = &[A, NAMESERVER, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DNAME, SPF];

const TYPES: &[(&str, u64)] = &[
    ("a", A),
    ("ns", NAMESERVER),
    ("cname", CNAME),
    ("soa", SOA),
    ("ptr", PTR),
    ("hinfo", 13),
    ("mx", MX),
    ("txt", TXT),
    ("aaaa", AAAA),
    ("srv", SRV),
    ("naptr", 35),
    ("dname", DNAME),
    ("opt", 41),
    ("ds", 43),
    ("rrsig", 46),
    ("nsec", 47),
    ("dnskey", 48),
    ("svcb", 64),
    ("https", 65),
    ("spf", SPF),
    ("ixfr", 251),
    ("axfr", 252),
    ("any", 255),
    ("caa", 257),
];
const CLASSES: &[(&str, u64)] = &[("in", 1), ("ch", 3), ("hs", 4), ("none", 254), ("any", 255)];
