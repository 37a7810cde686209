//! What has to be heard while questions are asked: the frames that may answer, for the kernel to leave out the rest.
//!
//! It errs on the side of hearing: only layers that every frame of a set is sure to have are looked for, and only fields
//! that have one value in all of them.

use super::filter::{self, Program, WHOLE};
use super::pairing::{Answers, Mirrored};
use super::pattern::{Pattern, names_next};
use super::set::{Numbers, Pick, Run};
use super::spec::{Frames, Layer, Part, Setting, To};
use super::{Builder, Surroundings};
use crate::expr::ast::Span;
use crate::proto::ALL;
use crate::proto::table::{Answered, Protocol, Role, Rule};

/// Of more sets than this the program gets long, and tells little.
const MOST: usize = 16;

impl Answers {
    /// The program that keeps what may answer a question of these sets, errors about one, and questions that come back. With
    /// `reply`, frames of that are the answers. None where too little is known to leave anything out.
    pub fn hearing(&self, sets: &[&Frames], reply: Option<&Pattern>) -> Option<Program> {
        let program = match reply {
            Some(reply) => filter::compile(reply, WHOLE),
            None if sets.len() > MOST => return None,
            None => {
                let chains: Option<Vec<_>> = sets.iter().map(|set| self.chains(set)).collect();
                let chains = chains?.into_iter().flatten().collect();
                filter::compile(&Pattern::of_layers(chains, Surroundings::default()), WHOLE)
            }
        };
        Some(program).filter(|program| !program.keeps_all())
    }

    /// The chains of layers that the questions of a set have, their answers, and errors about them.
    fn chains(&self, set: &Frames) -> Option<Vec<Vec<Layer>>> {
        let mut builder = Builder::default();
        builder.build(set, 0).ok()?;
        let sure = sure(set);
        let mut rest = sure.iter();
        // Layers of which nothing is mirrored are left out.
        let is_sure = |layer: &Mirrored| rest.any(|sure| **sure == *layer.asked);
        let known: Vec<Mirrored> = self.mirrored(builder.view())?.into_iter().take_while(is_sure).collect();
        if known.is_empty() {
            return None;
        }
        let questions = known.iter().map(|layer| asked(set, layer)).collect();
        let answers = known.iter().map(|layer| answering(set, layer)).collect();
        let quotes = |proto: &&Protocol| proto.quotes && proto.then.is_some_and(|quoted| sure.contains(&quoted));
        let errors = ALL.iter().copied().filter(quotes).map(|proto| vec![Layer::implied(proto, Span::default())]);
        Some([questions, answers].into_iter().chain(errors).collect())
    }
}

/// The layers behind the link's that every frame of the set has, up to one whose ports name what follows: an answer need not
/// have these.
fn sure(set: &Frames) -> Vec<&'static Protocol> {
    let mut sure: Vec<&'static Protocol> = Vec::new();
    for part in &set.parts {
        let Part::Layer(layer) = part else { break };
        if layer.proto.role == Role::Header {
            sure.push(layer.proto);
        }
        // Whatever names the next one by hand may name another.
        let ports = layer.proto.fields.iter().any(|f| matches!(f.rule, Rule::To(_) | Rule::From(_)));
        if ports || names_next(layer) {
            break;
        }
    }
    sure
}

/// The question's layer, with what all questions have in the fields that answers mirror.
fn asked(set: &Frames, known: &Mirrored) -> Layer {
    let mirrored = known.fields.iter().filter_map(|(field, value)| match known.proto.fields[*field].answered {
        Answered::Mirrors(name) => Some((known.asked.field(name)?, *value)),
        // A field that turns has another value here.
        _ => None,
    });
    tested(known.asked, mirrored.filter(|(own, _)| is_one(set, known.asked, *own)))
}

/// The answer's layer, with what it has in these fields whichever question it answers.
fn answering(set: &Frames, known: &Mirrored) -> Layer {
    let one = known.fields.iter().copied().filter(|(field, _)| {
        let field = &known.proto.fields[*field];
        let own = field.answered.told_by(field.name).and_then(|name| known.asked.field(name));
        own.is_some_and(|own| is_one(set, known.asked, own))
    });
    tested(known.proto, one)
}

fn tested(proto: &'static Protocol, fields: impl Iterator<Item = (usize, u128)>) -> Layer {
    let span = Span::default();
    let test = |(field, value)| {
        let to = To::Numbers(Numbers { runs: vec![Run::one(value)], pick: Pick::Only });
        Setting { field, bits: None, not: false, to, span }
    };
    Layer { settings: fields.map(test).collect(), ..Layer::implied(proto, span) }
}

