//! Rules of `answer`: what is answered, and with what. Fields of the answer that are not set and mirror one of the
//! question come from it; a closing `..` copies what the question carries.

use super::layout;
use super::node::{Node, View};
use super::pairing::{Walk, Whose, whose};
use super::set::{Numbers, Pick, Run};
use super::spec::{Bytes, Layer, Literal, Member, Part, Setting, To};
use super::{Builder, Frames, Loader, Pattern, Surroundings};
use crate::expr::{Diagnostic, Diagnostics, Parsed, ast};
use crate::proto::table::{Answered, Field, Kind, Protocol, Rule as Fill};
use std::net::Ipv4Addr;

/// A pattern, and what a frame of it is answered with.
#[derive(Debug)]
pub struct Rule {
    /// What is answered.
    pub pattern: Pattern,
    /// The answer.
    pub reply: Reply,
}

impl Rule {
    /// Parses `pattern then frame` and gives it its types. All its mistakes come at once.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        let Parsed { tree, mistakes } = crate::expr::read_rule(text);
        let pattern = Pattern::of_parsed(&tree.pattern, mistakes.clone(), surroundings, load);
        let reply = Reply::of_parsed(&tree.reply, mistakes, surroundings, load);
        match (pattern, reply) {
            (Ok(pattern), Ok(reply)) => Ok(Self { pattern, reply }),
            (pattern, reply) => {
                let reply = reply.err().unwrap_or_default();
                Err(pattern.err().unwrap_or_default().and(reply.0))
            }
        }
    }
}

/// An answer that is made from the question.
#[derive(Debug)]
pub struct Reply {
    frames: Frames,
    /// How many settings each layer has by itself.
    own: Vec<usize>,
    /// It ends with what the question carries.
    copies: bool,
    builder: Builder,
}

/// As much of a datagram as an error may quote: with its headers it has at most 576 bytes (RFC 1812 4.3.2.3), over IPv6
/// 1280 (RFC 4443 2.4).
const QUOTE: (usize, usize) = (576 - 20 - 8, 1280 - 40 - 8);

impl Reply {
    /// The answer of a rule in which the parser found these mistakes.
    fn of_parsed(
        tree: &ast::Frame,
        mistakes: Diagnostics,
        surroundings: Surroundings,
        load: Loader,
    ) -> Result<Self, Diagnostics> {
        let frames = Frames::of_parsed(tree, mistakes, surroundings, load)?;
        let own = frames.parts.iter().map(|part| part.layer().map_or(0, |layer| layer.settings.len())).collect();
        let copies = matches!(frames.parts.last(), Some(Part::Gap));
        let last = tree.chain.parts.last();
        if let (true, Some(ast::Part::Gap(span)), None) = (copies, last, frames.parts.iter().find_map(Part::layer)) {
            let mistake = Diagnostic::new(*span, "'..' has no layer before it")
                .help("it copies what the question has behind that layer: 'eth / ..'");
            return Err(mistake.into());
        }
        Ok(Self { frames, own, copies, builder: Builder::default() })
    }

    /// Builds answer `number` to a question; it is in [`Reply::view`]. A broadcast or group address becomes nobody's
    /// source: the interface's own address stands there, or the one that the question seeks the owner of.
    ///
    /// # Errors
    /// What shows only while a frame is built: a value that is not there, a length that does not fit.
    pub fn build(&mut self, question: View, broadcasts: &[Ipv4Addr], number: u128) -> Result<(), Diagnostics> {
        for (part, own) in self.frames.parts.iter_mut().zip(&self.own) {
            if let Part::Layer(layer) = part {
                layer.settings.truncate(*own);
            }
        }
        let mut walk = Walk { view: question, next: 0, behind: None };
        let mut innermost = None;
        for part in &mut self.frames.parts {
            let Part::Layer(layer) = part else { continue };
            let asked = layer.proto.answers.unwrap_or(layer.proto);
            let Some(node) = walk.to(asked) else { continue };
            mirror(layer, question, &node, asked, broadcasts);
            innermost = Some(node);
        }
        if self.copies {
            let last = self.frames.parts.iter().rposition(|part| part.layer().is_some()).unwrap_or(0);
            let mut copied = &[][..];
            if let Some(Part::Layer(layer)) = self.frames.parts.get_mut(last) {
                copied = copy(layer, question, innermost.as_ref());
            }
            if let Some(end) = self.frames.parts.last_mut() {
                *end = literal(copied, end);
            }
        }
        self.builder.build(&self.frames, number)
    }

