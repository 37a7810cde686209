//! Where a header's fields lie in given bytes.

use super::bits;
use crate::proto::table::{Extent, Field, Kind, MOVES, Protocol, Rule, Size, When};

/// The place of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its index in the table.
    pub field: usize,
    /// Offset in bits from the frame's start.
    pub bit: usize,
    /// Width in bits.
    pub bits: usize,
    /// Low byte first.
    pub little: bool,
}

impl Slot {
    /// The bytes it lies in, of slots that are whole bytes.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.bit / 8..(self.bit + self.bits) / 8
    }
}

/// The fields that are there, in order, of a header that begins at `start` and ends at `header_end`.
pub fn slots(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize) -> impl Iterator<Item = Slot> {
    let mut bit = start * 8;
    proto.fields.iter().enumerate().filter_map(move |(field, f)| {
        let bits = width(proto, f, bytes, start, bit, header_end)?;
        let slot = Slot { field, bit, bits, little: f.little };
        bit += bits;
        Some(slot)
    })
}

/// The place of one field, if it is there.
pub fn slot(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize, field: usize) -> Option<Slot> {
    let f = proto.fields.get(field)?;
    if f.at != MOVES
        && f.on_wire()
        && let (Size::Bits(bits), When::Always) = (f.size, f.when)
    {
        return Some(Slot { field, bit: start * 8 + f.at as usize, bits: bits as usize, little: f.little });
    }
    slots(proto, bytes, start, header_end).find(|s| s.field == field)
}

/// A field's width in bits, or none where it is not there.
fn width(proto: &Protocol, f: &Field, bytes: &[u8], start: usize, bit: usize, header_end: usize) -> Option<usize> {
    if !f.on_wire() {
        return None;
    }
    if let When::Unless(on, mask, value) = f.when
        && fixed(proto, bytes, start, on.index)? as u64 & mask == value
    {
        return None;
    }
    Some(match f.size {
        Size::Bits(bits) => bits as usize,
        Size::By(on) => fixed(proto, bytes, start, on.index)? as usize * 8,
        Size::Rest => (header_end * 8).saturating_sub(bit),
    })
}

/// The value of a field that others depend on: always one at a fixed offset.
fn fixed(proto: &Protocol, bytes: &[u8], start: usize, field: u8) -> Option<u128> {
    let f = &proto.fields[field as usize];
    bits::get(bytes, start * 8 + f.at as usize, f.bits())
}

/// How a header fits into the bytes from `start` to `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It ends here.
    Exact(usize),
    /// Its length field is impossible; its fixed part ends here.
    Lies(usize),
}

/// Finds the header's end, or none where even its fixed part does not fit.
pub fn fit(proto: &'static Protocol, bytes: &[u8], start: usize, limit: usize) -> Option<Fit> {
    let mut fixed_end = start * 8;
    let mut rest = false;
    for f in proto.fields {
        if matches!(f.size, Size::Rest) {
            rest = f.on_wire();
            continue;
        }
        fixed_end += width(proto, f, &bytes[..limit], start, fixed_end, limit).unwrap_or(0);
        if fixed_end > limit * 8 {
            return None;
        }
    }
    let fixed_end = fixed_end / 8;
    let Some(said) = header_len(proto, bytes, start) else {
        return Some(Fit::Exact(if rest { limit } else { fixed_end }));
    };
    let end = start.saturating_add(said);
    Some(if end == fixed_end || (rest && end > fixed_end && end <= limit) {
        Fit::Exact(end)
    } else {
        Fit::Lies(fixed_end)
    })
}

/// The header's length in bytes as its own length field says.
pub fn header_len(proto: &Protocol, bytes: &[u8], start: usize) -> Option<usize> {
    let (index, unit) = length(proto, |of| of == Extent::Header)?;
    Some(fixed(proto, bytes, start, index as u8)? as usize * unit)
}

/// The length field of an extent: its index and its unit in bytes.
pub fn length(proto: &Protocol, which: impl Fn(Extent) -> bool) -> Option<(usize, usize)> {
    proto.fields.iter().enumerate().find_map(|(i, f)| match f.rule {
        Rule::Len { of, unit } if which(of) => Some((i, unit as usize)),
        _ => None,
    })
}

/// Where a layer ends as its own length field says, with a length that can be: not inside its header.
pub fn told_end(proto: &'static Protocol, bytes: &[u8], start: usize, header_end: usize) -> Told {
    for (field, f) in proto.fields.iter().enumerate() {
        let (base, unit) = match f.rule {
            Rule::Len { of: Extent::Layer, unit } => (start, unit as usize),
            Rule::Len { of: Extent::Payload, unit } => (header_end, unit as usize),
            Rule::Next { or_len: true, .. } => (header_end, 1),
            _ => continue,
        };
        let Some(value) = slot(proto, bytes, start, header_end, field).and_then(|s| s.number(bytes)) else { continue };
        if matches!(f.rule, Rule::Next { .. }) && value > u128::from(MAX_LENGTH) {
            continue;
        }
        let end = base.saturating_add(value as usize * unit);
        return if end >= header_end { Told::End(end) } else { Told::Impossible };
    }
    Told::Nothing
}

/// What a layer says of its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It has no length field.
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
