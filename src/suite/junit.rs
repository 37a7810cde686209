//! A suite's verdicts as a report in the XML of `JUnit`, the form that CI servers read.

use super::{Case, Problem, Verdict};
use std::fmt::Write;

/// The whole report of a suite with this name. Cases that had no turn are skipped, with `why` as the reason.
pub fn report(name: &str, done: &[(&Case, Verdict)], missed: &[Case], why: &str) -> String {
    let failures = done.iter().filter(|(_, verdict)| !verdict.passed()).count();
    let seconds: f64 = done.iter().map(|(_, verdict)| verdict.elapsed.as_secs_f64()).sum();
    let (name, tests) = (escape(name), done.len() + missed.len());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\" time=\"{seconds:.6}\">",
        missed.len()
    );
    for (case, verdict) in done {
        let time = verdict.elapsed.as_secs_f64();
        let _ = write!(out, "    <testcase classname=\"{name}\" name=\"{}\" time=\"{time:.6}\"", escape(&case.name));
        if verdict.passed() {
            out.push_str("/>\n");
            continue;
        }
        let lines: Vec<String> = verdict.problems.iter().flat_map(Problem::lines).collect();
        let message = lines.first().map_or("", String::as_str);
        let _ = writeln!(out, ">\n      <failure message=\"{}\">", escape(message));
        let _ = writeln!(out, "{}\n      </failure>\n    </testcase>", escape(&lines.join("\n")));
    }
    for case in missed {
        let _ = write!(out, "    <testcase classname=\"{name}\" name=\"{}\">", escape(&case.name));
        let _ = writeln!(out, "<skipped message=\"{}\"/></testcase>", escape(why));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text for XML 1.0: what its character range leaves out becomes a question mark.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_what_xml_has_no_character_for_are_escaped() {
        assert_eq!(escape("a<b> & \"c\"\u{1b}[0m"), "a&lt;b&gt; &amp; &quot;c&quot;?[0m");
    }
}
