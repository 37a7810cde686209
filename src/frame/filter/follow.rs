//! What follows a layer: where its header ends, what it says comes next, and the way there.

use super::super::layout::MAX_LENGTH;
use super::Mode;
use super::assemble::Label;
use super::place::{Base, End, Place, Shape};
use super::program::*;
use super::reach::keys;
use super::walk::{LINKS, Stop, TAIL, Task, Walk, is_tag, tells_end};
use crate::proto::table::{Protocol, Rule, Space};
use crate::proto::{eth, llc};

/// Cells of memory: the number of what follows, and where that begins.
const NUMBER: u32 = 0;
const END: u32 = 1;

impl Walk<'_, '_> {
    /// Finds the header's end and goes to the next layer.
    pub fn leave(&mut self, stop: &Stop) {
        let shape = Shape::of(stop.proto);
        if let Some(field) = stop.proto.closed_by {
            match shape.place(field.into()) {
                Some(place) if self.to.load(stop.base, place, shape.least) => self.to.asm.need(JEQ, 0, self.no),
                _ if self.mode == Mode::Under => return self.to.asm.goto(self.no),
                _ => {}
            }
        }
        let shared = self.shared(stop, &shape);
        match shape.end {
            End::Fixed(size) => self.short(stop, &shape, size, shared),
            End::Told { field, unit, more, most, fixed } => {
                let loaded = shape.place(field).is_some_and(|place| self.to.load(stop.base, place, shape.least));
                if !loaded {
                    return self.name(stop, &shape, Base::Unknown);
                }
                let (long, short) = (self.to.asm.label(), self.to.asm.label());
                self.to.asm.test(JGT, most, long, short);
                self.to.asm.here(long);
                self.long(stop, &shape, (unit, more), shared);
                self.to.asm.here(short);
                self.short(stop, &shape, fixed, shared);
            }
            End::Unknown => self.name(stop, &shape, Base::Unknown),
        }
    }

    /// The field that alone says what follows, by a number whose ways are written once for all layers of a depth, and the
    /// label of that code.
    fn shared(&mut self, stop: &Stop, shape: &Shape) -> Option<(Place, Label)> {
        let proto = stop.proto;
        let alone = proto.facts.next.is_power_of_two() && proto.then.is_none() && proto.guess.is_none();
        let field = proto.facts.next.trailing_zeros() as usize;
        let Rule::Next { space: space @ (Space::EtherType | Space::Ip), or_len, .. } = proto.fields.get(field)?.rule
        else {
            return None;
        };
        // Behind other headers than link layers the place has to be in X.
        let link = self.depth <= LINKS;
        let place = shape.place(field).filter(|p| !p.moves)?;
        let known = link == matches!(stop.base, Base::At(_)) && stop.base != Base::Unknown;
        if self.mode == Mode::Under || !alone || !known || link != (space == Space::EtherType) {
            return None;
        }
        let to_llc = or_len && self.steps.useful(&stop.set, &llc::LLC);
        if !to_llc && !keys(space).any(|(_, p)| !is_tag(p) && self.steps.useful(&stop.set, p)) {
            return Some((place, self.no));
        }
        let told = self.told(stop.told.or_else(|| tells_end(proto).then_some((proto, stop.base))));
        let task = Task::Follow(space, or_len);
        let stop = Stop { task, proto: &eth::ETH, base: Base::X(0), told, ..stop.clone() };
        Some((place, self.stop(self.depth.max(LINKS), stop)))
    }

    /// A header of this size.
    fn short(&mut self, stop: &Stop, shape: &Shape, size: u32, shared: Option<(Place, Label)>) {
        let next = stop.base.plus(size);
        let Some((number, follow)) = shared else { return self.name(stop, shape, next) };
        if !self.to.load(stop.base, number, shape.least) {
            return self.to.asm.goto(self.unknown());
        }
        match next {
            Base::At(at) => {
                for (tag, proto) in keys(Space::EtherType).filter(|(_, p)| is_tag(p)) {
                    let label = self.enter(proto, next, &stop.set, stop.told);
                    if let (Ok(tag), true) = (u32::try_from(tag), label != self.no) {
                        let other = self.to.asm.label();
                        self.to.asm.test(JEQ, tag, label, other);
                        self.to.asm.here(other);
                    }
                }
                self.to.asm.plain(LDX_IMM, self.to.real(at));
            }
            Base::X(_) if follow == self.no => {}
            Base::X(at) => {
                self.to.asm.plain(ST, NUMBER);
                self.to.asm.plain(TXA, 0);
                self.to.asm.plain(ADD, at);
                self.to.asm.plain(TAX, 0);
                self.to.asm.plain(LD_MEM, NUMBER);
            }
            Base::Unknown => {}
        }
        self.to.asm.goto(follow);
    }

    /// A header whose length in units is in A. Where it would reach past the frame, its fixed part is taken; that is not
    /// looked into.
    fn long(&mut self, stop: &Stop, shape: &Shape, (unit, more): (u32, u32), shared: Option<(Place, Label)>) {
        let (Base::X(at), None, Some((number, follow)), WHOLE) = (stop.base, stop.told, shared, self.to.keep) else {
            return self.name(stop, shape, Base::Unknown);
        };
        if follow == self.no {
            return self.to.asm.goto(self.no);
        }
        if unit > 1 {
            self.to.asm.plain(MUL, unit);
        }
        self.to.asm.plain(ADD, at + more + TAIL);
        self.to.asm.plain(ADD_X, 0);
        self.to.asm.plain(ST, END);
        self.to.load(stop.base, number, shape.least);
        self.to.asm.plain(ST, NUMBER);
        self.to.asm.plain(LDX_MEM, END);
        self.to.asm.plain(LD_LEN, 0);
        self.to.asm.need(JGE_X, 0, self.unknown());
        self.to.asm.plain(LD_IMM, 0u32.wrapping_sub(TAIL));
        self.to.asm.plain(ADD_X, 0);
        self.to.asm.plain(TAX, 0);
        self.to.asm.plain(LD_MEM, NUMBER);
        self.to.asm.goto(follow);
    }

