//! Audio and video transport: streams in their formats, clock reference, and the control messages of IEEE 1722.1.

use super::eth::ETH;
use super::table::*;

/// `avtp`
pub static AVTP: Protocol = protocol(
    "avtp",
    "Audio Video Transport Protocol",
    "IEEE 1722-2016 4.4, IEEE 1722.1-2021",
    &layout([
        hex("subtype", 8).main().or(AAF as u128).named(SUBTYPES).brief().doc("format"),
        num("sv", 1).or(1).doc("the stream identifier is valid; of control messages a part of the message"),
        num("version", 3).doc("0"),
        // The common stream header (4.4.4).
        num("mr", 1).when("subtype", TIMED).doc("media clock restart"),
        num("reserved", 2).when("subtype", STREAM).doc("0; of IEC 61883 a gateway's"),
        num("tv", 1).when("subtype", STREAM).doc("the time is valid"),
        num("reserved2", 1).when("subtype", &[CRF]).doc("0"),
        num("fs", 1).when("subtype", &[CRF]).doc("frame synchronization: of events, such as video frames"),
        num("crftu", 1).when("subtype", &[CRF]).doc("the time is uncertain"),
        num("reserved3", 1).when("subtype", &[NTSCF]).doc("0"),
        num("ntscflen", 11).when("subtype", &[NTSCF]).payload_len().doc("messages, bytes"),
        num("seq", 8).when("subtype", NUMBERED).brief().doc("sequence number"),
        num("reserved4", 7).when("subtype", STREAM).doc("0"),
        num("tu", 1).when("subtype", STREAM).doc("the time is uncertain"),
        num("crftype", 8)
            .when("subtype", &[CRF])
            .or(1)
            .named(&[("user", 0), ("audio", 1), ("video-frame", 2), ("video-line", 3), ("machine", 4)])
            .brief()
            .doc("what the times are of"),
        hex("stream", 64).when("subtype", NUMBERED).brief().doc("stream"),
        num("time", 32).when("subtype", STREAM).doc("when to present it, ns modulo 2 to the 32"),
        // Audio (7.2).
        num("format", 8)
            .when("subtype", &[AAF])
            .or(4)
            .named(&[("float32", 1), ("int32", 2), ("int24", 3), ("int16", 4), ("aes3-32", 5)])
            .brief()
            .doc("sample format"),
        num("rate", 4)
            .when("subtype", &[AAF])
            .or(5)
            .named(&[
                ("8k", 1),
                ("16k", 2),
                ("32k", 3),
                ("44.1k", 4),
                ("48k", 5),
                ("88.2k", 6),
                ("96k", 7),
                ("176.4k", 8),
                ("192k", 9),
                ("24k", 10),
            ])
            .brief()
            .doc("sampling rate"),
        num("reserved5", 2).when("subtype", &[AAF]).doc("0"),
        num("channels", 10).when("subtype", &[AAF]).or(2).brief().doc("channels a frame"),
        num("depth", 8).when("subtype", &[AAF]).or(16).doc("bits of a sample that are used"),
        // Compressed video (8.2).
        num("cvformat", 8).when("subtype", &[CVF]).or(2).named(&[("rfc", 2)]).doc("form of the payload"),
        num("codec", 8)
            .when("subtype", &[CVF])
            .or(1)
            .named(&[("mjpeg", 0), ("h264", 1), ("jpeg2000", 2)])
            .brief()
            .doc("codec"),
        num("reserved6", 16).when("subtype", &[CVF]).doc("0"),
        hex("gateway", 32).when("subtype", &[IEC]).doc("gateway information"),
        hex("specific", 32).when("subtype", OTHER).doc("depends on the format"),
        // Clock reference (10.4).
        num("pull", 3).when("subtype", &[CRF]).doc("multiplier of the base frequency; 0: 1.0"),
        num("base", 29).when("subtype", &[CRF]).or(48000).brief().doc("base frequency, Hz"),
        num("length", 16).when("subtype", TIMED).payload_len().doc("payload, bytes"),
        num("timestamp-interval", 16).when("subtype", &[CRF]).or(160).doc("events between two times"),
        num("reserved7", 3).when("subtype", &[AAF]).doc("0"),
        num("sp", 1).when("subtype", &[AAF]).doc("sparse timestamp: one time in eight messages"),
        num("evt", 4).when("subtype", &[AAF]).doc("upper layer's event"),
        num("reserved8", 8).when("subtype", &[AAF]).doc("0"),
        num("reserved9", 2).when("subtype", &[CVF]).doc("0"),
        num("ptv", 1).when("subtype", &[CVF]).doc("the time in an H.264 payload is valid"),
        num("m", 1).when("subtype", &[CVF]).doc("last part of a frame"),
        num("cvevt", 4).when("subtype", &[CVF]).doc("upper layer's event"),
        num("reserved10", 8).when("subtype", &[CVF]).doc("0"),
        num("tag", 2).when("subtype", &[IEC]).or(1).doc("1: a CIP header follows"),
        num("channel", 6).when("subtype", &[IEC]).or(31).doc("channel; 31: not of IEEE 1394"),
        num("tcode", 4).when("subtype", &[IEC]).or(10).doc("10"),
        num("sy", 4).when("subtype", &[IEC]).doc("0"),
        hex("specific2", 16).when("subtype", OTHER).doc("depends on the format"),
        // Control (4.4.3).
        num("message", 4).when("subtype", CONTROL).brief().doc("which message"),
        num("status", 5).when("subtype", CONTROL).doc("status; of ADP how long it is valid, 2 s; of MAAP the version"),
        num("control", 11).when("subtype", CONTROL).payload_len().doc("what is behind the identifier, bytes"),
        hex("entity", 64).when("subtype", CONTROL).brief().doc("entity, target or stream"),
        num("bits", 4).when_not("subtype", KNOWN).doc("depends on the format"),
    ]),
)
.under(&[(Space::EtherType, 0x22f0)])
.on(&ETH)
// Discovery and connections (IEEE 1722.1-2021 B.1), and address acquisition (IEEE 1722-2016 B.4); streams have acquired ones.
.to(0xffff_ffff_ffff)
.to_by("subtype", &[(0xfa, 0x91e0_f001_0000), (0xfc, 0x91e0_f001_0000), (0xfe, 0x91e0_f000_ff00)]);

