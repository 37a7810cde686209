//! Frames, and what is compared of each.

use super::common::tshark::Rows;

#[allow(clippy::needless_raw_string_hashes, reason = "all written in one way")]
#[rustfmt::skip]
pub const READ: &Rows = &[
    (r"E / mpls=16 tc=5 / mpls=100 ttl=7 / ipv4 / udp", &[
        ("mpls.label", "mpls.label"), ("mpls.exp", "mpls.tc"), ("mpls.bottom", "mpls.s"), ("mpls.ttl", "mpls.ttl"),
        ("ip.dst", "ipv4.dst"),
    ]),
    (r"E / mpls=16 / pw=9 / eth src=02:00:00:00:00:09 / arp tpa=10.0.0.7 / pad", &[
        ("pweth.cw.sequence_number", "pw.seq"), ("eth.src", "eth.src"), ("arp.dst.proto_ipv4", "arp.tpa"),
    ]),
    (r#"lldp {chassis=02:00:00:00:00:09 / port="eth0" / ttl=20 / portdesc="p" / sysname="sw" / sysdesc="d" / mgmt=10.0.0.1 ifnum=3 / mgmt6=2001:db8::1 ifsub=3 / end} / pad"#, &[
        ("lldp.chassis.subtype", "chassis.subtype"), ("lldp.chassis.id.mac", "chassis.mac"),
        ("lldp.port.subtype", "port.subtype"), ("lldp.port.id", "port.id"), ("lldp.time_to_live", "ttl.seconds"),
        ("lldp.port.desc", "portdesc.text"), ("lldp.tlv.system.name", "sysname.text"),
        ("lldp.tlv.system.desc", "sysdesc.text"), ("lldp.mgn.addr.ip4", "mgmt.addr"),
        ("lldp.mgn.addr.ip6", "mgmt6.addr"),
    ]),
    (r#"lldp {chassis subtype=local id="x1" / port subtype=mac mac=02:00:00:00:00:07 / ttl=0 / end} / pad"#, &[
        ("lldp.chassis.id", "chassis.id"), ("lldp.port.id.mac", "port.mac"), ("lldp.time_to_live", "ttl.seconds"),
    ]),
    (r"stp rootprio=4096 root=02:00:00:00:00:05 cost=19 port=0x8002 age=256 tc=1 tca=1 / pad", &[
        ("stp.protocol", "stp.proto"), ("stp.version", "stp.version"), ("stp.type", "stp.type"),
        ("stp.flags.tc", "stp.tc"), ("stp.flags.tcack", "stp.tca"), ("stp.root.prio", "stp.rootprio"),
        ("stp.root.hw", "stp.root"), ("stp.root.cost", "stp.cost"), ("stp.bridge.prio", "stp.bridgeprio"),
        ("stp.bridge.hw", "stp.bridge"), ("stp.port", "stp.port"),
    ]),
    (r"stp=rstp role=designated forwarding=1 learning=1 agreement=1 proposal=1 / pad", &[
        ("stp.version", "stp.version"), ("stp.type", "stp.type"), ("stp.flags.port_role", "stp.role"),
        ("stp.flags.forwarding", "stp.forwarding"), ("stp.flags.learning", "stp.learning"),
        ("stp.flags.agreement", "stp.agreement"), ("stp.flags.proposal", "stp.proposal"),
        ("stp.version_1_length", "stp.v1len"),
    ]),
    (r#"stp=mstp role=root region="lab" revision=3 innercost=7 hops=19 {msti=32768 cost=9 hops=18}"#, &[
        ("mstp.version_3_length", "stp.v3len"), ("mstp.config_revision_level", "stp.revision"),
        ("mstp.cist_internal_root_path_cost", "stp.innercost"), ("mstp.cist_bridge.hw", "stp.inner"),
        ("mstp.cist_remaining_hops", "stp.hops"), ("mstp.msti.root.hw", "msti.root"),
        ("mstp.msti.root_cost", "msti.cost"), ("mstp.msti.remaining_hops", "msti.hops"),
    ]),
    (r"lacp key=17 port=2 state=0x3d psys=02:00:00:00:00:09 psysprio=7 pkey=3 pportprio=5 pport=4 maxdelay=6", &[
        ("lacp.version", "lacp.version"), ("lacp.actor.sys_priority", "lacp.sysprio"),
        ("lacp.actor.sysid", "lacp.sys"), ("lacp.actor.key", "lacp.key"),
        ("lacp.actor.port_priority", "lacp.portprio"), ("lacp.actor.port", "lacp.port"),
        ("lacp.partner.sys_priority", "lacp.psysprio"), ("lacp.partner.sysid", "lacp.psys"),
        ("lacp.partner.key", "lacp.pkey"), ("lacp.partner.port_priority", "lacp.pportprio"),
        ("lacp.partner.port", "lacp.pport"), ("lacp.collector.max_delay", "lacp.maxdelay"),
    ]),
    (r"marker type=response transaction=7 port=3", &[
        ("marker.version", "marker.version"), ("marker.requesterPort", "marker.port"),
        ("marker.requesterSystem", "marker.sys"), ("marker.requesterTransId", "marker.transaction"),
    ]),
    (r"pause=65535 / pad", &[
        ("macc.opcode", "pause.opcode"), ("macc.pause_time", "pause.time"),
    ]),
    (r"pfc=p3+p5 t3=100 t5=65535 / pad", &[
        ("macc.opcode", "pfc.opcode"), ("macc.cbfc.pause_time.c0", "pfc.t0"), ("macc.cbfc.pause_time.c3", "pfc.t3"),
        ("macc.cbfc.pause_time.c5", "pfc.t5"), ("macc.cbfc.pause_time.c7", "pfc.t7"),
    ]),
    (r#"eapol / eap=response id=3 data="user" / pad"#, &[
        ("eapol.version", "eapol.version"), ("eapol.type", "eapol.type"), ("eapol.len", "eapol.length"),
        ("eap.code", "eap.code"), ("eap.id", "eap.id"), ("eap.len", "eap.length"), ("eap.type", "eap.type"),
        ("eap.identity", "eap.data"),
    ]),
    (r"macsec=7 an=1 system=02:00:00:00:00:09 port=3 ec=e+c / zero*60", &[
        ("macsec.TCI.SC", "macsec.sc"), ("macsec.TCI.ES", "macsec.es"), ("macsec.TCI.SCB", "macsec.scb"),
        ("macsec.AN", "macsec.an"), ("macsec.SL", "macsec.sl"), ("macsec.PN", "macsec.pn"),
        ("macsec.SCI.system_identifier", "macsec.system"), ("macsec.SCI.port_identifier", "macsec.port"),
    ]),
    (r"macsec=1 es=1 / ipv4 id=7 / udp / zero*24 / icv=0x00112233445566778899aabbccddeeff", &[
        ("macsec.SL", "macsec.sl"), ("macsec.ICV", "icv.value"), ("ip.id", "ipv4.id"),
    ]),
    (r"ptp=sync flags=twostep domain=4 seq=3 clock=0x020000fffe000001 interval=1 seconds=5 ns=6 / pad", &[
        ("ptp.v2.majorsdoid", "ptp.sdo"), ("ptp.v2.messagetype", "ptp.type"), ("ptp.v2.versionptp", "ptp.version"),
        ("ptp.v2.messagelength", "ptp.length"), ("ptp.v2.domainnumber", "ptp.domain"),
        ("ptp.v2.clockidentity", "ptp.clock"), ("ptp.v2.sourceportid", "ptp.port"), ("ptp.v2.sequenceid", "ptp.seq"),
        ("ptp.v2.controlfield", "ptp.control"), ("ptp.v2.logmessageperiod", "ptp.interval"),
        ("ptp.v2.sdr.origintimestamp.seconds", "ptp.seconds"), ("ptp.v2.sdr.origintimestamp.nanoseconds", "ptp.ns"),
    ]),
    (r"ptp=announce gm=0x020000fffe000009 steps=2 prio2=7", &[
        ("ptp.v2.messagetype", "ptp.type"), ("ptp.v2.an.origincurrentutcoffset", "ptp.utcoffset"),
        ("ptp.v2.an.priority1", "ptp.prio1"), ("ptp.v2.an.grandmasterclockclass", "ptp.class"),
        ("ptp.v2.an.grandmasterclockaccuracy", "ptp.accuracy"),
        ("ptp.v2.an.grandmasterclockvariance", "ptp.variance"), ("ptp.v2.an.priority2", "ptp.prio2"),
        ("ptp.v2.an.grandmasterclockidentity", "ptp.gm"), ("ptp.v2.an.localstepsremoved", "ptp.steps"),
        ("ptp.v2.timesource", "ptp.source"),
    ]),
    (r"ipv4 dst=224.0.1.129 / udp sport=320 dport=320 / ptp=delay-resp seconds=1 ns=2 reqclock=0x0200000000000009 reqport=4", &[
        ("ptp.v2.messagetype", "ptp.type"), ("ptp.v2.dr.receivetimestamp.seconds", "ptp.seconds"),
        ("ptp.v2.dr.receivetimestamp.nanoseconds", "ptp.ns"),
        ("ptp.v2.dr.requestingsourceportidentity", "ptp.reqclock"),
        ("ptp.v2.dr.requestingsourceportid", "ptp.reqport"),
    ]),
    (r#"cfm level=3 seq=9 mepid=5 ma="lab" rdi=1 interval=1s {portstatus / ifstatus=down / end}"#, &[
        ("cfm.md.level", "cfm.level"), ("cfm.opcode", "cfm.opcode"), ("cfm.flags.rdi", "cfm.rdi"),
        ("cfm.flags.interval", "cfm.interval"), ("cfm.first.tlv.offset", "cfm.tlvoffset"),
        ("cfm.ccm.seq.num", "cfm.seq"), ("cfm.ccm.ma.ep.id", "cfm.mepid"),
        ("cfm.maid.md.name.format", "cfm.mdformat"), ("cfm.maid.ma.name.format", "cfm.maformat"),
        ("cfm.maid.ma.name.length", "cfm.malen"),
    ]),
    (r#"cfm=lbm seq=5 {data="abcdefgh" / end} / pad"#, &[
        ("cfm.opcode", "cfm.opcode"), ("cfm.first.tlv.offset", "cfm.tlvoffset"), ("cfm.lb.transaction.id", "cfm.seq"),
    ]),
    (r"cfm=ltm seq=6 ttl=9 target=02:00:00:00:00:09 {end} / pad", &[
        ("cfm.opcode", "cfm.opcode"), ("cfm.first.tlv.offset", "cfm.tlvoffset"), ("cfm.lt.transaction.id", "cfm.seq"),
        ("cfm.lt.ttl", "cfm.ttl"), ("cfm.ltm.orig.addr", "cfm.origin"), ("cfm.ltm.targ.addr", "cfm.target"),
    ]),
    (r#"pppoed=pado session=0x0003 {ac="bras" / service="x" / cookie=0x0102 / hostuniq=0x01020304} / pad"#, &[
        ("pppoe.code", "pppoed.code"), ("pppoe.session_id", "pppoed.session"),
        ("pppoe.payload_length", "pppoed.length"), ("pppoed.tags.ac_name", "ac.name"),
        ("pppoed.tags.service_name", "service.name"), ("pppoed.tags.ac_cookie", "cookie.value"),
        ("pppoed.tags.host_uniq", "hostuniq.value"),
    ]),
    (r#"E / pppoe=17 / ppp / ipv4 / udp / "x""#, &[
        ("pppoe.session_id", "pppoe.session"), ("pppoe.payload_length", "pppoe.length"),
        ("ppp.protocol", "ppp.proto"), ("ip.dst", "ipv4.dst"),
    ]),
    (r"E / pppoe / ppp / lcp id=3 {mru=1400 / magic=0x01020304 / auth=chap data=0x05}", &[
        ("ppp.protocol", "ppp.proto"), ("ppp.code", "lcp.code"), ("ppp.identifier", "lcp.id"),
        ("ppp.length", "lcp.length"), ("lcp.opt.mru", "mru.bytes"), ("lcp.opt.magic_number", "magic.number"),
        ("lcp.opt.auth_protocol", "auth.proto"),
    ]),
    (r"E / pppoe / ppp / ipcp=ack id=4 {addr=10.0.0.9 / dns1=10.0.0.1 / dns2=10.0.0.2}", &[
        ("ppp.code", "ipcp.code"), ("ppp.identifier", "ipcp.id"), ("ipcp.opt.ip_address", "addr.addr"),
        ("ipcp.opt.pri_dns_address", "dns1.addr"), ("ipcp.opt.sec_dns_address", "dns2.addr"),
    ]),
    (r#"E / pppoe / ppp / pap id=3 user="u" password="secret""#, &[
        ("pap.code", "pap.code"), ("pap.identifier", "pap.id"), ("pap.length", "pap.length"),
        ("pap.peer_id.length", "pap.userlen"), ("pap.peer_id", "pap.user"), ("pap.password", "pap.password"),
    ]),
    (r#"E / pppoe / ppp / chap id=4 value=0x0a020304 name="bras""#, &[
        ("chap.code", "chap.code"), ("chap.identifier", "chap.id"), ("chap.value_size", "chap.valuelen"),
        ("chap.value", "chap.value"), ("chap.name", "chap.name"),
    ]),
    (r#"cdp ttl=90 {device="sw1" / addresses {addr=10.0.0.1} / port="Gi0/1" / platform="xy" / native=7}"#, &[
        ("cdp.version", "cdp.version"), ("cdp.ttl", "cdp.ttl"), ("cdp.checksum", "cdp.checksum"),
        ("cdp.deviceid", "device.name"), ("cdp.number_of_addresses", "addresses.count"), ("cdp.portid", "port.name"),
        ("cdp.platform", "platform.text"), ("cdp.native_vlan", "native.vlan"),
    ]),
    (r#"hsr=7 path=1 / ipv4 / udp / "x" / pad"#, &[
        ("hsr.sequence_nr", "hsr.seq"), ("hsr.lsdu_size", "hsr.size"), ("hsr.type", "hsr.type"),
    ]),
    (r#"eth / ipv4 / udp / "x" / pad / prp lan=b seq=9"#, &[
        ("prp.trailer.prp_sequence_nr", "prp.seq"), ("prp.trailer.prp_lan", "prp.lan"),
        ("prp.trailer.prp_size", "prp.size"), ("prp.trailer.prp1_suffix", "prp.suffix"),
    ]),
    (r"avtp seq=9 stream=0x0200000000010001 tv=1 time=7 / zero*24", &[
        ("ieee1722.subtype", "avtp.subtype"), ("ieee1722.verfield", "avtp.version"),
    ]),
    (r#"I / udp sport=68 / dhcp xid=0x01020304 {type=discover / requested=10.0.0.9 / hostname="h1" / params=0x01 / end}"#, &[
        ("dhcp.type", "dhcp.op"), ("dhcp.hw.type", "dhcp.htype"), ("dhcp.hw.len", "dhcp.hlen"),
        ("dhcp.id", "dhcp.xid"), ("dhcp.hw.mac_addr", "dhcp.chaddr"), ("dhcp.option.dhcp", "type.type"),
        ("dhcp.option.requested_ip_address", "requested.addr"), ("dhcp.option.hostname", "hostname.name"),
    ]),
    (r#"I / udp sport=67 dport=68 / dhcp op=reply yiaddr=10.0.0.9 siaddr=10.0.0.3 giaddr=10.0.0.4 {type=offer / mask=255.255.255.0 / router=10.0.0.1 / lease=3600 / server=10.0.0.1 / domain="lab" / relay {circuit="ge1" / remote=0x0a0b} / end}"#, &[
        ("dhcp.ip.your", "dhcp.yiaddr"), ("dhcp.ip.server", "dhcp.siaddr"), ("dhcp.ip.relay", "dhcp.giaddr"),
        ("dhcp.option.subnet_mask", "mask.mask"), ("dhcp.option.router", "router.addr"),
        ("dhcp.option.ip_address_lease_time", "lease.seconds"), ("dhcp.option.dhcp_server_id", "server.addr"),
        ("dhcp.option.domain_name", "domain.name"),
        ("dhcp.option.agent_information_option.agent_circuit_id", "circuit.id"),
        ("dhcp.option.agent_information_option.agent_remote_id", "remote.id"),
    ]),
    (r"I / udp sport=5000 / dns id=7 {q=www.example.com / q=example.com type=aaaa}", &[
        ("dns.id", "dns.id"), ("dns.flags.response", "dns.qr"), ("dns.flags.opcode", "dns.opcode"),
        ("dns.count.queries", "dns.qdcount"), ("dns.count.answers", "dns.ancount"), ("dns.qry.name", "q.name"),
        ("dns.qry.type", "q.type"),
    ]),
    (r#"I / udp sport=53 dport=5000 / dns id=7 qr=response rcode=nxdomain {q=a.example / an=a.example ttl=5 a=192.0.2.1 / an=a.example type=aaaa ttl=6 aaaa=2001:db8::1 / an=b.example type=cname host=a.example / an=b.example type=mx pref=10 mx=m.example / an=b.example type=txt {str="v1x"} / ns=example type=soa mname=n.example rname=r.example serial=1 refresh=2 retry=3 expire=4 minimum=5 / ar=_x._tcp.example type=srv prio=1 weight=2 port=80 target=a.example}"#, &[
        ("dns.flags.rcode", "dns.rcode"), ("dns.count.answers", "dns.ancount"), ("dns.count.auth_rr", "dns.nscount"),
        ("dns.count.add_rr", "dns.arcount"), ("dns.a", "an.a"), ("dns.aaaa", "an.aaaa"), ("dns.cname", "an.host"),
        ("dns.mx.preference", "an.pref"), ("dns.mx.mail_exchange", "an.mx"), ("dns.txt", "str.text"),
        ("dns.soa.mname", "ns.mname"), ("dns.soa.rname", "ns.rname"), ("dns.soa.serial_number", "ns.serial"),
        ("dns.soa.refresh_interval", "ns.refresh"), ("dns.soa.retry_interval", "ns.retry"),
        ("dns.soa.expire_limit", "ns.expire"), ("dns.soa.minimum_ttl", "ns.minimum"), ("dns.srv.priority", "ar.prio"),
        ("dns.srv.weight", "ar.weight"), ("dns.srv.port", "ar.port"), ("dns.srv.target", "ar.target"),
    ]),
    (r#"profinet xid=0x01000001 {findname="plc"} / pad"#, &[
        ("pn_rt.frame_id", "profinet.id"), ("pn_dcp.service_id", "profinet.service"),
        ("pn_dcp.service_type", "profinet.type"), ("pn_dcp.xid", "profinet.xid"),
        ("pn_dcp.data_length", "profinet.length"), ("pn_dcp.option", "findname.option"),
    ]),
    (r#"dot3 / llc / snap oui=0x00000c type=0x1234 / "x" / pad"#, &[
        ("llc.oui", "snap.oui"), ("llc.dsap", "llc.dsap"), ("llc.ssap", "llc.ssap"), ("llc.cisco_pid", "snap.type"),
    ]),
    (r"eapol / eapol-key info=pairwise+ack keylen=16 replay=7 nonce=0x0102 data=0xdd14000fac04000102030405060708090a0b0c0d0e0f / pad", &[
        ("eapol.keydes.type", "eapol-key.descriptor"), ("eapol.keydes.key_len", "eapol-key.keylen"),
        ("eapol.keydes.replay_counter", "eapol-key.replay"), ("wlan_rsna_eapol.keydes.nonce", "eapol-key.nonce"),
        ("wlan_rsna_eapol.keydes.data_len", "eapol-key.datalen"),
        ("wlan_rsna_eapol.keydes.key_info.keydes_version", "eapol-key.descversion"),
    ]),
    (r"E / pppoe / ppp / ipv6cp id=9 {iid=0x020000fffe000001}", &[
        ("ppp.code", "ipv6cp.code"), ("ppp.identifier", "ipv6cp.id"),
        ("ipv6cp.opt.length", "iid.len"),
    ]),
    (r"E / pppoe / ppp / ccp=reset-request id=9", &[
        ("ppp.code", "ccp.code"), ("ppp.identifier", "ccp.id"), ("ppp.length", "ccp.length"),
    ]),
    (r"ethercat {datagram=fpwr index=3 adp=0x1001 ado=0x0f20 data=0x08 irq=4 wkc=1} / pad", &[
        ("ecatf.length", "ethercat.length"), ("ecatf.type", "ethercat.type"), ("ecat.cmd", "datagram.cmd"),
        ("ecat.idx", "datagram.index"), ("ecat.adp", "datagram.adp"), ("ecat.ado", "datagram.ado"),
        ("ecat.subframe.length", "datagram.length"), ("ecat.subframe.circulating", "datagram.circulated"),
        ("ecat.subframe.more", "datagram.more"), ("ecat.int", "datagram.irq"), ("ecat.data", "datagram.data"),
        ("ecat.cnt", "datagram.wkc"),
    ]),
    (r"ethercat {datagram=lrw addr=0x00010203 data=0x0102 circulated=1 / datagram=nop} / pad", &[
        ("ecatf.length", "ethercat.length"), ("ecat.subframe.more", "datagram.more"),
        ("ecat.subframe.circulating", "datagram.circulated"), ("ecat.subframe.length", "datagram.length"),
    ]),
    (r#"goose=0x1000 ref="r" set="s" id="i" ttl=300 st=70000 sq=128 sim=1 conf=9 {bool=1 / int=-129 / struct {bits=0x0340 / int=1} / string="t"}"#, &[
        ("goose.appid", "goose.appid"), ("goose.length", "goose.length"), ("goose.gocbRef", "goose.ref"),
        ("goose.timeAllowedtoLive", "goose.ttl"), ("goose.datSet", "goose.set"), ("goose.goID", "goose.id"),
        ("goose.stNum", "goose.st"), ("goose.sqNum", "goose.sq"), ("goose.confRev", "goose.conf"),
        ("goose.numDatSetEntries", "goose.entries"), ("goose.reserve1.s_bit", "goose.sim"),
        ("goose.boolean", "bool.value"), ("goose.integer", "int.value"), ("goose.visible_string", "string.value"),
    ]),
    (r"goose-noid=0x1001 st=2 sq=0x0400000005 {int=5}", &[
        ("goose.appid", "goose-noid.appid"), ("goose.stNum", "goose-noid.st"), ("goose.sqNum", "=5"),
        ("goose.integer", "int.value"),
    ]),
    (r"ipv6 / hopopts {ra=mld} / dstopts {limit=4} / udp", &[
        ("ipv6.hopopts.nxt", "hopopts.next"), ("ipv6.dstopts.nxt", "dstopts.next"),
        ("ipv6.hopopts.len", "hopopts.len"), ("ipv6.dstopts.len", "dstopts.len"),
    ]),
    (r"ipv4 / icmp / param-problem=20 / ipv4 / udp", &[
        ("icmp.type", "icmp.type"), ("icmp.pointer", "param-problem.pointer"),
    ]),
    (r"icmpv6 / param-problem=40 / ipv6 / udp", &[("icmpv6.pointer", "param-problem.pointer")]),
    (r"mld-query=ff02::fb delay=1000", &[
        ("icmpv6.mld.multicast_address", "mld-query.group"), ("icmpv6.mld.maximum_response_delay", "mld-query.delay"),
    ]),
    (r"mld2-report {rec=ff02::fb / rec=ff02::fc}", &[
        ("icmpv6.type", "icmpv6.type"), ("icmpv6.mldr.nb_mcast_records", "mld2-report.nrec"),
    ]),
    (r"igmp3 {rec=239.1.1.1 / rec=239.1.1.2}", &[("igmp.num_grp_recs", "igmp3.nrec")]),
    (r"mld-report=ff02::fb", &[("icmpv6.mld.multicast_address", "mld-report.group")]),
    (r"mld-done=ff02::fb", &[("icmpv6.mld.multicast_address", "mld-done.group")]),
    (r"mld2-query=ff02::fb s=1 qqic=7 {src=2001:db8::1}", &[
        ("icmpv6.mld.multicast_address", "mld2-query.group"), ("icmpv6.mld.flag.s", "mld2-query.s"),
        ("icmpv6.mld.qqi", "mld2-query.qqic"), ("icmpv6.mld.source_address", "src.src"),
    ]),
    (r"igmp3-query=239.1.1.1 qrv=7 qqic=9 {src=10.0.0.1}", &[
        ("igmp.maddr", "igmp3-query.group"), ("igmp.qrv", "igmp3-query.qrv"), ("igmp.qqic", "igmp3-query.qqic"),
        ("igmp.saddr", "src.src"),
    ]),
    (r#"I / udp sport=5 dport=6 / "twenty bytes and more" / pad=0x010203"#, &[("eth.trailer", "pad.bytes")]),
    (r"cfm=lmm txfcf=7 {end} / pad", &[
        ("cfm.opcode", "cfm.opcode"), ("cfm.first.tlv.offset", "cfm.tlvoffset"), ("cfm.lmm.lmr.txfcf", "cfm.txfcf"),
    ]),
    (r"cfm=slm srcmep=2 rcvmep=3 testid=9 txfcf=7 {end} / pad", &[
        ("cfm.slm.src_mep_id", "cfm.srcmep"), ("cfm.slm.txfcf", "cfm.txfcf"),
    ]),
    (r"cfm=tst seq=7 {end} / pad", &[("cfm.tst.sequence.num", "cfm.seq")]),
    (r"cfm=raps request=sf status=rb+dnf node=02:00:00:00:00:07 {end} / pad", &[
        ("cfm.raps.req.st", "cfm.request"), ("cfm.raps.flags.rb", "=1"),
        ("cfm.raps.node.id", "cfm.node"),
    ]),
    (r"cfm=ltr seq=6 ttl=9 action=fdb {end} / pad", &[("cfm.ltr.relay.action", "cfm.action"), ("cfm.lt.ttl", "cfm.ttl")]),
    (r"avtp=aaf seq=9 stream=0x0200000000010001 time=7 channels=8 depth=24 sp=1 evt=3 / zero*24", &[
        ("ieee1722.subtype", "avtp.subtype"), ("aaf.seqnum", "avtp.seq"), ("aaf.stream_id", "avtp.stream"),
        ("aaf.avtp_timestamp", "avtp.time"), ("aaf.format_info", "avtp.format"),
        ("aaf.nominal_sample_rate", "avtp.rate"), ("aaf.channels_per_frame", "avtp.channels"),
        ("aaf.bit_depth", "avtp.depth"), ("aaf.stream_data_len", "avtp.length"),
        ("aaf.sparse_timestamp", "avtp.sp"), ("aaf.evtfield", "avtp.evt"),
    ]),
    (r"avtp=crf seq=9 stream=0x0200000000010001 pull=1 base=44100 fs=1 / u64=7", &[
        ("crf.seqnum", "avtp.seq"), ("crf.type", "avtp.crftype"), ("crf.stream_id", "avtp.stream"),
        ("crf.pull", "avtp.pull"), ("crf.base_frequency", "avtp.base"), ("crf.data_len", "avtp.length"),
        ("crf.timestamp_interval", "avtp.timestamp-interval"), ("crf.fsfield", "avtp.fs"), ("crf.timestamp", "=7"),
    ]),
    (r"avtp=cvf seq=9 stream=0x0200000000010001 time=7 m=1 ptv=1 / zero*24", &[
        ("cvf.seqnum", "avtp.seq"), ("cvf.stream_id", "avtp.stream"), ("cvf.avtp_timestamp", "avtp.time"),
        ("cvf.format", "avtp.cvformat"), ("cvf.format_subtype", "avtp.codec"), ("cvf.stream_data_len", "avtp.length"),
        ("cvf.marker_bit", "avtp.m"),
    ]),
    (r#"profinet=identify-reply xid=7 {name="abc" / ip=10.0.0.2 mask=255.0.0.0 gateway=10.0.0.1 / device=0x002a device=0x0313}"#, &[
        ("pn_dcp.suboption_device_nameofstation", "name.name"), ("pn_dcp.suboption_ip_ip", "ip.addr"),
        ("pn_dcp.suboption_ip_subnetmask", "ip.mask"), ("pn_dcp.suboption_ip_standard_gateway", "ip.gateway"),
        ("pn_dcp.suboption_vendor_id", "device.vendor"), ("pn_dcp.suboption_device_id", "device.device"),
    ]),
    (r"profinet=0x8001 data=zero*40 cycle=9", &[
        ("pn_rt.frame_id", "profinet.id"), ("pn_rt.cycle_counter", "profinet.cycle"),
        ("pn_rt.transfer_status", "profinet.transfer"),
    ]),
    (r"I / udp sport=53 dport=5000 / dns qr=response {q=www.example.com / an=:12 a=192.0.2.1 / an=:12 type=cname host=mail:16}", &[
        ("dns.a", "an.a"), ("dns.cname", "=mail.example.com"), ("dns.qry.name", "q.name"),
    ]),
    // The precision is signed (RFC 5905 7.3); tshark shows 236 for -20.
    (r"ntp poll=6 precision=-20", &[("ntp.ppoll", "ntp.poll"), ("ntp.precision", "=236"), ("udp.srcport", "udp.sport")]),
    (r"ipv4 / udp / ptp=follow-up correction=65536 interval=-3", &[
        ("ptp.v2.logmessageperiod", "ptp.interval"), ("udp.srcport", "udp.sport"), ("udp.dstport", "udp.dport"),
        ("ip.dst", "ipv4.dst"),
    ]),
];
