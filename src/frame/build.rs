//! From an expression to bytes.
//!
//! One pass writes what is known and notes what is to be filled in; then, as the language says, lengths and numbers,
//! copies, checksums innermost first, and the FCS.

mod bytes;
mod finish;

pub(super) use finish::spoil;

use super::auto::{self, Stage};
use super::ber;
use super::bits;
use super::layout::{self, Slot};
use super::list;
use super::node::{Node, View};
use super::room::room;
use super::set::Choice;
use super::spec::{Frames, Layer, Part, Setting, To};
use crate::expr::ast::Span;
use crate::expr::{Diagnostic, Diagnostics};
use crate::proto::OPEN;
use crate::proto::table::{Field, Kind, Role, Rule, Size, When};

/// The longest frame that is built, bytes.
pub const MAX_FRAME: usize = 262_144;

/// Builds frames, one after the other, in buffers that it keeps.
#[derive(Debug, Default)]
pub struct Builder {
    bytes: Vec<u8>,
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// Nodes before this one are finished.
    finished: usize,
}

/// A field that is still to be filled in.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: usize,
    slot: Slot,
    bad: bool,
    span: Span,
}

type Built = Result<(), Diagnostics>;

impl Builder {
    /// Builds frame `number` of the set; past its end the set begins anew. The frame is in [`Builder::view`].
    pub fn build(&mut self, frames: &Frames, number: u128) -> Built {
        self.parts(frames, number)?;
        self.finish(frames)
    }

    /// The same with a flow tag in the place of the payload's end, which all checksums cover. False where it has no room
    /// there: then the frame is as it is without.
    pub fn build_tagged(&mut self, frames: &Frames, number: u128, tag: &[u8]) -> Result<bool, Diagnostics> {
        self.parts(frames, number)?;
        if tag.is_empty() {
            return self.finish(frames).map(|()| true);
        }
        let room = room(frames, self.view(), tag.len());
        if let Some(place) = room.clone().and_then(|room| self.bytes.get_mut(room)) {
            place.copy_from_slice(tag);
        }
        self.finish(frames)?;
        Ok(room.is_some())
    }

    /// Writes what is known.
    fn parts(&mut self, frames: &Frames, number: u128) -> Built {
        self.bytes.clear();
        self.nodes.clear();
        self.open.clear();
        self.finished = 0;
        let choice = Choice { axes: &frames.axes, number, seed: frames.surroundings.seed };
        for part in &frames.parts {
            self.part(frames, &choice, part)?;
        }
        Ok(())
    }

