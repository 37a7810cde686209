//! The names people know: ethtool's groups of features, each a pattern over the kernel's own names.

use crate::expr::nearest;
use crate::link::Error;
use crate::sys::ethtool::Legacy;

/// One group, as `ethtool -k` heads it and `ethtool -K` sets it.
#[derive(Debug)]
pub struct Group {
    /// The name for `ethtool -K`: `tx`.
    pub short: &'static str,
    /// The name in `ethtool -k`: `tx-checksumming`.
    pub long: &'static str,
    /// The kernel's names of its members, with at most one `*`.
    pattern: &'static str,
    /// The toggle from before the kernel had features by name.
    pub legacy: Option<Legacy>,
}

/// All groups, in ethtool's order (its `off_flag_def`; UFO is left out, no kernel with named features has it as one).
pub static GROUPS: [Group; 11] = [
    group("rx", "rx-checksumming", "rx-checksum", Some(Legacy::RxChecksum)),
    group("tx", "tx-checksumming", "tx-checksum-*", Some(Legacy::TxChecksum)),
    group("sg", "scatter-gather", "tx-scatter-gather*", Some(Legacy::ScatterGather)),
    group("tso", "tcp-segmentation-offload", "tx-tcp*-segmentation", Some(Legacy::Tso)),
    group("gso", "generic-segmentation-offload", "tx-generic-segmentation", Some(Legacy::Gso)),
    group("gro", "generic-receive-offload", "rx-gro", Some(Legacy::Gro)),
    group("lro", "large-receive-offload", "rx-lro", None),
    group("rxvlan", "rx-vlan-offload", "rx-vlan-hw-parse", None),
    group("txvlan", "tx-vlan-offload", "tx-vlan-hw-insert", None),
    group("ntuple", "ntuple-filters", "rx-ntuple-filter", None),
    group("rxhash", "receive-hashing", "rx-hashing", None),
];

const fn group(short: &'static str, long: &'static str, pattern: &'static str, legacy: Option<Legacy>) -> Group {
    Group { short, long, pattern, legacy }
}

impl Group {
    /// The feature with this kernel name is a member.
    pub fn has(&self, feature: &str) -> bool {
        match self.pattern.split_once('*') {
            None => feature == self.pattern,
            Some((front, back)) => {
                feature.len() >= front.len() + back.len() && feature.starts_with(front) && feature.ends_with(back)
            }
        }
    }

    /// The group of a feature.
    pub fn of(feature: &str) -> Option<&'static Self> {
        GROUPS.iter().find(|group| group.has(feature))
    }
}

/// What a name on the command line means.
#[derive(Debug)]
pub enum Meaning {
    /// One feature by the kernel's name: its place among `names`.
    Feature(usize),
    /// A group, and the places of its members.
    Group(&'static Group, Vec<usize>),
}

/// Looks `word` up among the kernel's feature names and the groups.
pub fn resolve(word: &str, names: &[&str]) -> Result<Meaning, Error> {
    if let Some(at) = names.iter().position(|name| *name == word && !word.is_empty()) {
        return Ok(Meaning::Feature(at));
    }
    if let Some(group) = GROUPS.iter().find(|group| group.short == word || group.long == word) {
        let members = (0..names.len()).filter(|at| group.has(names[*at])).collect();
        return Ok(Meaning::Group(group, members));
    }
    let groups = GROUPS.iter().flat_map(|group| [group.short, group.long]);
    let near = nearest(word, names.iter().copied().filter(|name| !name.is_empty()).chain(groups));
    Err(Error::Usage {
        message: format!("there is no offload feature '{word}'"),
        help: Some(near.map_or_else(
            || "`ethcraft offload IFACE` lists them; the groups are tx, rx, sg, tso, gso, gro".to_owned(),
            |near| format!("did you mean '{near}'?"),
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_between() {
        assert_eq!(Group::of("tx-tcp6-segmentation").unwrap().short, "tso");
        assert_eq!(Group::of("tx-tcp-segmentation").unwrap().short, "tso");
        assert_eq!(Group::of("tx-checksum-sctp").unwrap().short, "tx");
        assert!(Group::of("rx-gro-list").is_none());
        assert!(Group::of("tx-udp-segmentation").is_none());
    }

    #[test]
    fn a_name_is_the_kernels_a_groups_or_answered_with_the_nearest() {
        let names = ["tx-scatter-gather", "", "tx-checksum-ip-generic", "tx-checksum-sctp"];
        assert!(matches!(resolve("tx-checksum-sctp", &names), Ok(Meaning::Feature(3))));
        for word in ["tx", "tx-checksumming"] {
            assert!(matches!(resolve(word, &names), Ok(Meaning::Group(_, members)) if members == [2, 3]));
        }
        let error = resolve("tx-checksum-stcp", &names).unwrap_err();
        assert_eq!(error.help().as_deref(), Some("did you mean 'tx-checksum-sctp'?"));
        assert!(resolve("", &names).is_err());
    }
}
