//! A frame as a tree: each layer with its place and length, each field with its place, width, bytes, value and meaning.
//!
//! ```text
//! udp  User Datagram Protocol, 8 bytes at 34
//!   34  16  c0 00  sport     49152   source port
//!   40  16  12 34  checksum  0x1234  of addresses, header and payload; 0: none; should be 0x5333
//! ```

use super::colour::Style;
use super::safe;
use crate::frame::{Node, Slot, View, auto, domain, printed, slots, write_payload, write_value};
use crate::proto::table::{Field, Kind, Order, Role, Rule};
use std::fmt::Write;

/// Longer values and longer raw bytes are cut.
const LONGEST: usize = 64;
const MOST_RAW: usize = 8;

/// Appends the tree, safe for a terminal; each layer has one colour.
pub fn write(view: View, coloured: bool, out: &mut String) {
    let mut outermost = 0;
    for (index, node) in view.nodes.iter().enumerate() {
        let style = Style::layer(outermost);
        let last = view.nodes.get(index + 1).is_none_or(|next| next.depth == 0);
        outermost += usize::from(last);
        if !node.is(Role::Start) {
            part(view, index, node, style, coloured, out);
        }
    }
}

/// One line of columns: place, width, bytes, name, value, meaning.
struct Line {
    cells: [String; 5],
    /// What it means.
    meaning: String,
    /// What is wrong or right with it.
    verdict: Option<(Style, String)>,
}

