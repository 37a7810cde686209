//! The network and transport layers held against scapy; against tshark in `protocols_net_tshark.rs`.

mod common;

use common::frame;
use common::scapy::same_bytes;

/// What scapy builds from the second is what we build from the first. `E`, `I` and `J` are Ethernet, IPv4 and IPv6 with the
/// addresses that we fill in.
const SCAPY: &[(&str, &str)] = &[
    // IPv4 options.
    (
        "ipv4 {rr ptr=8 {addr=10.0.0.1 / addr=0.0.0.0}} / udp sport=1 dport=7",
        r#"E/IP(src="192.0.2.1",dst="192.0.2.2",id=0,options=[IPOption_RR(pointer=8,routers=["10.0.0.1","0.0.0.0"])])/UDP(sport=1,dport=7)"#,
    ),
    (
        "ipv4 {lsrr {addr=10.0.0.1} / sid=7} / udp sport=1 dport=7",
        r#"E/IP(src="192.0.2.1",dst="192.0.2.2",id=0,options=[IPOption_LSRR(routers=["10.0.0.1"]),IPOption_Stream_Id(security=7)])/UDP(sport=1,dport=7)"#,
    ),
    // TCP.
    (
        "tcp sport=1 dport=443 seq=7 win=8192 {mss=1460 / sackok / ts=1 ecr=2 / nop / wscale=7}",
        r#"E/I/TCP(sport=1,dport=443,seq=7,options=[("MSS",1460),("SAckOK",b""),("Timestamp",(1,2)),("NOP",None),("WScale",7)])"#,
    ),
    (
        "tcp sport=1 dport=2 flags=ack ack-seq=9 win=5 {nop / nop / sack {block=1 end=1461 / block=2921 end=4381}} / \"x\"",
        r#"E/I/TCP(sport=1,dport=2,flags="A",ack=9,window=5,options=[("NOP",None),("NOP",None),("SAck",(1,1461,2921,4381))])/b"x""#,
    ),
    (
        "ipv6 / tcp sport=1 dport=2 flags=fin+psh+urg+ece+cwr+ns urgptr=3 win=8192 {fastopen=0x0102030405060708 / nop / nop}",
        r#"E/J/TCP(sport=1,dport=2,flags="FPUECN",urgptr=3,options=[("TFO",(0x01020304,0x05060708)),("NOP",None),("NOP",None)])"#,
    ),
    // IPv6 and its extension headers.
    (
        "ipv6 dscp=ef ecn=ce flow=0x12345 hlim=3 / udp sport=1 dport=7 / \"odd\"",
        r#"E/IPv6(src="2001:db8::1",dst="2001:db8::2",tc=187,fl=0x12345,hlim=3)/UDP(sport=1,dport=7)/b"odd""#,
    ),
    (
        "ipv6 / hopopts {ra=mld} / icmpv6 / echo id=1 seq=2",
        "E/J/IPv6ExtHdrHopByHop(options=[RouterAlert(value=0)])/ICMPv6EchoRequest(id=1,seq=2)",
    ),
    (
        "ipv6 / hopopts {jumbo=70000} / udp sport=1 dport=7",
        "E/J/IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=70000)])/UDP(sport=1,dport=7)",
    ),
    (
        "ipv6 / dstopts {padn {0x00000000} / home=2001:db8::7} / udp sport=1 dport=7",
        r#"E/IPv6(src="2001:db8::1",dst="2001:db8::2")/IPv6ExtHdrDestOpt(autopad=0,options=[PadN(optdata=bytes(4)),HAO(hoa="2001:db8::7"),PadN(optdata=bytes(4))])/UDP(sport=1,dport=7)"#,
    ),
    (
        "ipv6 / routing type=0 left=2 {addr=2001:db8::8 / addr=2001:db8::9} / udp sport=1 dport=7",
        r#"E/J/IPv6ExtHdrRouting(addresses=["2001:db8::8","2001:db8::9"])/UDP(sport=1,dport=7)"#,
    ),
    (
        "ipv6 / srh {seg=2001:db8::9 / seg=2001:db8::2} / udp sport=1 dport=7",
        r#"E/J/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::9","2001:db8::2"],segleft=1,lastentry=1)/UDP(sport=1,dport=7)"#,
    ),
    ("ipv6 / fragment=7 more=1 / udp sport=1 dport=7", "E/J/IPv6ExtHdrFragment(id=7,m=1)/UDP(sport=1,dport=7)"),
    (
        "ah next=tcp spi=0x100 seq=1 {0x000102030405060708090a0b} / \"x\"",
        r#"E/I/AH(nh=6,spi=0x100,seq=1,icv=bytes(range(12)),payloadlen=4)/b"x""#,
    ),
    ("esp spi=7 seq=2 / \"opaque\"", r#"E/I/ESP(spi=7,seq=2,data=b"opaque")"#),
    // ICMPv6.
    ("icmpv6 / echo-reply id=1 seq=2 / \"abcdefgh\"", r#"E/J/ICMPv6EchoReply(id=1,seq=2,data=b"abcdefgh")"#),
    ("icmpv6 code=4 / unreach / ipv6 / udp sport=1 dport=2", "E/J/ICMPv6DestUnreach(code=4)/J/UDP(sport=1,dport=2)"),
    ("icmpv6 / too-big=1400 / ipv6 / udp sport=1 dport=2", "E/J/ICMPv6PacketTooBig(mtu=1400)/J/UDP(sport=1,dport=2)"),
    ("icmpv6 / time-exceeded / ipv6 / udp sport=1 dport=2", "E/J/ICMPv6TimeExceeded()/J/UDP(sport=1,dport=2)"),
    ("icmpv6 / param-problem=40 / ipv6 / udp sport=1 dport=2", "E/J/ICMPv6ParamProblem(ptr=40)/J/UDP(sport=1,dport=2)"),
    (
        "rs {slla=02:00:00:00:00:01}",
        r#"Ether(src=M,dst="33:33:00:00:00:02")/N("ff02::2")/ICMPv6ND_RS()/ICMPv6NDOptSrcLLAddr(lladdr=M)"#,
    ),
    (
        "ra m=1 prf=high life=1800 {mtu=1500 / prefix=2001:db8:: plen=64 flags=l+a / rdnss life=600 {addr=2001:db8::53} / dnssl life=9 {name=example.com / name=a.b}}",
        r#"Ether(src=M,dst="33:33:00:00:00:01")/N("ff02::1")/ICMPv6ND_RA(chlim=64,M=1,prf=1)/ICMPv6NDOptMTU(mtu=1500)/ICMPv6NDOptPrefixInfo(prefix="2001:db8::",validlifetime=2592000,preferredlifetime=604800)/ICMPv6NDOptRDNSS(lifetime=600,dns=["2001:db8::53"])/ICMPv6NDOptDNSSL(lifetime=9,searchlist=["example.com","a.b"])"#,
    ),
    (
        "ra {route=2001:db8:1:: plen=48 prf=low life=5}",
        r#"Ether(src=M,dst="33:33:00:00:00:01")/N("ff02::1")/ICMPv6ND_RA(chlim=64,prf=0)/ICMPv6NDOptRouteInfo(len=3,prefix="2001:db8:1::",plen=48,prf=3,rtlifetime=5)"#,
    ),
    (
        "ns=2001:db8::12:3456 {slla=02:00:00:00:00:01}",
        r#"Ether(src=M,dst="33:33:ff:12:34:56")/N("ff02::1:ff12:3456")/ICMPv6ND_NS(tgt="2001:db8::12:3456")/ICMPv6NDOptSrcLLAddr(lladdr=M)"#,
    ),
    (
        "na=2001:db8::9 flags=s+o {tlla=02:00:00:00:00:01}",
        r#"Ether(src=M,dst="33:33:00:00:00:01")/N("ff02::1")/ICMPv6ND_NA(tgt="2001:db8::9",R=0,S=1,O=1)/ICMPv6NDOptDstLLAddr(lladdr=M)"#,
    ),
    (
        "icmpv6 / redirect=fe80::1 dest=2001:db8::9 {tlla=02:00:00:00:00:01}",
        r#"E/N("2001:db8::2")/ICMPv6ND_Redirect(tgt="fe80::1",dst="2001:db8::9")/ICMPv6NDOptDstLLAddr(lladdr=M)"#,
    ),
    (
        "mld-query=ff02::fb delay=1000",
        r#"Ether(src=M,dst="33:33:00:00:00:fb")/L("ff02::fb")/ICMPv6MLQuery(mladdr="ff02::fb",mrd=1000)"#,
    ),
    ("mld-report=ff02::fb", r#"Ether(src=M,dst="33:33:00:00:00:fb")/L("ff02::fb")/ICMPv6MLReport(mladdr="ff02::fb")"#),
    ("mld-done=ff02::fb", r#"Ether(src=M,dst="33:33:00:00:00:02")/L("ff02::2")/ICMPv6MLDone(mladdr="ff02::fb")"#),
    (
        "mld2-query=ff02::fb s=1 {src=2001:db8::1 / src=2001:db8::9}",
        r#"Ether(src=M,dst="33:33:00:00:00:fb")/L("ff02::fb")/ICMPv6MLQuery2(mladdr="ff02::fb",mrd=10000,S=1,QRV=2,QQIC=125,sources=["2001:db8::1","2001:db8::9"])"#,
    ),
    (
        "mld2-report {rec=ff02::fb type=allow {src=2001:db8::1} / rec=ff02::1:3}",
        r#"Ether(src=M,dst="33:33:00:00:00:16")/L("ff02::16")/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=5,dst="ff02::fb",sources=["2001:db8::1"]),ICMPv6MLDMultAddrRec(rtype=4,dst="ff02::1:3")])"#,
    ),
    // IGMP.
    (
        "ipv4 dscp=cs6 {ra} / igmp=239.1.1.1",
        r#"Ether(src=M,dst="01:00:5e:01:01:01")/K("239.1.1.1",1)/IGMP(type=0x16,mrcode=0,gaddr="239.1.1.1")"#,
    ),
    (
        "ipv4 dscp=cs6 {ra} / igmp type=query delay=20",
        r#"Ether(src=M,dst="01:00:5e:00:00:01")/K("224.0.0.1",1)/IGMP(type=0x11,mrcode=20,gaddr="0.0.0.0")"#,
    ),
    (
        "ipv4 dscp=cs6 {ra} / igmp3 {rec=239.1.1.1 type=allow {src=10.0.0.1 / src=10.0.0.2} / rec=239.1.1.2}",
        r#"Ether(src=M,dst="01:00:5e:00:00:16")/K("224.0.0.22",1)/IGMPv3mr(records=[IGMPv3gr(rtype=5,maddr="239.1.1.1",srcaddrs=["10.0.0.1","10.0.0.2"]),IGMPv3gr(rtype=4,maddr="239.1.1.2")])"#,
    ),
    (
        "ipv4 dscp=cs6 {ra} / igmp3-query=239.1.1.1 delay=100 {src=10.0.0.1}",
        r#"Ether(src=M,dst="01:00:5e:01:01:01")/K("239.1.1.1",1)/IGMPv3mq(mrcode=100,gaddr="239.1.1.1",qrv=2,qqic=125,srcaddrs=["10.0.0.1"])"#,
    ),
    // SCTP.
    (
        "sctp sport=1 dport=2 tag=0x01020304 {data=1 stream=2 seq=3 ppid=4 {\"hello\"} / sack=7 rwnd=9 {gap=2 end=3 / dup=9}}",
        r#"E/I/SCTP(sport=1,dport=2,tag=0x01020304)/SCTPChunkData(beginning=1,ending=1,tsn=1,stream_id=2,stream_seq=3,proto_id=4,data=b"hello")/SCTPChunkSACK(cumul_tsn_ack=7,a_rwnd=9,gap_ack_list=["2:3"],dup_tsn_list=[9])"#,
    ),
    (
        "ipv6 / sctp sport=1 dport=2 {init=0x11 rwnd=5 tsn=6 {ipv4=10.0.0.1 / ipv6=2001:db8::1}}",
        r#"E/J/SCTP(sport=1,dport=2)/SCTPChunkInit(init_tag=0x11,a_rwnd=5,n_out_streams=10,n_in_streams=10,init_tsn=6,params=[SCTPChunkParamIPv4Addr(addr="10.0.0.1"),SCTPChunkParamIPv6Addr(addr="2001:db8::1")])"#,
    ),
    (
        "sctp sport=1 dport=2 {heartbeat {info {0x01020304}} / cookie-ack / shutdown=4}",
        r#"E/I/SCTP(sport=1,dport=2)/SCTPChunkHeartbeatReq(params=[SCTPChunkParamHeartbeatInfo(data=b"\1\2\3\4")])/SCTPChunkCookieAck()/SCTPChunkShutdown(cumul_tsn_ack=4)"#,
    ),
    // Tunnels.
    (
        "ipv4 / gre key=5 seq=9 checksum=auto / ipv4 dst=10.0.0.2 / icmp / echo",
        r#"E/I/GRE(chksum_present=1,key_present=1,seqnum_present=1,key=5,seqence_number=9)/IP(src="192.0.2.1",dst="10.0.0.2",id=0)/ICMP()"#,
    ),
    (
        "gre / eth / arp tpa=10.0.0.9",
        r#"E/I/GRE(proto=0x6558)/E/ARP(hwsrc=M,psrc="192.0.2.1",pdst="10.0.0.9",hwdst="00:00:00:00:00:00")"#,
    ),
    (
        "pptp call=7 seq=1 ack=2 / 0xff03",
        r#"E/I/GRE_PPTP(call_id=7,seqnum_present=1,acknum_present=1,seqence_number=1,ack_number=2)/b"\xff\x03""#,
    ),
    (
        "vxlan=100 / eth / ipv6 / udp sport=1 dport=7",
        "E/I/UDP(sport=49152,dport=4789)/VXLAN(vni=100,flags=8)/E/J/UDP(sport=1,dport=7)",
    ),
    (
        "geneve=7 {opt=1 class=0x0102 {0x01020304}} / eth / ipv4 / udp sport=1 dport=7",
        r#"E/I/UDP(sport=49152,dport=6081)/GENEVE(vni=7,proto=0x6558,options=[GeneveOptions(classid=0x0102,type=1,data=b"\1\2\3\4")])/E/I/UDP(sport=1,dport=7)"#,
    ),
    // VRRP and NTP.
    (
        "vrrp=7 {addr=10.0.0.1 / addr=10.0.0.2}",
        r#"Ether(src=M,dst="01:00:5e:00:00:12")/K("224.0.0.18",255)/VRRPv3(vrid=7,priority=100,ipcount=2,adv=100,addrlist=["10.0.0.1","10.0.0.2"])"#,
    ),
    (
        "vrrp2=7 auth=text password=\"secret\" {addr=10.0.0.1}",
        r#"Ether(src=M,dst="01:00:5e:00:00:12")/K("224.0.0.18",255)/VRRP(vrid=7,priority=100,authtype=1,adv=1,addrlist=["10.0.0.1"],auth1=0x73656372,auth2=0x65740000)"#,
    ),
    (
        "ipv4 / udp sport=123 / ntp stratum=2 poll=10 ref-id=0x7f000001",
        r#"E/I/UDP(sport=123,dport=123)/NTPHeader(stratum=2,poll=10,id="127.0.0.1",ref=0,orig=0,recv=0,sent=0,precision=0)"#,
    ),
];

/// The names in these expressions that are not as elsewhere.
const NAMES: &str = r#"
E = Ether(src=M, dst="ff:ff:ff:ff:ff:ff")
I = IP(src="192.0.2.1", dst="192.0.2.2", id=0)
K = lambda dst, ttl: IP(src="192.0.2.1", dst=dst, ttl=ttl, id=0)
L = lambda dst: IPv6(src="2001:db8::1", dst=dst, hlim=1)
N = lambda dst: IPv6(src="2001:db8::1", dst=dst, hlim=255)
"#;

#[test]
fn scapy_builds_the_same_bytes() {
    same_bytes(NAMES, SCAPY);
}

/// The examples of the language that these layers are in.
#[test]
fn the_examples_build() {
    for (example, length) in [
        ("tcp dport=443 flags=syn {mss=1460 / sackok / ts=1 ecr=0 / nop / wscale=7}", 74),
        ("tcp flags=ack {nop / nop / sack {block=1 end=1461 / block=2921 end=4381}}", 74),
        ("ra life=1800 {mtu=1500 / prefix=2001:db8:: plen=64 flags=l+a / rdnss life=600 {addr=2001:db8::53}}", 134),
        ("ipv4 dst=224.0.0.22 ttl=1 {ra=0} / igmp3 {rec=239.1.1.1 type=allow {src=10.0.0.1 / src=10.0.0.2}}", 62),
        ("ipv6 dst=2001:db8::2 / srh {seg=2001:db8::9 / seg=2001:db8::2} / ipv6 / udp dport=53", 142),
        ("ipv4 / gre key=5 seq=0..9 checksum=auto / ipv4 dst=10.0.0.2 / icmp / echo", 78),
        ("tcp {mss=1460 len=40 / nop}", 62),
        ("ipv4 / tcp dport=80 / cut=14..53", 14),
        ("ipv6 dst=2001:db8::1..2001:db8::ff..2 / udp", 62),
    ] {
        assert_eq!(frame(example).len(), length, "{example}");
    }
}
