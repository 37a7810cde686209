//! A frame as JSON: every layer with every field. `docs/json.md` documents the objects.

use super::line::Told;
use crate::frame::{Node, View, auto, signed, slots, write_value};
use crate::proto::table::{Ber, Kind, Role, Rule};
use serde_json::{Map, Value, json};

/// The layers of a frame taken apart.
pub fn layers(view: View) -> Value {
    level(view, 0, view.nodes.len(), 0)
}

/// What is to be said of the transport checksums: good, bad, not computed; nothing where there is none.
pub fn checksum_state(view: View, told: Told) -> Option<&'static str> {
    let (mut good, mut bad, mut left) = (false, false, false);
    for (index, node) in view.nodes.iter().enumerate().take(view.unquoted()) {
        let Some(proto) = node.proto else { continue };
        for slot in slots(proto, view.bytes, node.start, node.header_end) {
            let f = &proto.fields[slot.field];
            let Some(actual) = slot.number(view.bytes).filter(|_| f.sums_payload()) else { continue };
            if matches!(f.rule, Rule::Sum { zero_is_none: true, .. }) && actual == 0 {
                continue;
            }
            let state = match auto::auto(view, index, slot.field) == Some(actual) {
                _ if told.not_computed && f.may_be_left() => &mut left,
                true => &mut good,
                false => &mut bad,
            };
            *state = true;
        }
    }
    match (bad, left, good) {
        (true, ..) => Some("bad"),
        (_, true, _) => Some("not computed"),
        (.., true) => Some("good"),
        _ => None,
    }
}

fn level(view: View, from: usize, to: usize, depth: u8) -> Value {
    let here = (from..to).filter(|i| view.nodes[*i].depth == depth && !view.nodes[*i].is(Role::Start));
    Value::Array(here.map(|i| node(view, i, &view.nodes[i])).collect())
}

fn node(view: View, index: usize, node: &Node) -> Value {
    let bytes = view.bytes.get(node.start..node.header_end).unwrap_or_default();
    let Some(proto) = node.proto else {
        return json!({ "layer": "bytes", "offset": node.start, "length": bytes.len(), "hex": hex::encode(bytes) });
    };
    let mut fields = Map::new();
    let mut checks = Map::new();
    for slot in slots(proto, view.bytes, node.start, node.header_end) {
        let f = &proto.fields[slot.field];
        if matches!(f.kind, Kind::Items(_)) {
            continue;
        }
        let value = match (f.kind, slot.number(view.bytes)) {
            (Kind::Num | Kind::Hex, Some(value)) if f.bits() > 0 && slot.bits <= 64 => json!(value as u64),
            (Kind::Int, Some(value)) if slot.bits <= 64 => json!(signed(value, slot.bits) as i64),
            (Kind::Ber(form), Some(value)) if form != Ber::Signed => json!(value as u64),
            (Kind::Ber(_), Some(value)) => json!(signed(value, 64) as i64),
            (Kind::Bytes, _) => json!(hex::encode(view.bytes.get(slot.range()).unwrap_or_default())),
            _ => {
                let mut text = String::new();
                write_value(f, &slot, view.bytes, &mut text);
                json!(text)
            }
        };
        if f.is_check()
            && (index < view.unquoted() || matches!(f.rule, Rule::Crc))
            && let (Some(actual), Some(right)) = (slot.number(view.bytes), auto::auto(view, index, slot.field))
        {
            checks.insert(f.name.into(), json!({ "good": actual == right, "right": right as u64 }));
        }
        fields.insert(f.name.into(), value);
    }
    let mut object = Map::new();
    object.insert("layer".into(), json!(proto.name));
    object.insert("offset".into(), json!(node.start));
    object.insert("length".into(), json!(node.header_end - node.start));
    object.insert("fields".into(), Value::Object(fields));
    if !checks.is_empty() {
        object.insert("checks".into(), Value::Object(checks));
    }
    let inside = view.nodes[index + 1..].iter().take_while(|n| n.depth > node.depth).count();
    if inside > 0 {
        object.insert("items".into(), level(view, index + 1, index + 1 + inside, node.depth + 1));
    }
    Value::Object(object)
}
