//! How much is lost at which rate, told: `check --search --loss-rate` (RFC 2544 26.3).

use super::search::Row;
use crate::proof::search::Loss;
use crate::proof::share;
use crate::report::plot::{Axes, Series, lines};
use serde_json::{Value, json};
use std::fmt::Write;

/// The width of a bar for all frames lost.
const BAR: f64 = 40.0;

/// The loss in percent.
fn percent(loss: &Loss) -> f64 {
    loss.part() * 100.0
}

/// A line for each rate: what part of the highest it is, the loss, a bar.
pub fn text(losses: &[Loss]) -> String {
    let mut out = String::new();
    for loss in losses {
        // Between 0 and the width; any loss has a bar.
        #[allow(clippy::cast_sign_loss)]
        let bar = (loss.part() * BAR).ceil().min(BAR) as usize;
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "{:>10} % {:>10}/s {:>8.3} % lost  {}",
            loss.percent,
            loss.offered,
            percent(loss),
            "#".repeat(bar)
        );
        if loss.trial.dropped > 0 {
            let _ = write!(out, "  {} dropped by this machine's receiver", loss.trial.dropped);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

/// The same for machines: `docs/json.md` documents it.
pub fn object(losses: &[Loss]) -> Value {
    let one = |loss: &Loss| {
        json!({
            "percent": loss.percent,
            "offered": loss.offered,
            "rate": loss.trial.rate,
            "sent": loss.trial.sent,
            "lost": loss.trial.lost,
            "dropped": loss.trial.dropped,
            "loss": loss.part(),
        })
    };
    losses.iter().map(one).collect()
}

/// A table of HTML, and the curves of all sizes in one plot.
pub fn page(rows: &[Row]) -> String {
    let mut table = String::from(
        "<table><tr><th>size</th><th>offered</th><th>frames/s</th><th>sent</th><th>lost</th><th>loss</th></tr>",
    );
    let mut curves = Vec::new();
    for row in rows {
        let losses = row.losses.as_deref().unwrap_or_default();
        for loss in losses {
            let Loss { percent: part, offered, trial } = loss;
            let _ = write!(
                table,
                "<tr><td>{}</td><td>{part} %</td><td>{offered}</td><td>{}</td><td>{}</td><td>{:.3} %</td></tr>",
                row.size,
                trial.sent,
                trial.lost,
                percent(loss)
            );
        }
        let points = losses.iter().rev().map(|loss| (share(loss.percent, 1), percent(loss))).collect();
        curves.push(Series { name: row.size.clone(), points });
    }
    let axes =
        Axes { x: "percent of the highest rate offered", y: "percent lost", label: &|value| format!("{value:.0}") };
    lines(&curves, 100.0, &axes) + "\n" + &table + "</table>"
}
