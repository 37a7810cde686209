//! The protocols: one table a protocol, one file a table, its source named in it.
//!
//! A new protocol is a new file and a line in [`ALL`]. The vocabulary of the tables is [`table`]; what reads them is
//! [`crate::frame`]. Start with [`udp`].

pub mod arp;
pub mod avtp;
pub mod cdp;
pub mod cfm;
pub mod data;
pub mod dhcp;
pub mod dns;
pub mod eapol;
pub mod eth;
pub mod ethercat;
pub mod goose;
pub mod gre;
pub mod hsr;
pub mod icmp;
pub mod icmpv6;
pub mod igmp;
pub mod ipsec;
pub mod ipv4;
pub mod ipv6;
pub mod ipv6ext;
pub mod llc;
pub mod lldp;
pub mod macsec;
pub mod mld;
pub mod mpls;
pub mod ndp;
pub mod ntp;
pub mod overlay;
pub mod pause;
pub mod ppp;
pub mod pppoe;
pub mod profinet;
pub mod prp;
pub mod ptp;
pub mod routing;
pub mod sctp;
pub mod slow;
pub mod stp;
pub mod table;
pub mod tail;
pub mod tcp;
pub mod udp;
pub mod vlan;
pub mod vrrp;
pub mod wol;
mod words;

use std::sync::LazyLock;
use table::{List, Protocol, Role, Rule, Space, item, layout};

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
    &lldp::LLDP,
    &stp::STP,
    &slow::LACP,
    &slow::MARKER,
    &pause::PAUSE,
    &pause::PFC,
    &eapol::EAPOL,
    &eapol::EAP,
    &eapol::EAPOL_KEY,
    &macsec::MACSEC,
    &ptp::PTP,
    &cfm::CFM,
    &pppoe::PPPOED,
    &pppoe::PPPOE,
    &ppp::PPP,
    &ppp::LCP,
    &ppp::IPCP,
    &ppp::IPV6CP,
    &ppp::CCP,
    &ppp::PAP,
    &ppp::CHAP,
    &wol::WOL,
    &cdp::CDP,
    &avtp::AVTP,
    &profinet::PROFINET,
    &ethercat::ETHERCAT,
    &goose::GOOSE,
    &goose::GOOSE_NOID,
    &arp::ARP,
    &ipv4::IPV4,
    &ipv6::IPV6,
    &ipv6ext::HOPOPTS,
    &routing::SRH,
    &routing::ROUTING,
    &ipv6ext::FRAGMENT,
    &ipsec::AH,
    &ipsec::ESP,
    &ipv6ext::DSTOPTS,
    &icmp::ICMP,
    &icmp::ECHO,
    &icmp::ECHO_REPLY,
    &icmp::UNREACH,
    &icmp::REDIRECT,
    &icmp::TIME_EXCEEDED,
    &icmp::PARAM_PROBLEM,
    &icmp::TIMESTAMP,
    &icmp::TIMESTAMP_REPLY,
    &icmpv6::ICMPV6,
    &icmpv6::ECHO,
    &icmpv6::ECHO_REPLY,
    &icmpv6::UNREACH,
    &icmpv6::TOO_BIG,
    &icmpv6::TIME_EXCEEDED,
    &icmpv6::PARAM_PROBLEM,
    &ndp::RS,
    &ndp::RA,
    &ndp::NS,
    &ndp::NA,
    &ndp::REDIRECT,
    &mld::QUERY2,
    &mld::QUERY,
    &mld::REPORT,
    &mld::DONE,
    &mld::REPORT2,
    &igmp::REPORT3,
    &igmp::QUERY3,
    &igmp::IGMP,
    &vrrp::VRRP6,
    &vrrp::VRRP,
    &vrrp::VRRP2,
    &gre::PPTP,
    &gre::GRE,
    &sctp::SCTP,
    &udp::UDP,
    &tcp::TCP,
    &overlay::VXLAN,
    &overlay::GENEVE,
    &ntp::NTP,
    &dhcp::DHCP,
    &dns::DNS,
    &data::U8,
    &data::U16,
    &data::U32,
    &data::U64,
    &data::U16LE,
    &data::U32LE,
    &data::U64LE,
    &tail::PAD,
    &macsec::ICV,
    &prp::PRP,
    &tail::FCS,
    &tail::CUT,
];

/// `open`: in braces, what is before it is not filled up to the boundary that the header needs.
pub static OPEN: Protocol = item("open", "No filling up", "", &layout([]));

/// Braces that take bytes only.
pub static BYTES_ONLY: List = List::of(&[]);

/// Names of `EtherTypes` (IEEE 802 numbers, IANA).
pub const ETHERTYPES: &[(&str, u64)] = &[
    ("ipv4", 0x0800),
    ("arp", 0x0806),
    ("eth", 0x6558),
    ("rarp", 0x8035),
    ("vlan", 0x8100),
    ("ipv6", 0x86dd),
    ("ppp", 0x880b),
    ("svlan", 0x88a8),
    ("wol", 0x0842),
    ("pause", 0x8808),
    ("slow", 0x8809),
    ("mpls", 0x8847),
    ("mpls-up", 0x8848),
    ("pppoed", 0x8863),
    ("pppoe", 0x8864),
    ("eapol", 0x888e),
    ("profinet", 0x8892),
    ("ethercat", 0x88a4),
    ("goose", 0x88b8),
    ("lldp", 0x88cc),
    ("macsec", 0x88e5),
    ("ptp", 0x88f7),
    ("cfm", 0x8902),
    ("hsr", 0x892f),
    ("avtp", 0x22f0),
];