    /// Goes to the layer that a number in A names, at the place in X.
    pub fn follow(&mut self, stop: &Stop, space: Space, or_len: bool) {
        let mut ways = self.ways(space, stop, Base::X(0), stop.told);
        // Tags were looked for before: they come more than once.
        ways.retain(|(number, _)| !keys(space).any(|(n, p)| n == *number && is_tag(p)));
        let llc =
            or_len.then(|| self.enter(&llc::LLC, Base::X(0), &stop.set, stop.told.or(Some((&eth::ETH, Base::At(0))))));
        self.choose(&ways, llc);
        self.to.asm.goto(self.no);
    }

    /// Goes to the layer that this one names; `next` is where it begins.
    fn name(&mut self, stop: &Stop, shape: &Shape, next: Base) {
        let proto = stop.proto;
        let told = stop.told.or_else(|| tells_end(proto).then_some((proto, stop.base)));
        let mut named = false;
        for (i, field) in proto.fields.iter().enumerate() {
            match field.rule {
                // The number is in two fields; what it names is not looked for.
                Rule::Above(space) => return self.any_of(space, stop),
                Rule::Next { space, or_len, .. } => {
                    named = true;
                    self.numbers(stop, shape, i, space, or_len, next, told);
                }
                Rule::To(space) | Rule::From(space) if self.mode == Mode::Over => {
                    self.numbers(stop, shape, i, space, false, next, told);
                }
                Rule::To(_) | Rule::From(_) => named = true,
                Rule::Bottom => {
                    let label = self.enter(proto, next, &stop.set, told);
                    if !shape.place(i).is_some_and(|p| self.to.load(stop.base, p, shape.least)) {
                        return self.to.asm.goto(self.unknown());
                    }
                    let other = self.to.asm.label();
                    self.to.asm.test(JEQ, 0, label, other);
                    self.to.asm.here(other);
                }
                _ => {}
            }
        }
        // What a field names comes before these; where that is not told apart, nothing is sure.
        let label = match (proto.then, proto.guess) {
            _ if named && self.mode == Mode::Under => self.no,
            (Some(then), _) => self.enter(then, next, &stop.set, told),
            (None, Some(_)) => self.unknown(),
            (None, None) => self.no,
        };
        self.to.asm.goto(label);
    }

    /// Goes there if a field has one of the numbers of a space that lead to the pattern, else on here.
    #[expect(clippy::too_many_arguments, reason = "all of one place in a frame")]
    fn numbers(
        &mut self,
        stop: &Stop,
        shape: &Shape,
        field: usize,
        space: Space,
        or_len: bool,
        next: Base,
        told: Option<(&'static Protocol, Base)>,
    ) {
        let labels = self.ways(space, stop, next, told);
        // Behind a length comes LLC; that length also says where the contents end.
        let llc = or_len.then(|| match self.mode {
            Mode::Over => self.enter(&llc::LLC, next, &stop.set, told.or(Some((stop.proto, stop.base)))),
            Mode::Under => self.no,
        });
        if labels.iter().all(|(_, label)| *label == self.no) && llc.is_none_or(|llc| llc == self.no) {
            return;
        }
        let loaded = shape.place(field).filter(|p| !p.moves).is_some_and(|p| self.to.load(stop.base, p, shape.least));
        if !loaded {
            return self.to.asm.goto(self.unknown());
        }
        self.choose(&labels, llc);
    }

    /// Where each number of a space leads.
    fn ways(
        &mut self,
        space: Space,
        stop: &Stop,
        next: Base,
        told: Option<(&'static Protocol, Base)>,
    ) -> Vec<(u64, Label)> {
        let mut ways: Vec<(u64, &'static Protocol, bool)> = Vec::new();
        for (number, proto) in keys(space) {
            match ways.iter_mut().find(|(n, ..)| *n == number) {
                // Which of several it is, their own bytes tell.
                Some((.., several)) => *several = true,
                None => ways.push((number, proto, false)),
            }
        }
        let label = |(number, proto, several): &(u64, &'static Protocol, bool)| {
            let label = if *several {
                let any = keys(space).any(|(n, p)| n == *number && self.steps.useful(&stop.set, p));
                if any { self.unknown() } else { self.no }
            } else {
                self.enter(proto, next, &stop.set, told)
            };
            (*number, label)
        };
        ways.iter().map(label).collect()
    }

    /// Goes where a number in A leads, else on here; up to 1500 it may be a length.
    fn choose(&mut self, ways: &[(u64, Label)], length: Option<Label>) {
        if let Some(length) = length {
            let more = self.to.asm.label();
            self.to.asm.test(JGT, MAX_LENGTH.into(), more, length);
            self.to.asm.here(more);
        }
        for (number, label) in ways {
            if let (Ok(number), true) = (u32::try_from(*number), *label != self.no) {
                let other = self.to.asm.label();
                self.to.asm.test(JEQ, number, *label, other);
                self.to.asm.here(other);
            }
        }
    }

    /// Goes to where nothing is known if any protocol of a space leads to the pattern.
    fn any_of(&mut self, space: Space, stop: &Stop) {
        let any = keys(space).any(|(_, p)| self.steps.useful(&stop.set, p));
        let label =
            if any || stop.proto.then.is_some() || stop.proto.guess.is_some() { self.unknown() } else { self.no };
        self.to.asm.goto(label);
    }
}
