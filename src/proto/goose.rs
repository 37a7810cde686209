//! GOOSE: events of a substation, in BER.
//!
//! Of two tables, one for a message with the identifier that it may leave out.

use super::eth::ETH;
use super::table::*;

macro_rules! goose {
    ($(#[$doc:meta])* $id:ident $name:literal $title:literal [$($goid:expr),*]) => {
        $(#[$doc])*
        pub static $id: Protocol = protocol($name, $title, "IEC 61850-8-1:2011 A, C; ITU-T X.690", &layout([
            hex("appid", 16).main().brief().doc("application identifier"),
            num("length", 16).header_len(1).doc("whole message, bytes"),
            num("sim", 1).brief_if_unusual().doc("simulated: not from the device that should send it"),
            hex("reserved1", 15).doc("0"),
            hex("reserved2", 16).doc("0"),
            tag("tag", 0x61),
            ber_len("apdulen").doc("what follows, bytes"),
            tag("reftag", 0x80),
            ber("reflen", Ber::Length).size_of().doc("control block, bytes"),
            bytes("ref").sized_by("reflen").brief().doc("control block that sends it"),
            tag("ttltag", 0x81),
            ber("ttl", Ber::Unsigned).or(2000).doc("how long to wait for the next message, ms"),
            tag("settag", 0x82),
            ber("setlen", Ber::Length).size_of().doc("data set, bytes"),
            bytes("set").sized_by("setlen").doc("data set"),
            $($goid,)*
            tag("ttag", 0x84),
            num("tlen", 8).magic(8).doc("time, bytes"),
            num("t", 32).doc("time of the event, seconds from 1970"),
            hex("fraction", 24).doc("of a second"),
            hex("quality", 8).doc("of the time: leap seconds known, failed, not synchronized, bits that count"),
            tag("sttag", 0x85),
            ber("st", Ber::Unsigned).or(1).brief().doc("number of the event"),
            tag("sqtag", 0x86),
            ber("sq", Ber::Unsigned).brief().doc("messages since the event"),
            tag("testtag", 0x87),
            num("testlen", 8).magic(1).doc("test, bytes"),
            num("test", 8).brief_if_unusual().doc("1: a test (in edition 2: a simulation)"),
            tag("conftag", 0x88),
            ber("conf", Ber::Unsigned).or(1).doc("revision of the configuration"),
            tag("ndstag", 0x89),
            num("ndslen", 8).magic(1).doc("needs commissioning, bytes"),
            num("nds", 8).brief_if_unusual().doc("1: the control block needs commissioning"),
            tag("entriestag", 0x8a),
            ber("entries", Ber::Unsigned).count_all().doc("members of the data set"),
            tag("datatag", 0xab),
            ber_len("datalen").doc("values, bytes"),
            items("data", &DATA).doc("values"),
        ]))
        .under(&[(Space::EtherType, 0x88b8)])
        .on(&ETH)
        .to(0x010c_cd01_0000)
        .carries_nothing();
    };
}

goose! {
    /// `goose`
    GOOSE "goose" "Generic object-oriented substation event" [
        tag("idtag", 0x83),
        ber("idlen", Ber::Length).size_of().doc("identifier, bytes"),
        bytes("id").sized_by("idlen").brief().doc("identifier of the message")
    ]
}
goose! {
    /// `goose-noid`
    GOOSE_NOID "goose-noid" "GOOSE that leaves out its identifier" []
}

const fn tag(name: &'static str, value: u128) -> Field {
    hex(name, 8).magic(value).doc("tag of what follows")
}

static DATA: List =
    List::of(&[&BOOL, &INT, &UINT, &BITS, &FLOAT, &STRING, &OCTETS, &UTC, &TIME, &BCD, &MMS, &STRUCT, &ARRAY, &ANY]);

macro_rules! data {
    ($($id:ident $name:literal $title:literal $tag:literal: $($field:expr),*;)*) => {
        $(static $id: Protocol = item($name, $title, "IEC 61850-8-1:2011 A", &layout([
            hex("tag", 8).always($tag).doc("tag of this value"),
            $($field),*
        ]));)*
    };
}

const fn len() -> Field {
    ber_len("len").doc("what follows, bytes")
}

data! {
    ARRAY "array" "Array" 0xa1: len(), items("data", &DATA).doc("members");
    STRUCT "struct" "Structure" 0xa2: len(), items("data", &DATA).doc("members");
    BOOL "bool" "Boolean" 0x83: len(), num("value", 8).main().brief().doc("0: false");
    BITS "bits" "Bit string" 0x84: len(), bytes("value").main().brief().doc("bits of the last byte that are none, and the bytes");
    INT "int" "Integer" 0x85: ber("value", Ber::Signed).main().brief().doc("value");
    UINT "uint" "Unsigned" 0x86: ber("value", Ber::Unsigned).main().brief().doc("value");
    FLOAT "float" "Floating point of 32 bits" 0x87: len(), num("exponent", 8).always(8).doc("bits of the exponent"),
        hex("value", 32).main().brief().doc("value (IEEE 754)");
    OCTETS "octets" "Octet string" 0x89: len(), bytes("value").main().doc("value");
    STRING "string" "Visible string" 0x8a: len(), bytes("value").main().brief().doc("text");
    TIME "time" "Binary time" 0x8c: len(), bytes("value").main().doc("ms of the day, and days from 1984");
    BCD "bcd" "Decimal digits" 0x8d: ber("value", Ber::Signed).main().doc("value");
    MMS "mms" "MMS string" 0x90: len(), bytes("value").main().doc("text in UTF-8");
    UTC "utc" "Time" 0x91: len(), num("seconds", 32).main().brief().doc("seconds from 1970"),
        hex("fraction", 24).doc("of a second"), hex("quality", 8).doc("of the time");
}

static ANY: Protocol = item(
    "any",
    "Any value",
    "ITU-T X.690 8.1",
    &layout([hex("tag", 8).main().doc("tag of this value"), len(), items("data", &super::BYTES_ONLY).doc("contents")]),
);
