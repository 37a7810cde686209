//! PPP and its control protocols.

use super::pppoe::PPPOE;
use super::table::*;

/// `ppp`
pub static PPP: Protocol = protocol(
    "ppp",
    "Point-to-Point Protocol",
    "RFC 1661 2",
    &layout([hex("proto", 16)
        .main()
        .next(Space::Ppp)
        .named(&[
            ("ipv4", 0x0021),
            ("ipv6", 0x0057),
            ("mpls", 0x0281),
            ("ipcp", 0x8021),
            ("ipv6cp", 0x8057),
            ("ccp", 0x80fd),
            ("lcp", 0xc021),
            ("pap", 0xc023),
            ("chap", 0xc223),
        ])
        .brief()
        .doc("protocol")]),
)
.on(&PPPOE);

const CODES: &[(&str, u64)] = &[
    ("request", 1),
    ("ack", 2),
    ("nak", 3),
    ("reject", 4),
    ("term-request", 5),
    ("term-ack", 6),
    ("code-reject", 7),
    ("proto-reject", 8),
    ("echo-request", 9),
    ("echo-reply", 10),
    ("discard", 11),
    // RFC 1570 2 of LCP, RFC 1962 5 of CCP.
    ("identification", 12),
    ("time-remaining", 13),
    ("reset-request", 14),
    ("reset-ack", 15),
];
/// The codes that configure: options follow.
const CONFIGURES: &[u64] = &[1, 2, 3, 4];

const fn code() -> Field {
    num("code", 8).main().or(1).named(CODES).brief().doc("code")
}
const fn id() -> Field {
    num("id", 8).or(1).brief().mirrors("id").doc("identifier")
}
const fn length() -> Field {
    num("length", 16).header_len(1).doc("whole packet, bytes")
}

/// `lcp`
pub static LCP: Protocol = protocol(
    "lcp",
    "PPP Link Control Protocol",
    "RFC 1661 5",
    &layout([
        code(),
        id(),
        length(),
        hex("rejected", 16).when("code", &[8]).doc("protocol that is rejected"),
        hex("magic", 32).when("code", &[9, 10, 11]).doc("sender's magic number"),
        items("options", &LCP_OPTIONS).when("code", CONFIGURES).doc("options"),
        bytes("data").when_not("code", CONFIGURES).doc("what is rejected, or data"),
    ]),
)
.under(&[(Space::Ppp, 0xc021)])
.on(&PPP)
.carries_nothing();

const fn control() -> [Field; 5] {
    layout([
        code(),
        id(),
        length(),
        items("options", &OPTIONS_ONLY).when("code", CONFIGURES).doc("options"),
        bytes("data").when_not("code", CONFIGURES).doc("what is rejected, or data"),
    ])
}

/// `ccp`
pub static CCP: Protocol = protocol("ccp", "PPP Compression Control Protocol", "RFC 1962 3", &control())
    .under(&[(Space::Ppp, 0x80fd)])
    .on(&PPP)
    .carries_nothing();

/// `ipcp`
pub static IPCP: Protocol = protocol(
    "ipcp",
    "PPP Internet Protocol Control Protocol",
    "RFC 1332 2",
    &layout([
        code(),
        id(),
        length(),
        items("options", &IPCP_OPTIONS).when("code", CONFIGURES).doc("options"),
        bytes("data").when_not("code", CONFIGURES).doc("what is rejected, or data"),
    ]),
)
.under(&[(Space::Ppp, 0x8021)])
.on(&PPP)
.carries_nothing();

/// `ipv6cp`
pub static IPV6CP: Protocol = protocol(
    "ipv6cp",
    "PPP IPv6 Control Protocol",
    "RFC 5072 3",
    &layout([
        code(),
        id(),
        length(),
        items("options", &IPV6CP_OPTIONS).when("code", CONFIGURES).doc("options"),
        bytes("data").when_not("code", CONFIGURES).doc("what is rejected, or data"),
    ]),
)
.under(&[(Space::Ppp, 0x8057)])
.on(&PPP)
.carries_nothing();

