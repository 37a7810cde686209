//! A suite's verdicts for people, as they come, and as objects for machines (`docs/json.md`).

use super::{Case, Problem, Verdict};
use crate::report::colour::Style;
use crate::report::safe;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// The lines of a case: `ok` or `FAIL`, its name, and why it failed.
pub fn case(case: &Case, verdict: &Verdict, coloured: bool) -> String {
    let (style, word) = if verdict.passed() { (Style::GOOD, "ok  ") } else { (Style::BAD, "FAIL") };
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(out, "{}  {}", style.paint(coloured, word), safe::text(&case.name));
    let _ = writeln!(out, "{}", Style::FAINT.paint(coloured, format_args!("  {}", time(verdict.elapsed))));
    for problem in &verdict.problems {
        for line in problem.lines() {
            let _ = writeln!(out, "      {line}");
        }
    }
    out
}

/// The closing line.
pub fn closing(cases: usize, failed: usize, elapsed: Duration) -> String {
    let all = if cases == 1 { "1 case".into() } else { format!("{cases} cases") };
    match failed {
        0 => format!("{all}, all passed, in {}", time(elapsed)),
        _ => format!("{all}, {failed} failed, in {}", time(elapsed)),
    }
}

fn time(elapsed: Duration) -> String {
    format!("{:.2} s", elapsed.as_secs_f64())
}

/// A case as a JSON object.
pub fn object(case: &Case, verdict: &Verdict) -> Value {
    json!({
        "case": case.name,
        "line": case.line,
        "ok": verdict.passed(),
        "seconds": verdict.elapsed.as_secs_f64(),
        "problems": verdict.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn problem(problem: &Problem) -> Value {
    match problem {
        Problem::NotSent { from, why } => json!({ "problem": "not sent", "at": from, "why": why }),
        Problem::Number { at, frame, expected, came, others, nearest } => json!({
            "problem": "number",
            "at": at,
            "frame": frame,
            "expected": { "least": expected.least, "most": Some(expected.most).filter(|most| *most < u64::MAX) },
            "came": came,
            "others": others,
            "nearest": nearest.as_ref().map(|nearest| json!({
                "line": nearest.line,
                "differences": nearest.misses.iter().map(|miss| json!({
                    "expected": miss.test,
                    "found": miss.found,
                })).collect::<Vec<_>>(),
            })),
        }),
        Problem::Intruders { at, frame, came, first } => {
            json!({ "problem": "not nothing", "at": at, "frame": frame, "came": came, "first": first })
        }
        Problem::Dropped { at, frames } => json!({ "problem": "capture dropped", "at": at, "frames": frames }),
    }
}