    /// The answer built last.
    pub fn view(&self) -> View<'_> {
        self.builder.view()
    }
}

/// Sets the unset fields of a layer that the question's tell.
fn mirror(layer: &mut Layer, question: View, node: &Node, asked: &'static Protocol, broadcasts: &[Ipv4Addr]) {
    for (field, f) in layer.proto.fields.iter().enumerate() {
        if layer.setting(field).is_some() || layer.bit_settings(field).next().is_some() {
            continue;
        }
        let to = match f.answered {
            Answered::Computed(of) => {
                let header = question.bytes.get(node.start..node.header_end).unwrap_or_default();
                of(header, node.end.saturating_sub(node.header_end)).map(|value| number(value.into()))
            }
            _ => mirrored(f, question, node, asked, broadcasts, layer.span),
        };
        if let Some(to) = to {
            layer.settings.push(Setting { field, bits: None, not: false, to, span: layer.span });
        }
    }
}

/// What a field of the question alone tells.
fn mirrored(
    f: &Field,
    question: View,
    node: &Node,
    asked: &'static Protocol,
    broadcasts: &[Ipv4Addr],
    span: ast::Span,
) -> Option<To> {
    let from = asked.field(f.answered.told_by(f.name)?)?;
    let slot = layout::slot(asked, question.bytes, node.start, node.header_end, from)?;
    let Some(value) = slot.number(question.bytes).filter(|_| slot.bits == f.bits()) else {
        let bytes = question.bytes.get(slot.range())?;
        return Some(To::Bytes(Bytes { literals: vec![text(bytes)], span }));
    };
    if let Answered::Turns(pairs) = f.answered {
        return pairs.iter().find(|(from, _)| u128::from(*from) == value).map(|(_, to)| number(u128::from(*to)));
    }
    match whose(f.kind, value, broadcasts) {
        Whose::Host | Whose::NoAddress => Some(number(value)),
        // Only a source is lacking: an answer to nobody goes where an unset one goes.
        Whose::Group | Whose::Nobody => sought(question, f.kind).filter(|_| matches!(f.rule, Fill::Iface)).map(number),
    }
}

/// The address of this kind whose owner the question asks for.
fn sought(question: View, kind: Kind) -> Option<u128> {
    question.nodes[..question.unquoted()].iter().enumerate().find_map(|(index, node)| {
        let proto = node.header()?;
        let field = proto.seeks? as usize;
        (proto.fields[field].bits() == layout_bits(kind)).then(|| question.number(index, field))?
    })
}

fn layout_bits(kind: Kind) -> usize {
    match kind {
        Kind::Mac => 48,
        Kind::Ip4 => 32,
        Kind::Ip6 => 128,
        _ => 0,
    }
}

