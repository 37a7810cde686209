//! Frames of scapy decoded and rebuilt byte for byte, and the same frames written in both languages.

mod common;

use common::scapy::{evaluate, same_bytes};
use common::{Program, ethcraft, python_with};

/// The lines of frames that scapy builds by `peers/frames.py`.
fn frames_of_scapy() -> Option<String> {
    let python = python_with("scapy.all")?;
    let frames = Program::new(python).arguments(["-"]).input(include_str!("peers/frames.py")).run().expect(0).stdout;
    assert!(frames.lines().count() >= 100, "{} frames", frames.lines().count());
    Some(frames)
}

#[test]
fn every_frame_is_rebuilt_byte_for_byte() {
    let Some(frames) = frames_of_scapy() else { return };
    let text = ethcraft(["decode", "--from", "hex", "-"]).input(frames.clone()).run().expect(0).stdout;
    let rebuilt = ethcraft(["build", "-f", "-"]).input(text.clone()).run().expect(0).stdout;
    for ((frame, expression), again) in frames.lines().zip(text.lines()).zip(rebuilt.lines()) {
        assert_eq!(again, frame, "{expression}");
    }
    assert_eq!(rebuilt.lines().count(), frames.lines().count());
}

#[test]
fn every_frame_survives_a_capture_in_both_formats() {
    let Some(frames) = frames_of_scapy() else { return };
    let directory = common::Directory::new();
    let text = ethcraft(["decode", "--from", "hex", "-"]).input(frames.clone()).run().expect(0).stdout;
    for name in ["a.pcap", "a.pcapng"] {
        let path = directory.file(name);
        ethcraft(["build", "-f", "-", "-w", &path]).input(text.clone()).run().expect(0);
        let again = ethcraft(["decode", &path]).run().expect(0).stdout;
        assert_eq!(ethcraft(["build", "-f", "-"]).input(again).run().expect(0).stdout, frames, "{name}");
    }
}

