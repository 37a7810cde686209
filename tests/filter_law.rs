//! Law 3 of the language, `match(E)` lies in `filter(E)`, in an interpreter; and how sharp the filter is.

mod common;

use common::damage::damage;
use common::expressions::{build, pattern};
use ethcraft::frame::filter::{MAX, Program, compile, run};
use ethcraft::frame::{Begin, Fcs, Matcher, Pattern, View, dissect};
use proptest::prelude::*;
use std::sync::{LazyLock, Mutex, PoisonError};

const KEEP: u32 = 0x4_0000;

fn program(text: &str) -> Program {
    compile(&pattern(text), KEEP)
}

fn matches(pattern: &Pattern, bytes: &[u8], fcs: Fcs) -> bool {
    let mut nodes = Vec::new();
    dissect(bytes, Begin::Ethernet, fcs, &mut nodes);
    pattern.matches(View { bytes, nodes: &nodes })
}

/// The frame as the kernel has it after it took the outer tag out, and the tag.
fn stripped(bytes: &[u8]) -> Option<(Vec<u8>, (u16, u16))> {
    let word = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (tpid, tci) = (word(12)?, word(14)?);
    let whole = matches!(tpid, 0x8100 | 0x88a8) && bytes.len() >= 18;
    whole.then(|| ([&bytes[..12], &bytes[16..]].concat(), (tpid, tci)))
}

/// What the program keeps of a frame, with its tag in place and, if it has one, with its tag taken out.
fn kept(program: &Program, bytes: &[u8]) -> Vec<u32> {
    let taken = stripped(bytes).map(|(rest, tag)| run(program, &rest, Some(tag)));
    [run(program, bytes, None)].into_iter().chain(taken).collect()
}

/// Frames that reach every table.
const SEEDS: &[&str] = &[
    "eth type=0x0801 / \"hello\" / fcs",
    "arp tpa=10.0.0.1 / pad",
    "arp op=reply sha=02:00:00:00:00:09 tha=02:00:00:00:00:08 / pad / fcs",
    "arp hlen=8 sha=0x0102030405060708 tha=0x1112131415161718",
    "vlan=7 / arp tpa=10.0.0.1..10.0.0.9 / zero*30",
    "svlan=100 / vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=6667 / \"Hello you there!\"",
    "vlan=1..20 pcp=5 / ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=3 / udp sport=1000 dport=53 / \"who is it?\"",
    "vlan=3 / vlan=7 / ipv4 / udp dport=50..60",
    "vlan=9 / vlan=3 / vlan=7 / ipv4 / udp dport=53 / zero*9",
    "ipv4 dst=224.0.0.22 ttl=1 {ra=0} / udp / zero*30",
    "ipv4 dst=10.0.0.2 {nop / nop / opt=7 {0x0400}} / icmp / echo id=1 seq=2 / \"abcdefgh\"",
    "vlan=7 / ipv4 dst=10.0.0.2 {nop / ra=5 / opt=7 {0x0400} / nop} / udp dport=53 / \"x\"*30",
    "ipv4 {end / 0x01020304} / udp dport=53",
    "ipv4 {0x00 0xffff / 0x01}",
    "ipv4 / icmp / unreach=1400 / ipv4 src=10.0.0.9 / udp sport=1 dport=53 / 0x0102",
    "ipv4 dst=10.0.0.2 id=9 off=2 proto=udp / \"X\"*24",
    "ipv4 flags=df+mf / ipv4 / udp dport=53 / u16=7 / u32le=5",
    "ipv4 dst=10.0.0.1 {nop / nop / nop} / ipv4 dst=10.9.9.9 {nop} / udp dport=53 / \"in\"*20",
    "dot3 / llc dsap=0x42 ssap=0x42 / 0x0000",
    "dot3 / llc / snap / ipv4 / udp dport=53 / \"x\" / pad / fcs",
    "vlan=3 / llc / snap oui=0x00000c type=0x2000 / 0x01b4",
    "ipv4 / udp length=9 checksum=bad dport=53 / \"four\" / pad / fcs=bad",
    "ipv4 len=1000 / icmp / timestamp id=1 originate=5",
    "ipv4 len=22 / udp dport=53 / zero*30",
    "eth type=1500..1535 / zero*100",
    "eth type=0x9999 / 0x4500001400000000401100000a0000010a000002",
    "eth src=00:1b:21:00:00:05 dst=02:00:00:00:00:02 type=0x0801 / zero*46",
    "mpls=16 tc=5 / mpls=100..103 ttl=7 / ipv4 / udp / \"x\"",
    "mpls=16 / mpls=17 / pw seq=9 / eth / vlan=7 / ipv4 / udp dport=53 / pad",
    "hsr=7 path=1 / ipv4 / udp dport=53 / \"x\" / pad / fcs",
    "vlan=5 / hsr=7 size=9 / arp",
    "svlan=9 / vlan=5 / ipv4 / udp dport=53 / prp lan=b seq=1..3 / fcs",
];

