//! The same program made ready to run here, on frames in memory, before they are taken apart. There are no stripped tags.
//!
//! A load and what cuts the field out of it are one step, and so is a row of comparisons: the number of the next layer is
//! looked up in a table that has no collisions. `run` says what the answer has to be.

use super::super::pattern::Pattern;
use super::program::*;
use super::run::calculate;
use super::tree;

/// A program for frames as they stand in memory.
#[derive(Debug)]
pub struct Quick {
    steps: Vec<Step>,
    /// Of all switches, one behind the other: a number and the step where it leads.
    tables: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A := frame[at] >> shift & mask, of so many bytes.
    Byte {
        at: u32,
        shift: u32,
        mask: u32,
    },
    Half {
        at: u32,
        shift: u32,
        mask: u32,
    },
    Word {
        at: u32,
        shift: u32,
        mask: u32,
    },
    /// The same at X + at.
    ByteX {
        at: u32,
        shift: u32,
        mask: u32,
    },
    HalfX {
        at: u32,
        shift: u32,
        mask: u32,
    },
    WordX {
        at: u32,
        shift: u32,
        mask: u32,
    },
    /// X := X + k.
    Move {
        k: u32,
    },
    /// Looks A up from this entry of the tables on, in `1 << bits` of them.
    Switch {
        from: u32,
        multiplier: u32,
        bits: u32,
        none: u32,
    },
    Equal {
        k: u32,
        yes: u32,
        no: u32,
    },
    Greater {
        k: u32,
        yes: u32,
        no: u32,
    },
    AtLeast {
        k: u32,
        yes: u32,
        no: u32,
    },
    AtLeastX {
        yes: u32,
        no: u32,
    },
    Goto(u32),
    Give(bool),
    Length,
    /// What is rare: one instruction.
    Other {
        code: u16,
        k: u32,
    },
}

/// From so many comparisons on a table is faster.
const ROW: usize = 3;

impl Quick {
    /// None where it would let everything through.
    pub fn new(pattern: &Pattern) -> Option<Self> {
        let program = tree::compile_inline(pattern);
        (!program.keeps_all()).then(|| Self::of(&program))
    }

    /// One that lets only through what surely matches. None where that is nothing.
    pub fn sure(pattern: &Pattern) -> Option<Self> {
        tree::compile_sure(pattern).map(|program| Self::of(&program))
    }

    fn of(program: &Program) -> Self {
        let code = &program.0;
        let places = Places::of(code);
        let mut quick = Self { steps: Vec::with_capacity(code.len()), tables: Vec::new() };
        for (at, one) in code.iter().enumerate().filter(|(at, _)| !places.taken[*at]) {
            let (yes, no, k) = (places.to(code, at + 1, one.jt), places.to(code, at + 1, one.jf), one.k);
            let step = match one.code {
                RET => Step::Give(k != 0),
                JA => Step::Goto(places.to(code, at + 1 + k as usize, 0)),
                JEQ => quick.row(code, at, &places).unwrap_or(Step::Equal { k, yes, no }),
                JGT => Step::Greater { k, yes, no },
                JGE => Step::AtLeast { k, yes, no },
                JGE_X => Step::AtLeastX { yes, no },
                LD_LEN => Step::Length,
                ST if places.taken.get(at + 1) == Some(&true) => Step::Move { k: moved(&code[at..]).unwrap_or(0) },
                load if is_load(load, k) => {
                    let (shift, mask) = places.cut(code, at + 1);
                    match (load & 0xe7, load & 0x18) {
                        (LD_IND, 0x10) => Step::ByteX { at: k, shift, mask },
                        (LD_IND, 0x08) => Step::HalfX { at: k, shift, mask },
                        (LD_IND, _) => Step::WordX { at: k, shift, mask },
                        (_, 0x10) => Step::Byte { at: k, shift, mask },
                        (_, 0x08) => Step::Half { at: k, shift, mask },
                        _ => Step::Word { at: k, shift, mask },
                    }
                }
                code => Step::Other { code, k },
            };
            quick.steps.push(step);
        }
        quick
    }