/// `pap`
pub static PAP: Protocol = protocol(
    "pap",
    "PPP Password Authentication Protocol",
    "RFC 1334 2",
    &layout([
        num("code", 8).main().or(1).named(&[("request", 1), ("ack", 2), ("nak", 3)]).brief().doc("code"),
        id(),
        length(),
        num("userlen", 8).size_of().when("code", &[1]).doc("name, bytes"),
        bytes("user").sized_by("userlen").when("code", &[1]).brief().doc("name"),
        num("passlen", 8).size_of().when("code", &[1]).doc("password, bytes"),
        bytes("password").sized_by("passlen").when("code", &[1]).doc("password"),
        num("msglen", 8).size_of().when("code", &[2, 3]).doc("message, bytes"),
        bytes("message").sized_by("msglen").when("code", &[2, 3]).doc("message"),
    ]),
)
.under(&[(Space::Ppp, 0xc023)])
.on(&PPP)
.carries_nothing();

/// `chap`
pub static CHAP: Protocol = protocol(
    "chap",
    "PPP Challenge Handshake Authentication Protocol",
    "RFC 1994 4",
    &layout([
        num("code", 8)
            .main()
            .or(1)
            .named(&[("challenge", 1), ("response", 2), ("success", 3), ("failure", 4)])
            .brief()
            .doc("code"),
        id(),
        length(),
        num("valuelen", 8).size_of().when("code", &[1, 2]).doc("value, bytes"),
        bytes("value").sized_by("valuelen").when("code", &[1, 2]).doc("challenge, or what answers it"),
        bytes("name").brief().doc("who sends it; of success and failure a message"),
    ]),
)
.under(&[(Space::Ppp, 0xc223)])
.on(&PPP)
.carries_nothing();

static LCP_OPTIONS: List = List::of(&[&MRU, &ACCM, &AUTH, &MAGIC, &PFC, &ACFC, &OPT]);
static IPCP_OPTIONS: List = List::of(&[&ADDR, &DNS1, &DNS2, &OPT]);
static IPV6CP_OPTIONS: List = List::of(&[&IID, &OPT]);
static OPTIONS_ONLY: List = List::of(&[&OPT]);

macro_rules! option {
    ($id:ident $name:literal $title:literal $source:literal $number:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, $source, &layout([
            num("option", 8).always($number).doc("option type"),
            num("len", 8).header_len(1).doc("option, bytes"),
            $($field),*
        ]));
    };
}

option!(MRU "mru" "Maximum receive unit" "RFC 1661 6.1" 1: num("bytes", 16).main().or(1492).brief().doc("MRU, bytes"));
option!(ACCM "accm" "Async control character map" "RFC 1662 7.1" 2: hex("map", 32).main().doc("characters to escape"));
option!(AUTH "auth" "Authentication protocol" "RFC 1661 6.2" 3:
    hex("proto", 16).main().named(&[("pap", 0xc023), ("chap", 0xc223)]).or(0xc023).brief().doc("protocol"),
    bytes("data").doc("its parameters; 5: CHAP with MD5"));
option!(MAGIC "magic" "Magic number" "RFC 1661 6.4" 5: hex("number", 32).main().brief().doc("tells a loop"));
option!(PFC "pfc" "Protocol field compression" "RFC 1661 6.5" 7:);
option!(ACFC "acfc" "Address and control field compression" "RFC 1661 6.6" 8:);
option!(ADDR "addr" "IP address" "RFC 1332 3.3" 3: ip4("addr").main().brief().doc("address; 0.0.0.0 asks for one"));
option!(DNS1 "dns1" "Primary DNS server" "RFC 1877 1.1" 129: ip4("addr").main().brief().doc("name server"));
option!(DNS2 "dns2" "Secondary DNS server" "RFC 1877 1.3" 131: ip4("addr").main().brief().doc("name server"));
option!(IID "iid" "Interface identifier" "RFC 5072 4.1" 1: hex("id", 64).main().brief().doc("interface identifier"));

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 1661 6",
    &layout([
        num("type", 8).main().doc("option type"),
        num("len", 8).header_len(1).doc("option, bytes"),
        items("data", &super::BYTES_ONLY).doc("contents"),
    ]),
);