/// Patterns of every kind.
const PATTERNS: &[&str] = &[
    "udp",
    "eth",
    "arp",
    "dot3",
    "snap",
    "udp dport=53",
    "ipv4 dst=10.9.9.9",
    "icmp",
    "ipv4 / udp",
    "eth / vlan",
    "vlan / vlan",
    "svlan / vlan",
    "ipv4 / ipv4",
    "ipv4 dst=10.0.0.1 / udp",
    "ipv4 dst=10.0.0.1 / ipv4 dst=10.9.9.9 / udp",
    "icmp / unreach / ipv4 / udp dport=53",
    "vlan=7 / ipv4",
    "eth / .. / udp",
    "vlan=7 / .. / udp dport=53",
    "svlan=100 / .. / udp",
    "udp / .. / \"there\"",
    "udp / .. / vlan",
    "ipv4 / .. / ipv4",
    "..",
    ".. / udp",
    "frame / eth / vlan=7",
    "frame / eth / vlan / vlan=7",
    "frame / eth / ipv4",
    "frame / rand*12 0x0800",
    "frame / .. / udp",
    "frame len=..59",
    "frame len=60..",
    "frame len!=60",
    "frame len=60,64 / eth",
    "frame len=61..100 / eth / .. / udp",
    "vlan=7 pcp=5",
    "vlan dei=0",
    "vlan=1..6",
    "vlan!=7",
    "vlan=0..20..3",
    "vlan!=0..20..3",
    "udp sport=1000 dport=53",
    "eth type=0x0801",
    "eth type=vlan",
    "eth type!=ipv4",
    "eth type=0x9999 / ipv4",
    "ipv4 proto=udp / udp dport=53",
    "ipv4 proto=17",
    "ipv4 ihl=5",
    "ipv4 ihl=6..",
    "ipv4 dst=10.0.0.0/8",
    "ipv4 dst!=10.0.0.0/8",
    "ipv4 src=10.0.0.1..10.0.0.9",
    "ipv4 dst=10.0.0.0/30,192.0.2.0/24",
    "eth src=02:00:00:00:00:00/24",
    "eth src=00:1b:21:00:00:00/24",
    "eth src!=00:1b:21:00:00:00/24",
    "eth src=00:1b:21:00:00:03..00:1b:22:00:00:09",
    "eth src!=00:1b:21:00:00:03..00:1b:22:00:00:09",
    "eth dst=ff:ff:ff:ff:ff:ff",
    "arp op=request",
    "arp tpa=10.0.0.0/30",
    "arp tpa!=10.0.0.1",
    "arp sha=02:00:00:00:00:09",
    "udp dport!=1..1023",
    "udp dport=rand",
    "udp dport=51..61..2",
    "llc ctl2=0..255",
    "llc",
    "udp length=auto",
    "ipv4 checksum=bad",
    "udp checksum=bad",
    "ipv4 {ra}",
    "ipv4 {nop / ra} / udp",
    "\"hello\"",
    "eth / 0x6007",
    "vlan / 0x45",
    "eth / u16=7",
    "udp and vlan=7",
    "arp or udp dport=53",
    "not arp",
    "not udp",
    "not ipv4",
    "not vlan",
    "not vlan=7",
    "not udp dport=53",
    "not icmp",
    "udp and not vlan",
    "not ipv4 dst=10.0.0.0/8",
    "not arp and not icmp",
    "not arp tpa=10.0.0.1",
    "not eth src=00:1b:21:00:00:00/24",
    "not ipv4 {ra}",
    "not frame len=..59",
    "not dot3",
    "not svlan / vlan",
    "not frame / eth / ipv4",
    "not eth dst!=ff:ff:ff:ff:ff:ff",
    "not vlan=0..20..3",
    "not frame len=60..70..2",
    "ipv4 df=1 mf=0",
    "ipv4 mf!=1",
    "ipv4 flags=df+mf",
    "ipv4 off=0",
    "ipv4 off!=0",
    "mpls=16",
    "mpls ttl=7",
    "mpls=16 / mpls=17",
    "mpls / .. / vlan=7",
    "hsr=7",
    "hsr path=1",
    "pad",
    "fcs",
    "arp / pad",
    "udp / \"x\" / fcs",
    "ipv4 ttl=1..3 / udp",
    "icmp type=echo",
    "icmp / echo id=1",
    "vlan=7 or svlan=100 or arp",
    "echo seq=2",
    "not echo",
    "not mpls",
    "not mpls=16 / mpls=17",
    "not hsr",
    "not svlan=100 / vlan=7 / ipv4 / udp dport=6667",
    "arp or not vlan",
    "ipv4 src=10.0.0.9 / udp",
    "prp lan=b",
];

