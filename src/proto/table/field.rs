//! A field: how its value is written, how long it is, when it is there.

use super::{Cover, List, Replies, Rule};

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
    /// What an answer has here.
    pub answered: Answered,
    /// The fields that lines show as `source > target` in place of this one.
    pub pair: Option<(u8, u8)>,
    /// It tells questions of one sender from each other, so `ask` numbers it where it is unset.
    pub marks: bool,
    /// Offset in bits from the header's start, or [`MOVES`].
    pub at: u16,
    /// In which order its bits stand on the wire.
    pub order: Order,
    /// A header with another value than the default is not this protocol.
    pub magic: bool,
}

/// What an answer has in a field.
#[derive(Clone, Copy, Debug)]
pub enum Answered {
    /// What an unset field has.
    Unset,
    /// The value of this field of the question.
    Mirrors(&'static str),
    /// What stands beside the question's own value here; a question with another value has no answer.
    Turns(&'static [(u64, u64)]),
    /// What comes of the question's header and of how many bytes follow it.
    Computed(Replies),
}

impl Answered {
    /// The field of the question, which this one is called `own` of, that tells the answer alone.
    pub fn told_by(self, own: &'static str) -> Option<&'static str> {
        match self {
            Self::Mirrors(name) => Some(name),
            Self::Turns(_) => Some(own),
            Self::Unset | Self::Computed(_) => None,
        }
    }

    /// Whether it tells a question from an answer.
    pub const fn turns(self) -> bool {
        matches!(self, Self::Turns(_))
    }
}

impl Field {
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
        matches!(self.rule, Rule::Crc32c | Rule::Sum { cover: Cover::Pseudo | Cover::Layer | Cover::LayerCisco, .. })
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
