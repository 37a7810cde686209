//! Which frame answers which: the mirror column of the tables, read on a question and on what may be its answer.
//!
//! A question is entered by what its answers will have: of each layer the fields that mirror one of the question's, with
//! its values, and by what an error quotes that is sent about it. A frame is looked up by what it has there. Which fields
//! these are is a [`Form`]; a run has a few of them, so that a look-up takes the time of a few hashes.

use super::layout::{self, Fit};
use super::node::{Node, View};
use crate::proto::ALL;
use crate::proto::table::{Answered, Kind, Protocol, Role, Rule, Space};
use std::collections::HashMap;
use std::net::Ipv4Addr;

/// The questions, by what their answers have.
#[derive(Debug, Default)]
pub struct Answers {
    /// Addresses of all hosts of a network that the interface is in.
    broadcasts: Vec<Ipv4Addr>,
    forms: Vec<Form>,
    questions: HashMap<(usize, Vec<u128>), Vec<usize>>,
}

/// What a frame answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The questions that it may answer, in the order they were entered; never empty.
    pub questions: &'a [usize],
    /// It is an error about the question, not an answer of whom it went to.
    pub error: bool,
}

/// Where to look in a frame for what tells which question it answers.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// In these fields of these layers.
    Mirror(Vec<(&'static Protocol, Vec<usize>)>),
    /// In the quote of a datagram of this protocol: places in bits from its start, and widths.
    Quote(&'static Protocol, Vec<(usize, usize)>),
}

/// The part of a datagram behind its network headers that every error quotes, bytes (RFC 792).
const QUOTED: usize = 8;

/// Whose an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// One host's.
    Host,
    /// A group's: no host sends from it.
    Group,
    /// Nobody's: not known, or all zeros.
    Nobody,
    /// It is no address.
    NoAddress,
}

/// Whose the address of a field is.
pub(super) fn whose(kind: Kind, value: u128, broadcasts: &[Ipv4Addr]) -> Whose {
    let group = match kind {
        Kind::Mac => value >> 40 & 1 == 1,
        Kind::Ip4 => {
            let ip = Ipv4Addr::from_bits(value as u32);
            ip.is_multicast() || ip.is_broadcast() || broadcasts.contains(&ip)
        }
        Kind::Ip6 => value >> 120 == 0xff,
        _ => return Whose::NoAddress,
    };
    match (value, group) {
        (0, _) => Whose::Nobody,
        (_, true) => Whose::Group,
        _ => Whose::Host,
    }
}

impl Answers {
    /// None yet. `broadcasts` are the addresses of all hosts of the interface's networks.
    pub fn new(broadcasts: Vec<Ipv4Addr>) -> Self {
        Self { broadcasts, ..Self::default() }
    }

    /// Enters a question under this number.
    pub fn enter(&mut self, question: usize, view: View) {
        for (form, values) in [self.mirror(view), quote(view)].into_iter().flatten() {
            let form = self.forms.iter().position(|f| *f == form).unwrap_or_else(|| {
                self.forms.push(form);
                self.forms.len() - 1
            });
            self.questions.entry((form, values)).or_default().push(question);
        }
    }

    /// The questions that a frame may answer.
    pub fn find(&self, view: View) -> Option<Found<'_>> {
        self.forms.iter().enumerate().find_map(|(index, form)| {
            let questions = self.questions.get(&(index, form.values(view)?))?;
            Some(Found { questions, error: matches!(form, Form::Quote(..)) })
        })
    }

    /// What an answer has in the fields that mirror the question's; none where that is nothing.
    fn mirror(&self, view: View) -> Option<(Form, Vec<u128>)> {
        let layers = self.mirrored(view)?;
        let values = layers.iter().flat_map(|layer| layer.fields.iter().map(|f| f.1)).collect();
        let fields = |layer: &Mirrored| layer.fields.iter().map(|f| f.0).collect();
        let form: Vec<_> = layers.iter().map(|layer| (layer.proto, fields(layer))).collect();
        (!form.is_empty()).then_some((Form::Mirror(form), values))
    }

    /// The layers by which an answer is known; none where the question has no answer.
    pub(super) fn mirrored(&self, view: View) -> Option<Vec<Mirrored>> {
        let mut layers = Vec::new();
        // An answer may take another way back, so link addresses count only where nothing else tells.
        let mut telling = false;
        for (index, node) in view.nodes[..view.unquoted()].iter().enumerate().filter(|(_, n)| n.depth == 0) {
            let Some(asked) = node.header() else { continue };
            let proto = answered_by(asked);
            let mut fields = Vec::new();
            for (i, f) in proto.fields.iter().enumerate() {
                let own = |name: &str| view.number(index, asked.field(name)?);
                let Some(value) = f.answered.told_by(f.name).and_then(own) else { continue };
                if let Answered::Turns(pairs) = f.answered {
                    // What is no question has no answer.
                    let (_, turned) = pairs.iter().find(|(from, _)| u128::from(*from) == value)?;
                    fields.push((i, u128::from(*turned), Whose::NoAddress));
                } else if !matches!(f.kind, Kind::Flags) {
                    fields.push((i, value, whose(f.kind, value, &self.broadcasts)));
                }
            }
            // Who answers for a group answers from an address of its own, and perhaps to the group.
            let endpoints = asked.pseudo.is_some() || asked.role == Role::Link;
            let to_group = endpoints && fields.iter().any(|(.., whose)| *whose == Whose::Group);
            fields.retain(|(.., whose)| match whose {
                Whose::NoAddress => true,
                Whose::Host => !to_group,
                Whose::Group => !endpoints,
                Whose::Nobody => false,
            });
            let addressed = asked.pseudo.is_some() || fields.iter().any(|f| f.2 != Whose::NoAddress);
            let marked = proto.fields.iter().any(|f| f.marks || f.answered.turns());
            telling |= asked.role != Role::Link && (marked || proto != asked || (addressed && !fields.is_empty()));
            layers.push(Mirrored { asked, proto, fields: fields.iter().map(|f| (f.0, f.1)).collect() });
        }
        layers.retain(|Mirrored { asked, proto, fields }| {
            (asked.role != Role::Link || !telling) && (proto != asked || !fields.is_empty())
        });
        Some(layers)
    }
}

