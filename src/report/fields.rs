//! The protocols for reading: all of them in one table, and one with its fields, items and header picture.

use super::{boxes, words};
use crate::proto::table::{Field, Kind, List, Order, Protocol};
use crate::proto::{self, ALL};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Lines of running text are so long at most.
const WIDTH: usize = 100;
/// Items inside items are told so deep.
const DEEP: usize = 6;

/// All protocols, one a line: name, what stands below it, its numbers, title, source.
pub fn table() -> String {
    let mut lines = vec![["NAME", "ON", "FOUND UNDER", "TITLE", "SOURCE"].map(str::to_owned).to_vec()];
    for p in ALL {
        let below = p.below.map_or("-", |b| b.name);
        lines.push(vec![
            p.name.into(),
            below.into(),
            or_dash(found_under(p)),
            p.title.into(),
            or_dash(p.source.into()),
        ]);
    }
    columns(&lines, 0)
}

/// The list that has an item of this name in it, and whose it is.
pub fn owners(item: &str) -> Vec<&'static Protocol> {
    fn holds(list: &List, item: &str, depth: usize) -> bool {
        list.of.iter().any(|p| p.name == item || (depth < DEEP && p.list().is_some_and(|l| holds(l, item, depth + 1))))
    }
    ALL.iter().copied().filter(|p| p.list().is_some_and(|l| holds(l, item, 0))).collect()
}

/// One protocol, whole.
pub fn page(p: &'static Protocol) -> String {
    let mut out = String::new();
    heading(p, 0, &mut out);
    if let Some(role) = words::role(p.role) {
        let _ = writeln!(out, "  {role}");
    }
    if let Some(below) = p.below {
        let _ = writeln!(out, "  stands on {}; an expression that begins with {} gets it", below.name, p.name);
    }
    let under = found_under(p);
    if !under.is_empty() {
        let _ = writeln!(out, "  found under {under}");
    }
    if let Some(next) = p.then {
        let _ = writeln!(out, "  {} follows", next.name);
    }
    if let Some(field) = p.closed_by.and_then(|i| p.fields.get(usize::from(i))) {
        let _ = writeln!(out, "  bytes follow where {} is not 0", field.name);
    }
    let above: Vec<&str> = ALL.iter().filter(|next| proto::follows(p, next)).map(|next| next.name).collect();
    wrapped("  it carries ", &above, &mut out);
    fields(p, 0, &mut out);
    items(p, 0, &mut out);
    let picture = boxes::of_protocol(p);
    if !picture.is_empty() {
        let _ = write!(out, "\n{picture}");
    }
    out
}

/// One protocol as a JSON object.
pub fn object(p: &'static Protocol) -> Value {
    let mut object = part(p, 0);
    object.insert("on".into(), json!(p.below.map(|b| b.name)));
    object.insert("then".into(), json!(p.then.map(|b| b.name)));
    let keys = p.keys.iter().map(|(space, number)| json!({ "space": words::space(*space), "number": number }));
    object.insert("found_under".into(), keys.collect());
    object.insert("picture".into(), boxes::of_protocol(p).lines().map(Value::from).collect());
    object.into()
}

fn part(p: &'static Protocol, depth: usize) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("name".into(), p.name.into());
    object.insert("title".into(), p.title.into());
    object.insert("source".into(), (!p.source.is_empty()).then_some(p.source).into());
    object.insert("fields".into(), p.fields.iter().map(|f| field(f, p)).collect());
    let items = p.list().filter(|_| depth < DEEP).map(|list| list.of.iter().map(|i| part(i, depth + 1)));
    object.insert("items".into(), items.map(|items| items.map(Value::Object).collect()).unwrap_or_default());
    object
}

fn field(f: &Field, p: &Protocol) -> Value {
    let names: Map<String, Value> = f.names.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
    let default = words::default(f);
    json!({
        "name": f.name,
        "kind": words::kind(f),
        "bits": (f.bits() > 0 && f.on_wire()).then_some(f.bits()),
        "width": words::width(f),
        "condition": words::condition(f, p),
        "main": f.main,
        "filled_in": words::filled_in(f, p),
        "default": (!default.is_empty()).then_some(default),
        "low_byte_first": matches!(f.order, Order::Low { .. }),
        "names": names,
        "doc": f.doc,
    })
}

