//! An assembler: labels instead of distances. Jumps go forward only, as the kernel wants them.

use super::program::{Instruction, JA, MAX, Program, RET};

/// A place in the program, maybe one not reached yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(usize);

#[derive(Clone, Copy, Debug)]
enum Line {
    Plain(u16, u32),
    /// A test and where it leads.
    Test {
        code: u16,
        k: u32,
        ways: [Label; 2],
    },
    Goto(Label),
    Here(Label),
}

/// A program being written.
#[derive(Debug, Default)]
pub struct Assembler {
    lines: Vec<Line>,
    labels: usize,
}

impl Assembler {
    /// A new label, to be placed once.
    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Places a label here.
    pub fn here(&mut self, label: Label) {
        self.lines.push(Line::Here(label));
    }

    /// An instruction that jumps nowhere.
    pub fn plain(&mut self, code: u16, k: u32) {
        self.lines.push(Line::Plain(code, k));
    }

    /// Goes on at `yes` where the test holds, else at `no`.
    pub fn test(&mut self, code: u16, k: u32, yes: Label, no: Label) {
        if yes == no {
            self.goto(yes);
        } else {
            self.lines.push(Line::Test { code, k, ways: [yes, no] });
        }
    }

    /// Goes on here where the test holds, else at `no`.
    pub fn need(&mut self, code: u16, k: u32, no: Label) {
        let yes = self.label();
        self.test(code, k, yes, no);
        self.here(yes);
    }

    /// Goes on there.
    pub fn goto(&mut self, label: Label) {
        self.lines.push(Line::Goto(label));
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The program, or none where it is longer than the kernel takes.
    pub fn finish(mut self) -> Option<Program> {
        self.follow_gotos();
        self.drop_dead();
        let program = self.write()?;
        (program.len() <= MAX).then_some(Program(program))
    }

    /// A jump to a jump goes where that one goes.
    fn follow_gotos(&mut self) {
        let mut leads: Vec<Option<Label>> = vec![None; self.labels];
        let mut next = None;
        // From the end, so that what is led to is known.
        for line in self.lines.iter().rev() {
            match *line {
                Line::Goto(label) => next = Some(leads[label.0].unwrap_or(label)),
                Line::Here(label) => leads[label.0] = next,
                _ => next = None,
            }
        }
        let last = |label: &mut Label| *label = leads[label.0].unwrap_or(*label);
        for line in &mut self.lines {
            match line {
                Line::Test { ways, .. } => ways.iter_mut().for_each(last),
                Line::Goto(label) => last(label),
                _ => {}
            }
        }
    }

    /// Leaves out what is never come to. Jumps go forward, so one pass tells.
    fn drop_dead(&mut self) {
        let mut wanted = vec![false; self.labels];
        let mut alive = true;
        self.lines.retain(|line| {
            if let Line::Here(label) = *line {
                alive |= wanted[label.0];
            }
            let keep = alive;
            match *line {
                Line::Test { ways, .. } if alive => {
                    for way in ways {
                        wanted[way.0] = true;
                    }
                    alive = false;
                }
                Line::Goto(label) if alive => {
                    wanted[label.0] = true;
                    alive = false;
                }
                Line::Plain(RET, _) => alive = false,
                _ => {}
            }
            keep
        });
        // A jump to the next line is none.
        for at in 0..self.lines.len() {
            let Line::Goto(label) = self.lines[at] else { continue };
            let behind = self.lines[at + 1..].iter().take_while(|line| matches!(line, Line::Here(_)));
            if behind.into_iter().any(|line| matches!(line, Line::Here(here) if *here == label)) {
                self.lines[at] = Line::Here(label);
            }
        }
    }

    /// Writes the program from its end on, so that all ways are known: a place is how many instructions stand from it on. A
    /// test jumps over 255 at the most; where that is too few it goes by way of a jump, one that is there already if it can.
    fn write(&self) -> Option<Vec<Instruction>> {
        let mut program: Vec<Instruction> = Vec::new();
        let mut places = vec![None; self.labels];
        let mut jumps: Vec<Option<usize>> = vec![None; self.labels];
        let jump = |program: &mut Vec<Instruction>, to: usize| {
            program.push(Instruction { code: JA, jt: 0, jf: 0, k: (program.len() - to) as u32 });
            program.len()
        };
        for line in self.lines.iter().rev() {
            match *line {
                Line::Here(label) => places[label.0] = Some(program.len()),
                Line::Plain(code, k) => program.push(Instruction { code, jt: 0, jf: 0, k }),
                Line::Goto(label) => jumps[label.0] = Some(jump(&mut program, places[label.0]?)),
                Line::Test { code, k, ways } => {
                    // The other way may need a jump too, which comes between.
                    let near = |to: usize, len: usize| len - to < usize::from(u8::MAX);
                    let mut by = [0; 2];
                    for (way, by) in ways.iter().zip(&mut by).rev() {
                        let place = places[way.0]?;
                        *by = match jumps[way.0].filter(|at| near(*at, program.len())) {
                            _ if near(place, program.len()) => place,
                            Some(at) => at,
                            None => jump(&mut program, place),
                        };
                        if *by != place {
                            jumps[way.0] = Some(*by);
                        }
                    }
                    let over = |to: usize| u8::try_from(program.len() - to).ok();
                    program.push(Instruction { code, jt: over(by[0])?, jf: over(by[1])?, k });
                }
            }
        }
        program.reverse();
        Some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::{ADD, JEQ, LD_ABS, LD_LEN};
    use super::super::run::run;
    use super::*;

    #[test]
    fn a_test_reaches_as_far_as_the_program_is_long() {
        for between in [1, 254, 255, 256, 1000] {
            let mut asm = Assembler::default();
            let (yes, no) = (asm.label(), asm.label());
            asm.plain(0x10 | LD_ABS, 0);
            asm.test(JEQ, 7, yes, no);
            asm.here(no);
            (0..between).for_each(|_| asm.plain(ADD, 1));
            asm.plain(RET, 1);
            asm.here(yes);
            asm.plain(RET, 2);
            let program = asm.finish().unwrap();
            assert_eq!((run(&program, &[7], None), run(&program, &[8], None)), (2, 1), "{between}");
        }
    }

    #[test]
    fn what_is_never_reached_is_left_out() {
        let mut asm = Assembler::default();
        let (a, b) = (asm.label(), asm.label());
        asm.goto(a);
        asm.plain(LD_LEN, 0);
        asm.here(a);
        asm.goto(b);
        asm.here(b);
        asm.plain(RET, 9);
        assert_eq!(asm.finish().unwrap().to_string(), "(000) ret      #9\n");
    }

    #[test]
    fn a_program_that_the_kernel_would_not_take_is_none() {
        let mut asm = Assembler::default();
        (0..MAX).for_each(|_| asm.plain(LD_LEN, 0));
        asm.plain(RET, 1);
        assert!(asm.finish().is_none());
    }
}
