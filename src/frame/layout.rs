//! Where a header's fields lie in given bytes.

use super::{ber, domain, list};
use crate::proto::table::{Dep, Extent, Facts, Field, Kind, List, MOVES, Order, Protocol, Rule, Size, When, fields_of};

/// The place of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its index in the table.
    pub field: usize,
    /// Offset in bits from the frame's start.
    pub bit: usize,
    /// Width in bits.
    pub bits: usize,
    /// In which order its bits stand.
    pub order: Order,
}

impl Slot {
    /// Where it ends, and the word that it is a part of.
    pub(super) fn end_bit(&self) -> usize {
        match self.order {
            Order::Low { word, above } => self.bit - usize::from(above) + usize::from(word),
            _ => self.bit + self.bits,
        }
    }

    /// The bytes it lies in, of slots that are whole bytes.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.bit / 8..(self.bit + self.bits) / 8
    }
}

/// The fields that are there, in order, of a header that begins at `start` and ends at `header_end`.
pub fn slots(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize) -> impl Iterator<Item = Slot> {
    slots_up_to(proto, bytes, start, header_end, proto.fields.len())
}

/// The same of the first so many fields of the table.
fn slots_up_to(
    proto: &'static Protocol,
    bytes: &[u8],
    start: usize,
    header_end: usize,
    count: usize,
) -> impl Iterator<Item = Slot> {
    let mut bit = start * 8;
    proto.fields.iter().take(count).enumerate().filter_map(move |(field, f)| {
        let bits = width(proto, field, bytes, start, bit, header_end)?;
        let slot = Slot { field, bit, bits, order: f.order };
        bit += bits;
        Some(slot)
    })
}

/// The place of one field, if it is there.
#[inline]
pub fn slot(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize, field: usize) -> Option<Slot> {
    let f = proto.fields.get(field)?;
    if let (1, Size::Bits(bits)) = (proto.facts.direct >> field & 1, f.size) {
        return Some(Slot { field, bit: start * 8 + f.at as usize, bits: bits as usize, order: f.order });
    }
    walk_to(proto, bytes, start, header_end, field)
}

/// The same of a field that is not always there, or not always in the same place.
#[inline(never)]
fn walk_to(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize, field: usize) -> Option<Slot> {
    let f = &proto.fields[field];
    if let (true, true, Size::Bits(bits)) = (f.at != MOVES, f.on_wire(), f.size) {
        let slot = Slot { field, bit: start * 8 + f.at as usize, bits: bits as usize, order: f.order };
        return present(proto, f, bytes, start).then_some(slot);
    }
    // No further: what stands behind may depend on this one.
    slots_up_to(proto, bytes, start, header_end, field + 1).find(|s| s.field == field)
}

/// The place of what stands in a header's braces.
pub fn items_slot(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize) -> Option<Slot> {
    let field = proto.facts.list? as usize;
    match proto.facts {
        Facts { fixed: Some(size), rest: Some(rest), .. } if rest as usize == field => {
            let from = start + size as usize;
            Some(Slot { field, bit: from * 8, bits: header_end.saturating_sub(from) * 8, order: Order::High })
        }
        _ => slots(proto, bytes, start, header_end).find(|s| is_items(&proto.fields[s.field])),
    }
}

/// A field's width in bits, or none where it is not there.
fn width(proto: &'static Protocol, field: usize, bytes: &[u8], start: usize, bit: usize, end: usize) -> Option<usize> {
    let f = &proto.fields[field];
    if !f.on_wire() || !present(proto, f, bytes, start) {
        return None;
    }
    Some(match f.size {
        Size::Bits(bits) => bits as usize,
        Size::By(on, unit) => fixed(proto, bytes, start, on.index)? as usize * 8 * unit as usize,
        Size::Own => {
            let bytes = bytes.get(bit / 8..end)?;
            8 * match f.order {
                Order::Ber(form) => ber::length(bytes, form)?,
                _ => domain::length(bytes)?,
            }
        }
        Size::Before(behind) => (end * 8).checked_sub(bit + 8 * usize::from(behind))?,
        Size::Rest => match counted(proto, field) {
            Some(list) => (list::counted_end(proto, list, bytes, start, bit / 8, end)? * 8).saturating_sub(bit),
            None => (end * 8).saturating_sub(bit),
        },
    })
}

/// The list of a field that ends with the last item that is counted, since other fields stand behind it.
fn counted(proto: &Protocol, field: usize) -> Option<&'static List> {
    match proto.fields[field].kind {
        Kind::Items(list) if field + 1 < proto.fields.len() && !list.counts.is_empty() => Some(list),
        _ => None,
    }
}

/// Whether a field is there, as the fields say that it depends on.
pub fn present(proto: &'static Protocol, f: &Field, bytes: &[u8], start: usize) -> bool {
    let value = |on: Dep| fixed(proto, bytes, start, on.index).map(|v| v as u64);
    match f.when {
        When::Always => true,
        When::Unless(on, mask, left_out) => value(on).is_some_and(|v| v & mask != left_out),
        When::In(on, values) => value(on).is_some_and(|v| values.contains(&v)),
        When::NotIn(on, values) => value(on).is_some_and(|v| !values.contains(&v)),
        When::Bit(on) => value(on).is_some_and(|v| v != 0),
    }
}

/// The value of a field that others behind it depend on: found without knowing where the header ends.
pub fn fixed(proto: &'static Protocol, bytes: &[u8], start: usize, field: u8) -> Option<u128> {
    slot(proto, bytes, start, bytes.len(), field as usize)?.number(bytes)
}

