//! PPP over Ethernet: discovery and session.

use super::eth::ETH;
use super::ppp::PPP;
use super::table::*;

/// `pppoed`
pub static PPPOED: Protocol = protocol(
    "pppoed",
    "PPP over Ethernet, discovery",
    "RFC 2516 4, 5",
    &layout([
        num("version", 4).or(1).doc("1"),
        num("type", 4).or(1).doc("1"),
        hex("code", 8)
            .main()
            .or(9)
            .named(&[("padi", 0x09), ("pado", 0x07), ("padr", 0x19), ("pads", 0x65), ("padt", 0xa7)])
            .brief()
            .turns(&[(0x09, 0x07), (0x19, 0x65)])
            .doc("which message"),
        hex("session", 16).brief_if_unusual().doc("session; 0 until there is one"),
        num("length", 16).len_after().doc("tags, bytes"),
        items("tags", &TAGS).doc("tags"),
    ]),
)
.under(&[(Space::EtherType, 0x8863)])
.on(&ETH)
.carries_nothing();

/// `pppoe`
pub static PPPOE: Protocol = protocol(
    "pppoe",
    "PPP over Ethernet, session",
    "RFC 2516 4, 6",
    &layout([
        num("version", 4).or(1).doc("1"),
        num("type", 4).or(1).doc("1"),
        hex("code", 8).doc("0"),
        hex("session", 16).main().or(1).brief().doc("session"),
        num("length", 16).payload_len().doc("what follows, bytes"),
    ]),
)
.under(&[(Space::EtherType, 0x8864)])
.on(&ETH)
.then(&PPP);

static TAGS: List = List::of(&[
    &SERVICE,
    &AC,
    &HOSTUNIQ,
    &COOKIE,
    &VENDOR,
    &RELAY,
    &MAXPAYLOAD,
    &SERVICE_ERROR,
    &AC_ERROR,
    &ERROR,
    &END,
    &TAG,
])
.ends_with("end");

macro_rules! tag {
    ($id:ident $name:literal $title:literal $source:literal $number:literal: $($field:expr)?) => {
        static $id: Protocol = item($name, $title, $source, &layout([
            hex("tag", 16).always($number).doc("type of this tag"),
            num("len", 16).len_after().doc("value, bytes"),
            $($field)?
        ]));
    };
}

tag!(END "end" "End of list" "RFC 2516 A" 0:);
tag!(SERVICE "service" "Service name" "RFC 2516 A" 0x0101: bytes("name").main().brief().doc("service; any if empty"));
tag!(AC "ac" "Access concentrator's name" "RFC 2516 A" 0x0102: bytes("name").main().brief().doc("name"));
tag!(HOSTUNIQ "hostuniq" "Host-Uniq" "RFC 2516 A" 0x0103: bytes("value").main().doc("ties the answer to the request"));
tag!(COOKIE "cookie" "AC-Cookie" "RFC 2516 A" 0x0104: bytes("value").main().doc("comes back in the PADR"));
tag!(VENDOR "vendor" "Vendor-specific" "RFC 2516 A" 0x0105: bytes("value").main().doc("vendor and value"));
tag!(RELAY "relay" "Relay session" "RFC 2516 A" 0x0110: bytes("value").main().doc("added by a relay"));
tag!(MAXPAYLOAD "maxpayload" "PPP-Max-Payload" "RFC 4638 3" 0x0120: num("bytes", 16).main().doc("MTU, bytes"));
tag!(SERVICE_ERROR "service-error" "Service name error" "RFC 2516 A" 0x0201: bytes("text").main().doc("what is wrong"));
tag!(AC_ERROR "ac-error" "AC system error" "RFC 2516 A" 0x0202: bytes("text").main().doc("what is wrong"));
tag!(ERROR "error" "Generic error" "RFC 2516 A" 0x0203: bytes("text").main().doc("what is wrong"));

static TAG: Protocol = item(
    "tag",
    "Any tag",
    "RFC 2516 4",
    &layout([
        hex("type", 16).main().doc("type of this tag"),
        num("len", 16).len_after().doc("value, bytes"),
        items("data", &super::BYTES_ONLY).doc("value"),
    ]),
);
