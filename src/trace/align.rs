//! Which frames of two captures belong together, though some were lost, came twice or were changed on the way.
//!
//! [`step`] looks at the next frames of both and says what to do with the first ones. It needs a few hundred of them and
//! no more, so captures of any length are compared in bounded memory, and in time that grows with their length.

/// How far a lost or extra run of frames is looked over.
pub const WINDOW: usize = 512;

/// How far it is where the frames behind it are only similar, not equal.
const NEAR: usize = 32;

/// How many frames behind a place must tell that both sides go on together there.
const WITNESSES: usize = 5;

/// How many bytes are compared at either end of a frame.
const ENDS: usize = 128;

/// What becomes of the first frames of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They belong together.
    Pair,
    /// So many are only on the left side.
    Left(usize),
    /// So many are only on the right side.
    Right(usize),
}

/// What to do with the first of the next frames of each side, of which there is at least one on either. `left` and `right`
/// are how many are known of each, as far as [`WINDOW`], and `a` and `b` give their bytes.
pub fn step<'f>((left, right): (usize, usize), a: impl Fn(usize) -> &'f [u8], b: impl Fn(usize) -> &'f [u8]) -> Step {
    if left == 0 || right == 0 {
        return if left > 0 { Step::Left(left) } else { Step::Right(right) };
    }
    if a(0) == b(0) {
        return Step::Pair;
    }
    // A damaged frame among good ones, or one place too many, does not move the middle of what the witnesses say.
    let middle = |i: usize, j: usize| {
        let mut told: Vec<_> =
            (0..WITNESSES.min(left - i).min(right - j)).map(|at| likeness(a(i + at), b(j + at))).collect();
        told.sort_unstable();
        told.get(told.len() / 2).copied().unwrap_or(0)
    };
    let here = likeness(a(0), b(0));
    let better = |far: usize, like: &dyn Fn(usize) -> u32, equal: &dyn Fn(usize) -> bool| {
        (1..far).filter(|at| if *at <= NEAR { like(*at) > here } else { equal(*at) }).collect::<Vec<_>>()
    };
    let lost = better(left, &|i| likeness(a(i), b(0)), &|i| a(i) == b(0));
    let extra = better(right, &|j| likeness(a(0), b(j)), &|j| a(0) == b(j));
    let mut best = (middle(0, 0), Step::Pair);
    let lost = lost.into_iter().map(|i| (i, middle(i, 0), Step::Left(i)));
    let extra = extra.into_iter().map(|j| (j, middle(0, j), Step::Right(j)));
    let mut places: Vec<_> = lost.chain(extra).collect();
    places.sort_by_key(|(far, ..)| *far);
    for (_, told, step) in places {
        if told > best.0 {
            best = (told, step);
        }
    }
    best.1
}

/// How much two frames have in common, 1000 where they are equal. Bytes are compared from the front, and from the end for
/// frames that a tag was put into or taken out of behind the addresses.
fn likeness(a: &[u8], b: &[u8]) -> u32 {
    const ADDRESSES: usize = 12;
    if a == b {
        return 1000;
    }
    let longest = a.len().max(b.len());
    let equal = |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take(ENDS).filter(|(a, b)| a == b).count();
    let front = equal(&mut a.iter().zip(b));
    let (head, tail) = (ADDRESSES.min(a.len()).min(b.len()), a.len().min(b.len()).saturating_sub(ADDRESSES));
    let ends = equal(&mut a[..head].iter().zip(&b[..head])) + equal(&mut a.iter().rev().zip(b.iter().rev()).take(tail));
    // Below what equal frames have, by enough that one equal frame weighs more than a few similar ones.
    (800 * front.max(ends) / longest.clamp(1, ENDS + ADDRESSES)).min(800) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Frames that differ in a number alone, as those of one flow do.
    fn flow(numbers: impl IntoIterator<Item = u16>) -> Vec<Vec<u8>> {
        let frame = |n: u16| [&[7; 40][..], &n.to_be_bytes(), &(n ^ 0x5a5a).to_be_bytes(), &[9; 20]].concat();
        numbers.into_iter().map(frame).collect()
    }

    fn aligned(a: &[Vec<u8>], b: &[Vec<u8>]) -> Vec<(Option<usize>, Option<usize>)> {
        let (mut i, mut j, mut out) = (0, 0, Vec::new());
        while i < a.len() || j < b.len() {
            let there = ((a.len() - i).min(WINDOW), (b.len() - j).min(WINDOW));
            match step(there, |at| a[i + at].as_slice(), |at| b[j + at].as_slice()) {
                Step::Pair => {
                    out.push((Some(i), Some(j)));
                    (i, j) = (i + 1, j + 1);
                }
                Step::Left(more) => {
                    out.extend((i..i + more).map(|at| (Some(at), None)));
                    i += more;
                }
                Step::Right(more) => {
                    out.extend((j..j + more).map(|at| (None, Some(at))));
                    j += more;
                }
            }
        }
        out
    }

    /// As a router does to each frame.
    fn routed(frames: &mut [Vec<u8>]) {
        for frame in frames {
            (frame[8], frame[10]) = (6, 1);
        }
    }

    #[test]
    fn lost_and_doubled_frames_do_not_move_the_others() {
        let sent = flow(0..100);
        for change in [false, true] {
            let mut came = flow((0..3).chain(4..50).chain(49..80).chain(90..100));
            if change {
                routed(&mut came);
            }
            let pairs = aligned(&sent, &came);
            let alone: Vec<_> = pairs.iter().filter(|(a, b)| a.is_none() || b.is_none()).copied().collect();
            let lost = [3].into_iter().chain(80..90).map(|i| (Some(i), None));
            let expected: Vec<_> = lost.collect();
            let lost: Vec<_> = alone.iter().filter(|(a, _)| a.is_some()).copied().collect();
            assert_eq!(lost, expected, "{change}");
            assert_eq!(alone.len(), 12, "{change} {alone:?}");
        }
    }

    #[test]
    fn one_frame_that_was_changed_much_is_not_taken_for_a_lost_one() {
        let sent = flow(0..60);
        for change in [false, true] {
            let mut came = flow(0..60);
            came[20][5..40].fill(0);
            if change {
                routed(&mut came);
            }
            assert!(aligned(&sent, &came).iter().all(|(a, b)| a == b), "{change}");
        }
    }

    #[test]
    fn a_tag_taken_out_everywhere_hides_no_loss() {
        let sent = flow(0..60);
        let mut came = flow((0..30).chain(33..60));
        for frame in &mut came {
            frame.drain(12..16);
        }
        let pairs = aligned(&sent, &came);
        assert_eq!(pairs.iter().filter(|(_, b)| b.is_none()).count(), 3);
        assert!(pairs.contains(&(Some(59), Some(56))), "{pairs:?}");
    }

    proptest! {
        #[test]
        fn every_frame_is_told_once_and_in_order(a in proptest::collection::vec(0u16..6, 0..30), b in proptest::collection::vec(0u16..6, 0..30)) {
            let (a, b) = (flow(a), flow(b));
            let pairs = aligned(&a, &b);
            prop_assert_eq!(pairs.iter().filter_map(|p| p.0).collect::<Vec<_>>(), (0..a.len()).collect::<Vec<_>>());
            prop_assert_eq!(pairs.iter().filter_map(|p| p.1).collect::<Vec<_>>(), (0..b.len()).collect::<Vec<_>>());
        }
    }
}
