//! What follows from a table's fields alone, so that no frame costs a walk over them.

use super::{Brief, Extent, Field, Kind, MOVES, Order, Rule, Size, When};

/// What follows from a table's fields, worked out once by the compiler, so that nobody walks them for each frame. Sets of
/// fields are masks: bit `i` for field `i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Bytes of all fields, where each is there in every header and of a fixed size; the last may be the rest.
    pub fixed: Option<u16>,
    /// That last field.
    pub rest: Option<u8>,
    /// Fields that are in every header, of a fixed size, at a fixed place.
    pub direct: u64,
    /// Where the last field of a fixed place begins, in bits from the header's start.
    pub last_at: u16,
    /// Fields that tell where the header ends.
    pub header_len: u64,
    /// Fields that tell where the layer ends.
    pub layer_len: u64,
    /// Fields that name what follows.
    pub next: u64,
    /// Fields that have one value in this item.
    pub consts: u64,
    /// That value, where the first of them is the item's first byte: most items show by it that they are another one.
    pub kind: Option<u8>,
    /// Fields without which a header is not this protocol.
    pub magic: u64,
    /// Fields that a line about the frame may show.
    pub line: u64,
    /// Whether there is one that it may show of an intact frame.
    pub is_brief: bool,
    /// The main field.
    pub main: u64,
    /// What stands in the braces.
    pub list: Option<u8>,
}

impl Facts {
    /// What follows from the fields.
    pub(crate) const fn of(fields: &[Field]) -> Self {
        assert!(fields.len() <= 64, "a table has at most 64 fields");
        let mut all = Self {
            fixed: None,
            rest: None,
            direct: 0,
            last_at: 0,
            header_len: 0,
            layer_len: 0,
            next: 0,
            consts: 0,
            kind: None,
            magic: 0,
            line: 0,
            is_brief: false,
            main: 0,
            list: None,
        };
        let mut simple = true;
        let mut bits = 0;
        let mut i = 0;
        while i < fields.len() {
            let f = &fields[i];
            let bit = 1 << i;
            match f.rule {
                Rule::Len { of: Extent::Header | Extent::After, .. } => all.header_len |= bit,
                Rule::Len { of: Extent::Layer | Extent::Payload, .. } | Rule::Short(_) => all.layer_len |= bit,
                Rule::Next { or_len, .. } => {
                    all.next |= bit;
                    all.layer_len |= if or_len { bit } else { 0 };
                }
                Rule::Above(_) | Rule::To(_) | Rule::From(_) | Rule::Bottom => all.next |= bit,
                Rule::Const => all.consts |= bit,
                _ => {}
            }
            if f.magic {
                all.magic |= bit;
            }
            if !matches!(f.brief, Brief::Never) || f.is_check() || matches!(f.rule, Rule::Len { .. }) {
                all.line |= bit;
            }
            all.is_brief |= !matches!(f.brief, Brief::Never);
            if f.main {
                all.main |= bit;
            }
            if let (Kind::Items(_), None) = (f.kind, all.list) {
                all.list = Some(i as u8);
            }
            if f.at != MOVES && f.at > all.last_at {
                all.last_at = f.at;
            }
            if let (true, true, Size::Bits(_), When::Always) = (f.at != MOVES, f.on_wire(), f.size, f.when) {
                all.direct |= bit;
            }
            if let (0, Rule::Const, Order::High, Size::Bits(8), When::Always) = (i, f.rule, f.order, f.size, f.when) {
                all.kind = Some(f.default as u8);
            }
            match (f.on_wire(), f.size, f.when) {
                (false, ..) => {}
                (true, Size::Bits(n), When::Always) if all.rest.is_none() => bits += n,
                (true, Size::Rest, When::Always) if i + 1 == fields.len() => all.rest = Some(i as u8),
                _ => simple = false,
            }
            i += 1;
        }
        if simple {
            all.fixed = Some(bits / 8);
        }
        all
    }
}

/// The fields of a mask in order.
pub fn fields_of(mask: u64) -> impl Iterator<Item = usize> {
    let mut left = mask;
    std::iter::from_fn(move || {
        let field = (left != 0).then(|| left.trailing_zeros() as usize);
        left &= left.wrapping_sub(1);
        field
    })
}
