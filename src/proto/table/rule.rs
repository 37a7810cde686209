//! What fills a field in.

use super::{Dep, Space};

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
    /// What `MACsec` protects, bytes, where it is less than 48, else 0: from the field of this name on, which is readable, up
    /// to the check value; where neither is there, all but the last 16 bytes (IEEE 802.1AE-2018 9.7).
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
    /// What a layer above asks for ([`Protocol::asks`](super::Protocol::asks)), else the default.
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
