//! What the tables say of themselves: `fields`, header pictures, completion, man pages.

mod common;

use common::{Directory, Program, ethcraft, peer};
use ethcraft::frame::{Begin, Builder, Fcs, Frames, Surroundings, View, dissect};
use ethcraft::proto::table::{Field, MOVES, Protocol};
use ethcraft::proto::{ALL, arp, ipv4, udp, vlan};
use ethcraft::report::{boxes, fields};
use std::collections::BTreeSet;

const RULER: &str = "\u{20}0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
";

#[track_caller]
fn drawn(p: &Protocol, expected: &str) {
    assert_eq!(boxes::of_protocol(p), format!("{RULER}{expected}"));
}

#[test]
fn udp_is_drawn_as_in_its_rfc() {
    drawn(
        &udp::UDP,
        "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|             sport             |             dport             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|            length             |           checksum            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
",
    );
}

#[test]
fn ipv4_is_drawn_with_options_of_any_length() {
    drawn(
        &ipv4::IPV4,
        "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|version|  ihl  |   dscp    |ecn|              len              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|              id               |flags|           off           |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|      ttl      |     proto     |           checksum            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              src                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              dst                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/                            options                            /
/                                                               /
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
",
    );
}

#[test]
fn a_bit_of_a_vlan_tag_has_its_name_downwards() {
    drawn(
        &vlan::VLAN,
        "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|     |d|                       |                               |
| pcp |e|          id           |             type              |
|     |i|                       |                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
",
    );
}

#[test]
fn the_addresses_of_arp_go_over_rows() {
    drawn(
        &arp::ARP,
        "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|             htype             |             ptype             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|     hlen      |     plen      |              op               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              sha                              |
+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |              spa              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
|                              tha                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              tpa                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
",
    );
}

/// Where boxes begin and end in a picture, in bits; the edges of rows do not count.
fn edges(picture: &str) -> (BTreeSet<usize>, usize) {
    let mut found = BTreeSet::new();
    let (mut row, mut end, mut in_row) = (0, 0, false);
    for line in picture.lines().skip(2) {
        let text = line.starts_with(['|', '/']);
        if text && !in_row {
            let at = line.char_indices().filter(|(_, c)| matches!(c, '|' | '/')).map(|(at, _)| at / 2);
            let at: Vec<usize> = at.collect();
            end = row * 32 + at.last().copied().unwrap_or(0);
            found.extend(at.into_iter().map(|bit| row * 32 + bit).filter(|bit| bit % 32 != 0));
            row += 1;
        }
        in_row = text;
    }
    (found, end)
}

/// The same as the table has it: a field that varies ends its row and fills one more.
fn expected_edges(fields: &[Field]) -> (BTreeSet<usize>, usize) {
    let mut found = BTreeSet::new();
    let mut bit: usize = 0;
    for f in fields.iter().filter(|f| f.on_wire()) {
        assert!(f.at == MOVES || usize::from(f.at) == bit, "{} is at {}", f.name, f.at);
        bit = if f.bits() > 0 { bit + f.bits() } else { bit.next_multiple_of(32) + 32 };
        found.insert(bit);
    }
    found.retain(|bit| bit % 32 != 0);
    (found, bit)
}

#[test]
fn every_picture_has_each_bit_of_its_header_in_one_box() {
    let mut looked_at = 0;
    for p in ALL {
        // Of a field of many rows not all are drawn.
        if p.fields.iter().any(|f| f.bits() >= 5 * 32) {
            continue;
        }
        let picture = boxes::of_protocol(p);
        assert_eq!(edges(&picture), expected_edges(p.fields), "{}\n{picture}", p.name);
        looked_at += 1;
    }
    assert!(looked_at > ALL.len() / 2);
}

#[test]
fn every_field_and_item_is_told() {
    fn told(p: &'static Protocol, page: &str, object: &serde_json::Value) {
        for (f, json) in p.fields.iter().zip(object["fields"].as_array().expect("a list")) {
            assert!(page.lines().any(|l| l.split_whitespace().next() == Some(f.name)), "{}\n{page}", f.name);
            assert!(page.contains(f.doc) && f.names.iter().all(|(n, _)| page.contains(n)), "{}\n{page}", f.name);
            assert_eq!(json["name"], f.name);
            assert!(json["filled_in"].as_str().is_some_and(|t| !t.is_empty()), "{json}");
        }
        assert_eq!(p.fields.len(), object["fields"].as_array().map_or(0, Vec::len));
    }
    for p in ALL {
        let (page, object) = (fields::page(p), fields::object(p));
        told(p, &page, &object);
        for (i, item) in p.list().map_or(&[][..], |l| l.of).iter().enumerate() {
            assert!(page.contains(&format!("  {}: {}", item.name, item.title)), "{page}");
            told(item, &page, &object["items"][i]);
        }
    }
}

