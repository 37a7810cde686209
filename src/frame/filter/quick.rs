//! The same program made ready to run here, on frames in memory, before they are taken apart. There are no stripped tags.
//!
//! It is unfolded into decisions, each of which takes one load and one step; `run` says what the answer has to be.

use super::super::pattern::Pattern;
use super::hash::{Entry, Hash};
use super::program::Program;
use super::run::run;
use super::tree;
use super::unfold::{Decision, Look, unfold};

/// A program for frames as they stand in memory.
#[derive(Debug)]
pub struct Quick {
    steps: Vec<Step>,
    first: u32,
    /// Of all tables, one behind the other: a number and the step where it leads.
    tables: Vec<Entry>,
    /// For the few frames that the steps leave open.
    program: Program,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Give(bool),
    Run,
    /// Does the number lie in a range?
    Test {
        bits: Bits,
        range: Range,
        yes: u32,
        no: u32,
    },
    /// Does the length less this?
    Length {
        less: u32,
        range: Range,
        yes: u32,
        no: u32,
    },
    /// Looks the number up from this entry of the tables on, where every one has its own.
    Table {
        bits: Bits,
        from: u32,
    },
    /// Looks it up where only some have an entry; another one is below `split`, or it is not.
    Switch {
        bits: Bits,
        from: u32,
        hash: Hash,
        split: u32,
        below: u32,
        above: u32,
    },
}

/// Bytes of the frame, shifted and masked.
#[derive(Clone, Copy, Debug)]
struct Bits {
    at: u32,
    mask: u32,
    /// How far they are shifted in the word that begins with them.
    shift: u8,
    bytes: u8,
}

/// From this number on, and so many more.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: u32,
    more: u32,
}

/// From so many numbers on that lead to places of their own a table is faster.
const SINGLES: usize = 2;
/// Rows of fewer numbers are taken one by one.
const FEW: u32 = 4;

impl Quick {
    /// None where it would let everything through.
    pub fn new(pattern: &Pattern) -> Option<Self> {
        let program = tree::compile_inline(pattern);
        (!program.keeps_all()).then(|| Self::of(program))
    }

    /// One that lets only through what surely matches. None where that is nothing.
    pub fn sure(pattern: &Pattern) -> Option<Self> {
        tree::compile_sure(pattern).map(Self::of)
    }

    fn of(program: Program) -> Self {
        let (decisions, first) = unfold(&program);
        // Steps stand where their decisions did; what one step cannot decide has more of them behind all these.
        let mut quick =
            Self { steps: vec![Step::Run; decisions.len()], first: first as u32, tables: Vec::new(), program };
        for (at, decision) in decisions.iter().enumerate() {
            quick.steps[at] = match decision {
                Decision::Give(answer) => Step::Give(*answer),
                Decision::Run => Step::Run,
                Decision::By(look, ways) => quick.step(*look, 0, ways),
            };
        }
        quick
    }

    /// The step that finds the way of a number which is not below `first`.
    fn step(&mut self, look: Look, first: u32, ways: &[(u32, usize)]) -> Step {
        match *ways {
            [] => return Step::Run,
            [(_, all)] => return test(look, (0, u32::MAX), all, all),
            [(last, yes), (_, no)] => return test(look, (first, last), yes, no),
            [(last, no), (end, yes), (_, other)] if no == other => return test(look, (last + 1, end), yes, no),
            _ => {}
        }
        if let Some(step) = self.table(look, first, ways) {
            return step;
        }
        let (low, high) = ways.split_at(ways.len() / 2);
        let middle = low.last().map_or(first, |(last, _)| *last);
        let mut half = |first, ways: &[(u32, usize)]| {
            if let [(_, only)] = ways {
                return *only;
            }
            let step = self.step(look, first, ways);
            self.steps.push(step);
            self.steps.len() - 1
        };
        let (yes, no) = (half(first, low), half(middle + 1, high));
        test(look, (first, middle), yes, no)
    }

    fn table(&mut self, look: Look, first: u32, ways: &[(u32, usize)]) -> Option<Step> {
        let bits = Bits::of(look)?;
        let from = self.tables.len() as u32;
        if bits.mask <= 0xff {
            let to = |number| ways.iter().find(|(last, _)| number <= *last).or(ways.last()).map(|(_, to)| *to as u32);
            self.tables.extend((0..=bits.mask).filter_map(|number| Some((number, to(number)?))));
            return Some(Step::Table { bits, from });
        }
        let (mut singles, mut others, mut low): (Vec<Entry>, Vec<(u32, u32)>, _) = (Vec::new(), Vec::new(), first);
        for (last, to) in ways.iter().map(|(last, to)| (*last, *to as u32)) {
            match others.last_mut() {
                _ if last - low < FEW => singles.extend((low..=last).map(|number| (number, to))),
                Some((end, same)) if *same == to => *end = last,
                _ => others.push((last, to)),
            }
            low = last.wrapping_add(1);
        }
        let (split, below, above) = match others[..] {
            [(_, all)] => (0, all, all),
            [(last, below), (_, above)] => (last + 1, below, above),
            _ => return None,
        };
        if singles.len() < SINGLES {
            return None;
        }
        // Only the number 0 finds an entry that nothing was put into.
        let empty = (0, if split > 0 { below } else { above });
        let (hash, table) = Hash::table(&singles, empty)?;
        self.tables.extend(table);
        Some(Step::Switch { bits, from, hash, split, below, above })
    }

    /// Whether a frame might match.
    pub fn lets_through(&self, bytes: &[u8]) -> bool {
        self.answer(bytes).unwrap_or_else(|| run(&self.program, bytes, None) != 0)
    }

