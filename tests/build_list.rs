//! `build --list` counts a set from its expression alone.

mod common;

use common::{Directory, ethcraft};
use serde_json::{Value, json};

fn listed(expression: &str) -> String {
    ethcraft(["build", "--list", expression]).run().expect(0).stdout
}

#[track_caller]
fn object(arguments: &[&str]) -> Value {
    ethcraft(["build", "--list", "--json"]).arguments(arguments).run().expect(0).json()
}

#[test]
fn each_set_is_named_with_its_members_and_draws_multiply_nothing() {
    assert_eq!(
        listed("ipv4 flags=df,mf dst=10.0.0.0/24 / udp dport=1..1000 sport=rand / \"a\",\"bc\" rand*4 \"x\"*1..3"),
        "\
3072000 frames
  ipv4 flags      2 members, df to mf
  ipv4 dst        256 members, 10.0.0.0 to 10.0.0.255
  udp dport       1000 members, 1 to 1000
  payload         2 members
  payload repeat  3 members, 1 to 3
  udp sport       drawn of 65536, 0 to 65535
  payload         drawn bytes
"
    );
}

#[test]
fn what_does_not_vary_is_one_frame() {
    assert_eq!(listed("ipv4 / udp dport=53 / \"x\"*5"), "1 frame\n");
}

#[test]
fn two_to_the_64th_and_far_more_are_counted() {
    let all = "src=0.0.0.0.. dst=0.0.0.0..";
    assert!(listed(&format!("ipv4 {all}")).starts_with("18446744073709551616 frames\n"));
    let macs = "eth src=00:00:00:00:00:00.. dst=00:00:00:00:00:00..";
    assert!(listed(&format!("{macs} / ipv4 {all}")).starts_with("2^128 or more frames\n"));
}

#[test]
fn the_count_is_that_of_the_frames_that_are_built() {
    for set in ["vlan=1..4 pcp=0,7 / vlan=7,8 / arp tpa=10.0.0.0/29", "zip udp sport=1..5 dport=6..10", "\"a\"*1..9"] {
        let frames = ethcraft(["build", set]).run().expect(0).stdout.lines().count();
        assert_eq!(object(&[set])["frames"], frames, "{set}");
    }
}

#[test]
fn of_two_layers_of_one_name_and_of_items_the_place_is_plain() {
    let places = |set: &str| -> Vec<String> {
        let axes = object(&[set])["axes"].clone();
        axes.as_array().unwrap().iter().map(|axis| axis["place"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(places("vlan=1,2 / vlan=7 pcp=1,2 / arp"), ["vlan#1 id", "vlan#2 pcp"]);
    assert_eq!(places("ipv4 {nop / ra=1..5}"), ["ipv4 {ra} value"]);
}

#[test]
fn a_zip_says_that_its_sets_step_together() {
    assert!(listed("zip udp sport=4..6 dport=1..3").starts_with("3 frames, the sets step together\n"));
}

#[test]
fn json_has_numbers_as_long_as_readers_keep_them_whole() {
    let counted = object(&["udp sport=rand dport=1..3 / rand*2"]);
    let expected = json!({
        "place": null, "frames": 3, "zip": false,
        "axes": [{ "place": "udp dport", "members": 3, "first": "1", "last": "3" }],
        "draws": [
            { "place": "udp sport", "members": 65536, "first": "0", "last": "65535" },
            { "place": "payload", "members": null, "first": null, "last": null },
        ],
    });
    assert_eq!(counted, expected);
    assert_eq!(object(&["ipv4 src=0.0.0.0.. dst=0.0.0.0.."])["frames"], "18446744073709551616");
}

#[test]
fn every_line_of_a_frame_file_is_counted_and_all_together() {
    let directory = Directory::new();
    let path = directory.file("frames.txt");
    std::fs::write(&path, "arp tpa=10.0.0.0/24\n# nothing\nudp\n").unwrap();
    let listed = ethcraft(["build", "--list", "-f", &path]).run().expect(0).stdout;
    let expected = format!(
        "{path}:1: 256 frames\n  arp tpa  256 members, 10.0.0.0 to 10.0.0.255\n{path}:3: 1 frame\n257 frames in all\n"
    );
    assert_eq!(listed, expected);
}

#[test]
fn a_list_is_not_built_besides() {
    for option in [["-w", "x.pcap"], ["-o", "bin"], ["-c", "3"], ["--index", "3"]] {
        ethcraft(["build", "--list"]).arguments(option).arguments(["arp"]).run().expect(2);
    }
    ethcraft(["build", "--list", "upd"]).run().expect(2);
}