static COMPILED: LazyLock<Vec<(&str, Pattern, Program)>> =
    LazyLock::new(|| PATTERNS.iter().map(|text| (*text, pattern(text), program(text))).collect());

#[track_caller]
fn law_3(bytes: &[u8]) -> Result<(), TestCaseError> {
    for (text, pattern, program) in COMPILED.iter() {
        for fcs in FCS {
            if matches(pattern, bytes, fcs) {
                let kept = kept(program, bytes);
                let all = kept.iter().all(|kept| *kept == KEEP);
                prop_assert!(all, "{text} {fcs:?} {kept:?} {}\n{program}", hex::encode(bytes));
            }
        }
    }
    Ok(())
}

/// The way that reading takes, with programs before and beside the match in full, comes to the same.
fn shortcut(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut matchers = MATCHERS.lock().unwrap_or_else(PoisonError::into_inner);
    for ((text, pattern, _), matcher) in COMPILED.iter().zip(matchers.iter_mut()) {
        for fcs in FCS {
            let short = matcher.matches(bytes, Begin::Ethernet, fcs, false);
            prop_assert_eq!(short, matches(pattern, bytes, fcs), "{} {:?} {}", text, fcs, hex::encode(bytes));
        }
    }
    Ok(())
}

const FCS: [Fcs; 3] = [Fcs::IfRight, Fcs::Always, Fcs::Never];

static MATCHERS: LazyLock<Mutex<Vec<Matcher>>> =
    LazyLock::new(|| Mutex::new(COMPILED.iter().map(|(_, pattern, _)| Matcher::new(pattern.clone())).collect()));

