//! The examples of `docs/language.md`, and what single constructs mean.

use crate::expr::ast::*;
use crate::expr::{logical_lines, parse_frame, parse_line, parse_pattern, parse_rule, write_delay, write_text_literal};

const FRAMES: [&str; 20] = [
    r#"eth type=0x0801 / "hello" / fcs"#,
    r"arp tpa=10.0.0.0/24 / pad",
    r#"svlan=100 / vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=6667 / "Hello you there!""#,
    r"tcp dport=443 flags=syn {mss=1460 / sackok / ts=1 ecr=0 / nop / wscale=7}",
    r"tcp flags=ack {nop / nop / sack {block=1 end=1461 / block=2921 end=4381}}",
    r"ra life=1800 {mtu=1500 / prefix=2001:db8:: plen=64 flags=l+a / rdnss life=600 {addr=2001:db8::53}}",
    r"ipv4 dst=224.0.0.22 ttl=1 {ra=0} / igmp3 {rec=239.1.1.1 type=allow {src=10.0.0.1 / src=10.0.0.2}}",
    r"ipv6 dst=2001:db8::2 / srh {seg=2001:db8::9 / seg=2001:db8::2} / ipv6 / udp dport=53",
    r"dns id=7 {q=www.example.com / q=example.com type=aaaa}",
    r#"dhcp {type=discover / params=0x0103060f / relay {circuit="ge-0/0/1" / remote=0x0a} / end}"#,
    r"goose appid=0x1000 sq=0..99 {bool=1 / int=-5 / struct {bits=0x0340 / int=1} / int=2}",
    r"ipv4 / gre key=5 seq=0..9 checksum=auto / ipv4 dst=10.0.0.2 / icmp / echo",
    r#"eth / ipv4 / udp / "x" / pad / prp lan=a seq=1"#,
    r"tcp {mss=1460 len=40 / nop}",
    r"ipv4 / tcp dport=80 / cut=14..53",
    r#"ipv4 dst=10.0.0.2 id=9 off=2 proto=udp / "X"*24"#,
    r"eth type=1500..1535 / zero*100",
    r"ipv4 dst=rand:10.0.0.0/8 / udp sport=rand:1024..65535 dport=53,80,8000..8010",
    r"ipv6 dst=2001:db8::1..2001:db8::ff..2 / udp",
    r"eth / u32=0..99 / zero*46..1400",
];

const PATTERNS: [&str; 5] = [
    r"frame / eth / vlan / vlan=7",
    r"tcp syn=1 ack=0 {mss=..536}",
    r#"tcp dport=80 / .. / "GET""#,
    r"ipv4 checksum=bad or udp len!=auto or frame len=..59",
    r"frame / rand*20 0x0800 and not eth src=00:1b:21:00:00:00/24",
];

#[test]
fn every_example_frame_prints_as_it_was_written_and_is_a_pattern_too() {
    for text in FRAMES {
        assert_eq!(parse_frame(text).map(|t| t.to_string()).as_deref(), Ok(text));
        assert_eq!(parse_pattern(text).map(|t| t.to_string()).as_deref(), Ok(text));
    }
}

#[test]
fn every_example_pattern_prints_as_it_was_written() {
    for text in PATTERNS {
        assert_eq!(parse_pattern(text).map(|t| t.to_string()).as_deref(), Ok(text));
    }
}

/// What a frame prints as, which is its canonical form.
fn canonical(text: &str) -> String {
    parse_frame(text).unwrap_or_else(|e| panic!("{}", e.render(text, false))).to_string()
}

