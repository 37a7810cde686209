//! The laws of the language (`docs/language.md`), as properties.

use ethcraft::frame::{Begin, Builder, Fcs, Frames, Node, Pattern, Surroundings, Template, View, dissect, expression};
use proptest::prelude::*;

fn no_files(path: &str) -> std::io::Result<Vec<u8>> {
    Err(std::io::Error::new(std::io::ErrorKind::NotFound, path.to_owned()))
}

/// An interface unlike the one that decode must not know of.
fn elsewhere() -> Surroundings {
    Surroundings { mac: 0x0a0b_0c0d_0e0f, ipv4: 0x0102_0304, ipv6: 7, seed: 3 }
}

fn frames(text: &str) -> Frames {
    Frames::parse(text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{text}\n{e}"))
}

fn build(text: &str, number: u128) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.build(&frames(text), number).unwrap_or_else(|e| panic!("{text}\n{e}"));
    builder.view().bytes.to_vec()
}

fn decode(bytes: &[u8], begin: Begin, fcs: Fcs) -> String {
    let mut nodes = Vec::new();
    dissect(bytes, begin, fcs, &mut nodes);
    let mut text = String::new();
    expression(View { bytes, nodes: &nodes }, &mut text);
    text
}

/// Law 1, and that build finds the same parts as decode.
fn round_trip(bytes: &[u8], begin: Begin, fcs: Fcs) -> Result<(), TestCaseError> {
    let text = decode(bytes, begin, fcs);
    let again =
        Frames::parse(&text, elsewhere(), &no_files).map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
    let mut builder = Builder::default();
    builder.build(&again, 0).map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
    prop_assert_eq!(hex::encode(builder.view().bytes), hex::encode(bytes), "{}", text);
    let mut nodes = Vec::new();
    dissect(bytes, begin, fcs, &mut nodes);
    let plain = |nodes: &[Node]| nodes.to_vec();
    prop_assert_eq!(plain(builder.view().nodes), plain(&nodes), "{}", text);
    Ok(())
}

fn anywhere(bytes: &[u8]) -> Result<(), TestCaseError> {
    for fcs in [Fcs::IfRight, Fcs::Always, Fcs::Never] {
        round_trip(bytes, Begin::Ethernet, fcs)?;
    }
    let ipv4 = Begin::Layer(Some(&ethcraft::proto::ipv4::IPV4));
    round_trip(bytes, ipv4, Fcs::Never)?;
    round_trip(bytes, Begin::Layer(None), Fcs::Never)
}

/// Expressions whose frames reach every table; mutations of them reach what random bytes never do.
const SEEDS: &[&str] = &[
    "eth type=0x0801 / \"hello\" / fcs",
    "arp tpa=10.0.0.1 / pad",
    "arp op=reply sha=02:00:00:00:00:09 tha=02:00:00:00:00:08 / pad / fcs",
    "arp hlen=8 sha=0x0102030405060708 tha=0x1112131415161718",
    "svlan=100 / vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=6667 / \"Hello you there!\"",
    "ipv4 dst=224.0.0.22 ttl=1 {ra=0} / udp / zero*30",
    "ipv4 dst=10.0.0.2 {nop / nop / opt=7 {0x0400}} / icmp / echo id=1 seq=2 / \"abcdefgh\"",
    "ipv4 {end / 0x01020304} / udp",
    "ipv4 {0x00 0xffff / 0x01}",
    "ipv4 / icmp / unreach=1400 / ipv4 src=10.0.0.9 / udp sport=1 dport=2 / 0x0102",
    "ipv4 dst=10.0.0.2 id=9 off=2 proto=udp / \"X\"*24",
    "ipv4 flags=df+mf / ipv4 / udp / u16=7 / u32le=5",
    "dot3 / llc dsap=0x42 ssap=0x42 / 0x0000",
    "dot3 / llc / snap / ipv4 / udp / \"x\" / pad / fcs",
    "dot3 / llc dsap=0xf0 ssap=0xf0 ctl=0x10 ctl2=7 / zero*40",
    "vlan=3 / llc / snap oui=0x00000c type=0x2000 / 0x01b4",
    "ipv4 / udp length=9 checksum=bad / \"four\" / pad / fcs=bad",
    "ipv4 len=1000 / icmp / timestamp id=1 originate=5",
    "ipv4 / icmp / redirect=10.0.0.1 / ipv4 / udp",
    "ipv4 / icmp / param-problem=20 / ipv4 {nop} / 0x01",
    "eth type=1500..1535 / zero*100",
    "eth type=rarp / arp op=rarp-request / pad",
    "mpls=16 tc=5 / mpls=100..103 ttl=7 / ipv4 / udp / \"x\"",
    "mpls=16 / mpls=17 / pw seq=9 / eth / ipv4 / udp / pad",
    "mpls=3 / eth / arp / pad",
    "mpls=3 s=0 / \"no label\"",
    "hsr=7 path=1 / ipv4 / udp / \"x\" / pad / fcs",
    "vlan=5 / hsr=7 size=9 / arp",
    "eth / ipv4 / udp / \"x\" / pad / prp lan=a seq=1",
    "svlan=9 / vlan=5 / ipv4 / udp / prp lan=b seq=1..3 / fcs",
    "ipv4 / udp / prp size=3 suffix=0x88fc",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        anywhere(&bytes)?;
    }

    #[test]
    fn damaged_frames_come_back(
        seed in 0..SEEDS.len(),
        number in 0u32..40,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<u8>(), Just(0), Just(1), Just(0xff), Just(0x45), Just(0x4f), Just(0x81), Just(0x06), Just(0x08), Just(17),
        ]), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        more in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..12),
        fcs: bool,
    ) {
        let mut bytes = build(SEEDS[seed], number.into());
        bytes.extend(more);
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        if fcs {
            let crc = ethcraft::frame::fcs::fcs(&bytes);
            bytes.extend(crc);
        }
        anywhere(&bytes)?;
    }
}

