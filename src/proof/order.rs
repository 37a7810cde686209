//! Reordering, as RFC 4737 defines and measures it.

use std::collections::VecDeque;

/// How many arrivals are looked back at.
const WINDOW: usize = 65_536;

/// What the order of arrivals is.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// One more than the highest number so far (`NextExp`, RFC 4737 3.3).
    next: u64,
    arrivals: u64,
    /// The arrivals that were the highest so far: which they were, and their numbers.
    highest: VecDeque<(u64, u64)>,
    /// Frames that came behind one of a higher number.
    pub reordered: u64,
    /// The greatest extent.
    pub extent: u64,
    /// The sum of all extents.
    pub extents: u64,
    /// An extent was greater than what is looked back at, so it is at least what was told.
    pub beyond: bool,
}

impl Order {
    /// A frame arrives that did not arrive before. The reordering extent (RFC 4737 4.2.1) where it is reordered: how many
    /// arrivals it came behind the first one of a higher number.
    pub fn arrive(&mut self, number: u64) -> Option<u64> {
        let arrival = self.arrivals;
        self.arrivals += 1;
        if number >= self.next {
            self.next = number + 1;
            if self.highest.len() == WINDOW {
                self.highest.pop_front();
            }
            self.highest.push_back((arrival, number));
            return None;
        }
        let at = self.highest.partition_point(|(_, higher)| *higher < number);
        let (first, _) = self.highest.get(at)?;
        let extent = arrival - first;
        self.beyond |= at == 0 && self.highest.len() == WINDOW;
        self.reordered += 1;
        self.extent = self.extent.max(extent);
        self.extents += extent;
        Some(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(numbers: &[u64]) -> Vec<Option<u64>> {
        let mut order = Order::default();
        numbers.iter().map(|number| order.arrive(*number)).collect()
    }

    /// RFC 4737 appendix D, example 1: 4 arrives behind 5 to 8.
    #[test]
    fn one_late_frame_has_the_extent_of_the_rfc() {
        let found = extents(&[1, 2, 3, 5, 6, 7, 8, 4, 9, 10]);
        assert_eq!(found.iter().flatten().collect::<Vec<_>>(), [&4]);
        assert_eq!(found[7], Some(4));
    }

    /// RFC 4737 appendix D, example 2: 7 overtakes, then 5 and 6 are late.
    #[test]
    fn frames_overtaken_by_one_have_growing_extents() {
        assert_eq!(extents(&[1, 2, 3, 7, 5, 6, 4, 8])[4..7], [Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn a_gap_is_no_reordering() {
        assert!(extents(&[0, 5, 9]).iter().all(Option::is_none));
    }

    #[test]
    fn further_back_than_is_remembered_is_at_least_that_far() {
        let mut order = Order::default();
        assert!((1..=WINDOW as u64 + 9).all(|number| order.arrive(number).is_none()));
        assert_eq!(order.arrive(0), Some(WINDOW as u64));
        assert!(order.beyond);
    }
}
