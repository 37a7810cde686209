//! An assembler: labels instead of distances. Jumps go forward only, as the kernel wants them.

use super::program::{Instruction, JA, MAX, Program, RET};

/// A place in the program, maybe one not reached yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(usize);

#[derive(Clone, Copy, Debug)]
enum Line {
    Plain(u16, u32),
    /// A test and where it leads, and whether the ways are longer than a test can jump.
    Test {
        code: u16,
        k: u32,
        ways: [Label; 2],
        far: [bool; 2],
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
            self.lines.push(Line::Test { code, k, ways: [yes, no], far: [false; 2] });
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
        loop {
            let places = self.places();
            if self.lengthen(&places) {
                continue;
            }
            let program = self.write(&places)?;
            return (program.len() <= MAX).then_some(Program(program));
        }
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

    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.labels];
        let mut at = 0;
        for line in &self.lines {
            match line {
                // The last one counts: a jump to the next line was made a label too.
                Line::Here(label) => places[label.0] = at,
                Line::Test { far, .. } => at += 1 + far.iter().filter(|far| **far).count(),
                _ => at += 1,
            }
        }
        places
    }

    /// Marks the ways that are too far for a test; whether there were new ones.
    fn lengthen(&mut self, places: &[usize]) -> bool {
        let (mut at, mut changed) = (0, false);
        for line in &mut self.lines {
            match line {
                Line::Here(_) => {}
                Line::Test { ways, far, .. } => {
                    let length = 1 + far.iter().filter(|far| **far).count();
                    for (way, far) in ways.iter().zip(far) {
                        if !*far && places[way.0].saturating_sub(at + 1) > 255 {
                            (*far, changed) = (true, true);
                        }
                    }
                    at += length;
                }
                _ => at += 1,
            }
        }
        changed
    }

    fn write(&self, places: &[usize]) -> Option<Vec<Instruction>> {
        let mut program: Vec<Instruction> = Vec::new();
        for line in &self.lines {
            let behind = program.len() + 1;
            let to = |label: Label, from: usize| places[label.0].checked_sub(from).map(|way| way as u32);
            match *line {
                Line::Here(_) => {}
                Line::Plain(code, k) => program.push(Instruction { code, jt: 0, jf: 0, k }),
                Line::Goto(label) => program.push(Instruction { code: JA, jt: 0, jf: 0, k: to(label, behind)? }),
                Line::Test { code, k, ways, far } => {
                    let short = |way: usize, before: u8| {
                        if far[way] { Some(before) } else { u8::try_from(to(ways[way], behind)?).ok() }
                    };
                    program.push(Instruction { code, jt: short(0, 0)?, jf: short(1, u8::from(far[0]))?, k });
                    for way in [0, 1].into_iter().filter(|way| far[*way]) {
                        let k = to(ways[way], program.len() + 1)?;
                        program.push(Instruction { code: JA, jt: 0, jf: 0, k });
                    }
                }
            }
        }
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