    /// None where the program has to be run.
    #[inline]
    fn answer(&self, bytes: &[u8]) -> Option<bool> {
        let mut next = self.first;
        loop {
            next = match self.steps.get(next as usize)? {
                Step::Give(answer) => return Some(*answer),
                Step::Run => return None,
                Step::Test { bits, range, yes, no } => {
                    let Some(number) = bits.of_frame(bytes) else { return Some(false) };
                    if range.holds(number) { *yes } else { *no }
                }
                Step::Length { less, range, yes, no } => {
                    if range.holds((bytes.len() as u32).wrapping_sub(*less)) {
                        *yes
                    } else {
                        *no
                    }
                }
                Step::Table { bits, from } => {
                    let Some(number) = bits.of_frame(bytes) else { return Some(false) };
                    self.tables.get((from + number) as usize)?.1
                }
                Step::Switch { bits, from, hash, split, below, above } => {
                    let Some(number) = bits.of_frame(bytes) else { return Some(false) };
                    match *self.tables.get(*from as usize + hash.at(number))? {
                        (k, to) if k == number => to,
                        _ if number < *split => *below,
                        _ => *above,
                    }
                }
            };
        }
    }
}

fn test(look: Look, (low, high): (u32, u32), yes: usize, no: usize) -> Step {
    let (range, yes, no) = (Range { low, more: high.wrapping_sub(low) }, yes as u32, no as u32);
    match (look, Bits::of(look)) {
        (_, Some(bits)) => Step::Test { bits, range, yes, no },
        (Look::Length(less), None) => Step::Length { less, range, yes, no },
        (Look::Bits { .. }, None) => Step::Run,
    }
}

impl Range {
    #[inline]
    fn holds(self, number: u32) -> bool {
        number.wrapping_sub(self.low) <= self.more
    }
}

impl Bits {
    fn of(look: Look) -> Option<Self> {
        let Look::Bits { at, bytes, shift, mask } = look else { return None };
        Some(Self { at, mask, shift: u8::try_from(32 - 8 * bytes + shift).ok()?, bytes: bytes as u8 })
    }

    /// None where the frame ends before.
    #[inline]
    fn of_frame(self, frame: &[u8]) -> Option<u32> {
        let at = self.at as usize;
        let word = match frame.get(at..at + 4).and_then(|word| word.first_chunk()) {
            Some(word) => u32::from_be_bytes(*word),
            None => self.at_the_end(frame)?,
        };
        Some(word >> self.shift & self.mask)
    }

    /// The word that begins with them, zeros where the frame ends.
    #[cold]
    fn at_the_end(self, frame: &[u8]) -> Option<u32> {
        let rest = frame.get(self.at as usize..).filter(|rest| rest.len() >= self.bytes.into())?;
        Some(rest.iter().zip([24, 16, 8, 0]).map(|(byte, shift)| u32::from(*byte) << shift).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::*;
    use super::*;
    use crate::frame::{Builder, Frames, Surroundings};
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
            (program.clone(), Quick::of(program))
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

    /// An instruction of some kind; what is random in it is small, so that it meets what the others do.
    fn instruction() -> impl Strategy<Value = Instruction> {
        let codes = vec![
            LD_ABS,
            LD_ABS | size(2),
            LD_ABS | size(1),
            LD_IND | size(1),
            LD_IND | size(2),
            LD_LEN,
            LD_IMM,
            LDX_IMM,
            TAX,
            TXA,
            ST,
            LD_MEM,
            LDX_MEM,
            ADD,
            ADD_X,
            SUB,
            SUB_X,
            MUL,
            AND,
            RSH,
            JA,
            JEQ,
            JEQ,
            JGT,
            JGT,
            JGE,
            JGE_X,
            RET,
        ];
        (prop::sample::select(codes), 0..4u8, 0..4u8, 0..24u32).prop_map(|(code, jt, jf, k)| {
            let k = if matches!(code, ST | LD_MEM | LDX_MEM | RET) { k % 3 } else { k };
            Instruction { code, jt, jf, k }
        })
    }

    proptest! {
        #[test]
        fn any_program_says_the_same(
            mut program in prop::collection::vec(instruction(), 1..40),
            frames in prop::collection::vec(prop::collection::vec(0..24u8, 0..40), 1..20),
        ) {
            program.push(Instruction { code: RET, jt: 0, jf: 0, k: 1 });
            let program = Program(program);
            let quick = Quick::of(program.clone());
            for frame in &frames {
                prop_assert_eq!(quick.lets_through(frame), run(&program, frame, None) != 0, "{} {:?}", program, frame);
            }
        }
    }

    #[test]
    fn only_what_has_options_needs_the_program_itself() {
        let load = |path: &str| Err(std::io::Error::other(path.to_owned()));
        let pattern = Pattern::parse("udp dport=53", Surroundings::default(), &load).expect("a good pattern");
        let quick = Quick::new(&pattern).expect("some frames are left out");
        for (text, answer) in [
            ("udp dport=53", Some(true)),
            ("udp dport=54 / zero*100", Some(false)),
            ("vlan=7 / ipv6 / udp dport=53", Some(true)),
            ("svlan=7 / vlan=7 / ipv4 / tcp dport=53", Some(false)),
            ("arp", Some(false)),
            ("dot3 / llc / stp", Some(false)),
            ("ipv4 {ra=0} / udp dport=53", None),
        ] {
            let frames = Frames::parse(text, Surroundings::default(), &load).expect("a good expression");
            let mut builder = Builder::default();
            builder.build(&frames, 0).expect("it builds");
            assert_eq!(quick.answer(builder.view().bytes), answer, "{text}");
        }
    }
}