fn part(view: View, index: usize, node: &Node, style: Style, coloured: bool, out: &mut String) {
    let indent = usize::from(node.depth) * 4;
    let length = node.header_end - node.start;
    let (name, title) = node.proto.map_or(("bytes", "Payload"), |p| (p.name, p.title));
    let plural = if length == 1 { "" } else { "s" };
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{:indent$}{}  {title}, {length} byte{plural} at {}",
        "",
        style.paint(coloured, name),
        node.start
    );
    let lines: Vec<Line> = match node.proto {
        None => bytes_line(view, node).into_iter().collect(),
        Some(proto) => slots(proto, view.bytes, node.start, node.header_end)
            .filter(|slot| slot.bits > 0)
            .map(|slot| field_line(view, index, &proto.fields[slot.field], &slot))
            .collect(),
    };
    let width = |column: usize| lines.iter().map(|l| l.cells[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    for line in &lines {
        let [place, bits, raw, field, value] = &line.cells;
        let [place_width, bits_width, raw_width, field_width, value_width] = widths;
        let _ = write!(
            out,
            "{:indent$}  {}  {bits:>bits_width$}  {}  {field:field_width$}",
            "",
            Style::FAINT.paint(coloured, format_args!("{place:place_width$}")),
            style.paint(coloured, format_args!("{raw:raw_width$}")),
        );
        // A value with nothing behind it is not filled up with blanks.
        let meaning = Style::FAINT.paint(coloured, &line.meaning);
        let _ = match (line.meaning.is_empty(), &line.verdict) {
            (true, None) => write!(out, "  {value}"),
            (false, None) => write!(out, "  {value:value_width$}  {meaning}"),
            (empty, Some((verdict, text))) => {
                let gap = if empty { "" } else { "; " };
                write!(out, "  {value:value_width$}  {meaning}{gap}{}", verdict.paint(coloured, text))
            }
        };
        out.push('\n');
    }
}

fn bytes_line(view: View, node: &Node) -> Option<Line> {
    let bytes = view.bytes.get(node.start..node.end).filter(|b| !b.is_empty())?;
    let mut value = String::new();
    write_payload(bytes, &mut value);
    let bits = (bytes.len() * 8).to_string();
    let cells = [node.start.to_string(), bits, raw(bytes), "-".into(), cut(&safe::text(&value))];
    Some(Line { cells, meaning: String::new(), verdict: None })
}

fn field_line(view: View, index: usize, f: &'static Field, slot: &Slot) -> Line {
    let (byte, bit) = (slot.bit / 8, slot.bit % 8);
    let place = if bit == 0 { byte.to_string() } else { format!("{byte}.{bit}") };
    let end = (slot.bit + slot.bits).div_ceil(8).min(view.bytes.len());
    let bytes = &view.bytes[byte.min(end)..end];
    let mut value = String::new();
    let mut meaning = f.doc.to_owned();
    if matches!(f.kind, Kind::Items(_)) {
        value.push_str("{...}");
    } else {
        write_value(f, slot, view.bytes, &mut value);
        let number = slot.number(view.bytes).filter(|_| slot.bits == f.bits());
        // A name stands for a number that is to be seen too.
        if let (Some(number), Kind::Num | Kind::Int | Kind::Hex) = (number, f.kind)
            && f.name_of(number).is_some()
        {
            let digits = slot.bits.div_ceil(4);
            let number = if matches!(f.kind, Kind::Hex) { format!("0x{number:0digits$x}") } else { number.to_string() };
            let _ = write!(value, " ({number})");
        }
    }
    if let Some(name) = meant(view, index, f, slot) {
        let _ = write!(meaning, ", here {name}");
    }
    if matches!(f.order, Order::Low { .. }) {
        meaning.push_str(if meaning.is_empty() { "low byte first" } else { ", low byte first" });
    }
    let cells = [place, slot.bits.to_string(), raw(bytes), f.name.to_owned(), cut(&safe::text(&value))];
    Line { cells, meaning, verdict: verdict(view, index, f, slot) }
}

/// The name that a compressed one stands for, found in its message.
fn meant(view: View, index: usize, f: &Field, slot: &Slot) -> Option<String> {
    if !matches!(f.kind, Kind::Domain) {
        return None;
    }
    let is_compressed = view.bytes.get(slot.range())?.iter().rev().nth(1).is_some_and(|b| *b >= 0xc0);
    let message = view.nodes[..=index].iter().rfind(|n| n.depth == 0)?;
    let name = domain::expand(view.bytes.get(message.start..)?, slot.range().start - message.start);
    name.filter(|_| is_compressed).map(|name| safe::text(&name).into_owned())
}

/// What is to be said of a field that is filled in: whether a checksum is right, and what should stand there if not.
fn verdict(view: View, index: usize, f: &'static Field, slot: &Slot) -> Option<(Style, String)> {
    let is_fcs = matches!(f.rule, Rule::Crc);
    if f.is_check() && index >= view.unquoted() && !is_fcs {
        return Some((Style::PLAIN, "of a quoted datagram, not verified".into()));
    }
    let told = |style, text: &str| Some((style, text.to_owned()));
    let actual = slot.number(view.bytes)?;
    if matches!(f.rule, Rule::Sum { zero_is_none: true, .. }) && actual == 0 {
        return told(Style::PLAIN, "no checksum");
    }
    let asserts = f.is_check()
        || matches!(
            f.rule,
            Rule::Len { .. }
                | Rule::SizeOf
                | Rule::CountOf(_)
                | Rule::LastOf(_)
                | Rule::Used(_)
                | Rule::Bottom
                | Rule::Lsdu
                | Rule::Short(_)
                | Rule::Next { .. }
        );
    let right = auto::auto(view, index, slot.field).filter(|_| asserts)?;
    match right == actual {
        true if f.is_check() => told(Style::GOOD, "good"),
        true => None,
        // A number of what follows is wrong where something known follows.
        false if matches!(f.rule, Rule::Next { .. }) && !names_wrongly(view, index) => None,
        false if !printed(view, index, slot) => None,
        false => {
            let mut text = String::from("should be ");
            let mut bytes = [0u8; 16];
            if slot.bits > 128 {
                return None;
            }
            bytes.copy_from_slice(&(right << (128 - slot.bits)).to_be_bytes());
            write_value(f, &Slot { bit: 0, order: Order::High, ..*slot }, &bytes, &mut text);
            Some((Style::BAD, text))
        }
    }
}

/// Whether a known layer follows, which a number can only name rightly or wrongly.
fn names_wrongly(view: View, index: usize) -> bool {
    view.next(index).is_some_and(|next| next.header().is_some())
}

fn raw(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, byte) in bytes.iter().take(MOST_RAW).enumerate() {
        let _ = write!(out, "{}{byte:02x}", if i > 0 { " " } else { "" });
    }
    if bytes.len() > MOST_RAW {
        out.push('…');
    }
    out
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
