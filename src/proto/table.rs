//! What a protocol is made of: the types that tables have, and that build, decode and match read.
//!
//! A field's rule is a relation, written once and read both ways: `num("ihl", 4).header_len(4)` fills the field in when
//! building and finds the header's end when decoding. Tables are written with the words of `words`, which are here too.

mod facts;
mod field;
mod list;
mod rule;

pub use super::words::*;
pub use facts::{Facts, fields_of};
pub use field::*;
pub use list::List;
pub use rule::{Cover, Extent, Rule};

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

/// What an answer has in a field, by the question's header and how many bytes follow that; none if nothing is told.
pub type Replies = fn(&[u8], usize) -> Option<u64>;

impl PartialEq for Protocol {
    /// Tables are statics: the same one or another.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
impl Eq for Protocol {}

impl Protocol {
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
        match self.fields.get(self.facts.list? as usize)?.kind {
            Kind::Items(list) => Some(list),
            _ => None,
        }
    }
}

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
    /// What stands behind all contents, of a protocol whose header stands before them: no length of theirs counts it.
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
