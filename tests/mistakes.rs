//! What wrong expressions are told, through the whole way: syntax and types together, each mistake once, in order of place.
//!
//! `tests/golden/mistakes.txt` holds prompts and answers; with `ETHCRAFT_BLESS=1` its answers are written anew. `frame` is
//! `build FRAME`, `pattern` is `sniff -r` with it, `file` is a frame file (`⏎` is a line break), `rule` is one of `answer`.

mod common;

use common::ethcraft;
use ethcraft::expr::{Parsed, read_rule};
use ethcraft::frame::{Frames, Pattern, Surroundings, no_files};
use std::fmt::Write;

const GOLDEN: &str = include_str!("golden/mistakes.txt");

fn answer(prompt: &str) -> Option<String> {
    let (kind, text) = prompt.split_once("> ")?;
    let said = |args: &[&str], input: &str| {
        let done = ethcraft(args).input(input).run().expect(2);
        assert_eq!(done.stdout, "", "{text}");
        done.stderr
    };
    Some(match kind {
        "frame" => said(&["build", "--", text], ""),
        "pattern" => said(&["sniff", "-r", "/dev/null", "--", text], ""),
        "file" => said(&["build", "-f", "-"], &text.replace('⏎', "\n")),
        "rule" => rule(text),
        _ => return None,
    })
}

/// Both halves of a rule, typed.
fn rule(text: &str) -> String {
    let Parsed { tree, mistakes } = read_rule(text);
    let pattern = Pattern::of_parsed(&tree.pattern, mistakes.clone(), Surroundings::default(), &no_files);
    let reply = Frames::of_parsed(&tree.reply, mistakes, Surroundings::default(), &no_files);
    let errors = pattern.err().unwrap_or_default().and(reply.err().unwrap_or_default().0);
    assert!(!errors.0.is_empty(), "{text}");
    errors.render(text, false) + "\n"
}

#[test]
fn every_mistake_is_answered_as_the_golden_file_says() {
    let mut now = String::new();
    let mut asked = 0;
    for prompt in GOLDEN.lines() {
        if let Some(answer) = answer(prompt) {
            writeln!(now, "{prompt}\n{answer}").unwrap();
            asked += 1;
        }
    }
    if std::env::var_os("ETHCRAFT_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/mistakes.txt");
        return std::fs::write(path, &now).unwrap();
    }
    assert!(asked >= 50, "{asked}");
    let blocks = |text: &str| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>();
    for (now, golden) in blocks(&now).iter().zip(&blocks(GOLDEN)) {
        assert_eq!(now, golden);
    }
    assert_eq!(now, GOLDEN);
}

#[test]
fn the_mistakes_of_a_file_end_at_a_hundred() {
    let file = "udp dprt=1 sprt=2\n".repeat(60);
    let said = ethcraft(["build", "-f", "-"]).input(file.as_bytes()).run().expect(2).stderr;
    assert_eq!(said.matches("error: 'udp' has no field").count(), 100, "{said}");
    assert!(said.ends_with("error: more than 100 mistakes; from line 51 on they are not told\n"), "{said}");
}
