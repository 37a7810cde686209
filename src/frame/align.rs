//! Which parts of two frames belong together: the longest common subsequence of two lists of nodes.

/// How many cells a table of alignments may have; longer lists are paired by their places.
const MOST_CELLS: usize = 1 << 20;

/// Two parts that belong together, or one that the other side has not; indices into the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    Both(usize, usize),
    Left(usize),
    Right(usize),
}

/// Aligns two lists in order. `alike` says how well two parts go together, 0 for not at all.
pub(super) fn align(left: usize, right: usize, alike: impl Fn(usize, usize) -> u32) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(left.max(right));
    if left.saturating_mul(right) > MOST_CELLS {
        for at in 0..left.max(right) {
            match (at < left, at < right) {
                (true, true) if alike(at, at) > 0 => pairs.push(Pair::Both(at, at)),
                (there, other) => {
                    pairs.extend(there.then_some(Pair::Left(at)));
                    pairs.extend(other.then_some(Pair::Right(at)));
                }
            }
        }
        return pairs;
    }
    // best[i][j]: what can be had from i and j on.
    let width = right + 1;
    let mut best = vec![0u32; (left + 1) * width];
    for i in (0..left).rev() {
        for j in (0..right).rev() {
            let skipped = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            let score = alike(i, j);
            let paired = if score > 0 { best[(i + 1) * width + j + 1] + score } else { 0 };
            best[i * width + j] = skipped.max(paired);
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < left || j < right {
        let here = best[i * width + j];
        if i < left && j < right {
            let score = alike(i, j);
            if score > 0 && here == best[(i + 1) * width + j + 1] + score {
                pairs.push(Pair::Both(i, j));
                (i, j) = (i + 1, j + 1);
                continue;
            }
        }
        if i < left && (j == right || here == best[(i + 1) * width + j]) {
            pairs.push(Pair::Left(i));
            i += 1;
        } else {
            pairs.push(Pair::Right(j));
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letters(left: &str, right: &str) -> Vec<Pair> {
        let (left, right) = (left.as_bytes(), right.as_bytes());
        align(left.len(), right.len(), |i, j| u32::from(left[i] == right[j]))
    }

    #[test]
    fn what_is_missing_on_one_side_is_told_and_the_rest_belongs_together() {
        use Pair::{Both, Left, Right};
        assert_eq!(letters("evip", "eip"), [Both(0, 0), Left(1), Both(2, 1), Both(3, 2)]);
        assert_eq!(letters("eu", "et"), [Both(0, 0), Left(1), Right(1)]);
        assert_eq!(letters("", "a"), [Right(0)]);
    }

    #[test]
    fn the_pair_that_is_more_alike_is_preferred() {
        // Two tags against one that is equal to the inner one.
        let score = |i, _| if i == 1 { 5 } else { 4 };
        assert_eq!(align(2, 1, score), [Pair::Left(0), Pair::Both(1, 0)]);
    }

    #[test]
    fn lists_too_long_to_compare_are_paired_by_place() {
        let pairs = align(3000, 2000, |_, _| 1);
        assert_eq!((pairs.len(), pairs[1999], pairs[2000]), (3000, Pair::Both(1999, 1999), Pair::Left(2000)));
    }

    proptest! {
        #[test]
        fn every_part_is_told_once_and_in_order(left in "[ab]{0,9}", right in "[ab]{0,9}") {
            let pairs = letters(&left, &right);
            let lefts: Vec<_> = pairs.iter().filter_map(|p| match p { Pair::Both(i, _) | Pair::Left(i) => Some(*i), Pair::Right(_) => None }).collect();
            let rights: Vec<_> = pairs.iter().filter_map(|p| match p { Pair::Both(_, j) | Pair::Right(j) => Some(*j), Pair::Left(_) => None }).collect();
            prop_assert_eq!(lefts, (0..left.len()).collect::<Vec<_>>());
            prop_assert_eq!(rights, (0..right.len()).collect::<Vec<_>>());
        }
    }
}
