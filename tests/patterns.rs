//! Which frames a pattern matches: a table, rule by rule of `docs/language.md`, "Patterns".

mod common;

use common::expressions::{frame, pattern};
use ethcraft::frame::{Begin, Fcs, Pattern, Surroundings, View, dissect, no_files};

fn matches(wanted: &str, bytes: &[u8]) -> bool {
    let mut nodes = Vec::new();
    dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
    pattern(wanted).matches(View { bytes, nodes: &nodes })
}

/// Pattern, frame, and whether the frame is in the set. All wrong rows are told at once.
#[track_caller]
fn hold(rows: &[(&str, &str, bool)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(wanted, text, expected)| matches(wanted, &frame(text)) != *expected)
        .map(|(wanted, frame, expected)| {
            format!("{wanted}  {}  {frame}", if *expected { "should match" } else { "should not match" })
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

const HELLO: &str = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x0801 / \"hello\"";
const QUERY: &str = "vlan=7 pcp=5 / ipv4 src=10.0.0.1 dst=10.0.0.2 ttl=3 / udp sport=1000 dport=53 / \"who is it?\"";
const STACK: &str = "svlan=100 / vlan=7 / ipv4 dst=10.0.0.2 / udp dport=6667 / \"Hello you there!\"";
const NESTED: &str = "ipv4 dst=10.0.0.1 / ipv4 dst=10.9.9.9 / udp dport=53 / \"in\"";
const QUOTE: &str = "ipv4 dst=10.0.0.2 / icmp / unreach / ipv4 src=10.0.0.2 / udp dport=7 / zero*8";
const OPTIONS: &str = "ipv4 {nop / ra=5 / opt=30 {0x0400} / nop} / udp / \"x\"";
const REQUEST: &str = "arp sha=02:00:00:00:00:01 spa=10.0.0.1 tpa=10.0.0.2";

/// The answer's name and the server's end in pointers to the question's, at byte 12 of the message.
const COMPRESSED: &str = "udp sport=53 / dns qr=response {q=www.example.com / an=:12 ttl=9 a=192.0.2.1}";

#[test]
fn a_name_matches_however_it_is_compressed() {
    hold(&[
        ("dns {an=www.example.com}", COMPRESSED, true),
        ("dns {an=www.example.com,a.example}", COMPRESSED, true),
        ("dns {an=:12}", COMPRESSED, true),
        ("dns {an=example.com}", COMPRESSED, false),
        ("dns {an=:16}", COMPRESSED, false),
        ("dns {an!=www.example.com}", COMPRESSED, false),
        ("dns {an!=example.com}", COMPRESSED, true),
        ("dns {q=www.example.com}", COMPRESSED, true),
        ("dns {an=mail.example.com}", "udp sport=53 / dns {q=www.example.com / an=mail:16 a=192.0.2.1}", true),
        ("dns {an=mail.example.com}", "udp sport=53 / dns {q=www.example.com / an=mail:12 a=192.0.2.1}", false),
        // It points at itself.
        ("dns {q=www.example.com}", "udp sport=53 / dns {q=:12}", false),
    ]);
}

#[test]
fn a_layer_matches_at_any_depth() {
    hold(&[
        ("udp", QUERY, true),
        ("udp", NESTED, true),
        ("udp", QUOTE, true),
        ("udp", HELLO, false),
        ("eth", HELLO, true),
        ("arp", REQUEST, true),
        ("arp", QUERY, false),
        ("dot3", "dot3 / llc dsap=stp ssap=stp / zero*4", true),
        ("eth", "dot3 / llc dsap=stp ssap=stp / zero*4", false),
        ("snap", "dot3 / llc / snap / ipv4 / udp", true),
        ("udp dport=53", NESTED, true),
        ("ipv4 dst=10.9.9.9", NESTED, true),
        ("icmp", QUOTE, true),
    ]);
}

#[test]
fn a_slash_means_directly_behind() {
    hold(&[
        ("ipv4 / udp", QUERY, true),
        ("eth / vlan", QUERY, true),
        ("vlan / vlan", STACK, false),
        ("svlan / vlan", STACK, true),
        ("ipv4 / ipv4", NESTED, true),
        ("ipv4 / ipv4", QUERY, false),
        ("ipv4 dst=10.0.0.1 / udp", NESTED, false),
        ("ipv4 dst=10.9.9.9 / udp", NESTED, true),
        ("ipv4 dst=10.0.0.1 / ipv4 dst=10.9.9.9 / udp", NESTED, true),
        ("icmp / unreach / ipv4 / udp dport=7", QUOTE, true),
        ("ipv4 src=10.0.0.2 / udp", QUOTE, true),
        ("udp / \"in\"", NESTED, true),
        ("udp / \"n\"", NESTED, false),
        ("vlan=7 / ipv4", QUERY, true),
    ]);
}

#[test]
fn two_dots_are_a_gap_of_any_layers_or_bytes() {
    hold(&[
        ("eth / .. / udp", QUERY, true),
        ("vlan=7 / .. / udp dport=53", QUERY, true),
        ("vlan=8 / .. / udp dport=53", QUERY, false),
        ("svlan=100 / .. / udp", STACK, true),
        ("udp / .. / \"there\"", STACK, true),
        ("udp / .. / \"they\"", STACK, false),
        ("udp / .. / vlan", STACK, false),
        ("ipv4 dst=10.0.0.1 / .. / udp", NESTED, true),
        ("ipv4 dst=10.9.9.9 / .. / ipv4", NESTED, false),
        ("udp / .. / \"Hello\" / .. / \"there\"", STACK, true),
        ("udp / .. / \"there\" / .. / \"Hello\"", STACK, false),
        ("udp / .. / \"Hello you there!\"", STACK, true),
        ("udp / ..", STACK, true),
        (".. / udp", STACK, true),
        ("..", HELLO, true),
    ]);
}

#[test]
fn frame_pins_the_start() {
    hold(&[
        ("frame / eth", QUERY, true),
        ("frame / eth / vlan=7", QUERY, true),
        ("frame / eth / vlan / vlan=7", "vlan=3 / vlan=7 / ipv4 / udp", true),
        ("frame / eth / vlan / vlan=7", "vlan=7 / vlan=3 / ipv4 / udp", false),
        ("frame / eth / vlan / vlan=7", STACK, false),
        ("frame / eth / ipv4", QUERY, false),
        ("frame / eth / ipv4", NESTED, true),
        ("frame / 0x020000000002", HELLO, true),
        ("frame / 0x020000000001", HELLO, false),
        ("0x020000000001", HELLO, true),
        ("frame / .. / udp", QUERY, true),
        ("frame / rand*6 0x020000000001", HELLO, true),
    ]);
}

#[test]
fn frame_len_tests_the_length() {
    hold(&[
        ("frame len=..59", HELLO, true),
        ("frame len=19", HELLO, true),
        ("frame len!=19", HELLO, false),
        ("frame len=60..", HELLO, false),
        ("frame len=..59", "eth / \"x\" / pad", false),
        ("frame len=60", "eth / \"x\" / pad", true),
        ("frame len=60,64", "eth / \"x\" / pad / fcs", true),
        ("frame len=..19 / eth type=0x0801", HELLO, true),
        ("frame len=20.. / eth type=0x0801", HELLO, false),
    ]);
}

#[test]
fn a_set_field_is_a_test() {
    hold(&[
        ("vlan=7", QUERY, true),
        ("vlan id=7", QUERY, true),
        ("vlan=8", QUERY, false),
        ("vlan=7 pcp=5", QUERY, true),
        ("vlan=7 pcp=4", QUERY, false),
        ("udp sport=1000 dport=53", QUERY, true),
        ("udp sport=53 dport=1000", QUERY, false),
        ("eth type=0x0801", HELLO, true),
        ("eth type=ipv4", HELLO, false),
        ("eth type=vlan", QUERY, true),
        ("arp op=request", REQUEST, true),
        ("arp op=reply", REQUEST, false),
        ("arp op=2", REQUEST, false),
        ("eth dst=ff:ff:ff:ff:ff:ff", REQUEST, true),
        ("ipv4 proto=udp", QUERY, true),
        ("ipv4 proto=17", QUERY, true),
        ("ipv4 proto=icmp", QUERY, false),
        ("ipv4 ihl=5", QUERY, true),
        ("ipv4 ihl=5", OPTIONS, false),
        ("icmp type=echo", "ipv4 / icmp / echo", true),
        ("icmp type=echo-reply", "ipv4 / icmp / echo", false),
        ("echo seq=4", "ipv4 / icmp / echo seq=4", true),
    ]);
}

#[test]
fn sets_of_values_are_ranges_lists_and_prefixes() {
    hold(&[
        ("udp dport=1..1023", QUERY, true),
        ("udp dport=54..", QUERY, false),
        ("udp dport=..53", QUERY, true),
        ("udp dport=..52", QUERY, false),
        ("udp dport=53,80", QUERY, true),
        ("udp dport=80,8000..8010", QUERY, false),
        ("udp dport=51..61..2", QUERY, true),
        ("udp dport=50..60..2", QUERY, false),
        ("ipv4 dst=10.0.0.0/24", QUERY, true),
        ("ipv4 dst=10.0.1.0/24", QUERY, false),
        ("ipv4 dst=10.0.0.0/8,192.168.0.0/16", QUERY, true),
        ("ipv4 src=10.0.0.1..10.0.0.9", QUERY, true),
        ("ipv4 src=10.0.0.2..10.0.0.9", QUERY, false),
        ("eth src=02:00:00:00:00:00/24", HELLO, true),
        ("eth src=00:1b:21:00:00:00/24", HELLO, false),
        ("arp tpa=10.0.0.0/30", REQUEST, true),
        ("vlan=1..100", QUERY, true),
    ]);
}

#[test]
fn not_equal_means_not_in_the_set() {
    hold(&[
        ("udp dport!=53", QUERY, false),
        ("udp dport!=54", QUERY, true),
        ("udp dport!=1..1023", QUERY, false),
        ("udp dport!=54..60", QUERY, true),
        ("ipv4 dst!=10.0.0.0/24", QUERY, false),
        ("ipv4 dst!=10.0.1.0/24", QUERY, true),
        ("eth type!=0x0801", HELLO, false),
        ("vlan!=7", QUERY, false),
        ("vlan!=8", QUERY, true),
        ("vlan!=8", HELLO, false),
        ("udp dport!=53", NESTED, false),
        ("ipv4 dst!=10.0.0.1", NESTED, true),
    ]);
}

#[test]
fn every_test_on_an_absent_field_fails() {
    hold(&[
        // ctl2 is there only in the formats with two bytes of control.
        ("llc ctl2=0..255", "dot3 / llc dsap=stp ssap=stp / zero*4", false),
        ("llc ctl2!=9", "dot3 / llc dsap=stp ssap=stp / zero*4", false),
        ("llc ctl2=rand", "dot3 / llc dsap=stp ssap=stp / zero*4", false),
        ("llc ctl2=7", "dot3 / llc dsap=0xf0 ssap=0xf0 ctl=0x10 ctl2=7 / zero*4", true),
        ("llc ctl2!=9", "dot3 / llc dsap=0xf0 ssap=0xf0 ctl=0x10 ctl2=7 / zero*4", true),
        ("not llc ctl2=7", "dot3 / llc dsap=stp ssap=stp / zero*4", true),
        // A header cut in its middle is none.
        ("udp", "ipv4 / udp / cut=40", false),
        ("udp sport=rand", "ipv4 / udp / cut=42", true),
    ]);
}

#[test]
fn rand_is_anything() {
    hold(&[
        ("udp dport=rand", QUERY, true),
        ("ipv4 dst=rand / udp sport=rand", QUERY, true),
        ("vlan=rand", HELLO, false),
        ("udp dport!=rand", QUERY, false),
        ("udp dport=rand:50..60", QUERY, true),
        ("udp dport=rand:60..70", QUERY, false),
        ("ipv4 dst=rand:10.0.0.0/8", QUERY, true),
    ]);
}

#[test]
fn auto_is_what_would_be_filled_in() {
    hold(&[
        ("udp length=auto", QUERY, true),
        ("udp length=auto", "ipv4 / udp length=9 / \"four\"", false),
        ("udp length!=auto", "ipv4 / udp length=9 / \"four\"", true),
        ("ipv4 len=auto", QUERY, true),
        ("ipv4 len=auto", "ipv4 len=1000 / udp", false),
        ("ipv4 checksum=auto", QUERY, true),
        ("udp checksum=auto", "ipv4 / udp checksum=bad / \"x\"", false),
        ("eth type=auto", QUERY, true),
        ("eth type=auto", HELLO, false),
        ("ipv4 ihl=auto", OPTIONS, true),
        ("ipv4 ihl!=auto", "ipv4 ihl=4 / udp", true),
        ("ipv4 ttl=auto", QUERY, false),
        ("ipv4 ttl=auto", NESTED, true),
        ("eth dst=auto", REQUEST, true),
        ("fcs=auto", "eth / \"x\" / fcs", true),
        ("icmp checksum=auto", QUOTE, true),
    ]);
}

#[test]
fn bad_is_a_wrong_checksum() {
    hold(&[
        ("ipv4 checksum=bad", QUERY, false),
        ("ipv4 checksum=bad", "ipv4 checksum=bad / udp", true),
        ("ipv4 checksum=bad", "ipv4 checksum=0x1234 / udp", true),
        ("udp checksum=bad", "ipv4 / udp checksum=bad / \"x\"", true),
        ("udp checksum=bad", QUERY, false),
        // 0 says that there is none, which is neither right nor bad.
        ("udp checksum=bad", "ipv4 / udp checksum=0 / \"x\"", false),
        ("udp checksum=auto", "ipv4 / udp checksum=0 / \"x\"", false),
        ("udp checksum!=bad", "ipv4 / udp checksum=0 / \"x\"", true),
        ("udp checksum!=bad", QUERY, true),
        ("icmp checksum=bad", "ipv4 / icmp checksum=bad / echo", true),
        // For ICMP, 0 is a value like any other.
        ("icmp checksum=bad", "ipv4 / icmp checksum=0 / echo", true),
        ("ipv4 checksum=bad or udp length!=auto or frame len=..59", "ipv4 / udp / zero*40", false),
        ("ipv4 checksum=bad or udp length!=auto or frame len=..59", "ipv4 / udp length=9 / zero*40", true),
        ("ipv4 checksum=bad or udp length!=auto or frame len=..59", "ipv4 / udp / \"x\"", true),
    ]);
}

#[test]
fn an_option_of_any_number_is_also_one_that_has_a_name() {
    let route = "ipv4 {rr {addr=10.0.0.1}} / udp";
    let syn = "tcp {mss=1460 / nop / wscale=7}";
    hold(&[
        ("ipv4 {opt=148}", OPTIONS, true),
        ("ipv4 {opt=149}", OPTIONS, false),
        ("ipv4 {opt=1}", OPTIONS, true),
        ("ipv4 {opt=0,2..147}", "ipv4 {nop / ra=5 / nop} / udp", false),
        ("ipv4 {opt=7}", route, true),
        ("ipv4 {opt=7 len=7}", route, true),
        ("ipv4 {opt=7 len=8}", route, false),
        ("ipv4 {opt=7 {0x0a000001}}", route, true),
        ("ipv4 {opt=7 {0x0b}}", route, false),
        // One of a single byte has no length.
        ("ipv4 {opt=1 len=0..255}", OPTIONS, false),
        ("ipv4 {opt=1 / opt=148 / opt=30 / nop}", OPTIONS, true),
        ("ipv4 {opt=148 / nop}", OPTIONS, false),
        ("tcp {opt=2 / nop / opt=3}", syn, true),
        ("tcp {opt!=1,2,3}", syn, false),
        ("tcp {opt=8}", syn, false),
        ("tcp {mss}", "tcp {opt=253 {0x1234}}", false),
    ]);
}

#[test]
fn items_are_tested_in_braces() {
    hold(&[
        ("ipv4 {ra}", OPTIONS, true),
        ("ipv4 {ra=5}", OPTIONS, true),
        ("ipv4 {ra=6}", OPTIONS, false),
        ("ipv4 {ra=..10}", OPTIONS, true),
        ("ipv4 {nop / ra}", OPTIONS, true),
        ("ipv4 {ra / nop}", OPTIONS, false),
        ("ipv4 {ra / .. / nop}", OPTIONS, true),
        ("ipv4 {opt=30}", OPTIONS, true),
        ("ipv4 {opt=30 {0x0400}}", OPTIONS, true),
        ("ipv4 {opt=30 {0x00}}", OPTIONS, true),
        ("ipv4 {opt=30 {0x05}}", OPTIONS, false),
        ("ipv4 {opt=30 / nop}", OPTIONS, true),
        ("ipv4 {ra}", QUERY, false),
        ("ipv4 {ra} / udp", OPTIONS, true),
        ("not ipv4 {ra}", QUERY, true),
        // An item is no layer, and a layer no item.
        ("ipv4 {0x1e}", OPTIONS, true),
    ]);
}

#[test]
fn bytes_are_tested_at_their_place_however_they_decode() {
    hold(&[
        ("\"GET\"", "ipv4 / udp dport=80 / \"GET / HTTP\"", true),
        ("\"GET\"", "ipv4 / udp dport=80 / \"get / HTTP\"", false),
        ("udp dport=80 / \"GET\"", "ipv4 / udp dport=80 / \"GET / HTTP\"", true),
        ("udp dport=80 / \"HTTP\"", "ipv4 / udp dport=80 / \"GET / HTTP\"", false),
        // The address 10.0.0.2 in an IPv4 header is four bytes like others.
        ("0x0a000002", QUERY, true),
        // What the VLAN tag holds stands directly behind the header of Ethernet.
        ("eth / 0x6007", "vlan=7 pcp=3 / ipv4 / udp", true),
        ("eth / 0x07", "vlan=7 pcp=3 / ipv4 / udp", false),
        ("frame / rand*14 0x6007", "vlan=7 pcp=3 / ipv4 / udp", true),
        ("vlan / 0x45", QUERY, true),
        ("eth type=vlan / 0xa007", QUERY, true),
        ("frame / rand*20 0x0800", "eth / zero*6 0x0800", true),
        ("frame / rand*20 0x0800", "eth / zero*5 0x0800", false),
        ("frame / rand*0..30 0x0800", "eth / zero*5 0x0800", true),
        ("zero*30..", "eth / zero*46", true),
        ("zero*47..", "eth type=0x88b5 / zero*46", false),
        ("\"ab\"*3", "eth / \"ababab\"", true),
        ("\"ab\"*4", "eth / \"ababab\"", false),
        ("0x00..0x1f", "eth dst=ff:ff:ff:ff:ff:ff src=fe:fe:fe:fe:fe:fe type=0x8888 / \"text\"", false),
        ("0x61..0x7a", "eth / \"text\"", true),
        ("eth / \"a\",\"t\"", "eth / \"text\"", true),
        ("eth / \"a\",\"b\"", "eth / \"text\"", false),
        ("count*8", "eth / count*8", true),
        ("u16=7", "eth / u16=7", true),
        ("eth / u16=8", "eth / u16=7", false),
        ("eth / u32le=5", "eth / 0x05000000", true),
        ("eth / u8=1..9 / u8=2", "eth / 0x0502", true),
    ]);
}

#[test]
fn and_or_not_combine() {
    hold(&[
        ("udp and vlan=7", QUERY, true),
        ("udp and vlan=8", QUERY, false),
        ("arp or udp", QUERY, true),
        ("arp or icmp", QUERY, false),
        ("not arp", QUERY, true),
        ("not udp", QUERY, false),
        ("udp and not vlan", QUERY, false),
        ("udp and not vlan", NESTED, true),
        // "and" binds tighter than "or".
        ("arp and vlan or udp", QUERY, true),
        ("udp or arp and vlan=8", QUERY, true),
        ("not arp and not icmp", QUERY, true),
        ("not arp or udp", REQUEST, false),
        // Each chain is looked for by itself, so "and" keeps no order.
        ("udp and eth", QUERY, true),
        ("frame / rand*12 0x0801 and not eth src=00:1b:21:00:00:00/24", HELLO, true),
    ]);
}

#[test]
fn flags_are_tested_whole_or_by_the_bit() {
    hold(&[
        ("ipv4 flags=df", "ipv4 flags=df / udp", true),
        ("ipv4 flags=df", "ipv4 flags=df+mf / udp", false),
        ("ipv4 flags=df+mf", "ipv4 flags=df+mf / udp", true),
        ("ipv4 flags=df,mf", "ipv4 flags=mf / udp", true),
        ("ipv4 flags=0", "ipv4 / udp", true),
        ("ipv4 flags!=0", "ipv4 flags=evil / udp", true),
        ("ipv4 df=1", "ipv4 flags=df+mf / udp", true),
        ("ipv4 df=1 mf=0", "ipv4 flags=df+mf / udp", false),
        ("ipv4 df=1 mf=0", "ipv4 flags=df / udp", true),
        ("ipv4 mf!=1", "ipv4 flags=df / udp", true),
    ]);
}

#[test]
fn a_pattern_can_name_what_follows_itself() {
    hold(&[
        ("eth type=0x9999 / ipv4", "eth type=0x9999 / 0x4500001400000000401100000a0000010a000002", true),
        ("eth type=0x9999 / ipv4 dst=10.0.0.2", "eth type=0x9999 / 0x4500001400000000401100000a0000010a000002", true),
        ("eth type=0x9999 / ipv4 dst=10.0.0.3", "eth type=0x9999 / 0x4500001400000000401100000a0000010a000002", false),
        ("eth type=0x9999 / ipv4", "eth type=0x9998 / 0x4500001400000000401100000a0000010a000002", false),
        ("eth / ipv4", "eth type=0x9999 / 0x4500001400000000401100000a0000010a000002", false),
        // Too short for the layer: it does not follow.
        ("eth type=0x9999 / ipv4", "eth type=0x9999 / 0x4500001400000000", false),
        (
            "eth type=0x9999 / ipv4 / udp dport=53",
            "eth type=0x9999 / 0x4500001c00000000401100000a0000010a000002 0x0001003500080000",
            true,
        ),
        ("ipv4 proto=253 / icmp / echo", "ipv4 proto=253 / 0x0800f7ff00000000", true),
    ]);
}

#[test]
fn vlan_tags_are_layers() {
    hold(&[
        ("svlan=100 / vlan=7", STACK, true),
        ("vlan=100", STACK, false),
        ("svlan", QUERY, false),
        ("vlan", "eth / \"x\"", false),
        ("vlan=0", "vlan=0 pcp=3 / ipv4 / udp", true),
        ("vlan=0", QUERY, false),
        ("vlan / vlan", "vlan=3 / vlan=7 / ipv4 / udp", true),
        ("vlan dei=1", "vlan=3 dei=1 / ipv4 / udp", true),
        ("vlan type=ipv4", QUERY, true),
        ("vlan / llc", "vlan=3 / llc dsap=stp ssap=stp / zero*3", true),
    ]);
}

#[test]
fn tail_parts_are_found() {
    hold(&[
        ("fcs", "eth / \"x\" / fcs", true),
        ("fcs", "eth / \"x\"", false),
        ("pad", "arp / pad", true),
        ("pad", "arp", false),
        ("arp / pad", "arp / pad", true),
        ("udp / \"x\" / pad / fcs", "ipv4 / udp / \"x\" / pad / fcs", true),
        ("udp / \"x\" / fcs", "ipv4 / udp / \"x\" / pad / fcs", false),
        // Up to 47 bytes the tag says where its check value is, then the frame's end does; 16 bytes have to be there.
        ("macsec / zero*31 / icv=7", "macsec ec=e+c / zero*31 / icv=7 / pad", true),
        ("macsec / ipv4 / udp / zero*40 / icv=7", "macsec / ipv4 / udp / zero*40 / icv=7 / fcs", true),
        ("icv", "macsec sl=9 / zero*22", false),
        ("icv", "ipv4 / udp / zero*40", false),
    ]);
}

#[test]
fn zip_changes_no_match() {
    hold(&[
        ("zip udp sport=1000..1001 dport=53..54", QUERY, true),
        ("zip udp sport=1000..1001 dport=54..55", QUERY, false),
    ]);
}

/// What a pattern that is none says.
#[track_caller]
fn refused(text: &str, said: &str) {
    let errors = Pattern::parse(text, Surroundings::default(), &no_files).expect_err(text);
    let told = errors.render(text, false);
    assert!(told.contains(said), "{told}");
}

#[test]
fn a_pair_that_can_never_follow_is_an_error_with_its_mend() {
    refused("eth / udp", "'udp' never comes directly behind 'eth'");
    refused("eth / udp", "eth / .. / udp");
    refused("vlan=7 / udp", "vlan / .. / udp");
    refused("udp / arp", "'arp' never comes directly behind 'udp'");
    refused("arp / ipv4", "'ipv4' never comes directly behind 'arp'");
}

#[test]
fn cut_is_no_pattern() {
    refused("ipv4 / cut=10", "cut");
}

#[test]
fn a_checksum_that_the_kernel_left_to_the_device_is_not_bad() {
    let bytes = frame("ipv4 / udp checksum=0x1234 / \"x\"");
    let mut nodes = Vec::new();
    dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
    let view = View { bytes: &bytes, nodes: &nodes };
    let bad = pattern("udp checksum=bad");
    assert!(bad.matches(view) && !bad.matches_received(view, true));
    // The header's own is computed by the stack itself, whatever the device does.
    let bytes = frame("ipv4 checksum=bad / udp / \"x\"");
    dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
    assert!(pattern("ipv4 checksum=bad").matches_received(View { bytes: &bytes, nodes: &nodes }, true));
}