/// Whether a field of this layer has one value in all frames of the set.
fn is_one(set: &Frames, proto: &'static Protocol, field: usize) -> bool {
    let mut layers = set.parts.iter().filter_map(Part::layer).filter(|layer| *layer.proto == *proto);
    layers.all(|layer| {
        if let Some(setting) = layer.setting(field) {
            return matches!(&setting.to, To::Numbers(Numbers { pick: Pick::Only, .. }));
        }
        // Other rules may follow what varies elsewhere.
        let rule = proto.fields[field].rule;
        layer.bit_settings(field).next().is_none() && matches!(rule, Rule::Free | Rule::Iface)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &none).unwrap_or_else(|e| panic!("{text}\n{e}"))
    }

    /// Of these frames those that are heard while these sets are asked.
    fn heard<'a>(sets: &[&str], reply: Option<&str>, of: &[&'a str]) -> Vec<&'a str> {
        let sets: Vec<Frames> = sets.iter().map(|set| frames(set)).collect();
        let reply = reply.map(|text| Pattern::parse(text, Surroundings::default(), &none).unwrap());
        let answers = Answers::new(Vec::new());
        let program = answers.hearing(&sets.iter().collect::<Vec<_>>(), reply.as_ref()).expect("something is left out");
        let kept = |text: &&&str| {
            let mut builder = Builder::default();
            builder.build(&frames(text), 0).unwrap();
            filter::run(&program, builder.view().bytes, None) != 0
        };
        of.iter().filter(kept).copied().collect()
    }

    const SYN: &str = "ipv4 src=10.0.0.1 dst=10.0.0.9 / tcp dport=80 sport=1000..1099";
    const ANSWER: &str = "ipv4 src=10.0.0.9 dst=10.0.0.1 / tcp sport=80 dport=1003 flags=syn+ack";
    const ERROR: &str = "ipv4 src=10.0.0.7 dst=10.0.0.1 / icmp / unreach / ipv4 src=10.0.0.1 dst=10.0.0.9 / tcp";
    const OTHERS: [&str; 5] = [
        "ipv4 src=10.0.0.8 dst=10.0.0.1 / tcp sport=80 dport=1003 flags=syn+ack",
        "ipv4 src=10.0.0.9 dst=10.0.0.1 / tcp sport=81 dport=1003 flags=syn+ack",
        "ipv4 src=10.0.0.9 dst=10.0.0.1 / udp sport=80 dport=1003",
        "ipv4 src=10.0.0.9 dst=10.0.0.1 / icmp / echo",
        "arp spa=10.0.0.9 tpa=10.0.0.1",
    ];

    #[test]
    fn answers_and_errors_and_questions_that_come_back_are_heard_and_nothing_else() {
        let mut all = vec![SYN, ANSWER, ERROR];
        all.extend(OTHERS);
        assert_eq!(heard(&[SYN], None, &all), [SYN, ANSWER, ERROR]);
        // Of several sets, what answers any of them.
        let reply = "arp op=reply spa=10.0.0.9 tpa=192.0.2.1";
        all.push(reply);
        assert_eq!(heard(&[SYN, "arp tpa=10.0.0.1..10.0.0.9"], None, &all), [SYN, ANSWER, ERROR, reply]);
        assert_eq!(heard(&[SYN], Some("udp"), &OTHERS), [OTHERS[2]]);
    }

    #[test]
    fn what_varies_is_not_looked_for() {
        let scan = "ipv4 src=10.0.0.1 dst=10.0.0.0/24 / tcp dport=80,81";
        assert_eq!(heard(&[scan], None, &OTHERS), OTHERS[..2]);
        let to_all = "ipv4 src=10.0.0.1 dst=224.0.0.1 / icmp / echo";
        let reply = "ipv4 src=10.0.0.8 dst=10.0.0.1 / icmp / echo-reply";
        assert_eq!(heard(&[to_all], None, &[reply, ANSWER]), [reply]);
        // The protocol is none that the parts tell.
        let any = "ipv4 src=10.0.0.1 dst=10.0.0.9 proto=6,17 / udp dport=80";
        assert_eq!(heard(&[any], None, &[ANSWER, OTHERS[0], OTHERS[1], OTHERS[2]]), [ANSWER, OTHERS[1], OTHERS[2]]);
    }

    #[test]
    fn where_nothing_tells_everything_is_heard() {
        let answers = Answers::new(Vec::new());
        for set in ["eth dst=02:00:00:00:00:09 type=0x88b5 / \"hello\"", "eth type=0x0800,0x0806 / arp", "\"x\"*60"] {
            assert_eq!(answers.hearing(&[&frames(set)], None), None, "{set}");
        }
        let many = vec![frames(SYN); MOST + 1];
        assert_eq!(answers.hearing(&many.iter().collect::<Vec<_>>(), None), None);
    }
}
