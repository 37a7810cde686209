//! Audio and video transport: the headers that its formats have in common.

use super::eth::ETH;
use super::table::*;

/// `avtp`
pub static AVTP: Protocol = protocol(
    "avtp",
    "Audio Video Transport Protocol",
    "IEEE 1722-2016 4.4",
    &layout([
        hex("subtype", 8)
            .main()
            .or(2)
            .named(&[
                ("iec61883", 0),
                ("mma", 1),
                ("aaf", 2),
                ("cvf", 3),
                ("crf", 4),
                ("tscf", 5),
                ("svf", 6),
                ("adp", 0xfa),
                ("aecp", 0xfb),
                ("acmp", 0xfc),
                ("maap", 0xfe),
            ])
            .brief()
            .doc("format"),
        num("sv", 1).or(1).doc("the stream identifier is valid"),
        num("version", 3).doc("0"),
        num("mr", 1).when("subtype", STREAM).doc("media clock restart"),
        num("reserved", 2).when("subtype", STREAM).doc("depends on the format"),
        num("tv", 1).when("subtype", STREAM).doc("the time is valid"),
        num("seq", 8).when("subtype", STREAM).brief().doc("sequence number"),
        num("reserved2", 7).when("subtype", STREAM).doc("depends on the format"),
        num("tu", 1).when("subtype", STREAM).doc("the time is uncertain"),
        hex("stream", 64).when("subtype", STREAM).brief().doc("stream"),
        num("time", 32).when("subtype", STREAM).doc("when to present it, ns modulo 2 to the 32"),
        hex("format", 32).when("subtype", STREAM).doc("depends on the format"),
        num("length", 16).when("subtype", STREAM).payload_len().doc("payload, bytes"),
        hex("format2", 16).when("subtype", STREAM).doc("depends on the format"),
        num("message", 4).when("subtype", CONTROL).brief().doc("which message"),
        num("status", 5).when("subtype", CONTROL).doc("status, or how long it is valid"),
        num("control", 11).when("subtype", CONTROL).doc("what is behind the identifier, bytes"),
        hex("entity", 64).when("subtype", CONTROL).brief().doc("entity or stream"),
        num("bits", 4).when_not("subtype", BOTH).doc("depends on the format"),
    ]),
)
.under(&[(Space::EtherType, 0x22f0)])
.on(&ETH);

/// Formats of streams.
const STREAM: &[u64] = &[0, 2, 3];
/// Formats of control.
const CONTROL: &[u64] = &[0xfa, 0xfb, 0xfc, 0xfe];
const BOTH: &[u64] = &[0, 2, 3, 0xfa, 0xfb, 0xfc, 0xfe];
