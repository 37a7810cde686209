//! What differs between two frames, a line each for people, an object a frame for machines (`docs/json.md`).

use super::colour::Style;
use super::safe;
use crate::frame::diff::{Change, Difference, State, Sum};
use crate::frame::write_payload;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Longer texts are cut; the JSON object has them whole.
const LONGEST: usize = 160;

/// Two frames that belong together and differ.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// Their numbers, each in its own file, from 1.
    pub numbers: (u64, u64),
    /// How long they are, bytes.
    pub lengths: (usize, usize),
    /// What differs.
    pub differences: &'a [Difference],
}

/// Appends the lines of a pair: its number, and below it what differs. What follows is marked so.
pub fn write_pair(pair: &Pair, coloured: bool, out: &mut String) {
    let (a, b) = pair.lengths;
    let lengths = if a == b { format!("{a} bytes") } else { format!("{a} -> {b} bytes") };
    // Writing to a string does not fail.
    let (frame, other) = pair.numbers;
    let moved = if frame == other { String::new() } else { format!(" ({other} of B)") };
    let _ = writeln!(out, "{}: {lengths}", Style::BOLD.paint(coloured, format_args!("frame {frame}{moved}")));
    for difference in pair.differences {
        let follows = if difference.follows { "  (follows)" } else { "" };
        let line = sentence(difference);
        let line = safe::text(&line);
        let _ = writeln!(out, "  {}{follows}", style(difference).paint(coloured, line));
    }
}

/// A pair as a JSON object.
pub fn object(pair: &Pair) -> Value {
    json!({
        "frame": pair.numbers.0,
        "frame_b": pair.numbers.1,
        "length": { "from": pair.lengths.0, "to": pair.lengths.1 },
        "differences": pair.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

fn style(difference: &Difference) -> Style {
    match &difference.change {
        _ if difference.follows => Style::FAINT,
        Change::Check { to: Sum { state: State::Bad, .. }, .. } => Style::BAD,
        Change::Check { to: Sum { state: State::Good, .. }, .. } => Style::GOOD,
        Change::Added(_) | Change::Removed(_) | Change::Padding { .. } => Style::WARN,
        _ => Style::PLAIN,
    }
}

/// `ipv4 ttl 64 -> 63`
fn sentence(Difference { layer, change, .. }: &Difference) -> String {
    let arrow = |from: &str, to: &str| format!("{} -> {}", cut(from), cut(to));
    let taken_out = if layer.starts_with("payload") { "removed" } else { "stripped" };
    match change {
        Change::Field { field, from: Some(from), to: Some(to) } => format!("{layer} {field} {}", arrow(from, to)),
        Change::Field { field, from: Some(from), to: None } => format!("{layer} {field} {} removed", cut(from)),
        Change::Field { field, from: None, to } => {
            format!("{layer} {field} {} added", cut(to.as_deref().unwrap_or_default()))
        }
        Change::Check { field, bits, from, to } => {
            let digits = bits.div_ceil(4);
            let name = if layer.starts_with("fcs") { layer.clone() } else { format!("{layer} {field}") };
            let states = if from.state == to.state { state(to).into() } else { arrow(state(from), state(to)) };
            let mut text = format!("{name} {states} (0x{:0digits$x}", from.value);
            if from.value != to.value {
                let _ = write!(text, " -> 0x{:0digits$x}", to.value);
            }
            if to.state == State::Bad {
                let _ = write!(text, ", right is 0x{:0digits$x}", to.right);
            }
            text + ")"
        }
        Change::Added(expression) => format!("{} added", cut(expression)),
        Change::Removed(expression) => format!("{} {taken_out}", cut(expression)),
        Change::Bytes { offset, from, to, .. } => {
            let layer = if layer.is_empty() { "frame" } else { layer };
            let (old, new) = (literal(from), literal(to));
            match (from.len(), to.len()) {
                (0, _) => format!("{layer} at {offset}: {} inserted", cut(&new)),
                (_, 0) => format!("{layer} at {offset}: {} removed", cut(&old)),
                _ => format!("{layer} at {offset}: {}", arrow(&old, &new)),
            }
        }
        Change::Padding { from: 0, to } => format!("padding of {} added", bytes(*to)),
        Change::Padding { from, to: 0 } => format!("padding of {} removed", bytes(*from)),
        Change::Padding { from, to } => format!("padding {from} -> {}", bytes(*to)),
        Change::Length { from, to } => format!("length on the wire {from} -> {}", bytes(*to)),
    }
}

fn difference(Difference { layer, change, follows }: &Difference) -> Value {
    let (kind, what) = match change {
        Change::Field { field, from, to } => ("field", json!({ "field": field, "from": from, "to": to })),
        Change::Check { field, bits, from, to } => {
            ("check", json!({ "field": field, "from": sum(from, *bits), "to": sum(to, *bits) }))
        }
        Change::Added(expression) => ("added", json!({ "expression": expression })),
        Change::Removed(expression) => ("removed", json!({ "expression": expression })),
        Change::Bytes { offset, at, from, to } => {
            ("bytes", json!({ "offset": offset, "at": at, "from": hex::encode(from), "to": hex::encode(to) }))
        }
        Change::Padding { from, to } => ("padding", json!({ "from": from, "to": to })),
        Change::Length { from, to } => ("length", json!({ "from": from, "to": to })),
    };
    let mut object = Map::new();
    object.insert("change".into(), kind.into());
    object.insert("layer".into(), (!layer.is_empty()).then_some(layer.as_str()).into());
    if let Value::Object(what) = what {
        object.extend(what);
    }
    object.insert("follows".into(), (*follows).into());
    Value::Object(object)
}

fn sum(sum: &Sum, bits: usize) -> Value {
    let digits = bits.div_ceil(4);
    let digits = |value: u128| format!("0x{value:0digits$x}");
    json!({ "state": state(sum), "value": digits(sum.value), "right": digits(sum.right) })
}

fn state(sum: &Sum) -> &'static str {
    match sum.state {
        State::Good => "good",
        State::Bad => "bad",
        State::Unset => "none",
    }
}

fn literal(bytes: &[u8]) -> String {
    let mut text = String::new();
    write_payload(bytes, &mut text);
    text
}

fn bytes(count: usize) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
