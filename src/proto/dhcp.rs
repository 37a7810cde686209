//! DHCP: the message of BOOTP, and its options.

use super::table::*;
use super::udp::UDP;

/// `dhcp`
pub static DHCP: Protocol = protocol(
    "dhcp",
    "Dynamic Host Configuration Protocol",
    "RFC 2131 2, RFC 951 3",
    &layout([
        num("op", 8)
            .or(1)
            .named(&[("request", 1), ("reply", 2)])
            .turns(&[(1, 2)])
            .doc("from a client, or from a server"),
        num("htype", 8).or(1).named(&[("ethernet", 1)]).doc("hardware type"),
        num("hlen", 8).or(6).doc("hardware address, bytes"),
        num("hops", 8).brief_if_unusual().doc("relays on the way"),
        hex("xid", 32).brief().mirrors("xid").marks().doc("transaction"),
        num("secs", 16).doc("since the client began, seconds"),
        flags("flags", 16, &[("broadcast", 0x8000)]).mirrors("flags").doc("whether the answer is to be a broadcast"),
        ip4("ciaddr").brief_if_unusual().doc("client's address, where it has one"),
        ip4("yiaddr").brief_if_unusual().doc("address the client is given"),
        ip4("siaddr").brief_if_unusual().doc("server to boot from"),
        ip4("giaddr").brief_if_unusual().mirrors("giaddr").doc("first relay's address"),
        mac("chaddr").rule(Rule::Copy("src")).brief().mirrors("chaddr").doc("client's hardware address"),
        hex("chpad", 80).doc("rest of a hardware address of up to 16 bytes"),
        block("sname", 64).doc("server's name"),
        block("file", 128).doc("boot file"),
        hex("cookie", 32).magic(0x6382_5363).doc("0x63825363: options follow (RFC 2132 2)"),
        items("options", &OPTIONS).doc("options"),
    ]),
)
.under(&[(Space::Udp, 67), (Space::Udp, 68)])
.on(&UDP)
.asks(&[
    // RFC 2131 4.1: from a client at port 68 to a server at 67, and back; broadcast while the client has no address.
    ("udp", "sport", Ask::By("op", &[(1, 68)], 67)),
    ("udp", "dport", Ask::By("op", &[(1, 67)], 68)),
    ("ipv4", "dst", Ask::Value(0xffff_ffff)),
]);

static OPTIONS: List = List::of(&[
    &TYPE, &REQUESTED, &SERVER, &PARAMS, &MASK, &ROUTER, &DNS, &DOMAIN, &HOSTNAME, &LEASE, &RENEW, &REBIND, &CLIENT,
    &CLASS, &VENDOR, &MAXSIZE, &MTU, &BROADCAST, &NTP, &MESSAGE, &OVERLOAD, &TFTP, &BOOTFILE, &RELAY, &PAD, &END, &OPT,
])
.ends_with("end");

macro_rules! option {
    ($id:ident $name:literal $title:literal $source:literal $code:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, $source, &layout([
            num("code", 8).always($code).doc("option code"),
            num("len", 8).len_after().doc("contents, bytes"),
            $($field),*
        ]));
    };
}

option!(MASK "mask" "Subnet mask" "RFC 2132 3.3" 1: ip4("mask").main().doc("subnet mask"));
option!(ROUTER "router" "Routers" "RFC 2132 3.5" 3:
    ip4("addr").main().brief().doc("router"), items("more", &ADDRESSES).doc("other routers"));
option!(DNS "dns" "Domain name servers" "RFC 2132 3.8" 6:
    ip4("addr").main().doc("name server"), items("more", &ADDRESSES).doc("other name servers"));
option!(HOSTNAME "hostname" "Host name" "RFC 2132 3.14" 12: bytes("name").main().brief().doc("client's name"));
option!(DOMAIN "domain" "Domain name" "RFC 2132 3.17" 15: bytes("name").main().doc("domain for names without dots"));
option!(MTU "mtu" "Interface MTU" "RFC 2132 5.1" 26: num("bytes", 16).main().doc("MTU, bytes"));
option!(BROADCAST "broadcast" "Broadcast address" "RFC 2132 5.3" 28: ip4("addr").main().doc("broadcast address"));
option!(NTP "ntp" "NTP servers" "RFC 2132 8.3" 42:
    ip4("addr").main().doc("time server"), items("more", &ADDRESSES).doc("other time servers"));
