//! Telling the questions of a run apart: what marks a question and is not set is counted on from one to the next.

use super::bits;
use super::set::{Numbers, Pick, Run};
use super::spec::{Frames, Layer, Part, Setting, To};

impl Frames {
    /// Numbers what tells questions of one sender apart and is not set: identifiers, sequence numbers, source ports. The
    /// frame's number counts them on, from `run` on where nothing else tells this run from one beside it; `before` questions of the run come from
    /// other sets. The set gets no larger.
    pub fn number_questions(&mut self, run: u64, before: u64) {
        let asks = self.parts.iter().filter_map(Part::layer).flat_map(|layer| layer.proto.asks);
        let asked: Vec<(&str, &str)> = asks.map(|(layer, field, _)| (*layer, *field)).collect();
        for part in &mut self.parts {
            let Part::Layer(layer) = part else { continue };
            let free: Vec<usize> = (0..layer.proto.fields.len()).filter(|i| is_free(layer, *i, &asked)).collect();
            for (at, field) in free.iter().enumerate() {
                let f = &layer.proto.fields[*field];
                let (least, most) = (f.default, bits::max(f.bits()));
                let from = |number: u128| least + number % (most - least + 1);
                let start = from(u128::from(run));
                let numbers = if at + 1 < free.len() {
                    // What stands beside it counts; this one tells the run.
                    Numbers { runs: vec![Run::one(start)], pick: Pick::Only }
                } else {
                    let own = if free.len() > 1 { 1 } else { u128::from(run) };
                    let start = from(own + u128::from(before));
                    let mut runs = vec![Run::between(start, most, 1)];
                    if start > least {
                        runs.push(Run::between(least, start - 1, 1));
                    }
                    Numbers { runs, pick: Pick::Number }
                };
                let to = To::Numbers(numbers);
                layer.settings.push(Setting { field: *field, bits: None, not: false, to, span: layer.span });
            }
        }
    }
}

/// Whether a field marks questions, is not set, and no layer asks for a value of it.
fn is_free(layer: &Layer, field: usize, asked: &[(&str, &str)]) -> bool {
    let f = &layer.proto.fields[field];
    let unset = layer.setting(field).is_none() && layer.bit_settings(field).next().is_none();
    f.marks && unset && f.when.on().is_none() && !asked.contains(&(layer.proto.name, f.name))
}

#[cfg(test)]
mod tests {
    use crate::frame::{Builder, Frames, Surroundings, expression, no_files};

    fn asked(text: &str, run: u64, number: u128) -> String {
        let mut frames = Frames::parse(text, Surroundings::default(), &no_files).unwrap();
        assert_eq!(frames.count(), {
            frames.number_questions(run, 0);
            frames.count()
        });
        let mut builder = Builder::default();
        builder.build(&frames, number).unwrap();
        let mut out = String::new();
        expression(builder.view(), &mut out);
        out
    }

    #[test]
    fn what_marks_a_question_is_numbered_where_it_is_unset() {
        let text = asked("ipv4 dst=10.0.0.9 ttl=1..30 / icmp / echo", 7, 2);
        assert!(text.contains("ipv4 id=9 ttl=3 ") && text.ends_with("echo id=7 seq=3"), "{text}");
        let text = asked("ipv4 id=5 / udp sport=53 / dns id=4", 7, 2);
        assert!(text.contains("ipv4 id=5 ") && text.contains("dns id=4"), "{text}");
    }

    #[test]
    fn numbers_begin_anew_past_the_field_s_end_and_source_ports_stay_above_49151() {
        assert!(!asked("ipv4 / udp / dns", 0xffff, 1).contains("dns id="), "0 is what is filled in");
        assert!(asked("udp", 16383, 0).contains("sport=65535"));
        assert!(asked("udp", 16383, 1).ends_with("/ udp"), "49152 is what is filled in");
    }
}
