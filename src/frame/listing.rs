//! What varies in a set and how much, known from the expression alone: nothing is built.

use super::print::write_number;
use super::set::{Numbers, Pick};
use super::spec::{Frames, Literal, Member, Part, To};
use crate::proto::table::{Field, num};
use std::collections::HashMap;

/// A field, literal or repeat that is not the same in all frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Varying {
    /// Where: `udp dport`; of the second layer of a name `vlan#2 id`; in braces `ipv4 {ra} value`; `payload`, and
    /// `payload repeat` for how often it stands there.
    pub place: String,
    /// Drawn anew for each frame; it multiplies nothing.
    pub drawn: bool,
    /// How many members there are, at most `u128::MAX`; none for drawn bytes.
    pub members: Option<u128>,
    /// The first and the last member as the language writes them, of numbers.
    pub ends: Option<(String, String)>,
}

impl Frames {
    /// What varies: the axes, leftmost first, of which the rightmost changes fastest; then what is drawn.
    pub fn varying(&self) -> Vec<Varying> {
        let mut list = Listing { found: Vec::new() };
        list.level("", &self.parts);
        // Axes and draws are numbered in the order of the text.
        list.found.sort_by_key(|(pick, _)| match pick {
            Pick::Only => (0, 0),
            Pick::Axis(axis) => (0, *axis),
            Pick::Draw(draw) => (1, *draw),
        });
        list.found.into_iter().map(|(_, varying)| varying).collect()
    }

    /// Whether all axes step together.
    pub fn zipped(&self) -> bool {
        self.axes.zip
    }
}

struct Listing {
    found: Vec<(Pick, Varying)>,
}

impl Listing {
    fn level(&mut self, outer: &str, parts: &[Part]) {
        let name = |part: &Part| match part {
            Part::Layer(layer) => layer.proto.name,
            Part::Bytes(_) | Part::Gap => "payload",
        };
        let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
        for part in parts {
            counts.entry(name(part)).or_default().1 += 1;
        }
        for part in parts {
            let name = name(part);
            let (number, of) = counts.entry(name).or_default();
            *number += 1;
            let own = if *of > 1 { format!("{name}#{number}") } else { name.to_owned() };
            let place = if outer.is_empty() { own } else { format!("{outer} {{{own}}}") };
            match part {
                Part::Gap => {}
                Part::Bytes(bytes) => self.literals(&place, &bytes.literals),
                Part::Layer(layer) => {
                    for setting in &layer.settings {
                        let f = &layer.proto.fields[setting.field];
                        let bit = setting.bits.and_then(|bit| f.names.iter().find(|(_, value)| *value == 1 << bit));
                        let place = format!("{place} {}", bit.map_or(f.name, |(name, _)| name));
                        match (&setting.to, setting.bits) {
                            (To::Numbers(numbers), None) => self.numbers(place, f, numbers),
                            (To::Numbers(numbers), Some(_)) => self.numbers(place, &num("", 1), numbers),
                            (To::Bytes(bytes), _) => self.literals(&place, &bytes.literals),
                            (To::Auto | To::Bad, _) => {}
                        }
                    }
                    self.level(&place, layer.items.as_deref().unwrap_or_default());
                }
            }
        }
    }

    fn numbers(&mut self, place: String, f: &Field, numbers: &Numbers) {
        let count = numbers.count();
        let written = |index| {
            let mut text = String::new();
            write_number(&mut text, f, f.bits(), numbers.member(index));
            text
        };
        // Members past the most that can be counted have no index.
        let last = if count == u128::MAX { u128::MAX } else { count.saturating_sub(1) };
        self.push(numbers.pick, place, Some(count), Some((written(0), written(last))));
    }

    fn literals(&mut self, place: &str, literals: &[Literal]) {
        for literal in literals {
            let count = literal.members.iter().fold(0u128, |n, m| n.saturating_add(m.count()));
            self.push(literal.pick, place.to_owned(), Some(count), None);
            for member in &literal.members {
                if let Member::Rand(id) = member {
                    self.push(Pick::Draw(*id), place.to_owned(), None, None);
                }
            }
            self.numbers(format!("{place} repeat"), &num("", 32), &literal.repeat);
        }
    }

    fn push(&mut self, pick: Pick, place: String, members: Option<u128>, ends: Option<(String, String)>) {
        if pick != Pick::Only {
            self.found.push((pick, Varying { place, drawn: matches!(pick, Pick::Draw(_)), members, ends }));
        }
    }
}
