//! The link layer's protocols, DHCP and DNS beside scapy: the same bytes. Beside tshark they stand in `protocols_tshark.rs`.

mod common;

use common::scapy::same_bytes;
use common::{ethcraft, frame};

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
        r"E / macsec=7 an=1 system=02:00:00:00:00:01 port=1 ec=e+c / zero*70",
        r"E/MACsec(AN=1,SC=1,E=1,C=1,PN=7,SCI=MACsecSCI(system_identifier='02:00:00:00:00:01',port_identifier=1))/Raw(bytes(70))",
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
    same_bytes("", PAIRS);
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
