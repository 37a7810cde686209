//! From tables and frames to the boxes of header pictures.

use super::colour::Style;
use super::picture::{Cell, draw};
use crate::frame::{Node, View, slots, write_payload, write_value};
use crate::proto::table::{Field, Kind, Protocol, Role, When};
use std::fmt::Write;

/// The header picture of a protocol or item: all its fields, those that can be missing in parentheses; empty where it has
/// none on the wire.
pub fn of_protocol(proto: &Protocol) -> String {
    let cells: Vec<Cell> = proto.fields.iter().filter(|f| f.on_wire()).map(of_field).collect();
    draw(&cells)
}

fn of_field(f: &Field) -> Cell {
    let name = match f.when {
        When::Always => f.name.to_owned(),
        When::Unless(..) | When::In(..) | When::NotIn(..) | When::Bit(_) => format!("({})", f.name),
    };
    Cell { name, value: None, bits: Some(f.bits()).filter(|bits| *bits > 0) }
}

/// Appends the pictures of a frame's layers, outermost first, with its values.
pub fn of_frame(view: View, coloured: bool, out: &mut String) {
    let layers = view.nodes.iter().enumerate().filter(|(_, n)| n.depth == 0);
    for (number, (index, node)) in layers.filter(|(_, n)| !n.is(Role::Start) && !n.is(Role::Cut)).enumerate() {
        let (name, end) = node.proto.map_or(("bytes", node.end), |p| (p.name, node.header_end));
        let length = end.saturating_sub(node.start);
        let unit = if length == 1 { "byte" } else { "bytes" };
        let heading = format!("{name}: {length} {unit} from {}", node.start);
        // Writing to a string does not fail.
        let _ =
            writeln!(out, "{}{}", if number > 0 { "\n" } else { "" }, Style::layer(number).paint(coloured, heading));
        out.push_str(&draw(&of_node(view, index)));
    }
}

/// The boxes of one layer of a frame, of the items in it too: together all bits of its header.
pub fn of_node(view: View, index: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    if let Some(node) = view.nodes.get(index) {
        node_cells(view, index, node, "", &mut cells);
    }
    cells
}

fn node_cells(view: View, index: usize, node: &Node, prefix: &str, cells: &mut Vec<Cell>) {
    let Some(proto) = node.proto else {
        return raw(view, node.start, node.end, cells);
    };
    for slot in slots(proto, view.bytes, node.start, node.header_end) {
        let f = &proto.fields[slot.field];
        if let Kind::Items(_) = f.kind {
            items(view, index, slot.range(), cells);
            continue;
        }
        let mut value = String::new();
        if matches!(f.kind, Kind::Bytes) {
            write_payload(view.bytes.get(slot.range()).unwrap_or_default(), &mut value);
        } else {
            write_value(f, &slot, view.bytes, &mut value);
        }
        shorten(&mut value);
        cells.push(Cell { name: format!("{prefix}{}", f.name), value: Some(value), bits: Some(slot.bits) });
    }
}

/// What stands in a header's braces, and the bytes between and behind it that are no item.
fn items(view: View, index: usize, range: std::ops::Range<usize>, cells: &mut Vec<Cell>) {
    let mut at = range.start;
    let outer = view.nodes[index].depth;
    let inside = view.nodes.iter().enumerate().skip(index + 1).take_while(|(_, n)| n.depth > outer);
    for (i, item) in inside.filter(|(_, n)| n.depth == outer + 1) {
        raw(view, at, item.start, cells);
        let prefix = item.proto.map_or(String::new(), |p| format!("{}.", p.name));
        node_cells(view, i, item, &prefix, cells);
        at = item.header_end;
    }
    raw(view, at, range.end, cells);
}

fn raw(view: View, from: usize, to: usize, cells: &mut Vec<Cell>) {
    let bytes = view.bytes.get(from..to).unwrap_or_default();
    if !bytes.is_empty() {
        let mut value = String::new();
        write_payload(bytes, &mut value);
        shorten(&mut value);
        cells.push(Cell { name: String::new(), value: Some(value), bits: Some(bytes.len() * 8) });
    }
}

/// What would not fit into a row beside its name ends in dots.
fn shorten(value: &mut String) {
    const MOST: usize = 47;
    if value.len() > MOST + 3
        && let Some((end, _)) = value.char_indices().nth(MOST)
    {
        value.truncate(end);
        value.push_str("...");
    }
}
