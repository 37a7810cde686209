//! A set with some of its fields changed, as a device on the way changes them, or with a longer payload.

use super::resolve::{Loader, chain_alone};
use super::set::{Numbers, Pick, Run};
use super::spec::{Bytes, Frames, Layer, Literal, Member, Part, Setting, Surroundings, To};
use crate::expr::ast::Span;
use crate::expr::{Diagnostic, Diagnostics};
use crate::proto::table::Role;
use crate::proto::vlan::{SVLAN, VLAN};

/// What a device on the way does to every frame.
#[derive(Clone, Debug)]
pub struct Edit(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// It sets these fields, and adds VLAN tags.
    Set(Frames),
    /// It takes these layers away.
    Take(Vec<Layer>),
}

impl Edit {
    /// Parses layers with the fields that are set, `eth src=$ROUTER / ipv4 ttl=63`, or layers that go, `not vlan`.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        let named = text.trim_start();
        let Some(rest) = named.strip_prefix("not").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        else {
            return Frames::parse(text, surroundings, load).map(|frames| Self(Kind::Set(frames)));
        };
        // Blanks in its place, so that every mistake is told at its own.
        let rest = format!("{}   {rest}", &text[..text.len() - named.len()]);
        let parsed = crate::expr::read_frame(&rest);
        let (parts, _) = chain_alone(&parsed, load)?;
        let whole = |part: Part| match part {
            Part::Layer(layer) if layer.settings.is_empty() && layer.items.is_none() => Ok(layer),
            Part::Layer(Layer { span, .. }) | Part::Bytes(Bytes { span, .. }) => {
                Err(Diagnostic::new(span, "a layer is taken away as a whole").help("write its name alone: 'not vlan'"))
            }
            Part::Gap => Err(Diagnostic::new(parsed.tree.chain.span, "a gap names no layer")),
        };
        Ok(Self(Kind::Take(parts.into_iter().map(whole).collect::<Result<_, _>>()?)))
    }
}

impl Frames {
    /// The same set as it is behind such a device. What is filled in follows.
    pub fn edited(&self, edit: &Edit) -> Result<Self, Diagnostics> {
        match &edit.0 {
            Kind::Set(change) => self.changed(change),
            Kind::Take(layers) => self.without(layers),
        }
    }

    /// The same set without these layers, each the first of its name behind the one before.
    fn without(&self, layers: &[Layer]) -> Result<Self, Diagnostics> {
        let mut left = self.clone();
        let mut from = 0;
        for layer in layers {
            let name = layer.proto.name;
            let same = |part: &Part| matches!(part, Part::Layer(own) if own.proto == layer.proto);
            let Some(at) = left.parts[from..].iter().position(same).map(|at| at + from) else {
                let error = Diagnostic::new(layer.span, format!("the frame has no '{name}' to take away"));
                return Err(error.help("name layers of the frame, in its order").into());
            };
            left.parts.remove(at);
            from = at;
        }
        let is_link = |part: &Part| part.layer().is_some_and(|layer| layer.proto.role == Role::Link);
        match layers.iter().find(|layer| layer.proto.role == Role::Link) {
            Some(layer) if !left.parts.iter().any(is_link) => {
                let name = layer.proto.name;
                Err(Diagnostic::new(layer.span, format!("without '{name}' no frame is left")).into())
            }
            _ => Ok(left),
        }
    }

    /// The same set where each layer of `change` sets its fields in the layer of that name, the first behind the one changed
    /// before. A VLAN tag that is not there is put in. What is filled in follows.
    fn changed(&self, change: &Self) -> Result<Self, Diagnostics> {
        let mut changed = self.clone();
        let mut from = 0;
        for part in &change.parts {
            let Part::Layer(layer) = part else {
                let span = if let Part::Bytes(bytes) = part { bytes.span } else { Span::default() };
                let error = Diagnostic::new(span, "payload cannot be changed").help("name layers and their fields");
                return Err(error.into());
            };
            if let Some(setting) = layer.settings.iter().find(|setting| is_set(&setting.to)) {
                let error = Diagnostic::new(setting.span, "one value is expected of a change");
                return Err(error.help("run the check once for each value").into());
            }
            let find = |parts: &[Part]| {
                let same = |part: &Part| matches!(part, Part::Layer(own) if own.proto == layer.proto);
                parts[from..].iter().position(same).map(|at| at + from)
            };
            let nothing = layer.settings.is_empty() && layer.items.is_none();
            match find(&changed.parts) {
                Some(at) => {
                    if let Part::Layer(own) = &mut changed.parts[at] {
                        change_layer(own, layer);
                    }
                    from = at + 1;
                }
                None if *layer.proto == VLAN || *layer.proto == SVLAN => {
                    let is_link = |part: &Part| matches!(part, Part::Layer(own) if own.proto.role == Role::Link);
                    let behind = changed.parts.iter().position(is_link).map_or(0, |at| at + 1).max(from);
                    changed.parts.insert(behind, Part::Layer(layer.clone()));
                    from = behind + 1;
                }
                // Layers below the first one are implied, and change nothing.
                None if nothing => {}
                None => {
                    let name = layer.proto.name;
                    let error = Diagnostic::new(layer.span, format!("the frame has no '{name}' to change"));
                    return Err(error
                        .help("name a layer of the frame, in its order; only a VLAN tag can be added")
                        .into());
                }
            }
        }
        Ok(changed)
    }

