//! Byte literals of a pattern: where they end that begin at a place.

use super::spec::{Bytes, Literal, Member};
use super::{ber, bits};
use std::cell::RefCell;

/// Lists of places that are used again.
pub(super) type Pool = RefCell<Vec<Vec<usize>>>;

/// The byte that literals begin with, if it is always the same one.
pub(super) fn begins_with(bytes: &Bytes) -> Option<u8> {
    match bytes.literals.first()? {
        Literal { members, repeat, .. } if repeat.runs.iter().all(|run| run.first > 0) => match members.as_slice() {
            [Member::Text(text)] => text.first().copied(),
            _ => None,
        },
        _ => None,
    }
}

/// The first answer for a place where the literals can end that begin at `at`, within these bytes; nearer ones first.
pub(super) fn ends<T>(
    bytes: &Bytes,
    all: &[u8],
    at: usize,
    pool: &Pool,
    mut then: impl FnMut(usize) -> Option<T>,
) -> Option<T> {
    // Most are one text.
    if let [Literal { members, repeat, .. }] = bytes.literals.as_slice()
        && let ([Member::Text(text)], [run]) = (members.as_slice(), repeat.runs.as_slice())
        && (run.first, run.last) == (1, 0)
    {
        return if all.get(at..)?.starts_with(text) { then(at + text.len()) } else { None };
    }
    let take = || pool.borrow_mut().pop().unwrap_or_default();
    let (mut here, mut next) = (take(), take());
    here.clear();
    here.push(at);
    for one in &bytes.literals {
        next.clear();
        for end in &here {
            literal(one, all, *end, &mut next);
        }
        next.sort_unstable();
        next.dedup();
        std::mem::swap(&mut here, &mut next);
    }
    let answer = here.iter().find_map(|end| then(*end));
    pool.borrow_mut().extend([here, next]);
    answer
}

fn literal(literal: &Literal, all: &[u8], at: usize, ends: &mut Vec<usize>) {
    let Some(bytes) = all.get(at..) else { return };
    for member in &literal.members {
        let (size, most) = repeats(member, bytes);
        if size == 0 {
            // Nothing stands anywhere, any number of times.
            ends.push(at);
            continue;
        }
        let most = most as u128;
        for run in &literal.repeat.runs {
            let mut times = run.first;
            while times <= most && times <= run.at(run.last) {
                ends.push(at + size * times as usize);
                times += run.step;
            }
        }
    }
}

/// How long a member is, and how often it stands one behind the other at the beginning of these bytes.
fn repeats(member: &Member, bytes: &[u8]) -> (usize, usize) {
    match member {
        Member::Text(text) if text.is_empty() => (0, 0),
        Member::Text(text) => (text.len(), bytes.chunks_exact(text.len()).take_while(|c| c == text).count()),
        Member::Run(run, size) => {
            let first = bytes.get(..*size).and_then(|b| bits::get(b, 0, size * 8));
            let times = match (first, bytes.get(..*size)) {
                (Some(value), Some(first)) if run.holds(value) => {
                    bytes.chunks_exact(*size).take_while(|c| *c == first).count()
                }
                _ => 0,
            };
            (*size, times)
        }
        Member::Ber(run, form) => {
            let first = ber::length(bytes, *form).and_then(|size| bytes.get(..size));
            match first.filter(|b| ber::value(b, *form).is_some_and(|n| run.holds(n) && ber::encode(n, *form) == *b)) {
                Some(first) => (first.len(), bytes.chunks_exact(first.len()).take_while(|c| *c == first).count()),
                None => (1, 0),
            }
        }
        Member::Zero => (1, bytes.iter().take_while(|b| **b == 0).count()),
        Member::Count => (1, bytes.iter().enumerate().take_while(|(i, b)| **b == *i as u8).count()),
        Member::Rand(_) => (1, bytes.len()),
    }
}
