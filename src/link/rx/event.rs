//! What a capture tells: a frame with its metadata, or what happened instead.

use super::block::Record;

/// What [`super::Capture::next`] gives.
#[derive(Debug)]
pub enum Event<'a> {
    /// A frame.
    Frame(Received<'a>),
    /// The interface went down, told once; the capture goes on when it is up again.
    Down {
        /// Its name now.
        name: String,
    },
    /// Nothing came in time.
    Timeout,
    /// The stop flag is set.
    Stopped,
}

/// What [`super::Capture::frames`] gives.
#[derive(Debug)]
pub enum Arrived<'a> {
    /// Frames, at least one.
    Frames(Frames<'a>),
    /// The interface went down, told once; the capture goes on when it is up again.
    Down {
        /// Its name now.
        name: String,
    },
    /// Nothing came in time.
    Timeout,
    /// The stop flag is set.
    Stopped,
}

/// The frames of one block of the ring, in the order in which they came.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    block: &'a [u8],
    records: &'a [Record],
    snaplen: usize,
}

impl<'a> Frames<'a> {
    pub(super) fn new(block: &'a [u8], records: &'a [Record], snaplen: usize) -> Self {
        Self { block, records, snaplen }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Received<'a>> + use<'a> {
        let Self { block, records, snaplen } = *self;
        records.iter().map(move |record| Received::of(block, record, snaplen))
    }
}

/// One frame where the kernel put it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// What was captured of it, from the Ethernet header on, a stripped VLAN tag put back.
    pub data: &'a [u8],
    /// How long the frame was, with the tag; more than `data` where it was cut.
    pub original_len: u32,
    /// When the kernel saw it, in nanoseconds since 1970.
    pub time: u64,
    /// Where it went, from this machine's view.
    pub packet_type: PacketType,
    /// The kernel had taken a VLAN tag out, and it was put back.
    pub vlan_restored: bool,
    /// What the kernel knows about the checksum inside.
    pub checksum: Checksum,
    /// A segment that a device or the kernel will still divide, or has put together (TCP): it may exceed the MTU.
    pub gso: bool,
}

impl<'a> Received<'a> {
    /// The frame of a record of this block, at most `snaplen` bytes of it.
    pub(super) fn of(block: &'a [u8], record: &Record, snaplen: usize) -> Self {
        let kept = record.start..record.start + record.length.min(snaplen);
        Self {
            data: block.get(kept).unwrap_or_default(),
            original_len: record.original,
            time: record.time,
            packet_type: PacketType::from(record.packet_type),
            vlan_restored: record.vlan_restored,
            checksum: Checksum::of(record.status),
            gso: record.status & GSO_TCP != 0,
        }
    }

    /// This machine sent it.
    pub fn is_outgoing(&self) -> bool {
        self.packet_type == PacketType::Outgoing
    }
}

/// `TP_STATUS_GSO_TCP`.
const GSO_TCP: u32 = 1 << 8;

/// Which frames are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Every frame.
    #[default]
    Both,
    /// Frames that arrive.
    In,
    /// Frames that this machine sends.
    Out,
}

/// Where a frame goes, from this machine's view (packet(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketType {
    /// To this interface.
    Host,
    /// To all.
    Broadcast,
    /// To a group.
    Multicast,
    /// To another station, seen in promiscuous mode.
    OtherHost,
    /// From this machine.
    Outgoing,
    /// A type that packet(7) does not name.
    Other(u8),
}

impl From<u8> for PacketType {
    fn from(number: u8) -> Self {
        match number {
            libc::PACKET_HOST => Self::Host,
            libc::PACKET_BROADCAST => Self::Broadcast,
            libc::PACKET_MULTICAST => Self::Multicast,
            libc::PACKET_OTHERHOST => Self::OtherHost,
            libc::PACKET_OUTGOING => Self::Outgoing,
            other => Self::Other(other),
        }
    }
}

/// What the kernel says about a TCP, UDP or SCTP checksum inside a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// Not computed yet: the device is to do it on the way out, and on a virtual one nobody ever does. Never "bad".
    NotReady,
    /// The device or driver has found it right.
    Valid,
    /// Nothing is known; the bytes tell.
    Unknown,
}

impl Checksum {
    fn of(status: u32) -> Self {
        if status & libc::TP_STATUS_CSUMNOTREADY != 0 {
            Self::NotReady
        } else if status & libc::TP_STATUS_CSUM_VALID != 0 {
            Self::Valid
        } else {
            Self::Unknown
        }
    }
}

/// What the kernel counted for one capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Frames that the kernel put into the ring.
    pub received: u64,
    /// Frames lost because the ring was full.
    pub dropped: u64,
    /// How often the ring was full.
    pub freezes: u64,
    /// Records of the ring that made no sense.
    pub damaged: u64,
}

impl Statistics {
    /// What was counted since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            received: self.received.saturating_sub(before.received),
            dropped: self.dropped.saturating_sub(before.dropped),
            freezes: self.freezes.saturating_sub(before.freezes),
            damaged: self.damaged.saturating_sub(before.damaged),
        }
    }

    /// Both together, as of two captures.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            dropped: self.dropped + other.dropped,
            freezes: self.freezes + other.freezes,
            damaged: self.damaged + other.damaged,
        }
    }

    /// Adds one reading of `PACKET_STATISTICS`, which resets the kernel's numbers; `packets` counts the dropped ones
    /// too.
    pub(super) fn add(&mut self, packets: u32, drops: u32, freezes: u32) {
        self.received += u64::from(packets.saturating_sub(drops));
        self.dropped += u64::from(drops);
        self.freezes += u64::from(freezes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_add_up_and_dropped_frames_are_not_received() {
        let mut statistics = Statistics::default();
        statistics.add(10, 4, 1);
        statistics.add(5, 0, 0);
        assert_eq!(statistics, Statistics { received: 11, dropped: 4, freezes: 1, damaged: 0 });
    }

    #[test]
    fn a_checksum_not_computed_is_not_unknown() {
        assert_eq!(Checksum::of(libc::TP_STATUS_CSUMNOTREADY | libc::TP_STATUS_CSUM_VALID), Checksum::NotReady);
        assert_eq!(Checksum::of(libc::TP_STATUS_CSUM_VALID), Checksum::Valid);
        assert_eq!(Checksum::of(libc::TP_STATUS_USER), Checksum::Unknown);
    }
}