#[test]
fn blanks_and_quotes_and_comments_do_not_matter() {
    assert_eq!(canonical("\teth  type = 0x0801\n/ 'hi\\'' / fcs # end"), r#"eth type=0x0801 / "hi'" / fcs"#);
    assert_eq!(canonical("tcp{ mss=1 / nop }/ 'x'"), r#"tcp {mss=1 / nop} / "x""#);
}

#[test]
fn a_slash_inside_a_word_is_not_a_separator() {
    let frame = parse_frame("arp tpa=10.0.0.0/24").unwrap();
    let Part::Layer(arp) = &frame.chain.parts[0] else { panic!("{frame:?}") };
    assert!(matches!(&arp.fields[0].value.set.members[0], Member::Prefix(_, bits) if bits.text == "24"));
}

#[test]
fn literals_side_by_side_are_one_part_and_each_has_its_own_repeat() {
    let frame = parse_frame(r#""["*30 "PAYLOAD" "]"*30"#).unwrap();
    let [Part::Bytes(bytes)] = &frame.chain.parts[..] else { panic!("{frame:?}") };
    assert_eq!(bytes.literals.iter().map(|l| l.repeat.is_some()).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn the_first_word_decides_between_bytes_and_a_layer() {
    for bytes in
        ["zero", "rand", "count", "zero*4", "rand*2,4", "0x00", "@file", "rand:0x00..0xff", "'x'", "@\"a b\"*2"]
    {
        assert!(matches!(parse_frame(bytes).unwrap().chain.parts[..], [Part::Bytes(_)]), "{bytes}");
    }
    for layer in ["zero-x", "counter=5", "randy", "e0", "dot3"] {
        assert!(matches!(parse_frame(layer).unwrap().chain.parts[..], [Part::Layer(_)]), "{layer}");
    }
}

#[test]
fn a_value_right_behind_the_name_is_the_main_field() {
    let frame = parse_frame("vlan=7 pcp=5").unwrap();
    let Part::Layer(vlan) = &frame.chain.parts[0] else { panic!("{frame:?}") };
    assert_eq!(vlan.settings().map(|s| s.name.text).collect::<Vec<_>>(), ["vlan", "pcp"]);
    assert_eq!(vlan.main.as_ref().unwrap().span, Span::new(0, 6));
    assert_eq!(vlan.span, Span::new(0, 12));
}

#[test]
fn ranges_may_be_open_and_have_a_step() {
    for (text, ends) in
        [("1..", (true, false, false)), ("..5", (false, true, false)), ("::1..::9..2", (true, true, true))]
    {
        let text = format!("x=y,{text}");
        let frame = parse_frame(&text).unwrap();
        let Part::Layer(layer) = &frame.chain.parts[0] else { panic!("{frame:?}") };
        let member = &layer.main.as_ref().unwrap().value.set.members[1];
        let Member::Range { from, to, step, span } = member else { panic!("{member:?}") };
        assert_eq!((from.is_some(), to.is_some(), step.is_some()), ends);
        assert_eq!(span.start, 4);
    }
}

#[test]
fn escapes_give_any_byte_and_a_continued_line_gives_none() {
    let frame = parse_frame("'\\n\\r\\t\\0\\\\\\\"\\'\\xfF\\\n.'").unwrap();
    let Part::Bytes(bytes) = &frame.chain.parts[0] else { panic!("{frame:?}") };
    let Member::One(Atom { kind: AtomKind::Text(text), .. }) = &bytes.literals[0].set.members[0] else {
        panic!("{bytes:?}")
    };
    assert_eq!(text.as_ref(), b"\n\r\t\0\\\"'\xff.");
}

#[test]
fn text_without_escapes_is_borrowed() {
    let frame = parse_frame("'plain'").unwrap();
    let Part::Bytes(bytes) = &frame.chain.parts[0] else { panic!("{frame:?}") };
    let Member::One(Atom { kind: AtomKind::Text(text), .. }) = &bytes.literals[0].set.members[0] else {
        panic!("{bytes:?}")
    };
    assert!(matches!(text, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    let pattern = parse_pattern("arp or not udp and tcp").unwrap();
    let Pattern::Or(or) = &pattern else { panic!("{pattern:?}") };
    assert!(matches!(&or[0], Pattern::Chain(_)));
    assert!(matches!(&or[1], Pattern::And(and) if matches!(and[0], Pattern::Not(_))));
}

#[test]
fn a_rule_may_close_with_a_gap() {
    let text = "icmp / echo and not ipv4 ttl=1 then icmp / echo-reply / ..";
    assert_eq!(parse_rule(text).map(|r| r.to_string()).as_deref(), Ok(text));
    assert!(parse_rule("arp then arp / .. / pad").is_err());
    assert!(parse_rule("arp").is_err());
}

#[test]
fn zip_stands_in_front() {
    assert!(parse_frame("zip udp sport=1..9 dport=1..9").unwrap().zip.is_some());
    assert!(parse_frame("eth / zip udp").is_err());
}

#[test]
fn a_line_has_a_delay_and_a_blank_one_has_nothing() {
    let delay = |text: &str| parse_line(text).map(|line| line.and_then(|line| line.delay));
    assert_eq!(delay("+1.5ms eth"), Ok(Some(1_500_000)));
    assert_eq!(delay("-0.000000001s eth"), Ok(Some(-1)));
    assert_eq!(delay("+9223372036.854775807s eth"), Ok(Some(i64::MAX)));
    assert_eq!(delay("-9223372036.854775808s eth"), Ok(Some(i64::MIN)));
    assert_eq!(delay("eth"), Ok(None));
    assert_eq!(parse_line("  # only a comment"), Ok(None));
    for wrong in [
        "+9223372036.854775808s",
        "+99999999999999999999999999999999999999999999s",
        "+1.5ns",
        "+1.00001us",
        "+5",
        "+.5s",
        "+1.s",
        "+1.2.3s",
        "-",
        "+1m",
    ] {
        assert!(parse_line(&format!("{wrong} eth")).is_err(), "{wrong}");
    }
}

#[test]
fn a_delay_prints_exactly() {
    for (nanoseconds, text) in [
        (0, "+0s"),
        (1_500_000, "+1.5ms"),
        (-1, "-1ns"),
        (1_000_000_001, "+1.000000001s"),
        (i64::MIN, "-9223372036.854775808s"),
    ] {
        let mut out = String::new();
        write_delay(&mut out, nanoseconds);
        assert_eq!(out, text);
        assert_eq!(parse_line(&format!("{out} eth")).unwrap().unwrap().delay, Some(nanoseconds));
    }
}

#[test]
fn continued_lines_are_one_and_keep_their_number() {
    let file = "eth\r\n# note\n\nipv4 \\\n  / udp \\\r\n / 'x'\narp \\";
    let lines: Vec<_> = logical_lines(file).collect();
    assert_eq!(lines, [(1, "eth"), (2, "# note"), (3, ""), (4, "ipv4 \\\n  / udp \\\r\n / 'x'"), (7, "arp \\")]);
    assert_eq!(canonical(lines[3].1), "ipv4 / udp / \"x\"");
    assert_eq!(canonical(lines[4].1), "arp");
}

#[test]
fn a_text_literal_escapes_what_is_not_printable_ascii() {
    let mut out = String::new();
    write_text_literal(&mut out, "a\"\\'\n\r\t\0\x7fä".as_bytes());
    assert_eq!(out, r#""a\"\\'\n\r\t\x00\x7f\xc3\xa4""#);
}
