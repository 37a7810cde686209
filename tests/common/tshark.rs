//! Values of `decode --json` beside those of tshark.

use super::{Directory, Program, ethcraft, expand, peer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Frames in our language, and of each what is compared: a field of tshark, and `layer.field` of ours, in each layer or
/// item of this name; or `=1`, a value that it has wherever it is.
pub type Rows = [(&'static str, &'static [(&'static str, &'static str)])];

/// The field in which tshark says what it makes nothing of.
const MALFORMED: &str = "_ws.malformed";

/// Holds what we read of each frame against what tshark reads with these options.
pub fn same_values(rows: &Rows, options: &[&str]) {
    let Some(tshark) = peer("tshark") else { return };
    let directory = Directory::new();
    let path = directory.file("frames.pcap");
    let frames: String = rows.iter().map(|(text, _)| expand(text) + "\n").collect();
    ethcraft(["build", "-f", "-", "-w", &path]).input(frames).run().expect(0);
    let ours = ethcraft(["decode", "--json", &path]).run().expect(0).objects();
    let compared = rows.iter().flat_map(|(_, fields)| *fields).map(|(name, _)| *name);
    let columns: BTreeSet<&str> = compared.chain([MALFORMED]).collect();
    let form = ["-n", "-r", &path, "-T", "fields", "-E", "separator=;"];
    let names = columns.iter().flat_map(|name| ["-e", name]);
    let read = Program::new(tshark).arguments(form).arguments(options).arguments(names).run().expect(0);
    assert_eq!((ours.len(), read.stdout.lines().count()), (rows.len(), rows.len()));
    let mut wrong = Vec::new();
    for ((text, fields), (ours, read)) in rows.iter().zip(ours.iter().zip(read.stdout.lines())) {
        let read: BTreeMap<_, _> = columns.iter().copied().zip(read.split(';')).collect();
        if !read[MALFORMED].is_empty() {
            wrong.push(format!("{text}\n    {}", read[MALFORMED]));
        }
        for (name, place) in *fields {
            let theirs: Vec<_> = read[name].split(',').map(plain).collect();
            let ours = match (place.strip_prefix('='), place.split_once('.')) {
                (Some(value), _) => vec![value.to_owned(); theirs.len()],
                (_, Some((layer, field))) => values(&ours["layers"], layer, field),
                _ => Vec::new(),
            };
            if theirs.len() != ours.len() || !theirs.iter().zip(&ours).all(|(theirs, ours)| same(theirs, ours)) {
                wrong.push(format!("{text}\n    {name}: tshark {theirs:?}, ethcraft {ours:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A field of each layer or item of this name, in the frame's order.
fn values(layers: &Value, layer: &str, field: &str) -> Vec<String> {
    let mut found = Vec::new();
    for one in layers.as_array().into_iter().flatten() {
        if let Some(value) = one["fields"].get(field).filter(|_| one["layer"] == layer) {
            found.push(plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        found.extend(values(&one["items"], layer, field));
    }
    found
}

/// A number in decimal, anything else without what tells its kind.
pub fn plain(text: &str) -> String {
    let digits = text.strip_prefix("0x");
    let number = match (text, digits) {
        ("True", _) => Some(1),
        ("False", _) => Some(0),
        (_, Some(digits)) => u64::from_str_radix(digits, 16).ok(),
        _ => text.parse().ok(),
    };
    number.map_or_else(|| digits.unwrap_or(text).trim_matches('"').to_owned(), |number| number.to_string())
}

/// Whether tshark means the same: our bytes are hex digits, its are that too, or text; 16 bytes may be a number here.
fn same(theirs: &str, ours: &str) -> bool {
    let number = || u128::from_str_radix(theirs, 16).is_ok_and(|number| number.to_string() == ours);
    theirs == ours
        || hex::encode(theirs) == ours
        || theirs.replace(':', "") == ours.replace(':', "")
        || theirs.len() == 32 && number()
}
