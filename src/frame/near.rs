//! How near a frame comes to a pattern that it does not match: which tests of the pattern fail, each taken by itself.

use super::layout;
use super::node::View;
use super::pattern::Pattern;
use super::print::write_value;
use super::resolve::Loader;
use super::spec::Surroundings;
use crate::expr::{ast, parse_pattern};

/// A test that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The test, as a pattern: `ipv4 ttl=63`; the whole layer where that is not there.
    pub test: String,
    /// What is there instead, as the language writes it: `ipv4 ttl=64`; none where there is nothing of the kind.
    pub found: Option<String>,
    /// How many tests fail with it: a layer that is not there fails all that was asked of it.
    pub weight: usize,
}

/// A pattern as tests that can be told apart.
#[derive(Debug)]
pub struct Tests(Tree);

#[derive(Debug)]
enum Tree {
    Any(Vec<Tree>),
    All(Vec<Tree>),
    /// The tests of one layer, which say nothing where the layer is not there.
    Layer(Test, Vec<Test>),
    One(Test),
}

#[derive(Debug)]
struct Test {
    text: String,
    pattern: Pattern,
    /// The layer and field that it is about; the layer's main field where only that is named.
    about: Option<(String, Option<String>)>,
}

impl Tests {
    /// The tests of a pattern; none where it has mistakes, or parts that mean nothing by themselves.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Option<Self> {
        let maker = Maker { text, surroundings, load };
        maker.tree(&parse_pattern(text).ok()?).map(Self)
    }

    /// The tests that this frame fails; none where each part is there, but not in this order or place. With
    /// `not_computed` a checksum is never bad.
    pub fn misses(&self, view: View, not_computed: bool) -> Vec<Miss> {
        self.0.misses(view, not_computed)
    }
}

/// How many tests fail.
pub fn weight(misses: &[Miss]) -> usize {
    misses.iter().map(|miss| miss.weight).sum()
}

impl Tree {
    fn misses(&self, view: View, not_computed: bool) -> Vec<Miss> {
        match self {
            // The alternative that is nearest.
            Self::Any(trees) => trees
                .iter()
                .map(|tree| tree.misses(view, not_computed))
                .min_by_key(|misses| weight(misses))
                .unwrap_or_default(),
            Self::All(trees) => trees.iter().flat_map(|tree| tree.misses(view, not_computed)).collect(),
            Self::Layer(there, tests) if there.holds(view, not_computed) => {
                tests.iter().filter_map(|test| test.miss(view, not_computed)).collect()
            }
            Self::Layer(there, tests) => vec![there.missed(None, 1 + tests.len())],
            Self::One(test) => test.miss(view, not_computed).into_iter().collect(),
        }
    }
}

impl Test {
    fn holds(&self, view: View, not_computed: bool) -> bool {
        self.pattern.matches_received(view, not_computed)
    }

    fn miss(&self, view: View, not_computed: bool) -> Option<Miss> {
        (!self.holds(view, not_computed)).then(|| self.missed(self.found(view), 1))
    }

    fn missed(&self, found: Option<String>, weight: usize) -> Miss {
        Miss { test: self.text.clone(), found, weight }
    }

    /// What the first such layer has in that field.
    fn found(&self, view: View) -> Option<String> {
        let (layer, field) = self.about.as_ref()?;
        let node = view.nodes.iter().find(|node| node.proto.is_some_and(|proto| proto.name == *layer))?;
        let proto = node.proto?;
        let wanted = proto.fields.iter().position(|f| field.as_ref().map_or(f.main, |name| f.name == *name))?;
        let slot = layout::slot(proto, view.bytes, node.start, node.header_end, wanted)?;
        let mut text = field.as_ref().map_or_else(|| format!("{layer}="), |name| format!("{layer} {name}="));
        write_value(&proto.fields[wanted], &slot, view.bytes, &mut text);
        Some(text)
    }
}

struct Maker<'a> {
    text: &'a str,
    surroundings: Surroundings,
    load: Loader<'a>,
}