    /// A row of comparisons that begins here, as a table.
    fn row(&mut self, code: &[Instruction], first: usize, places: &Places) -> Option<Step> {
        let (mut row, mut at): (Vec<(u32, u32)>, _) = (Vec::new(), first);
        loop {
            match code.get(at)? {
                Instruction { code: JEQ, jt, jf, k } => {
                    if row.iter().all(|(known, _)| known != k) {
                        row.push((*k, places.to(code, at + 1, *jt)));
                    }
                    at += 1 + usize::from(*jf);
                }
                Instruction { code: JA, k, .. } => at += 1 + *k as usize,
                _ => break,
            }
        }
        if row.len() < ROW {
            return None;
        }
        let none = places.to(code, at, 0);
        let from = self.tables.len() as u32;
        for bits in row.len().next_power_of_two().ilog2()..16 {
            let mut multiplier = 0x9e37_79b1u32;
            for _ in 0..64 {
                // What a table has no number for leads there too.
                let mut table = vec![(0, none); 1 << bits];
                let mut taken = vec![false; 1 << bits];
                let fits = row.iter().all(|(k, to)| {
                    let slot = hash(*k, multiplier, bits);
                    table[slot] = (*k, *to);
                    !std::mem::replace(&mut taken[slot], true)
                });
                if fits {
                    self.tables.extend(table);
                    return Some(Step::Switch { from, multiplier, bits, none });
                }
                multiplier = multiplier.wrapping_mul(0x2c92_77b5) | 1;
            }
        }
        None
    }

    /// Whether a frame might match.
    pub fn lets_through(&self, bytes: &[u8]) -> bool {
        self.run(bytes).unwrap_or(false)
    }

    /// None for a load past the end.
    #[inline]
    fn run(&self, bytes: &[u8]) -> Option<bool> {
        let (mut a, mut x, mut memory, mut next) = (0u32, 0u32, [0u32; 2], 0u32);
        let byte = |at: u32| bytes.get(at as usize).copied().map(u32::from);
        let half = |at: u32| Some(u32::from(u16::from_be_bytes(*bytes.get(at as usize..)?.first_chunk()?)));
        let word = |at: u32| Some(u32::from_be_bytes(*bytes.get(at as usize..)?.first_chunk()?));
        loop {
            let step = self.steps.get(next as usize)?;
            next += 1;
            match *step {
                Step::Byte { at, shift, mask } => a = byte(at)? >> shift & mask,
                Step::Half { at, shift, mask } => a = half(at)? >> shift & mask,
                Step::Word { at, shift, mask } => a = word(at)? >> shift & mask,
                Step::ByteX { at, shift, mask } => a = byte(x.checked_add(at)?)? >> shift & mask,
                Step::HalfX { at, shift, mask } => a = half(x.checked_add(at)?)? >> shift & mask,
                Step::WordX { at, shift, mask } => a = word(x.checked_add(at)?)? >> shift & mask,
                Step::Move { k } => x = x.wrapping_add(k),
                Step::Switch { from, multiplier, bits, none } => {
                    let (k, to) = *self.tables.get(from as usize + hash(a, multiplier, bits))?;
                    next = if k == a { to } else { none };
                }
                Step::Equal { k, yes, no } => next = if a == k { yes } else { no },
                Step::Greater { k, yes, no } => next = if a > k { yes } else { no },
                Step::AtLeast { k, yes, no } => next = if a >= k { yes } else { no },
                Step::AtLeastX { yes, no } => next = if a >= x { yes } else { no },
                Step::Goto(to) => next = to,
                Step::Give(answer) => return Some(answer),
                Step::Length => a = bytes.len() as u32,
                Step::Other { code, k } => match code {
                    // Two cells of memory are all that is used.
                    LD_MEM => a = memory[k as usize & 1],
                    LDX_MEM => x = memory[k as usize & 1],
                    ST => memory[k as usize & 1] = a,
                    _ if calculate(code, k, &mut a, &mut x) => {}
                    // Nothing is known: the frame is looked at.
                    _ => return Some(true),
                },
            }
        }
    }
}

fn hash(number: u32, multiplier: u32, bits: u32) -> usize {
    if bits == 0 { 0 } else { (number.wrapping_mul(multiplier) >> (32 - bits)) as usize }
}

/// How X is moved on while A stays as it is.
const MOVE: [u16; 5] = [ST, TXA, ADD, TAX, LD_MEM];

/// By how much these instructions move X on, if they do nothing else that is looked at later.
fn moved(code: &[Instruction]) -> Option<u32> {
    let code = code.get(..MOVE.len())?;
    let all = code.iter().zip(MOVE).all(|(one, wanted)| one.code == wanted) && code[0].k == code[4].k;
    all.then_some(code[2].k)
}

/// Whether it loads from the frame.
fn is_load(code: u16, k: u32) -> bool {
    matches!(code & 0xe7, LD_ABS | LD_IND) && code & 0x18 != 0x18 && k < ANCILLARY
}

/// Where instructions went.
struct Places {
    /// The step of each instruction.
    step: Vec<u32>,
    /// Those that were taken into the load before them.
    taken: Vec<bool>,
}

