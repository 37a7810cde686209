//! The chunks of SCTP and their parameters. One without a table of its own is `chunk=NUMBER {bytes}`.

use crate::proto::BYTES_ONLY;
use crate::proto::table::*;

pub(super) static CHUNKS: List = List::of(&[
    &DATA,
    &INIT,
    &INIT_ACK,
    &SACK,
    &HEARTBEAT,
    &HEARTBEAT_ACK,
    &ABORT,
    &SHUTDOWN,
    &SHUTDOWN_ACK,
    &ERROR,
    &COOKIE_ECHO,
    &COOKIE_ACK,
    &SHUTDOWN_COMPLETE,
    &CHUNK,
])
.spaced(4)
.aligned(4);

const fn kind(number: u128) -> Field {
    num("kind", 8).always(number).doc("chunk type")
}

const fn no_flags() -> Field {
    hex("flags", 8).doc("flags")
}

const fn len() -> Field {
    num("len", 16).header_len(1).doc("chunk without filling, bytes")
}

static DATA: Protocol = item(
    "data",
    "Payload data",
    "RFC 9260 3.3.1",
    &layout([
        kind(0),
        flags("flags", 8, &[("b", 2), ("e", 1), ("u", 4), ("i", 8)])
            .or(3)
            .doc("beginning, end, unordered, immediate (RFC 7053); b+e if unset"),
        len(),
        num("tsn", 32).main().doc("transmission sequence number"),
        num("stream", 16).doc("stream"),
        num("seq", 16).doc("sequence number in the stream"),
        num("ppid", 32).doc("what the payload is, for the application"),
        items("payload", &BYTES_ONLY).doc("payload"),
    ]),
);

const fn init(number: u128) -> [Field; 9] {
    layout([
        kind(number),
        no_flags(),
        len(),
        hex("tag", 32).main().or(1).doc("verification tag that the peer is to use; 1 if unset"),
        num("rwnd", 32).or(65535).doc("receiver's window, bytes; 65535 if unset"),
        num("out", 16).or(10).doc("outbound streams; 10 if unset"),
        num("in", 16).or(10).doc("the most inbound streams; 10 if unset"),
        num("tsn", 32).doc("initial transmission sequence number"),
        items("params", &PARAMS).doc("parameters"),
    ])
}

static INIT: Protocol = item("init", "Initiation", "RFC 9260 3.3.2", &init(1));
static INIT_ACK: Protocol = item("init-ack", "Initiation acknowledgement", "RFC 9260 3.3.3", &init(2));

static SACK: Protocol = item(
    "sack",
    "Selective acknowledgement",
    "RFC 9260 3.3.4",
    &layout([
        kind(3),
        no_flags(),
        len(),
        num("tsn", 32).main().doc("all up to this transmission sequence number has come"),
        num("rwnd", 32).or(65535).doc("receiver's window, bytes; 65535 if unset"),
        num("ngaps", 16).count_of("gap").doc("gap acknowledgement blocks that follow"),
        num("ndups", 16).count_of("dup").doc("duplicates that follow"),
        items("blocks", &BLOCKS).doc("gap acknowledgement blocks, then duplicates"),
    ]),
);

static BLOCKS: List = List::of(&[&GAP, &DUP]).counted(&[("ngaps", "gap"), ("ndups", "dup")]);
static GAP: Protocol = item(
    "gap",
    "Gap acknowledgement block",
    "RFC 9260 3.3.4",
    &layout([
        num("start", 16).main().doc("first of the block, relative to tsn"),
        num("end", 16).doc("last of the block, relative to tsn"),
    ]),
);
static DUP: Protocol = item(
    "dup",
    "Duplicate",
    "RFC 9260 3.3.4",
    &layout([num("tsn", 32).main().doc("transmission sequence number that came twice")]),
);

const fn with_params(number: u128) -> [Field; 4] {
    layout([kind(number), no_flags(), len(), items("params", &PARAMS).doc("parameters")])
}

static HEARTBEAT: Protocol = item("heartbeat", "Heartbeat request", "RFC 9260 3.3.5", &with_params(4));
static HEARTBEAT_ACK: Protocol = item("heartbeat-ack", "Heartbeat acknowledgement", "RFC 9260 3.3.6", &with_params(5));

