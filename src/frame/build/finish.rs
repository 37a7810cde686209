//! What is filled in once all parts are written: lengths and numbers, copies, checksums, the FCS.

use super::{Builder, Built, Open};
use crate::expr::Diagnostic;
use crate::frame::auto::{self, Stage};
use crate::frame::node::View;
use crate::frame::spec::Frames;
use crate::frame::{bits, hops};
use crate::proto::table::{Field, Role, Rule};

impl Builder {
    /// Fills in what is open.
    pub(super) fn finish(&mut self, frames: &Frames) -> Built {
        self.close();
        for stage in [Stage::Lengths, Stage::Copies, Stage::Checksums, Stage::Fcs] {
            let mut count = self.open.len();
            let mut index = 0;
            while count > 0 {
                count -= 1;
                // Checksums innermost first, all else in order.
                let open = self.open[if stage == Stage::Checksums { count } else { index }];
                index += 1;
                self.fill(frames, open, stage)?;
            }
        }
        self.open.clear();
        self.finished = self.nodes.len();
        Ok(())
    }

    /// Says of each new layer where what it carries ends: before the first part that no length counts.
    fn close(&mut self) {
        let mut end = self.bytes.len();
        // Padding belongs to the innermost frame that has none yet.
        let mut pads = Vec::new();
        for node in self.nodes[self.finished..].iter_mut().rev() {
            if node.is(Role::Pad) {
                pads.push(node.start);
            } else if node.proto.is_some_and(|p| p.role.is_tail()) {
                end = node.start;
                pads.clear();
            } else if node.header().is_some() && node.depth == 0 {
                node.end = pads.last().copied().unwrap_or(end);
                if node.is(Role::Link) {
                    pads.pop();
                }
            }
        }
    }

    fn fill(&mut self, frames: &Frames, open: Open, stage: Stage) -> Built {
        let Some(proto) = self.nodes[open.node].proto else { return Ok(()) };
        let field = &proto.fields[open.slot.field];
        if auto::stage(field) != stage {
            return Ok(());
        }
        let view = View { bytes: &self.bytes, nodes: &self.nodes };
        let Some(value) = auto::auto(view, open.node, open.slot.field) else {
            if let Rule::Len { unit, .. } = field.rule {
                return Err(Diagnostic::new(
                    open.span,
                    format!("'{} {}' counts in {unit} bytes", proto.name, field.name),
                )
                .label("what it measures is no multiple of that")
                .help(format!("fill it up, or set {} {}=...", proto.name, field.name))
                .into());
            }
            let next = view.next(open.node).and_then(|n| n.proto);
            let behind = next.map_or("bytes", |p| p.name);
            let set = format!("set {} {}=...", proto.name, field.name);
            return Err(Diagnostic::new(
                open.span,
                format!("'{} {}' has no value for '{behind}' behind it", proto.name, field.name),
            )
            .help(match next.and_then(|p| p.below) {
                Some(below) if below != proto => format!("put '{}' between them, or {set}", below.name),
                _ => set,
            })
            .into());
        };
        let value = match field.rule {
            Rule::Group if !frames.next_hops.is_empty() => hops::mac(frames, view, open.node).unwrap_or(value),
            _ if open.bad => spoil(field, value),
            _ => value,
        };
        if value > bits::max(open.slot.bits) {
            return Err(Diagnostic::new(open.span, format!("'{} {}' would be {value}", proto.name, field.name))
                .label(format!("it has {} bits, at most {}", open.slot.bits, bits::max(open.slot.bits)))
                .help(format!("make the frame shorter, or set {} {}=...", proto.name, field.name))
                .into());
        }
        open.slot.put(&mut self.bytes, value);
        Ok(())
    }
}

/// A checksum that is wrong for certain: the inverse of a sum can be right by chance, `+ 1` modulo 65535 cannot.
pub(in crate::frame) fn spoil(field: &Field, right: u128) -> u128 {
    if matches!(field.rule, Rule::Crc | Rule::Crc32c) { right ^ 0xffff_ffff } else { right % 65535 + 1 }
}
