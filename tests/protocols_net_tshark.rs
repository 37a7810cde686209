//! The network and transport layers held against tshark.

mod common;

use common::tshark::{Rows, same_values};

const TSHARK: &Rows = &[
    (
        "tcp sport=7 dport=443 seq=0x11223344 flags=syn+ece {mss=1460 / sackok / ts=1 ecr=0 / nop / wscale=7 / uto=300}",
        &[
            ("tcp.options.mss_val", "mss.size"),
            ("tcp.options.wscale.shift", "wscale.shift"),
            ("tcp.options.timestamp.tsval", "ts.val"),
            ("tcp.options.user_to_val", "uto.timeout"),
            ("tcp.seq_raw", "tcp.seq"),
            ("tcp.window_size_value", "tcp.win"),
            ("tcp.checksum", "tcp.checksum"),
            ("tcp.checksum.status", "=1"),
        ],
    ),
    (
        "tcp flags=ack ack-seq=9 {nop / nop / sack {block=1 end=1461 / block=2921 end=4381}}",
        &[("tcp.options.sack_le", "block.start"), ("tcp.options.sack_re", "block.end"), ("tcp.ack_raw", "tcp.ack-seq")],
    ),
    (
        "tcp {md5=0x000102030405060708090a0b0c0d0e0f} / \"x\"",
        &[("tcp.options.md5.digest", "md5.digest"), ("tcp.checksum.status", "=1")],
    ),
    (
        "tcp {ao key=1 next=2 mac=0x010203040506070809101112 / fastopen=0x01020304}",
        &[
            ("tcp.options.ao.keyid", "ao.key"),
            ("tcp.options.ao.rnextkeyid", "ao.next"),
            ("tcp.options.ao.mac", "ao.mac"),
            ("tcp.options.tfo.cookie", "fastopen.cookie"),
        ],
    ),
    (
        "ipv4 {rr ptr=8 {addr=10.0.0.1 / addr=10.0.0.9} / sid=7} / udp",
        &[("ip.opt.ptr", "rr.ptr"), ("ip.opt.sid", "sid.id"), ("ip.checksum.status", "=1")],
    ),
    (
        "ipv4 {ts ptr=9 overflow=1 {time=5 / time=0}} / udp",
        &[("ip.opt.time_stamp", "time.time"), ("ip.opt.overflow", "ts.overflow")],
    ),
    (
        "ipv6 dscp=ef ecn=ce flow=0x12345 hlim=9 / udp / \"x\"",
        &[
            ("ipv6.flow", "ipv6.flow"),
            ("ipv6.tclass.dscp", "ipv6.dscp"),
            ("ipv6.tclass.ecn", "ipv6.ecn"),
            ("ipv6.plen", "ipv6.len"),
            ("ipv6.hlim", "ipv6.hlim"),
            ("ipv6.src", "ipv6.src"),
            ("udp.checksum.status", "=1"),
        ],
    ),
    (
        "ipv6 / hopopts {ra=rsvp} / dstopts {limit=4 / home=2001:db8::7} / esp spi=5 seq=6 / \"xxxxxxxx\"",
        &[
            ("ipv6.opt.router_alert", "ra.value"),
            ("ipv6.opt.tel", "limit.levels"),
            ("ipv6.opt.mipv6.home_address", "home.addr"),
            ("esp.spi", "esp.spi"),
            ("esp.sequence", "esp.seq"),
        ],
    ),
    (
        "ipv6 / routing type=0 left=1 {addr=2001:db8::8 / addr=2001:db8::9} / tcp",
        &[
            ("ipv6.routing.src.addr", "addr.addr"),
            ("ipv6.routing.segleft", "routing.left"),
            ("tcp.checksum.status", "=1"),
        ],
    ),
    (
        "ipv6 / srh tag=5 {seg=2001:db8::9 / seg=2001:db8::2} / tcp",
        &[
            ("ipv6.routing.srh.addr", "seg.addr"),
            ("ipv6.routing.srh.last_entry", "srh.last"),
            ("tcp.checksum.status", "=1"),
        ],
    ),
    (
        "ipv6 / fragment=7 off=2 more=1 / zero*16",
        &[
            ("ipv6.fraghdr.ident", "fragment.id"),
            ("ipv6.fraghdr.offset", "fragment.off"),
            ("ipv6.fraghdr.more", "fragment.more"),
        ],
    ),
    (
        "ah spi=0x100 seq=9 {0x000102030405060708090a0b} / tcp",
        &[("ah.spi", "ah.spi"), ("ah.sequence", "ah.seq"), ("ah.length", "ah.len"), ("tcp.checksum.status", "=1")],
    ),
    (
        "icmpv6 / echo id=1 seq=2 / \"x\"",
        &[
            ("icmpv6.echo.identifier", "echo.id"),
            ("icmpv6.echo.sequence_number", "echo.seq"),
            ("icmpv6.checksum.status", "=1"),
        ],
    ),
    (
        "icmpv6 / too-big=1400 / ipv6 / udp sport=1 dport=7",
        &[("icmpv6.mtu", "too-big.mtu"), ("udp.srcport", "udp.sport"), ("ipv6.plen", "ipv6.len")],
    ),
    (
        "ra m=1 prf=high {mtu=1500 / prefix=2001:db8:: / rdnss life=600 {addr=2001:db8::53} / slla=02:00:00:00:00:09 / dnssl {name=example.com}}",
        &[
            ("icmpv6.nd.ra.router_lifetime", "ra.life"),
            ("icmpv6.nd.ra.cur_hop_limit", "ra.hlim"),
            ("icmpv6.opt.mtu", "mtu.mtu"),
            ("icmpv6.opt.prefix", "prefix.prefix"),
            ("icmpv6.opt.prefix.valid_lifetime", "prefix.valid"),
            ("icmpv6.opt.rdnss", "addr.addr"),
            ("icmpv6.opt.linkaddr", "slla.mac"),
            ("icmpv6.opt.dnssl", "name.name"),
            ("icmpv6.checksum.status", "=1"),
        ],
    ),
    (
        "ns=2001:db8::9 {slla=02:00:00:00:00:01}",
        &[("icmpv6.nd.ns.target_address", "ns.target"), ("eth.dst", "eth.dst"), ("icmpv6.checksum.status", "=1")],
    ),
    ("na=2001:db8::9 flags=s+o", &[("icmpv6.nd.na.target_address", "na.target"), ("icmpv6.nd.na.flag.s", "=1")]),
    (
        "mld2-report {rec=ff02::fb type=allow {src=2001:db8::1} / rec=ff02::1:3}",
        &[
            ("icmpv6.mldr.mar.multicast_address", "rec.group"),
            ("icmpv6.mldr.mar.source_address", "src.src"),
            ("icmpv6.mldr.mar.record_type", "rec.type"),
            ("icmpv6.checksum.status", "=1"),
        ],
    ),
    (
        "igmp3 {rec=239.1.1.1 type=allow {src=10.0.0.1 / src=10.0.0.2} / rec=239.1.1.2}",
        &[
            ("igmp.maddr", "rec.group"),
            ("igmp.saddr", "src.src"),
            ("igmp.record_type", "rec.type"),
            ("igmp.checksum.status", "=1"),
        ],
    ),
    ("igmp=239.1.1.1", &[("igmp.maddr", "igmp.group"), ("igmp.type", "igmp.type"), ("ip.ttl", "ipv4.ttl")]),
    (
        "sctp sport=5 dport=6 tag=9 {data=1 stream=2 seq=3 {\"hello\"} / sack=7 {gap=2 end=3 / dup=9} / cookie-ack}",
        &[
            ("sctp.verification_tag", "sctp.tag"),
            ("sctp.data_tsn_raw", "data.tsn"),
            ("sctp.data_sid", "data.stream"),
            ("sctp.sack_cumulative_tsn_ack_raw", "sack.tsn"),
            ("sctp.sack_gap_block_start", "gap.start"),
            ("sctp.checksum", "sctp.checksum"),
            ("sctp.checksum.status", "=1"),
        ],
    ),
    (
        "ipv4 / gre key=5 seq=9 checksum=auto / ipv4 dst=10.0.0.2 / icmp / echo",
        &[
            ("gre.key", "gre.key"),
            ("gre.sequence_number", "gre.seq"),
            ("gre.checksum", "gre.checksum"),
            ("gre.checksum.status", "=1"),
            ("ip.dst", "ipv4.dst"),
        ],
    ),
    (
        "pptp call=7 seq=1 ack=2 / 0xff038899",
        &[("gre.key.call_id", "pptp.call"), ("gre.key.payload_length", "pptp.len"), ("gre.ack_number", "pptp.ack")],
    ),
    (
        "vxlan=100 / eth / ipv4 / tcp",
        &[("vxlan.vni", "vxlan.vni"), ("eth.type", "eth.type"), ("tcp.checksum.status", "=1")],
    ),
    (
        "geneve=7 {opt=1 class=0x0102 {0x01020304}} / eth / ipv6 / udp",
        &[("geneve.vni", "geneve.vni"), ("geneve.option.class", "opt.class"), ("ipv6.dst", "ipv6.dst")],
    ),
    (
        "vrrp=7 {addr=10.0.0.1 / addr=10.0.0.2}",
        &[("vrrp.virt_rtr_id", "vrrp.vrid"), ("vrrp.ip_addr", "addr.addr"), ("vrrp.checksum.status", "=1")],
    ),
    (
        "vrrp6=7 {addr=fe80::1}",
        &[("vrrp.prio", "vrrp6.priority"), ("vrrp.ipv6_addr", "addr.addr"), ("vrrp.checksum.status", "=1")],
    ),
    (
        "vrrp2=7 priority=255 auth=text password=\"secret\" {addr=10.0.0.1}",
        &[("vrrp.prio", "vrrp2.priority"), ("vrrp.ip_addr", "addr.addr"), ("vrrp.checksum.status", "=1")],
    ),
    (
        "udp / ntp stratum=2 poll=10",
        &[("ntp.stratum", "ntp.stratum"), ("ntp.ppoll", "ntp.poll"), ("ntp.flags.mode", "ntp.mode")],
    ),
];

#[test]
fn tshark_reads_the_same_values() {
    let options = [
        "-oip.check_checksum:TRUE",
        "-otcp.check_checksum:TRUE",
        "-oudp.check_checksum:TRUE",
        "-osctp.checksum:CRC-32C",
        "-otcp.relative_sequence_numbers:FALSE",
    ];
    same_values(TSHARK, &options);
}