#[test]
fn every_protocol_is_a_line_and_a_json_object() {
    let table = ethcraft(["fields"]).run().expect(0).stdout;
    let names: Vec<&str> = table.lines().skip(1).filter_map(|l| l.split_whitespace().next()).collect();
    assert_eq!(names, ALL.iter().map(|p| p.name).collect::<Vec<_>>());
    let objects = ethcraft(["fields", "--json"]).run().expect(0).objects();
    assert_eq!(objects.iter().map(|o| o["name"].as_str().unwrap_or_default()).collect::<Vec<_>>(), names);
}

#[test]
fn an_unknown_protocol_is_wrong_and_the_nearest_is_offered() {
    let done = ethcraft(["fields", "upd"]).run().expect(2);
    assert!(done.stderr.contains("unknown protocol 'upd'") && done.stderr.contains("'udp'"), "{}", done.describe());
    let done = ethcraft(["fields", "rr"]).run().expect(2);
    assert!(done.stderr.contains("ethcraft fields ipv4"), "{}", done.describe());
}

#[test]
fn the_picture_of_a_frame_has_its_values() {
    let done = ethcraft(["build", "--picture", "frame / udp sport=7 dport=53 length=300 checksum=0xabcd"]).run();
    assert_eq!(
        done.expect(0).stdout,
        format!(
            "frame / udp sport=7 dport=53 length=300 checksum=0xabcd\n\nudp: 8 bytes from 0\n{RULER}{}",
            "\
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|            sport 7            |           dport 53            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|          length 300           |        checksum 0xabcd        |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
"
        )
    );
}

#[test]
fn the_boxes_of_a_layer_hold_its_whole_header() {
    for text in [
        "vlan=5 / ipv4 {ra=0 / nop / opt=7 {0x0102}} / udp / \"hello\" / fcs",
        "ipv4 {end / 0x01020304} / icmp / echo / zero*1000",
        "arp hlen=8 sha=0x0102030405060708 tha=0x1112131415161718 / pad",
        "ipv4 ihl=15 / udp length=3",
        "ipv4 {opt=7 len=200} / cut=38",
        "dot3 / llc dsap=0xf0 ssap=0xf0 ctl=0x10 ctl2=7 / \"hello\"",
    ] {
        let frames = Frames::parse(text, Surroundings::default(), &|_| unreachable!("no file is named"));
        let mut builder = Builder::default();
        builder.build(&frames.unwrap_or_else(|e| panic!("{text}\n{e}")), 0).unwrap_or_else(|e| panic!("{text}\n{e}"));
        let bytes = builder.view().bytes.to_vec();
        let mut nodes = Vec::new();
        dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        let view = View { bytes: &bytes, nodes: &nodes };
        let mut whole = 0;
        for (index, node) in nodes.iter().enumerate().filter(|(_, n)| n.depth == 0) {
            let bits: usize = boxes::of_node(view, index).iter().filter_map(|c| c.bits).sum();
            let end = if node.proto.is_some() { node.header_end } else { node.end };
            assert_eq!(bits, (end - node.start) * 8, "{text}: {node:?}");
            whole += bits;
        }
        assert_eq!(whole, bytes.len() * 8, "{text}");
    }
}

