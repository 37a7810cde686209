//! Through the layers of a frame, as [`super::super::dissect`] goes, but only as far as the pattern may be there.

use super::super::layout::MAX_LENGTH;
use super::super::spec::{Layer, To};
use super::Mode;
use super::assemble::Label;
use super::place::{Base, End, Place, Shape};
use super::program::*;
use super::reach::keys;
use super::steps::{Advance, Set, Steps};
use super::tree::Compiler;
use crate::proto::table::{Extent, Protocol, Role, Rule, Space};
use crate::proto::{eth, llc, vlan};
use std::collections::BTreeMap;

/// What may stand behind a frame's contents at the most: a redundancy trailer and the FCS, and some to spare.
const TAIL: u32 = 16;

/// A piece of code to write: a layer of this protocol begins here, or has been looked at.
#[derive(Clone, Debug, PartialEq)]
struct Stop {
    behind: bool,
    proto: &'static Protocol,
    base: Base,
    set: Set,
    /// The layer that said where the contents end, if any, and where it begins.
    told: Option<(&'static Protocol, Base)>,
}

/// Where a stop's code stands, by depth; jumps go from each to the next.
type Stops = BTreeMap<(usize, bool), Vec<(Stop, Label)>>;

struct Walk<'a, 'p> {
    to: &'a mut Compiler,
    steps: &'a Steps<'p>,
    mode: Mode,
    yes: Label,
    no: Label,
    stops: Stops,
    depth: usize,
}

impl Compiler {
    /// Goes to `yes` or `no` as the frame is in the chain or not.
    pub(super) fn chain(&mut self, steps: &Steps, mode: Mode, yes: Label, no: Label) {
        if mode == Mode::Under && !steps.whole {
            return self.asm.goto(no);
        }
        for setting in steps.frame {
            self.length(&setting.to, setting.not, mode, no);
        }
        if steps.runs.is_empty() {
            return self.asm.goto(yes);
        }
        let mut walk = Walk { to: self, steps, mode, yes, no, stops: BTreeMap::new(), depth: 0 };
        walk.all();
    }

    /// `frame len=`: goes on here if the length is in the set, else at `no`.
    fn length(&mut self, to: &To, not: bool, mode: Mode, no: Label) {
        let To::Numbers(numbers) = to else { return };
        let yes = self.asm.label();
        let (hit, miss) = if not { (no, yes) } else { (yes, no) };
        if numbers.runs.iter().any(|run| run.step > 1 && run.last > 0) {
            // Steps are not tested.
            self.asm.goto(if mode == Mode::Over { yes } else { no });
            return self.asm.here(yes);
        }
        self.frame_length();
        for run in &numbers.runs {
            let next = self.asm.label();
            let at_most = |n: u128| u32::try_from(n).unwrap_or(u32::MAX);
            self.between(at_most(run.first), at_most(run.at(run.last)), u32::MAX, next);
            self.asm.goto(hit);
            self.asm.here(next);
        }
        self.asm.goto(miss);
        self.asm.here(yes);
    }

    /// Loads the length of the frame that will be matched into A: with its tag, and cut where it will be cut.
    fn frame_length(&mut self) {
        self.asm.plain(LD_LEN, 0);
        if self.stripped {
            self.asm.plain(ADD, 4);
        }
        if self.keep < WHOLE {
            let (cut, all) = (self.asm.label(), self.asm.label());
            self.asm.test(JGT, self.keep, cut, all);
            self.asm.here(cut);
            self.asm.plain(LD_IMM, self.keep);
            self.asm.here(all);
        }
    }
}

impl Walk<'_, '_> {
    fn all(&mut self) {
        let set = self.steps.begin();
        let eth = self.enter(&eth::ETH, Base::At(0), &set, None);
        // A stripped tag leaves its EtherType, which is no length.
        if self.to.stripped {
            self.to.asm.goto(eth);
        } else {
            let dot3 = self.enter(&eth::DOT3, Base::At(0), &set, None);
            self.to.asm.plain(size(2) | LD_ABS, 12);
            self.to.asm.test(JGT, MAX_LENGTH.into(), eth, dot3);
        }
        while let Some(((depth, behind), stops)) = self.stops.pop_first() {
            self.depth = depth;
            for (stop, label) in stops {
                self.to.asm.here(label);
                if behind {
                    self.leave(&stop);
                } else {
                    self.visit(&stop);
                }
            }
        }
    }

