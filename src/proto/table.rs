//! What a protocol is made of: the types that tables have, and that build, decode and match read.
//!
//! A field's rule is a relation, written once and read both ways: `num("ihl", 4).header_len(4)` fills the field in when
//! building and finds the header's end when decoding. Tables are written with the words of `words`, which are here too.

pub use super::words::*;

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
    /// The layer of a question that this one answers, where that is another one.
    pub answers: Option<&'static Protocol>,
    /// The address that is asked for, whose owner answers though the question went to a group.
    pub seeks: Option<u8>,
    /// What follows from the fields.
    pub facts: Facts,
}

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

/// The fields of a mask in order.
pub fn fields_of(mask: u64) -> impl Iterator<Item = usize> {
    let mut left = mask;
    std::iter::from_fn(move || {
        let field = (left != 0).then(|| left.trailing_zeros() as usize);
        left &= left.wrapping_sub(1);
        field
    })
}

/// What a protocol asks of a field below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// This value.
    Value(u128),
    /// The multicast group in this field, or that value where it is zero.
    Group(&'static str, u128),
    /// What goes with the value of this field, of pairs, else that value.
    By(&'static str, &'static [(u64, u128)], u128),
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
    /// The fields that lines show as `source > target` in place of this one.
    pub pair: Option<(u8, u8)>,
    /// Values of a question, each with what an answer to it has here.
    pub turns: &'static [(u64, u64)],
    /// It tells questions of one sender from each other, so `ask` numbers it where it is unset.
    pub marks: bool,
    /// Offset in bits from the header's start, or [`MOVES`].
    pub at: u16,
    /// In which order its bits stand on the wire.
    pub order: Order,
    /// A header with another value than the default is not this protocol.
    pub magic: bool,
}

/// In which order the bits of a number stand on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// High bit first.
    High,
    /// In a word of so many bits whose low byte is first: the field lies behind so many bits of it, counted from the high one.
    Low {
        /// The word's width.
        word: u8,
        /// Bits of the word above the field.
        above: u8,
    },
    /// As BER has it.
    Ber(Ber),
}

/// Numbers whose first byte tells how long they are (ITU-T X.690 8.1.3, 8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ber {
    /// A length: up to 127 one byte, else the number of bytes that follow, and these.
    Length,
    /// An integer that is not negative, with its length in front.
    Unsigned,
    /// Any integer, with its length in front.
    Signed,
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
    /// Decimal with a sign; on the wire two's complement.
    Int,
    /// Decimal, in as many bytes as it needs, and their number before them; in other bytes it is bytes.
    Ber(Ber),
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
    /// All up to so many bytes before the header's end: those of the fields behind it.
    Before(u8),
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
    /// What `MACsec` protects, bytes, where it is less than 48, else 0: from the field of this name on, which is readable; where it
    /// is not there, all but the last 16 bytes, the integrity check value (IEEE 802.1AE-2018 9.7).
    Short(&'static str),
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
    /// How many items stand in the braces.
    CountAll,
    /// 1 where another item follows this one.
    More,
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
    /// The same, a last odd byte added as Cisco adds it: as the low byte of a word, with a sign, and one off below zero.
    LayerCisco,
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
    /// A fixed one.
    Mac {
        /// This one,
        mac: u64,
        /// or where this field has one of these values, that one;
        by: Option<(u8, &'static [(u64, u64)])>,
        /// and the value of this field added.
        with: Option<u8>,
    },
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
    /// The most kinds of items that a header counts: those of a DNS message.
    pub const MOST_COUNTS: usize = 4;

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
        assert!(counts.len() <= Self::MOST_COUNTS, "that many kinds of items are counted nowhere");
        self.counts = counts;
        self
    }
}
