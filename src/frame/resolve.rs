//! From the syntax tree to types: names are looked up, values typed by their fields, implied layers put in front.

mod values;

use super::habits;
use super::set::Axes;
use super::spec::{Frames, Layer, Need, Part, Setting, Surroundings, To};
use crate::expr::ast::{self, Op, Span};
use crate::expr::{Diagnostic, Diagnostics, Parsed, nearest};
use crate::proto::table::{Field, Kind, List, Protocol, Role, Rule};
use crate::proto::{self, tail};
use std::collections::HashMap;

/// Reads the file behind `@path`.
pub type Loader<'a> = &'a dyn Fn(&str) -> std::io::Result<Vec<u8>>;

/// Reads no file: for expressions that name none.
///
/// # Errors
/// Always: `NotFound`.
pub fn no_files(_: &str) -> std::io::Result<Vec<u8>> {
    Err(std::io::ErrorKind::NotFound.into())
}

impl Frames {
    /// Gives an expression its types. All its mistakes come at once.
    pub fn new(tree: &ast::Frame, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        Self::of_parsed(tree, Diagnostics::default(), surroundings, load)
    }

    /// The same of a tree in which the parser found mistakes: those in what it understood come with them.
    pub fn of_parsed(
        tree: &ast::Frame,
        mistakes: Diagnostics,
        surroundings: Surroundings,
        load: Loader,
    ) -> Result<Self, Diagnostics> {
        let mut resolver = Resolver::new(load, false, &mistakes);
        let mut parts = resolver.chain(&tree.chain);
        let below = parts.first().and_then(|p| match p {
            Part::Layer(l) => l.proto.below.filter(|_| l.proto.role == Role::Header),
            _ => None,
        });
        let mut lower = std::iter::successors(below, |p| p.below).collect::<Vec<_>>();
        lower.reverse();
        parts.splice(0..0, lower.into_iter().map(|p| Part::Layer(Layer::implied(p, tree.chain.span))));
        let axes = Axes { sizes: resolver.axes, zip: tree.zip.is_some() };
        // A set that was not understood may be the one that is missing.
        let whole = resolver.told.0.is_empty() && resolver.errors.is_empty();
        if let (true, Some(zip)) = (whole && axes.sizes.windows(2).any(|w| w[0] != w[1]), tree.zip) {
            let sizes: Vec<_> = axes.sizes.iter().map(u128::to_string).collect();
            resolver.errors.push(
                Diagnostic::new(zip, "zip needs sets of the same length")
                    .label(format!("they have {}", sizes.join(", ")))
                    .help("give each set the same number of members, or leave zip away for every combination"),
            );
        }
        let needs = parts.iter().flat_map(needs).collect();
        let errors = resolver.errors;
        let all = mistakes.and(errors);
        let next_hops = HashMap::new();
        if all.0.is_empty() { Ok(Self { parts, axes, surroundings, needs, next_hops }) } else { Err(all) }
    }

    /// Parses an expression and gives it its types.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        let parsed = crate::expr::read_frame(text);
        Self::of_parsed(&parsed.tree, parsed.mistakes, surroundings, load)
    }
}

/// The fields of a part that the interface fills in.
fn needs(part: &Part) -> Vec<Need> {
    let Part::Layer(layer) = part else { return Vec::new() };
    let unset = |i: usize| layer.setting(i).is_none_or(|s| matches!(s.to, To::Auto));
    let fields = layer.proto.fields.iter().enumerate();
    let unset = fields.filter(|(i, f)| matches!(f.rule, Rule::Iface) && unset(*i));
    unset.map(|(_, f)| Need { layer: layer.proto.name, field: f.name, kind: f.kind }).collect()
}

/// The typed parts of a chain in a pattern, and the mistakes beside those that the parser `told`. Behind what was not
/// understood stands a gap. The spans are of another tool's syntax, where one message says all.
pub(super) fn pattern_chain(
    tree: &ast::Frame,
    told: &Diagnostics,
    load: Loader,
) -> (Vec<Part>, Vec<Diagnostic>, Vec<Span>) {
    let mut resolver = Resolver::new(load, true, told);
    let parts = resolver.chain(&tree.chain);
    (parts, resolver.errors, resolver.foreign)
}

/// The typed parts of a chain without the layers that a frame would have below it, and its sets.
pub(super) fn chain_alone(parsed: &Parsed<ast::Frame>, load: Loader) -> Result<(Vec<Part>, Axes), Diagnostics> {
    let mut resolver = Resolver::new(load, false, &parsed.mistakes);
    let parts = resolver.chain(&parsed.tree.chain);
    let axes = Axes { sizes: resolver.axes, zip: parsed.tree.zip.is_some() };
    let all = parsed.mistakes.clone().and(resolver.errors);
    if all.0.is_empty() { Ok((parts, axes)) } else { Err(all) }
}