fn completed(shell: &str, line: &str) -> Vec<String> {
    let done = ethcraft(["__complete", shell, line]).run().expect(0);
    done.stdout.lines().map(|l| l.split('\t').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn commands_options_and_their_values_are_completed() {
    assert_eq!(completed("fish", "ethcraft fie"), ["fields"]);
    assert!(!completed("fish", "ethcraft ").contains(&"__complete".into()));
    assert_eq!(completed("fish", "ethcraft build --ind"), ["--index"]);
    assert_eq!(completed("fish", "ethcraft build -o pcap"), ["pcap", "pcapng"]);
    assert_eq!(completed("fish", "ethcraft build --color=n"), ["--color=never"]);
    assert_eq!(completed("fish", "ethcraft build -xw "), [":files"]);
    assert_eq!(completed("fish", "ethcraft fields ud"), ["udp"]);
    assert_eq!(completed("fish", "ethcraft man se"), ["send"]);
}

#[test]
fn expressions_are_completed_in_quotes_and_without() {
    assert_eq!(completed("fish", "ethcraft build 'ipv4 dst=10.0.0.2 / ud"), ["ipv4 dst=10.0.0.2 / udp"]);
    assert_eq!(completed("fish", "ethcraft build -c 5 ipv4 proto=ud"), ["proto=udp"]);
    assert_eq!(completed("fish", "ethcraft send lo ipv4 / udp dp"), ["dport="]);
    assert_eq!(completed("fish", "ethcraft sniff lo 'vlan=7 pc"), ["vlan=7 pcp="]);
    assert_eq!(completed("fish", "ethcraft sniff -r x.pcap arp op=rep"), ["op=reply"]);
}

#[test]
fn interfaces_are_completed() {
    assert!(completed("fish", "ethcraft send l").contains(&"lo".into()));
    assert!(completed("fish", "ethcraft sniff ").contains(&"lo".into()));
    assert!(completed("fish", "ethcraft offload l").contains(&"lo".into()));
}

/// The directory of the program under test, in front of the others.
fn path() -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_ethcraft"));
    let directory = program.parent().and_then(|p| p.to_str()).expect("a path in UTF-8");
    format!("{directory}:{}", std::env::var("PATH").unwrap_or_default())
}

#[test]
fn bash_completes_what_stands_behind_its_last_word_break() {
    // What bash gives a completion function: the line, the place in it, the program, the word to replace.
    let script = r#"source <(ethcraft completions bash)
        complete -p ethcraft
        compopt() { :; }
        try() { COMP_LINE=$1 COMP_POINT=${#1}; _ethcraft ethcraft "$2"; printf '%s\n' "${COMPREPLY[@]}"; echo .; }
        try 'ethcraft build ipv4 proto=ud' ud
        try "ethcraft build 'ipv4 / ud" 'ipv4 / ud'
        try 'ethcraft fie' fie
        cd /; try 'ethcraft build -w et' et"#;
    let done = Program::new("bash").arguments(["--norc", "-c", script]).environment("PATH", &path()).run().expect(0);
    assert_eq!(
        done.stdout,
        "complete -F _ethcraft ethcraft\nudp\n.\nipv4 / udp\nipv4 / udp...\n.\nfields\n.\netc\n.\n",
        "{}",
        done.describe()
    );
}

#[test]
fn zsh_is_given_what_can_stand_at_the_cursor() {
    let Some(zsh) = peer("zsh") else { return };
    // The completion system's own variables and builtin, in the form that a widget has them.
    let script = r#"
        compdef() { print "compdef $@" }
        source <(ethcraft completions zsh)
        typeset -A compstate
        compadd() { print -rl -- "${(P@)@[-1]}" }
        words=(ethcraft build ipv4 ds) CURRENT=4 PREFIX=ds; _ethcraft
        words=(ethcraft build "'ipv4 / ud") CURRENT=3 QIPREFIX="'" PREFIX='ipv4 / ud' compstate[quote]="'"; _ethcraft"#;
    let done = Program::new(zsh).arguments(["-f", "-c", script]).environment("PATH", &path()).run().expect(0);
    assert_eq!(done.stdout, "compdef _ethcraft ethcraft\ndscp=\ndst=\nipv4 / udp\n", "{}", done.describe());
}

#[test]
fn fish_completes_expressions_in_quotes() {
    let Some(fish) = peer("fish") else { return };
    let home = Directory::new();
    let script = "ethcraft completions fish | source; complete -C\"ethcraft build 'ipv4 / ud\"; \
                  complete -C'ethcraft build ipv4 proto=ud'";
    let done = Program::new(fish)
        .arguments(["--no-config", "-c", script])
        .environment("PATH", &path())
        .environment("HOME", home.path().to_str().expect("a path in UTF-8"))
        .run()
        .expect(0);
    assert_eq!(done.stdout, "ipv4 / udp\tUser Datagram Protocol\nproto=udp\t17\n", "{}", done.describe());
}

#[test]
fn every_command_has_a_man_page_that_roff_takes_without_a_warning() {
    let directory = Directory::new();
    let pages = directory.file("man1");
    ethcraft(["man", "--all", &pages]).run().expect(0);
    let mut names = vec!["ethcraft".to_owned()];
    names.extend(completed("fish", "ethcraft ").into_iter().map(|c| format!("ethcraft-{c}")));
    let written: BTreeSet<String> = std::fs::read_dir(&pages)
        .expect("a directory of pages")
        .map(|e| e.expect("a page").file_name().into_string().expect("a name in UTF-8"))
        .collect();
    assert_eq!(written, names.iter().map(|n| format!("{n}.1")).collect());
    for name in &names {
        let page = std::fs::read_to_string(format!("{pages}/{name}.1")).expect("the page is there");
        let command = name.strip_prefix("ethcraft-");
        assert_eq!(ethcraft(["man"].into_iter().chain(command)).run().expect(0).stdout, page);
        assert!(
            page.contains(".SH NAME") && page.contains(".SH OPTIONS") && page.contains(".SH \"SEE ALSO\""),
            "{page}"
        );
        assert!(command.is_none() || page.contains(".SH EXAMPLES"), "{name} has no example");
    }
    let Some(groff) = peer("groff") else { return };
    for name in &names {
        let done = Program::new(&groff).arguments(["-man", "-Tutf8", "-ww", &format!("{pages}/{name}.1")]).run();
        let done = done.expect(0);
        assert!(done.stderr.is_empty() && done.stdout.contains(name.as_str()), "{}", done.describe());
    }
}

#[test]
fn a_man_page_of_no_command_is_wrong() {
    let done = ethcraft(["man", "snif"]).run().expect(2);
    assert!(done.stderr.contains("did you mean 'sniff'?"), "{}", done.describe());
}
