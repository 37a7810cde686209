//! Fields of finished frames set anew, with the checksums that were right put right again.
//!
//! Start at [`Rewriter::apply`]. The frame is taken apart as it was; a checksum that was wrong, or that cannot be told since
//! part of what it covers is missing, stays as it is.

use super::auto::{self, auto};
use super::build::spoil;
use super::dissect::{Begin, Fcs, dissect};
use super::layout::{self, Slot};
use super::node::{Node, View};
use super::resolve::{Loader, chain_alone};
use super::set::{Axes, Choice};
use super::spec::{Layer, Part, Surroundings, To};
use crate::expr::{Diagnostic, Diagnostics};
use crate::proto::table::{Role, Rule};

/// What to set in one layer: `ipv4 dst=10.9.9.9 ttl=3`.
#[derive(Clone, Debug)]
pub struct Rewrite {
    text: String,
    layer: Layer,
    axes: Axes,
}

impl Rewrite {
    /// Parses the settings of one layer. All mistakes come at once.
    pub fn parse(text: &str, load: Loader) -> Result<Self, Diagnostics> {
        let parsed = crate::expr::read_frame(text);
        let (parts, axes) = chain_alone(&parsed, load)?;
        let tree = parsed.tree;
        let one =
            |span, what: &str| Diagnostic::new(span, what).help("write one layer and its fields: 'ipv4 dst=10.9.9.9'");
        let [Part::Layer(layer)] = &parts[..] else {
            return Err(one(tree.chain.span, "more than the fields of one layer").into());
        };
        let settable = !matches!(layer.proto.role, Role::Item | Role::Data | Role::Start | Role::Pad | Role::Cut);
        if layer.items.is_some() || !settable {
            return Err(one(layer.span, "this has no fields that can be set in a finished frame").into());
        }
        if layer.settings.is_empty() {
            return Err(one(layer.span, "no field is set").into());
        }
        let moving = layer.settings.iter().filter(|s| matches!(s.to, To::Bytes(_)));
        let errors: Vec<_> = moving
            .map(|s| {
                let field = layer.proto.fields[s.field].name;
                Diagnostic::new(s.span, format!("'{field}' is bytes, which may move what is behind them"))
                    .help("change the text instead: ethcraft decode FILE | sed ... | ethcraft send IFACE -f -")
            })
            .collect();
        if errors.is_empty() {
            Ok(Self { text: text.to_owned(), layer: layer.clone(), axes })
        } else {
            Err(Diagnostics(errors))
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Applies rewrites to frames, one after the other.
#[derive(Debug)]
pub struct Rewriter<'a> {
    rewrites: &'a [Rewrite],
    surroundings: Surroundings,
    nodes: Vec<Node>,
    checks: Vec<Check>,
    missed: Vec<u64>,
}

/// A checksum to be written: of a node, in a field.
#[derive(Clone, Copy, Debug)]
struct Check {
    node: usize,
    slot: Slot,
    bad: bool,
}

impl<'a> Rewriter<'a> {
    /// `surroundings`: what `auto` is for an address, and what `rand` depends on.
    pub fn new(rewrites: &'a [Rewrite], surroundings: Surroundings) -> Self {
        let missed = vec![0; rewrites.len()];
        Self { rewrites, surroundings, nodes: Vec::new(), checks: Vec::new(), missed }
    }

    /// Rewrites a frame in place. A set takes the member of frame `number`.
    pub fn apply(&mut self, bytes: &mut [u8], number: u128, fcs: Fcs) {
        if self.rewrites.is_empty() {
            return;
        }
        dissect(bytes, Begin::Ethernet, fcs, &mut self.nodes);
        self.note_right(bytes);
        let mut changed = false;
        for (at, rewrite) in self.rewrites.iter().enumerate() {
            // The outermost of that name.
            let node = self.nodes.iter().position(|n| n.depth == 0 && n.proto == Some(rewrite.layer.proto));
            let choice = Choice { axes: &rewrite.axes, number, seed: self.surroundings.seed };
            if node.is_some_and(|node| self.set(rewrite, node, bytes, &choice)) {
                changed = true;
            } else {
                self.missed[at] += 1;
            }
        }
        if !changed {
            return;
        }
        // Innermost first; the FCS, which is the last node, covers them all.
        self.checks.sort_by_key(|check| {
            let is_fcs = self.nodes[check.node].is(Role::Fcs);
            (is_fcs, std::cmp::Reverse(check.node))
        });
        for Check { node, slot, bad } in &self.checks {
            let Some(right) = auto(View { bytes, nodes: &self.nodes }, *node, slot.field) else { continue };
            let field = self.nodes[*node].proto.map(|p| &p.fields[slot.field]);
            let value = field.filter(|_| *bad).map_or(right, |field| spoil(field, right));
            slot.put(bytes, value);
        }
    }

    /// Of each rewrite, how many frames had no such layer, or not the field in it.
    pub fn missed(&self) -> &[u64] {
        &self.missed
    }

    /// Notes the checksums that are right now.
    fn note_right(&mut self, bytes: &[u8]) {
        self.checks.clear();
        let view = View { bytes, nodes: &self.nodes };
        let unquoted = view.unquoted();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(proto) = node.proto.filter(|_| index < unquoted || node.is(Role::Fcs)) else { continue };
            for (field, f) in proto.fields.iter().enumerate().filter(|(_, f)| f.is_check()) {
                let Some(slot) = layout::slot(proto, bytes, node.start, node.header_end, field) else { continue };
                let Some(value) = slot.number(bytes) else { continue };
                // A transport checksum of 0 says that there is none.
                let none = value == 0 && matches!(f.rule, Rule::Sum { zero_is_none: true, .. });
                if !none && auto(view, index, field) == Some(value) {
                    self.checks.push(Check { node: index, slot, bad: false });
                }
            }
        }
    }

    /// Sets the fields of a layer; false where none of them is there.
    fn set(&mut self, rewrite: &Rewrite, node: usize, bytes: &mut [u8], choice: &Choice) -> bool {
        let at = self.nodes[node];
        let proto = rewrite.layer.proto;
        let mut any = false;
        for setting in &rewrite.layer.settings {
            let field = &proto.fields[setting.field];
            let Some(slot) = layout::slot(proto, bytes, at.start, at.header_end, setting.field) else { continue };
            any = true;
            let is_check = auto::stage(field) >= auto::Stage::Checksums;
            match (&setting.to, setting.bits) {
                (To::Numbers(numbers), Some(bit)) => {
                    let value = slot.number(bytes).unwrap_or(0) & !(1 << bit) | (numbers.choose(choice) << bit);
                    slot.put(bytes, value);
                }
                (To::Numbers(numbers), None) => {
                    slot.put(bytes, numbers.choose(choice));
                    self.checks.retain(|check| check.node != node || check.slot.field != setting.field);
                }
                (To::Auto | To::Bad, _) if is_check => {
                    self.checks.retain(|check| check.node != node || check.slot.field != setting.field);
                    self.checks.push(Check { node, slot, bad: matches!(setting.to, To::Bad) });
                }
                _ => {
                    let value = match field.rule {
                        Rule::Iface => Some(self.surroundings.address(field.kind)),
                        _ => auto(View { bytes, nodes: &self.nodes }, node, setting.field),
                    };
                    if let Some(value) = value {
                        slot.put(bytes, value);
                    }
                }
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Builder, Frames, no_files};

    fn build(text: &str, number: u128) -> Vec<u8> {
        let frames = Frames::parse(text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{text}\n{e}"));
        let mut builder = Builder::default();
        builder.build(&frames, number).unwrap();
        builder.view().bytes.to_vec()
    }

    /// The frame `from` rewritten is the frame `to`.
    #[track_caller]
    fn becomes(from: &str, set: &[&str], to: &str) {
        for number in 0..3 {
            let rewrites: Vec<_> = set.iter().map(|text| Rewrite::parse(text, &no_files).unwrap()).collect();
            let mut rewriter = Rewriter::new(&rewrites, Surroundings::default());
            let mut bytes = build(from, number);
            rewriter.apply(&mut bytes, number, Fcs::IfRight);
            assert_eq!(hex::encode(bytes), hex::encode(build(to, number)), "{from} with {set:?}, frame {number}");
        }
    }

    #[test]
    fn right_checksums_stay_right() {
        becomes(
            "eth / vlan=7 / ipv4 dst=10.0.0.2 / udp dport=53 / \"hi\" / pad / fcs",
            &["ipv4 dst=10.9.9.9 ttl=3"],
            "eth / vlan=7 / ipv4 dst=10.9.9.9 ttl=3 / udp dport=53 / \"hi\" / pad / fcs",
        );
        becomes(
            "ipv6 / tcp / \"x\"",
            &["ipv6 dst=2001:db8::9", "tcp dport=80"],
            "ipv6 dst=2001:db8::9 / tcp dport=80 / \"x\"",
        );
        becomes("ipv4 / icmp / echo id=1", &["echo id=7"], "ipv4 / icmp / echo id=7");
        becomes("ipv4 / sctp / \"xxxx\"", &["sctp dport=9"], "ipv4 / sctp dport=9 / \"xxxx\"");
    }

    #[test]
    fn wrong_checksums_stay_as_they_are() {
        becomes(
            "ipv4 checksum=0x1234 / udp checksum=0xabcd / \"hi\"",
            &["ipv4 dst=10.9.9.9"],
            "ipv4 dst=10.9.9.9 checksum=0x1234 / udp checksum=0xabcd / \"hi\"",
        );
        becomes("ipv4 / udp checksum=0 / \"hi\"", &["udp dport=9"], "ipv4 / udp dport=9 checksum=0 / \"hi\"");
    }

    #[test]
    fn a_checksum_can_be_asked_for() {
        becomes("ipv4 / udp checksum=0xabcd / \"hi\"", &["udp checksum=auto"], "ipv4 / udp / \"hi\"");
        becomes("ipv4 / udp / \"hi\"", &["udp checksum=bad dport=9"], "ipv4 / udp checksum=bad dport=9 / \"hi\"");
        becomes("ipv4 / udp / \"hi\"", &["udp checksum=7 dport=9"], "ipv4 / udp checksum=7 dport=9 / \"hi\"");
    }

    #[test]
    fn the_outermost_layer_of_the_name_is_set() {
        becomes(
            "eth / vlan=1 / vlan=2 / ipv4 / gre / ipv4 / udp / \"x\"",
            &["vlan=9", "ipv4 dst=10.9.9.9"],
            "eth / vlan=9 / vlan=2 / ipv4 dst=10.9.9.9 / gre / ipv4 / udp / \"x\"",
        );
    }

    #[test]
    fn a_set_steps_with_the_frames_and_auto_is_what_would_be_filled_in() {
        becomes("ipv4 / udp", &["udp sport=1000..2000"], "ipv4 / udp sport=1000..2000");
        becomes("ipv4 ttl=9 / udp", &["ipv4 ttl=auto"], "ipv4 / udp");
        becomes("eth src=00:00:00:00:00:09 / ipv4 / udp", &["eth src=auto"], "ipv4 / udp");
        becomes("ipv4 / tcp flags=syn", &["tcp ack=1"], "ipv4 / tcp flags=syn+ack");
    }

    #[test]
    fn frames_without_the_layer_pass_and_are_counted() {
        let rewrites =
            [Rewrite::parse("ipv4 ttl=9", &no_files).unwrap(), Rewrite::parse("arp op=reply", &no_files).unwrap()];
        let mut rewriter = Rewriter::new(&rewrites, Surroundings::default());
        let before = build("ipv6 / udp", 0);
        let mut bytes = before.clone();
        rewriter.apply(&mut bytes, 0, Fcs::IfRight);
        rewriter.apply(&mut build("arp tpa=10.0.0.1", 0), 1, Fcs::IfRight);
        assert_eq!((bytes, rewriter.missed()), (before, &[2, 1][..]));
    }

    #[test]
    fn what_cannot_be_set_is_refused_with_a_way_out() {
        for (wrong, said) in [
            ("ipv4 dst=10.9.9.9 / udp dport=9", "more than the fields of one layer"),
            ("\"hello\"", "more than the fields of one layer"),
            ("tcp {mss=9}", "no fields that can be set"),
            ("ipv4", "no field is set"),
            ("ipv4 dts=10.0.0.1", "did you mean 'dst'?"),
            ("cut=9", "no fields that can be set"),
        ] {
            let errors = Rewrite::parse(wrong, &no_files).unwrap_err().render(wrong, false);
            assert!(errors.contains(said), "{wrong}: {errors}");
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let rewrites: Vec<_> = ["eth type=0x0800", "ipv4 ihl=15 len=9", "udp length=0", "ipv6 len=65535"]
            .iter()
            .map(|text| Rewrite::parse(text, &no_files).unwrap())
            .collect();
        let mut rewriter = Rewriter::new(&rewrites, Surroundings::default());
        let whole = build("eth / vlan / ipv4 / gre / ipv6 / udp / dns {q=a.example}", 0);
        for keep in 0..=whole.len() {
            for flip in 0..whole.len() {
                let mut bytes = whole[..keep].to_vec();
                if let Some(byte) = bytes.get_mut(flip) {
                    *byte ^= 0xff;
                }
                rewriter.apply(&mut bytes, 7, Fcs::IfRight);
                assert_eq!(bytes.len(), keep);
            }
        }
    }
}
