//! The features of an interface by name, and the listing that agrees with `ethtool -k` line for line.

use super::groups::{GROUPS, Group};
use crate::sys::ethtool::{Block, SetBlock};
use std::fmt;

/// A feature is on or off, now and by request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// In force.
    pub active: bool,
    /// Asked for; it comes into force when what it needs is there.
    pub requested: bool,
    /// Nobody can change it here.
    pub fixed: bool,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.active { "on" } else { "off" })?;
        f.write_str(match self {
            Self { fixed: true, .. } => " [fixed]",
            Self { active: false, requested: true, .. } => " [requested on]",
            Self { active: true, requested: false, .. } => " [requested off]",
            _ => "",
        })
    }
}

/// One feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The kernel's name; empty for a feature without one.
    pub name: String,
    /// The driver lets it be changed.
    pub available: bool,
    /// The kernel never lets it be changed.
    pub never_changed: bool,
    /// In force.
    pub active: bool,
    /// Asked for.
    pub requested: bool,
}

impl Feature {
    /// On or off, as `ethtool -k` says it.
    pub fn state(&self) -> State {
        State { active: self.active, requested: self.requested, fixed: !self.changeable() }
    }

    /// It can be set.
    pub fn changeable(&self) -> bool {
        self.available && !self.never_changed
    }
}

/// All features of an interface, each at its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features(Vec<Feature>);

impl Features {
    pub(super) fn new(names: &[String], blocks: &[Block]) -> Self {
        let bit =
            |at: usize, of: fn(&Block) -> u32| blocks.get(at / 32).is_some_and(|block| of(block) >> (at % 32) & 1 != 0);
        Self(
            names
                .iter()
                .enumerate()
                .map(|(at, name)| Feature {
                    name: name.clone(),
                    available: bit(at, |block| block.available),
                    never_changed: bit(at, |block| block.never_changed),
                    active: bit(at, |block| block.active),
                    requested: bit(at, |block| block.requested),
                })
                .collect(),
        )
    }

    /// Those that have a name, in the kernel's order.
    pub fn named(&self) -> impl Iterator<Item = &Feature> {
        self.0.iter().filter(|feature| !feature.name.is_empty())
    }

    /// The feature with this name.
    pub fn get(&self, name: &str) -> Option<&Feature> {
        self.named().find(|feature| feature.name == name)
    }

    pub(super) fn all(&self) -> &[Feature] {
        &self.0
    }

    /// A request that sets each feature for which `wanted` has an answer.
    pub(super) fn request(&self, wanted: impl Fn(usize, &Feature) -> Option<bool>) -> Vec<SetBlock> {
        let mut blocks = vec![SetBlock::default(); self.0.len().div_ceil(32)];
        for (at, feature) in self.0.iter().enumerate() {
            if let (Some(on), Some(block)) = (wanted(at, feature), blocks.get_mut(at / 32)) {
                block.valid |= 1 << (at % 32);
                block.requested |= u32::from(on) << (at % 32);
            }
        }
        blocks
    }

    /// The lines of `ethtool -k`, without its heading: first the groups, then the features of no group.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for group in &GROUPS {
            let members: Vec<&Feature> = self.named().filter(|feature| group.has(&feature.name)).collect();
            if let [only] = members[..] {
                lines.push(format!("{}: {}", group.long, only.state()));
                continue;
            }
            let on = members.iter().any(|feature| feature.active);
            lines.push(format!("{}: {}", group.long, if on { "on" } else { "off" }));
            lines.extend(members.iter().map(|feature| format!("\t{}: {}", feature.name, feature.state())));
        }
        let rest = self.named().filter(|feature| Group::of(&feature.name).is_none());
        lines.extend(rest.map(|feature| format!("{}: {}", feature.name, feature.state())));
        lines
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Features with these names; the numbers are bits.
    pub fn features(names: &[&str], available: u32, requested: u32, active: u32, never_changed: u32) -> Features {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Features::new(&names, &[Block { available, requested, active, never_changed }])
    }

    #[test]
    fn a_state_reads_as_ethtool_writes_it() {
        let names = ["a", "b", "c", "d", "e", ""];
        let features = features(&names, 0b10_1111, 0b10_1010, 0b10_1100, 0b10_1000);
        let lines = features.lines();
        let expected = ["a: off", "b: off [requested on]", "c: on [requested off]", "d: on [fixed]", "e: off [fixed]"];
        assert_eq!(lines[GROUPS.len()..], expected);
    }

    #[test]
    fn a_group_of_one_takes_the_long_name_and_a_larger_one_heads_its_members() {
        let features = features(&["rx-gro", "tx-checksum-ipv4", "tx-checksum-ip-generic"], 0b101, 0b101, 0b101, 0);
        let lines = features.lines();
        let expected = [
            "rx-checksumming: off",
            "tx-checksumming: on",
            "\ttx-checksum-ipv4: off [fixed]",
            "\ttx-checksum-ip-generic: on",
        ];
        assert_eq!(lines[..4], expected);
        assert!(lines.contains(&"generic-receive-offload: on".to_owned()));
    }

    #[test]
    fn a_request_sets_its_bits_in_the_right_block() {
        let names: Vec<String> = (0..40).map(|n| format!("f{n}")).collect();
        let features = Features::new(&names, &[]);
        let blocks =
            features.request(|at, _| [(3, true), (35, true), (36, false)].into_iter().find(|w| w.0 == at).map(|w| w.1));
        let expected = [SetBlock { valid: 8, requested: 8 }, SetBlock { valid: 0b1_1000, requested: 0b1000 }];
        assert_eq!(blocks, expected);
    }
}
