//! etherparse's strict slicing agrees on all it covers: the same layers at the same places, fields, ends and checksums, on
//! frames generated at random and on damaged ones wherever it accepts them.
//!
//! It covers Ethernet II, VLAN tags, `MACsec`, ARP, IPv4 and IPv6 with their extension headers, TCP with options, UDP, ICMP, `ICMPv6`
//! and IGMP. Linux cooked captures it knows too, but no layer of ours is that header. Where the two see a frame differently, the
//! place in `theirs.rs` and `transport.rs` says so, with the clause that settles it.

#[path = "../common/mod.rs"]
mod common;
mod frames;
mod theirs;
mod transport;

use common::damage::damage;
use common::frame;
use ethcraft::frame::{Begin, Fcs, View, dissect};
use ethcraft::proto::macsec;
use ethcraft::report::json;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use theirs::Told;

/// Where what they say is not part of what we say: objects may have more members here, lists more elements.
fn missing(theirs: &Value, ours: &Value, place: &str) -> Option<String> {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => theirs.iter().find_map(|(name, value)| {
            missing(value, ours.get(name).unwrap_or(&Value::Null), &format!("{place}.{name}"))
        }),
        (Value::Array(theirs), Value::Array(ours)) => theirs
            .iter()
            .enumerate()
            .find_map(|(at, value)| missing(value, ours.get(at).unwrap_or(&Value::Null), &format!("{place}[{at}]"))),
        _ => (theirs != ours).then(|| format!("{place} is {theirs} at etherparse, {ours} here")),
    }
}

/// Holds both against each other, and tells the layers; nothing where etherparse refuses the frame.
fn agree(bytes: &[u8]) -> Result<Option<Vec<String>>, TestCaseError> {
    let mut nodes = Vec::new();
    // etherparse looks for no frame check sequence, and takes the check value of MACsec for contents.
    dissect(bytes, Begin::Ethernet, Fcs::Never, &mut nodes);
    let check_value = nodes.iter().find(|n| n.proto == Some(&macsec::ICV)).map_or(bytes.len(), |n| n.start);
    let Some(told) = Told::of(&bytes[..check_value]) else { return Ok(None) };
    let ours = json::layers(View { bytes, nodes: &nodes });
    let theirs = Value::Array(told.layers);
    if let Some(what) = missing(&theirs, &ours, "") {
        return Err(TestCaseError::fail(format!("{what}\n{}\n{theirs}\n{ours}", hex::encode(bytes))));
    }
    let names: Vec<_> =
        theirs.as_array().into_iter().flatten().map(|l| l["layer"].as_str().unwrap_or_default().to_owned()).collect();
    if let Some(end) = told.end {
        let last = names.iter().rposition(|name| told.measured == *name).expect("a layer that ends there");
        let node = nodes.iter().filter(|n| n.depth == 0).nth(last).expect("as many layers as they have");
        // A length of 0 tells nothing (RFC 8200 3): etherparse takes all there is; here what follows may tell, as UDP's does.
        if told.measured == "ipv6" && bytes[node.start + 4..node.start + 6] == [0, 0] {
            return Ok(Some(names));
        }
        prop_assert_eq!(node.end, end, "the end of {}: {}\n{}", names[last], hex::encode(bytes), ours);
    }
    Ok(Some(names))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_layer_field_end_and_checksum_is_the_same(expression in frames::any_frame()) {
        let bytes = frame(&expression);
        let told = agree(&bytes).map_err(|e| TestCaseError::fail(format!("{expression}\n{e}")))?;
        prop_assert!(told.is_some(), "etherparse refuses a whole frame: {}\n{}", expression, hex::encode(&bytes));
    }

    #[test]
    fn what_etherparse_accepts_of_a_damaged_frame_is_the_same(expression in frames::any_frame(), damage in damage()) {
        // Where damage moves MACsec's check value, of which etherparse knows nothing, the contents end elsewhere.
        if expression.contains("macsec") {
            return Ok(());
        }
        let mut bytes = frame(&expression);
        damage.to(&mut bytes, 90);
        agree(&bytes).map_err(|e| TestCaseError::fail(format!("{expression}\n{e}")))?;
    }
}

/// Every layer that both know.
const BOTH: [&str; 29] = [
    "eth",
    "vlan",
    "svlan",
    "macsec",
    "arp",
    "ipv4",
    "ipv6",
    "hopopts",
    "dstopts",
    "routing",
    "srh",
    "fragment",
    "ah",
    "udp",
    "tcp",
    "icmp",
    "icmpv6",
    "echo",
    "echo-reply",
    "unreach",
    "too-big",
    "time-exceeded",
    "param-problem",
    "redirect",
    "timestamp",
    "ra",
    "na",
    "igmp",
    "igmp3",
];

#[test]
fn the_frames_reach_every_layer_and_many_damaged_ones_are_accepted() {
    let mut runner = TestRunner::deterministic();
    let mut reached = std::collections::BTreeSet::new();
    let (mut damaged, mut accepted) = (0, 0);
    for _ in 0..2000 {
        let drawn = (frames::any_frame(), damage()).new_tree(&mut runner).expect("a frame").current();
        let mut bytes = frame(&drawn.0);
        reached.extend(agree(&bytes).expect("they agree").into_iter().flatten());
        let whole = bytes.clone();
        drawn.1.to(&mut bytes, 90);
        if bytes != whole {
            damaged += 1;
            accepted += usize::from(agree(&bytes).expect("they agree").is_some());
        }
    }
    for layer in BOTH {
        assert!(reached.contains(layer), "no frame has {layer}: {reached:?}");
    }
    assert!(accepted > damaged / 10, "of {damaged} damaged frames {accepted} were accepted");
}
