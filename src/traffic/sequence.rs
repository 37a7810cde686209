//! Which frame comes next: the entries of a run one after the other, each with its whole set, then all anew.

use crate::frame::Frames;

/// One entry of a run: a set of frames.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The set.
    pub frames: &'a Frames,
    /// Nanoseconds between the frame before and the first of this set.
    pub delay: Option<i64>,
}

/// How many frames all the entries have, once through; at most `u64::MAX`.
pub fn total(items: &[Item]) -> u64 {
    items.iter().fold(0, |sum: u64, item| sum.saturating_add(u64::try_from(item.frames.count()).unwrap_or(u64::MAX)))
}

/// One frame's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The entry.
    pub item: usize,
    /// The frame's number for [`crate::frame::Builder::build`]. It rises over all rounds, so that draws go on.
    pub number: u128,
    /// The entry's delay, on the first frame of its set.
    pub delay: Option<i64>,
    /// The delays from the start of the run to this frame, nanoseconds; those that run back count as none.
    pub listed: u64,
}

/// The turns, without end; none where there is no entry.
#[derive(Clone, Debug)]
pub struct Sequence<'a> {
    items: &'a [Item<'a>],
    /// Of each entry, how many frames and how much delay there is up to its end.
    ends: Vec<(u128, u64)>,
    item: usize,
    index: u128,
    round: u128,
    listed: u64,
}

impl<'a> Sequence<'a> {
    /// From the first frame of the first entry on.
    pub fn new(items: &'a [Item<'a>]) -> Self {
        let ends = items.iter().scan((0u128, 0u64), |sum, item| {
            let delay = u64::try_from(item.delay.unwrap_or(0)).unwrap_or(0);
            *sum = (sum.0.saturating_add(item.frames.count()), sum.1.saturating_add(delay));
            Some(*sum)
        });
        let mut new = Self { items, ends: ends.collect(), item: 0, index: 0, round: 0, listed: 0 };
        new.list();
        new
    }

    /// From frame `number` of the run on, counted over all entries.
    pub fn from(items: &'a [Item<'a>], number: u64) -> Self {
        let mut at = Self::new(items);
        at.go_to(number);
        at
    }

    /// Goes to frame `number` of the run.
    pub fn go_to(&mut self, number: u64) {
        let (all, _) = self.ends.last().copied().unwrap_or_default();
        self.round = u128::from(number) / all.max(1);
        let left = u128::from(number) % all.max(1);
        self.item = self.ends.partition_point(|(end, _)| *end <= left);
        let before = self.item.checked_sub(1).and_then(|item| self.ends.get(item)).map_or(0, |(end, _)| *end);
        self.index = left - before;
        self.list();
    }

    /// How many turns come behind the last one that differ from it in their number alone, each one higher.
    pub fn alike(&self) -> u64 {
        match self.items {
            [item] if item.delay.is_none() => u64::MAX,
            _ if self.index == 0 => 0,
            items => items
                .get(self.item)
                .map_or(0, |item| u64::try_from(item.frames.count().saturating_sub(self.index)).unwrap_or(u64::MAX)),
        }
    }

    /// Leaves out so many turns, at most as many as are [`Self::alike`].
    pub fn skip_alike(&mut self, turns: u64) {
        let Some(item) = self.items.get(self.item) else { return };
        self.index += u128::from(turns);
        let count = item.frames.count();
        if self.index >= count {
            let rounds = self.index / count.max(1);
            self.index -= rounds * count;
            if self.items.len() == 1 {
                self.round += rounds;
            } else {
                self.next_item();
            }
        }
    }

    fn next_item(&mut self) {
        self.item += 1;
        if self.item == self.items.len() {
            self.item = 0;
            self.round += 1;
        }
        self.list();
    }

    /// Sums up the delays to the entry that is next.
    fn list(&mut self) {
        let (Some((_, all)), Some((_, so_far))) = (self.ends.last(), self.ends.get(self.item)) else { return };
        self.listed = u64::try_from(self.round).unwrap_or(u64::MAX).saturating_mul(*all).saturating_add(*so_far);
    }
}

impl Iterator for Sequence<'_> {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        let item = self.items.get(self.item)?;
        let count = item.frames.count();
        let turn = Turn {
            item: self.item,
            number: self.round.wrapping_mul(count).wrapping_add(self.index),
            delay: item.delay.filter(|_| self.index == 0),
            listed: self.listed,
        };
        self.index += 1;
        if self.index >= count {
            self.index = 0;
            self.next_item();
        }
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Surroundings, no_files};

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &no_files).unwrap()
    }

    #[test]
    fn entries_come_one_after_the_other_and_then_anew() {
        let (pair, one) = (frames("eth type=1,2"), frames("eth / rand*4"));
        let items = [Item { frames: &pair, delay: Some(5) }, Item { frames: &one, delay: None }];
        assert_eq!(total(&items), 3);
        let turns: Vec<_> =
            Sequence::new(&items).take(6).map(|turn| (turn.item, turn.number, turn.delay.is_some())).collect();
        let expected = [(0, 0, true), (0, 1, false), (1, 0, false), (0, 2, true), (0, 3, false), (1, 1, false)];
        assert_eq!(turns, expected);
    }

    #[test]
    fn every_turn_can_be_gone_to() {
        let (pair, one) = (frames("eth type=1,2"), frames("eth / rand*4"));
        let item = |frames, delay| Item { frames, delay };
        let items = [item(&pair, Some(5)), item(&one, Some(-9)), item(&pair, None), item(&one, Some(100))];
        let all: Vec<_> = Sequence::new(&items).take(20).collect();
        assert_eq!(all.iter().map(|turn| turn.listed).collect::<Vec<_>>()[..8], [5, 5, 5, 5, 5, 105, 110, 110]);
        for number in (0..20).rev() {
            assert_eq!(Sequence::from(&items, number as u64).next(), Some(all[number]));
        }
    }

    #[test]
    fn turns_that_are_left_out_are_those_that_would_have_come() {
        let (many, pair, one) = (frames("eth type=1..7"), frames("eth type=1,2"), frames("eth / rand*4"));
        let item = |frames, delay| Item { frames, delay };
        let runs: [&[Item]; 5] = [
            &[item(&one, None)],
            &[item(&many, None)],
            &[item(&one, Some(5))],
            &[item(&many, Some(5)), item(&one, None), item(&pair, Some(-3))],
            &[item(&one, None), item(&many, None)],
        ];
        for items in runs {
            let all: Vec<_> = Sequence::new(items).take(60).collect();
            for most in 1..6 {
                let (mut turns, mut at) = (Sequence::new(items), 0);
                while at < 50 {
                    assert_eq!(turns.next(), Some(all[at]), "{at} {items:?}");
                    let alike = turns.alike().min(most);
                    for ahead in 1..=alike {
                        let expected = Turn { number: all[at].number + u128::from(ahead), delay: None, ..all[at] };
                        assert_eq!(all[at + ahead as usize], expected);
                    }
                    turns.skip_alike(alike);
                    at += 1 + alike as usize;
                }
            }
        }
    }

    #[test]
    fn no_entry_has_no_turn() {
        assert_eq!(Sequence::new(&[]).next(), None);
    }

    #[test]
    fn a_set_without_end_is_counted_as_the_most_there_is() {
        let all = frames("eth src=00:00:00:00:00:00.. dst=00:00:00:00:00:00.. / \"x\"");
        let items = [Item { frames: &all, delay: None }; 2];
        assert_eq!(total(&items), u64::MAX);
        assert!(Sequence::new(&items).take(3).all(|turn| turn.item == 0));
    }
}
