//! Every `console` block of the README and of the pages in `docs/` runs as it stands, in a lab of its own, and prints what
//! stands there. With `ETHCRAFT_BLESS=1` what is printed is put there instead.

mod common;

use common::{Directory, ethcraft, peer};
use std::fmt::Write;

/// A block's commands, joined to a script, and the lines that stand below them.
fn blocks(readme: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let (mut script, mut output) = (String::new(), Vec::new());
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => writeln!(script, "{command}").unwrap(),
                None => output.push(line.to_owned()),
            }
        }
        found.push((script, output));
    }
    found
}

/// Times, rates, random ports and stream numbers differ from run to run: every number with a dot in it, ports from 1024 that
/// the kernel chose, and what stands behind `stream`, become `#`.
fn steady(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    if let Some((before, stream)) = line.split_once("stream 0x") {
        out = steady(before) + "stream #";
        rest = stream.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end = number.find(|c: char| !c.is_ascii_digit() && !".:".contains(c)).unwrap_or(number.len());
        let (word, after) = number.split_at(end);
        out.push_str(before);
        let is_time = word.len() == 18 && word.as_bytes()[2] == b':';
        let is_figure = word.matches('.').count() == 1 && word.parse::<f64>().is_ok();
        let is_port = word.parse::<u32>().is_ok_and(|n| n >= 32768) && before.ends_with("udp ");
        out.push_str(if is_time || is_figure || is_port { "#" } else { word });
        rest = after;
    }
    out + rest
}

/// Runs every block of a page.
fn check(page: &str) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_ethcraft"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut text = std::fs::read_to_string(root.join(page)).unwrap();
    let directory = Directory::new();
    std::os::unix::fs::symlink(root.join("examples"), directory.path().join("examples")).unwrap();
    for (script, expected) in blocks(&text) {
        let script_here = format!("cd {}; exec 2>&1\n{script}", directory.path().display());
        let done = ethcraft(["lab", "--", "bash", "-c", &script_here])
            .environment("PATH", &path)
            .environment("NO_COLOR", "1")
            .run();
        if std::env::var_os("ETHCRAFT_BLESS").is_some() {
            let commands = format!("$ {}\n", script.trim_end().replace('\n', "\n$ "));
            let old = expected.iter().fold(String::new(), |all, line| all + line + "\n");
            text = text.replace(
                &format!("```console\n{commands}{old}```"),
                &format!("```console\n{commands}{}```", done.stdout),
            );
            continue;
        }
        // What a busy machine makes it say besides.
        let busy = |line: &&str| {
            ["note: the rate was not reached", "help: this CPU or the kernel"].iter().any(|b| line.starts_with(b))
        };
        let mut actual: Vec<_> = done.stdout.lines().filter(|l| !busy(l)).map(steady).collect();
        let mut wanted: Vec<_> = expected.iter().map(|line| steady(line)).collect();
        // What runs in the background prints when it likes.
        actual.sort();
        wanted.sort();
        assert_eq!(actual, wanted, "{page}\n{script}\n{}", done.stdout);
    }
    if std::env::var_os("ETHCRAFT_BLESS").is_some() {
        std::fs::write(root.join(page), text).unwrap();
    }
}

#[test]
fn every_console_block_of_the_readme_does_what_it_shows() {
    if peer("ip").is_some() {
        check("README.md");
    }
}

#[test]
fn every_console_block_of_the_docs_does_what_it_shows() {
    if peer("ip").is_none() {
        return;
    }
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
    std::thread::scope(|scope| {
        for page in pages {
            let name = format!("docs/{}", page.unwrap().file_name().to_str().unwrap());
            scope.spawn(move || check(&name));
        }
    });
}
