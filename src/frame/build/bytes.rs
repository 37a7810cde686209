//! The bytes that stand in an expression as they are: literals in a payload, and fields of bytes.

use super::{Builder, Built, MAX_FRAME};
use crate::expr::Diagnostic;
use crate::expr::ast::Span;
use crate::frame::ber;
use crate::frame::layout;
use crate::frame::node::{Node, frame_start};
use crate::frame::set::{Axes, Choice};
use crate::frame::spec::{Bytes, Layer, Member, Setting, To};
use crate::proto::table::{Field, Kind, Rule, Size};

/// Without padding and FCS, the shortest Ethernet frame (IEEE 802.3-2022 3.2.8 less the FCS).
const MIN_FRAME: usize = 60;

impl Builder {
    /// How long fixed bytes are.
    pub(in crate::frame) fn literal_len(&mut self, bytes: &Bytes) -> Option<usize> {
        let choice = Choice { axes: &Axes::default(), number: 0, seed: 0 };
        self.bytes.clear();
        self.write(&choice, bytes).ok()?;
        Some(self.bytes.len())
    }

    /// Literal bytes as a node of their own.
    pub(super) fn plain(&mut self, choice: &Choice, bytes: &Bytes, depth: u8) -> Built {
        let start = self.bytes.len();
        self.write(choice, bytes)?;
        self.run(start, depth);
        Ok(())
    }

    /// Notes bytes that belong to no protocol. Literals side by side and data layers are one run for whoever decodes them.
    pub(super) fn run(&mut self, start: usize, depth: u8) {
        let end = self.bytes.len();
        match self.nodes.last_mut() {
            Some(last) if last.proto.is_none() && last.depth == depth && last.end == start => last.end = end,
            _ => self.nodes.push(Node { proto: None, start, header_end: end, end, depth }),
        }
    }

    pub(super) fn write(&mut self, choice: &Choice, bytes: &Bytes) -> Built {
        for literal in &bytes.literals {
            let count = literal.members.iter().fold(0u128, |n, m| n.saturating_add(m.count()));
            let mut index = choice.index(literal.pick, count);
            let times = literal.repeat.choose(choice) as usize;
            let Some(member) = literal.members.iter().find(|m| {
                let found = index < m.count();
                index -= if found { 0 } else { m.count() };
                found
            }) else {
                continue;
            };
            let size = match member {
                Member::Text(text) => text.len(),
                Member::Run(_, size) => *size,
                Member::Ber(..) => ber::LONGEST,
                _ => 1,
            };
            self.room(size.saturating_mul(times), bytes.span)?;
            match member {
                Member::Text(text) => (0..times).for_each(|_| self.bytes.extend_from_slice(text)),
                Member::Run(run, size) => {
                    let value = run.at(index).to_be_bytes();
                    (0..times).for_each(|_| self.bytes.extend_from_slice(&value[16 - size..]));
                }
                Member::Ber(run, form) => {
                    (0..times).for_each(|_| self.bytes.extend(ber::encode(run.at(index), *form)));
                }
                Member::Zero => self.zeros(times),
                Member::Count => self.bytes.extend((0..times).map(|n| n as u8)),
                Member::Rand(id) => {
                    let from = self.bytes.len();
                    self.zeros(times);
                    choice.fill(*id, &mut self.bytes[from..]);
                }
            }
        }
        Ok(())
    }

    pub(super) fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// Refuses what would make the frame longer than any frame can be.
    pub(super) fn room(&self, more: usize, span: Span) -> Built {
        if self.bytes.len().saturating_add(more) <= MAX_FRAME {
            return Ok(());
        }
        Err(Diagnostic::new(span, format!("the frame would be longer than {MAX_FRAME} bytes")).into())
    }

    /// Writes a field of bytes; where its size is fixed or comes in units, zeros fill it up.
    pub(super) fn block(
        &mut self,
        choice: &Choice,
        layer: &Layer,
        field: &Field,
        setting: Option<&Setting>,
        start: usize,
    ) -> Built {
        let from = self.bytes.len();
        match setting.map(|s| &s.to) {
            Some(To::Bytes(bytes)) => self.write(choice, bytes)?,
            _ if matches!(field.rule, Rule::Fill) => {
                let before = self.nodes.split_last().map_or(&[][..], |(_, before)| before);
                let so_far = start - frame_start(before);
                self.zeros(MIN_FRAME.saturating_sub(so_far));
            }
            // The root: a name is never empty.
            _ if matches!(field.kind, Kind::Domain) => self.zeros(1),
            _ if let Kind::Ber(form) = field.kind => {
                let sizes = matches!(field.rule, Rule::SizeOf).then(|| layer.proto.field(field.name)).flatten();
                let value = sizes.map_or(field.default, |index| Self::size_of(layer, index, choice));
                self.bytes.extend(ber::encode(value, form));
            }
            _ => {}
        }
        let len = self.bytes.len() - from;
        let size = match field.size {
            Size::Bits(bits) => bits as usize / 8,
            Size::By(on, unit) => {
                // A size that was set without its bytes is a size of zeros.
                let told = layout::fixed(layer.proto, &self.bytes, start, on.index).unwrap_or(0) as usize;
                let unset = if setting.is_none() { told * unit as usize } else { 0 };
                len.next_multiple_of(unit.max(1) as usize).max(unset)
            }
            Size::Rest | Size::Before(_) | Size::Own => len,
        };
        if len > size {
            let span = setting.map_or(layer.span, |s| s.span);
            return Err(Diagnostic::new(span, format!("{len} bytes do not fit into '{}'", field.name))
                .label(format!("it has {size} bytes"))
                .into());
        }
        self.room(size - len, layer.span)?;
        self.zeros(size - len);
        Ok(())
    }
}
