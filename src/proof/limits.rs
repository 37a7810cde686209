//! What a check must keep to, and the sentences about what it did not.

use super::{Report, share};
use crate::traffic::counts::frames;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A number of frames, or a part of those sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// So many.
    Frames(u64),
    /// This percentage.
    Percent(f64),
}

impl Share {
    /// None.
    pub const NONE: Self = Self::Frames(0);

    /// Whether so many frames of those sent may be.
    pub fn allows(self, frames: u64, of: u64) -> bool {
        match self {
            Self::Frames(most) => frames <= most,
            Self::Percent(most) => share(frames, of) * 100.0 <= most,
        }
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is neither a number of frames nor a percentage: write 5 or 0.1%");
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Frames).map_err(|_| wrong()),
            Some(number) => match number.parse::<f64>() {
                Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Self::Percent(percent)),
                _ => Err(wrong()),
            },
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frames(frames) => write!(f, "{frames}"),
            Self::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

/// A figure of the latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The least.
    Min,
    /// The mean.
    Mean,
    /// What so many in 100 000 are not above.
    Quantile(u32),
    /// The greatest.
    Max,
    /// RFC 3550.
    Jitter,
}

impl Figure {
    /// Those that are told, in order, with their names.
    pub const ALL: [(&'static str, Self); 8] = [
        ("min", Self::Min),
        ("mean", Self::Mean),
        ("p50", Self::Quantile(50_000)),
        ("p90", Self::Quantile(90_000)),
        ("p99", Self::Quantile(99_000)),
        ("p99.9", Self::Quantile(99_900)),
        ("max", Self::Max),
        ("jitter", Self::Jitter),
    ];

    /// Its value, nanoseconds; none where no latency is known.
    pub fn of(self, report: &Report) -> Option<u64> {
        let latency = &report.found.latency;
        (latency.count() > 0).then(|| match self {
            Self::Min => latency.min(),
            Self::Mean => latency.mean(),
            Self::Quantile(q) => latency.quantile(q),
            Self::Max => latency.max(),
            Self::Jitter => report.found.jitter.value(),
        })
    }
}

/// The most that a figure may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its name.
    pub name: String,
    /// Which.
    pub figure: Figure,
    /// The most.
    pub most: Duration,
}

/// The most of everything.
#[derive(Clone, Debug)]
pub struct Limits {
    /// No frame may arrive: isolation.
    pub none: bool,
    /// Frames that did not arrive.
    pub lost: Share,
    /// Frames that arrived again.
    pub duplicated: Share,
    /// Frames that came late.
    pub reordered: Share,
    /// Frames that arrived, but not as expected.
    pub corrupted: Share,
    /// Figures of the latency, each with its name.
    pub latency: Vec<Bound>,
}

impl Default for Limits {
    fn default() -> Self {
        let none = Share::NONE;
        Self { none: false, lost: none, duplicated: none, reordered: none, corrupted: none, latency: Vec::new() }
    }
}

impl Limits {
    /// A sentence for each limit that was broken.
    pub fn broken(&self, report: &Report) -> Vec<String> {
        let sent = report.sent();
        if sent == 0 {
            return vec!["no frame was sent, so nothing is proved".into()];
        }
        let found = &report.found;
        if self.none {
            let leaked = found.good + found.corrupted;
            return match leaked {
                0 => Vec::new(),
                _ => vec![format!("none was to arrive, but {leaked} of {} did", frames(sent))],
            };
        }
        let mut broken = Vec::new();
        let mut count = |number: u64, most: Share, what: &str| {
            if !most.allows(number, sent) {
                let percent = share(number, sent) * 100.0;
                broken.push(format!("{number} of {} {what} ({percent:.4} %); {most} allowed", frames(sent)));
            }
        };
        count(report.lost, self.lost, "lost");
        count(found.duplicated, self.duplicated, "duplicated");
        count(found.order.reordered, self.reordered, "reordered");
        count(found.corrupted, self.corrupted, "corrupted");
        for Bound { name, figure, most } in &self.latency {
            match figure.of(report) {
                None => broken.push(format!("no latency is known, so {name} cannot be held against its limit")),
                Some(value) if u128::from(value) > most.as_nanos() => {
                    let (value, most) = (span(value), span(most.as_nanos() as u64));
                    broken.push(format!("the latency's {name} is {value}; {most} allowed"));
                }
                Some(_) => {}
            }
        }
        broken
    }
}

/// A time for people: `850 ns`, `12.3 us`, `4.56 ms`, `1.2 s`.
pub fn span(nanoseconds: u64) -> String {
    let (unit, scale) = match nanoseconds {
        0..1_000 => return format!("{nanoseconds} ns"),
        1_000..1_000_000 => ("us", 1_000),
        1_000_000..1_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    let digits = match nanoseconds / scale {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    format!("{:.digits$} {unit}", share(nanoseconds, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_or_a_percentage() {
        assert_eq!("5".parse(), Ok(Share::Frames(5)));
        assert_eq!("0.1%".parse(), Ok(Share::Percent(0.1)));
        for wrong in ["", "%", "-1", "101%", "1.5", "five", "nan%"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
        assert!(Share::Percent(0.1).allows(1, 1000) && !Share::Percent(0.1).allows(2, 1000));
    }

    #[test]
    fn times_have_three_digits() {
        let told = [850, 12_345, 4_560_000, 1_234_567_890, 999_999].map(span);
        assert_eq!(told, ["850 ns", "12.3 us", "4.56 ms", "1.23 s", "1000 us"]);
    }
}
