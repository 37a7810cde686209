//! What `decode --json` says of frames, field by field beside tshark: the link layer's protocols and those over UDP. The network
//! layer stands in `protocols_net_tshark.rs`. `rows.rs` has the frames, `coverage.rs` looks that no table is left out.

#[path = "../common/mod.rs"]
mod common;
mod coverage;
mod rows;

use common::{Directory, Program, ethcraft, expand, peer};
use rows::READ;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn tshark_reads_the_same_values() {
    let Some(tshark) = peer("tshark") else { return };
    let directory = Directory::new();
    let path = directory.file("lan.pcap");
    let frames: String = READ.iter().map(|(text, _)| expand(text) + "\n").collect();
    ethcraft(["build", "-f", "-", "-w", &path]).input(frames).run().expect(0);
    let ours = ethcraft(["decode", "--json", &path]).run().expect(0).stdout;
    // It looks for this trailer only if it is told to.
    let form = ["-T", "fields", "-E", "occurrence=a", "-E", "separator=;", "--enable-protocol", "prp"];
    let columns: BTreeSet<&str> = READ.iter().flat_map(|(_, fields)| *fields).map(|(name, _)| *name).collect();
    let names = columns.iter().flat_map(|name| ["-e", name]);
    let read = Program::new(&tshark).arguments(["-n", "-r", &path]).arguments(form).arguments(names).run().expect(0);
    assert_eq!(read.stdout.lines().count(), READ.len());
    let mut wrong = Vec::new();
    for ((text, fields), (ours, theirs)) in READ.iter().zip(ours.lines().zip(read.stdout.lines())) {
        let ours: Value = serde_json::from_str(ours).unwrap();
        let read: BTreeMap<_, _> = columns.iter().copied().zip(theirs.split(';')).collect();
        for (name, place) in *fields {
            let theirs: Vec<_> = read[name].split(',').map(plain).collect();
            let mut values = Vec::new();
            match (place.strip_prefix('='), place.split_once('.')) {
                (Some(value), _) => values.push(value.to_owned()),
                (_, Some((layer, field))) => values_of(&ours["layers"], layer, field, &mut values),
                _ => {}
            }
            let same = theirs.len() == values.len() && theirs.iter().zip(&values).all(|(t, o)| same(t, o));
            if !same {
                wrong.push(format!(
                    "{text}
    {name}: tshark {theirs:?}, ethcraft {values:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A field of each layer or item of this name, in the frame's order.
fn values_of(layers: &Value, layer: &str, field: &str, values: &mut Vec<String>) {
    for one in layers.as_array().into_iter().flatten() {
        if let Some(value) = one["fields"].get(field).filter(|_| one["layer"] == layer) {
            values.push(plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        values_of(&one["items"], layer, field, values);
    }
}

/// A number in decimal, anything else without what tells its kind.
fn plain(text: &str) -> String {
    let number = match (text, text.strip_prefix("0x")) {
        ("True", _) => Some(1),
        ("False", _) => Some(0),
        (_, Some(digits)) => u128::from_str_radix(digits, 16).ok(),
        _ => text.parse().ok(),
    };
    number.map_or_else(|| text.trim_matches('"').to_owned(), |number| number.to_string())
}

/// Whether tshark means the same: our bytes are hex digits, its are that too, or text.
fn same(theirs: &str, ours: &str) -> bool {
    theirs == ours || hex::encode(theirs) == ours || theirs.replace(':', "") == ours.replace(':', "")
}