/// What a closing `..` stands for: behind a layer that quotes a datagram, the question's own; else what the question has
/// behind the innermost layer that both have. The number that names it goes with it.
fn copy<'q>(last: &mut Layer, question: View<'q>, innermost: Option<&Node>) -> &'q [u8] {
    if let (true, Some(quoted)) = (last.proto.quotes, last.proto.then) {
        let Some(node) = question.nodes.iter().find(|n| n.depth == 0 && n.proto == Some(quoted)) else { return &[] };
        let is_v6 = quoted.pseudo.is_some_and(|(src, _)| matches!(quoted.fields[src as usize].kind, Kind::Ip6));
        let most = if is_v6 { QUOTE.1 } else { QUOTE.0 };
        return question.bytes.get(node.start..node.end.min(node.start + most)).unwrap_or_default();
    }
    let Some((node, proto)) = innermost.and_then(|node| Some((node, node.proto?))) else { return &[] };
    for (field, f) in last.proto.fields.iter().enumerate() {
        let Fill::Next { space, .. } = f.rule else { continue };
        let named = proto.fields.iter().position(|f| matches!(f.rule, Fill::Next { space: own, .. } if own == space));
        let value = named
            .and_then(|named| layout::slot(proto, question.bytes, node.start, node.header_end, named))
            .and_then(|slot| slot.number(question.bytes));
        if let (Some(value), None) = (value, last.setting(field)) {
            last.settings.push(Setting { field, bits: None, not: false, to: number(value), span: last.span });
        }
    }
    question.bytes.get(node.header_end..node.end.max(node.header_end)).unwrap_or_default()
}

fn number(value: u128) -> To {
    To::Numbers(Numbers { runs: vec![Run::one(value)], pick: Pick::Only })
}

fn text(bytes: &[u8]) -> Literal {
    let repeat = Numbers { runs: vec![Run::one(1)], pick: Pick::Only };
    Literal { members: vec![Member::Text(bytes.to_vec())], pick: Pick::Only, repeat }
}

