//! A program as decisions: which bits of a frame it looks at, and where each of their values leads.
//!
//! The program is gone through once for all frames. What is known of a register on the way there, such as the place where a
//! header begins, needs no step when a frame is tried; neither does a test of the length that was passed before. All tests
//! of the same bits, one after the other, become one decision.

use super::program::*;
use super::run::calculate;
use std::collections::{HashMap, VecDeque};

/// More decisions are not made; beyond these the program itself is run.
const MOST: usize = 4096;
/// Programs begin with a test that frames are no shorter.
const LEAST: u32 = 14;

/// A number that the frame gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    /// Its length less this, modulo 2^32.
    Length(u32),
    /// One, two or four bytes, high byte first, shifted right and then masked.
    Bits { at: u32, bytes: u32, shift: u32, mask: u32 },
}

/// What is to be done with a frame.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It is let through, or not.
    Give(bool),
    /// Nothing more is known; the program has to be run.
    Run,
    /// Rows of values, the lowest first: the last of each and the decision that it leads to. A frame that ends before these
    /// bits is not let through.
    By(Look, Vec<(u32, usize)>),
}

/// The decisions that end it, by their places.
const REJECT: usize = 0;
const ACCEPT: usize = 1;
const RUN: usize = 2;

/// The decisions of a program, and which is the first.
pub fn unfold(program: &Program) -> (Vec<Decision>, usize) {
    let decisions = vec![Decision::Give(false), Decision::Give(true), Decision::Run];
    let (known, open) = (HashMap::new(), VecDeque::new());
    let mut all = Unfolding { program: &program.0, read: read(&program.0), decisions, known, open };
    let zero = Value::Number(0);
    let first = all.lead(State { next: 0, a: zero, x: zero, memory: [zero; 2], least: 0, loaded: 0 });
    while let Some((at, state, look)) = all.open.pop_front() {
        all.decisions[at] = Decision::By(look, all.ways(state, look));
    }
    (all.decisions, first)
}

struct Unfolding<'p> {
    program: &'p [Instruction],
    /// Of each instruction what is read from it on: X, and the cells of memory.
    read: Vec<u8>,
    decisions: Vec<Decision>,
    known: HashMap<(State, Look), usize>,
    /// Decisions still to be made. Those that few steps lead to come first.
    open: VecDeque<(usize, State, Look)>,
}

/// How far the program has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    next: usize,
    a: Value,
    x: Value,
    memory: [Value; 2],
    /// The frame surely has so many bytes.
    least: u32,
    /// So many were loaded; a frame that has fewer is not let through.
    loaded: u32,
}

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Value {
    Number(u32),
    Look(Look),
    Unknown,
}

/// Where the program comes to without a look at the frame.
enum Stop {
    Give(bool),
    Run,
    Test(Look),
}

