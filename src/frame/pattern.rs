//! Is a frame in a set? A pattern is a chain with gaps, or chains under `and`, `or`, `not`. Here it is compiled; one chain is
//! tried in [`super::chain`], and many frames one after the other by a [`super::Matcher`].

use super::chain::{Level, Scratch};
use super::node::View;
use super::resolve::{Loader, pattern_chain};
use super::spec::{Layer, Part, Surroundings, To};
use crate::expr::{Diagnostic, Diagnostics, ast};
use crate::proto::table::{Role, Rule};
use crate::proto::{self, tail};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(super) tree: Tree,
    surroundings: Surroundings,
}

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Or(Vec<Tree>),
    And(Vec<Tree>),
    Not(Box<Tree>),
    /// Parts between gaps, and whether the first is pinned to the frame's start.
    Chain(Vec<Vec<Part>>, bool),
}

impl Pattern {
    /// Parses and compiles a pattern. `surroundings` are what `auto` means for a field that the interface fills in.
    pub fn parse(text: &str, surroundings: Surroundings, load: Loader) -> Result<Self, Diagnostics> {
        let parsed = crate::expr::read_pattern(text);
        Self::of_parsed(&parsed.tree, parsed.mistakes, surroundings, load)
    }

    /// The same of a tree in which the parser may have found mistakes: those in what it understood come with them.
    pub fn of_parsed(
        tree: &ast::Pattern,
        mistakes: Diagnostics,
        surroundings: Surroundings,
        load: Loader,
    ) -> Result<Self, Diagnostics> {
        let mut errors = Vec::new();
        let mut foreign = Vec::new();
        let tree = compile(tree, &mistakes, load, &mut (&mut errors, &mut foreign));
        let mut all = mistakes;
        all.0.retain(|m| !foreign.iter().any(|span: &ast::Span| (span.start..=span.end).contains(&m.span.start)));
        let all = all.and(errors);
        if all.0.is_empty() { Ok(Self { tree, surroundings }) } else { Err(all) }
    }

    /// The frames that have the layers of any of these chains, each somewhere behind the one before.
    pub(super) fn of_layers(chains: Vec<Vec<Layer>>, surroundings: Surroundings) -> Self {
        let segment = |layer: Layer| vec![Part::Layer(layer)];
        let chain = |layers: Vec<Layer>| Tree::Chain(layers.into_iter().map(segment).collect(), false);
        Self { tree: Tree::Or(chains.into_iter().map(chain).collect()), surroundings }
    }

    /// What is in any of these sets; none of no set. They must be of the same surroundings.
    pub fn any<'a>(patterns: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut patterns = patterns.into_iter().peekable();
        let surroundings = patterns.peek()?.surroundings;
        Some(Self { tree: Tree::Or(patterns.map(|pattern| pattern.tree.clone()).collect()), surroundings })
    }

    /// Whether a frame taken apart is in the set.
    pub fn matches(&self, view: View) -> bool {
        self.matches_received(view, false)
    }

    /// The same of a frame whose transport checksum the kernel had not computed yet: that one is never bad.
    pub fn matches_received(&self, view: View, not_computed: bool) -> bool {
        self.matches_with(view, not_computed, &Scratch::default())
    }

    /// The same with memory to use again.
    pub(super) fn matches_with(&self, view: View, not_computed: bool, scratch: &Scratch) -> bool {
        let to = view.bytes.len();
        let level = Level { view, depth: 0, from: 0, to, surroundings: &self.surroundings, not_computed, scratch };
        self.tree.holds(&level)
    }

    /// Whether it asks for what stands in braces, or for something that depends on it.
    pub(super) fn needs_items(&self) -> bool {
        self.tree.any_part(&|part| {
            let Part::Layer(layer) = part else { return false };
            layer.items.is_some() || layer.settings.iter().any(|s| matches!(s.to, To::Auto | To::Bad))
        })
    }
}

impl Tree {
    fn holds(&self, level: &Level) -> bool {
        match self {
            Self::Or(any) => any.iter().any(|t| t.holds(level)),
            Self::And(all) => all.iter().all(|t| t.holds(level)),
            Self::Not(one) => !one.holds(level),
            Self::Chain(segments, pinned) => level.chain(segments.iter().map(Vec::as_slice), *pinned),
        }
    }

    fn any_part(&self, test: &impl Fn(&Part) -> bool) -> bool {
        match self {
            Self::Or(list) | Self::And(list) => list.iter().any(|t| t.any_part(test)),
            Self::Not(one) => one.any_part(test),
            Self::Chain(segments, _) => segments.iter().flatten().any(test),
        }
    }
}

/// The mistakes found, and the places where one of them stands for all that the parser told.
type Found<'a> = (&'a mut Vec<Diagnostic>, &'a mut Vec<ast::Span>);

fn compile(tree: &ast::Pattern, told: &Diagnostics, load: Loader, errors: &mut Found) -> Tree {
    let mut many = |list: &[ast::Pattern]| list.iter().map(|one| compile(one, told, load, errors)).collect();
    match tree {
        ast::Pattern::Or(list) => Tree::Or(many(list)),
        ast::Pattern::And(list) => Tree::And(many(list)),
        ast::Pattern::Not(one) => Tree::Not(Box::new(compile(one, told, load, errors))),
        ast::Pattern::Chain(chain) => {
            let (parts, mistakes, foreign) = pattern_chain(chain, told, load);
            errors.0.extend(mistakes);
            errors.1.extend(foreign);
            possible(&parts, errors.0);
            let pinned = matches!(parts.first(), Some(Part::Layer(l)) if *l.proto == tail::FRAME);
            Tree::Chain(segments(parts), pinned)
        }
    }
}

/// Parts between gaps.
fn segments(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let mut segments = vec![Vec::new()];
    for part in parts {
        match (part, segments.last_mut()) {
            (Part::Gap, _) => segments.push(Vec::new()),
            (part, Some(last)) => last.push(part),
            (_, None) => {}
        }
    }
    segments.retain(|s| !s.is_empty());
    segments
}

/// Refuses pairs of layers that can never follow each other.
fn possible(parts: &[Part], errors: &mut Vec<Diagnostic>) {
    for pair in parts.windows(2) {
        let [Part::Layer(below), Part::Layer(above)] = pair else { continue };
        let (b, a) = (below.proto, above.proto);
        let free = matches!(b.role, Role::Start | Role::Data) || (a.role == Role::Data || a.role.is_tail());
        if !free && !proto::follows(b, a) && !names_next(below) {
            errors.push(
                Diagnostic::new(above.span, format!("'{}' never comes directly behind '{}'", a.name, b.name))
                    .help(format!("let there be layers between them: {} / .. / {}", b.name, a.name)),
            );
        }
    }
}

/// Whether a pattern itself sets the field that names the next layer.
pub(super) fn names_next(layer: &Layer) -> bool {
    layer.settings.iter().any(|s| {
        !s.not
            && matches!(s.to, To::Numbers(_))
            && matches!(
                layer.proto.fields[s.field].rule,
                Rule::Next { .. } | Rule::Above(_) | Rule::To(_) | Rule::From(_)
            )
    })
}
