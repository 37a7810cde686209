//! The laws of the language for frames drawn from the tables: every protocol, every item, any value of any field.

mod common;

use common::expressions::pattern;
use common::laws::{anywhere, decode};
use ethcraft::frame::{Begin, Builder, Fcs, Frames, Node, Surroundings, View, dissect, no_files};
use ethcraft::proto::table::{Ber, Field, Kind, Protocol, Role, Rule, Size, When};
use ethcraft::proto::{ALL, by_name, follows};
use std::fmt::Write;

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn bytes(&mut self, most: usize) -> String {
        let len = self.below(most) + 1;
        (0..len).fold("0x".to_owned(), |mut text, _| {
            let _ = write!(text, "{:02x}", self.next() as u8);
            text
        })
    }

    /// A number of this width: small, great, or any.
    fn number(&mut self, bits: usize) -> u128 {
        let all = if bits >= 128 { u128::MAX } else { (1 << bits) - 1 };
        let any = u128::from(self.next()) << 64 | u128::from(self.next());
        match self.below(4) {
            0 => (any % 5) & all,
            1 => all - (any % 3).min(all),
            _ => any & all,
        }
    }
}

/// Whether a field says what stands where: then what is built is not what decode finds, and law 2 does not hold.
fn says_what_stands_where(proto: &Protocol, f: &Field) -> bool {
    let tells_size = proto.fields.iter().any(|g| matches!(g.size, Size::By(on, _) if on.name == f.name));
    let tells_presence = proto.fields.iter().any(|g| g.when.on().is_some_and(|on| on.name == f.name));
    let closes = proto.closed_by.is_some_and(|i| proto.fields[i as usize].name == f.name);
    f.magic
        || tells_size
        || tells_presence
        || closes
        || matches!(
            f.rule,
            Rule::Next { .. }
                | Rule::To(_)
                | Rule::From(_)
                | Rule::Len { .. }
                | Rule::CountOf(_)
                | Rule::LastOf(_)
                | Rule::SizeOf
                | Rule::Has
                | Rule::Bottom
                | Rule::Const
        )
}

fn value(draw: &mut Draw, f: &Field) -> Option<String> {
    if matches!(f.kind, Kind::Bytes) {
        return Some(match f.size {
            Size::Bits(bits) => draw.bytes(bits as usize / 8),
            _ => draw.bytes(12),
        });
    }
    if matches!(f.kind, Kind::Domain) {
        return Some(draw.of(&["example.com", "a.b.c", "\"x\"", "."]).to_owned());
    }
    if let Kind::Ber(form) = f.kind {
        // Also in more bytes than it needs.
        let number = draw.number(if form == Ber::Length { 12 } else { 63 }) >> draw.below(60);
        let sign = if form == Ber::Signed && draw.one_in(2) { "-" } else { "" };
        return Some(if draw.one_in(6) { format!("0x02{:04x}", number as u16) } else { format!("{sign}{number}") });
    }
    let bits = f.bits();
    if bits == 0 {
        return None;
    }
    if !f.names.is_empty() && draw.one_in(3) {
        return Some(draw.of(f.names).0.to_owned());
    }
    let n = draw.number(bits);
    Some(match f.kind {
        Kind::Mac => {
            let b = (n as u64).to_be_bytes();
            b[2..].iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(":")
        }
        Kind::Ip4 => std::net::Ipv4Addr::from(n as u32).to_string(),
        Kind::Int if draw.one_in(2) => (n.cast_signed() >> 1 & 0x7f).wrapping_neg().to_string(),
        Kind::Ip6 => std::net::Ipv6Addr::from(n).to_string(),
        _ => format!("0x{n:x}"),
    })
}

/// A header or item with some of its fields set. `lies` sets any field, otherwise only those that law 2 is about.
fn layer(draw: &mut Draw, proto: &'static Protocol, lies: bool, depth: usize, out: &mut String) {
    out.push_str(proto.name);
    let bits: Vec<_> = proto.fields.iter().filter(|f| matches!(f.when, When::Bit(_))).collect();
    for f in proto.fields {
        let skip = matches!(f.kind, Kind::Items(_)) || !f.on_wire() || matches!(f.rule, Rule::Const);
        // An optional field whose presence something else may deny is set only where nothing does.
        let denied = lies && bits.iter().any(|b| b.when.on().is_some_and(|on| on.name == f.name));
        if skip || denied || (!lies && says_what_stands_where(proto, f)) || !draw.one_in(if lies { 4 } else { 2 }) {
            continue;
        }
        if matches!(f.when, When::Unless(..) | When::In(..) | When::NotIn(..)) {
            continue;
        }
        let Some(value) = value(draw, f) else { continue };
        let value = if f.is_check() && draw.one_in(2) { "bad".to_owned() } else { value };
        let _ = write!(out, " {}={value}", f.name);
    }
    // Braces that another field may leave out stay empty.
    let braces = |f: &&Field| matches!(f.kind, Kind::Items(_)) && matches!(f.when, When::Always);
    if let Some(list) = proto.list().filter(|_| proto.fields.iter().find(braces).is_some())
        && depth < 4
        && !draw.one_in(4)
    {
        out.push_str(" {");
        let count = draw.below(4);
        for i in 0..count {
            out.push_str(if i > 0 { " / " } else { "" });
            if list.of.is_empty() || (lies && draw.one_in(6)) {
                out.push_str(&draw.bytes(9));
            } else {
                let item = draw.of(list.of);
                layer(draw, item, lies, depth + 1, out);
            }
        }
        out.push('}');
    }
}

