//! PROFINET: its frame identifiers, DCP, which finds and names stations, cyclic data, and alarms.

use super::eth::ETH;
use super::table::*;

/// `profinet`
pub static PROFINET: Protocol = protocol(
    "profinet",
    "PROFINET real time, and DCP",
    "IEC 61158-6-10:2019 4.2, 4.3, 4.7, 4.11",
    &layout([
        hex("id", 16)
            .main()
            .or(0xfefe)
            .named(&[
                ("hello", 0xfefc),
                ("getset", 0xfefd),
                ("identify", 0xfefe),
                ("identify-reply", 0xfeff),
                ("alarm-high", 0xfc01),
                ("alarm-low", 0xfe01),
            ])
            .brief()
            .doc("frame identifier; 0x8000 to 0xbfff: cyclic data"),
        // DCP.
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
        // Alarms: the acyclic real time of 4.11.
        hex("dstend", 16).when("id", ALARM).brief().mirrors("srcend").doc("endpoint that it goes to"),
        hex("srcend", 16).when("id", ALARM).brief().mirrors("dstend").doc("endpoint that it comes from"),
        num("version", 4).when("id", ALARM).or(1).doc("version"),
        num("pdu", 4)
            .when("id", ALARM)
            .or(1)
            .named(&[("data", 1), ("nack", 2), ("ack", 3), ("error", 4)])
            .brief()
            .doc("kind of message"),
        hex("add", 8).when("id", ALARM).or(1).doc("0x10: at once; low bits: window"),
        num("seq", 16).when("id", ALARM).brief().doc("sequence number"),
        num("ack", 16).when("id", ALARM).doc("sequence number acknowledged"),
        num("varlen", 16).when("id", ALARM).size_of().doc("contents, bytes"),
        bytes("var").when("id", ALARM).sized_by("varlen").doc("contents"),
        // Cyclic data (4.7).
        bytes("data").when_not("id", OTHER).before(4).doc("data of the modules and their states, and padding"),
        num("cycle", 16).when_not("id", OTHER).brief().doc("cycle counter, 31.25 us"),
        flags("status", 8, STATUS).when_not("id", OTHER).or(0x35).brief().doc("state of the data; good if unset"),
        num("transfer", 8).when_not("id", OTHER).doc("state of the transfer; 0: good"),
        bytes("body").when("id", PTCP).doc("of time synchronization"),
    ]),
)
.under(&[(Space::EtherType, 0x8892)])
.on(&ETH)
// IEC 61158-6-10 4.3.1.2; cyclic data goes to one station.
.to(0xffff_ffff_ffff)
.to_by("id", &[(0xfefc, 0x010e_cf00_0001), (0xfefe, 0x010e_cf00_0000)])
.carries_nothing();

/// The identifiers of DCP.
const DCP: &[u64] = &[0xfefc, 0xfefd, 0xfefe, 0xfeff];
/// Those of alarms.
const ALARM: &[u64] = &[0xfc01, 0xfe01];
/// Those of time synchronization.
const PTCP: &[u64] =
    &[0, 0x20, 0x21, 0x80, 0x81, 0xff00, 0xff01, 0xff20, 0xff21, 0xff22, 0xff40, 0xff41, 0xff42, 0xff43];
/// All that is not cyclic.
const OTHER: &[u64] = &[
    0, 0x20, 0x21, 0x80, 0x81, 0xfc01, 0xfe01, 0xfefc, 0xfefd, 0xfefe, 0xfeff, 0xff00, 0xff01, 0xff20, 0xff21, 0xff22,
    0xff40, 0xff41, 0xff42, 0xff43,
];
const STATUS: &[(&str, u64)] =
    &[("primary", 1), ("redundant", 2), ("valid", 4), ("run", 16), ("ok", 32), ("ignore", 128)];

static BLOCKS: List = List::of(&[
    &MAC,
    &IP,
    &FULL_IP,
    &VENDOR,
    &NAME,
    &DEVICE,
    &ROLE,
    &OPTIONS,
    &ALIAS,
    &INSTANCE,
    &RESPONSE,
    &INITIATIVE,
    &FIND_NAME,
    &FIND_ALIAS,
    &FIND_DEVICE,
    &ALL,
    &BLOCK,
])
.spaced(2)
.aligned(2);

