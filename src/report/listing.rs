//! A set of frames, counted: for people, and as a JSON object (`docs/json.md`).

use super::safe;
use crate::frame::{Frames, Varying};
use serde_json::{Value, json};
use std::fmt::Write;

/// Appends how many frames there are and, below, what varies. `place` is where the expression stands, `frames.txt:3`.
pub fn write(frames: &Frames, place: Option<&str>, out: &mut String) {
    let place = place.map(|place| format!("{}: ", safe::text(place))).unwrap_or_default();
    let count = frames.count();
    let zipped = if frames.zipped() { ", the sets step together" } else { "" };
    // Writing to a string does not fail.
    let _ = writeln!(out, "{place}{} frame{}{zipped}", number(count), if count == 1 { "" } else { "s" });
    let varying = frames.varying();
    let width = varying.iter().map(|v| v.place.chars().count()).max().unwrap_or(0);
    for one in &varying {
        let _ = write!(out, "  {:width$}  {}", one.place, how_many(one));
        if let Some((first, last)) = &one.ends {
            let _ = write!(out, ", {first} to {last}");
        }
        out.push('\n');
    }
}

/// Appends how many frames several sets have together.
pub fn write_total<'a>(sets: impl Iterator<Item = &'a Frames>, out: &mut String) {
    let total = sets.fold(0u128, |sum, frames| sum.saturating_add(frames.count()));
    let _ = writeln!(out, "{} frames in all", number(total));
}

/// One expression's set as a JSON object.
pub fn object(frames: &Frames, place: Option<&str>) -> Value {
    let axis = |one: &Varying| {
        let (first, last) = one.ends.clone().unzip();
        json!({ "place": one.place, "members": one.members.map(exact), "first": first, "last": last })
    };
    let of = |drawn| -> Value { frames.varying().iter().filter(|one| one.drawn == drawn).map(axis).collect() };
    json!({
        "place": place,
        "frames": exact(frames.count()),
        "zip": frames.zipped(),
        "axes": of(false),
        "draws": of(true),
    })
}

fn how_many(one: &Varying) -> String {
    match (one.drawn, one.members) {
        (false, members) => format!("{} members", number(members.unwrap_or(1))),
        (true, Some(members)) => format!("drawn of {}", number(members)),
        (true, None) => "drawn bytes".into(),
    }
}

/// The most that is counted stands for all above it too.
fn number(count: u128) -> String {
    if count == u128::MAX { "2^128 or more".into() } else { count.to_string() }
}

/// A number where JSON readers keep it whole, else its digits.
fn exact(count: u128) -> Value {
    match u64::try_from(count) {
        Ok(count) if count <= 1 << 53 => count.into(),
        _ => number(count).into(),
    }
}