/// A frame in our language and in scapy's; `E` and `I` are the headers of Ethernet and IPv4 between the two stations.
///
/// Scapy fills in some fields differently where nothing says what is right: IPv4's `id` is 1, UDP's ports are 53, and an
/// Ethernet frame of nothing known has the type 0x9000. Those are set on one side or the other.
const PAIRS: &[(&str, &str)] = &[
    (
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / \"hello\"",
        "Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=0x0801)/b'hello'",
    ),
    (
        "eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / \"x\"*46",
        "Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01', type=0x88b5)/(b'x'*46)",
    ),
    (
        "E / arp op=request spa=10.0.0.1 tpa=10.0.0.2",
        "E/ARP(hwsrc='02:00:00:00:00:01', psrc='10.0.0.1', pdst='10.0.0.2')",
    ),
    (
        "E / arp op=reply spa=10.0.0.1 tha=02:00:00:00:00:02 tpa=10.0.0.2",
        "E/ARP(op='is-at', hwsrc='02:00:00:00:00:01', psrc='10.0.0.1', hwdst='02:00:00:00:00:02', pdst='10.0.0.2')",
    ),
    (
        "E / arp spa=0.0.0.0 tpa=10.0.0.1 / pad",
        "E/ARP(hwsrc='02:00:00:00:00:01', psrc='0.0.0.0', pdst='10.0.0.1')/Padding(bytes(18))",
    ),
    (
        "I / udp sport=1000 dport=2000 / \"Hello you there!\"",
        "E/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/b'Hello you there!'",
    ),
    ("I / udp sport=1000 dport=2000 / \"odd\"", "E/I/UDP(sport=1000, dport=2000)/b'odd'"),
    ("I / udp sport=1 dport=65535", "E/I/UDP(sport=1, dport=65535)"),
    ("I / udp sport=1000 dport=2000 checksum=0 / \"none\"", "E/I/UDP(sport=1000, dport=2000, chksum=0)/b'none'"),
    (
        "I / udp sport=1000 dport=2000 length=9 checksum=0x1234 / \"x\"*5",
        "E/I/UDP(sport=1000, dport=2000, len=9, chksum=0x1234)/b'xxxxx'",
    ),
    // A sum that is 0 goes out as 0xffff, because 0 says that there is none (RFC 768).
    (
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 id=1 src=0.0.0.0 dst=0.0.0.0 / udp sport=0 dport=0 / 0xffda",
        "E/IP(src='0.0.0.0', dst='0.0.0.0')/UDP(sport=0, dport=0)/bytes.fromhex('ffda')",
    ),
    (
        "I ttl=1 dscp=ef ecn=ce flags=df / udp sport=5 dport=6",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', ttl=1, tos=0xbb, flags='DF')/UDP(sport=5, dport=6)",
    ),
    ("I flags=df+mf+evil / udp sport=5 dport=6", "E/IP(src='10.0.0.1', dst='10.0.0.2', flags=7)/UDP(sport=5, dport=6)"),
    (
        "I off=185 flags=mf proto=udp / count*24",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', frag=185, flags='MF', proto=17)/bytes(range(24))",
    ),
    (
        "I len=1500 version=5 / udp sport=5 dport=6 checksum=0x0001",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', len=1500, version=5)/UDP(sport=5, dport=6, chksum=1)",
    ),
    (
        "I checksum=0xabcd / udp sport=5 dport=6 / zero*100",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', chksum=0xabcd)/UDP(sport=5, dport=6)/bytes(100)",
    ),
    (
        "I {ra=0} / udp sport=5 dport=6",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_Router_Alert()])/UDP(sport=5, dport=6)",
    ),
    (
        "I {nop / nop / nop} / udp sport=5 dport=6",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_NOP()]*3)/UDP(sport=5, dport=6)",
    ),
    (
        "I {opt=7 {0x0400000000}} / udp sport=5 dport=6",
        "E/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_RR(routers=['0.0.0.0'])])/UDP(sport=5, dport=6)",
    ),
    ("I proto=253 / \"experiment\"", "E/IP(src='10.0.0.1', dst='10.0.0.2', proto=253)/b'experiment'"),
    (
        "I / ipv4 id=1 src=192.0.2.1 dst=192.0.2.2 / udp sport=5 dport=6 / \"in\"",
        "E/I/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=5, dport=6)/b'in'",
    ),
    ("I / icmp / echo id=7 seq=9 / \"abcdefgh\"", "E/I/ICMP(type=8, id=7, seq=9)/b'abcdefgh'"),
    ("I / icmp / echo-reply id=7 seq=9 / \"odd\"", "E/I/ICMP(type=0, id=7, seq=9)/b'odd'"),
    ("I / icmp checksum=0 / echo", "E/I/ICMP(chksum=0)"),
    (
        "I / icmp code=4 / unreach=1400 / ipv4 id=1 src=10.0.0.2 dst=10.0.0.9 / udp sport=7 dport=8 / \"quote\"",
        "E/I/ICMP(type=3, code=4, nexthopmtu=1400)/IP(src='10.0.0.2', dst='10.0.0.9')/UDP(sport=7, dport=8)/b'quote'",
    ),
    (
        "I / icmp / time-exceeded / ipv4 id=1 ttl=1 src=10.0.0.2 dst=10.0.0.9 / icmp / echo",
        "E/I/ICMP(type=11)/IP(src='10.0.0.2', dst='10.0.0.9', ttl=1)/ICMP()",
    ),
    (
        "I / icmp code=1 / redirect=10.0.0.254 / ipv4 id=1 src=10.0.0.2 dst=10.0.0.9 / udp sport=7 dport=8",
        "E/I/ICMP(type=5, code=1, gw='10.0.0.254')/IP(src='10.0.0.2', dst='10.0.0.9')/UDP(sport=7, dport=8)",
    ),
    (
        "I / icmp / param-problem=20 / ipv4 id=1 src=10.0.0.2 dst=10.0.0.9 / udp sport=7 dport=8",
        "E/I/ICMP(type=12, ptr=20)/IP(src='10.0.0.2', dst='10.0.0.9')/UDP(sport=7, dport=8)",
    ),
    (
        "I / icmp / timestamp id=1 seq=2 originate=3 receive=4 transmit=5",
        "E/I/ICMP(type=13, id=1, seq=2, ts_ori=3, ts_rx=4, ts_tx=5)",
    ),
    (
        "E / vlan=7 pcp=5 / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 / udp sport=5 dport=6",
        "E/Dot1Q(vlan=7, prio=5)/I/UDP(sport=5, dport=6)",
    ),
    (
        "E / vlan=0 pcp=3 dei=1 / arp spa=10.0.0.1 tpa=10.0.0.2",
        "E/Dot1Q(vlan=0, prio=3, dei=1)/ARP(hwsrc='02:00:00:00:00:01', psrc='10.0.0.1', pdst='10.0.0.2')",
    ),
    (
        "E / svlan=100 / vlan=7 / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 / udp sport=5 dport=6",
        "E/Dot1AD(vlan=100)/Dot1Q(vlan=7)/I/UDP(sport=5, dport=6)",
    ),
    (
        "E / vlan=1 / vlan=2 / vlan=3 type=0x1234 / \"deep\"",
        "E/Dot1Q(vlan=1)/Dot1Q(vlan=2)/Dot1Q(vlan=3, type=0x1234)/b'deep'",
    ),
    (
        "dot3 dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc dsap=stp ssap=stp / 0x0000000000",
        "Dot3(dst='01:80:c2:00:00:00', src='02:00:00:00:00:01')/LLC(dsap=0x42, ssap=0x42, ctrl=3)/bytes(5)",
    ),
    (
        "dot3 dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / llc / snap / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 / udp sport=5 dport=6",
        "Dot3(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/LLC(dsap=0xaa, ssap=0xaa, ctrl=3)/SNAP(OUI=0, code=0x800)/I/UDP(sport=5, dport=6)",
    ),
    // Scapy counts padding in the length if it is left to do so; IEEE 802.3-2022 3.2.8 says that it is not counted.
    (
        "dot3 dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / llc / snap oui=0x00000c type=0x2000 / \"cdp\" / pad",
        "Dot3(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', len=11)/LLC(dsap=0xaa, ssap=0xaa, ctrl=3)/SNAP(OUI=0xc, code=0x2000)/b'cdp'/Padding(bytes(35))",
    ),
    ("I / udp sport=5 dport=6 / \"x\" / pad", "E/I/UDP(sport=5, dport=6)/b'x'/Padding(bytes(17))"),
    ("I / udp sport=5 dport=6 / \"x\" / fcs", "F(E/I/UDP(sport=5, dport=6)/b'x')"),
    ("I / udp sport=5 dport=6 / \"x\" / pad=0xffff / fcs", "F(E/I/UDP(sport=5, dport=6)/b'x'/Padding(b'\\xff\\xff'))"),
    ("I / udp sport=5 dport=6 / \"long\" / cut=40", "bytes(E/I/UDP(sport=5, dport=6)/b'long')[:40]"),
    ("I / udp sport=5 dport=6 / u16=258 / u8=3 / u32le=1", "E/I/UDP(sport=5, dport=6)/bytes.fromhex('01020301000000')"),
];

/// A frame with its FCS behind it.
const NAMES: &str = "
import struct, zlib
F = lambda frame: bytes(frame) + struct.pack('<I', zlib.crc32(bytes(frame)))
";

#[test]
fn the_same_frame_in_both_languages_is_the_same_bytes() {
    same_bytes(NAMES, PAIRS);
}

/// Scapy sums a datagram with a source route to the route's last address, as RFC 791 means the destination, and so do we.
#[test]
fn a_checksum_goes_to_the_end_of_a_source_route() {
    let code =
        "E/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_LSRR(routers=['1.2.3.4'])])/UDP(sport=5, dport=6)";
    let Some(frame) = evaluate("", [code]) else { return };
    let frame = frame.concat() + "\n";
    let text = ethcraft(["decode"]).input(frame.clone()).run().expect(0).stdout;
    assert!(text.contains("{lsrr {addr=1.2.3.4}} / udp sport=5 dport=6\n"), "{text}");
    assert_eq!(ethcraft(["build", "-f", "-"]).input(text).run().expect(0).stdout, frame);
}
