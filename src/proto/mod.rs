//! The protocols: one table a protocol, one file a table, its source named in it.
//!
//! A new protocol is a new file and a line in [`ALL`]. The vocabulary of the tables is [`table`]; what reads them is
//! [`crate::frame`]. Start with [`udp`].

pub mod arp;
pub mod data;
pub mod eth;
pub mod hsr;
pub mod icmp;
pub mod ipv4;
pub mod llc;
pub mod mpls;
pub mod prp;
pub mod table;
pub mod tail;
pub mod udp;
pub mod vlan;

use table::{List, Protocol, Role, Rule, Space};

/// Every protocol, link layer first.
pub static ALL: &[&Protocol] = &[
    &tail::FRAME,
    &eth::ETH,
    &eth::DOT3,
    &llc::LLC,
    &llc::SNAP,
    &vlan::VLAN,
    &vlan::SVLAN,
    &hsr::HSR,
    &mpls::MPLS,
    &mpls::CONTROL_WORD,
    &arp::ARP,
    &ipv4::IPV4,
    &icmp::ICMP,
    &icmp::ECHO,
    &icmp::ECHO_REPLY,
    &icmp::UNREACH,
    &icmp::REDIRECT,
    &icmp::TIME_EXCEEDED,
    &icmp::PARAM_PROBLEM,
    &icmp::TIMESTAMP,
    &icmp::TIMESTAMP_REPLY,
    &udp::UDP,
    &data::U8,
    &data::U16,
    &data::U32,
    &data::U64,
    &data::U16LE,
    &data::U32LE,
    &data::U64LE,
    &tail::PAD,
    &prp::PRP,
    &tail::FCS,
    &tail::CUT,
];

/// Braces that take bytes only.
pub static BYTES_ONLY: List = List::of(&[]);

/// Names of `EtherTypes` (IEEE 802 numbers, IANA).
pub const ETHERTYPES: &[(&str, u64)] =
    &[("ipv4", 0x0800), ("arp", 0x0806), ("rarp", 0x8035), ("vlan", 0x8100), ("ipv6", 0x86dd), ("svlan", 0x88a8)];

/// Names of IP protocol numbers (IANA).
pub const IP_PROTOCOLS: &[(&str, u64)] = &[
    ("icmp", 1),
    ("igmp", 2),
    ("ipv4", 4),
    ("tcp", 6),
    ("udp", 17),
    ("ipv6", 41),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("icmpv6", 58),
    ("vrrp", 112),
    ("sctp", 132),
];

/// The protocol of this name. Where a name stands for several (an echo of ICMP and of `ICMPv6`), the one that follows
/// `below` is meant, else the first.
pub fn by_name(name: &str, below: Option<&Protocol>) -> Option<&'static Protocol> {
    let mut named = ALL.iter().copied().filter(|p| p.name == name);
    let first = named.clone().next()?;
    below.and_then(|below| named.find(|p| follows(below, p))).or(Some(first))
}

/// The protocol with this number; where several have it (two versions of one), the first that `fits`, else the last.
pub fn by_key(space: Space, number: u64, fits: impl Fn(&'static Protocol) -> bool) -> Option<&'static Protocol> {
    let mut named = ALL.iter().copied().filter(|p| p.keys.contains(&(space, number)));
    let mut found = named.next()?;
    for other in named {
        if fits(found) {
            break;
        }
        found = other;
    }
    Some(found)
}

/// Whether a layer's own fields can name that protocol as the next one.
pub fn follows(below: &Protocol, next: &Protocol) -> bool {
    below.then.is_some_and(|p| p == next || (p.role == Role::Link && next.role == Role::Link))
        || below.fields.iter().any(|f| match f.rule {
            Rule::Next { space, or_len, .. } => next.key(space).is_some() || (or_len && *next == llc::LLC),
            Rule::Bottom => *next == *below || below.guess.is_some(),
            Rule::To(space) | Rule::From(space) => next.key(space).is_some(),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_names_one_protocol() {
        let mut seen: Vec<(&Protocol, &(Space, u64))> = Vec::new();
        for (proto, key) in ALL.iter().flat_map(|p| p.keys.iter().map(move |k| (*p, k))) {
            // Several may share one if they can be told apart: the last is what it is if it is nothing else.
            let shared = seen.iter().find(|(_, k)| *k == key).map(|(p, _)| *p);
            let told_apart = |p: &Protocol| p.role == Role::Link || fixed_size(p) > fixed_size(proto) || magic(p);
            assert!(shared.is_none_or(told_apart), "{key:?} of {} stands twice", proto.name);
            seen.retain(|(_, k)| *k != key);
            seen.push((proto, key));
        }
    }

    fn magic(p: &Protocol) -> bool {
        p.fields.iter().any(|f| f.magic)
    }

    fn fixed_size(p: &Protocol) -> usize {
        p.fields.iter().filter(|f| f.at != table::MOVES).map(|f| f.at as usize + f.bits()).max().unwrap_or(0)
    }

    #[test]
    fn every_protocol_says_what_it_is_and_every_field_what_it_means() {
        for p in ALL {
            assert!(!p.title.is_empty(), "{}", p.name);
            assert!(matches!(p.role, Role::Data | Role::Start | Role::Cut) || !p.source.is_empty(), "{}", p.name);
            assert!(p.fields.iter().filter(|f| f.main).count() <= 1, "{}", p.name);
            for f in p.fields {
                assert!(!f.doc.is_empty(), "{} {}", p.name, f.name);
                assert_eq!(p.fields.iter().filter(|g| g.name == f.name).count(), 1, "{} {}", p.name, f.name);
            }
        }
    }

    #[test]
    fn no_name_is_a_reserved_word() {
        for p in ALL {
            for word in ["zip", "and", "or", "not", "then", "zero", "rand", "count", "auto", "bad"] {
                assert_ne!(p.name, word);
                assert!(p.fields.iter().all(|f| f.names.iter().all(|(n, _)| *n != word)));
            }
        }
    }
}