#[test]
fn what_is_built_is_kept_if_it_matches() {
    for seed in SEEDS {
        for number in 0..20 {
            let bytes = build(seed, number);
            law_3(&bytes).and_then(|()| shortcut(&bytes)).unwrap_or_else(|e| panic!("{seed}: {e}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn what_matches_is_kept_however_damaged(
        seed in 0..SEEDS.len(),
        number in 0u32..40,
        damage in damage(),
    ) {
        let mut bytes = build(SEEDS[seed], number.into());
        damage.to(&mut bytes, 70);
        law_3(&bytes)?;
        shortcut(&bytes)?;
    }

    #[test]
    fn what_matches_as_it_was_cut_is_kept(
        seed in 0..SEEDS.len(), number in 0u32..20, keep in 1u32..90, from in 0..PATTERNS.len(),
    ) {
        let bytes = build(SEEDS[seed], number.into());
        let cut = &bytes[..bytes.len().min(keep as usize)];
        // A few in each case: these are compiled anew for each length.
        for (text, pattern, _) in COMPILED.iter().cycle().skip(from).take(8) {
            if matches(pattern, cut, Fcs::IfRight) {
                let program = compile(pattern, keep);
                prop_assert!(kept(&program, &bytes).iter().all(|kept| *kept == keep), "{text} {keep} {}", hex::encode(&bytes));
            }
        }
    }
}

/// Pattern, and a frame that must not get through, in place or stripped.
const SHARP: &[(&str, &str)] = &[
    ("udp dport=53", "ipv4 / udp dport=54"),
    ("udp dport=53", "vlan=7 / ipv4 / udp dport=54"),
    ("udp dport=53", "svlan=7 / vlan=7 / ipv4 / udp dport=54"),
    ("udp dport=53", "ipv4 {nop / nop / nop / nop / ra=0} / udp dport=54 / zero*20"),
    ("udp dport=53", "vlan=7 / ipv4 {ra=0} / udp dport=54 / zero*20"),
    ("udp dport=53", "ipv4 proto=tcp / zero*40"),
    ("udp dport=53", "ipv4 off=1 proto=udp / 0x0001003500080000"),
    ("udp dport=53", "arp / pad"),
    ("udp dport=53", "eth type=0x0801 / zero*46"),
    ("udp dport=53", "ipv4 / icmp / echo / zero*30"),
    ("vlan=7", "vlan=8 / ipv4 / udp / zero*30"),
    ("vlan=7", "ipv4 / udp / zero*30"),
    ("vlan=7", "svlan=7 / ipv4 / udp / zero*30"),
    ("vlan=7 pcp=5", "vlan=7 pcp=4 / ipv4 / udp / zero*30"),
    ("vlan=1..6,8..", "vlan=7 / ipv4 / udp / zero*30"),
    ("vlan!=7", "vlan=7 / ipv4 / udp / zero*30"),
    ("frame / eth / vlan / vlan=7", "vlan=7 / vlan=6 / ipv4 / udp / zero*30"),
    ("svlan=100 / vlan=7", "svlan=100 / vlan=8 / ipv4 / udp / zero*30"),
    ("svlan=100 / vlan=7", "svlan=101 / vlan=7 / ipv4 / udp / zero*30"),
    ("arp", "ipv4 / udp / zero*30"),
    ("arp", "eth type=0x0801 / zero*46"),
    ("arp", "vlan=7 type=0x0801 / zero*46"),
    ("arp tpa=10.0.0.1", "arp tpa=10.0.0.2 / pad"),
    ("arp tpa=10.0.0.0/30", "vlan=7 / arp tpa=10.0.1.0 / zero*20"),
    ("arp op=reply", "arp / pad"),
    ("ipv4 dst=10.0.0.0/8", "ipv4 dst=11.0.0.1 / udp / zero*30"),
    ("ipv4 dst=10.0.0.0/8", "vlan=7 / ipv4 dst=11.0.0.1 / udp / zero*30"),
    ("ipv4 dst!=10.0.0.0/8", "ipv4 dst=10.1.2.3 / udp / zero*30"),
    ("ipv4 df=1", "ipv4 / udp / zero*30"),
    ("eth src=00:1b:21:00:00:00/24", "eth src=00:1b:22:00:00:00 type=0x0801 / zero*46"),
    ("eth src=00:1b:21:00:00:05", "eth src=00:1b:21:00:00:06 type=0x0801 / zero*46"),
    ("eth dst=ff:ff:ff:ff:ff:ff", "eth dst=ff:ff:ff:ff:ff:fe type=0x0801 / zero*46"),
    ("eth type=0x0801", "eth type=0x0802 / zero*46"),
    ("frame len=..59", "eth type=0x0801 / zero*46"),
    ("frame len=65..", "vlan=7 type=0x0801 / zero*46"),
    ("not arp", "arp / pad"),
    ("not arp", "vlan=7 / arp / zero*30"),
    ("not udp dport=53", "ipv4 / udp dport=53 / zero*30"),
    ("not udp dport=53", "vlan=7 / ipv4 / udp dport=53 / zero*30"),
    ("not vlan=7", "vlan=7 / ipv4 / udp / zero*30"),
    ("not eth dst=ff:ff:ff:ff:ff:ff", "arp / pad"),
    ("not ipv4", "ipv4 / udp / zero*30"),
    ("not frame len=60..", "eth type=0x0801 / zero*46"),
    ("udp and not udp dport=53", "ipv4 / udp dport=53 / zero*30"),
    ("arp or udp dport=53", "ipv4 / udp dport=54 / zero*30"),
    ("icmp / echo", "ipv4 / icmp / timestamp / zero*20"),
    ("udp dport=80 / .. / \"GET\"", "ipv4 / udp dport=81 / \"GET\""),
    ("ipv4 {ra}", "arp / pad"),
];

#[test]
fn what_cannot_match_does_not_get_through() {
    let mut wrong = Vec::new();
    for (text, frame) in SHARP {
        let (bytes, program) = (build(frame, 0), program(text));
        assert!(!matches(&pattern(text), &bytes, Fcs::IfRight), "{text} matches {frame}");
        let kept = kept(&program, &bytes);
        if kept.iter().any(|kept| *kept > 0) {
            wrong.push(format!("{text}  lets through  {frame}  {kept:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What follows a layer is written once, wherever the layer begins: else these would have thousands of instructions.
#[test]
fn programs_for_one_layer_are_short() {
    for text in ["udp dport=53", "arp", "ipv6 dst=2001:db8::/32", "vlan=7 / ipv4", "tcp syn=1 {mss}"] {
        let program = program(text);
        assert!(program.0.len() < 300, "{text}: {} instructions\n{program}", program.0.len());
    }
}

#[test]
fn every_program_is_one_that_the_kernel_takes() {
    for (text, _, program) in COMPILED.iter() {
        let code = &program.0;
        assert!(!code.is_empty() && code.len() <= MAX, "{text}: {}", code.len());
        assert_eq!(code.last().map(|i| i.code), Some(0x06), "{text} ends with ret");
        for (at, i) in code.iter().enumerate().filter(|(_, i)| i.code & 7 == 5) {
            let far = if i.code == 0x05 { i.k as usize } else { usize::from(i.jt.max(i.jf)) };
            assert!(at + 1 + far < code.len(), "{text}: ({at}) jumps out");
        }
    }
}

#[test]
fn what_cannot_be_looked_for_keeps_all() {
    for text in ["..", "\"hello\"", "pad", "fcs", "frame / rand*12 0x0800", "not \"x\"", "udp or \"x\""] {
        assert!(program(text).keeps_all(), "{text}\n{}", program(text));
    }
}

#[test]
fn a_program_is_written_as_tcpdump_does() {
    let text = program("arp").to_string();
    assert!(text.starts_with("(000) ld       #pktlen\n(001) jge      #0xe"), "{text}");
    assert!(text.contains("[vlan_avail]") && text.contains("ldh      [12]"), "{text}");
}
