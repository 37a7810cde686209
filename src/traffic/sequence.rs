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
}

/// The turns, without end; none where there is no entry.
#[derive(Clone, Debug)]
pub struct Sequence<'a> {
    items: &'a [Item<'a>],
    item: usize,
    index: u128,
    round: u128,
}

impl<'a> Sequence<'a> {
    /// From the first frame of the first entry on.
    pub fn new(items: &'a [Item<'a>]) -> Self {
        Self { items, item: 0, index: 0, round: 0 }
    }

    /// From frame `number` of the run on, counted over all entries.
    pub fn from(items: &'a [Item<'a>], number: u64) -> Self {
        let mut at = Self::new(items);
        let mut left = u128::from(number);
        let round = u128::from(total(items)).max(1);
        at.round = left / round;
        left %= round;
        while let Some(item) = items.get(at.item).filter(|item| left >= item.frames.count()) {
            left -= item.frames.count();
            at.item += 1;
        }
        at.index = left;
        at
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
        };
        self.index += 1;
        if self.index >= count {
            self.index = 0;
            self.item += 1;
            if self.item == self.items.len() {
                self.item = 0;
                self.round += 1;
            }
        }
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Surroundings;

    fn frames(text: &str) -> Frames {
        Frames::parse(text, Surroundings::default(), &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
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
