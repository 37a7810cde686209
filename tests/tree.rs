//! What `decode --tree` shows of a frame: every field, where it lies, and what is wrong with it.

mod common;

use common::{Done, ethcraft, frame};

const SHOWN: [&str; 4] = [
    "svlan=100 / vlan=7 pcp=5 / ipv4 len=99 dst=10.0.0.2 {ra=0 / opt=200 {0x00}} / udp dport=53 checksum=bad / \"hi\" / pad",
    "arp op=request tpa=10.0.0.2 / pad / fcs=0x1a2b3c4d",
    "ipv4 dst=10.0.0.2 / icmp / unreach / ipv4 checksum=1 / udp checksum=0 / fcs",
    "dot3 / llc / snap / ipv4 ttl=1 / udp checksum=0",
];

/// Decoded from hex, each frame on a line.
fn tree(options: &[&str], frames: &[Vec<u8>]) -> Done {
    let digits: Vec<_> = frames.iter().map(hex::encode).collect();
    ethcraft(["decode", "--tree", "--from", "hex"]).arguments(options).input(digits.join("\n")).run().expect(0)
}

#[test]
fn every_field_is_shown_with_its_place_width_bytes_value_and_meaning() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tree.txt");
    let fcs = |text: &str| if text.contains("fcs=") { ["--fcs"].as_slice() } else { &[] };
    let one = |text: &&str| format!("# {text}\n{}\n", tree(fcs(text), &[frame(text)]).stdout);
    let shown: String = SHOWN.iter().map(one).collect();
    if std::env::var_os("ETHCRAFT_BLESS").is_some() {
        std::fs::write(path, &shown).unwrap();
    }
    for (shown, golden) in shown.lines().zip(include_str!("golden/tree.txt").lines()) {
        assert_eq!(shown, golden);
    }
    assert_eq!(shown.lines().count(), include_str!("golden/tree.txt").lines().count());
}

#[test]
fn what_is_wrong_has_the_right_value_beside_it() {
    let shown = tree(&["--fcs"], &[frame("ipv4 ihl=9 checksum=bad / udp length=7 / fcs=1")]).stdout;
    let wrong: Vec<_> = shown.lines().filter_map(|line| Some(line.split_once("; should be ")?.1)).collect();
    let (ihl, length) = ("5", "8");
    assert_eq!((wrong.len(), wrong[0], wrong[2]), (4, ihl, length), "{shown}");
}

#[test]
fn an_intact_frame_has_nothing_that_should_be_otherwise() {
    let shown = tree(&[], &[frame("vlan=7 / ipv4 / udp dport=53 / \"x\" / pad / fcs")]).stdout;
    assert!(!shown.contains("should be") && shown.matches("; good").count() == 3, "{shown}");
}

#[test]
fn a_field_inside_a_byte_has_its_bit_behind_a_dot() {
    let shown = tree(&[], &[frame("vlan=7 pcp=5")]).stdout;
    assert!(shown.contains("  14     3  a0     pcp   5 "), "{shown}");
    assert!(shown.contains("  14.4  12  a0 07  id    7 "), "{shown}");
}

#[test]
fn frames_have_an_empty_line_between_them_and_their_numbers() {
    let shown = tree(&[], &[frame("arp"), frame("vlan=7")]).stdout;
    let heads: Vec<_> = shown.lines().filter(|l| l.starts_with("frame ")).map(|l| &l[..8]).collect();
    assert_eq!(heads, ["frame 1:", "frame 2:"]);
    assert_eq!(shown.matches("\n\n").count(), 1);
}

#[test]
fn the_option_and_the_form_are_the_same() {
    let text = frame("arp");
    let other = ethcraft(["decode", "-o", "tree", "--hex", &hex::encode(&text)]).run().expect(0);
    assert_eq!(tree(&[], &[text]).stdout, other.stdout);
    ethcraft(["decode", "--tree", "--json", "-"]).run().expect(2);
}

#[test]
fn nothing_from_a_frame_reaches_the_terminal_as_a_control_character() {
    let shown =
        tree(&[], &[frame("ipv4 {opt=7 {\"\\x1b[2J\\x9b\"}} / udp / \"\\x07\\x1b]0;owned\\x07\\r\\n\"")]).stdout;
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown}");
}

#[test]
fn each_layer_has_its_colour_and_what_is_wrong_is_red() {
    let shown = tree(&["--color", "always"], &[frame("ipv4 checksum=1 / udp")]).stdout;
    assert!(shown.contains("\x1b[36meth\x1b[0m") && shown.contains("\x1b[33mipv4\x1b[0m"), "{shown}");
    assert!(shown.contains("\x1b[1;31mshould be 0x"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn any_bytes_have_a_tree(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), begin in 0..3usize) {
        use ethcraft::frame::{Begin, Fcs, View, dissect};
        let mut whole = [frame("svlan=1 / vlan=2 / ipv4 {ra=1}"), frame("dot3 / llc / snap"), Vec::new()][begin].clone();
        whole.extend(bytes);
        let mut nodes = Vec::new();
        dissect(&whole, Begin::Ethernet, Fcs::Always, &mut nodes);
        let mut out = String::new();
        ethcraft::report::tree::write(View { bytes: &whole, nodes: &nodes }, false, &mut out);
        proptest::prop_assert!(out.chars().all(|c| c == '\n' || !c.is_control()));
    }
}
