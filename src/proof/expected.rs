//! What frame N of a run must look like when it arrives.

use super::flow::Flow;
use crate::traffic::{Item, Maker, Mark, Sequence};

/// Makes frames as they are expected, any number at any time; in order is cheapest.
pub struct Expected<'a> {
    makers: Vec<Maker<'a>>,
    sequence: Sequence<'a>,
    /// The number that `sequence` gives next.
    next: u64,
    bytes: Vec<u8>,
}

impl<'a> Expected<'a> {
    /// The frames of these entries, as they are after what changes on the way.
    pub fn new(items: &'a [Item<'a>], flow: &Flow) -> Self {
        let makers = items.iter().map(|item| Maker::new(item.frames, flow.length())).collect();
        Self { makers, sequence: Sequence::new(items), next: 0, bytes: Vec::new() }
    }

    /// Frame `number` with this flow tag; empty where it cannot be built.
    pub fn make(&mut self, number: u64, tag: &[u8]) -> &[u8] {
        if number != self.next {
            self.sequence.go_to(number);
        }
        self.next = number + 1;
        self.bytes.clear();
        let Some(turn) = self.sequence.next() else { return &self.bytes };
        match &mut self.makers[turn.item] {
            Maker::Template(template) => {
                self.bytes.resize(template.len(), 0);
                template.write_tagged(turn.number, tag, &mut self.bytes);
            }
            Maker::Builder(frames, builder) => {
                if builder.build_tagged(frames, turn.number, tag).is_ok() {
                    self.bytes.extend_from_slice(builder.view().bytes);
                }
            }
        }
        &self.bytes
    }

    /// The length of the frame that was made last.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Where the flow tag of most frames lies.
    pub fn tag_place(&self) -> usize {
        self.makers
            .iter()
            .find_map(|maker| match maker {
                Maker::Template(template) => template.tag_place().map(|place| place.start),
                Maker::Builder(..) => None,
            })
            .unwrap_or(0)
    }
}

/// The shortest frame of Ethernet without its FCS: shorter ones are filled up with zeros on their way.
pub const SHORTEST: usize = 60;

/// Whether a frame arrived as expected; a device may have filled it up to 60 bytes.
pub fn same(received: &[u8], expected: &[u8]) -> bool {
    match received.split_at_checked(expected.len()) {
        Some((frame, [])) => frame == expected,
        Some((frame, rest)) => received.len() == SHORTEST && frame == expected && rest.iter().all(|byte| *byte == 0),
        None => false,
    }
}
