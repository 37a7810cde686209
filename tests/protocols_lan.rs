//! The link layer's protocols, DHCP and DNS beside scapy and tshark: the same bytes, and the same values.

mod common;

use common::{Directory, Program, ethcraft, frame, peer, python_with};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `E` and `I`: the headers of Ethernet and IPv4 between the two stations of `peers/lan.py`.
fn expand(text: &str) -> String {
    let ethernet = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01";
    let ipv4 = format!("{ethernet} / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2");
    match text.split_at(2) {
        ("E ", rest) => format!("{ethernet} {rest}"),
        ("I ", rest) => format!("{ipv4} {rest}"),
        _ => text.to_owned(),
    }
}

/// A frame in our language and in scapy's. What scapy fills in in another way is set on one side or the other.
#[allow(clippy::needless_raw_string_hashes, reason = "all written in one way")]
#[rustfmt::skip]
const PAIRS: &[(&str, &str)] = &[
    (
        r"E / mpls=16 tc=5 / mpls=100 ttl=7 / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 / udp sport=5 dport=6",
        r"E/MPLS(label=16,cos=5,s=0,ttl=64)/MPLS(label=100,s=1,ttl=7)/I/UDP(sport=5,dport=6)",
    ),
    (
        r#"lldp {chassis / port="eth0" / ttl=20 / portdesc="p" / sysname="sw" / sysdesc="d" / syscap=bridge+router enabled=router / mgmt=10.0.0.1 ifnum=3 / org=0x0080c2 subtype=1 data=0x0064 / end}"#,
        r"Ether(dst='01:80:c2:00:00:0e',src='02:00:00:00:00:01')/LLDPDUChassisID(subtype=4,id='02:00:00:00:00:01')/LLDPDUPortID(subtype=5,id=b'eth0')/LLDPDUTimeToLive(ttl=20)/LLDPDUPortDescription(description='p')/LLDPDUSystemName(system_name='sw')/LLDPDUSystemDescription(description='d')/LLDPDUSystemCapabilities(mac_bridge_available=1,router_available=1,router_enabled=1)/LLDPDUManagementAddress(management_address_subtype=1,management_address=b'\x0a\x00\x00\x01',interface_numbering_subtype=2,interface_number=3,object_id=b'')/LLDPDUGenericOrganisationSpecific(org_code=0x0080c2,subtype=1,data=b'\x00\x64')/LLDPDUEndOfLLDPDU()",
    ),
    (
        r"stp rootprio=4096 root=02:00:00:00:00:05 cost=19 bridgeprio=32769 port=0x8002 age=256",
        r"Dot3(dst='01:80:c2:00:00:00',src='02:00:00:00:00:01')/LLC(dsap=0x42,ssap=0x42,ctrl=3)/STP(rootid=4096,rootmac='02:00:00:00:00:05',pathcost=19,bridgeid=32769,bridgemac='02:00:00:00:00:01',portid=0x8002,age=1,maxage=20,hellotime=2,fwddelay=15)",
    ),
    (
        r#"I / udp sport=68 dport=67 / dhcp xid=0x01020304 flags=broadcast {type=discover / requested=10.0.0.9 / hostname="h" / params=0x0103060f / client / end}"#,
        r"E/I/UDP(sport=68,dport=67)/BOOTP(op=1,xid=0x01020304,flags='B',chaddr=bytes.fromhex('020000000001'))/DHCP(options=[('message-type','discover'),('requested_addr','10.0.0.9'),('hostname','h'),('param_req_list',[1,3,6,15]),('client_id',bytes.fromhex('01020000000001')),'end'])",
    ),
    (
        r#"I / udp sport=67 dport=68 / dhcp op=reply yiaddr=10.0.0.9 {type=offer / mask=255.255.255.0 / router=10.0.0.1 / dns=10.0.0.1 {addr=10.0.0.2} / lease=3600 / server=10.0.0.1 / domain="lab" / end}"#,
        r"E/I/UDP(sport=67,dport=68)/BOOTP(op=2,yiaddr='10.0.0.9',chaddr=bytes.fromhex('020000000001'))/DHCP(options=[('message-type','offer'),('subnet_mask','255.255.255.0'),('router','10.0.0.1'),('name_server','10.0.0.1','10.0.0.2'),('lease_time',3600),('server_id','10.0.0.1'),('domain','lab'),'end'])",
    ),
    (
        r"I / udp sport=5000 dport=53 / dns id=7 {q=www.example.com / q=example.com type=aaaa}",
        r"E/I/UDP(sport=5000,dport=53)/DNS(id=7,rd=1,qd=[DNSQR(qname='www.example.com'),DNSQR(qname='example.com',qtype='AAAA')])",
    ),
    (
        r#"I / udp sport=53 dport=5000 / dns id=7 qr=response flags=aa+rd+ra {q=a.example / an=a.example ttl=5 a=192.0.2.1 / an=a.example type=aaaa ttl=5 aaaa=2001:db8::1 / an=b.example type=cname ttl=5 host=a.example / an=b.example type=mx ttl=5 pref=10 mx=m.example / an=b.example type=txt ttl=5 {str="v=1"} / ns=example type=soa ttl=5 mname=n.example rname=r.example serial=1 refresh=2 retry=3 expire=4 minimum=5 / ar=x.example type=srv ttl=5 prio=1 weight=2 port=80 target=a.example}"#,
        r"E/I/UDP(sport=53,dport=5000)/DNS(id=7,qr=1,aa=1,rd=1,ra=1,qd=[DNSQR(qname='a.example')],an=[DNSRR(rrname='a.example',ttl=5,rdata='192.0.2.1'),DNSRR(rrname='a.example',type='AAAA',ttl=5,rdata='2001:db8::1'),DNSRR(rrname='b.example',type='CNAME',ttl=5,rdata='a.example'),DNSRRMX(rrname='b.example',ttl=5,preference=10,exchange='m.example'),DNSRR(rrname='b.example',type='TXT',ttl=5,rdata=[b'v=1'])],ns=[DNSRRSOA(rrname='example',ttl=5,mname='n.example',rname='r.example',serial=1,refresh=2,retry=3,expire=4,minimum=5)],ar=[DNSRRSRV(rrname='x.example',ttl=5,priority=1,weight=2,port=80,target='a.example')])",
    ),
    (
        r"lacp key=17 port=2 state=activity+aggregation+sync psys=02:00:00:00:00:09 pkey=3 pstate=0x3d",
        r"Ether(dst='01:80:c2:00:00:02',src='02:00:00:00:00:01',type=0x8809)/SlowProtocol(subtype=1)/LACP(actor_system_priority=32768,actor_system='02:00:00:00:00:01',actor_key=17,actor_port_priority=32768,actor_port_number=2,actor_state=13,partner_system='02:00:00:00:00:09',partner_key=3,partner_state=0x3d)",
    ),
    (
        r"marker transaction=7 port=3",
        r"Ether(dst='01:80:c2:00:00:02',src='02:00:00:00:00:01',type=0x8809)/SlowProtocol(subtype=2)/MarkerProtocol(requester_port=3,requester_system='02:00:00:00:00:01',requester_transaction_id=7)",
    ),
    (
        r"pause=65535 / pad",
        r"Ether(dst='01:80:c2:00:00:01',src='02:00:00:00:00:01',type=0x8808)/MACControlPause(pause_time=65535)",
    ),
    (
        r"pfc=p3+p5 t3=100 t5=65535 / pad",
        r"Ether(dst='01:80:c2:00:00:01',src='02:00:00:00:00:01',type=0x8808)/MACControlClassBasedFlowControl(c3_enabled=1,c5_enabled=1,c3_pause_time=100,c5_pause_time=65535)",
    ),
    (
        r"eapol version=1",
        r"Ether(dst='01:80:c2:00:00:03',src='02:00:00:00:00:01')/EAPOL(version=1,type=1)",
    ),
    (
        r#"eapol version=1 / eap=response id=3 data="user""#,
        r"Ether(dst='01:80:c2:00:00:03',src='02:00:00:00:00:01')/EAPOL(version=1,type=0)/EAP(code=2,id=3,type=1,identity=b'user')",
    ),
    (
        r"E / macsec=7 an=1 system=02:00:00:00:00:01 port=1 ec=e+c / zero*60",
        r"E/MACsec(AN=1,SC=1,E=1,C=1,PN=7,SCI=MACsecSCI(system_identifier='02:00:00:00:00:01',port_identifier=1))/Raw(bytes(60))",
    ),
    (
        r"E / ptp=sync flags=twostep seq=3 clock=0x020000fffe000001",
        r"Ether(dst='02:00:00:00:00:02',src='02:00:00:00:00:01',type=0x88f7)/PTP(messageType=0,flags=0x200,sequenceId=3,clockIdentity=0x020000fffe000001,portNumber=1)",
    ),
    (
        r"E / pppoed {service / hostuniq=0x01020304}",
        r"E/PPPoED()/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x101,tag_value=b''),PPPoETag(tag_type=0x103,tag_value=bytes.fromhex('01020304'))])",
    ),
    (
        r"E / pppoe=0x0011 / ppp / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 / udp sport=5 dport=6",
        r"E/PPPoE(sessionid=17)/PPP()/I/UDP(sport=5,dport=6)",
    ),
    (
        r"E / pppoe=0x0011 / ppp / lcp id=3 {mru=1492 / magic=0x01020304 / auth=chap data=0x05}",
        r"E/PPPoE(sessionid=17)/PPP()/PPP_LCP_Configure(id=3,options=[PPP_LCP_MRU_Option(max_recv_unit=1492),PPP_LCP_Magic_Number_Option(magic_number=0x01020304),PPP_LCP_Auth_Protocol_Option(auth_protocol=0xc223,algorithm=5)])",
    ),
    (
        r"E / pppoe=0x0011 / ppp / lcp=echo-request id=4 magic=0x01020304",
        r"E/PPPoE(sessionid=17)/PPP()/PPP_LCP_Echo(code=9,id=4,magic_number=0x01020304)",
    ),
    (
        r"E / pppoe=0x0011 / ppp / ipcp id=3 {addr=10.0.0.9 / dns1=10.0.0.1}",
        r"E/PPPoE(sessionid=17)/PPP()/PPP_IPCP(code=1,id=3,options=[PPP_IPCP_Option_IPAddress(data='10.0.0.9'),PPP_IPCP_Option_DNS1(data='10.0.0.1')])",
    ),
    (
        r#"E / pppoe=0x0011 / ppp / pap id=3 user="u" password="secret""#,
        r"E/PPPoE(sessionid=17)/PPP()/PPP_PAP_Request(id=3,username=b'u',password=b'secret')",
    ),
    (
        r#"E / pppoe=0x0011 / ppp / chap id=4 value=0x01020304 name="bras""#,
        r"E/PPPoE(sessionid=17)/PPP()/PPP_CHAP_ChallengeResponse(code=1,id=4,value=bytes.fromhex('01020304'),optional_name=b'bras')",
    ),
    (
        r#"cdp {device="sw1" / addresses {addr=10.0.0.1} / port="Gi0/1" / capabilities=router+switch / platform="xyz"}"#,
        r"Dot3(dst='01:00:0c:cc:cc:cc',src='02:00:00:00:00:01')/LLC(dsap=0xaa,ssap=0xaa,ctrl=3)/SNAP(OUI=0xc,code=0x2000)/CDPv2_HDR(msg=[CDPMsgDeviceID(val=b'sw1'),CDPMsgAddr(addr=[CDPAddrRecordIPv4(addr='10.0.0.1')]),CDPMsgPortID(iface=b'Gi0/1'),CDPMsgCapabilities(cap=9),CDPMsgPlatform(val=b'xyz')])",
    ),
    (
        r"E / wol=02:00:00:00:00:09 password=0x0a0203040506",
        r"Ether(dst='02:00:00:00:00:02',src='02:00:00:00:00:01',type=0x0842)/Raw(b'\xff'*6+bytes.fromhex('020000000009')*16+bytes.fromhex('0a0203040506'))",
    ),
];