impl Places {
    fn of(code: &[Instruction]) -> Self {
        let mut led_to = vec![false; code.len() + 1];
        for (at, one) in code.iter().enumerate().filter(|(_, one)| one.code & 0x07 == 0x05) {
            let ways = if one.code == JA { [one.k as usize; 2] } else { [one.jt.into(), one.jf.into()] };
            for way in ways {
                led_to[(at + 1 + way).min(code.len())] = true;
            }
        }
        let mut taken = vec![false; code.len()];
        for at in 0..code.len() {
            if moved(&code[at..]).is_some() && !led_to[at + 1..at + MOVE.len()].contains(&true) {
                taken[at + 1..at + MOVE.len()].fill(true);
            }
            let cuts: &[u16] = if is_load(code[at].code, code[at].k) { &[RSH, AND] } else { &[] };
            let mut next = at + 1;
            for cut in cuts {
                if code.get(next).is_some_and(|one| one.code == *cut) && !led_to[next] {
                    taken[next] = true;
                    next += 1;
                }
            }
        }
        let mut count = 0;
        let mut step = |taken: &bool| {
            count += u32::from(!taken);
            count - u32::from(!taken)
        };
        Self { step: taken.iter().map(&mut step).collect(), taken }
    }

    /// The step that a jump from before an instruction leads to.
    fn to(&self, code: &[Instruction], from: usize, way: u8) -> u32 {
        let mut at = from + usize::from(way);
        while let Some(Instruction { code: JA, k, .. }) = code.get(at) {
            at += 1 + *k as usize;
        }
        self.step.get(at).copied().unwrap_or(u32::MAX)
    }

    /// The shift and the mask that were taken into the load before this instruction.
    fn cut(&self, code: &[Instruction], next: usize) -> (u32, u32) {
        let taken = (next..code.len()).take_while(|at| self.taken[*at]).map(|at| code[at]);
        taken.fold((0, u32::MAX), |(shift, mask), one| if one.code == RSH { (one.k, mask) } else { (shift, one.k) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::run;
    use super::*;
    use crate::frame::Surroundings;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PROGRAMS: LazyLock<Vec<(Program, Quick)>> = LazyLock::new(|| {
        let texts = [
            "udp dport=53 or udp sport=53",
            "vlan=7 / .. / tcp syn=1 ack=0",
            "ipv4 ttl=..5 and not udp dport=53,67..69,500",
            "ipv6 dst=2001:db8::/32 / udp",
            "frame len=60..70 / eth src=02:00:00:00:00:00/24",
            "ipv4 off=1..8 or ipv4 dscp=ef or mpls tc=5",
            "not eth type=1,2,3,5,8,13,21,34,55",
        ];
        let program = |text: &&str| {
            let load = |path: &str| Err(std::io::Error::other(path.to_owned()));
            let pattern = Pattern::parse(text, Surroundings::default(), &load).expect("a good pattern");
            let program = tree::compile_inline(&pattern);
            let quick = Quick::of(&program);
            (program, quick)
        };
        texts.iter().map(program).collect()
    });

    fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
        for (program, quick) in PROGRAMS.iter() {
            prop_assert_eq!(quick.lets_through(bytes), run(program, bytes, None) != 0, "{}", program);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn it_says_what_the_program_says(
            kind in prop::sample::select(vec![0x0800u16, 0x8100, 0x88a8, 0x86dd, 0x8847, 0x05dc, 0x0003]),
            inner in prop::sample::select(vec![0x0800u16, 0x8100, 0x86dd, 0x0806]),
            first in prop::sample::select(vec![0x45u8, 0x46, 0x4f, 0x60]),
            proto in prop::sample::select(vec![6u8, 17, 1, 4, 41, 47]),
            port in prop::sample::select(vec![53u16, 67, 500, 9]),
            mut rest in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            agree(&rest)?;
            let header = |at: usize, rest: &mut Vec<u8>| {
                for (i, byte) in [first, 0, 0, 40, 0, 0, 0, 0, 3, proto].into_iter().enumerate() {
                    if let Some(place) = rest.get_mut(at + i) {
                        *place = byte;
                    }
                }
                for (i, byte) in [0, 9].into_iter().chain(port.to_be_bytes()).enumerate() {
                    if let Some(place) = rest.get_mut(at + 20 + i) {
                        *place = byte;
                    }
                }
            };
            if rest.len() >= 18 {
                rest[12..14].copy_from_slice(&kind.to_be_bytes());
                rest[16..18].copy_from_slice(&inner.to_be_bytes());
                header(if kind == 0x8100 { 18 } else { 14 }, &mut rest);
            }
            agree(&rest)?;
        }
    }

    #[test]
    fn rows_of_comparisons_are_tables() {
        let (_, quick) = &PROGRAMS[0];
        assert!(quick.steps.iter().any(|step| matches!(step, Step::Switch { .. })));
    }
}