impl Maker<'_> {
    fn tree(&self, pattern: &ast::Pattern) -> Option<Tree> {
        let all = |list: &[ast::Pattern]| list.iter().map(|one| self.tree(one)).collect::<Option<Vec<_>>>();
        Some(match pattern {
            ast::Pattern::Or(list) => Tree::Any(all(list)?),
            ast::Pattern::And(list) => Tree::All(all(list)?),
            ast::Pattern::Not(one) => Tree::One(self.test(format!("not {}", self.slice(span(one)?)), None)?),
            ast::Pattern::Chain(frame) => {
                let parts = frame.chain.parts.iter().filter(|part| !matches!(part, ast::Part::Gap(_)));
                Tree::All(parts.map(|part| self.part(part)).collect::<Option<_>>()?)
            }
        })
    }

    fn part(&self, part: &ast::Part) -> Option<Tree> {
        let layer = match part {
            ast::Part::Layer(layer) => layer,
            ast::Part::Bytes(bytes) => return Some(Tree::One(self.test(self.slice(bytes.span).into(), None)?)),
            ast::Part::Gap(_) => return None,
        };
        let name = layer.name.text;
        let mut tests = Vec::new();
        if let Some(main) = &layer.main {
            tests.push(self.test(self.slice(main.span).into(), Some((name.into(), None)))?);
        }
        for field in &layer.fields {
            let about = Some((name.to_owned(), Some(field.name.text.to_owned())));
            tests.push(self.test(format!("{name} {}", self.slice(field.span)), about)?);
        }
        for item in layer.items.iter().flat_map(|items| &items.parts) {
            let span = match item {
                ast::Part::Layer(item) => item.span,
                ast::Part::Bytes(bytes) => bytes.span,
                ast::Part::Gap(_) => continue,
            };
            tests.push(self.test(format!("{name} {{{}}}", self.slice(span)), None)?);
        }
        // Where the layer is missing, all that was asked of it is.
        let there = Test { text: self.slice(layer.span).into(), ..self.test(name.into(), None)? };
        Some(Tree::Layer(there, tests))
    }

    fn test(&self, text: String, about: Option<(String, Option<String>)>) -> Option<Test> {
        let pattern = Pattern::parse(&text, self.surroundings, self.load).ok()?;
        Some(Test { text, pattern, about })
    }

    fn slice(&self, span: ast::Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }
}

/// The place of a pattern without `and` and `or` in it.
fn span(pattern: &ast::Pattern) -> Option<ast::Span> {
    match pattern {
        ast::Pattern::Chain(frame) => Some(frame.chain.span),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Builder, Frames, no_files};

    fn misses(pattern: &str, frame: &str) -> Vec<(String, Option<String>)> {
        let surroundings = Surroundings::default();
        let mut builder = Builder::default();
        builder.build(&Frames::parse(frame, surroundings, &no_files).unwrap(), 0).unwrap();
        let tests = Tests::parse(pattern, surroundings, &no_files).unwrap();
        tests.misses(builder.view(), false).into_iter().map(|miss| (miss.test, miss.found)).collect()
    }

    fn miss(test: &str, found: Option<&str>) -> (String, Option<String>) {
        (test.into(), found.map(Into::into))
    }

    #[test]
    fn each_field_that_differs_is_told_with_what_is_there() {
        let found = misses("ipv4 ttl=63 dst=10.0.0.9 / udp dport=53", "ipv4 ttl=64 dst=10.0.0.9 / udp dport=9");
        assert_eq!(found, [miss("ipv4 ttl=63", Some("ipv4 ttl=64")), miss("udp dport=53", Some("udp dport=9"))]);
    }

    #[test]
    fn a_layer_that_is_not_there_is_told_once() {
        assert_eq!(misses("vlan=7 pcp=5 / ipv4", "ipv4 / udp"), [miss("vlan=7 pcp=5", None)]);
        assert_eq!(misses("vlan=7", "vlan=8 / ipv4 / udp"), [miss("vlan=7", Some("vlan=8"))]);
    }

    #[test]
    fn items_and_bytes_are_tests_of_their_own() {
        let found = misses("tcp {mss=1460 / nop} / \"GET\"", "tcp {mss=1400 / nop} / \"PUT\"");
        assert_eq!(found, [miss("tcp {mss=1460}", None), miss("\"GET\"", None)]);
    }

    #[test]
    fn of_alternatives_the_nearest_counts() {
        let found = misses("tcp dport=1 flags=syn or udp dport=53", "udp dport=9");
        assert_eq!(found, [miss("udp dport=53", Some("udp dport=9"))]);
    }

    #[test]
    fn a_frame_with_every_part_in_another_order_has_no_misses() {
        assert!(misses("\"b\" / .. / \"a\"", "eth / \"ab\"").is_empty());
    }
}
