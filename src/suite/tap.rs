//! A suite's verdicts in the Test Anything Protocol, version 14 (testanything.org).

use super::{Case, Verdict};
use std::fmt::Write;

/// What stands in front of the cases.
pub fn heading(cases: usize) -> String {
    format!("TAP version 14\n1..{cases}\n")
}

/// The lines of a case; `number` from 1.
pub fn case(number: usize, case: &Case, verdict: &Verdict) -> String {
    let word = if verdict.passed() { "ok" } else { "not ok" };
    let mut out = format!("{word} {number} - {}\n", description(&case.name));
    if verdict.passed() {
        return out;
    }
    out.push_str("  ---\n  problems: |\n");
    for line in verdict.problems.iter().flat_map(super::Problem::lines) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "    {line}");
    }
    out.push_str("  ...\n");
    out
}

/// What says that the run ended early.
pub fn bail_out(why: &str) -> String {
    format!("Bail out! {}\n", description(why))
}

/// A name in one line, with `#`, which would begin a directive, and the backslash escaped.
fn description(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    name.replace('\\', "\\\\").replace('#', "\\#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_directive_or_a_second_line() {
        assert_eq!(description("a # SKIP \\ b\nnot ok 2"), "a \\# SKIP \\\\ b not ok 2");
    }
}
