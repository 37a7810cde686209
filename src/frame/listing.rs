//! What varies in a set and how much, known from the expression alone: nothing is built.

use super::domain;
use super::print::{write_number, write_payload};
use super::set::{Choice, Numbers, Pick};
use super::spec::{Frames, Literal, Member, Part, To};
use crate::proto::table::{Field, Kind, num};
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
    /// The member that one frame takes, where one was asked about.
    pub now: Option<String>,
}

impl Frames {
    /// What varies: the axes, leftmost first, of which the rightmost changes fastest; then what is drawn.
    pub fn varying(&self) -> Vec<Varying> {
        self.listing(None)
    }

    /// What frame `number` has of it, in words that tell it from the others of the set: `dst=10.0.0.9 dport=80`. Empty
    /// where nothing varies.
    pub fn label(&self, number: u128) -> String {
        let varying = self.listing(Some(number));
        let field = |place: &str| place.rsplit(' ').next().unwrap_or_default().to_owned();
        let mut label = String::new();
        for one in &varying {
            let Some(now) = &one.now else { continue };
            let short = field(&one.place);
            let unique = varying.iter().filter(|other| field(&other.place) == short).count() == 1;
            label.push_str(if label.is_empty() { "" } else { " " });
            label.push_str(if unique { &short } else { &one.place });
            label.push('=');
            label.push_str(now);
        }
        label
    }

    fn listing(&self, number: Option<u128>) -> Vec<Varying> {
        let choice = |number| Choice { axes: &self.axes, number, seed: self.surroundings.seed };
        let mut list = Listing { found: Vec::new(), choice: number.map(choice) };
        list.level("", &self.parts);
        // Axes and draws are numbered in the order of the text.
        list.found.sort_by_key(|(pick, _)| match pick {
            Pick::Only | Pick::Number => (0, 0),
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

struct Listing<'a> {
    found: Vec<(Pick, Varying)>,
    /// The frame that is asked about.
    choice: Option<Choice<'a>>,
}

impl Listing<'_> {
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
                Part::Bytes(bytes) => self.literals(&place, &bytes.literals, false),
                Part::Layer(layer) => {
                    for setting in &layer.settings {
                        let f = &layer.proto.fields[setting.field];
                        let bit = setting.bits.and_then(|bit| f.names.iter().find(|(_, value)| *value == 1 << bit));
                        let place = format!("{place} {}", bit.map_or(f.name, |(name, _)| name));
                        match (&setting.to, setting.bits) {
                            (To::Numbers(numbers), None) => self.numbers(place, f, numbers),
                            (To::Numbers(numbers), Some(_)) => self.numbers(place, &num("", 1), numbers),
                            (To::Bytes(bytes), _) => {
                                self.literals(&place, &bytes.literals, matches!(f.kind, Kind::Domain));
                            }
                            (To::Auto | To::Bad, _) => {}
                        }
                    }
                    self.level(&place, layer.items.as_deref().unwrap_or_default());
                }
            }
        }
    }

    fn numbers(&mut self, place: String, f: &Field, numbers: &Numbers) {
        if matches!(numbers.pick, Pick::Only | Pick::Number) {
            return;
        }
        let count = numbers.count();
        let written = |index| {
            let mut text = String::new();
            write_number(&mut text, f, f.bits(), numbers.member(index));
            text
        };
        // Members past the most that can be counted have no index.
        let last = if count == u128::MAX { u128::MAX } else { count.saturating_sub(1) };
        let now = self.choice.map(|choice| written(choice.index(numbers.pick, count)));
        self.push(numbers.pick, place, Some(count), Some((written(0), written(last))), now);
    }

    fn literals(&mut self, place: &str, literals: &[Literal], is_name: bool) {
        for literal in literals {
            let count = literal.members.iter().fold(0u128, |n, m| n.saturating_add(m.count()));
            let now = self.choice.map(|choice| member(literal, choice.index(literal.pick, count), is_name));
            self.push(literal.pick, place.to_owned(), Some(count), None, now);
            for member in &literal.members {
                if let Member::Rand(id) = member {
                    self.push(Pick::Draw(*id), place.to_owned(), None, None, None);
                }
            }
            self.numbers(format!("{place} repeat"), &num("", 32), &literal.repeat);
        }
    }

    fn push(
        &mut self,
        pick: Pick,
        place: String,
        members: Option<u128>,
        ends: Option<(String, String)>,
        now: Option<String>,
    ) {
        if pick != Pick::Only {
            self.found.push((pick, Varying { place, drawn: matches!(pick, Pick::Draw(_)), members, ends, now }));
        }
    }
}

/// A member of a literal as the language writes it; of a long text its beginning.
fn member(literal: &Literal, index: u128, is_name: bool) -> String {
    /// Characters that still read as a label.
    const MOST: usize = 24;
    let mut index = index;
    for member in &literal.members {
        if index < member.count() {
            return match member {
                Member::Text(bytes) => {
                    let mut text = String::new();
                    if is_name && domain::write(bytes, &mut text) {
                        return text;
                    }
                    write_payload(&bytes[..bytes.len().min(MOST)], &mut text);
                    text
                }
                Member::Run(run, size) => format!("0x{:0width$x}", run.at(index), width = size * 2),
                Member::Ber(run, _) => run.at(index).cast_signed().to_string(),
                Member::Zero => "zero".into(),
                Member::Count => "count".into(),
                Member::Rand(_) => "rand".into(),
            };
        }
        index -= member.count();
    }
    String::new()
}
