//! The vocabulary of the tables: what a protocol is made of.
//!
//! A field's rule is a relation, written once and read both ways: `num("ihl", 4).header_len(4)` fills the field in when
//! building and finds the header's end when decoding. Everything here is `const`, so that a mistake in a table (a name
//! that is not there, a header that is no whole number of bytes) stops the compiler.

/// A protocol header, or an item inside one (an option, a TLV): a sequence of fields.
#[derive(Debug)]
pub struct Protocol {
    /// Its name in the language.
    pub name: &'static str,
    /// Its name in words.
    pub title: &'static str,
    /// Where it is defined: RFC or IEEE clause.
    pub source: &'static str,
    /// The header's fields in wire order.
    pub fields: &'static [Field],
    /// Its numbers; the first one in a space is what build writes.
    pub keys: &'static [(Space, u64)],
    /// What stands below it where an expression begins with it.
    pub below: Option<&'static Protocol>,
    /// What always follows it.
    pub then: Option<&'static Protocol>,
    /// What follows is the quote of a datagram, perhaps a cut one: its checksums prove nothing.
    pub quotes: bool,
    /// How the next layer is guessed from its first bytes, where nothing names it.
    pub guess: Option<Guess>,
    /// What kind of part it is.
    pub role: Role,
    /// Where this field is not zero, what follows is bytes: a fragment.
    pub closed_by: Option<u8>,
    /// The address fields that checksums above it cover.
    pub pseudo: Option<(u8, u8)>,
    /// How the destination MAC is found from this layer.
    pub group: Option<Group>,
    /// Whether anything can follow; what lies behind a layer that carries nothing is padding.
    pub carries: bool,
    /// What it asks of the layers below, where nobody set it: `(layer, field, value)`.
    pub asks: &'static [(&'static str, &'static str, Ask)],
    /// Where a datagram goes in the end that is routed by this layer.
    pub route: Option<Route>,
}

/// What a protocol asks of a field below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// This value.
    Value(u128),
    /// The multicast group in this field, or that value where it is zero.
    Group(&'static str, u128),
    /// The solicited-node group of the IPv6 address in this field (RFC 4291 2.7.1).
    SolicitedNode(&'static str),
}

/// Where a source-routed datagram goes in the end: to one of the items that hold addresses, unless it is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The field that tells whether hops are left.
    pub left: u8,
    /// That field is a pointer: hops are left while it is not past the option's end. Otherwise it counts them.
    pub pointer: bool,
    /// The items with the addresses.
    pub item: &'static str,
    /// Whether the end is the first of them, as in a segment list, not the last.
    pub first: bool,
}

/// Guesses a protocol from its first bytes.
pub type Guess = fn(&[u8]) -> Option<&'static Protocol>;

impl PartialEq for Protocol {
    /// Tables are statics: the same one or another.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
impl Eq for Protocol {}

/// What kind of part a protocol is in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A header with what it carries behind it.
    Header,
    /// A link-layer header that begins a frame.
    Link,
    /// Inside the braces of a header.
    Item,
    /// A typed number in a payload; decode never guesses one.
    Data,
    /// `frame`: offset 0.
    Start,
    /// Padding, counted by no length before it.
    Pad,
    /// What a redundancy protocol puts behind the padding.
    Trailer,
    /// The frame check sequence.
    Fcs,
    /// Truncation of what is before it.
    Cut,
}

impl Role {
    /// Whether lengths before it end here.
    pub const fn is_tail(self) -> bool {
        matches!(self, Self::Pad | Self::Trailer | Self::Fcs | Self::Cut)
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the language.
    pub name: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// How its value is written.
    pub kind: Kind,
    /// How long it is.
    pub size: Size,
    /// What fills it in.
    pub rule: Rule,
    /// What it is filled with where the rule gives nothing.
    pub default: u128,
    /// When it is there.
    pub when: When,
    /// Named values; of a flags field, its bits.
    pub names: &'static [(&'static str, u64)],
    /// Set by `=` right behind the layer's name.
    pub main: bool,
    /// Whether one-line summaries show it.
    pub brief: Brief,
    /// The field of a question that an answer takes its value from.
    pub mirror: Option<&'static str>,
    /// Offset in bits from the header's start, or [`MOVES`].
    pub at: u16,
    /// Low byte first on the wire.
    pub little: bool,
    /// A header with another value than the default is not this protocol.
    pub magic: bool,
}

