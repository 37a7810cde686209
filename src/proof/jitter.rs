//! The jitter of RFC 3550.

/// The jitter of RFC 3550 6.4.1: `J += (|D| - J) / 16`, of the latencies in the order of arrival.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jitter {
    before: Option<i64>,
    /// In sixteenths of a nanosecond, as in RFC 3550 appendix A.8.
    sixteenths: u64,
}

impl Jitter {
    /// Notes a latency.
    pub fn record(&mut self, latency: i64) {
        if let Some(before) = self.before.replace(latency) {
            let difference = latency.abs_diff(before);
            self.sixteenths = (self.sixteenths + difference).saturating_sub((self.sixteenths + 8) >> 4);
        }
    }

    /// Nanoseconds.
    pub fn value(&self) -> u64 {
        self.sixteenths >> 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_latency_has_no_jitter_and_a_step_decays() {
        let mut jitter = Jitter::default();
        (0..100).for_each(|_| jitter.record(5000));
        assert_eq!(jitter.value(), 0);
        jitter.record(21_000);
        assert_eq!(jitter.value(), 1000);
        (0..1000).for_each(|_| jitter.record(21_000));
        assert_eq!(jitter.value(), 0);
    }
}
