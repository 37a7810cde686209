//! The progress of a run on a terminal: done, rate, bits a second, what remains, what was refused.

use crate::report::progress::{Progress, Rates, si};
use crate::report::safe;
use crate::traffic::Live;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Shows how far a run on this interface is until the result is dropped. `count`: frames in all, `duration`: the time in all,
/// where they are known.
pub(super) fn of_run(
    live: &Arc<Live>,
    interface: &str,
    count: Option<u64>,
    duration: Option<Duration>,
) -> Option<Progress> {
    let (live, name) = (Arc::clone(live), safe::text(interface).into_owned());
    let mut rates = Rates::default();
    Progress::start(move |elapsed| {
        let now = live.read();
        let (frames, bits) = rates.next(now.accepted, now.bytes, elapsed);
        let done = now.accepted + now.refused;
        let mut line = format!("{name}: {}", now.accepted);
        match count {
            Some(count) => {
                let percent = u128::from(done) * 100 / u128::from(count.max(1));
                // Writing to a String does not fail.
                let _ = write!(line, " of {count} frames ({percent} %)");
            }
            None => line.push_str(" frames"),
        }
        let _ = write!(line, ", {} a second, {}bit/s", si(frames), si(bits));
        // Numbers beyond 2^53 lose digits that the line does not show.
        #[allow(clippy::cast_precision_loss)]
        let by_count = count.filter(|_| frames > 0.0).map(|count| count.saturating_sub(done) as f64 / frames);
        let by_time = duration.map(|duration| duration.saturating_sub(elapsed).as_secs_f64());
        if let Some(left) = by_count.into_iter().chain(by_time).reduce(f64::min) {
            let _ = write!(line, ", {left:.0} s left");
        }
        if now.refused > 0 {
            let _ = write!(line, ", {} refused", now.refused);
        }
        line
    })
}
