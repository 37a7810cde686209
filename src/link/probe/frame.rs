//! Probe frames: harmless wherever they come.
//!
//! A frame is addressed to the interface that sends it. A switch has learnt that address on the port it comes in by and
//! drops it; the other end of a cable finds it is not meant. Its ethertype is the first one for local experiments (IEEE
//! 802-2014 9.2.4), which no stack takes for its own.

use pnet::datalink::MacAddr;

/// The first ethertype for local experiments.
const EXPERIMENT: u16 = 0x88b5;
/// A VLAN tag's own ethertype.
const TAGGED: u16 = 0x8100;
/// What each frame says of itself.
const TEXT: &[u8] = b"ethcraft doctor: a harmless test frame";
/// Bytes of the shortest frame of Ethernet without its FCS (IEEE 802.3-2022 3.2.8).
pub const SHORTEST: usize = 60;

/// The probe frames of one run.
#[derive(Debug)]
pub struct Maker {
    address: MacAddr,
    /// What tells this run's frames from those of another.
    run: u64,
    next: u64,
}

/// What a frame must hold to be the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark([u8; 16]);

impl Maker {
    /// Frames from and to this address.
    pub fn new(address: MacAddr, run: u64) -> Self {
        Self { address, run, next: 0 }
    }

    /// A mark that no other frame has.
    pub fn mark(&mut self) -> Mark {
        let mut mark = [0; 16];
        mark[..8].copy_from_slice(&self.run.to_be_bytes());
        mark[8..].copy_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        Mark(mark)
    }

    /// A frame of this length, at least 60 bytes.
    pub fn plain(&mut self, length: usize) -> (Vec<u8>, Mark) {
        self.frame(&EXPERIMENT.to_be_bytes(), length)
    }

    /// The same behind a VLAN tag of VLAN 0, which says only that it is of no VLAN (IEEE 802.1Q-2022 9.6).
    pub fn tagged(&mut self, length: usize) -> (Vec<u8>, Mark) {
        let [t0, t1] = TAGGED.to_be_bytes();
        let [e0, e1] = EXPERIMENT.to_be_bytes();
        self.frame(&[t0, t1, 0, 0, e0, e1], length)
    }

    fn frame(&mut self, types: &[u8], length: usize) -> (Vec<u8>, Mark) {
        let mark = self.mark();
        let address = self.address.octets();
        let mut frame = [&address[..], &address, types, &mark.0, TEXT].concat();
        frame.resize(length.max(SHORTEST), 0);
        (frame, mark)
    }
}

impl Mark {
    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The frame has it, near its beginning.
    pub fn is_in(&self, frame: &[u8]) -> bool {
        frame.get(..frame.len().min(80)).is_some_and(|head| head.windows(self.0.len()).any(|part| part == self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_goes_to_where_it_comes_from_and_is_of_no_protocol() {
        let address = MacAddr::new(2, 0, 0, 0, 0, 1);
        let mut maker = Maker::new(address, 7);
        let (plain, first) = maker.plain(0);
        assert_eq!(
            (plain.len(), &plain[..6], &plain[6..12], &plain[12..14]),
            (60, &address.octets()[..], &address.octets()[..], &[0x88, 0xb5][..])
        );
        let (tagged, second) = maker.tagged(1518);
        assert_eq!((tagged.len(), &tagged[12..18]), (1518, &[0x81, 0, 0, 0, 0x88, 0xb5][..]));
        assert!(first.is_in(&plain) && second.is_in(&tagged));
        assert!(!first.is_in(&tagged) && !second.is_in(&plain));
        assert!(!first.is_in(&[]));
    }
}