impl Unfolding<'_> {
    /// The decision that is next.
    fn lead(&mut self, mut state: State) -> usize {
        let look = match self.go(&mut state) {
            Stop::Give(false) => return REJECT,
            Stop::Run => return RUN,
            // What was loaded and not looked at has to be there all the same.
            Stop::Give(true) if state.loaded > state.least => Look::Length(0),
            Stop::Give(true) => return ACCEPT,
            Stop::Test(look) => look,
        };
        if state.loaded <= state.least {
            state.loaded = 0;
        }
        let read = self.read.get(state.next).copied().unwrap_or(0);
        // A chain begins anew. What it decides would else be decided once for each length known so far.
        if read == 0 {
            state.least = state.least.min(LEAST);
        }
        // What is not read any more makes no difference.
        let values = [(X, &mut state.x)].into_iter().chain((0..).map(cell).zip(&mut state.memory));
        values.filter(|(bit, _)| read & bit == 0).for_each(|(_, value)| *value = Value::Number(0));
        if let Some(known) = self.known.get(&(state.clone(), look)) {
            return *known;
        }
        if self.decisions.len() >= MOST {
            return RUN;
        }
        let at = self.decisions.len();
        self.decisions.push(Decision::Run);
        self.known.insert((state.clone(), look), at);
        self.open.push_back((at, state, look));
        at
    }

    /// Where the values of what is looked at lead.
    fn ways(&mut self, state: State, look: Look) -> Vec<(u32, usize)> {
        let mut ways: Vec<(u32, usize)> = Vec::new();
        let (first, last) = look.range(state.least);
        if state.loaded > state.least && look == Look::Length(0) && matches!(self.go(&mut state.clone()), Stop::Give(_))
        {
            return vec![(state.loaded - 1, REJECT), (last, ACCEPT)];
        }
        // The lowest row is the last one.
        let mut rows = vec![(state, first, last)];
        while let Some((mut state, first, last)) = rows.pop() {
            state.least = look.least(state.least, first);
            let test = match self.go(&mut state) {
                Stop::Test(found) if found == look => self.test(&state),
                _ => None,
            };
            let Some((code, k, yes, no)) = test else {
                let to = self.lead(state);
                match ways.last_mut() {
                    Some((end, same)) if *same == to => *end = last,
                    _ => ways.push((last, to)),
                }
                continue;
            };
            // From here on the outcome is another one.
            let turns = match code {
                JEQ => [Some(k), k.checked_add(1)],
                JGT => [k.checked_add(1), None],
                _ => [Some(k), None],
            };
            let mut from = first;
            let mut parts = Vec::with_capacity(3);
            for turn in turns.into_iter().flatten().filter(|turn| (first + 1..=last).contains(turn)) {
                parts.push((from, turn - 1));
                from = turn;
            }
            parts.push((from, last));
            for (from, to) in parts.into_iter().rev() {
                rows.push((State { next: if holds(code, from, k) { yes } else { no }, ..state.clone() }, from, to));
            }
        }
        ways
    }

    /// Goes on to the next test whose outcome is not known, or to the end.
    fn go(&self, state: &mut State) -> Stop {
        loop {
            let Some(one) = self.program.get(state.next) else { return Stop::Give(false) };
            match (one.code, self.test(state), state.a) {
                (RET, ..) => return Stop::Give(one.k != 0),
                (JA, ..) => state.next += 1 + one.k as usize,
                (_, Some(_), Value::Look(look)) => return Stop::Test(look),
                (_, Some((code, k, yes, no)), Value::Number(a)) => {
                    state.next = if holds(code, a, k) { yes } else { no }
                }
                (code, None, _) if code & 0x07 != JA => match state.does(*one) {
                    Done::Yes => state.next += 1,
                    Done::PastTheEnd => return Stop::Give(false),
                    Done::Unknown => return Stop::Run,
                },
                _ => return Stop::Run,
            }
        }
    }

    /// The test that is next: what it is, what A is compared with, and the two ways.
    fn test(&self, state: &State) -> Option<(u16, u32, usize, usize)> {
        let Instruction { code, jt, jf, k } = *self.program.get(state.next)?;
        let k = match (code, state.x) {
            (JEQ | JGT | JGE, _) => k,
            (JGE_X, Value::Number(x)) => x,
            _ => return None,
        };
        let way = |over: u8| state.next + 1 + usize::from(over);
        Some((code, k, way(jt), way(jf)))
    }
}

/// The bit of register X among what is read; behind it come those of the cells of memory.
const X: u8 = 1;

/// What is read from each instruction on before it is written. Jumps go forward, so one pass from the end tells.
fn read(program: &[Instruction]) -> Vec<u8> {
    let mut read = vec![0; program.len()];
    for (at, Instruction { code, jt, jf, k }) in program.iter().enumerate().rev() {
        let behind = |over: usize| read.get(at + 1 + over).copied().unwrap_or(0);
        let later = match *code {
            RET => 0,
            JA => behind(*k as usize),
            code if code & 0x07 == JA => behind((*jt).into()) | behind((*jf).into()),
            _ => behind(0),
        };
        let (written, now) = match *code {
            TAX | LDX_IMM => (X, 0),
            LDX_MEM => (X, cell(*k)),
            LD_MEM => (0, cell(*k)),
            ST => (cell(*k), 0),
            TXA | JGE_X | ADD_X | SUB_X => (0, X),
            code if code & 0xe7 == LD_IND => (0, X),
            _ => (0, 0),
        };
        read[at] = later & !written | now;
    }
    read
}

