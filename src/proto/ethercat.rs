//! `EtherCAT`: datagrams that every station reads and writes on the way. All numbers have their low byte first.

use super::eth::ETH;
use super::table::*;

/// `ethercat`
pub static ETHERCAT: Protocol = protocol(
    "ethercat",
    "EtherCAT",
    "IEC 61158-4-12:2019 5.3",
    &layout([
        num("type", 4)
            .main()
            .in_word(16)
            .or(1)
            .named(&[("datagrams", 1), ("variables", 4), ("mailbox", 5)])
            .brief_if_unusual()
            .doc("what follows"),
        num("reserved", 1).in_word(16).doc("0"),
        num("length", 11).in_word(16).len_after().doc("what follows, bytes"),
        items("datagrams", &DATAGRAMS).when("type", &[1]).doc("datagrams"),
        bytes("data").when_not("type", &[1]).doc("what another type says"),
    ]),
)
.under(&[(Space::EtherType, 0x88a4), (Space::Udp, 0x88a4)])
.on(&ETH)
.carries_nothing();

static DATAGRAMS: List = List::of(&[&DATAGRAM]);

static DATAGRAM: Protocol = item(
    "datagram",
    "Datagram",
    "IEC 61158-4-12:2019 5.4",
    &layout([
        num("cmd", 8).main().named(COMMANDS).brief().doc("what stations do with the data"),
        num("index", 8).brief_if_unusual().doc("the master's number of the datagram"),
        hex("adp", 16).little().when_not("cmd", LOGICAL).brief().doc("station: its place, counted up, or its address"),
        hex("ado", 16).little().when_not("cmd", LOGICAL).brief().doc("address of its memory"),
        hex("addr", 32).little().when("cmd", LOGICAL).brief().doc("logical address"),
        num("more", 1).in_word(16).more().doc("another datagram follows"),
        num("circulated", 1).in_word(16).brief_if_unusual().doc("it went round once already"),
        num("reserved", 3).in_word(16).doc("0"),
        num("length", 11).in_word(16).size_of().doc("data, bytes"),
        hex("irq", 16).little().doc("events of the stations"),
        bytes("data").sized_by("length").brief().doc("data"),
        num("wkc", 16).little().brief().doc("working counter: stations add what they did"),
    ]),
);

/// Those that address the memory that stations share.
const LOGICAL: &[u64] = &[10, 11, 12];
/// No operation; auto-increment, configured, broadcast and logical; read, write, and multiple write.
const COMMANDS: &[(&str, u64)] = &[
    ("nop", 0),
    ("aprd", 1),
    ("apwr", 2),
    ("aprw", 3),
    ("fprd", 4),
    ("fpwr", 5),
    ("fprw", 6),
    ("brd", 7),
    ("bwr", 8),
    ("brw", 9),
    ("lrd", 10),
    ("lwr", 11),
    ("lrw", 12),
    ("armw", 13),
    ("frmw", 14),
];