/// Names of IP protocol numbers (IANA).
pub const IP_PROTOCOLS: &[(&str, u64)] = &[
    ("hopopts", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ipv4", 4),
    ("tcp", 6),
    ("udp", 17),
    ("dccp", 33),
    ("ipv6", 41),
    ("routing", 43),
    ("fragment", 44),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("icmpv6", 58),
    ("none", 59),
    ("dstopts", 60),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("ipcomp", 108),
    ("vrrp", 112),
    ("l2tp", 115),
    ("sctp", 132),
    ("mobility", 135),
    ("mpls", 137),
    ("ethernet", 143),
];

/// Names of differentiated services code points (IANA).
pub const DSCP: &[(&str, u64)] = &[
    ("le", 1),
    ("cs1", 8),
    ("af11", 10),
    ("af12", 12),
    ("af13", 14),
    ("cs2", 16),
    ("af21", 18),
    ("af22", 20),
    ("af23", 22),
    ("cs3", 24),
    ("af31", 26),
    ("af32", 28),
    ("af33", 30),
    ("cs4", 32),
    ("af41", 34),
    ("af42", 36),
    ("af43", 38),
    ("cs5", 40),
    ("va", 44),
    ("ef", 46),
    ("cs6", 48),
    ("cs7", 56),
];

/// Names of the values of the ECN field (RFC 3168 5).
pub const ECN: &[(&str, u64)] = &[("ect1", 1), ("ect0", 2), ("ce", 3)];

/// The protocol of this name. Where a name stands for several (an echo of ICMP and of `ICMPv6`), the one that follows
/// `below` is meant, else the first.
pub fn by_name(name: &str, below: Option<&Protocol>) -> Option<&'static Protocol> {
    let mut named = ALL.iter().copied().filter(|p| p.name == name);
    let first = named.clone().next()?;
    below.and_then(|below| named.find(|p| follows(below, p))).or(Some(first))
}

/// Every number of every protocol.
struct Numbers {
    /// Sorted; of one number in the order of [`ALL`].
    all: Vec<((u8, u64), &'static Protocol)>,
    /// Where the first of a number stands in `all`, plus one, from the slot of its hash on; 0 where there is none.
    slots: [u16; SLOTS],
}

/// Some times as many as there are numbers.
const SLOTS: usize = 2048;

/// Where a number is looked for first.
fn slot((space, number): (u8, u64)) -> usize {
    let mixed = (number ^ u64::from(space) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOTS.ilog2())) as usize
}

static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| {
    let keys = |p: &'static Protocol| p.keys.iter().map(move |(space, number)| ((*space as u8, *number), p));
    let mut all: Vec<_> = ALL.iter().copied().flat_map(keys).collect();
    all.sort_by_key(|(key, _)| *key);
    let mut slots = [0; SLOTS];
    for (i, (key, _)) in all.iter().enumerate().filter(|(i, (key, _))| *i == 0 || all[i - 1].0 != *key) {
        let mut at = slot(*key);
        while slots[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        slots[at] = i as u16 + 1;
    }
    Numbers { all, slots }
});

/// The protocol with this number; where several have it (two versions of one), the first that `fits`, else the last.
pub fn by_key(space: Space, number: u64, fits: impl Fn(&'static Protocol) -> bool) -> Option<&'static Protocol> {
    let key = (space as u8, number);
    let numbers = &*NUMBERS;
    let mut at = slot(key);
    let from = loop {
        let here = usize::from(numbers.slots[at]).checked_sub(1)?;
        if numbers.all[here].0 == key {
            break here;
        }
        at = (at + 1) % SLOTS;
    };
    let mut named = numbers.all[from..].iter().take_while(|(k, _)| *k == key).map(|(_, p)| *p);
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
    fn every_number_is_found_and_others_are_not() {
        for (space, number) in ALL.iter().flat_map(|p| p.keys) {
            let found = by_key(*space, *number, |_| false).expect("it is in a table");
            assert!(found.keys.contains(&(*space, *number)), "{space:?} {number}");
        }
        assert_eq!(by_key(Space::Ip, 254, |_| true), None);
        assert!(NUMBERS.all.len() * 4 < SLOTS, "room for {} numbers", NUMBERS.all.len());
    }

    #[test]
    fn every_mirror_is_a_field_of_what_is_answered() {
        for p in ALL {
            let asked = p.answers.unwrap_or(p);
            for f in p.fields {
                if let Some(name) = f.answered.told_by(f.name) {
                    assert!(asked.field(name).is_some(), "'{} {}' mirrors no '{} {name}'", p.name, f.name, asked.name);
                }
                assert!(!f.marks || f.bits() <= 64, "'{} {}' is no number to count on", p.name, f.name);
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
