# Frames as scapy builds them, one line of hex each: right ones, odd ones, and damaged ones.
import logging

logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import *

E = Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
I = IP(src="10.0.0.1", dst="10.0.0.2")
U = UDP(sport=1000, dport=2000)
QUOTE = IP(src="10.0.0.2", dst="10.0.0.9", ttl=1) / UDP(sport=7, dport=9) / b"quoted!!"
PAYLOAD = bytes(range(64))

frames = [
    # Ethernet
    E,
    E / b"x",
    Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01", type=0x0801) / b"hello",
    Ether(dst="01:00:5e:00:00:16", src="02:00:00:00:00:01", type=0x88B5) / PAYLOAD,
    Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=0x05DC) / PAYLOAD,
    Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=0x05DD) / PAYLOAD,
    Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=0x0600) / PAYLOAD,
    # 802.3, LLC, SNAP
    Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / STP(),
    Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / STP() / Padding(b"\0" * 8),
    Dot3(dst="01:00:0c:cc:cc:cc", src="02:00:00:00:00:01") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0x00000C, code=0x2000) / b"\x01\xb4",
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0, code=0x0800) / I / U / b"in snap",
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0, code=0x0806) / ARP(psrc="10.0.0.1", pdst="10.0.0.2"),
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01") / LLC(dsap=0xF0, ssap=0xF0, ctrl=0x7F) / b"netbios",
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", len=10) / LLC(dsap=0xFE, ssap=0xFE, ctrl=3) / b"longer than it says",
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", len=1000) / LLC(dsap=0xE0, ssap=0xE0, ctrl=3) / b"shorter than it says",
    Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", len=0),
    # VLAN
    E / Dot1Q(vlan=7, prio=5) / I / U / b"tagged",
    E / Dot1Q(vlan=0, prio=7) / I / U / b"priority",
    E / Dot1Q(vlan=4095, prio=0, dei=1) / ARP(psrc="10.0.0.1", pdst="10.0.0.2"),
    E / Dot1AD(vlan=100) / Dot1Q(vlan=7) / I / U / b"two tags",
    E / Dot1AD(vlan=1) / Dot1AD(vlan=2) / Dot1Q(vlan=3) / I / U,
    E / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / Dot1Q(vlan=4) / I / ICMP(),
    E / Dot1Q(vlan=7, type=0x9999) / b"unknown behind a tag",
    E / Dot1Q(vlan=7, type=20) / LLC(dsap=0x42, ssap=0x42, ctrl=3) / b"a length behind a tag",
    Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=0x9100) / Dot1Q(vlan=7) / I / U,
    # ARP
    E / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2"),
    E / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", hwdst="02:00:00:00:00:02", pdst="10.0.0.2"),
    E / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2") / Padding(b"\0" * 18),
    E / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.1") / Padding(b"not zeros"),
    E / ARP(op=9, hwtype=6, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2"),
    E / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2", hwlen=8, plen=4),
    E / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="0.0.0.0", pdst="10.0.0.2", hwlen=6, plen=255),
    Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01", type=0x8035) / ARP(op=3, hwsrc="02:00:00:00:00:01", psrc="0.0.0.0", hwdst="02:00:00:00:00:01", pdst="0.0.0.0"),
    # IPv4
    E / I,
    E / I / b"raw",
    E / IP(src="10.0.0.1", dst="10.0.0.2", proto=253) / b"experimental",
    E / IP(src="10.0.0.1", dst="224.0.0.1", ttl=1, proto=2) / bytes.fromhex("1100eeff00000000"),
    E / IP(src="10.0.0.1", dst="10.0.0.2", tos=0xB8, id=0x1234, flags="DF") / U / b"ef",
    E / IP(src="10.0.0.1", dst="10.0.0.2", tos=0x03, flags="evil") / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_NOP(), IPOption_Router_Alert()]) / U / b"options",
    E / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_RR(routers=["1.2.3.4", "5.6.7.8"])]) / ICMP(),
    E / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_Timestamp(timestamp=5)]) / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_LSRR(routers=["1.2.3.4"]), IPOption_EOL()]) / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption_NOP()] * 40) / U / b"all options",
    E / IP(src="10.0.0.1", dst="10.0.0.2", ihl=4) / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", ihl=15) / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", version=5) / U,
    E / IP(src="10.0.0.1", dst="10.0.0.2", len=1500) / U / b"short",
    E / IP(src="10.0.0.1", dst="10.0.0.2", len=10) / U / b"len below the header",
    E / IP(src="10.0.0.1", dst="10.0.0.2", len=30) / U / b"padding behind it",
    E / IP(src="10.0.0.1", dst="10.0.0.2", chksum=0x1234) / U / b"wrong",
    E / IP(src="10.0.0.1", dst="10.0.0.2", flags="MF", id=9) / U / PAYLOAD,
    E / IP(src="10.0.0.1", dst="10.0.0.2", flags=0, id=9, frag=9, proto=17) / PAYLOAD[:40],
    E / IP(src="10.0.0.1", dst="10.0.0.2", flags="MF", id=9, frag=8191, proto=1) / PAYLOAD[:8],
    E / I / IP(src="192.0.2.1", dst="192.0.2.2") / U / b"a tunnel",
    E / IP(src="10.0.0.1", dst="10.0.0.2", proto=41) / bytes.fromhex("6000000000003b40") / PAYLOAD[:32],
    E / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80, flags="S") / b"tcp",
    E / IP(src="10.0.0.1", dst="10.0.0.2") / GRE() / IP(src="192.0.2.1", dst="192.0.2.2") / ICMP(),
    # UDP
    E / I / U,
    E / I / U / PAYLOAD,
    E / I / UDP(sport=53, dport=53) / DNS(rd=1, qd=DNSQR(qname="www.example.com")),
    E / I / UDP(sport=1000, dport=2000, chksum=0) / b"none",
    E / I / UDP(sport=1000, dport=2000, chksum=0xDEAD) / b"wrong",
    E / I / UDP(sport=1000, dport=2000, len=4) / b"too short",
    E / I / UDP(sport=1000, dport=2000, len=100) / b"too long",
    E / I / UDP(sport=1000, dport=2000, len=10) / b"less than there is",
    E / I / UDP(sport=0, dport=65535) / b"odd",
    E / I / UDP(sport=68, dport=67) / BOOTP(chaddr=b"\x02\0\0\0\0\x01", xid=7) / DHCP(options=[("message-type", "discover"), "end"]),
    # The sum of this one is 0, which is sent as 0xffff (RFC 768).
    E / IP(src="0.0.0.0", dst="0.0.0.0") / UDP(sport=0, dport=0) / bytes.fromhex("ffda"),
    # ICMP
    E / I / ICMP(type=8, id=1, seq=2) / b"abcdefgh",
    E / I / ICMP(type=0, id=1, seq=2) / b"abcdefgh",
    E / I / ICMP(type=8, id=1, seq=2, chksum=0xBEEF) / b"abcdefgh",
    E / I / ICMP(type=3, code=1) / QUOTE,
    E / I / ICMP(type=3, code=4, nexthopmtu=1400) / QUOTE,
    E / I / ICMP(type=3, code=3) / bytes(QUOTE)[:28],
    E / I / ICMP(type=3, code=3) / bytes(QUOTE)[:21],
    E / I / ICMP(type=3, code=3) / b"no datagram",
    E / I / ICMP(type=5, code=1, gw="10.0.0.254") / QUOTE,
    E / I / ICMP(type=11, code=0) / QUOTE,
    E / I / ICMP(type=12, code=0, ptr=20) / QUOTE,
    E / I / ICMP(type=13, id=1, seq=2, ts_ori=1, ts_rx=2, ts_tx=3),
    E / I / ICMP(type=14, id=1, seq=2, ts_ori=1, ts_rx=2, ts_tx=3),
    E / I / ICMP(type=17, addr_mask="255.255.255.0"),
    E / I / ICMP(type=42, code=7) / b"unknown type",
    # Padding and the frame check sequence
    E / I / U / b"x" / Padding(b"\0" * 17),
    E / I / U / b"x" / Padding(b"\xaa" * 17),
    E / I / ICMP() / Padding(b"\0" * 4),
]

import struct, zlib

lines = [bytes(frame) for frame in frames]
lines += [line + struct.pack("<I", zlib.crc32(line)) for line in (lines[1], lines[16], lines[60])]
# Cut in the middle of each header.
lines += [bytes(E / Dot1Q(vlan=7) / I / U / b"cut")[:length] for length in (1, 13, 14, 15, 17, 18, 22, 37, 38, 40, 45, 46, 48)]
for line in lines:
    print(line.hex())