/// These bytes as a part, in place of another.
fn literal(bytes: &[u8], was: &Part) -> Part {
    let span = if let Part::Bytes(was) = was { was.span } else { crate::expr::ast::Span::default() };
    Part::Bytes(Bytes { literals: vec![text(bytes)], span })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Begin, Fcs, dissect, expression, no_files};

    const INTERFACE: Surroundings =
        Surroundings { mac: 0x0200_0000_00aa, ipv4: 0x0a00_00aa, ipv6: 0xfe80 << 112 | 0xaa, seed: 0 };

    /// What a rule answers to a question, none if it does not.
    fn answer(rule: &str, question: &str) -> Option<String> {
        let mut rule = Rule::parse(rule, INTERFACE, &no_files).unwrap_or_else(|e| panic!("{}", e.render(rule, false)));
        let frames = Frames::parse(question, Surroundings::default(), &no_files).unwrap();
        let mut builder = Builder::default();
        builder.build(&frames, 0).unwrap();
        let (bytes, mut nodes) = (builder.view().bytes, Vec::new());
        dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        let question = View { bytes, nodes: &nodes };
        if !rule.pattern.matches(question) {
            return None;
        }
        rule.reply.build(question, &[], 0).unwrap_or_else(|e| panic!("{e}"));
        let (bytes, mut nodes) = (rule.reply.view().bytes, Vec::new());
        dissect(bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        let mut text = String::new();
        expression(View { bytes, nodes: &nodes }, &mut text);
        Some(text)
    }

    #[test]
    fn unset_mirrored_fields_come_from_the_question_and_a_group_is_nobody_s_source() {
        let said = answer("arp op=request tpa=10.0.0.9 then arp op=reply", "arp spa=10.0.0.1 tpa=10.0.0.9").unwrap();
        let (asker, own) = ("02:00:00:00:00:01", "02:00:00:00:00:aa");
        assert_eq!(said, format!("eth dst={asker} src={own} / arp op=reply spa=10.0.0.9 tha={asker} tpa=10.0.0.1"));
        assert_eq!(answer("arp op=request tpa=10.0.0.9 then arp", "arp spa=10.0.0.1 tpa=10.0.0.9"), Some(said));
        assert_eq!(answer("arp op=request tpa=10.0.0.9 then arp", "arp spa=10.0.0.1 tpa=10.0.0.8"), None);
        // What is set stays.
        let said = answer("arp then arp sha=02:00:00:00:00:99 spa=10.7.7.7", "arp spa=10.0.0.1 tpa=10.0.0.9").unwrap();
        assert!(said.contains("sha=02:00:00:00:00:99 spa=10.7.7.7"), "{said}");
    }

    #[test]
    fn who_is_sought_is_the_source() {
        let said =
            answer("ns then ipv6 / icmpv6 / na flags=s+o", "ipv6 src=2001:db8::1 / icmpv6 / ns target=2001:db8::9");
        let said = said.unwrap();
        assert!(said.contains("ipv6 src=2001:db8::9 dst=2001:db8::1 / icmpv6 / na=2001:db8::9 flags=s+o"), "{said}");
    }

    #[test]
    fn a_closing_gap_copies_what_the_question_carries() {
        let ping = "ipv4 src=10.0.0.1 dst=10.0.0.9 / icmp / echo id=3 seq=4 / \"some payload\"";
        let said = answer("icmp / echo then icmp / echo-reply / ..", ping).unwrap();
        assert!(
            said.ends_with("ipv4 src=10.0.0.9 dst=10.0.0.1 / icmp / echo-reply id=3 seq=4 / \"some payload\""),
            "{said}"
        );
        let udp = "ipv4 src=10.0.0.1 dst=10.0.0.9 / udp sport=7000 dport=7 / \"echo me\"";
        let said = answer("udp dport=7 then udp / ..", udp).unwrap();
        assert!(said.ends_with("/ udp sport=7 dport=7000 / \"echo me\""), "{said}");
        // The number goes with what is copied; a tag may be put in front.
        let said = answer("ipv4 then eth / vlan=5 / ..", udp).unwrap();
        assert!(said.contains("/ vlan=5 / ipv4 src=10.0.0.1 dst=10.0.0.9 / udp"), "{said}");
    }

    #[test]
    fn a_segment_is_acknowledged_with_all_that_counts_in_it() {
        let asked = |rest: &str| format!("ipv4 src=10.0.0.1 dst=10.0.0.9 / tcp sport=7000 dport=80 {rest}");
        for (question, reply) in [
            ("seq=41 flags=syn {mss=1460}", "ack-seq=42"),
            // It ends at the highest number, and padding is no data.
            ("seq=0xfffffffd ack-seq=9 flags=ack / \"data\" / pad", "seq=9 ack-seq=1"),
            ("seq=100 ack-seq=9 flags=fin+ack / \"data\"", "seq=9 ack-seq=105"),
        ] {
            let said = answer("tcp then tcp flags=ack", &asked(question)).unwrap();
            assert!(said.contains(&format!("/ tcp sport=80 dport=7000 {reply} flags=ack")), "{said}");
        }
        let said = answer("tcp then tcp seq=5 ack-seq=6 flags=ack", &asked("seq=41 flags=syn")).unwrap();
        assert!(said.contains("seq=5 ack-seq=6"), "what is set stays: {said}");
    }

    #[test]
    fn an_error_quotes_the_question_s_datagram_and_no_more_than_it_may() {
        let udp = "ipv4 src=10.0.0.1 dst=10.0.0.9 / udp sport=7000 dport=33434";
        let said = answer("udp then icmp code=3 / unreach / ..", &format!("{udp} / \"x\" / pad")).unwrap();
        assert!(said.contains("icmp code=3 / unreach / ipv4 src=10.0.0.1 dst=10.0.0.9 / udp sport=7000"), "{said}");
        assert!(said.ends_with("/ \"x\"") || said.ends_with("/ 0x78"), "padding is not quoted: {said}");
        let long = answer("udp then icmp code=3 / unreach / ..", &format!("{udp} / zero*1400")).unwrap();
        assert!(long.ends_with(&format!("zero*{}", 548 - 28)), "{long}");
    }

    #[test]
    fn mistakes_of_both_sides_come_at_once() {
        let mistakes = Rule::parse("udp dprt=7 then tcp flg=ack / ..", INTERFACE, &no_files).unwrap_err().0;
        let told: Vec<_> = mistakes.iter().map(|m| m.message.as_str()).collect();
        assert_eq!(told, ["'udp' has no field 'dprt'", "'tcp' has no field 'flg'"]);
        let mistakes = Rule::parse("udp then \"x\" / ..", INTERFACE, &no_files).unwrap_err().0;
        assert_eq!(mistakes[0].message, "'..' has no layer before it");
    }
}