/// A layer by which an answer is known.
#[derive(Debug)]
pub(super) struct Mirrored {
    /// The question's.
    pub asked: &'static Protocol,
    /// The answer's.
    pub proto: &'static Protocol,
    /// Its fields that mirror the question's, each with the value that it then has.
    pub fields: Vec<(usize, u128)>,
}

/// The layer that answers this one.
fn answered_by(asked: &'static Protocol) -> &'static Protocol {
    ALL.iter().copied().find(|p| p.answers == Some(asked)).unwrap_or(asked)
}

/// What the quote of a question has that nobody changes on the way, and that tells it from others.
fn quote(view: View) -> Option<(Form, Vec<u128>)> {
    let headers: Vec<(usize, &Node, &'static Protocol)> = view
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, n)| n.depth == 0)
        .filter_map(|(i, n)| Some((i, n, n.header()?)))
        .collect();
    let from = headers.iter().position(|(.., proto)| proto.pseudo.is_some())?;
    let (_, network, proto) = headers[from];
    let is_network = |p: &Protocol| p.fields.iter().any(|f| matches!(f.rule, Rule::Next { space: Space::Ip, .. }));
    let behind = headers[from..]
        .iter()
        .take_while(|(.., p)| is_network(p))
        .last()
        .map_or(network.header_end, |(_, n, _)| n.header_end);
    let (mut places, mut values) = (Vec::new(), Vec::new());
    for (index, node, layer) in &headers[from..] {
        for (i, _) in
            layer.fields.iter().enumerate().filter(|(_, f)| f.marks || matches!(f.answered, Answered::Mirrors(_)))
        {
            let Some(slot) = layout::slot(layer, view.bytes, node.start, node.header_end, i) else { continue };
            if slot.bits <= 128
                && slot.bit + slot.bits <= (behind + QUOTED) * 8
                && let Some(value) = view.number(*index, i)
            {
                places.push((slot.bit - network.start * 8, slot.bits));
                values.push(value);
            }
        }
    }
    Some((Form::Quote(proto, places), values))
}

impl Form {
    /// What a frame has at the places of this form; none where it lacks one.
    fn values(&self, view: View) -> Option<Vec<u128>> {
        match self {
            Self::Mirror(layers) => {
                let mut walk = Walk { view, next: 0, behind: None };
                let mut values = Vec::new();
                for (proto, fields) in layers {
                    let node = walk.to(proto)?;
                    for field in fields {
                        let slot = layout::slot(proto, view.bytes, node.start, node.header_end, *field)?;
                        values.push(slot.number(view.bytes)?);
                    }
                }
                Some(values)
            }
            Self::Quote(proto, places) => {
                let quotes = |n: &&Node| n.depth == 0 && n.proto.is_some_and(|p| p.quotes && p.then == Some(proto));
                let start = view.nodes.iter().find(quotes)?.header_end;
                places.iter().map(|(bit, bits)| super::bits::get(view.bytes, start * 8 + bit, *bits)).collect()
            }
        }
    }
}

