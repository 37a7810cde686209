//! Where a flow tag has room: at the end of the payload, before padding, trailer and FCS.

use super::node::View;
use super::spec::{Frames, Part};
use crate::proto::table::Role;
use std::ops::Range;

/// The place of the last `length` bytes of the payload; none where plain bytes do not end the frame, or too few do, or where
/// the expression cuts it.
pub(super) fn room(frames: &Frames, view: View, length: usize) -> Option<Range<usize>> {
    if frames.parts.iter().any(|part| matches!(part, Part::Layer(layer) if layer.proto.role == Role::Cut)) {
        return None;
    }
    let is_tail = |role: Role| role.is_tail();
    let last = view.nodes.iter().rev().find(|n| n.depth == 0 && !n.proto.is_some_and(|p| is_tail(p.role)))?;
    let start = last.end.checked_sub(length)?;
    (last.proto.is_none() && start >= last.start).then_some(start..last.end)
}

#[cfg(test)]
mod tests {
    use super::super::{Begin, Builder, Fcs, Surroundings, Template, dissect, expression, no_files};
    use super::*;

    const TAG: [u8; 18] = *b"0123456789abcdefgh";

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &no_files).unwrap()
    }

    /// The frame with the tag in its place, by the builder; and by the template, where there is one.
    fn both(text: &str, number: u128) -> (Vec<u8>, Option<Vec<u8>>) {
        let frames = frames(text);
        let mut builder = Builder::default();
        assert!(builder.build_tagged(&frames, number, &TAG).unwrap(), "{text}");
        let template = Template::tagged(&frames, TAG.len()).map(|mut template| {
            let mut out = vec![0; template.len()];
            template.write_tagged(number, &TAG, &mut out);
            out
        });
        (builder.view().bytes.to_vec(), template)
    }

    #[test]
    fn checksums_cover_the_tag_and_are_right() {
        for text in [
            "ipv4 dst=10.0.0.2 / udp dport=1..9 / zero*18",
            "ipv4 dst=10.0.0.2 / udp dport=1..9 / zero*19 / pad",
            "ipv4 id=0..99 dst=10.0.0.2 / tcp {mss=1460} / \"0123456789012345678901234567\" / fcs",
            "vlan=7 / ipv6 dst=2001:db8::2 / udp checksum=auto / zero*41",
            "ipv4 dst=10.0.0.2 / udp / vxlan / eth / ipv4 dst=10.0.0.3 / udp dport=5..9 / zero*23",
            "ipv4 dst=10.0.0.2 / icmp / echo seq=0..9 / count*33",
        ] {
            let (built, written) = both(text, 3);
            assert_eq!(written.as_deref(), Some(&built[..]), "{text}");
            let mut nodes = Vec::new();
            dissect(&built, Begin::Ethernet, Fcs::IfRight, &mut nodes);
            let mut out = String::new();
            expression(View { bytes: &built, nodes: &nodes }, &mut out);
            assert!(out.contains("0123456789abcdefgh") && !out.contains("checksum"), "{text}: {out}");
        }
    }

    #[test]
    fn only_the_end_of_the_payload_changes_besides_sums() {
        let frames = frames("eth type=0x0801 / count*30 / pad / fcs");
        let (mut plain, mut tagged) = (Builder::default(), Builder::default());
        plain.build(&frames, 0).unwrap();
        tagged.build_tagged(&frames, 0, &TAG).unwrap();
        let (plain, tagged) = (plain.view().bytes, tagged.view().bytes);
        assert_eq!((&plain[..26], &plain[44..60]), (&tagged[..26], &tagged[44..60]));
        assert_eq!(tagged[26..44], TAG);
    }

    #[test]
    fn a_frame_without_18_bytes_of_payload_has_no_room() {
        for text in ["arp", "ipv4 / udp / zero*17", "ipv4 / tcp", "eth / zero*50 / cut=40", "eth / \"x\" / pad"] {
            let frames = frames(text);
            let (mut plain, mut tagged) = (Builder::default(), Builder::default());
            plain.build(&frames, 0).unwrap();
            assert!(!tagged.build_tagged(&frames, 0, &TAG).unwrap(), "{text}");
            assert_eq!(plain.view().bytes, tagged.view().bytes);
            assert!(Template::tagged(&frames, TAG.len()).is_none());
        }
    }

    #[test]
    fn what_varies_under_the_tag_or_is_summed_otherwise_has_no_template() {
        for text in ["eth / zero*15 / u32=0..9", "ipv4 / sctp / zero*20"] {
            assert!(Template::tagged(&frames(text), TAG.len()).is_none(), "{text}");
        }
    }

    #[test]
    fn the_fixed_bits_are_those_of_all_frames() {
        let frames = frames("eth dst=02:00:00:00:00:00..02:00:00:00:00:ff / ipv4 / udp / zero*20");
        let template = Template::tagged(&frames, TAG.len()).unwrap();
        let fixed = template.fixed();
        assert_eq!(fixed[..6], [0xff, 0xff, 0xff, 0xff, 0xff, 0]);
        assert_eq!((fixed[24], fixed[40..42].to_vec(), fixed[43], fixed[44]), (0xff, vec![0, 0], 0xff, 0));
    }
}