/// Whether one-line summaries show a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brief {
    /// No.
    Never,
    /// Where it is not its default.
    Unusual,
    /// Yes.
    Always,
}

/// The offset of a field that has something of variable length before it.
pub const MOVES: u16 = u16::MAX;

/// How a value is written.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Decimal.
    Num,
    /// `0x` and as many digits as the field holds.
    Hex,
    /// Named bits joined by `+`.
    Flags,
    /// `00:1b:21:00:00:01`.
    Mac,
    /// `192.0.2.1`.
    Ip4,
    /// `2001:db8::1`.
    Ip6,
    /// One bytes literal; where the size is fixed, zeros fill it up.
    Bytes,
    /// A domain name: `www.example.com` (RFC 1035 3.1); one that is compressed is bytes.
    Domain,
    /// What stands in braces.
    Items(&'static List),
}

/// How long a field is.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// A fixed number of bits.
    Bits(u16),
    /// As many bytes as another field says, in units of so many bytes.
    By(Dep, u8),
    /// All up to the header's end; of a counted list, up to its last item.
    Rest,
    /// The value itself tells where it ends.
    Own,
}

/// Another field of the same header: by name in the table, by index once laid out.
#[derive(Clone, Copy, Debug)]
pub struct Dep {
    /// The name in the table.
    pub name: &'static str,
    /// Its index among the fields.
    pub index: u8,
}