    /// The frame built last, and its parts.
    pub fn view(&self) -> View<'_> {
        View { bytes: &self.bytes, nodes: &self.nodes }
    }

    fn part(&mut self, frames: &Frames, choice: &Choice, part: &Part) -> Built {
        match part {
            Part::Gap => Ok(()),
            Part::Bytes(bytes) => self.plain(choice, bytes, 0),
            Part::Layer(layer) if layer.proto.role == Role::Cut => self.cut(frames, choice, layer),
            Part::Layer(layer) => self.layer(frames, choice, layer, 0),
        }
    }

    fn cut(&mut self, frames: &Frames, choice: &Choice, layer: &Layer) -> Built {
        self.finish(frames)?;
        if let Some(Setting { to: To::Numbers(keep), .. }) = layer.settings.first() {
            let keep = keep.choose(choice) as usize;
            self.bytes.truncate(keep);
            let end = self.bytes.len();
            self.nodes.retain(|n| n.start < end || n.start == 0);
            for node in &mut self.nodes {
                node.header_end = node.header_end.min(end);
                node.end = node.end.min(end);
            }
            self.finished = self.nodes.len();
        }
        Ok(())
    }

    fn layer(&mut self, frames: &Frames, choice: &Choice, layer: &Layer, depth: u8) -> Built {
        let proto = layer.proto;
        let node = self.nodes.len();
        let start = self.bytes.len();
        if proto.role == Role::Data {
            let field = &proto.fields[0];
            let slot = Slot { field: 0, bit: start * 8, bits: field.bits(), order: field.order };
            self.room(slot.bits / 8, layer.span)?;
            self.zeros(slot.bits / 8);
            self.number(frames, choice, layer, node, slot);
            self.run(start, depth);
            return Ok(());
        }
        self.nodes.push(Node { proto: Some(proto), start, header_end: start, end: start, depth });
        let mut bit = start * 8;
        let mut unknown = Vec::new();
        for (index, field) in proto.fields.iter().enumerate() {
            if !field.on_wire() {
                continue;
            }
            let setting = layer.setting(index);
            if !layout::present(proto, field, &self.bytes, start) {
                let braces = layer.items.as_ref().filter(|items| layout::is_items(field) && !items.is_empty());
                let set = setting.map(|s| s.span).or(braces.map(|_| layer.span));
                if let (Some(span), Some(on)) = (set, field.when.on()) {
                    return Err(Diagnostic::new(span, format!("'{}' is not there", field.name))
                        .label(format!("'{}' leaves it out", on.name))
                        .help(format!("set '{}' so that it is there, or leave it away", on.name))
                        .into());
                }
                continue;
            }
            match field.kind {
                Kind::Items(list) => {
                    for part in layer.items.iter().flatten() {
                        match part {
                            Part::Gap => {}
                            Part::Bytes(bytes) => self.plain(choice, bytes, depth + 1)?,
                            Part::Layer(item) => {
                                let is_open = *item.proto == OPEN;
                                self.zeros(if is_open { 0 } else { list::spaces(list, self.bytes.len() - start) });
                                self.layer(frames, choice, item, depth + 1)?;
                            }
                        }
                    }
                    let open = matches!(layer.items.iter().flatten().last(), Some(Part::Layer(l)) if *l.proto == OPEN);
                    let align = if open { 1 } else { list.align.max(1) as usize };
                    let len = self.bytes.len() - start;
                    self.bytes.extend(list::padding(list, len.next_multiple_of(align) - len));
                }
                Kind::Bytes | Kind::Domain | Kind::Ber(_) => {
                    let set = matches!(setting.map(|s| &s.to), Some(To::Bytes(_)));
                    if matches!(field.kind, Kind::Ber(_)) && !set && auto::stage(field) != Stage::Written {
                        unknown.push((index, self.bytes.len()));
                    }
                    self.block(choice, layer, field, setting, start)?;
                }
                _ => {
                    if let Some(To::Bytes(raw)) = setting.map(|s| &s.to) {
                        self.write(choice, raw)?;
                    } else {
                        let bits = self.width(layer, start, field, setting);
                        let slot = Slot { field: index, bit, bits, order: field.order };
                        let need = slot.end_bit().div_ceil(8);
                        self.room(need.saturating_sub(self.bytes.len()), layer.span)?;
                        self.bytes.resize(need.max(self.bytes.len()), 0);
                        self.number(frames, choice, layer, node, slot);
                        bit += bits;
                        continue;
                    }
                }
            }
            bit = self.bytes.len() * 8;
        }
        let end = self.bytes.len();
        self.nodes[node].header_end = end;
        self.nodes[node].end = end;
        // What is as long as its value makes it, the last one first: those before it count it.
        for (index, at) in unknown.into_iter().rev() {
            self.grow(node, index, at);
        }
        Ok(())
    }

    /// Writes a number of the last layer as BER has it, and makes room for it.
    fn grow(&mut self, node: usize, index: usize, at: usize) {
        let Some(proto) = self.nodes[node].proto else { return };
        let view = View { bytes: &self.bytes, nodes: &self.nodes };
        let field = &proto.fields[index];
        let (Kind::Ber(form), Some(value)) = (field.kind, auto::auto(view, node, index)) else { return };
        let (was, number) = (ber::encode(field.default, form).len(), ber::encode(value, form));
        let more = number.len() - was;
        self.bytes.splice(at..at + was, number);
        for (i, inside) in self.nodes.iter_mut().enumerate().skip(node) {
            inside.start += if i > node { more } else { 0 };
            inside.header_end += more;
            inside.end += more;
        }
        for open in self.open.iter_mut().filter(|open| open.slot.bit / 8 > at) {
            open.slot.bit += 8 * more;
        }
    }

    /// How wide a number is written: fixed, or as wide as the field says that gives its size, if that one is set.
    fn width(&self, layer: &Layer, start: usize, field: &Field, setting: Option<&Setting>) -> usize {
        let Size::By(on, unit) = field.size else { return field.bits() };
        if setting.is_some_and(|s| matches!(s.to, To::Numbers(_))) {
            return field.bits();
        }
        let size = &layer.proto.fields[on.index as usize];
        bits::get(&self.bytes, start * 8 + size.at as usize, size.bits())
            .map_or(field.bits(), |n| n as usize * 8 * unit as usize)
    }

    /// Writes a number: what it is set to, or what it is without a look at other bytes; the rest is noted for later.
    fn number(&mut self, frames: &Frames, choice: &Choice, layer: &Layer, node: usize, slot: Slot) {
        let field = &layer.proto.fields[slot.field];
        let setting = layer.setting(slot.field);
        let natural = slot.bits == field.bits();
        let mut value = match setting.map(|s| &s.to) {
            Some(To::Numbers(numbers)) => numbers.choose(choice),
            _ if !natural => 0,
            _ => match field.rule {
                Rule::Iface => frames.surroundings.address(field.kind),
                Rule::SizeOf => Self::size_of(layer, slot.field, choice),
                Rule::Has => Self::has(layer, slot.field),
                Rule::By(..) => layout::derived(layer.proto, &self.bytes, self.nodes[node].start, field).unwrap_or(0),
                _ => {
                    if auto::stage(field) != Stage::Written {
                        let bad = setting.is_some_and(|s| matches!(s.to, To::Bad));
                        self.open.push(Open { node, slot, bad, span: setting.map_or(layer.span, |s| s.span) });
                    }
                    field.default
                }
            },
        };
        for (setting, bit) in layer.bit_settings(slot.field) {
            if let To::Numbers(numbers) = &setting.to {
                value = value & !(1 << bit) | (numbers.choose(choice) << bit);
            }
        }
        slot.put(&mut self.bytes, value);
    }

    /// Whether a field is set that names this bit.
    fn has(layer: &Layer, bit: usize) -> u128 {
        let named = |f: &Field| matches!(f.when, When::Bit(on) if on.index as usize == bit);
        u128::from(layer.settings.iter().any(|s| named(&layer.proto.fields[s.field])))
    }

    /// The size of the first field that is set to bytes of its own length, else the kind's.
    fn size_of(layer: &Layer, size_field: usize, choice: &Choice) -> u128 {
        let fields = layer.proto.fields;
        let own = fields.iter().enumerate().filter(|(_, f)| auto::sized_by(f, size_field)).find_map(|(i, _)| {
            let To::Bytes(bytes) = &layer.setting(i)?.to else { return None };
            let mut scratch = Self::default();
            scratch.write(choice, bytes).ok()?;
            let unit = if let Size::By(_, unit) = fields[i].size { usize::from(unit.max(1)) } else { 1 };
            Some(scratch.bytes.len().div_ceil(unit) as u128)
        });
        own.unwrap_or(auto::natural_size(fields, size_field) as u128)
    }
}
