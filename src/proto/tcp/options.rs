//! The options of TCP (IANA, TCP Option Kind Numbers). One without a table of its own is `opt=NUMBER {bytes}`.

use crate::proto::BYTES_ONLY;
use crate::proto::table::*;

pub(super) static OPTIONS: List = List::of(&[
    &END,
    &NOP,
    &MSS,
    &WSCALE,
    &SACKOK,
    &SACK,
    &ECHO,
    &ECHO_REPLY,
    &TS,
    &POC,
    &POC_PROFILE,
    &CC,
    &CC_NEW,
    &CC_ECHO,
    &ALTSUM,
    &ALTSUM_DATA,
    &SKEETER,
    &BUBBA,
    &TRAILER,
    &MD5,
    &SCPS,
    &SNACK,
    &BOUNDARIES,
    &CORRUPTION,
    &SNAP,
    &COMPRESSION,
    &QUICKSTART,
    &UTO,
    &AO,
    &MPTCP,
    &FASTOPEN,
    &ENO,
    &ACCECN0,
    &ACCECN1,
    &EXP1,
    &EXP,
    &OPT,
])
.aligned(4)
.ends_with("end");

const fn kind(number: u128) -> Field {
    num("kind", 8).always(number).doc("option kind")
}

const fn len() -> Field {
    num("len", 8).header_len(1).doc("option, bytes")
}

static END: Protocol = item("end", "End of options", "RFC 9293 3.1", &layout([kind(0)]));

static NOP: Protocol = item("nop", "No operation", "RFC 9293 3.1", &layout([kind(1)]));

static MSS: Protocol = item(
    "mss",
    "Maximum segment size",
    "RFC 9293 3.7.1",
    &layout([kind(2), len(), num("size", 16).main().doc("the most data that a segment may carry, bytes")]),
);

static WSCALE: Protocol = item(
    "wscale",
    "Window scale",
    "RFC 7323 2.2",
    &layout([kind(3), len(), num("shift", 8).main().doc("bits by which windows are shifted left")]),
);

static SACKOK: Protocol = item("sackok", "Selective acknowledgment permitted", "RFC 2018 2", &layout([kind(4), len()]));

static SACK: Protocol = item(
    "sack",
    "Selective acknowledgment",
    "RFC 2018 3",
    &layout([kind(5), len(), items("blocks", &BLOCKS).doc("blocks received out of order")]),
);

static BLOCKS: List = List::of(&[&BLOCK]);

static BLOCK: Protocol = item(
    "block",
    "Block of received data",
    "RFC 2018 3",
    &layout([
        num("start", 32).main().doc("sequence number of its first byte"),
        num("end", 32).doc("sequence number of the byte behind it"),
    ]),
);

static TS: Protocol = item(
    "ts",
    "Timestamps",
    "RFC 7323 3.2",
    &layout([
        kind(8),
        len(),
        num("val", 32).main().doc("the sender's clock"),
        num("ecr", 32).doc("echo of the peer's, where the flag ack is set"),
    ]),
);

macro_rules! options {
    ($($id:ident $name:literal $title:literal $source:literal $kind:literal: $($field:expr),*;)*) => {
        $(static $id: Protocol = item($name, $title, $source, &layout([kind($kind), len(), $($field),*]));)*
    };
}

