//! One captured frame and the interface it was seen on, as every capture format tells them.

use std::fmt;

/// A point in time: nanoseconds since 1970-01-01 00:00:00 UTC, leap seconds not counted. Holds the years 1678 to 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

const NANOS: i64 = 1_000_000_000;

impl Time {
    /// Whole seconds and the nanoseconds above them; `None` where the sum is out of range.
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        seconds.checked_mul(NANOS)?.checked_add(i64::from(nanos)).map(Self)
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(NANOS)
    }

    /// Nanoseconds above [`Time::seconds`], 0 to 999 999 999.
    pub fn nanos(self) -> u32 {
        self.0.rem_euclid(NANOS) as u32
    }
}

/// What the bytes of a record begin with: the registry at <https://www.tcpdump.org/linktypes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// IEEE 802.3 Ethernet.
    pub const ETHERNET: Self = Self(1);
}

impl Default for LinkType {
    fn default() -> Self {
        Self::ETHERNET
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            0 => "BSD loopback",
            1 => "Ethernet",
            9 => "PPP",
            101 => "raw IP",
            105 => "IEEE 802.11",
            113 => "Linux cooked capture",
            127 => "IEEE 802.11 with radiotap",
            147..=162 => "user-defined",
            228 => "raw IPv4",
            229 => "raw IPv6",
            276 => "Linux cooked capture v2",
            other => return write!(f, "link type {other}"),
        };
        write!(f, "{name} (link type {})", self.0)
    }
}

/// Which way a frame went, seen from the capturing machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Received.
    In,
    /// Sent.
    Out,
}

/// The link-layer flags of a record, laid out as `epb_flags` of pcapng (draft-ietf-opsawg-pcapng 4.3.1). Zero: nothing known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u32);

impl Flags {
    /// The direction, where it is known.
    pub fn direction(self) -> Option<Direction> {
        match self.0 & 3 {
            1 => Some(Direction::In),
            2 => Some(Direction::Out),
            _ => None,
        }
    }

    /// The same flags with this direction.
    #[must_use]
    pub fn with_direction(self, direction: Option<Direction>) -> Self {
        let bits = match direction {
            None => 0,
            Some(Direction::In) => 1,
            Some(Direction::Out) => 2,
        };
        Self(self.0 & !3 | bits)
    }

    /// Octets of FCS at the end of the frame; `None` where the flags do not say.
    pub fn fcs_len(self) -> Option<u8> {
        match (self.0 >> 5) & 0xf {
            0 => None,
            len => Some(len as u8),
        }
    }

    /// The same flags with this many octets (0 to 15) of FCS at the end of the frame.
    #[must_use]
    pub fn with_fcs_len(self, octets: u8) -> Self {
        Self(self.0 & !(0xf << 5) | (u32::from(octets) & 0xf) << 5)
    }
}

/// One captured frame. The bytes are borrowed from whoever has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it was seen; `None` where the format keeps no time (pcapng Simple Packet Block).
    pub time: Option<Time>,
    /// The bytes that were kept.
    pub data: &'a [u8],
    /// Length of the frame before it was cut to the snap length.
    pub original_len: u32,
    /// Index into the interfaces of the reader or writer, counted over all sections of the file.
    pub interface: u32,
    /// What the bytes begin with.
    pub link_type: LinkType,
    /// Direction, kind of reception, FCS length.
    pub flags: Flags,
    /// Frames lost between the one before on this interface and this one; `None` where the file does not say.
    pub dropped: Option<u64>,
}

impl<'a> Record<'a> {
    /// A whole Ethernet frame on the first interface.
    pub fn new(time: Option<Time>, data: &'a [u8]) -> Self {
        Self {
            time,
            data,
            original_len: u32::try_from(data.len()).unwrap_or(u32::MAX),
            interface: 0,
            link_type: LinkType::ETHERNET,
            flags: Flags::default(),
            dropped: None,
        }
    }

    /// Which way the frame went, where it is known.
    pub fn direction(&self) -> Option<Direction> {
        self.flags.direction()
    }

    /// Bytes of the frame that were not kept.
    pub fn missing(&self) -> u32 {
        self.original_len.saturating_sub(u32::try_from(self.data.len()).unwrap_or(u32::MAX))
    }
}

/// An interface that frames of a capture were seen on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its name, where the file has it. Foreign bytes that are not UTF-8 were replaced by U+FFFD.
    pub name: Option<String>,
    /// What its user calls it.
    pub description: Option<String>,
    /// What its frames begin with.
    pub link_type: LinkType,
    /// Longest part of a frame that was kept, in bytes; 0: no limit.
    pub snaplen: u32,
    /// Octets of FCS at the end of each frame, where the file says so.
    pub fcs_len: Option<u8>,
    /// Frames received, by the statistics at the end of the capture.
    pub received: Option<u64>,
    /// Frames the interface or the kernel dropped, by the same statistics.
    pub dropped: Option<u64>,
}

impl Interface {
    /// An Ethernet interface with a name, without a snap length.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}