fn cell(k: u32) -> u8 {
    (X << 1).checked_shl(k).unwrap_or(0)
}

fn holds(code: u16, a: u32, k: u32) -> bool {
    match code {
        JEQ => a == k,
        JGT => a > k,
        _ => a >= k,
    }
}

/// What became of an instruction.
enum Done {
    Yes,
    /// It loads what no frame has.
    PastTheEnd,
    Unknown,
}

impl State {
    /// Does an instruction that jumps nowhere.
    fn does(&mut self, Instruction { code, k, .. }: Instruction) -> Done {
        match code {
            LD_IMM => self.a = Value::Number(k),
            LDX_IMM => self.x = Value::Number(k),
            TAX => self.x = self.a,
            TXA => self.a = self.x,
            LD_LEN => self.a = Value::Look(Look::Length(0)),
            ST | LD_MEM | LDX_MEM => {
                let Some(cell) = self.memory.get_mut(k as usize) else { return Done::Unknown };
                match code {
                    ST => *cell = self.a,
                    LD_MEM => self.a = *cell,
                    _ => self.x = *cell,
                }
            }
            _ if code & 0x07 == 0x04 => {
                let with = if code & 0x08 == 0 { Value::Number(k) } else { self.x };
                self.a = self.a.changed(code & !0x08, with);
            }
            _ if matches!(code & 0xe7, LD_ABS | LD_IND) => {
                let from = if code & 0xe7 == LD_ABS { Value::Number(0) } else { self.x };
                let bytes = match code & 0x18 {
                    0x00 => 4,
                    0x08 => 2,
                    0x10 => 1,
                    _ => return Done::Unknown,
                };
                let Value::Number(from) = from else { return Done::Unknown };
                if code & 0xe7 == LD_ABS && k >= ANCILLARY {
                    return Done::Unknown;
                }
                let Some((at, end)) = from.checked_add(k).and_then(|at| Some((at, at.checked_add(bytes)?))) else {
                    return Done::PastTheEnd;
                };
                self.loaded = self.loaded.max(end);
                self.a = Value::Look(Look::Bits { at, bytes, shift: 0, mask: u32::MAX >> (32 - 8 * bytes) });
            }
            _ => return Done::Unknown,
        }
        Done::Yes
    }
}

impl Value {
    /// What an instruction that calculates makes of it.
    fn changed(self, code: u16, with: Self) -> Self {
        let Self::Number(with) = with else { return Self::Unknown };
        match (self, code) {
            (Self::Number(mut number), _) => {
                if calculate(code, with, &mut number, &mut 0) {
                    Self::Number(number)
                } else {
                    Self::Unknown
                }
            }
            (Self::Look(Look::Length(less)), ADD) => Self::Look(Look::Length(less.wrapping_sub(with))),
            (Self::Look(Look::Length(less)), SUB) => Self::Look(Look::Length(less.wrapping_add(with))),
            (Self::Look(Look::Bits { at, bytes, shift, mask }), AND) => {
                Self::Look(Look::Bits { at, bytes, shift, mask: mask & with })
            }
            (Self::Look(Look::Bits { at, bytes, shift, mask }), RSH) if shift.saturating_add(with) < 8 * bytes => {
                Self::Look(Look::Bits { at, bytes, shift: shift + with, mask: mask >> with })
            }
            _ => Self::Unknown,
        }
    }
}

impl Look {
    /// The least and the greatest number that it can give of a frame of so many bytes or more.
    fn range(self, least: u32) -> (u32, u32) {
        match self {
            Self::Length(less) if less <= least => (least - less, u32::MAX - less),
            Self::Length(_) => (0, u32::MAX),
            Self::Bits { mask, .. } => (0, mask),
        }
    }

    /// How many bytes a frame has at the least of which it gives this number or a greater one.
    fn least(self, least: u32, number: u32) -> u32 {
        match self {
            Self::Length(less) if less <= least => least.max(less.saturating_add(number)),
            Self::Length(_) => least,
            Self::Bits { at, bytes, .. } => least.max(at + bytes),
        }
    }
}
