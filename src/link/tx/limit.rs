//! How long a frame may be: the kernel's own rule, asked before the kernel is.

use super::ask::AskError;
use crate::link::Interface;

/// Bytes of an Ethernet header.
pub const HEADER: usize = 14;
/// Bytes of a VLAN tag, and of an FCS.
const TAG: usize = 4;

/// A frame that would be refused, told before the kernel is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// Shorter than an Ethernet header (EINVAL).
    #[error("a frame of {length} bytes is shorter than the Ethernet header of {HEADER}")]
    Short {
        /// Bytes of the frame.
        length: usize,
    },
    /// Longer than the interface allows (EMSGSIZE).
    #[error("a frame of {length} bytes does not fit {interface}: its MTU of {mtu} allows {limit} bytes for this frame")]
    Long {
        /// Bytes of the frame.
        length: usize,
        /// The interface.
        interface: String,
        /// Its MTU.
        mtu: u32,
        /// The longest frame of this kind.
        limit: usize,
    },
    /// Longer than the engine's memory for one frame.
    #[error("a frame of {length} bytes is too long for engine {engine}, which takes {limit} bytes")]
    Engine {
        /// Bytes of the frame.
        length: usize,
        /// The engine, as on the command line.
        engine: &'static str,
        /// The longest frame that it takes.
        limit: usize,
    },
    /// It cannot ask for what it is to ask for.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// Checks the size of `frame` by the rule of packet(7): the MTU and the Ethernet header; four more if the frame is
/// tagged with 0x8100 (a tag of 0x88a8 counts as payload); four more if its last four bytes are its own FCS.
pub fn limit(interface: &Interface, frame: &[u8], own_fcs: bool) -> Result<(), SizeError> {
    let length = frame.len();
    if length < HEADER {
        return Err(SizeError::Short { length });
    }
    // The loopback is no Ethernet to this rule.
    let tagged = interface.hardware == libc::ARPHRD_ETHER && frame.get(12..14) == Some(&[0x81, 0x00]);
    let limit = longest(interface.mtu, tagged, own_fcs);
    if length > limit {
        return Err(SizeError::Long { length, interface: interface.name.clone(), mtu: interface.mtu, limit });
    }
    Ok(())
}

/// The longest frame in bytes.
pub fn longest(mtu: u32, tagged: bool, own_fcs: bool) -> usize {
    mtu as usize + HEADER + if tagged { TAG } else { 0 } + if own_fcs { TAG } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::interface::tests::ethernet;

    fn frame(length: usize, ethertype: u16) -> Vec<u8> {
        let mut frame = vec![0; length];
        frame[12..14].copy_from_slice(&ethertype.to_be_bytes());
        frame
    }

    #[test]
    fn an_mtu_of_1500_allows_1514_bytes_and_four_more_behind_0x8100_only() {
        let veth = ethernet("veth0", 1500);
        for (ethertype, most) in [(0x0800, 1514), (0x8100, 1518), (0x88a8, 1514)] {
            assert_eq!(limit(&veth, &frame(most, ethertype), false), Ok(()));
            let error = limit(&veth, &frame(most + 1, ethertype), false).unwrap_err();
            assert!(matches!(error, SizeError::Long { limit, .. } if limit == most), "{error}");
        }
        assert_eq!(limit(&veth, &frame(1518, 0x0800), true), Ok(()));
    }

    #[test]
    fn a_frame_under_14_bytes_is_refused() {
        let veth = ethernet("veth0", 1500);
        assert_eq!(limit(&veth, &[0; 13], false), Err(SizeError::Short { length: 13 }));
        assert_eq!(limit(&veth, &[0; 14], false), Ok(()));
        assert_eq!(limit(&veth, &[], false), Err(SizeError::Short { length: 0 }));
    }

    #[test]
    fn the_refusal_names_the_mtu_and_the_limit() {
        let error = limit(&ethernet("veth0", 1500), &frame(1600, 0x0800), false).unwrap_err();
        let text = "a frame of 1600 bytes does not fit veth0: its MTU of 1500 allows 1514 bytes for this frame";
        assert_eq!(error.to_string(), text);
    }
}
