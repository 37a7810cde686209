//! Where fields lie in a header whose parts have the sizes that they usually have, and where the header ends.

use crate::proto::table::{Extent, MOVES, Order, Protocol, Rule, Size, When};

/// Where a header begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// So many bytes behind the frame's start, a stripped tag counted.
    At(u32),
    /// So many bytes behind the place that register X holds, a stripped tag not counted.
    X(u32),
    /// Nobody knows.
    Unknown,
}

impl Base {
    /// So many bytes further on.
    pub fn plus(self, bytes: u32) -> Self {
        match self {
            Self::At(at) => Self::At(at + bytes),
            Self::X(at) => Self::X(at + bytes),
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A field's place in its header, in bits.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Offset from the header's start.
    pub bit: usize,
    /// Width.
    pub bits: usize,
    /// Low byte first.
    pub little: bool,
    /// It lies here only where [`Shape::usual`] holds.
    pub moves: bool,
}

/// A header where all that varies has its usual size.
#[derive(Debug)]
pub struct Shape {
    places: Vec<Option<Place>>,
    /// Bytes that every header of this protocol has.
    pub least: u32,
    /// Bytes of a header with the usual sizes.
    pub size: u32,
    /// The fields whose values say that the sizes are the usual ones, and those values.
    pub usual: Vec<(usize, u64)>,
    /// The fields without whose values it is another header.
    pub magic: Vec<(usize, u128)>,
    /// Where [`Self::usual`] and [`Self::magic`] hold and `size` bytes are there, such a header is there.
    pub sure: bool,
    /// Where the header ends.
    pub end: End,
}

/// Where a header ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Always so many bytes behind its start.
    Fixed(u32),
    /// Where this field is greater than `most`, `value * unit + more` bytes behind its start if that is in the frame; else
    /// `fixed` bytes behind it.
    Told { field: usize, unit: u32, more: u32, most: u32, fixed: u32 },
    /// Not to be known here.
    Unknown,
}

impl Shape {
    /// The shape of a protocol's header.
    pub fn of(proto: &'static Protocol) -> Self {
        let mut shape = Self {
            places: vec![None; proto.fields.len()],
            least: 0,
            size: 0,
            usual: Vec::new(),
            magic: Vec::new(),
            sure: true,
            end: End::Unknown,
        };
        let (mut bit, mut rest) = (0, false);
        for (index, f) in proto.fields.iter().enumerate().filter(|(_, f)| f.on_wire()) {
            let fixed = matches!((f.size, f.when), (Size::Bits(_), When::Always));
            match f.size {
                Size::By(on, unit)
                    if matches!(f.when, When::Always)
                        && unit > 0
                        && f.bits() > 0
                        && f.bits().is_multiple_of(8 * unit as usize) =>
                {
                    shape.usual.push((on.index.into(), (f.bits() / 8 / unit as usize) as u64));
                }
                Size::Rest if index + 1 == proto.fields.len() && matches!(f.when, When::Always) => {
                    rest = true;
                    break;
                }
                _ if fixed => {}
                _ => {
                    shape.sure = false;
                    break;
                }
            }
            if f.magic {
                shape.magic.push((index, f.default));
            }
            let little = match f.order {
                Order::High => Some(false),
                Order::Low { word, .. } => (usize::from(word) == f.bits()).then_some(true),
                Order::Ber(_) => None,
            };
            let moves = f.at == MOVES || !fixed;
            shape.places[index] = little.map(|little| Place { bit, bits: f.bits(), little, moves });
            bit += f.bits();
            if f.at != MOVES && fixed {
                shape.least = (bit / 8) as u32;
            }
        }
        shape.size = (bit / 8) as u32;
        let whole = shape.places.iter().flatten().count() + usize::from(rest)
            == proto.fields.iter().filter(|f| f.on_wire()).count();
        if whole && shape.usual.is_empty() {
            shape.end = shape.told(proto, rest).unwrap_or(if rest { End::Unknown } else { End::Fixed(shape.size) });
        }
        shape
    }

    /// A field's place.
    pub fn place(&self, field: usize) -> Option<Place> {
        self.places.get(field).copied().flatten()
    }

    /// The header's end as a field of it tells; the same relation as in [`super::super::layout`].
    fn told(&self, proto: &'static Protocol, rest: bool) -> Option<End> {
        let (field, of, unit, bias) = proto.fields.iter().enumerate().find_map(|(i, f)| match f.rule {
            Rule::Len { of: of @ (Extent::Header | Extent::After), unit, bias, .. } => Some((i, of, unit, bias)),
            _ => None,
        })?;
        if !rest {
            return Some(End::Fixed(self.size));
        }
        let place = self.place(field)?;
        let behind = if of == Extent::After { i64::try_from((place.bit + place.bits) / 8).ok()? } else { 0 };
        let more = behind - i64::from(bias);
        let most = (i64::from(self.size) - more).checked_div(unit.into())?;
        // A header that the field could make shorter by no sum below zero: else nothing is known.
        let (Ok(more), Ok(most)) = (u32::try_from(more), u32::try_from(most)) else { return Some(End::Unknown) };
        Some(End::Told { field, unit: unit.into(), more, most, fixed: self.size })
    }
}
