//! The same program made ready to run here, before a frame is taken apart. There are no stripped tags here.

use super::super::pattern::Pattern;
use super::program::*;
use super::run::run;
use super::tree;

/// A program for frames as they stand in memory.
#[derive(Debug)]
pub struct Quick {
    program: Program,
}

impl Quick {
    /// None where it would let everything through.
    pub fn new(pattern: &Pattern) -> Option<Self> {
        let program = tree::compile_inline(pattern);
        (!program.keeps_all()).then_some(Self { program })
    }

    /// Whether a frame might match.
    pub fn lets_through(&self, bytes: &[u8]) -> bool {
        run(&self.program, bytes, None) != 0
    }
}
