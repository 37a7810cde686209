//! PROFINET: its frame identifiers, and DCP, which finds and names stations. Cyclic data is one field of bytes.

use super::eth::ETH;
use super::table::*;

/// `profinet`
pub static PROFINET: Protocol = protocol(
    "profinet",
    "PROFINET real time, and DCP",
    "IEC 61158-6-10 4.2, 4.3",
    &layout([
        hex("id", 16)
            .main()
            .or(0xfefe)
            .named(&[("hello", 0xfefc), ("getset", 0xfefd), ("identify", 0xfefe), ("identify-reply", 0xfeff)])
            .brief()
            .doc("frame identifier"),
        num("service", 8)
            .when("id", DCP)
            .by("id", &[(0xfefc, 6), (0xfefd, 4)])
            .or(5)
            .named(&[("get", 3), ("set", 4), ("identify", 5), ("hello", 6)])
            .brief()
            .doc("service"),
        num("type", 8)
            .when("id", DCP)
            .by("id", &[(0xfeff, 1)])
            .named(&[("request", 0), ("response", 1), ("unsupported", 5)])
            .doc("request or response"),
        hex("xid", 32).when("id", DCP).brief().mirrors("xid").doc("transaction"),
        num("delay", 16).when("id", DCP).doc("of a request the longest delay of the answer, 10 ms"),
        num("length", 16).when("id", DCP).len_after().doc("blocks, bytes"),
        items("blocks", &BLOCKS).when("id", DCP).doc("blocks"),
        bytes("data").when_not("id", DCP).doc("of other identifiers: data, cycle counter and two bytes of status"),
    ]),
)
.under(&[(Space::EtherType, 0x8892)])
.on(&ETH)
.to(0x010e_cf00_0000)
.carries_nothing();

/// The identifiers of DCP.
const DCP: &[u64] = &[0xfefc, 0xfefd, 0xfefe, 0xfeff];

static BLOCKS: List = List::of(&[&BLOCK]).spaced(2).aligned(2);

static BLOCK: Protocol = item(
    "block",
    "DCP block",
    "IEC 61158-6-10 4.3.1",
    &layout([
        num("option", 8)
            .main()
            .or(255)
            .named(&[("ip", 1), ("device", 2), ("dhcp", 3), ("control", 5), ("all", 255)])
            .brief()
            .doc("option"),
        num("sub", 8).by("option", &[(255, 255)]).or(2).brief().doc("suboption"),
        num("len", 16).len_after().doc("contents, bytes"),
        bytes("data").doc("contents; in answers and settings a qualifier of two bytes before them"),
    ]),
);
