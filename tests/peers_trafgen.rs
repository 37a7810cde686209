//! Frames that trafgen crafts and puts on the wire, seen, decoded and rebuilt byte for byte.

mod common;

use common::{Directory, Program, ethcraft, in_lab, peer, sniff};
use ethcraft::trace::Reader;
use std::fs::File;

/// Frames of trafgen, and the frame text that each is. IPv4's `ttl` is 0 where trafgen is told nothing.
const FRAMES: &[(&str, &str)] = &[
    (
        r#"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01, type=0x0801), "hello""#,
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / \"hello\"",
    ),
    (
        r#"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01), vlan(id=7, pcp=5), ipv4(sa=10.0.0.1, da=10.0.0.2, ttl=9), udp(sp=1000, dp=2000), "tagged""#,
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan=7 pcp=5 / ipv4 ttl=9 src=10.0.0.1 dst=10.0.0.2 / udp sport=1000 dport=2000 / \"tagged\"",
    ),
    (
        r#"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01), vlan(tpid=0x88a8, id=100), vlan(id=7), ipv4(sa=10.0.0.1, da=10.0.0.2), udp(sp=1000, dp=2000), "two tags""#,
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / svlan=100 / vlan=7 / ipv4 ttl=0 src=10.0.0.1 dst=10.0.0.2 / udp sport=1000 dport=2000 / \"two tags\"",
    ),
    (
        r"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01), vlan(id=0, pcp=3), ipv4(sa=10.0.0.1, da=10.0.0.2), udp(sp=1000, dp=2000)",
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan pcp=3 / ipv4 ttl=0 src=10.0.0.1 dst=10.0.0.2 / udp sport=1000 dport=2000",
    ),
    (
        r"eth(da=ff:ff:ff:ff:ff:ff, sa=02:00:00:00:00:01), arp(op=req, sip=10.0.0.1, smac=02:00:00:00:00:01, tip=10.0.0.2)",
        "eth src=02:00:00:00:00:01 / arp spa=10.0.0.1 tpa=10.0.0.2",
    ),
    (
        r"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01), ipv4(sa=10.0.0.1, da=10.0.0.2, ttl=3, df), icmp4(echorequest, id=1, seq=2), fill('A', 30)",
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 flags=df ttl=3 src=10.0.0.1 dst=10.0.0.2 / icmp / echo id=1 seq=2 / 0x41*30",
    ),
    // Byte by byte, with checksums that trafgen computes where it is told to.
    (
        r"fill(0xff, 6), 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, c16(0x0800), 0b01000101, 0, c16(46), c16(7), 0x40, 0x00, 64, 17, csumip(14, 33), 10, 0, 0, 1, 10, 0, 0, 2, c16(1), c16(2), c16(26), csumudp(14, 34), fill('B', 18)",
        "eth src=02:00:00:00:00:01 / ipv4 id=7 flags=df src=10.0.0.1 dst=10.0.0.2 / udp sport=1 dport=2 / 0x42*18",
    ),
    // A length and padding behind it; wrong checksums.
    (
        r"0x01, 0x80, 0xc2, 0, 0, 0, 0x02, 0, 0, 0, 0, 0x01, c16(8), 0x42, 0x42, 3, fill(0, 5), fill(0xee, 4)",
        "dot3 dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc dsap=stp ssap=stp / 0x0000000000 / pad=0xeeeeeeee",
    ),
    (
        r"eth(da=02:00:00:00:00:02, sa=02:00:00:00:00:01), ipv4(sa=10.0.0.1, da=10.0.0.2, ttl=64, csum=0xdead), udp(sp=1000, dp=2000, csum=0xbeef)",
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 checksum=0xdead src=10.0.0.1 dst=10.0.0.2 / udp sport=1000 dport=2000 checksum=0xbeef",
    ),
];

#[test]
fn what_trafgen_puts_on_the_wire_is_decoded_and_rebuilt_byte_for_byte() {
    in_lab(&[], || {
        let Some(trafgen) = peer("trafgen") else { return };
        let directory = Directory::new();
        let (config, path) = (directory.file("trafgen.cfg"), directory.file("wire.pcap"));
        let lines: Vec<String> = FRAMES.iter().map(|(packet, _)| format!("{{ {packet} }}\n")).collect();
        std::fs::write(&config, lines.concat()).unwrap();
        let count = FRAMES.len().to_string();
        let sniffer = sniff(["veth1", "-w", &path, "-c", &count]);
        // It wants to write beside itself.
        let script = "cd \"$1\" && exec \"$2\" -i trafgen.cfg -o veth0 -n \"$3\" --cpus 1 -q";
        let directory_path = directory.path().to_str().unwrap();
        Program::new("sh").arguments(["-c", script, "sh", directory_path, &trafgen, &count]).run().expect(0);
        sniffer.finish().expect(0);
        let decoded = ethcraft(["decode", &path]).run().expect(0).stdout;
        // Behind the delay and before the comment stands the frame.
        let frames = decoded.lines().filter(|line| !line.starts_with('#'));
        let texts: Vec<&str> = frames
            .map(|line| if line.starts_with('+') { line.split_once(' ').unwrap().1 } else { line })
            .map(|line| line.split("  #").next().unwrap())
            .collect();
        let expected: Vec<&str> = FRAMES.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, expected);
        let rebuilt = ethcraft(["build", "-f", "-"]).input(decoded).run().expect(0).stdout;
        let mut reader = Reader::open(File::open(&path).unwrap()).unwrap();
        let mut seen = String::new();
        while let Some(record) = reader.next().unwrap() {
            seen += &(hex::encode(record.data) + "\n");
        }
        assert_eq!(rebuilt, seen);
    });
}
