//! Which layers can come behind which, by the tables alone.

use crate::proto::table::{Protocol, Role, Rule, Space};
use crate::proto::{self, eth, llc};

/// The protocols of a number space, by number.
pub fn keys(space: Space) -> impl Iterator<Item = (u64, &'static Protocol)> {
    let of = move |p: &&'static Protocol| {
        let p = *p;
        p.keys.iter().filter(move |(s, _)| *s == space).map(move |(_, n)| (*n, p))
    };
    proto::ALL.iter().flat_map(move |p| of(p))
}

/// The protocols whose place, or a place anywhere behind them, a layer of this protocol can have.
pub fn before(wanted: &'static Protocol) -> Vec<&'static Protocol> {
    proto::ALL.iter().copied().filter(|p| reaches(p, wanted)).collect()
}

fn reaches(from: &'static Protocol, wanted: &'static Protocol) -> bool {
    let mut known: Vec<&'static Protocol> = vec![from];
    let mut at = 0;
    while let Some(&p) = known.get(at) {
        at += 1;
        // What is guessed may be anything.
        if *wanted == *p || p.guess.is_some() {
            return true;
        }
        if !p.carries {
            continue;
        }
        let mut add = |p: &'static Protocol| {
            // A frame inside a frame begins with either of two headers.
            for p in if p.role == Role::Link { [&eth::ETH, &eth::DOT3] } else { [p, p] } {
                if !known.contains(&p) {
                    known.push(p);
                }
            }
        };
        p.then.into_iter().for_each(&mut add);
        for field in p.fields {
            match field.rule {
                Rule::Next { space, or_len, .. } => {
                    keys(space).for_each(|(_, p)| add(p));
                    if or_len {
                        add(&llc::LLC);
                    }
                }
                Rule::To(space) | Rule::From(space) => keys(space).for_each(|(_, p)| add(p)),
                _ => {}
            }
        }
    }
    false
}