fn heading(p: &Protocol, indent: usize, out: &mut String) {
    let source = if p.source.is_empty() { String::new() } else { format!(" ({})", p.source) };
    let _ = writeln!(out, "{:indent$}{}: {}{source}", "", p.name, p.title);
}

fn fields(p: &Protocol, indent: usize, out: &mut String) {
    if p.fields.is_empty() {
        return;
    }
    out.push('\n');
    let mut lines = vec![["FIELD", "BITS", "UNSET", "MEANING"].map(str::to_owned).to_vec()];
    for f in p.fields {
        let mut meaning = f.doc.to_owned();
        if let Some(condition) = words::condition(f, p) {
            let _ = write!(meaning, "; {condition}");
        }
        if f.magic {
            meaning.push_str("; another value is another protocol");
        }
        if matches!(f.order, Order::Low { .. }) {
            meaning.push_str("; low byte first");
        }
        lines.push(vec![f.name.into(), words::width(f), words::filled_in(f, p), meaning]);
    }
    out.push_str(&columns(&lines, indent + 2));
    if let Some(main) = p.main().and_then(|i| p.fields.get(i)) {
        let _ = writeln!(out, "{:indent$}  {}=... sets {}", "", p.name, main.name);
    }
    let mut named = p.fields.iter().filter(|f| !f.names.is_empty()).peekable();
    if named.peek().is_some() {
        out.push('\n');
    }
    for f in named {
        let values: Vec<String> =
            f.names.iter().map(|(name, value)| format!("{name} {}", in_base(f, *value))).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        wrapped(&format!("{:indent$}  {}: ", "", f.name), &values, out);
    }
}

/// A value as it is written where it has no name.
fn in_base(f: &Field, value: u64) -> String {
    let digits = f.bits().div_ceil(4);
    match f.kind {
        Kind::Hex | Kind::Flags => format!("0x{value:0digits$x}"),
        _ => value.to_string(),
    }
}

/// What may stand in a header's braces, each with its fields.
fn items(p: &Protocol, depth: usize, out: &mut String) {
    let Some(list) = p.list() else { return };
    let indent = depth * 4;
    let mut names: Vec<&str> = list.of.iter().map(|i| i.name).collect();
    if names.is_empty() {
        names.push("bytes");
    }
    out.push('\n');
    wrapped(&format!("{:indent$}in the braces of {}: ", "", p.name), &names, out);
    if depth >= DEEP {
        return;
    }
    for item in list.of {
        out.push('\n');
        heading(item, indent + 2, out);
        fields(item, indent + 2, out);
        items(item, depth + 1, out);
    }
}

fn found_under(p: &Protocol) -> String {
    let keys: Vec<String> = p
        .keys
        .iter()
        .enumerate()
        .map(|(i, (space, number))| {
            let number = words::number(*space, *number);
            // A space is named once for all its numbers in a row.
            if i > 0 && p.keys[i - 1].0 == *space { number } else { format!("{} {number}", words::space(*space)) }
        })
        .collect();
    keys.join(", ")
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}

/// Columns as wide as their widest cell.
fn columns(lines: &[Vec<String>], indent: usize) -> String {
    let count = lines.first().map_or(0, Vec::len);
    let width = |i: usize| lines.iter().filter_map(|l| l.get(i)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut out = String::new();
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(out, "{:indent$}{}", "", cells.join("  ").trim_end());
    }
    out
}

/// Words with commas behind a beginning, in lines that begin below the first word; nothing where there are none.
fn wrapped(begin: &str, words: &[&str], out: &mut String) {
    if words.is_empty() {
        return;
    }
    let indent = begin.chars().count().min(WIDTH / 2);
    out.push_str(begin);
    let mut column = begin.chars().count();
    for (i, word) in words.iter().enumerate() {
        let last = i + 1 == words.len();
        let length = word.chars().count() + usize::from(!last);
        if i > 0 && column + 1 + length > WIDTH {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if i > 0 {
            out.push(' ');
            column += 1;
        }
        let _ = write!(out, "{word}{}", if last { "" } else { "," });
        column += length;
    }
    out.push('\n');
}