/// A chain from this protocol on, through layers that can follow each other, to bytes or nothing.
fn chain(draw: &mut Draw, first: &'static Protocol, lies: bool) -> String {
    let mut out = String::new();
    // A name may stand for several, told apart by what is below.
    if let Some(below) = first.below.filter(|_| by_name(first.name, None) != Some(first)) {
        let _ = write!(out, "{} / ", below.name);
    }
    let mut proto = first;
    for _ in 0..=draw.below(4) {
        layer(draw, proto, lies, 0, &mut out);
        let next: Vec<_> = ALL.iter().copied().filter(|p| follows(proto, p)).collect();
        if next.is_empty() {
            break;
        }
        proto = draw.of(&next);
        out.push_str(" / ");
        if draw.one_in(3) {
            let most = if draw.one_in(2) { 4 } else { 60 };
            out.push_str(&draw.bytes(most));
            return out;
        }
    }
    let text = out.trim_end_matches(" / ").to_owned();
    if draw.one_in(3) { text + " / pad / fcs" } else { text }
}

fn headers() -> impl Iterator<Item = &'static Protocol> {
    ALL.iter().copied().filter(|p| matches!(p.role, Role::Header | Role::Link))
}

/// Builds the first frame, or says why not: a length can outgrow its field, and before bytes there may be no number.
fn build(text: &str) -> Result<(Vec<u8>, Vec<Node>), String> {
    let frames = Frames::parse(text, Surroundings::default(), &no_files).map_err(|e| format!("{text}\n{e}"))?;
    let mut builder = Builder::default();
    builder.build(&frames, 0).map_err(|e| format!("{text}\n{e}"))?;
    Ok((builder.view().bytes.to_vec(), builder.view().nodes.to_vec()))
}

const ROUNDS: u64 = 150;

#[test]
fn frames_with_any_field_set_to_anything_come_back() {
    for (number, proto) in headers().enumerate() {
        let mut built = 0;
        let mut refused = String::new();
        for round in 0..ROUNDS {
            let text = chain(&mut Draw(round << 16 | number as u64), proto, true);
            match build(&text) {
                Ok((bytes, _)) => {
                    built += 1;
                    anywhere(&bytes).unwrap_or_else(|e| panic!("{text}\n{}\n{e}", hex::encode(&bytes)));
                }
                Err(why) => refused = why,
            }
        }
        assert!(built > ROUNDS / 3, "of {} only {built} could be built, not\n{refused}", proto.name);
    }
}

#[test]
fn what_is_built_from_the_tables_matches_what_it_was_built_from() {
    for (number, proto) in headers().enumerate() {
        let (mut built, mut found) = (0, 0);
        let mut last = String::new();
        for round in 0..ROUNDS {
            let text = chain(&mut Draw(round << 16 | number as u64 | 1 << 60), proto, false);
            let Ok((bytes, nodes)) = build(&text).map_err(|e| last = e) else { continue };
            built += 1;
            anywhere(&bytes).unwrap_or_else(|e| panic!("{text}\n{}\n{e}", hex::encode(&bytes)));
            let mut decoded = Vec::new();
            dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut decoded);
            // A payload may look like a protocol, `opt=5` like an option that has a name, a table's own value like another
            // protocol: then the law says nothing.
            if decoded != nodes {
                last = format!("{text}\n{}", decode(&bytes, Begin::Ethernet, Fcs::IfRight));
                continue;
            }
            found += 1;
            let pattern = pattern(&text);
            let view = View { bytes: &bytes, nodes: &decoded };
            assert!(pattern.matches(view), "{text}\n{}", decode(&bytes, Begin::Ethernet, Fcs::IfRight));
        }
        // What is guessed from its first bytes is found seldom.
        assert!(found > ROUNDS / 30, "of {} {built} were built and {found} found again, not\n{last}", proto.name);
    }
}
