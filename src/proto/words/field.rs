//! The words for a field: how it is written, how long it is, what fills it in.

use crate::proto::table::*;

const fn field(name: &'static str, kind: Kind, size: Size) -> Field {
    Field {
        name,
        doc: "",
        kind,
        size,
        rule: Rule::Free,
        default: 0,
        when: When::Always,
        names: &[],
        main: false,
        brief: Brief::Never,
        answered: Answered::Unset,
        pair: None,
        marks: false,
        at: MOVES,
        order: Order::High,
        magic: false,
    }
}

/// A number written in decimal.
pub const fn num(name: &'static str, bits: u16) -> Field {
    field(name, Kind::Num, Size::Bits(bits))
}

/// A number that can be negative, in two's complement.
pub const fn int(name: &'static str, bits: u16) -> Field {
    field(name, Kind::Int, Size::Bits(bits))
}

/// A number as BER has it, with its length in front (ITU-T X.690 8.3).
pub const fn ber(name: &'static str, ber: Ber) -> Field {
    let mut field = field(name, Kind::Ber(ber), Size::Own);
    field.order = Order::Ber(ber);
    field
}

/// What is behind this field in the header or item, bytes, as BER has a length (ITU-T X.690 8.1.3).
pub const fn ber_len(name: &'static str) -> Field {
    ber(name, Ber::Length).len_after()
}

/// A number written in hex.
pub const fn hex(name: &'static str, bits: u16) -> Field {
    field(name, Kind::Hex, Size::Bits(bits))
}