macro_rules! blocks {
    ($($id:ident $name:literal $title:literal $option:literal $sub:literal: $($field:expr),*;)*) => {
        $(static $id: Protocol = item($name, $title, "IEC 61158-6-10:2019 4.3.1.4", &layout([
            num("option", 8).always($option).doc("option"),
            num("sub", 8).always($sub).doc("suboption"),
            num("len", 16).len_after().doc("contents, bytes"),
            $($field),*
        ]));)*
    };
}

/// The high byte of what stands before the contents in answers and settings; no name begins with it.
const fn zero() -> Field {
    num("zero", 8).always(0).doc("high byte of the information")
}

/// The low byte of it.
const fn info() -> Field {
    num("info", 8).doc("of an answer, state; of a setting, 1: keep it")
}

blocks! {
    MAC "mac" "MAC address" 1 1: zero(), info(), mac("mac").main().rule(Rule::Copy("src")).brief().doc("station's address");
    IP "ip" "IP parameters" 1 2: zero(), info().or(1).named(&[("none", 0), ("set", 1), ("dhcp", 2)]),
        ip4("addr").main().brief().doc("address"), ip4("mask").doc("mask"), ip4("gateway").doc("gateway");
    FULL_IP "fullip" "Full IP suite" 1 3: zero(), info().or(1), ip4("addr").main().brief().doc("address"),
        ip4("mask").doc("mask"), ip4("gateway").doc("gateway"), ip4("dns1").doc("name server"), ip4("dns2").doc("name server"),
        ip4("dns3").doc("name server"), ip4("dns4").doc("name server");
    VENDOR "vendor" "Type of station" 2 1: zero(), info(), bytes("text").main().brief().doc("manufacturer's name of it");
    NAME "name" "Name of station" 2 2: zero(), info(), bytes("name").main().brief().doc("name given to it");
    DEVICE "device" "Device identifier" 2 3: zero(), info(), hex("vendor", 16).main().brief().doc("manufacturer"),
        hex("device", 16).brief().doc("device");
    ROLE "role" "Device role" 2 4: zero(), info(),
        flags("role", 8, &[("device", 1), ("controller", 2), ("multidevice", 4), ("supervisor", 8)]).main().or(1).doc("role"),
        num("reserved", 8).doc("0");
    OPTIONS "options" "Device options" 2 5: zero(), info(), items("options", &PAIRS).doc("what it knows");
    ALIAS "alias" "Alias name" 2 6: zero(), info(), bytes("name").main().brief().doc("name from its neighbours");
    INSTANCE "instance" "Device instance" 2 7: zero(), info(), num("high", 8).doc("high byte"), num("low", 8).main().doc("low byte");
    RESPONSE "response" "Response to a setting" 5 4: num("to", 8).main().or(2).named(GROUPS).doc("option that was set"),
        num("tosub", 8).or(2).doc("its suboption"), num("error", 8).brief_if_unusual().doc("0: done");
    INITIATIVE "initiative" "Device initiative" 6 1: zero(), info(), num("hello", 16).main().or(1).doc("1: it says hello");
    // In the questions of identify nothing stands before the contents.
    FIND_NAME "findname" "Which station has this name" 2 2: bytes("name").main().brief().doc("name");
    FIND_ALIAS "findalias" "Which station has this alias" 2 6: bytes("name").main().brief().doc("name");
    FIND_DEVICE "finddevice" "Which stations are such devices" 2 3: hex("vendor", 16).main().brief().doc("manufacturer"),
        hex("device", 16).brief().doc("device");
    ALL "all" "All stations" 255 255:;
}

const GROUPS: &[(&str, u64)] =
    &[("ip", 1), ("device", 2), ("dhcp", 3), ("control", 5), ("initiative", 6), ("manufacturer", 0x80), ("all", 255)];

static BLOCK: Protocol = item(
    "block",
    "DCP block",
    "IEC 61158-6-10:2019 4.3.1",
    &layout([
        num("option", 8).main().or(255).named(GROUPS).brief().doc("option"),
        num("sub", 8).by("option", &[(255, 255)]).or(2).brief().doc("suboption"),
        num("len", 16).len_after().doc("contents, bytes"),
        bytes("data").doc("contents; in answers and settings two bytes of information before them"),
    ]),
);

static PAIRS: List = List::of(&[&PAIR]);
static PAIR: Protocol = item(
    "option",
    "Option and suboption",
    "IEC 61158-6-10:2019 4.3.1.4",
    &layout([num("option", 8).main().named(GROUPS).doc("option"), num("sub", 8).doc("suboption")]),
);