const IEC: u64 = 0;
const AAF: u64 = 2;
const CVF: u64 = 3;
const CRF: u64 = 4;
const NTSCF: u64 = 0x82;
/// Formats of streams with the common header.
const STREAM: &[u64] = &[IEC, AAF, CVF, 5, 6, 7];
/// Those whose fields are not told apart here: time-synchronous control, SVF, RVF.
const OTHER: &[u64] = &[5, 6, 7];
const TIMED: &[u64] = &[IEC, AAF, CVF, CRF, 5, 6, 7];
const NUMBERED: &[u64] = &[IEC, AAF, CVF, CRF, 5, 6, 7, NTSCF];
/// Formats of control.
const CONTROL: &[u64] = &[0xfa, 0xfb, 0xfc, 0xfe];
const KNOWN: &[u64] = &[IEC, AAF, CVF, CRF, 5, 6, 7, NTSCF, 0xfa, 0xfb, 0xfc, 0xfe];

const SUBTYPES: &[(&str, u64)] = &[
    ("iec61883", IEC),
    ("mma", 1),
    ("aaf", AAF),
    ("cvf", CVF),
    ("crf", CRF),
    ("tscf", 5),
    ("svf", 6),
    ("rvf", 7),
    ("ntscf", NTSCF),
    ("adp", 0xfa),
    ("aecp", 0xfb),
    ("acmp", 0xfc),
    ("maap", 0xfe),
];
