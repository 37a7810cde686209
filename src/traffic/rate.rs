//! What a rate counts: frames, or bits as they are on the wire.

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Frames.
    Frames,
    /// Bits from the destination address to the FCS: a frame below 60 bytes counts as padded, and 4 bytes of FCS are added
    /// (IEEE 802.3-2022 3.1.1).
    Layer2Bits,
    /// The same with preamble, start of frame and the gap between frames, 20 bytes more: what fills a link (IEEE 802.3-2022
    /// 3.1.1, 4.4.2).
    Layer1Bits,
}

/// Without the FCS, the shortest frame on a wire.
const SHORTEST: u64 = 60;
const FCS: u64 = 4;
/// Preamble 7, start of frame 1, gap 12.
const BETWEEN: u64 = 20;

impl Unit {
    /// How many a frame of `length` bytes counts for, its FCS not among them.
    pub fn of(self, length: usize) -> u64 {
        let bytes = (length as u64).max(SHORTEST) + FCS;
        match self {
            Self::Frames => 1,
            Self::Layer2Bits => bytes * 8,
            Self::Layer1Bits => (bytes + BETWEEN) * 8,
        }
    }
}

/// So many of a unit in each second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub amount: u64,
    /// Of what.
    pub unit: Unit,
}

impl Rate {
    /// Frames a second.
    pub fn frames(amount: u64) -> Self {
        Self { amount, unit: Unit::Frames }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 Gbit/s carry 14 880 952 of the shortest frames a second: 84 bytes each.
    #[test]
    fn the_shortest_frame_takes_84_bytes_of_a_link() {
        assert_eq!((Unit::Layer1Bits.of(60), Unit::Layer1Bits.of(14)), (84 * 8, 84 * 8));
        assert_eq!((Unit::Layer2Bits.of(1514), Unit::Layer1Bits.of(1514)), (1518 * 8, 1538 * 8));
        assert_eq!(Unit::Frames.of(1514), 1);
    }
}
