//! Which frame of a run a damaged one was: the one that it differs least from, of those missing where it arrived.
//!
//! The frames that came before and behind it say most: what is missing between them is tried first.

use super::bitmap::Bitmap;
use super::expected::Expected;
use super::flow::Flow;
use std::collections::VecDeque;

/// How far around the place of its arrival a missing frame is looked for.
const AROUND: u64 = 4096;
/// How many missing frames it is compared with.
const COMPARED: usize = 512;
/// How near a frame must be that came already: then it is a damaged duplicate.
const BEHIND: u64 = 16;
/// With more numbers between its neighbours, these say nothing.
const BETWEEN: u64 = 64;
/// It waits until so many later frames have arrived, for what is missing may just be late.
const PATIENCE: u64 = 2048;
/// So many wait at a time.
const MOST: usize = 512;

/// A frame that is none of the run as it stands.
#[derive(Debug)]
pub struct Suspect {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it arrived, nanoseconds since 1970.
    pub time: u64,
    /// The number that was expected when it arrived, counted on over suspects.
    place: u64,
    next: u64,
    /// The first frame of a higher number that arrived behind it.
    follower: Option<u64>,
}

/// Those that wait to be told.
#[derive(Debug, Default)]
pub struct Suspects(VecDeque<Suspect>);

impl Suspects {
    /// One more, that arrived where `next` was expected.
    pub fn push(&mut self, frame: &[u8], time: u64, next: u64) {
        let before = self.0.back().filter(|last| last.next == next);
        let place = before.map_or(next, |last| last.place + 1);
        self.0.push_back(Suspect { bytes: frame.to_vec(), time, place, next, follower: None });
    }

    /// A frame of the highest number so far arrived behind them.
    pub fn follow(&mut self, number: u64) {
        for suspect in self.0.iter_mut().rev().take_while(|suspect| suspect.follower.is_none()) {
            suspect.follower = Some(number);
        }
    }

    /// The next one whose time has come; at the end all of them.
    pub fn due(&mut self, next: u64, end: bool) -> Option<Suspect> {
        let first = self.0.front()?;
        let due = end || self.0.len() > MOST || first.next + PATIENCE < next;
        due.then(|| self.0.pop_front())?
    }
}

/// The frame that it was, if it is like any.
pub fn identify(suspect: &Suspect, flow: &Flow, arrived: &Bitmap, expected: &mut Expected) -> Option<u64> {
    let made = flow.made();
    let place = suspect.place.min(made);
    let mut best: Option<(u32, u64)> = None;
    let mut compare = |number: u64, strict: bool, best: &mut Option<(u32, u64)>| {
        let tag = flow.tag(number);
        let frame = expected.make(number, tag.as_ref().map_or(&[], |tag| &tag[..]));
        let distance = distance(&suspect.bytes, frame);
        let most = if strict { frame.len() as u32 / 4 } else { likeness(&suspect.bytes, frame) };
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            *best = Some((distance, number));
        }
    };
    let follower = suspect.follower.unwrap_or(made);
    if follower.saturating_sub(suspect.next) <= BETWEEN {
        let between = (suspect.next..follower).filter(|number| !arrived.contains(*number));
        between.for_each(|number| compare(number, false, &mut best));
        if let Some((_, number)) = best {
            return Some(number);
        }
    }
    // Where many are missing, it came at their beginning or just before what followed it.
    let anchors = [Some(place), suspect.follower.filter(|follower| follower.abs_diff(place) > BETWEEN)];
    for anchor in anchors.into_iter().flatten() {
        let around = missing_around(anchor, arrived, made).take(COMPARED);
        around.for_each(|number| compare(number, false, &mut best));
    }
    if best.is_none() {
        // A missing frame explains it better than one that came already.
        let near = place.saturating_sub(BEHIND)..(place + BEHIND).min(made);
        near.filter(|number| arrived.contains(*number)).for_each(|number| compare(number, true, &mut best));
    }
    best.map(|(_, number)| number)
}

/// The missing frames around a place, outwards, so that of equals the nearest is taken.
fn missing_around(place: u64, arrived: &Bitmap, made: u64) -> impl Iterator<Item = u64> {
    let (low, high) = (place.saturating_sub(AROUND), (place + AROUND).min(made));
    let mut up = (place..high).filter(|number| !arrived.contains(*number));
    let mut down = (low..place).rev().filter(|number| !arrived.contains(*number));
    let pairs = std::iter::from_fn(move || match [up.next(), down.next()] {
        [None, None] => None,
        pair => Some(pair),
    });
    pairs.flatten().flatten()
}

/// The most bits that two frames may differ in and still be the same one: an eighth of all, and not more than a quarter of
/// those that are ones, for frames full of zeros are all alike.
fn likeness(a: &[u8], b: &[u8]) -> u32 {
    let ones = |bytes: &[u8]| bytes.iter().map(|byte| byte.count_ones()).sum::<u32>();
    (a.len().max(b.len()) as u32).min((ones(a) + ones(b)) / 4).max(8)
}

/// In how many bits two frames differ. A byte that one of them lacks at its end counts as one; and so does one that a device
/// put in or took out behind the addresses, as a VLAN tag.
fn distance(a: &[u8], b: &[u8]) -> u32 {
    const ADDRESSES: usize = 12;
    let apart = a.len().abs_diff(b.len()) as u32;
    let in_place = bits(a, b) + apart;
    if apart == 0 || a.len().min(b.len()) < ADDRESSES {
        return in_place;
    }
    let rest = a.len().min(b.len()) - ADDRESSES;
    let moved = bits(&a[..ADDRESSES], &b[..ADDRESSES]) + bits(&a[a.len() - rest..], &b[b.len() - rest..]) + apart;
    in_place.min(moved)
}

/// In how many bits their common length differs.
fn bits(a: &[u8], b: &[u8]) -> u32 {
    let length = a.len().min(b.len());
    let (a, b) = (a[..length].as_chunks::<8>(), b[..length].as_chunks::<8>());
    let words = a.0.iter().zip(b.0).map(|(a, b)| (u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b)).count_ones());
    words.sum::<u32>() + a.1.iter().zip(b.1).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_around_a_place_come_outwards() {
        let mut arrived = Bitmap::default();
        for number in [0, 1, 4, 5, 9] {
            arrived.insert(number);
        }
        assert_eq!(missing_around(5, &arrived, 12).collect::<Vec<_>>(), [6, 3, 7, 2, 8, 10, 11]);
        assert_eq!(missing_around(12, &arrived, 12).collect::<Vec<_>>(), [11, 10, 8, 7, 6, 3, 2]);
    }

    #[test]
    fn a_tag_put_in_behind_the_addresses_costs_its_bytes() {
        let plain: Vec<u8> = (0..60u8).map(|byte| byte.wrapping_mul(37)).collect();
        let mut tagged = plain.clone();
        tagged.splice(12..12, [0x81, 0, 0, 7]);
        assert_eq!((distance(&plain, &tagged), distance(&tagged, &plain)), (4, 4));
        assert_eq!(distance(&plain, &plain[..40]), 20);
        assert_eq!(distance(&[], &[]), 0);
    }

    #[test]
    fn an_arp_request_is_no_damaged_frame_of_zeros() {
        let mut ours = vec![0xff; 6];
        ours.extend([2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
        let mut arp = ours[..12].to_vec();
        arp.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2]);
        ours.resize(60, 0);
        assert!(distance(&arp, &ours) > likeness(&arp, &ours));
        let mut damaged = ours.clone();
        damaged[30] ^= 0xff;
        assert!(distance(&damaged, &ours) <= likeness(&damaged, &ours));
    }
}
