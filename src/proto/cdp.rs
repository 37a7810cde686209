//! Cisco's discovery protocol.

use super::llc::SNAP;
use super::table::*;

/// `cdp`
pub static CDP: Protocol = protocol(
    "cdp",
    "Cisco Discovery Protocol",
    "Cisco LAN Switching, frame formats",
    &layout([
        num("version", 8).or(2).doc("version"),
        num("ttl", 8).or(180).brief().doc("how long this holds, seconds"),
        hex("checksum", 16).sum(Cover::LayerCisco).doc("of the whole message"),
        items("tlvs", &TLVS).doc("what a device tells of itself"),
    ]),
)
.under(&[(Space::EtherType, 0x0000_000c_2000)])
.on(&SNAP)
.to(0x0100_0ccc_cccc)
.carries_nothing();

static TLVS: List =
    List::of(&[&DEVICE, &ADDRESSES, &PORT, &CAPABILITIES, &SOFTWARE, &PLATFORM, &VTP, &NATIVE, &DUPLEX, &TLV]);

macro_rules! tlv {
    ($id:ident $name:literal $title:literal $number:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, "Cisco LAN Switching, frame formats", &layout([
            num("tlv", 16).always($number).doc("type of this element"),
            num("len", 16).header_len(1).doc("whole element, bytes"),
            $($field),*
        ]));
    };
}

tlv!(DEVICE "device" "Device ID" 1: bytes("name").main().brief().doc("the device's name"));
tlv!(ADDRESSES "addresses" "Addresses" 2:
    num("count", 32).count_of("addr").doc("addresses"), items("list", &LIST).doc("addresses"));
tlv!(PORT "port" "Port ID" 3: bytes("name").main().brief().doc("the port's name"));
tlv!(CAPABILITIES "capabilities" "Capabilities" 4:
    flags("flags", 32, &[("router", 1), ("tbridge", 2), ("srbridge", 4), ("switch", 8), ("host", 16), ("igmp", 32),
        ("repeater", 64)]).main().brief().doc("what the device is"));
tlv!(SOFTWARE "software" "Software version" 5: bytes("text").main().doc("software in words"));
tlv!(PLATFORM "platform" "Platform" 6: bytes("text").main().brief().doc("hardware in words"));
tlv!(VTP "vtp" "VTP domain" 9: bytes("name").main().doc("management domain"));
tlv!(NATIVE "native" "Native VLAN" 10: num("vlan", 16).main().brief().doc("VLAN without a tag"));
tlv!(DUPLEX "duplex" "Duplex" 11: num("full", 8).main().or(1).doc("1: full"));

static TLV: Protocol = item(
    "tlv",
    "Any element",
    "Cisco LAN Switching, frame formats",
    &layout([
        hex("type", 16).main().doc("type of this element"),
        num("len", 16).header_len(1).doc("whole element, bytes"),
        items("data", &super::BYTES_ONLY).doc("contents"),
    ]),
);

static LIST: List = List::of(&[&ADDR]).counted(&[("count", "addr")]);

static ADDR: Protocol = item(
    "addr",
    "IPv4 address",
    "Cisco LAN Switching, frame formats",
    &layout([
        num("prototype", 8).always(1).doc("1: NLPID"),
        num("protolen", 8).always(1).doc("protocol, bytes"),
        hex("protocol", 8).always(0xcc).doc("0xcc: IPv4"),
        num("addrlen", 16).always(4).doc("address, bytes"),
        ip4("addr").main().brief().doc("address"),
    ]),
);
