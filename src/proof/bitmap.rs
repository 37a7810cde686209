//! A set of sequence numbers. Runs cost next to nothing, so that hours at full rate fit: memory is spent where members and
//! gaps mix.

/// Numbers in a page.
const PAGE: u64 = 32_768;
const WORDS: usize = PAGE as usize / 64;

#[derive(Clone, Debug)]
enum Page {
    Empty,
    Full,
    Mixed(Box<[u64; WORDS]>, u32),
}

/// A set of numbers.
#[derive(Clone, Debug, Default)]
pub struct Bitmap {
    pages: Vec<Page>,
    count: u64,
}

impl Bitmap {
    /// Puts a number in; whether it was not there before.
    pub fn insert(&mut self, number: u64) -> bool {
        let (page, at) = ((number / PAGE) as usize, (number % PAGE) as usize);
        if page >= self.pages.len() {
            self.pages.resize(page + 1, Page::Empty);
        }
        let page = &mut self.pages[page];
        if matches!(page, Page::Empty) {
            *page = Page::Mixed(Box::new([0; WORDS]), 0);
        }
        let Page::Mixed(words, members) = page else { return false };
        let bit = 1u64 << (at % 64);
        if words[at / 64] & bit != 0 {
            return false;
        }
        words[at / 64] |= bit;
        *members += 1;
        if u64::from(*members) == PAGE {
            *page = Page::Full;
        }
        self.count += 1;
        true
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: u64) -> bool {
        match self.pages.get((number / PAGE) as usize) {
            None | Some(Page::Empty) => false,
            Some(Page::Full) => true,
            Some(Page::Mixed(words, _)) => {
                let at = (number % PAGE) as usize;
                words[at / 64] >> (at % 64) & 1 == 1
            }
        }
    }

    /// How many numbers are in it.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The runs of numbers that are in it, first and last of each, in order.
    pub fn runs(&self) -> impl Iterator<Item = (u64, u64)> {
        self.alternate(self.pages.len() as u64 * PAGE, true)
    }

    /// The runs of numbers below `end` that are not in it.
    pub fn gaps(&self, end: u64) -> impl Iterator<Item = (u64, u64)> {
        self.alternate(end, false)
    }

    fn alternate(&self, end: u64, member: bool) -> impl Iterator<Item = (u64, u64)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let first = self.next(from, end, member);
            if first >= end {
                return None;
            }
            from = self.next(first, end, !member);
            Some((first, from - 1))
        })
    }

    /// The first number from here on that is a member, or is none; at most `end`.
    pub fn next(&self, from: u64, end: u64, member: bool) -> u64 {
        let mut at = from;
        while at < end {
            let next_page = (at / PAGE + 1) * PAGE;
            let words = match self.pages.get((at / PAGE) as usize) {
                None if !member => return at,
                None => return end,
                Some(Page::Mixed(words, _)) => words,
                Some(page) if matches!(page, Page::Full) == member => return at,
                Some(_) => {
                    at = next_page;
                    continue;
                }
            };
            let word = words[(at % PAGE / 64) as usize];
            let wanted = (if member { word } else { !word }) >> (at % 64);
            if wanted != 0 {
                return (at + u64::from(wanted.trailing_zeros())).min(end);
            }
            at = (at / 64 + 1) * 64;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_full_page_costs_no_memory_and_holds_all_its_numbers() {
        let mut bitmap = Bitmap::default();
        assert!((0..PAGE * 2).all(|number| bitmap.insert(number)));
        assert!(bitmap.pages.iter().all(|page| matches!(page, Page::Full)));
        assert!((0..PAGE * 2).all(|number| !bitmap.insert(number) && bitmap.contains(number)));
        assert_eq!(bitmap.count(), PAGE * 2);
        assert_eq!(bitmap.runs().collect::<Vec<_>>(), [(0, PAGE * 2 - 1)]);
        assert_eq!(bitmap.gaps(PAGE * 3).collect::<Vec<_>>(), [(PAGE * 2, PAGE * 3 - 1)]);
    }

    proptest! {
        #[test]
        fn runs_and_gaps_are_those_of_a_set(
            numbers in prop::collection::vec(prop_oneof![0u64..300, PAGE - 70..PAGE + 70, Just(PAGE * 5)], 0..200),
        ) {
            let mut bitmap = Bitmap::default();
            let mut set = BTreeSet::new();
            for number in numbers {
                prop_assert_eq!(bitmap.insert(number), set.insert(number));
            }
            prop_assert_eq!(bitmap.count(), set.len() as u64);
            let members: Vec<_> = bitmap.runs().flat_map(|(first, last)| first..=last).collect();
            prop_assert_eq!(&members, &set.iter().copied().collect::<Vec<_>>());
            let end = PAGE + 100;
            let missing: Vec<_> = bitmap.gaps(end).flat_map(|(first, last)| first..=last).collect();
            prop_assert_eq!(missing, (0..end).filter(|number| !set.contains(number)).collect::<Vec<_>>());
        }
    }
}
