//! Through the layers of a frame, as [`super::super::dissect`] goes, but only as far as the pattern may be there.

use super::super::fcs;
use super::super::layout::MAX_LENGTH;
use super::super::spec::Layer;
use super::Mode;
use super::assemble::Label;
use super::place::{Base, End, Place, Shape};
use super::program::*;
use super::steps::{Advance, Set, Steps};
use super::tree::Compiler;
use crate::proto::table::{Extent, Protocol, Role, Rule, Space};
use crate::proto::{eth, prp, vlan};
use std::collections::BTreeMap;

/// What may stand behind a frame's contents at the most: a redundancy trailer and the FCS, and some to spare.
pub(super) const TAIL: u32 = 16;

/// What stands there at the most: a redundancy trailer and the FCS.
const TRAILERS: u32 = (prp::SIZE + fcs::LENGTH) as u32;

/// The last depth of a link layer and its tags: three of these are told apart. What they carry begins behind it, however
/// many there are, so that its code is written once.
pub(super) const LINKS: usize = 4;

/// What a piece of code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// A layer begins here: it is looked at.
    Visit,
    /// A layer has been looked at: its end is found, and what follows.
    Leave,
    /// A has the number of what follows, X the place: it goes there. Where up to 1500 are lengths, that is told.
    Follow(Space, bool),
}

impl Task {
    /// The order of the code within a depth.
    fn order(self) -> u8 {
        match self {
            Self::Visit => 0,
            Self::Leave => 1,
            Self::Follow(..) => 2,
        }
    }
}

/// A piece of code to write.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub task: Task,
    pub proto: &'static Protocol,
    pub base: Base,
    pub set: Set,
    /// The layer that said where the contents end, if any, and where it begins.
    pub told: Option<(&'static Protocol, Base)>,
    /// It is for frames whose outer tag was taken out; where the place is in X, that makes no difference.
    pub stripped: bool,
}

/// Where a stop's code stands, by depth; jumps go from each to the next.
type Stops = BTreeMap<(usize, u8), Vec<(Stop, Label)>>;

pub(super) struct Walk<'a, 'p> {
    pub to: &'a mut Compiler,
    pub steps: &'a Steps<'p>,
    pub mode: Mode,
    pub yes: Label,
    pub no: Label,
    pub stops: Stops,
    pub depth: usize,
}

impl Compiler {
    /// Goes to `yes` or `no` as the frame is in the chain or not.
    pub(super) fn chain(&mut self, steps: &Steps, mode: Mode, yes: Label, no: Label) {
        if mode == Mode::Under && !steps.whole {
            return self.asm.goto(no);
        }
        let mut walk = Walk { to: self, steps, mode, yes, no, stops: BTreeMap::new(), depth: 0 };
        walk.all();
        self.stripped = false;
    }
}

impl Walk<'_, '_> {
    fn all(&mut self) {
        if self.to.tags_stripped {
            let (inline, stripped) = (self.to.asm.label(), self.to.asm.label());
            self.to.asm.plain(LD_ABS, VLAN_PRESENT);
            self.to.asm.test(JEQ, 0, inline, stripped);
            self.to.asm.here(stripped);
            self.begin(true);
            self.to.asm.here(inline);
        }
        self.begin(false);
        while let Some(((depth, _), stops)) = self.stops.pop_first() {
            self.depth = depth;
            for (stop, label) in stops {
                self.to.asm.here(label);
                self.to.stripped = stop.stripped;
                match stop.task {
                    Task::Visit => self.visit(&stop),
                    Task::Leave => self.leave(&stop),
                    Task::Follow(space, or_len) => self.follow(&stop, space, or_len),
                }
            }
        }
    }

    /// Goes to the first layer.
    fn begin(&mut self, stripped: bool) {
        self.to.stripped = stripped;
        for setting in self.steps.frame {
            self.to.length(&setting.to, setting.not, self.mode, self.no);
        }
        if self.steps.runs.is_empty() {
            return self.to.asm.goto(self.yes);
        }
        let set = self.steps.begin();
        let eth = self.enter(&eth::ETH, Base::At(0), &set, None);
        // A stripped tag leaves its EtherType, which is no length.
        if stripped {
            return self.to.asm.goto(eth);
        }
        let dot3 = self.enter(&eth::DOT3, Base::At(0), &set, None);
        self.to.asm.plain(size(2) | LD_ABS, 12);
        self.to.asm.test(JGT, MAX_LENGTH.into(), eth, dot3);
    }

    /// Where it goes on when something cannot be known.
    pub fn unknown(&self) -> Label {
        if self.mode == Mode::Over { self.yes } else { self.no }
    }

    /// Where it goes on with a layer of this protocol, as dissecting calls it.
    pub fn enter(
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
        let tag = is_tag(proto);
        let between = told.is_none() && self.depth > 0 && !tag && proto.pseudo.is_none();
        let extends = |rule: &Rule| matches!(rule, Rule::Next { space: Space::Ip, .. });
        let extension = told.is_some() && proto.fields.iter().any(|f| extends(&f.rule));
        let rare = (between || extension) && self.steps.candidates(set, proto).is_empty();
        let depth = match self.depth {
            0 => 1,
            last if tag => last + 1,
            last => last.max(LINKS) + 1,
        };
        let most = if tag { LINKS } else { LINKS + self.to.depth };
        if inner || tunnelled || rare || base == Base::Unknown || depth > most {
            return self.unknown();
        }
        let told = self.told(told);
        self.stop(depth, Stop { task: Task::Visit, proto, base, set: set.clone(), told, stripped: self.to.stripped })
    }

    /// Only where something has to be sure it counts which layer told.
    pub fn told(&self, told: Option<(&'static Protocol, Base)>) -> Option<(&'static Protocol, Base)> {
        told.map(|told| if self.mode == Mode::Over { (&eth::ETH, Base::At(0)) } else { told })
    }

    /// The label of a piece of code, written once.
    pub fn stop(&mut self, depth: usize, mut stop: Stop) -> Label {
        stop.stripped &= !matches!(stop.base, Base::X(_));
        let list = self.stops.entry((depth, stop.task.order())).or_default();
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
        self.to.asm.need(JGE, end + TRAILERS, self.no);
        if let Some((proto, base)) = stop.told
            && !self.told_at_least(proto, base, end)
        {
            return self.to.asm.goto(self.no);
        }
        for (field, value) in &shape.usual {
            self.usual(stop.base, shape, *field, *value, self.no);
        }
        for (field, value) in &shape.magic {
            match u64::try_from(*value) {
                Ok(value) => self.usual(stop.base, shape, *field, value, self.no),
                Err(_) => self.to.asm.goto(self.no),
            }
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
        let behind = Stop { task: Task::Leave, set: next.clone(), proto, ..stop.clone() };
        let label = if stop.proto.carries && (next.gap.is_some() || !next.at.is_empty()) {
            self.stop(self.depth, behind)
        } else {
            self.no
        };
        self.to.asm.goto(label);
    }
}

/// Whether it is a VLAN tag: these come more than once, and the kernel takes the outer one out.
pub(super) fn is_tag(proto: &'static Protocol) -> bool {
    *proto == vlan::VLAN || *proto == vlan::SVLAN
}

/// Whether a layer's own length says where what it carries ends.
pub(super) fn tells_end(proto: &'static Protocol) -> bool {
    let told = |rule: &Rule| matches!(rule, Rule::Len { of: Extent::Layer | Extent::Payload, .. });
    proto.fields.iter().any(|f| told(&f.rule))
}
