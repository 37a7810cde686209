//! The words that tables are written in: `num("ihl", 4).header_len(4)`.
//!
//! Every one is `const`, so that a mistake in a table (a name that is not there, a header that is no whole number of bytes)
//! stops the compiler. What they make is in [`super::table`].

use super::table::*;

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
        mirror: None,
        at: MOVES,
        little: false,
        magic: false,
    }
}

/// A number written in decimal.
pub const fn num(name: &'static str, bits: u16) -> Field {
    field(name, Kind::Num, Size::Bits(bits))
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
        self.little = true;
        self
    }
    /// The field of a question whose value an answer takes.
    #[must_use]
    pub const fn mirrors(mut self, name: &'static str) -> Self {
        self.mirror = Some(name);
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

    /// Its width in bits, the kind's own where it varies; 0 where it has none.
    pub const fn bits(&self) -> usize {
        match (self.size, self.kind) {
            (Size::Bits(bits), _) => bits as usize,
            (Size::By(..), Kind::Mac) => 48,
            (Size::By(..), Kind::Ip4) => 32,
            (Size::By(..), Kind::Ip6) => 128,
            _ => 0,
        }
    }

    /// Whether it is on the wire at all.
    pub const fn on_wire(&self) -> bool {
        !matches!(self.rule, Rule::FrameLen | Rule::Keep)
    }

    /// Whether it is a checksum or CRC, which can be `bad`.
    pub const fn is_check(&self) -> bool {
        matches!(self.rule, Rule::Sum { .. } | Rule::Crc | Rule::Crc32c)
    }

    /// Whether it is a checksum over payload.
    pub const fn sums_payload(&self) -> bool {
        matches!(self.rule, Rule::Crc32c | Rule::Sum { cover: Cover::Pseudo | Cover::Layer, .. })
    }

    /// Whether it is a checksum that the kernel leaves to a device (`CHECKSUM_PARTIAL`): of TCP, UDP or SCTP.
    pub const fn may_be_left(&self) -> bool {
        matches!(self.rule, Rule::Crc32c | Rule::Sum { cover: Cover::Pseudo, .. })
    }

    /// The name of a value in this field's table.
    pub fn name_of(&self, value: u128) -> Option<&'static str> {
        self.names.iter().find(|(_, v)| u128::from(*v) == value).map(|(n, _)| *n)
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn index_of(fields: &[Field], name: &str) -> u8 {
    let mut i = 0;
    while i < fields.len() {
        if same(fields[i].name, name) {
            return i as u8;
        }
        i += 1;
    }
    panic!("a table names a field that it does not have")
}

const fn resolve(fields: &[Field], on: Dep, who: usize) -> Dep {
    let index = index_of(fields, on.name);
    // Who depends on a field must find it without a look at what comes later.
    assert!((index as usize) < who, "a field that others depend on stands before them");
    Dep { name: on.name, index }
}

/// Resolves the names of dependents and works out the fixed offsets.
pub const fn layout<const N: usize>(mut fields: [Field; N]) -> [Field; N] {
    let mut bit = 0u16;
    let mut i = 0;
    while i < N {
        fields[i].at = bit;
        if let Size::By(on, unit) = fields[i].size {
            fields[i].size = Size::By(resolve(&fields, on, i), unit);
        }
        if let Rule::By(on, values) = fields[i].rule {
            fields[i].rule = Rule::By(resolve(&fields, on, i), values);
        }
        fields[i].when = match fields[i].when {
            When::Always => When::Always,
            When::Unless(on, mask, value) => When::Unless(resolve(&fields, on, i), mask, value),
            When::In(on, values) => When::In(resolve(&fields, on, i), values),
            When::NotIn(on, values) => When::NotIn(resolve(&fields, on, i), values),
            When::Bit(on) => When::Bit(resolve(&fields, on, i)),
        };
        if bit != MOVES {
            bit = match (fields[i].size, fields[i].when, fields[i].on_wire()) {
                (_, _, false) => bit,
                (Size::Bits(n), When::Always, _) => bit + n,
                _ => MOVES,
            };
        }
        i += 1;
    }
    assert!(bit == MOVES || bit.is_multiple_of(8), "a header is a whole number of bytes");
    fields
}

/// A protocol header.
pub const fn protocol(
    name: &'static str,
    title: &'static str,
    source: &'static str,
    fields: &'static [Field],
) -> Protocol {
    Protocol {
        name,
        title,
        source,
        fields,
        keys: &[],
        below: None,
        then: None,
        guess: None,
        quotes: false,
        role: Role::Header,
        closed_by: None,
        pseudo: None,
        group: None,
        carries: true,
        asks: &[],
        route: None,
    }
}

/// An item inside a header's braces.
pub const fn item(name: &'static str, title: &'static str, source: &'static str, fields: &'static [Field]) -> Protocol {
    protocol(name, title, source, fields).role(Role::Item)
}

impl Protocol {
    /// Its numbers.
    #[must_use]
    pub const fn under(mut self, keys: &'static [(Space, u64)]) -> Self {
        self.keys = keys;
        self
    }
    /// What stands below it where an expression begins with it.
    #[must_use]
    pub const fn on(mut self, below: &'static Protocol) -> Self {
        self.below = Some(below);
        self
    }
    /// What always follows.
    #[must_use]
    pub const fn then(mut self, next: &'static Protocol) -> Self {
        self.then = Some(next);
        self
    }
    /// What follows is the beginning of a datagram of this protocol, quoted.
    #[must_use]
    pub const fn quotes(mut self, next: &'static Protocol) -> Self {
        self.quotes = true;
        self.then(next)
    }
    /// What kind of part it is.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
    /// What follows is bytes where this field is not zero.
    #[must_use]
    pub const fn closed_by(mut self, name: &'static str) -> Self {
        self.closed_by = Some(index_of(self.fields, name));
        self
    }
    /// The addresses that checksums above it cover.
    #[must_use]
    pub const fn pseudo(mut self, src: &'static str, dst: &'static str) -> Self {
        self.pseudo = Some((index_of(self.fields, src), index_of(self.fields, dst)));
        self
    }
    /// The IPv4 address that may be a multicast group.
    #[must_use]
    pub const fn group_ip4(mut self, name: &'static str) -> Self {
        self.group = Some(Group::Ip4(index_of(self.fields, name)));
        self
    }
    /// The IPv6 address that may be a multicast group.
    #[must_use]
    pub const fn group_ip6(mut self, name: &'static str) -> Self {
        self.group = Some(Group::Ip6(index_of(self.fields, name)));
        self
    }
    /// The group address that frames of this protocol go to.
    #[must_use]
    pub const fn to(mut self, mac: u64) -> Self {
        self.group = Some(Group::Mac(mac));
        self
    }
    /// What it asks of the layers below, where nobody set it: `(layer, field, value)`.
    #[must_use]
    pub const fn asks(mut self, asks: &'static [(&'static str, &'static str, Ask)]) -> Self {
        self.asks = asks;
        self
    }
    /// Where hops are left, checksums above it cover the address of the last item of this name.
    #[must_use]
    pub const fn routes_to_last(mut self, left: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, left), pointer: false, item, first: false });
        self
    }
    /// The same where a field points at the next hop, as in an option of IPv4 (RFC 791 3.1).
    #[must_use]
    pub const fn routes_by(mut self, pointer: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, pointer), pointer: true, item, first: false });
        self
    }
    /// The same with the first item.
    #[must_use]
    pub const fn routes_to_first(mut self, left: &'static str, item: &'static str) -> Self {
        self.route = Some(Route { left: index_of(self.fields, left), pointer: false, item, first: true });
        self
    }
    /// The group address that they go to, and the value of that field added.
    #[must_use]
    pub const fn to_with(mut self, mac: u64, name: &'static str) -> Self {
        self.group = Some(Group::MacWith(mac, index_of(self.fields, name)));
        self
    }
    /// How the next layer is guessed from its first bytes, where nothing names it.
    #[must_use]
    pub const fn guess(mut self, guess: Guess) -> Self {
        self.guess = Some(guess);
        self
    }
    /// Nothing follows it.
    #[must_use]
    pub const fn carries_nothing(mut self) -> Self {
        self.carries = false;
        self
    }

    /// Its number in a space, as build writes it.
    pub fn key(&self, space: Space) -> Option<u64> {
        self.keys.iter().find(|(s, _)| *s == space).map(|(_, n)| *n)
    }

    /// The index of the field of this name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The main field.
    pub fn main(&self) -> Option<usize> {
        self.fields.iter().position(|f| f.main)
    }

    /// The list that stands in its braces.
    pub fn list(&self) -> Option<&'static List> {
        self.fields.iter().find_map(|f| match f.kind {
            Kind::Items(list) => Some(list),
            _ => None,
        })
    }
}
