//! What wrong expressions are told: `tests/golden/expr_mistakes.txt` has the words, here are the claims about places.

use std::fmt::Write;

use crate::expr::ast::Span;
use crate::expr::{Diagnostic, Diagnostics, MAX_DEPTH, parse_frame, parse_line, parse_pattern, parse_rule};

const GOLDEN: &str = include_str!("../../../tests/golden/expr_mistakes.txt");

/// The answer to a line of the golden file that begins with `frame> `, `pattern> `, `rule> ` or `line> `.
fn answer(prompt: &str) -> Option<String> {
    let (kind, text) = prompt.split_once("> ")?;
    let mistakes = match kind {
        "frame" => parse_frame(text).err(),
        "pattern" => parse_pattern(text).err(),
        "rule" => parse_rule(text).err(),
        "line" => parse_line(text).err(),
        _ => return None,
    };
    Some(mistakes.map_or_else(|| "no mistake".to_owned(), |m| m.render(text, false)))
}

/// The golden file holds prompts and answers; with `ETHCRAFT_BLESS=1` its answers are written anew.
#[test]
fn every_mistake_is_answered_as_the_golden_file_says() {
    let mut now = String::new();
    for prompt in GOLDEN.lines() {
        if let Some(answer) = answer(prompt) {
            writeln!(now, "{prompt}\n{answer}\n").unwrap();
        }
    }
    if std::env::var_os("ETHCRAFT_BLESS").is_some() {
        return std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/expr_mistakes.txt"), &now).unwrap();
    }
    assert!(!now.contains("\nno mistake\n"), "{now}");
    let blocks = |text: &str| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>();
    for (now, golden) in blocks(&now).iter().zip(&blocks(GOLDEN)) {
        assert_eq!(now, golden);
    }
    assert_eq!(now, GOLDEN);
}

/// The places of all mistakes in a frame.
fn places(text: &str) -> Vec<&str> {
    parse_frame(text).err().unwrap_or_default().0.iter().map(|m| &text[m.span.start..m.span.end]).collect()
}

#[test]
fn all_mistakes_of_an_expression_are_found_at_once() {
    assert_eq!(
        places(r#"udp dport==5 / tcp {mss=$x / Nop / wscale 7} / 5 / "\q""#),
        ["==", "$", "Nop", "7", "5", "\\q"]
    );
}

#[test]
fn one_mistake_is_told_once() {
    for text in [
        "udp dport=${PORT} sport=1",
        "udp dport=$(port 1) sport=1 {a}",
        "eth dst=$MAC/24 \"x\" y",
        "Hello you there! don't",
        "udp / / tcp",
        "ipv4 udp tcp dport=53",
        "'x' 5 6",
        "eth / \"GET / {",
        "eth dst= src=00:00:00:00:00:01",
        "tcp {mss=1 / {",
        "udp; tcp x y z",
        "udp {a / 'x}",
    ] {
        let count = places(text).len();
        assert_eq!(count, 1, "{text}: {:?}", places(text));
    }
}

#[test]
fn braces_have_a_greatest_depth() {
    let nested = |depth: usize| format!("{}b{}", "a {".repeat(depth), "}".repeat(depth));
    assert!(parse_frame(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(parse_frame(&nested(MAX_DEPTH + 1)).unwrap_err().0.len(), 1);
    assert_eq!(parse_frame(&nested(100_000)).unwrap_err().0.len(), 1);
    assert!(parse_pattern(&"not ".repeat(100_000)).is_err());
}

#[test]
fn control_characters_of_the_source_do_not_reach_the_terminal_and_columns_stay() {
    let source = "eth \u{1b}[31m\u{9b}\u{202e}\t/ udp\u{7}";
    let shown = parse_frame(source).unwrap_err().render_at(source, "a\u{1b}b\nc", 3, false);
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert!(!shown.contains('\u{202e}'));
    assert!(shown.contains("a␛b c:3:5"), "{shown}");
    assert!(shown.contains("eth ␛[31m\u{fffd}\u{fffd} / udp␇"), "{shown}");
}

#[test]
fn a_mistake_in_a_file_has_its_line_and_column() {
    let source = "ipv4 \\\n / udp dport==53";
    let shown = parse_line(source).unwrap_err().render_at(source, "frames.txt", 12, false);
    assert!(shown.contains("--> frames.txt:13:13"), "{shown}");
}

#[test]
fn colour_is_only_added() {
    let source = "udp dport==53";
    let mistakes = parse_frame(source).unwrap_err();
    assert!(mistakes.render(source, true).contains("\u{1b}["));
    assert!(!mistakes.render(source, false).contains('\u{1b}'));
}

#[test]
fn any_span_can_be_shown() {
    for source in ["", "ä", "ab\ncd", "\t", "\r\n"] {
        for start in 0..8 {
            for end in 0..8 {
                let one = Diagnostic::new(Span::new(start, end), "m").label("l\u{1b}").help("h\u{1b}");
                let shown = Diagnostics::from(one).render(source, false);
                assert!(shown.starts_with("error: m") && !shown.contains('\u{1b}'));
            }
        }
    }
}
