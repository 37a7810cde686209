//! An expression with its types: what build enumerates and a pattern tests.

use super::set::{Axes, Numbers, Pick, Run};
use crate::expr::ast::Span;
use crate::proto::table::{Ber, Kind, Protocol};
use crate::proto::tail;
use std::collections::HashMap;
use std::net::IpAddr;

/// A set of frames: an expression, its names looked up and its values typed.
#[derive(Clone, Debug)]
pub struct Frames {
    /// The parts, with the implied layers in front.
    pub(super) parts: Vec<Part>,
    /// The sets.
    pub(super) axes: Axes,
    /// What the interface gives.
    pub(super) surroundings: Surroundings,
    /// The fields that are filled in from the interface.
    pub(super) needs: Vec<Need>,
    /// MAC addresses of the next hops to these addresses.
    pub(super) next_hops: HashMap<IpAddr, u64>,
}

impl Frames {
    /// How many frames the expression denotes, at most `u128::MAX`; draws multiply nothing.
    pub fn count(&self) -> u128 {
        self.axes.count()
    }

    /// The fields that are filled in from the interface's addresses, in the order of the frame.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Whether it has an FCS of its own.
    pub fn has_fcs(&self) -> bool {
        self.find(&tail::FCS).is_some()
    }

    /// Adds the FCS, if it has none.
    pub fn add_fcs(&mut self) {
        if !self.has_fcs() {
            self.parts.push(Part::Layer(Layer::implied(&tail::FCS, Span::default())));
        }
    }

    /// Adds padding up to 60 bytes in front of the FCS, if it has none.
    pub fn add_pad(&mut self) {
        if self.find(&tail::PAD).is_none() {
            let at = self.find(&tail::FCS).unwrap_or(self.parts.len());
            self.parts.insert(at, Part::Layer(Layer::implied(&tail::PAD, Span::default())));
        }
    }

    fn find(&self, proto: &'static Protocol) -> Option<usize> {
        self.parts.iter().position(|p| matches!(p, Part::Layer(l) if l.proto == proto))
    }
}

/// A field that an address of the interface is filled into.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The layer: `ipv4`.
    pub layer: &'static str,
    /// The field: `src`.
    pub field: &'static str,
    /// What kind of address: MAC, IPv4 or IPv6.
    pub kind: Kind,
}

/// What fields are filled with that no expression knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The interface's MAC address.
    pub mac: u64,
    /// Its IPv4 address.
    pub ipv4: u32,
    /// Its IPv6 address.
    pub ipv6: u128,
    /// What `rand` depends on.
    pub seed: u64,
}

impl Default for Surroundings {
    /// Documentation addresses: 02:00:00:00:00:01, 192.0.2.1 (RFC 5737), `2001:db8::1` (RFC 3849).
    fn default() -> Self {
        Self { mac: 0x0200_0000_0001, ipv4: 0xc000_0201, ipv6: 0x2001_0db8_0000_0000_0000_0000_0000_0001, seed: 0 }
    }
}

impl Surroundings {
    /// The address for a field of this kind.
    pub(super) fn address(&self, kind: Kind) -> u128 {
        match kind {
            Kind::Mac => self.mac.into(),
            Kind::Ip4 => self.ipv4.into(),
            Kind::Ip6 => self.ipv6,
            _ => 0,
        }
    }
}

/// One part of a chain.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Layer(Layer),
    Bytes(Bytes),
    /// Patterns only.
    Gap,
}

impl Part {
    /// The layer that it is.
    pub fn layer(&self) -> Option<&Layer> {
        if let Self::Layer(layer) = self { Some(layer) } else { None }
    }
}

/// A layer or item.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub proto: &'static Protocol,
    pub settings: Vec<Setting>,
    /// What stands in braces.
    pub items: Option<Vec<Part>>,
    pub span: Span,
}

impl Layer {
    /// A layer that nobody wrote.
    pub fn implied(proto: &'static Protocol, span: Span) -> Self {
        Self { proto, settings: Vec::new(), items: None, span }
    }

    /// What a whole field is set to.
    pub fn setting(&self, field: usize) -> Option<&Setting> {
        self.settings.iter().find(|s| s.field == field && s.bits.is_none())
    }

    /// Settings of single bits of a field.
    pub fn bit_settings(&self, field: usize) -> impl Iterator<Item = (&Setting, u32)> {
        self.settings.iter().filter(move |s| s.field == field).filter_map(|s| Some((s, s.bits?)))
    }
}

/// A field and what it is set to or tested against.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub field: usize,
    /// A single bit of a flags field: its distance from the lowest.
    pub bits: Option<u32>,
    /// `!=`.
    pub not: bool,
    pub to: To,
    pub span: Span,
}

/// What a field is set to.
#[derive(Clone, Debug)]
pub(super) enum To {
    Auto,
    Bad,
    Numbers(Numbers),
    Bytes(Bytes),
}

/// Byte literals side by side.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    pub literals: Vec<Literal>,
    pub span: Span,
}

/// Members to choose from, repeated.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub members: Vec<Member>,
    pub pick: Pick,
    pub repeat: Numbers,
}

/// Bytes or a run of them.
#[derive(Clone, Debug)]
pub(super) enum Member {
    Text(Vec<u8>),
    /// Numbers of so many bytes.
    Run(Run, usize),
    /// Numbers as BER has them.
    Ber(Run, Ber),
    /// The repeat says how many.
    Zero,
    /// 00 01 02 ...
    Count,
    /// Drawn anew; the number is its own.
    Rand(usize),
}

impl Member {
    /// How many byte strings it stands for.
    pub fn count(&self) -> u128 {
        match self {
            Self::Run(run, _) | Self::Ber(run, _) => run.last.saturating_add(1),
            _ => 1,
        }
    }
}
