//! Numbers of other forms than high byte first: with a sign, as BER has them, in words whose low byte is first.

mod common;

use common::{ethcraft, frame};

/// The frames of a set, each from byte 14 of its header on, in hex.
fn set(expression: &str, from: usize, to: usize) -> Vec<String> {
    let built = ethcraft(["build", expression]).run().expect(0).stdout;
    built.lines().map(|line| line[2 * from..2 * to].to_owned()).collect()
}

/// The text of a frame.
fn decoded(expression: &str) -> String {
    let hex = hex::encode(frame(expression));
    ethcraft(["decode"]).input(hex).run().expect(0).stdout
}

/// `poll` is byte 2 of NTP, which begins behind 42 bytes.
const POLL: (usize, usize) = (44, 45);

#[test]
fn a_signed_field_takes_a_sign_and_a_range_goes_through_zero() {
    let poll = |value: &str| set(&format!("ntp poll={value}"), POLL.0, POLL.1);
    assert_eq!(poll("-6"), ["fa"]);
    assert_eq!(poll("-2..1"), ["fe", "ff", "00", "01"]);
    assert_eq!(poll("-3..4..3"), ["fd", "00", "03"]);
    assert_eq!(poll("..-127"), ["80", "81"]);
    assert_eq!(poll("126.."), ["7e", "7f"]);
    assert_eq!(poll("-1,0x80"), ["ff", "80"]);
    assert!(decoded("ntp poll=-6 precision=-20").contains(" / ntp poll=-6 precision=-20"));
}

#[test]
fn a_sign_is_for_signed_fields_only_and_the_range_is_told() {
    let refused = |expression: &str, why: &str| {
        let told = ethcraft(["build", expression]).run().expect(2).stderr;
        assert!(told.contains(why), "{told}");
    };
    refused("udp dport=-6", "'-6' is not a value of 'dport'");
    refused("ntp poll=128", "it has 8 bits, -128 to 127");
    refused("ntp poll=-129", "it has 8 bits, -128 to 127");
    refused("ntp poll=3..-3", "the range runs backwards");
    refused("goose sq=-1", "'-1' is not a value of 'sq'");
}

#[test]
fn a_ber_number_is_as_long_as_it_needs_and_takes_its_own_bytes() {
    // IEC 61850-8-1 A: sqNum is [6], two bytes before testtag's place in a message with empty names.
    let sq = |value: &str| {
        let built = ethcraft(["build", &format!("goose sq={value} {{int=5}}")]).run().expect(0).stdout;
        built
            .lines()
            .map(|line| line.split_once("86").unwrap().1.split_once("870100").unwrap().0.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(sq("126..128"), ["017e", "017f", "020080"]);
    assert_eq!(sq("0x0400000005"), ["0400000005"]);
    assert!(decoded("goose sq=0x0400000005 {int=-129}").contains(" / goose sq=0x0400000005 {int=-129}"));
    // 200 bytes of text: two lengths of two bytes, and one of three for all.
    let long = decoded(&format!("goose {{string=\"{}\"}}", "x".repeat(300)));
    assert!(long.contains(" / goose {string=\"xxx") && !long.contains("len="), "{long}");
}

#[test]
fn json_has_the_number_with_its_sign() {
    let hex = hex::encode(frame("goose {int=-5 / uint=5}"));
    let json = ethcraft(["decode", "--json"]).input(hex).run().expect(0).stdout;
    assert!(json.contains(r#""value":-5"#) && json.contains(r#""value":5"#), "{json}");
}