/// From layer to layer through a frame, as another frame has them.
pub(super) struct Walk<'a> {
    pub view: View<'a>,
    /// Where to go on looking.
    pub next: usize,
    /// Where the layer found last ends.
    pub behind: Option<usize>,
}

impl Walk<'_> {
    /// The next layer of this protocol, before any quote. Where only the port is missing that names it, what stands behind
    /// the layer found last is taken for it.
    pub fn to(&mut self, proto: &'static Protocol) -> Option<Node> {
        let nodes = &self.view.nodes[..self.view.unquoted()];
        let found = nodes.iter().enumerate().skip(self.next).find(|(_, n)| n.depth == 0 && n.proto == Some(proto));
        let node = if let Some((index, node)) = found {
            self.next = index + 1;
            *node
        } else {
            let at = self.behind?;
            let bytes = nodes.iter().skip(self.next).find(|n| n.depth == 0)?;
            if bytes.proto.is_some() || bytes.start != at {
                return None;
            }
            let Fit::Exact(end) = layout::fit(proto, self.view.bytes, at, bytes.end)? else { return None };
            Node { proto: Some(proto), start: at, header_end: end, end: bytes.end, depth: 0 }
        };
        self.behind = Some(node.header_end);
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Begin, Builder, Fcs, Frames, Surroundings, dissect, filter, no_files};

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{text}\n{e}"))
    }

    fn build(text: &str) -> Builder {
        let mut builder = Builder::default();
        builder.build(&frames(text), 0).unwrap_or_else(|e| panic!("{text}\n{e}"));
        builder
    }

    /// Which of the questions a frame answers, and whether as an error.
    fn answered(questions: &[&str], answer: &str) -> Option<(Vec<usize>, bool)> {
        let mut answers = Answers::new(vec![Ipv4Addr::new(10, 0, 0, 255)]);
        for (number, text) in questions.iter().enumerate() {
            answers.enter(number, build(text).view());
        }
        let mut nodes = Vec::new();
        let builder = build(answer);
        let bytes = builder.view().bytes;
        dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        let found = answers.find(View { bytes, nodes: &nodes }).map(|found| (found.questions.to_vec(), found.error));
        // What is an answer passes the filter for these questions, whether they go out alone or with others.
        let sets: Vec<_> = questions.iter().map(|text| frames(text)).collect();
        if let (Some(program), true) = (answers.hearing(&sets.iter().collect::<Vec<_>>(), None), found.is_some()) {
            assert_ne!(filter::run(&program, bytes, None), 0, "{questions:?} {answer}");
        }
        found
    }

    fn is_answer(question: &str, answer: &str) -> bool {
        answered(&[question], answer).is_some()
    }

    const PING: &str = "ipv4 id=5 src=10.0.0.1 dst=10.0.0.2 / icmp / echo id=1 seq=7 / \"payload\"";
    const SYN: &str = "ipv4 id=6 src=10.0.0.1 dst=10.0.0.2 / tcp sport=999 dport=80 seq=100";

    #[test]
    fn mirrored_fields_tell_an_answer() {
        let arp = "arp spa=10.0.0.1 tpa=10.0.0.2";
        let good = "arp op=reply sha=02:00:00:00:00:02 spa=10.0.0.2 tha=02:00:00:00:00:01 tpa=10.0.0.1";
        assert!(is_answer(arp, good));
        assert!(!is_answer(arp, &good.replace("spa=10.0.0.2", "spa=10.0.0.3")), "another host's");
        assert!(!is_answer(arp, &good.replace("op=reply", "op=request")), "a question is no answer");
        assert!(!is_answer(good, arp), "an answer has no answer");
        assert!(is_answer(PING, "ipv4 id=77 src=10.0.0.2 dst=10.0.0.1 / icmp / echo-reply id=1 seq=7 / \"payload\""));
        assert!(!is_answer(PING, "ipv4 src=10.0.0.2 dst=10.0.0.1 / icmp / echo-reply id=1 seq=8"));
        assert!(!is_answer(PING, "ipv4 src=10.0.0.2 dst=10.0.0.1 / icmp / echo id=1 seq=7"));
        assert!(is_answer(SYN, "ipv4 src=10.0.0.2 dst=10.0.0.1 / tcp sport=80 dport=999 flags=rst+ack"));
        assert!(!is_answer(SYN, "ipv4 src=10.0.0.2 dst=10.0.0.1 / tcp sport=81 dport=999 flags=rst+ack"));
        assert!(is_answer(
            "ipv6 / icmpv6 / ns target=2001:db8::2",
            "ipv6 src=2001:db8::2 / icmpv6 / na target=2001:db8::2"
        ));
        assert!(is_answer("ipv6 / icmpv6 / rs", "ipv6 src=fe80::1 / icmpv6 / ra"));
        assert!(is_answer(
            "vlan=7 / ipv4 / icmp / echo",
            "vlan=7 / ipv4 src=192.0.2.2 dst=192.0.2.1 / icmp / echo-reply"
        ));
        assert!(!is_answer(
            "vlan=7 / ipv4 / icmp / echo",
            "vlan=8 / ipv4 src=192.0.2.2 dst=192.0.2.1 / icmp / echo-reply"
        ));
    }

    #[test]
    fn who_answers_for_a_group_has_an_address_of_its_own() {
        let discover = "ipv4 src=0.0.0.0 dst=255.255.255.255 / udp sport=68 / dhcp xid=9 {type=discover}";
        assert!(is_answer(
            discover,
            "ipv4 src=10.0.0.2 dst=10.0.0.77 / udp sport=67 dport=68 / dhcp op=reply xid=9 chaddr=02:00:00:00:00:01"
        ));
        assert!(!is_answer(discover, "ipv4 src=10.0.0.2 dst=10.0.0.77 / udp sport=67 dport=68 / dhcp op=reply xid=8"));
        for group in ["224.0.0.1", "10.0.0.255", "255.255.255.255"] {
            let ping = format!("ipv4 src=10.0.0.1 dst={group} / icmp / echo id=1 seq=7");
            assert!(is_answer(&ping, "ipv4 src=10.0.0.9 dst=10.0.0.1 / icmp / echo-reply id=1 seq=7"), "{group}");
        }
    }

    #[test]
    fn an_error_is_known_by_what_it_quotes_also_where_that_is_cut_to_8_bytes() {
        let error = "ipv4 src=172.16.0.1 dst=10.0.0.1 / icmp / time-exceeded / ";
        // The router has counted the TTL down and so changed the checksum.
        let quote = |of: &str| format!("{error}{}", of.replace("ipv4 ", "ipv4 ttl=0 "));
        assert_eq!(answered(&[SYN, PING], &quote(PING)), Some((vec![1], true)));
        assert_eq!(answered(&[SYN, PING], &quote(SYN)), Some((vec![0], true)));
        let cut = |of: &str| format!("{} / cut=70", quote(of));
        assert_eq!(build(&cut(SYN)).view().bytes.len(), 14 + 20 + 8 + 20 + 8);
        assert_eq!(answered(&[SYN, PING], &cut(SYN)), Some((vec![0], true)));
        assert_eq!(
            answered(&[SYN, PING], &quote(&SYN.replace("seq=100", "seq=101"))),
            answered(&[SYN, PING], &quote(SYN))
        );
        assert_eq!(answered(&[SYN, PING], &quote(&SYN.replace("id=6", "id=7"))), None);
        let v6 = "ipv6 src=2001:db8::1 dst=2001:db8::2 / udp sport=999 dport=33434";
        let unreach = format!("ipv6 src=2001:db8::9 dst=2001:db8::1 / icmpv6 code=4 / unreach / {v6}");
        assert_eq!(answered(&[v6], &unreach), Some((vec![0], true)));
    }

    #[test]
    fn link_addresses_count_where_nothing_else_tells() {
        let hello = "eth dst=02:00:00:00:00:09 src=02:00:00:00:00:01 type=0x88b5 / \"hello\"";
        assert!(is_answer(hello, "eth dst=02:00:00:00:00:01 src=02:00:00:00:00:09 type=0x88b6"));
        assert!(!is_answer(hello, "eth dst=02:00:00:00:00:01 src=02:00:00:00:00:08 type=0x88b6"));
        assert!(!is_answer("eth type=0x88b5 / \"to all\"", "eth src=02:00:00:00:00:09 type=0x88b5"), "it asks nobody");
        // The way back of a packet may be another.
        assert!(is_answer(
            PING,
            "eth src=02:00:00:00:00:77 / ipv4 src=10.0.0.2 dst=10.0.0.1 / icmp / echo-reply id=1 seq=7"
        ));
    }

    #[test]
    fn equal_questions_are_all_found_in_order() {
        let reply = "ipv4 src=10.0.0.2 dst=10.0.0.1 / icmp / echo-reply id=1 seq=7";
        assert_eq!(answered(&[PING, SYN, PING], reply), Some((vec![0, 2], false)));
    }
}
