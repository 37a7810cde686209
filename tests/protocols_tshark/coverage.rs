//! No table is left out of the comparisons with tshark: what each test compares is read from its source.

use std::collections::BTreeSet;

/// Tables that tshark's values are not compared with, and why.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("frame", "it is the place where a frame begins, no header"),
    ("cut", "nothing of it is in the frame"),
    ("fcs", "tshark is told for all frames of a file whether there is one; scapy and zlib hold it in peers_scapy.rs"),
    ("wol", "tshark gives its address sixteen times and a piece of its password; protocols_lan.rs holds its bytes"),
    ("u8", "a number in a payload is bytes to who reads it"),
    ("u16", "the same"),
    ("u32", "the same"),
    ("u64", "the same"),
    ("u16le", "the same"),
    ("u32le", "the same"),
    ("u64le", "the same"),
    ("lldp", "it has no fields of its own; its elements are compared"),
    ("time-exceeded", "its header has four bytes that are 0, which tshark shows as bytes"),
    ("rs", "the same; its options are compared with those of ra and ns"),
];

/// Every table is held against tshark, here or in the other tests with it, or it is said why not.
#[test]
fn every_protocol_is_compared_with_tshark_or_excused() {
    let tests =
        [include_str!("rows.rs"), include_str!("../protocols_net_tshark.rs"), include_str!("../peers_tshark.rs")];
    let names: BTreeSet<&str> = ethcraft::proto::ALL.iter().map(|proto| proto.name).collect();
    let is_compared = |name: &str| {
        // As the tables of the three tests write it: `layer.field`, `&["layer"`.
        let forms =
            [format!(", \"{name}."), format!("&[\"{name}\""), format!(", \"{name}\","), format!(", \"{name}\"]")];
        tests.iter().any(|test| forms.iter().any(|form| test.contains(form)))
    };
    let excused = |name: &str| NOT_COMPARED.iter().any(|(excused, _)| *excused == name);
    let missing: Vec<_> = names.iter().filter(|name| !is_compared(name) && !excused(name)).collect();
    assert!(missing.is_empty(), "compare them with tshark, or say why not: {missing:?}");
    let needless: Vec<_> = NOT_COMPARED.iter().filter(|(name, _)| !names.contains(name) || is_compared(name)).collect();
    assert!(needless.is_empty(), "no exception any more: {needless:?}");
}