options! {
    // Obsolete.
    ECHO "echo" "Echo" "RFC 1072 3" 6: hex("data", 32).main().doc("what is to be echoed");
    ECHO_REPLY "echo-reply" "Echo reply" "RFC 1072 3" 7: hex("data", 32).main().doc("what is echoed");
    POC "poc" "Partial order connection permitted" "RFC 1693 2.2" 9:;
    POC_PROFILE "poc-profile" "Partial order service profile" "RFC 1693 2.2" 10:
        num("start", 1).doc("first of a profile"), num("end", 1).doc("last of a profile"), num("filler", 6).doc("0");
    CC "cc" "Connection count" "RFC 1644 4.2" 11: num("count", 32).main().doc("connection count");
    CC_NEW "cc-new" "New connection count" "RFC 1644 4.2" 12: num("count", 32).main().doc("connection count");
    CC_ECHO "cc-echo" "Connection count echoed" "RFC 1644 4.2" 13: num("count", 32).main().doc("connection count");
    ALTSUM "altsum" "Alternate checksum request" "RFC 1146 1" 14:
        num("sum", 8).main().named(&[("tcp", 0), ("fletcher8", 1), ("fletcher16", 2), ("avoidance", 3)]).doc("checksum");
    ALTSUM_DATA "altsum-data" "Alternate checksum data" "RFC 1146 1" 15: bytes("data").main().doc("checksum");
    SKEETER "skeeter" "Skeeter" "IANA, TCP Option Kind Numbers" 16: items("data", &BYTES_ONLY).doc("contents");
    BUBBA "bubba" "Bubba" "IANA, TCP Option Kind Numbers" 17: items("data", &BYTES_ONLY).doc("contents");
    TRAILER "trailer" "Trailer checksum" "IANA, TCP Option Kind Numbers" 18: items("data", &BYTES_ONLY).doc("contents");
    SCPS "scps" "SCPS capabilities" "CCSDS 714.0-B-2 3.2.3" 20:
        num("bets", 1).doc("best effort transport"), num("snack1", 1).doc("short SNACK"), num("snack2", 1).doc("long SNACK"),
        num("compression", 1).doc("compression"), num("reserved", 4).doc("0"), num("connection", 8).doc("connection");
    SNACK "snack" "Selective negative acknowledgment" "CCSDS 714.0-B-2 3.3.3" 21:
        num("offset", 16).main().doc("to the hole, segments"), num("size", 16).doc("of the hole, segments"),
        items("data", &BYTES_ONLY).doc("bits of further holes");
    BOUNDARIES "boundaries" "Record boundaries" "CCSDS 714.0-B-2" 22: items("data", &BYTES_ONLY).doc("contents");
    CORRUPTION "corruption" "Corruption experienced" "CCSDS 714.0-B-2" 23: items("data", &BYTES_ONLY).doc("contents");
    SNAP "snap" "SNAP" "IANA, TCP Option Kind Numbers" 24: items("data", &BYTES_ONLY).doc("contents");
    COMPRESSION "compression" "Compression filter" "IANA, TCP Option Kind Numbers" 26:
        items("data", &BYTES_ONLY).doc("contents");
    // Registered still.
    QUICKSTART "quickstart" "Quick-Start response" "RFC 4782 4.2" 27: num("reserved", 4).doc("0"),
        num("rate", 4).main().doc("rate approved, 40 kbit/s times 2 to this power"), num("ttl", 8).doc("difference of TTLs"),
        hex("nonce", 30).doc("nonce"), num("reserved2", 2).doc("0");
    ENO "eno" "Encryption negotiation" "RFC 8547 4.1" 69: bytes("subs").main().doc("suboptions");
    EXP1 "exp1" "Shared experiment, the other number" "RFC 6994 3" 253:
        hex("exid", 16).main().doc("identifier of the experiment"), items("data", &BYTES_ONLY).doc("contents");
}

static MD5: Protocol = item(
    "md5",
    "MD5 signature",
    "RFC 2385 3",
    &layout([kind(19), len(), hex("digest", 128).main().doc("digest; it is not computed")]),
);

static UTO: Protocol = item(
    "uto",
    "User timeout",
    "RFC 5482 3",
    &layout([
        kind(28),
        len(),
        num("minutes", 1).doc("1: minutes, 0: seconds"),
        num("timeout", 15).main().doc("user timeout, seconds or minutes"),
    ]),
);

static AO: Protocol = item(
    "ao",
    "Authentication",
    "RFC 5925 2.2",
    &layout([
        kind(29),
        len(),
        num("key", 8).doc("identifier of the key used"),
        num("next", 8).doc("identifier of the key wanted"),
        bytes("mac").doc("message authentication code; it is not computed"),
    ]),
);

static MPTCP: Protocol = item(
    "mptcp",
    "Multipath TCP",
    "RFC 8684 3",
    &layout([
        kind(30),
        len(),
        num("subtype", 4)
            .main()
            .named(&[
                ("capable", 0),
                ("join", 1),
                ("dss", 2),
                ("add-addr", 3),
                ("remove-addr", 4),
                ("prio", 5),
                ("fail", 6),
                ("fastclose", 7),
                ("rst", 8),
            ])
            .doc("subtype"),
        num("low", 4).doc("version or flags, as the subtype has it"),
        items("data", &BYTES_ONLY).doc("the rest, as the subtype has it"),
    ]),
);

static FASTOPEN: Protocol = item(
    "fastopen",
    "Fast open",
    "RFC 7413 4.1.1",
    &layout([kind(34), len(), bytes("cookie").main().doc("cookie; none asks for one")]),
);

const fn accecn(number: u128) -> [Field; 3] {
    layout([kind(number), len(), items("counters", &BYTES_ONLY).doc("counters of 24 bits")])
}

static ACCECN0: Protocol = item("accecn0", "Accurate ECN, order 0", "RFC 9768 3.2.3", &accecn(172));

static ACCECN1: Protocol = item("accecn1", "Accurate ECN, order 1", "RFC 9768 3.2.3", &accecn(174));

static EXP: Protocol = item(
    "exp",
    "Shared experiment",
    "RFC 6994 3",
    &layout([
        kind(254),
        len(),
        hex("exid", 16).main().doc("identifier of the experiment"),
        items("data", &BYTES_ONLY).doc("contents"),
    ]),
);

static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 9293 3.1",
    &layout([num("type", 8).main().doc("option kind"), len(), items("data", &BYTES_ONLY).doc("contents")]),
);
