//! The limits of a check as options.

use super::units;
use crate::proof::{Bound, Figure, Limits, Share};

/// What must hold.
#[derive(Debug, clap::Args)]
pub struct LimitArgs {
    /// Frames that may be lost: a number, or a part of those sent: 5, 0.1%
    #[arg(long = "max-loss", value_name = "SHARE", default_value = "0")]
    loss: Share,
    /// Frames that may arrive again
    #[arg(long = "max-duplicated", value_name = "SHARE", default_value = "0")]
    duplicated: Share,
    /// Frames that may be late (RFC 4737)
    #[arg(long = "max-reordered", value_name = "SHARE", default_value = "0")]
    reordered: Share,
    /// Frames that may arrive otherwise than expected
    #[arg(long = "max-corrupted", value_name = "SHARE", default_value = "0")]
    corrupted: Share,
    /// The most that a figure of the latency may be; once for each: min, mean, p50, p99, p99.9, max, jitter
    #[arg(long = "max-latency", value_name = "FIGURE=TIME", value_parser = bound)]
    latency: Vec<Bound>,
}

impl LimitArgs {
    /// What may be lost.
    pub fn loss(&self) -> Share {
        self.loss
    }

    /// The limits; where no frame is to arrive at all, that alone.
    pub fn limits(&self, none: bool) -> Limits {
        Limits {
            none,
            lost: self.loss,
            duplicated: self.duplicated,
            reordered: self.reordered,
            corrupted: self.corrupted,
            latency: self.latency.clone(),
        }
    }
}

/// `p99=200us`
fn bound(text: &str) -> Result<Bound, String> {
    let wrong = || format!("'{text}' is no limit of the latency: write p99=200us, mean=50us, max=1ms or jitter=10us");
    let (name, most) = text.split_once('=').ok_or_else(wrong)?;
    let named = Figure::ALL.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure);
    let figure = named.or_else(|| percentile(name)).ok_or_else(wrong)?;
    Ok(Bound { name: name.into(), figure, most: units::duration(most)? })
}

/// `p99.99`, to three places.
fn percentile(name: &str) -> Option<Figure> {
    let number = name.strip_prefix('p')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || whole.len() > 2 || fraction.len() > 3 {
        return None;
    }
    let digits = format!("{whole}{fraction:0<3}");
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok().map(Figure::Quantile))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bound_names_a_figure_and_a_time() {
        let read = |text: &str| bound(text).map(|bound| (bound.figure, bound.most));
        assert_eq!(read("p99=200us"), Ok((Figure::Quantile(99_000), Duration::from_micros(200))));
        assert_eq!(read("p99.99=1ms"), Ok((Figure::Quantile(99_990), Duration::from_millis(1))));
        assert_eq!(read("jitter=10us"), Ok((Figure::Jitter, Duration::from_micros(10))));
        for wrong in ["p99", "p=1s", "p100=1s", "q9=1s", "p9.x=1s", "p99=soon", "p99.9999=1s"] {
            assert!(bound(wrong).is_err(), "{wrong}");
        }
    }
}