    /// Puts so many zeros behind the payload, in front of padding, trailer and FCS.
    pub fn add_zeros(&mut self, count: usize) {
        let is_tail = |part: &&Part| matches!(part, Part::Layer(layer) if layer.proto.role.is_tail());
        let at = self.parts.len() - self.parts.iter().rev().take_while(is_tail).count();
        let only = |number| Numbers { runs: vec![Run::one(number)], pick: Pick::Only };
        let zeros = Literal { members: vec![Member::Zero], pick: Pick::Only, repeat: only(count as u128) };
        self.parts.insert(at, Part::Bytes(Bytes { literals: vec![zeros], span: Span::default() }));
    }
}

fn is_set(to: &To) -> bool {
    match to {
        To::Numbers(numbers) => numbers.pick != Pick::Only,
        To::Bytes(bytes) => bytes.literals.iter().any(|literal| literal.pick != Pick::Only),
        To::Auto | To::Bad => false,
    }
}

fn change_layer(own: &mut Layer, change: &Layer) {
    for setting in &change.settings {
        // A field as a whole takes the place of its bits, too.
        let replaced =
            |old: &Setting| old.field == setting.field && (setting.bits.is_none() || old.bits == setting.bits);
        own.settings.retain(|old| !replaced(old));
        own.settings.push(setting.clone());
    }
    if change.items.is_some() {
        own.items.clone_from(&change.items);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Builder, Surroundings, Template, no_files};
    use super::*;

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &no_files).unwrap()
    }

    fn edit(text: &str) -> Edit {
        Edit::parse(text, Surroundings::default(), &no_files).unwrap()
    }

    fn build(frames: &Frames, number: u128) -> Vec<u8> {
        let mut builder = Builder::default();
        builder.build(frames, number).unwrap();
        builder.view().bytes.to_vec()
    }

    #[test]
    fn a_change_is_what_the_whole_frame_would_be_written_as() {
        for (sent, change, received) in [
            ("ipv4 dst=10.0.0.2 / udp", "ipv4 ttl=63", "ipv4 dst=10.0.0.2 ttl=63 / udp"),
            (
                "ipv4 dst=10.0.0.2 / udp dport=1..9 / \"x\"",
                "eth src=02:00:00:00:00:07 dst=02:00:00:00:00:08 / ipv4 ttl=63",
                "eth src=02:00:00:00:00:07 dst=02:00:00:00:00:08 / ipv4 dst=10.0.0.2 ttl=63 / udp dport=1..9 / \"x\"",
            ),
            ("vlan=7 / ipv4 / udp", "vlan=8 pcp=3", "vlan=8 pcp=3 / ipv4 / udp"),
            ("ipv4 / udp", "vlan=8", "vlan=8 / ipv4 / udp"),
            ("vlan=7 pcp=3 / ipv4 / udp / \"x\"", "not vlan", "ipv4 / udp / \"x\""),
            ("vlan=1 / vlan=2 / ipv4 / udp", " not vlan", "vlan=2 / ipv4 / udp"),
            ("svlan=1 / vlan=2 / arp", "not svlan / vlan", "arp"),
            ("vlan=5,7 / ipv4 / udp dport=1..3", "not vlan", "udp dport=1..3,1..3"),
            ("ipv4 / udp / vxlan vni=5 / eth / ipv6 / udp", "not eth / ipv4 / udp / vxlan", "ipv6 / udp"),
            ("ipv4 ttl=1..9 / udp dport=1..3", "ipv4 ttl=63", "ipv4 ttl=63 / udp dport=1..3"),
            ("udp sport=1..3 dport=1..3", "udp dport=7", "udp sport=1,1,1,2,2,2,3,3,3 dport=7"),
        ] {
            let (changed, whole) = (frames(sent).edited(&edit(change)).unwrap(), frames(received));
            for number in 0..9 {
                assert_eq!(build(&changed, number), build(&whole, number), "{sent} {change} {number}");
                let Some(mut template) = Template::new(&changed) else { continue };
                let mut out = vec![0; template.len()];
                template.write(number, &mut out);
                assert_eq!(out, build(&changed, number), "{sent} {change} {number}");
            }
        }
    }

    #[test]
    fn what_is_not_there_or_many_values_is_refused() {
        let told = |change: &str| frames("ipv4 / udp").edited(&edit(change)).unwrap_err().to_string();
        assert_eq!(told("not vlan"), "the frame has no 'vlan' to take away");
        assert_eq!(told("not udp / ipv4"), "the frame has no 'ipv4' to take away");
        assert_eq!(told("not eth"), "without 'eth' no frame is left");
        let wrong = |text: &str| Edit::parse(text, Surroundings::default(), &no_files).unwrap_err().render(text, false);
        assert!(wrong("not vlan=7").contains("a layer is taken away as a whole"), "{}", wrong("not vlan=7"));
        assert!(wrong("  not vlam").contains(" |   not vlam\n |       ^^^^\n"), "{}", wrong("  not vlam"));
        assert!(!wrong("not").is_empty());
        assert_eq!(told("ipv6 hlim=63"), "the frame has no 'ipv6' to change");
        assert_eq!(told("ipv4 ttl=62,63"), "one value is expected of a change");
        assert_eq!(told("ipv4 ttl=63 / \"x\""), "payload cannot be changed");
    }

    #[test]
    fn zeros_lengthen_the_payload_and_the_lengths_follow() {
        let mut longer = frames("ipv4 / udp / \"x\" / fcs");
        longer.add_zeros(9);
        assert_eq!(build(&longer, 0), build(&frames("ipv4 / udp / \"x\" zero*9 / fcs"), 0));
    }
}