    /// Where it goes on when something cannot be known.
    fn unknown(&self) -> Label {
        if self.mode == Mode::Over { self.yes } else { self.no }
    }

    /// Where it goes on with a layer of this protocol, as dissecting calls it.
    fn enter(
        &mut self,
        proto: &'static Protocol,
        base: Base,
        set: &Set,
        told: Option<(&'static Protocol, Base)>,
    ) -> Label {
        // A frame inside a frame begins with either of two headers.
        let inner = proto.role == Role::Link && self.depth > 0;
        let useful = if inner {
            self.steps.useful(set, &eth::ETH) || self.steps.useful(set, &eth::DOT3)
        } else {
            self.steps.useful(set, proto)
        };
        if !useful {
            return self.no;
        }
        // A datagram inside a datagram is looked into only where the pattern asks for just that.
        let tunnelled = told.is_some() && proto.pseudo.is_some() && set.at.is_empty();
        // So is what stands between a link layer and a datagram, but for VLAN tags.
        let tag = *proto == vlan::VLAN || *proto == vlan::SVLAN;
        let between = told.is_none() && self.depth > 0 && !tag && proto.pseudo.is_none();
        let extends = |rule: &Rule| matches!(rule, Rule::Next { space: Space::Ip, .. });
        let extension = told.is_some() && proto.fields.iter().any(|f| extends(&f.rule));
        let rare = (between || extension) && self.steps.candidates(set, proto).is_empty();
        if inner || tunnelled || rare || base == Base::Unknown || self.depth >= self.to.depth {
            return self.unknown();
        }
        // Only where something has to be sure it counts which layer told.
        let told = told.map(|told| if self.mode == Mode::Over { (&eth::ETH, Base::At(0)) } else { told });
        self.stop(self.depth + 1, Stop { behind: false, proto, base, set: set.clone(), told })
    }

    /// The label of a piece of code, written once.
    fn stop(&mut self, depth: usize, stop: Stop) -> Label {
        let list = self.stops.entry((depth, stop.behind)).or_default();
        if let Some((_, label)) = list.iter().find(|(known, _)| *known == stop) {
            return *label;
        }
        let label = self.to.asm.label();
        list.push((stop, label));
        label
    }

    /// A layer begins here: is it one that the pattern wants?
    fn visit(&mut self, stop: &Stop) {
        let shape = Shape::of(stop.proto);
        if self.mode == Mode::Under {
            self.surely_there(stop, &shape);
        } else if self.no != self.to.reject && stop.base != Base::At(0) {
            // A load past the end would reject the frame, whatever else may want it.
            self.within(stop.base, shape.least, self.no);
        }
        let steps = self.steps.candidates(&stop.set, stop.proto);
        let next = Set { gap: stop.set.gap, at: Vec::new() };
        self.step(stop, &shape, &steps, &next);
    }

    /// Goes on here if so many bytes behind a place are in the frame, else at `no`.
    fn within(&mut self, base: Base, bytes: u32, no: Label) {
        self.to.asm.plain(LD_LEN, 0);
        match base {
            Base::At(at) => self.to.asm.need(JGE, self.to.real(at + bytes), no),
            Base::X(at) => {
                // X is never more than the length.
                self.to.asm.plain(SUB_X, 0);
                self.to.asm.need(JGE, at + bytes, no);
            }
            Base::Unknown => {}
        }
    }

    /// Goes on here only if dissecting surely finds this header.
    fn surely_there(&mut self, stop: &Stop, shape: &Shape) {
        let Base::At(at) = stop.base else { return self.to.asm.goto(self.no) };
        if !shape.sure {
            return self.to.asm.goto(self.no);
        }
        let end = at + shape.size;
        self.to.frame_length();
        self.to.asm.need(JGE, end + TAIL, self.no);
        if let Some((proto, base)) = stop.told
            && !self.told_at_least(proto, base, end)
        {
            return self.to.asm.goto(self.no);
        }
        for (field, value) in &shape.usual {
            self.usual(stop.base, shape, *field, *value, self.no);
        }
    }

    /// Goes on here if the contents end at this place or behind it as a layer tells; false where that cannot be tested.
    fn told_at_least(&mut self, proto: &'static Protocol, base: Base, end: u32) -> bool {
        let shape = Shape::of(proto);
        let (Base::At(start), End::Fixed(header) | End::Told { fixed: header, .. }) = (base, shape.end) else {
            return false;
        };
        let found = proto.fields.iter().enumerate().find_map(|(i, f)| match f.rule {
            Rule::Len { of: Extent::Layer, unit, bias, .. } => Some((i, start, unit, bias)),
            Rule::Len { of: Extent::Payload, unit, bias, .. } => Some((i, start + header, unit, bias)),
            _ => None,
        });
        let Some((field, from, unit, bias)) = found else { return false };
        let Some(place) = shape.place(field).filter(|p| !p.moves && p.bits <= 16) else { return false };
        let Ok(wanted) = u32::try_from(i64::from(end) - i64::from(from) + i64::from(bias)) else { return false };
        if !self.to.load(base, place, shape.least) {
            return false;
        }
        self.to.asm.need(JGE, wanted.div_ceil(unit.max(1).into()), self.no);
        true
    }

    fn usual(&mut self, base: Base, shape: &Shape, field: usize, value: u64, no: Label) {
        let place = shape.place(field).filter(|p| !p.moves);
        match (place, u32::try_from(value)) {
            (Some(place), Ok(value)) if self.to.load(base, place, shape.least) => self.to.asm.need(JEQ, value, no),
            _ => self.to.asm.goto(no),
        }
    }

    /// Tries the steps that this layer can be, one after the other, then goes on behind it.
    fn step(&mut self, stop: &Stop, shape: &Shape, steps: &[(usize, usize)], next: &Set) {
        let Some((step, rest)) = steps.split_first() else { return self.go_on(stop, next) };
        let other = self.to.asm.label();
        if let Some(layer) = self.steps.layer(*step) {
            self.layer(layer, stop.base, shape, other);
        }
        match self.steps.advance(*step, self.mode) {
            Advance::End => self.to.asm.goto(self.yes),
            advance => self.step(stop, shape, rest, &next.with(advance)),
        }
        self.to.asm.here(other);
        self.step(stop, shape, rest, next);
    }

    /// Goes on here if a layer passes its tests, else at `no`.
    fn layer(&mut self, layer: &Layer, base: Base, shape: &Shape, no: Label) {
        if self.mode == Mode::Under && layer.items.is_some() {
            return self.to.asm.goto(no);
        }
        let place = |field| shape.place(field).filter(|p: &Place| !p.moves);
        for setting in &layer.settings {
            match place(setting.field) {
                Some(place) => self.to.setting(setting, (base, place), shape.least, self.mode, no),
                None if self.mode == Mode::Under && shape.place(setting.field).is_none() => {
                    return self.to.asm.goto(no);
                }
                None => {}
            }
        }
        let moving: Vec<_> = layer.settings.iter().filter(|s| place(s.field).is_none()).collect();
        if moving.iter().all(|s| shape.place(s.field).is_none()) {
            return;
        }
        // They lie where they usually do, or nothing is known of them.
        let pass = self.to.asm.label();
        if self.mode == Mode::Over {
            for (field, value) in &shape.usual {
                self.usual(base, shape, *field, *value, pass);
            }
            self.within(base, shape.size, pass);
        }
        for setting in moving {
            if let Some(place) = shape.place(setting.field) {
                self.to.setting(setting, (base, place), shape.size, self.mode, no);
            }
        }
        self.to.asm.here(pass);
    }

    fn go_on(&mut self, stop: &Stop, next: &Set) {
        // Both tags have the same fields, so what is behind them is written once.
        let proto = if *stop.proto == vlan::SVLAN { &vlan::VLAN } else { stop.proto };
        let behind = Stop { behind: true, set: next.clone(), proto, ..stop.clone() };
        let label = if stop.proto.carries && (next.gap.is_some() || !next.at.is_empty()) {
            self.stop(self.depth, behind)
        } else {
            self.no
        };
        self.to.asm.goto(label);
    }

    /// Finds the header's end and goes to the next layer.
    fn leave(&mut self, stop: &Stop) {
        let shape = Shape::of(stop.proto);
        if let Some(field) = stop.proto.closed_by {
            match shape.place(field.into()) {
                Some(place) if self.to.load(stop.base, place, shape.least) => self.to.asm.need(JEQ, 0, self.no),
                _ if self.mode == Mode::Under => return self.to.asm.goto(self.no),
                _ => {}
            }
        }
        match shape.end {
            End::Fixed(size) => self.name(stop, &shape, stop.base.plus(size)),
            End::Told { field, unit, more, most, fixed } => {
                let loaded = shape.place(field).is_some_and(|place| self.to.load(stop.base, place, shape.least));
                if !loaded {
                    return self.name(stop, &shape, Base::Unknown);
                }
                let (long, short) = (self.to.asm.label(), self.to.asm.label());
                self.to.asm.test(JGT, most, long, short);
                self.to.asm.here(long);
                self.long(stop, &shape, unit, more);
                self.to.asm.here(short);
                self.name(stop, &shape, stop.base.plus(fixed));
            }
            End::Unknown => self.name(stop, &shape, Base::Unknown),
        }
    }

    /// A header whose length in units is in A. Where it would reach past the frame, its fixed part is taken; that is not
    /// looked into.
    fn long(&mut self, stop: &Stop, shape: &Shape, unit: u32, more: u32) {
        let (Base::At(at), None, Mode::Over) = (stop.base, stop.told, self.mode) else {
            return self.name(stop, shape, Base::Unknown);
        };
        let unknown = self.unknown();
        if unit > 1 {
            self.to.asm.plain(MUL, unit);
        }
        self.to.asm.plain(ADD, self.to.real(at + more) + TAIL);
        self.to.asm.plain(ST, 0);
        self.to.asm.plain(LDX_MEM, 0);
        self.to.frame_length();
        if self.to.stripped {
            self.to.asm.plain(SUB, 4);
        }
        self.to.asm.need(JGE_X, 0, unknown);
        self.to.asm.plain(LD_IMM, 0u32.wrapping_sub(TAIL));
        self.to.asm.plain(ADD_X, 0);
        self.to.asm.plain(TAX, 0);
        self.name(stop, shape, Base::X(0));
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
        let mut ways: Vec<(u64, &'static Protocol, bool)> = Vec::new();
        for (number, proto) in keys(space) {
            match ways.iter_mut().find(|(n, ..)| *n == number) {
                // Which of several it is, their own bytes tell.
                Some((.., several)) => *several = true,
                None => ways.push((number, proto, false)),
            }
        }
        let labels: Vec<(u64, Label)> = ways
            .iter()
            .map(|(number, proto, several)| {
                let label = if *several {
                    let any = keys(space).any(|(n, p)| n == *number && self.steps.useful(&stop.set, p));
                    if any { self.unknown() } else { self.no }
                } else {
                    self.enter(proto, next, &stop.set, told)
                };
                (*number, label)
            })
            .collect();
        // Behind a length comes LLC; that length also says where the contents end.
        let llc = match self.mode {
            Mode::Over if or_len => {
                let here = (stop.proto, stop.base);
                self.enter(&llc::LLC, next, &stop.set, told.or(Some(here)))
            }
            _ => self.no,
        };
        let wanted = labels.iter().any(|(_, label)| *label != self.no) || (or_len && llc != self.no);
        if !wanted {
            return;
        }
        let loaded = shape.place(field).filter(|p| !p.moves).is_some_and(|p| self.to.load(stop.base, p, shape.least));
        if !loaded {
            return self.to.asm.goto(self.unknown());
        }
        if or_len {
            let more = self.to.asm.label();
            self.to.asm.test(JGT, MAX_LENGTH.into(), more, llc);
            self.to.asm.here(more);
        }
        for (number, label) in labels {
            if let (Ok(number), true) = (u32::try_from(number), label != self.no) {
                let other = self.to.asm.label();
                self.to.asm.test(JEQ, number, label, other);
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

/// Whether a layer's own length says where what it carries ends.
fn tells_end(proto: &'static Protocol) -> bool {
    let told = |rule: &Rule| matches!(rule, Rule::Len { of: Extent::Layer | Extent::Payload, .. });
    proto.fields.iter().any(|f| told(&f.rule))
}
