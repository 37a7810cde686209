//! Link layer discovery: a chain of type-length-value elements.

use super::eth::ETH;
use super::table::*;

/// `lldp`
pub static LLDP: Protocol = protocol(
    "lldp",
    "Link Layer Discovery Protocol",
    "IEEE 802.1AB-2016 9.2",
    &layout([items("tlvs", &TLVS).doc("what a station tells of itself")]),
)
.under(&[(Space::EtherType, 0x88cc)])
.on(&ETH)
.to(0x0180_c200_000e)
.carries_nothing();

static TLVS: List =
    List::of(&[&CHASSIS, &PORT, &TTL, &PORTDESC, &SYSNAME, &SYSDESC, &SYSCAP, &MGMT, &MGMT6, &ORG, &END, &TLV])
        .ends_with("end");

macro_rules! tlv {
    ($id:ident $name:literal $title:literal $clause:literal $number:literal: $($field:expr),*) => {
        static $id: Protocol = item($name, $title, concat!("IEEE 802.1AB-2016 ", $clause), &layout([
            num("tlv", 7).always($number).doc("type of this element"),
            num("len", 9).len_after().doc("what follows in this element, bytes"),
            $($field),*
        ]));
    };
}

tlv!(END "end" "End of LLDPDU" "8.5.1" 0:);
tlv!(CHASSIS "chassis" "Chassis ID" "8.5.2" 1:
    num("subtype", 8).or(4).named(CHASSIS_SUBTYPES).doc("what the identifier is; 4: a MAC address"),
    mac("mac").main().when("subtype", &[4]).rule(Rule::Copy("src")).brief().doc("the chassis by its MAC address"),
    bytes("id").when_not("subtype", &[4]).brief().doc("the chassis by anything else"));
tlv!(PORT "port" "Port ID" "8.5.3" 2:
    num("subtype", 8).or(5).named(PORT_SUBTYPES).doc("what the identifier is; 5: an interface's name"),
    mac("mac").when("subtype", &[3]).rule(Rule::Copy("src")).brief().doc("the port by its MAC address"),
    bytes("id").main().when_not("subtype", &[3]).brief().doc("the port by anything else"));
tlv!(TTL "ttl" "Time to live" "8.5.4" 3:
    num("seconds", 16).main().or(120).brief().doc("how long this holds, seconds; 0: no longer"));
tlv!(PORTDESC "portdesc" "Port description" "8.5.5" 4: bytes("text").main().brief().doc("the port in words"));
tlv!(SYSNAME "sysname" "System name" "8.5.6" 5: bytes("text").main().brief().doc("the system's name"));
tlv!(SYSDESC "sysdesc" "System description" "8.5.7" 6: bytes("text").main().doc("the system in words"));
tlv!(SYSCAP "syscap" "System capabilities" "8.5.8" 7:
    flags("capable", 16, CAPABILITIES).main().doc("what the system can be"),
    flags("enabled", 16, CAPABILITIES).brief().doc("what of it is enabled"));
tlv!(MGMT "mgmt" "Management address, IPv4" "8.5.9" 8:
    num("addrlen", 8).always(5).doc("subtype and address, bytes"),
    num("family", 8).always(1).doc("IANA address family"),
    ip4("addr").main().brief().doc("management address"),
    num("ifsub", 8).or(2).named(IF_SUBTYPES).doc("what the interface's number is"),
    num("ifnum", 32).doc("number of the interface"),
    num("oidlen", 8).size_of().doc("object identifier, bytes"),
    bytes("oid").sized_by("oidlen").doc("object identifier, its contents in BER"));
tlv!(MGMT6 "mgmt6" "Management address, IPv6" "8.5.9" 8:
    num("addrlen", 8).always(17).doc("subtype and address, bytes"),
    num("family", 8).always(2).doc("IANA address family"),
    ip6("addr").main().brief().doc("management address"),
    num("ifsub", 8).or(2).named(IF_SUBTYPES).doc("what the interface's number is"),
    num("ifnum", 32).doc("number of the interface"),
    num("oidlen", 8).size_of().doc("object identifier, bytes"),
    bytes("oid").sized_by("oidlen").doc("object identifier, its contents in BER"));
tlv!(ORG "org" "Organizationally specific" "8.6" 127:
    hex("oui", 24).main().named(&[("ieee8021", 0x80c2), ("ieee8023", 0x120f), ("med", 0x12bb)])
        .doc("organization"),
    num("subtype", 8).doc("what the organization calls it"),
    bytes("data").doc("contents"));

static TLV: Protocol = item(
    "tlv",
    "Any element",
    "IEEE 802.1AB-2016 8.4",
    &layout([
        num("type", 7).main().doc("type of this element"),
        num("len", 9).len_after().doc("what follows in this element, bytes"),
        items("data", &super::BYTES_ONLY).doc("contents"),
    ]),
);

const CHASSIS_SUBTYPES: &[(&str, u64)] =
    &[("component", 1), ("ifalias", 2), ("port", 3), ("mac", 4), ("net", 5), ("ifname", 6), ("local", 7)];
const PORT_SUBTYPES: &[(&str, u64)] =
    &[("ifalias", 1), ("component", 2), ("mac", 3), ("net", 4), ("ifname", 5), ("circuit", 6), ("local", 7)];
const IF_SUBTYPES: &[(&str, u64)] = &[("unknown", 1), ("ifindex", 2), ("port", 3)];
const CAPABILITIES: &[(&str, u64)] = &[
    ("other", 1),
    ("repeater", 2),
    ("bridge", 4),
    ("wlan", 8),
    ("router", 16),
    ("phone", 32),
    ("docsis", 64),
    ("station", 128),
    ("cvlan", 256),
    ("svlan", 512),
    ("tpmr", 1024),
];