option!(VENDOR "vendor" "Vendor-specific information" "RFC 2132 8.4" 43: bytes("data").main().doc("contents"));
option!(REQUESTED "requested" "Requested IP address" "RFC 2132 9.1" 50:
    ip4("addr").main().brief().doc("address the client asks for"));
option!(LEASE "lease" "Lease time" "RFC 2132 9.2" 51: num("seconds", 32).main().brief().doc("lease, seconds"));
option!(OVERLOAD "overload" "Option overload" "RFC 2132 9.3" 52:
    num("fields", 8).main().named(&[("file", 1), ("sname", 2), ("both", 3)]).doc("fields that hold options too"));
option!(TYPE "type" "DHCP message type" "RFC 2132 9.6" 53: num("type", 8).main().named(TYPES).brief().doc("type"));
option!(SERVER "server" "Server identifier" "RFC 2132 9.7" 54: ip4("addr").main().brief().doc("server that is meant"));
option!(PARAMS "params" "Parameter request list" "RFC 2132 9.8" 55:
    bytes("codes").main().doc("codes of the options that the client asks for"));
option!(MESSAGE "message" "Message" "RFC 2132 9.9" 56: bytes("text").main().brief().doc("what is wrong"));
option!(MAXSIZE "maxsize" "Maximum message size" "RFC 2132 9.10" 57: num("bytes", 16).main().doc("longest message, bytes"));
option!(RENEW "renew" "Renewal time (T1)" "RFC 2132 9.11" 58: num("seconds", 32).main().doc("until renewal, seconds"));
option!(REBIND "rebind" "Rebinding time (T2)" "RFC 2132 9.12" 59:
    num("seconds", 32).main().doc("until rebinding, seconds"));
option!(CLASS "class" "Vendor class identifier" "RFC 2132 9.13" 60: bytes("text").main().doc("kind of client"));
option!(CLIENT "client" "Client identifier" "RFC 2132 9.14" 61:
    num("htype", 8).or(1).doc("hardware type; 0, 255: no hardware address"),
    mac("mac").main().when("htype", &[1]).rule(Rule::Copy("src")).doc("the client by its MAC address"),
    bytes("id").when_not("htype", &[1]).doc("the client by anything else"));
option!(TFTP "tftp" "TFTP server name" "RFC 2132 9.4" 66: bytes("name").main().doc("server's name"));
option!(BOOTFILE "bootfile" "Boot file name" "RFC 2132 9.5" 67: bytes("name").main().doc("name of the boot file"));
option!(RELAY "relay" "Relay agent information" "RFC 3046 2.0" 82: items("sub", &RELAYED).doc("what the relay adds"));
option!(CIRCUIT "circuit" "Agent circuit ID" "RFC 3046 3.1" 1: bytes("id").main().doc("where the request came in"));
option!(REMOTE "remote" "Agent remote ID" "RFC 3046 3.2" 2: bytes("id").main().doc("who is at the other end"));

static PAD: Protocol = item("pad", "Pad", "RFC 2132 3.1", &layout([num("code", 8).always(0).doc("option code")]));
static END: Protocol = item("end", "End", "RFC 2132 3.2", &layout([num("code", 8).always(255).doc("option code")]));
static OPT: Protocol = item(
    "opt",
    "Any option",
    "RFC 2132 2",
    &layout([
        num("code", 8).main().doc("option code"),
        num("len", 8).len_after().doc("contents, bytes"),
        items("data", &super::BYTES_ONLY).doc("contents"),
    ]),
);

static RELAYED: List = List::of(&[&CIRCUIT, &REMOTE, &OPT]);
static ADDRESSES: List = List::of(&[&ADDR]);
static ADDR: Protocol = item("addr", "One more address", "RFC 2132 2", &layout([ip4("addr").main().doc("address")]));

const TYPES: &[(&str, u64)] = &[
    ("discover", 1),
    ("offer", 2),
    ("request", 3),
    ("decline", 4),
    ("ack", 5),
    ("nak", 6),
    ("release", 7),
    ("inform", 8),
];