struct Resolver<'l> {
    load: Loader<'l>,
    pattern: bool,
    /// What the parser has told of the same text.
    told: &'l Diagnostics,
    axes: Vec<u128>,
    draws: usize,
    errors: Vec<Diagnostic>,
    /// Places of another syntax: what the parser told of them is told in one message.
    foreign: Vec<Span>,
}

impl<'l> Resolver<'l> {
    fn new(load: Loader<'l>, pattern: bool, told: &'l Diagnostics) -> Self {
        Self { load, pattern, told, axes: Vec::new(), draws: 0, errors: Vec::new(), foreign: Vec::new() }
    }

    fn chain(&mut self, chain: &ast::Chain) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut below = None;
        for (i, part) in chain.parts.iter().enumerate() {
            let before = self.errors.len();
            let typed = match part {
                ast::Part::Gap(_) => None,
                ast::Part::Bytes(bytes) => Some(Part::Bytes(self.bytes(&bytes.literals, bytes.span))),
                ast::Part::Layer(layer) => {
                    let unsure = below.is_none() && matches!(parts.last(), Some(Part::Gap)) && self.mistaken();
                    self.protocol(layer, below, unsure).map(|p| self.layer(layer, p, i))
                }
            };
            below = match &typed {
                Some(Part::Layer(l)) => Some(l.proto),
                _ => None,
            };
            let understood = self.errors.len() == before && !self.told_in(part);
            let gap = typed.is_none() || !understood;
            parts.extend(typed);
            parts.extend(gap.then_some(Part::Gap));
        }
        parts
    }

    /// Whether any mistake was found so far.
    fn mistaken(&self) -> bool {
        !self.told.0.is_empty() || !self.errors.is_empty()
    }

    /// Whether the parser found a mistake in this part.
    fn told_in(&self, part: &ast::Part) -> bool {
        let ast::Part::Layer(layer) = part else { return false };
        self.told.0.iter().any(|m| (layer.span.start..=layer.span.end).contains(&m.span.start))
    }

    /// The layer of this name. Where it depends on what was not understood (`unsure`) which one it is, there is none.
    fn protocol(&mut self, layer: &ast::Layer, below: Option<&Protocol>, unsure: bool) -> Option<&'static Protocol> {
        let name = layer.name;
        if unsure && proto::ALL.iter().filter(|p| p.name == name.text).count() > 1 {
            return None;
        }
        let found = proto::by_name(name.text, below);
        if found.is_none() {
            let mut error = Diagnostic::new(name.span, format!("unknown layer '{}'", name.text));
            // In a pattern the rest of it is of that syntax too; one message says all.
            if self.pattern && layer.main.is_none() && habits::is_tcpdump(name.text) {
                self.foreign.push(layer.span);
                error = error.help(
                    "tcpdump's syntax is for --filter: sniff --filter 'port 53'; here it is 'udp dport=53 or udp sport=53'",
                );
            } else if let Some(ours) = habits::layer(name.text) {
                error = error.help(format!("here it is called '{ours}'"));
            } else {
                error = if let Some(near) = nearest(name.text, proto::ALL.iter().map(|p| p.name)) {
                    error.help(format!("did you mean '{near}'?"))
                } else if below.is_some() && layer.main.is_none() && layer.fields.is_empty() && layer.items.is_none() {
                    error.help("if this is text, quote the whole frame so that the shell keeps the double quotes: 'eth / \"hello\"'")
                } else {
                    error.help("'ethcraft fields' lists every layer; text is quoted")
                };
            }
            self.errors.push(error);
        }
        found
    }

    fn layer(&mut self, tree: &ast::Layer, proto: &'static Protocol, index: usize) -> Part {
        if proto.role == Role::Start && index != 0 {
            self.errors.push(
                Diagnostic::new(tree.name.span, "'frame' stands for offset 0")
                    .label("there is something before it")
                    .help("put it first, or leave it away"),
            );
        }
        if *proto == tail::CUT && self.pattern {
            self.errors.push(
                Diagnostic::new(tree.span, "'cut' has no meaning in a pattern").help("test the length: frame len=..59"),
            );
        }
        if *proto == tail::CUT && tree.main.is_none() && tree.fields.is_empty() {
            self.errors
                .push(Diagnostic::new(tree.span, "'cut' needs a length").help("cut=14 keeps the first 14 bytes"));
        }
        let mut layer = Layer::implied(proto, tree.span);
        for setting in tree.settings() {
            let is_main = tree.main.as_ref().is_some_and(|m| std::ptr::eq(m, setting));
            if let Some(typed) = self.setting(&layer, setting, is_main) {
                layer.settings.push(typed);
            }
        }
        if let Some(items) = &tree.items {
            match proto.list() {
                Some(list) => layer.items = Some(self.items(items, list, proto)),
                None => self.errors.push(
                    Diagnostic::new(items.span, format!("'{}' has nothing inside its header", proto.name))
                        .help("what comes behind a header stands behind ' / '"),
                ),
            }
        }
        Part::Layer(layer)
    }

    fn items(&mut self, chain: &ast::Chain, list: &'static List, outer: &Protocol) -> Vec<Part> {
        let mut parts = Vec::new();
        for part in &chain.parts {
            match part {
                ast::Part::Gap(_) => parts.push(Part::Gap),
                ast::Part::Bytes(bytes) => parts.push(Part::Bytes(self.bytes(&bytes.literals, bytes.span))),
                ast::Part::Layer(layer) => {
                    let open = (list.align > 1).then_some(&proto::OPEN);
                    if let Some(item) = list.of.iter().copied().chain(open).find(|p| p.name == layer.name.text) {
                        parts.push(self.layer(layer, item, 0));
                        continue;
                    }
                    let name = layer.name.text;
                    let error = Diagnostic::new(layer.name.span, format!("'{}' has no item '{name}'", outer.name));
                    let near = nearest(name, list.of.iter().map(|p| p.name));
                    let all: Vec<_> = list.of.iter().map(|p| p.name).collect();
                    self.errors.push(error.help(match near {
                        Some(near) => format!("did you mean '{near}'?"),
                        None if all.is_empty() => "only bytes stand here".to_owned(),
                        None => format!("its items are {}", all.join(" ")),
                    }));
                }
            }
        }
        parts
    }

    fn setting(&mut self, layer: &Layer, tree: &ast::Setting, is_main: bool) -> Option<Setting> {
        let proto = layer.proto;
        let (field, bits) = if is_main {
            if let Some(field) = proto.main() {
                (field, None)
            } else {
                let names: Vec<_> = proto.fields.iter().map(|f| f.name).take(6).collect();
                self.errors.push(
                    Diagnostic::new(tree.span, format!("'{}' has no main field", proto.name)).help(format!(
                        "name the field: {} {}=...",
                        proto.name,
                        names.join("=... or ")
                    )),
                );
                return None;
            }
        } else {
            self.field(proto, &tree.name)?
        };
        let f = &proto.fields[field];
        let width = if bits.is_some() { 1 } else { f.bits() };
        if matches!(f.kind, Kind::Items(_)) {
            self.errors.push(
                Diagnostic::new(tree.span, format!("'{}' is what stands in braces", f.name))
                    .help(format!("{} {{...}}", proto.name)),
            );
            return None;
        }
        if !self.pattern && matches!(f.rule, Rule::FrameLen) {
            self.errors.push(
                Diagnostic::new(tree.span, "a frame's length cannot be set")
                    .help("use pad or cut; 'frame len=' is for patterns"),
            );
            return None;
        }
        let clash = layer.settings.iter().find(|s| {
            s.field == field
                && match (s.bits, bits) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                }
        });
        // In a pattern a field may be tested more than once: `len=..59 len!=42`.
        if !self.pattern && clash.is_some() {
            self.errors.push(
                Diagnostic::new(tree.span, format!("'{}' is set twice", tree.name.text)).help("leave one of them away"),
            );
            return None;
        }
        if !tree.value.is_there() {
            return None;
        }
        // Messages call it what it was written as.
        let written = match bits {
            Some(bit) => {
                let name = f.names.iter().find(|(_, value)| value.trailing_zeros() == bit);
                crate::proto::table::num(name.map_or(f.name, |(name, _)| name), 1)
            }
            None if is_main => Field { name: proto.name, ..*f },
            None => *f,
        };
        let to = self.value(&written, width, &tree.value)?;
        Some(Setting { field, bits, not: tree.op == Op::IsNot, to, span: tree.span })
    }

    /// The field of this name, or the bit of a flags field.
    fn field(&mut self, proto: &'static Protocol, name: &ast::Name) -> Option<(usize, Option<u32>)> {
        if let Some(field) = proto.field(name.text) {
            return Some((field, None));
        }
        let flags = || proto.fields.iter().enumerate().filter(|(_, f)| matches!(f.kind, Kind::Flags));
        let bit = flags().find_map(|(i, f)| {
            let (_, value) = f.names.iter().find(|(n, _)| *n == name.text)?;
            Some((i, Some(value.trailing_zeros())))
        });
        if bit.is_none() {
            let names = proto.fields.iter().map(|f| f.name);
            let names = names.chain(flags().flat_map(|(_, f)| f.names.iter().map(|(n, _)| *n)));
            let error = Diagnostic::new(name.span, format!("'{}' has no field '{}'", proto.name, name.text));
            self.errors.push(error.help(if proto::by_name(name.text, None).is_some() {
                format!("'{}' is a layer: put ' / ' before it", name.text)
            } else if proto.list().is_some_and(|list| list.of.iter().any(|item| item.name == name.text)) {
                format!("it stands in braces: {} {{{}}}", proto.name, name.text)
            } else if let Some(near) = nearest(name.text, names.clone()) {
                format!("did you mean '{near}'?")
            } else {
                format!("its fields are {}", names.collect::<Vec<_>>().join(" "))
            }));
        }
        bit
    }
}