const fn with_causes(number: u128, flags: Field) -> [Field; 4] {
    layout([kind(number), flags, len(), items("causes", &CAUSES).doc("error causes")])
}

const fn tag_flag() -> Field {
    flags("flags", 8, &[("t", 1)]).doc("t: the verification tag is the peer's own")
}

static ABORT: Protocol = item("abort", "Abort", "RFC 9260 3.3.7", &with_causes(6, tag_flag()));
static ERROR: Protocol = item("error", "Operation error", "RFC 9260 3.3.10", &with_causes(9, no_flags()));

static SHUTDOWN: Protocol = item(
    "shutdown",
    "Shutdown",
    "RFC 9260 3.3.8",
    &layout([
        kind(7),
        no_flags(),
        len(),
        num("tsn", 32).main().doc("all up to this transmission sequence number has come"),
    ]),
);

static SHUTDOWN_ACK: Protocol =
    item("shutdown-ack", "Shutdown acknowledgement", "RFC 9260 3.3.9", &layout([kind(8), no_flags(), len()]));

static COOKIE_ECHO: Protocol = item(
    "cookie-echo",
    "Cookie echo",
    "RFC 9260 3.3.11",
    &layout([kind(10), no_flags(), len(), items("cookie", &BYTES_ONLY).doc("cookie of the init-ack")]),
);

static COOKIE_ACK: Protocol =
    item("cookie-ack", "Cookie acknowledgement", "RFC 9260 3.3.12", &layout([kind(11), no_flags(), len()]));

static SHUTDOWN_COMPLETE: Protocol =
    item("shutdown-complete", "Shutdown complete", "RFC 9260 3.3.13", &layout([kind(14), tag_flag(), len()]));

static CHUNK: Protocol = item(
    "chunk",
    "Any chunk",
    "RFC 9260 3.2",
    &layout([num("type", 8).main().doc("chunk type"), no_flags(), len(), items("value", &BYTES_ONLY).doc("contents")]),
);

static PARAMS: List = List::of(&[&INFO, &IPV4, &IPV6, &COOKIE, &PARAM]).spaced(4);

const fn param(number: u128) -> Field {
    hex("kind", 16).always(number).doc("parameter type")
}

const fn param_len() -> Field {
    num("len", 16).header_len(1).doc("parameter without filling, bytes")
}

static INFO: Protocol = item(
    "info",
    "Heartbeat information",
    "RFC 9260 3.3.5.1",
    &layout([param(1), param_len(), items("value", &BYTES_ONLY).doc("what the sender wants back")]),
);
static IPV4: Protocol = item(
    "ipv4",
    "IPv4 address",
    "RFC 9260 3.3.2.1.1",
    &layout([param(5), param_len(), ip4("addr").main().doc("address of the sender")]),
);
static IPV6: Protocol = item(
    "ipv6",
    "IPv6 address",
    "RFC 9260 3.3.2.1.2",
    &layout([param(6), param_len(), ip6("addr").main().doc("address of the sender")]),
);
static COOKIE: Protocol = item(
    "cookie",
    "State cookie",
    "RFC 9260 3.3.3.1",
    &layout([param(7), param_len(), items("value", &BYTES_ONLY).doc("cookie")]),
);
static PARAM: Protocol = item(
    "param",
    "Any parameter",
    "RFC 9260 3.2.1",
    &layout([hex("type", 16).main().doc("parameter type"), param_len(), items("value", &BYTES_ONLY).doc("contents")]),
);

static CAUSES: List = List::of(&[&CAUSE]).spaced(4);
static CAUSE: Protocol = item(
    "cause",
    "Error cause",
    "RFC 9260 3.3.10",
    &layout([
        num("code", 16)
            .main()
            .named(&[
                ("stream", 1),
                ("missing-param", 2),
                ("stale-cookie", 3),
                ("no-resource", 4),
                ("bad-address", 5),
                ("bad-chunk", 6),
                ("bad-param", 7),
                ("bad-params", 8),
                ("no-data", 9),
                ("cookie-in-shutdown", 10),
                ("new-addresses", 11),
                ("user-abort", 12),
                ("violation", 13),
            ])
            .doc("cause"),
        num("len", 16).header_len(1).doc("cause without filling, bytes"),
        items("value", &BYTES_ONLY).doc("more of it"),
    ]),
);