/// The value that a field is filled with by the value of another one.
pub fn derived(proto: &'static Protocol, bytes: &[u8], start: usize, f: &Field) -> Option<u128> {
    let Rule::By(on, values) = f.rule else { return None };
    let value = fixed(proto, bytes, start, on.index)?;
    Some(values.iter().find(|(of, _)| u128::from(*of) == value).map_or(f.default, |(_, is)| u128::from(*is)))
}

/// How a header fits into the bytes from `start` to `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It ends here.
    Exact(usize),
    /// Its length field is impossible; its fixed part ends here.
    Lies(usize),
}

/// Finds the header's end, or none where even its fixed part does not fit, or its magic is another.
pub fn fit(proto: &'static Protocol, bytes: &[u8], start: usize, limit: usize) -> Option<Fit> {
    let bytes = bytes.get(..limit)?;
    let Some(size) = proto.facts.fixed else { return fit_field_by_field(proto, bytes, start, limit) };
    let fixed_end = start + size as usize;
    if fixed_end > limit {
        return None;
    }
    for field in fields_of(proto.facts.magic) {
        if slot(proto, bytes, start, limit, field)?.number(bytes) != Some(proto.fields[field].default) {
            return None;
        }
    }
    let rest = proto.facts.rest.map(|field| &proto.fields[field as usize]);
    Some(end_of(proto, bytes, (start, fixed_end), rest, limit))
}

/// The same of a header with parts of other sizes.
fn fit_field_by_field(proto: &'static Protocol, bytes: &[u8], start: usize, limit: usize) -> Option<Fit> {
    let mut bit = start * 8;
    let mut rest = None;
    for (field, f) in proto.fields.iter().enumerate() {
        if !f.on_wire() || !present(proto, f, bytes, start) {
            continue;
        }
        if let Size::Before(behind) = f.size {
            bit += 8 * usize::from(behind);
            rest = (bit <= limit * 8).then_some(f);
            rest?;
            break;
        }
        if matches!(f.size, Size::Rest) && counted(proto, field).is_none() {
            rest = Some(f);
            break;
        }
        let bits = width(proto, field, bytes, start, bit, limit)?;
        let slot = Slot { field, bit, bits, order: f.order };
        if f.magic && slot.number(bytes) != Some(f.default) {
            return None;
        }
        bit += bits;
        if bit > limit * 8 {
            return None;
        }
    }
    Some(end_of(proto, bytes, (start, bit / 8), rest, limit))
}

/// Where a header ends whose fixed part ends there; bytes end at the limit.
fn end_of(
    proto: &'static Protocol,
    bytes: &[u8],
    (start, fixed_end): (usize, usize),
    rest: Option<&Field>,
    limit: usize,
) -> Fit {
    let Some(end) = told_header_end(proto, bytes, start) else {
        return Fit::Exact(match rest.map(|f| f.kind) {
            Some(Kind::Items(list)) => list::end(proto, list, bytes, (start, fixed_end)),
            Some(_) => limit,
            None => fixed_end,
        });
    };
    if end == fixed_end || (rest.is_some() && end > fixed_end && end <= limit) {
        Fit::Exact(end)
    } else {
        Fit::Lies(fixed_end)
    }
}

/// Where the header ends as its own length field says; that may be anywhere, even before its start.
pub fn told_header_end(proto: &'static Protocol, bytes: &[u8], start: usize) -> Option<usize> {
    fields_of(proto.facts.header_len).find_map(|i| {
        let Rule::Len { of, unit, bias, .. } = proto.fields[i].rule else { return None };
        let field = slot(proto, bytes, start, bytes.len(), i)?;
        let base = if of == Extent::Header { start } else { field.range().end };
        let told = field.number(bytes)? as usize * unit as usize;
        Some((base + told).saturating_add_signed(-isize::from(bias)))
    })
}

/// Where a layer ends as its own length field says.
pub fn told_end(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize) -> Told {
    for field in fields_of(proto.facts.layer_len) {
        let f = &proto.fields[field];
        let (base, unit, bias, or_zero) = match f.rule {
            Rule::Len { of: Extent::Layer, unit, bias, or_zero } => (start, unit, bias, or_zero),
            Rule::Len { of: Extent::Payload, unit, bias, or_zero } => (header_end, unit, bias, or_zero),
            Rule::Next { or_len: true, .. } => (header_end, 1, 0, false),
            Rule::Short(name) => {
                let readable = proto.field(name).and_then(|field| slot(proto, bytes, start, header_end, field));
                (readable.map_or(header_end, |s| s.range().start), 1, 0, true)
            }
            _ => continue,
        };
        let Some(value) = slot(proto, bytes, start, header_end, field).and_then(|s| s.number(bytes)) else { continue };
        if matches!(f.rule, Rule::Next { .. }) && value > u128::from(MAX_LENGTH) {
            continue;
        }
        if or_zero && value == 0 {
            return Told::Nothing;
        }
        let end = (base + value as usize * unit as usize).saturating_add_signed(-isize::from(bias));
        return if end >= header_end { Told::End(end) } else { Told::Impossible };
    }
    Told::Nothing
}

/// What a layer says of its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// It would end inside its own header.
    Impossible,
    /// It ends here, maybe past the frame's end.
    End(usize),
}

/// Up to this, a type field is a length (IEEE 802.3-2022 3.2.6).
pub const MAX_LENGTH: u16 = 1500;

/// Whether a field holds what stands in braces.
pub fn is_items(f: &Field) -> bool {
    matches!(f.kind, Kind::Items(_))
}