/// A field of named bits.
pub const fn flags(name: &'static str, bits: u16, names: &'static [(&'static str, u64)]) -> Field {
    field(name, Kind::Flags, Size::Bits(bits)).named(names)
}

/// A MAC address.
pub const fn mac(name: &'static str) -> Field {
    field(name, Kind::Mac, Size::Bits(48))
}

/// An IPv4 address.
pub const fn ip4(name: &'static str) -> Field {
    field(name, Kind::Ip4, Size::Bits(32))
}

/// An IPv6 address.
pub const fn ip6(name: &'static str) -> Field {
    field(name, Kind::Ip6, Size::Bits(128))
}

/// A domain name.
pub const fn domain(name: &'static str) -> Field {
    field(name, Kind::Domain, Size::Own)
}

/// Bytes of a fixed size, filled up with zeros.
pub const fn block(name: &'static str, bytes: u16) -> Field {
    field(name, Kind::Bytes, Size::Bits(bytes * 8))
}

/// Bytes up to the header's end.
pub const fn bytes(name: &'static str) -> Field {
    field(name, Kind::Bytes, Size::Rest)
}

/// What stands in braces, up to the header's end.
pub const fn items(name: &'static str, list: &'static List) -> Field {
    field(name, Kind::Items(list), Size::Rest)
}

const fn dep(name: &'static str) -> Dep {
    Dep { name, index: u8::MAX }
}

impl Field {
    /// What it means.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
    /// Set by `=` right behind the layer's name.
    #[must_use]
    pub const fn main(mut self) -> Self {
        self.main = true;
        self
    }
    /// Shown in one-line summaries.
    #[must_use]
    pub const fn brief(mut self) -> Self {
        self.brief = Brief::Always;
        self
    }
    /// Shown in one-line summaries where it is not its default.
    #[must_use]
    pub const fn brief_if_unusual(mut self) -> Self {
        self.brief = Brief::Unusual;
        self
    }
    /// Named values.
    #[must_use]
    pub const fn named(mut self, names: &'static [(&'static str, u64)]) -> Self {
        self.names = names;
        self
    }
    /// The value where nothing else is filled in.
    #[must_use]
    pub const fn or(mut self, default: u128) -> Self {
        self.default = default;
        self
    }
    /// Low byte first.
    #[must_use]
    pub const fn little(mut self) -> Self {
        let Size::Bits(bits) = self.size else { panic!("what varies in size has no low byte") };
        self.order = Order::Low { word: bits as u8, above: 0 };
        self
    }
    /// In a word of so many bits whose low byte is first. Its fields stand one behind the other, from the high bit on.
    #[must_use]
    pub const fn in_word(mut self, bits: u8) -> Self {
        self.order = Order::Low { word: bits, above: u8::MAX };
        self
    }
    /// The field of a question whose value an answer takes.
    #[must_use]
    pub const fn mirrors(mut self, name: &'static str) -> Self {
        self.answered = Answered::Mirrors(name);
        self
    }
    /// An answer to a question with the first value of a pair has the second here.
    #[must_use]
    pub const fn turns(mut self, pairs: &'static [(u64, u64)]) -> Self {
        self.answered = Answered::Turns(pairs);
        self
    }
    /// What an answer has is this of the question's header and the number of bytes behind it.
    #[must_use]
    pub const fn replies(mut self, with: Replies) -> Self {
        self.answered = Answered::Computed(with);
        self
    }
    /// Tells questions of one sender from each other.
    #[must_use]
    pub const fn marks(mut self) -> Self {
        self.marks = true;
        self
    }
    /// Always this value in an item of this form.
    #[must_use]
    pub const fn always(mut self, value: u128) -> Self {
        self.default = value;
        self.rule(Rule::Const)
    }
    /// As many bytes long as that field says; its kind's own size where that field is unset.
    #[must_use]
    pub const fn sized_by(mut self, name: &'static str) -> Self {
        self.size = Size::By(dep(name), 1);
        self
    }
    /// The same in units of so many bytes.
    #[must_use]
    pub const fn sized_in(mut self, unit: u8, name: &'static str) -> Self {
        self.size = Size::By(dep(name), unit);
        self
    }
    /// Bytes up to so many before the header's end, which are those of the fields behind it.
    #[must_use]
    pub const fn before(mut self, bytes: u8) -> Self {
        self.size = Size::Before(bytes);
        self
    }
    /// There where that field has one of these values.
    #[must_use]
    pub const fn when(mut self, name: &'static str, values: &'static [u64]) -> Self {
        self.when = When::In(dep(name), values);
        self
    }
    /// There where that field has none of these values.
    #[must_use]
    pub const fn when_not(mut self, name: &'static str, values: &'static [u64]) -> Self {
        self.when = When::NotIn(dep(name), values);
        self
    }
    /// There where that bit is set, which setting this field does.
    #[must_use]
    pub const fn if_bit(mut self, name: &'static str) -> Self {
        self.when = When::Bit(dep(name));
        self
    }
    /// A bit that says whether the fields that name it are there.
    #[must_use]
    pub const fn has(self) -> Self {
        self.rule(Rule::Has)
    }
    /// How many items of this name stand in the braces.
    #[must_use]
    pub const fn count_of(self, item: &'static str) -> Self {
        self.rule(Rule::CountOf(item))
    }
    /// How many items stand in the braces.
    #[must_use]
    pub const fn count_all(self) -> Self {
        self.rule(Rule::CountAll)
    }
    /// 1 in an item that another one follows.
    #[must_use]
    pub const fn more(self) -> Self {
        self.rule(Rule::More)
    }
    /// The index of the last item of this name in the braces.
    #[must_use]
    pub const fn last_of(self, item: &'static str) -> Self {
        self.rule(Rule::LastOf(item))
    }
    /// What a layer above asks for, else the default.
    #[must_use]
    pub const fn asked(self) -> Self {
        self.rule(Rule::Asked)
    }
    /// A header with another value here is not this protocol.
    #[must_use]
    pub const fn magic(mut self, value: u128) -> Self {
        self.magic = true;
        self.or(value)
    }
    /// There unless `name & mask == value`.
    #[must_use]
    pub const fn unless(mut self, name: &'static str, mask: u64, value: u64) -> Self {
        self.when = When::Unless(dep(name), mask, value);
        self
    }
    /// The interface's address.
    #[must_use]
    pub const fn iface(self) -> Self {
        self.rule(Rule::Iface)
    }
    /// The number of what follows; no number for bytes.
    #[must_use]
    pub const fn next(self, space: Space) -> Self {
        self.rule(Rule::Next { space, or_default: false, or_len: false })
    }
    /// The number of what follows, and this one before bytes.
    #[must_use]
    pub const fn next_or(self, space: Space, default: u128) -> Self {
        self.rule(Rule::Next { space, or_default: true, or_len: false }).or(default)
    }
    /// The number of what follows, this one before bytes, the payload's length before LLC.
    #[must_use]
    pub const fn next_or_len(self, space: Space, default: u128) -> Self {
        self.rule(Rule::Next { space, or_default: true, or_len: true }).or(default)
    }
    /// A destination port.
    #[must_use]
    pub const fn port_to(self, space: Space) -> Self {
        self.rule(Rule::To(space))
    }
    /// A source port.
    #[must_use]
    pub const fn port_from(self, space: Space) -> Self {
        self.rule(Rule::From(space))
    }
    /// The header's length in units of so many bytes.
    #[must_use]
    pub const fn header_len(self, unit: u8) -> Self {
        self.rule(Rule::Len { of: Extent::Header, unit, bias: 0, or_zero: false })
    }
    /// The header's length, plus `bias` bytes, in units of so many bytes.
    #[must_use]
    pub const fn header_len_biased(self, unit: u8, bias: i8) -> Self {
        self.rule(Rule::Len { of: Extent::Header, unit, bias, or_zero: false })
    }
    /// What is behind this field in the header or item, bytes.
    #[must_use]
    pub const fn len_after(self) -> Self {
        self.rule(Rule::Len { of: Extent::After, unit: 1, bias: 0, or_zero: false })
    }
    /// What is behind this field in the header before the braces, bytes.
    #[must_use]
    pub const fn len_up_to_items(self) -> Self {
        self.rule(Rule::Len { of: Extent::UpToItems, unit: 1, bias: 0, or_zero: false })
    }
    /// The value that goes with that field's, of pairs, else the default.
    #[must_use]
    pub const fn by(self, name: &'static str, values: &'static [(u64, u64)]) -> Self {
        self.rule(Rule::By(dep(name), values))
    }
    /// Header and payload, bytes.
    #[must_use]
    pub const fn layer_len(self) -> Self {
        self.rule(Rule::Len { of: Extent::Layer, unit: 1, bias: 0, or_zero: false })
    }
    /// Payload, bytes.
    #[must_use]
    pub const fn payload_len(self) -> Self {
        self.rule(Rule::Len { of: Extent::Payload, unit: 1, bias: 0, or_zero: false })
    }
    /// Payload, bytes; 0 where it is longer than the field can tell (RFC 2675 3).
    #[must_use]
    pub const fn payload_len_or_zero(self) -> Self {
        self.rule(Rule::Len { of: Extent::Payload, unit: 1, bias: 0, or_zero: true })
    }
    /// The size in bytes of the fields that name this one, their kind's own size by default.
    #[must_use]
    pub const fn size_of(self) -> Self {
        self.rule(Rule::SizeOf)
    }
    /// The Internet checksum of this.
    #[must_use]
    pub const fn sum(self, cover: Cover) -> Self {
        self.rule(Rule::Sum { cover, zero_is_none: false })
    }
    /// The Internet checksum with pseudo-header, where zero means none.
    #[must_use]
    pub const fn sum_pseudo_or_none(self) -> Self {
        self.rule(Rule::Sum { cover: Cover::Pseudo, zero_is_none: true })
    }
    /// Filled in by this rule.
    #[must_use]
    pub const fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }
}
