//! `and`, `or`, `not` as jumps, and the program around them.

use super::super::pattern::{Pattern, Tree};
use super::Mode;
use super::assemble::{Assembler, Label};
use super::program::*;
use super::steps::Steps;

/// So many layers behind the link layer and its tags the program looks at; fewer where it would get too long.
const DEPTHS: [usize; 4] = [4, 3, 2, 1];
/// Bytes of an Ethernet header with a tag.
const LEAST: u32 = 18;
/// Lines at which a try is given up.
const LINES: usize = 4 * MAX;

/// The program for a pattern. It keeps `keep` bytes of a frame that might match, and nothing of one that cannot, as far as
/// it can tell. The frame that is matched in the end is the one that was kept.
pub fn compile(pattern: &Pattern, keep: u32) -> Program {
    let keep_all = || Program::keep(keep);
    // So little is kept that there are no layers to look for.
    if keep < LEAST {
        return keep_all();
    }
    DEPTHS
        .iter()
        .find_map(|depth| Compiler::program(&pattern.tree, keep, *depth, (true, Mode::Over)))
        .unwrap_or_else(keep_all)
}

/// The same for frames whose tags are all in place.
pub(super) fn compile_inline(pattern: &Pattern) -> Program {
    let program = DEPTHS.iter().find_map(|depth| Compiler::program(&pattern.tree, WHOLE, *depth, (false, Mode::Over)));
    program.unwrap_or_else(|| Program::keep(WHOLE))
}

/// The program that keeps only frames that surely match, whose tags are all in place. None where it would keep none.
pub(super) fn compile_sure(pattern: &Pattern) -> Option<Program> {
    let program = |depth: &usize| Compiler::program(&pattern.tree, WHOLE, *depth, (false, Mode::Under));
    DEPTHS.iter().find_map(program).filter(|program| program.0.iter().any(|one| one.code == RET && one.k != 0))
}

/// What writes a program.
pub(super) struct Compiler {
    pub asm: Assembler,
    /// Where frames are rejected for good: a load past the end may lead there by itself.
    pub reject: Label,
    /// The most bytes that are kept of a frame.
    pub keep: u32,
    /// There are frames whose outer tag was taken out.
    pub tags_stripped: bool,
    /// The code is for these.
    pub stripped: bool,
    /// So many layers behind the link layer and its tags are looked at.
    pub depth: usize,
}

impl Compiler {
    /// None if it gets too long.
    fn program(tree: &Tree, keep: u32, depth: usize, (tags_stripped, mode): (bool, Mode)) -> Option<Program> {
        let mut asm = Assembler::default();
        let (accept, reject) = (asm.label(), asm.label());
        let mut it = Self { asm, reject, keep, tags_stripped, stripped: false, depth };
        // No device gives less, and every load up to here is safe.
        it.asm.plain(LD_LEN, 0);
        it.asm.need(JGE, 14, if mode == Mode::Over { accept } else { reject });
        it.tree(tree, mode, accept, reject);
        it.asm.here(accept);
        it.asm.plain(RET, keep);
        it.asm.here(reject);
        it.asm.plain(RET, 0);
        if it.asm.len() > LINES {
            return None;
        }
        let program = it.asm.finish()?;
        let rejects = program.0.iter().any(|i| i.code == RET && i.k == 0);
        Some(if rejects { program } else { Program::keep(keep) })
    }

    /// Goes to `yes` or `no`, erring on the side of the mode.
    fn tree(&mut self, tree: &Tree, mode: Mode, yes: Label, no: Label) {
        match tree {
            Tree::Or(list) => {
                let Some((last, list)) = list.split_last() else { return self.asm.goto(no) };
                for one in list {
                    let next = self.asm.label();
                    self.tree(one, mode, yes, next);
                    self.asm.here(next);
                }
                self.tree(last, mode, yes, no);
            }
            Tree::And(list) => {
                let Some((last, list)) = list.split_last() else { return self.asm.goto(yes) };
                for one in list {
                    let next = self.asm.label();
                    self.tree(one, mode, next, no);
                    self.asm.here(next);
                }
                self.tree(last, mode, yes, no);
            }
            Tree::Not(one) => {
                let other = if mode == Mode::Over { Mode::Under } else { Mode::Over };
                self.tree(one, other, no, yes);
            }
            Tree::Chain(segments, pinned) => {
                // Past this it is thrown away; it need not grow further.
                if self.asm.len() > LINES {
                    return self.asm.goto(yes);
                }
                self.chain(&Steps::of(segments, *pinned), mode, yes, no);
            }
        }
    }
}
