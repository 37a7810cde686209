//! A pattern made ready for many frames: nothing is allocated for one, and most that are not in the set are passed over
//! without being taken apart.

use super::chain::Scratch;
use super::dissect::{Begin, Fcs, take_apart};
use super::filter::Quick;
use super::node::{Node, View};
use super::pattern::Pattern;

/// Tries one frame after the other.
#[derive(Debug)]
pub struct Matcher {
    pattern: Pattern,
    /// What the kernel would run: law 3 says that what it leaves out does not match.
    quick: Option<Quick>,
    /// What it lets through matches: it is the program that stands behind `not`.
    sure: Option<Quick>,
    needs_items: bool,
    nodes: Vec<Node>,
    scratch: Scratch,
}

impl Matcher {
    /// A matcher for a pattern.
    pub fn new(pattern: Pattern) -> Self {
        let (quick, sure, needs_items) = (Quick::new(&pattern), Quick::sure(&pattern), pattern.needs_items());
        Self { pattern, quick, sure, needs_items, nodes: Vec::new(), scratch: Scratch::default() }
    }

    /// Whether a frame is in the set. With `not_computed`, its transport checksum was not computed yet, and is not bad.
    pub fn matches(&mut self, bytes: &[u8], begin: Begin, fcs: Fcs, not_computed: bool) -> bool {
        if begin == Begin::Ethernet {
            if self.quick.as_ref().is_some_and(|quick| !quick.lets_through(bytes)) {
                return false;
            }
            if self.sure.as_ref().is_some_and(|sure| sure.lets_through(bytes)) {
                return true;
            }
        }
        take_apart(bytes, begin, fcs, self.needs_items, &mut self.nodes);
        self.pattern.matches_with(View { bytes, nodes: &self.nodes }, not_computed, &self.scratch)
    }
}