#[test]
fn what_is_built_matches_what_it_was_built_from() {
    for seed in SEEDS {
        let set = frames(seed);
        let pattern =
            Pattern::parse(seed, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{seed}\n{e}"));
        let ends_are_set = ["len=", "length=", "fcs=", "cut=", "/ 0x01020304", "0xffff", "type=1500", "suffix="]
            .iter()
            .any(|w| seed.contains(w));
        for number in 0..set.count().min(40) {
            let bytes = build(seed, number);
            let mut nodes = Vec::new();
            dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
            let view = View { bytes: &bytes, nodes: &nodes };
            assert!(ends_are_set || pattern.matches(view), "{seed}\n{}", decode(&bytes, Begin::Ethernet, Fcs::IfRight));
        }
    }
}

/// Sets whose frames differ in fields alone.
const VARYING: &[&str] = &[
    "arp tpa=10.0.0.0/24 / pad",
    "ipv4 dst=10.0.0.1 / udp sport=1..7 dport=100..110..5 / \"0123456789abcdef\"",
    "vlan=1..9 pcp=0..7 / ipv4 src=10.0.0.0/30 dst=rand:10.0.0.0/8 ttl=1..30 / udp sport=rand / u32=0..99 / count*13 / fcs",
    "zip ipv4 id=0..9 ttl=10..19 / udp dport=53,80,1000..1007 checksum=bad / zero*3",
    "ipv4 src=10.0.0.1,10.0.0.7 / icmp / echo id=rand seq=0..65535 / u8=1..3 / u16=7,9 / zero*5",
    "ipv4 dst=1.1.1.1..1.1.1.9 / icmp / unreach / ipv4 src=9.9.9.0/29 / udp dport=1..3 / u16=0..9",
    "ipv4 df=1 mf=0..1 dst=10.0.0.2 / udp",
    "eth src=02:00:00:00:00:00..02:00:00:00:00:ff type=0x0801 / u64=rand / zero*46 / fcs",
    "ipv4 src=0.0.0.0..0.0.0.3 dst=255.255.255.252..255.255.255.255 ttl=0,255 / udp sport=0,65535 dport=0,65535",
    "ipv4 {ra=3} / ipv4 ttl=0..255 / udp length=8 / u32=rand",
];

#[test]
fn a_template_gives_the_same_frames_as_building_each() {
    for text in VARYING {
        let set = frames(text);
        let mut template = Template::new(&set).unwrap_or_else(|| panic!("no template: {text}"));
        let mut builder = Builder::default();
        let mut out = vec![0xee; template.len()];
        let jumps = (0..200).map(|n| n * 7919 % 65537);
        for number in (0..700).chain(jumps).chain([u128::from(u64::MAX), 3, 4, 5]) {
            builder.build(&set, number).unwrap();
            template.write(number, &mut out);
            assert_eq!(hex::encode(&out), hex::encode(builder.view().bytes), "frame {number} of {text}");
        }
    }
}

#[test]
fn a_set_whose_frames_differ_in_form_has_no_template() {
    for text in [
        "eth / zero*46..60",
        "eth / rand*20",
        "ipv4 len=20..30 / udp",
        "ipv4 ihl=5..6 / udp",
        "ipv4 dst=10.0.0.1,224.0.0.1 / udp",
        "eth src=02:00:00:00:00:00/40 / arp",
        "eth / \"a\",\"bc\"",
        "eth / \"abc\" / cut=14..17",
    ] {
        assert!(Template::new(&frames(text)).is_none(), "{text}");
    }
}