#[test]
fn scapy_builds_the_same_frames() {
    let Some(python) = python_with("scapy.all") else { return };
    let directory = Directory::new();
    let script = directory.file("lan.py");
    std::fs::write(&script, include_str!("peers/lan.py")).unwrap();
    let theirs: String = PAIRS.iter().flat_map(|(_, scapy)| [*scapy, "\n"]).collect();
    let theirs = Program::new(python).arguments([&script]).input(theirs).run().expect(0).stdout;
    assert_eq!(theirs.lines().count(), PAIRS.len());
    for ((text, _), theirs) in PAIRS.iter().zip(theirs.lines()) {
        assert_eq!(hex::encode(frame(&expand(text))), theirs, "{text}");
    }
}

/// A frame, and tshark's fields beside our layers and items and their fields.
#[allow(clippy::needless_raw_string_hashes, reason = "all written in one way")]
#[rustfmt::skip]
const READ: &[(&str, &[(&str, &str)])] = &[
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
];

#[test]
fn tshark_reads_the_same_values() {
    let Some(tshark) = peer("tshark") else { return };
    let directory = Directory::new();
    let path = directory.file("lan.pcap");
    let frames: String = READ.iter().map(|(text, _)| expand(text) + "\n").collect();
    ethcraft(["build", "-f", "-", "-w", &path]).input(frames).run().expect(0);
    let ours = ethcraft(["decode", "--json", &path]).run().expect(0).stdout;
    // It looks for this trailer only if it is told to.
    let form = ["-T", "fields", "-E", "occurrence=a", "-E", "separator=;", "--enable-protocol", "prp"];
    let columns: BTreeSet<&str> = READ.iter().flat_map(|(_, fields)| *fields).map(|(name, _)| *name).collect();
    let names = columns.iter().flat_map(|name| ["-e", name]);
    let read = Program::new(&tshark).arguments(["-n", "-r", &path]).arguments(form).arguments(names).run().expect(0);
    assert_eq!(read.stdout.lines().count(), READ.len());
    let mut wrong = Vec::new();
    for ((text, fields), (ours, theirs)) in READ.iter().zip(ours.lines().zip(read.stdout.lines())) {
        let ours: Value = serde_json::from_str(ours).unwrap();
        let read: BTreeMap<_, _> = columns.iter().copied().zip(theirs.split(';')).collect();
        for (name, place) in *fields {
            let theirs: Vec<_> = read[name].split(',').map(plain).collect();
            let (layer, field) = place.split_once('.').unwrap();
            let mut values = Vec::new();
            values_of(&ours["layers"], layer, field, &mut values);
            let same = theirs.len() == values.len() && theirs.iter().zip(&values).all(|(t, o)| same(t, o));
            if !same {
                wrong.push(format!(
                    "{text}
    {name}: tshark {theirs:?}, ethcraft {values:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A field of each layer or item of this name, in the frame's order.
fn values_of(layers: &Value, layer: &str, field: &str, values: &mut Vec<String>) {
    for one in layers.as_array().into_iter().flatten() {
        if let Some(value) = one["fields"].get(field).filter(|_| one["layer"] == layer) {
            values.push(plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        values_of(&one["items"], layer, field, values);
    }
}

/// A number in decimal, anything else without what tells its kind.
fn plain(text: &str) -> String {
    let number = match (text, text.strip_prefix("0x")) {
        ("True", _) => Some(1),
        ("False", _) => Some(0),
        (_, Some(digits)) => u128::from_str_radix(digits, 16).ok(),
        _ => text.parse().ok(),
    };
    number.map_or_else(|| text.trim_matches('"').to_owned(), |number| number.to_string())
}

/// Whether tshark means the same: our bytes are hex digits, its are that too, or text.
fn same(theirs: &str, ours: &str) -> bool {
    theirs == ours || hex::encode(theirs) == ours || theirs.replace(':', "") == ours.replace(':', "")
}

/// The examples of the language that are about these protocols.
const EXAMPLES: &[&str] = &[
    "dns id=7 {q=www.example.com / q=example.com type=aaaa}",
    r#"dhcp {type=discover / params=0x0103060f / relay {circuit="ge-0/0/1" / remote=0x0a} / end}"#,
    r#"eth / ipv4 / udp / "x" / pad / prp lan=a seq=1"#,
];

#[test]
fn the_examples_build_and_come_back_as_they_were() {
    for text in EXAMPLES {
        let bytes = hex::encode(frame(text));
        let decoded = ethcraft(["decode", "--hex", &bytes]).run().expect(0).stdout;
        let layer = text.rsplit(" / prp").next().unwrap().split('{').next_back().unwrap();
        assert!(decoded.contains(layer) || decoded.contains("prp seq=1"), "{text}\n{decoded}");
        let again = ethcraft(["build", "-f", "-"]).input(decoded).run().expect(0).stdout;
        assert_eq!(again.trim_end(), bytes, "{text}");
    }
}