/// When a field is there.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// In every header.
    Always,
    /// Where `field & mask != value`.
    Unless(Dep, u64, u64),
    /// Where the field has one of these values.
    In(Dep, &'static [u64]),
    /// Where the field is there and has none of these values.
    NotIn(Dep, &'static [u64]),
    /// Where that bit is set: an optional field. Setting the field sets the bit.
    Bit(Dep),
}

impl When {
    /// The field that it depends on.
    pub const fn on(&self) -> Option<Dep> {
        match self {
            Self::Always => None,
            Self::Unless(on, ..) | Self::In(on, _) | Self::NotIn(on, _) | Self::Bit(on) => Some(*on),
        }
    }
}

/// What fills a field in, and what is compared with it when decoding.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// The default.
    Free,
    /// The default, and nothing else: what tells an item from another.
    Const,
    /// The interface's address.
    Iface,
    /// The number of what follows, and where it is no protocol, the default if `or_default`.
    Next {
        /// Where the numbers are from.
        space: Space,
        /// Whether there is a number for plain bytes.
        or_default: bool,
        /// Up to 1500 it is the payload's length and LLC follows (IEEE 802.3-2022 3.2.6).
        or_len: bool,
    },
    /// What of the number of what follows is above the 16 bits of the field behind: the organization that gave it.
    Above(Space),
    /// The value that goes with another field's, of pairs, else the default.
    By(Dep, &'static [(u64, u64)]),
    /// The bytes from behind the link layer and its VLAN tags up to the FCS (IEC 62439-3 4.2.7.3).
    Lsdu,
    /// A destination port: the number of what follows, else the default.
    To(Space),
    /// A source port: the default; decode looks here after the destination port.
    From(Space),
    /// `value * unit = bytes of the extent + bias`.
    Len {
        /// What is measured.
        of: Extent,
        /// Bytes a unit.
        unit: u8,
        /// What is added to the bytes.
        bias: i8,
        /// Zero says nothing, as of a datagram longer than the field can tell.
        or_zero: bool,
    },
    /// What a layer above asks for ([`Protocol::asks`]), else the default.
    Asked,
    /// 1 where a field is there that names this bit.
    Has,
    /// How many items of this name stand in the braces.
    CountOf(&'static str),
    /// The index of the last of them, from 0; 0 without any.
    LastOf(&'static str),
    /// 1 where the next layer is not the same protocol: the bottom of a stack.
    Bottom,
    /// The size in bytes of the fields that name this one.
    SizeOf,
    /// The bytes of the field of this name up to the last that is not zero.
    Used(&'static str),
    /// The Internet checksum (RFC 1071).
    Sum {
        /// What is summed.
        cover: Cover,
        /// Zero means "none": a computed zero is sent as 0xffff.
        zero_is_none: bool,
    },
    /// The destination MAC that goes with what is carried, else broadcast.
    Group,
    /// The field of this name before it, else in the nearest layer below that has one of the same width.
    Copy(&'static str),
    /// CRC-32C of the layer (RFC 9260 appendix A).
    Crc32c,
    /// CRC-32 of all before it (IEEE 802.3-2022 3.2.9).
    Crc,
    /// Zeros up to 60 bytes of frame.
    Fill,
    /// Not on the wire: the frame's length, for patterns.
    FrameLen,
    /// Not on the wire: how many bytes are kept.
    Keep,
}

/// What a length measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The header; of an item, the whole item.
    Header,
    /// Header and payload.
    Layer,
    /// What is behind the header.
    Payload,
    /// What is behind this field, up to the header's end.
    After,
    /// What is behind this field, up to the braces.
    UpToItems,
}

/// What a checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The header.
    Header,
    /// Header and payload.
    Layer,
    /// Header, payload, and the pseudo-header of the nearest layer below with addresses.
    Pseudo,
}

/// How the destination MAC is found.
#[derive(Clone, Copy, Debug)]
pub enum Group {
    /// From a multicast IPv4 address in this field (RFC 1112 6.4).
    Ip4(u8),
    /// From a multicast IPv6 address in this field (RFC 2464 7).
    Ip6(u8),
    /// Always this one.
    Mac(u64),
    /// This one and the value of this field.
    MacWith(u64, u8),
}

/// Where next-protocol numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// IEEE 802 numbers; above 16 bits the organization that gave the number, as SNAP has it.
    EtherType,
    /// LLC service access points.
    Sap,
    /// IANA protocol numbers.
    Ip,
    /// ICMP types.
    IcmpType,
    /// `ICMPv6` types.
    Icmp6Type,
    /// UDP ports.
    Udp,
    /// TCP ports.
    Tcp,
    /// PPP protocol numbers.
    Ppp,
    /// EAPOL packet types.
    Eapol,
}

/// What may stand in a header's braces.
#[derive(Debug)]
pub struct List {
    /// The items in the order they are tried; the first that fits exactly is taken.
    pub of: &'static [&'static Protocol],
    /// What is added up to a multiple of this many bytes from the header's start.
    pub align: u8,
    /// Zeros stand before an item up to a multiple of this many bytes from the header's start.
    pub spacing: u8,
    /// The added bytes are a padding option (RFC 8200 4.2), not zeros.
    pub pad_options: bool,
    /// The item behind which nothing is an item any more.
    pub end: Option<&'static str>,
    /// Items that a field counts: the field's name and the item's, in the order in which they stand.
    pub counts: &'static [(&'static str, &'static str)],
}

impl List {
    /// Items one behind the other up to the header's end.
    pub const fn of(of: &'static [&'static Protocol]) -> Self {
        Self { of, align: 1, spacing: 1, pad_options: false, end: None, counts: &[] }
    }
    /// Zeros are added up to a multiple of so many bytes from the header's start.
    #[must_use]
    pub const fn aligned(mut self, align: u8) -> Self {
        self.align = align;
        self
    }
    /// Each item begins at a multiple of so many bytes from the header's start; zeros stand before it.
    #[must_use]
    pub const fn spaced(mut self, spacing: u8) -> Self {
        self.spacing = spacing;
        self
    }
    /// A padding option is added up to a multiple of so many bytes.
    #[must_use]
    pub const fn pad_options(mut self, align: u8) -> Self {
        self.align = align;
        self.pad_options = true;
        self
    }
    /// Nothing behind this item is an item.
    #[must_use]
    pub const fn ends_with(mut self, item: &'static str) -> Self {
        self.end = Some(item);
        self
    }
    /// Fields say how many of these items there are.
    #[must_use]
    pub const fn counted(mut self, counts: &'static [(&'static str, &'static str)]) -> Self {
        self.counts = counts;
        self
    }
}

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
