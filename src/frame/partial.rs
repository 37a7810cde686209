//! What a frame must hold, and what must be known of it, for the kernel or the card to finish its checksum or to cut it
//! into segments (`CHECKSUM_PARTIAL` in the kernel's words).

use super::checksum::{Coverage, coverage};
use super::node::View;
use crate::proto::table::{Cover, Rule};
use crate::proto::{ipv4::IPV4, tcp::TCP, udp::UDP};

/// The innermost TCP or UDP layer, whose checksum is left to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Where the layer begins: summing begins here.
    pub start: usize,
    /// Where its checksum stands, from `start`.
    pub offset: usize,
    /// Where its header ends: in front of this place all segments are alike.
    pub header_end: usize,
    /// What belongs into the checksum field before: the sum over the pseudo-header, not complemented.
    pub sum: u16,
    /// What it is, for cutting; none where it lies in a tunnel.
    pub segments: Option<Segments>,
}

/// What is cut into segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segments {
    /// TCP over IPv4.
    Tcp4,
    /// TCP over IPv6.
    Tcp6,
    /// UDP over either.
    Udp,
}

/// Why the checksum of a frame cannot be left to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Whole {
    /// There is none that the kernel knows how to compute.
    #[error("it has no TCP or UDP layer over IP whose checksum could be left to the kernel")]
    NoLayer,
    /// The kernel sums up to the frame's last byte.
    #[error("{0} bytes follow its TCP or UDP layer, and the kernel would sum them too")]
    Trailer(usize),
}

/// Looks for the checksum to be left out. Padding with zeros is no trailer: it adds nothing to the sum.
pub fn partial(view: View) -> Result<Partial, Whole> {
    let known = &view.nodes[..view.unquoted()];
    let transport = known.iter().rposition(|n| n.depth == 0 && n.proto.is_some_and(|p| p == &TCP || p == &UDP));
    let index = transport.ok_or(Whole::NoLayer)?;
    let node = &view.nodes[index];
    let proto = node.proto.ok_or(Whole::NoLayer)?;
    let sums = |rule| matches!(rule, Rule::Sum { cover: Cover::Pseudo, .. });
    let field = proto.fields.iter().position(|f| sums(f.rule)).ok_or(Whole::NoLayer)?;
    let Coverage { ranges: [src, dst, layer], constant, place, .. } =
        coverage(view, index, field).ok_or(Whole::NoLayer)?;
    let bytes = |range| view.bytes.get(range).unwrap_or_default();
    let behind = bytes(layer.end..view.bytes.len());
    if behind.iter().any(|byte| *byte != 0) {
        return Err(Whole::Trailer(behind.len()));
    }
    let networks = || known[..index].iter().filter(|n| n.depth == 0).filter_map(|n| n.proto?.pseudo.and(n.proto));
    if src.is_empty() || dst.is_empty() || place.end > view.bytes.len() {
        return Err(Whole::NoLayer);
    }
    let words = bytes(src).chunks_exact(2).chain(bytes(dst).chunks_exact(2));
    let mut sum = words.fold(constant, |sum, word| sum + u32::from(u16::from_be_bytes([word[0], word[1]])));
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let tunnel = known[..index].iter().any(|n| n.proto.is_some_and(|p| p == &UDP)) || networks().count() != 1;
    let over_ipv4 = networks().next().is_some_and(|p| p == &IPV4);
    let segments = (!tunnel).then_some(match (proto == &UDP, over_ipv4) {
        (true, _) => Segments::Udp,
        (false, true) => Segments::Tcp4,
        (false, false) => Segments::Tcp6,
    });
    let header_end = node.header_end;
    Ok(Partial { start: node.start, offset: place.start - node.start, header_end, sum: sum as u16, segments })
}

#[cfg(test)]
mod tests {
    use super::super::{Begin, Builder, Fcs, Frames, Surroundings, dissect, no_files};
    use super::*;

    fn build(text: &str) -> Vec<u8> {
        let frames = Frames::parse(text, Surroundings::default(), &no_files).unwrap();
        let mut builder = Builder::default();
        builder.build(&frames, 0).unwrap();
        builder.view().bytes.to_vec()
    }

    fn of(bytes: &[u8]) -> Result<Partial, Whole> {
        let mut nodes = Vec::new();
        dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        partial(View { bytes, nodes: &nodes })
    }

    /// What the kernel does (`skb_checksum_help`): sums from `start` to the end, and complements.
    fn finish(mut bytes: Vec<u8>) -> Vec<u8> {
        let Partial { start, offset, sum, .. } = of(&bytes).unwrap();
        let at = start + offset;
        bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
        let mut total: u32 = 0;
        for word in bytes[start..].chunks(2) {
            total += u32::from(word[0]) << 8 | u32::from(word.get(1).copied().unwrap_or(0));
        }
        while total > 0xffff {
            total = (total & 0xffff) + (total >> 16);
        }
        bytes[at..at + 2].copy_from_slice(&(!(total as u16)).to_be_bytes());
        bytes
    }

    #[test]
    fn what_the_kernel_makes_of_it_is_what_build_computes() {
        for text in [
            "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp dport=53 / \"odd\"",
            "ipv4 src=10.0.0.1 dst=10.0.0.2 / tcp dport=443 {mss=1460} / \"even\"",
            "vlan=7 / ipv6 src=2001:db8::1 dst=2001:db8::2 / udp dport=53 / \"seven\" / pad",
            "ipv6 src=2001:db8::1 dst=2001:db8::2 / hopopts / tcp dport=443",
            "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp / vxlan / eth / ipv4 src=1.1.1.1 dst=2.2.2.2 / tcp / \"in\"",
        ] {
            let bytes = build(text);
            assert_eq!(finish(bytes.clone()), bytes, "{text}");
        }
    }

    #[test]
    fn what_lies_in_a_tunnel_is_not_cut() {
        let kind = |text: &str| of(&build(text)).unwrap().segments;
        assert_eq!(kind("ipv4 dst=10.0.0.2 / tcp"), Some(Segments::Tcp4));
        assert_eq!(kind("ipv6 dst=2001:db8::2 / tcp"), Some(Segments::Tcp6));
        assert_eq!(kind("ipv6 dst=2001:db8::2 / udp"), Some(Segments::Udp));
        assert_eq!(kind("ipv4 dst=10.0.0.2 / gre / ipv4 dst=10.0.0.3 / tcp"), None);
    }

    #[test]
    fn a_frame_without_such_a_layer_or_with_bytes_behind_it_is_refused() {
        assert_eq!(of(&build("arp tpa=10.0.0.2")), Err(Whole::NoLayer));
        assert_eq!(of(&build("ipv4 dst=10.0.0.2 / icmp / echo")), Err(Whole::NoLayer));
        assert_eq!(of(&build("ipv4 dst=10.0.0.2 / icmp / unreach / ipv4 dst=10.0.0.3 / udp")), Err(Whole::NoLayer));
        assert_eq!(of(&build("ipv4 dst=10.0.0.2 / udp / \"x\" / fcs")), Err(Whole::Trailer(4)));
    }
}
