//! What can stand at the cursor of a command line: commands, options, interfaces, files, and the words of an expression.
//!
//! Commands and options are read from clap's own definitions, expressions from the tables. The scripts of
//! `ethcraft completions` call it as the hidden command `__complete`.

use super::command_line::CommandLine;
use super::{Cli, Outcome, Status};
use crate::frame::{Candidate, complete};
use crate::link::{self, netns, offload::Offload};
use crate::proto::ALL;
use crate::report::safe;
use clap::{Arg, Command, CommandFactory, ValueEnum};
use std::io::{self, Write};

/// Answers the completion scripts
#[derive(Debug, clap::Args)]
pub struct Args {
    shell: Shell,
    /// The command line up to the cursor
    #[arg(allow_hyphen_values = true)]
    line: String,
    /// Of bash: the word that it will replace
    #[arg(allow_hyphen_values = true)]
    word: Option<String>,
}

/// A shell that has programmable completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    /// bash 4.4 or later
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
}

/// What can stand at the cursor.
#[derive(Debug, Default)]
struct Answer {
    candidates: Vec<Candidate>,
    /// What the shell completes itself: `:files`, `:commands`.
    shell: Option<&'static str>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let line = CommandLine::new(&args.line);
    let mut root = Cli::command();
    root.build();
    let answer = answer(&root, &line);
    let mut out = io::stdout().lock();
    if let Some(shell) = answer.shell {
        writeln!(out, "{shell}")?;
    }
    let mut candidates = answer.candidates;
    candidates.retain(|c| c.text.starts_with(&line.last));
    for Candidate { text, help } in &candidates {
        match args.shell {
            Shell::Bash => writeln!(out, "{}", for_bash(text, &line, args.word.as_deref()))?,
            Shell::Zsh | Shell::Fish => writeln!(out, "{text}\t{help}")?,
        }
    }
    if let (Shell::Bash, true, [only]) = (args.shell, line.quoted, &candidates[..]) {
        // bash closes the quotes behind a single candidate; an expression goes on.
        writeln!(out, "{}...", for_bash(&only.text, &line, args.word.as_deref()))?;
    }
    out.flush()?;
    Ok(Status::Done)
}

/// bash replaces not the whole word but what stands behind the last `=` or `:` in it.
fn for_bash<'a>(text: &'a str, line: &CommandLine, word: Option<&str>) -> &'a str {
    let kept = word.and_then(|word| line.last.strip_suffix(word)).unwrap_or_default();
    text.strip_prefix(kept).unwrap_or(text)
}

fn answer(root: &Command, line: &CommandLine) -> Answer {
    let mut words = line.words.iter().skip(1).map(String::as_str);
    let Some(name) = words.by_ref().find(|w| !w.starts_with('-')) else {
        return if line.last.starts_with('-') { options(root, &[]) } else { commands(root) };
    };
    let Some(command) = root.find_subcommand(name) else { return Answer::default() };
    let typed = Typed::new(command, words);
    typed.answer(root, command, &line.last)
}

/// The words behind a command's name.
#[derive(Default)]
struct Typed<'a> {
    used: Vec<&'a Arg>,
    /// The option whose value is being written.
    pending: Option<&'a Arg>,
    positionals: Vec<&'a str>,
    /// Those behind `--`, once it stands there.
    behind: Option<Vec<&'a str>>,
}

impl<'a> Typed<'a> {
    fn new(command: &'a Command, words: impl Iterator<Item = &'a str>) -> Self {
        let mut this = Self::default();
        for word in words {
            if this.pending.take().is_some() {
                continue;
            }
            if let Some(behind) = &mut this.behind {
                behind.push(word);
            } else if word == "--" {
                this.behind = Some(Vec::new());
            } else if word.len() > 1 && word.starts_with('-') {
                this.option(command, word);
            } else {
                this.positionals.push(word);
            }
        }
        this
    }

    fn option(&mut self, command: &'a Command, word: &str) {
        let (arg, attached) = if let Some(long) = word.strip_prefix("--") {
            let name = long.split('=').next().unwrap_or(long);
            (command.get_arguments().find(|a| a.get_long() == Some(name)), long.contains('='))
        } else {
            // The first of a cluster that takes a value takes the rest of the word.
            let mut letters = word.chars().skip(1);
            let valued = letters.by_ref().map(|c| short(command, c)).find(|arg| arg.is_some_and(takes_value)).flatten();
            let rest = letters.next().is_some();
            (valued.or_else(|| short(command, word.chars().next_back()?)), rest)
        };
        self.used.extend(arg);
        self.pending = arg.filter(|a| !attached && takes_value(a));
    }

    fn has(&self, long: &str) -> bool {
        self.used.iter().any(|a| a.get_long() == Some(long))
    }

    fn answer(&self, root: &Command, command: &Command, last: &str) -> Answer {
        if let Some(option) = self.pending {
            return self.value(root, option, &[], last, "");
        }
        let mut positionals: Vec<&str> = self.positionals.clone();
        if let Some(behind) = &self.behind {
            if command.get_positionals().any(Arg::is_last_set) {
                let shell = if behind.is_empty() { ":commands" } else { ":files" };
                return Answer { shell: Some(shell), ..Answer::default() };
            }
            positionals.extend(behind);
        } else if let Some((name, value)) = last.strip_prefix("--").and_then(|l| l.split_once('=')) {
            let option = command.get_arguments().find(|a| a.get_long() == Some(name));
            let begin = &last[..last.len() - value.len()];
            return option.map(|o| self.value(root, o, &[], value, begin)).unwrap_or_default();
        } else if last.starts_with('-') {
            return options(command, &self.used);
        }
        let args: Vec<&Arg> = command.get_positionals().filter(|a| !a.is_last_set()).collect();
        let at = positionals.len().min(args.len().saturating_sub(1));
        let Some(arg) = args.get(at).filter(|a| at == positionals.len() || takes_many(a)) else {
            return Answer::default();
        };
        self.value(root, arg, positionals.get(at..).unwrap_or_default(), last, "")
    }

    /// What can stand for an argument, by the name of its value. `before` are the words that it has already, `begin` stands
    /// before the value in the same word.
    fn value(&self, root: &Command, arg: &Arg, before: &[&str], last: &str, begin: &str) -> Answer {
        let names: Vec<&str> =
            arg.get_value_names().unwrap_or_default().iter().map(clap::builder::Str::as_str).collect();
        let mut candidates = match names.join(" ").as_str() {
            // Of sniff: with a file to read there is no interface.
            "IFACE PATTERN" if !self.has("read") && before.is_empty() => interfaces(last),
            "IFACE PATTERN" => expression(before.get(usize::from(!self.has("read"))..).unwrap_or_default(), last),
            "FRAME" | "PATTERN" => expression(before, last),
            // Each is one argument.
            "RULE" => expression(&[], last),
            "IFACE" | "TX" | "RX" => interfaces(last),
            "PROTO" => ALL.iter().map(|p| candidate(p.name, p.title)).collect(),
            "NAME=on|off" => self.positionals.first().map(|interface| features(interface)).unwrap_or_default(),
            "COMMAND" => commands(root).candidates,
            // The shell knows its own files best, and a value behind `=` as well.
            "FILE" | "DIR" | "A" | "B" => return Answer { shell: Some(":files"), ..Answer::default() },
            _ => arg
                .get_possible_values()
                .iter()
                .filter(|v| !v.is_hide_set() && arg.get_action().takes_values())
                .map(|v| candidate(v.get_name(), &v.get_help().map(ToString::to_string).unwrap_or_default()))
                .collect(),
        };
        for c in &mut candidates {
            c.text.insert_str(0, begin);
        }
        Answer { candidates, shell: None }
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
        && !arg.is_require_equals_set()
        && arg.get_num_args().is_none_or(|n| n.min_values() > 0)
}

fn takes_many(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|n| n.max_values() > 1) || matches!(arg.get_action(), clap::ArgAction::Append)
}

fn short(command: &Command, letter: char) -> Option<&Arg> {
    command.get_arguments().find(|a| a.get_short() == Some(letter))
}

/// A candidate with one line of help.
fn candidate(text: impl Into<String>, help: &str) -> Candidate {
    Candidate { text: text.into(), help: help.lines().next().unwrap_or_default().into() }
}

fn commands(root: &Command) -> Answer {
    let visible = root.get_subcommands().filter(|c| !c.is_hide_set());
    let told = |c: &Command| candidate(c.get_name(), &c.get_about().map(ToString::to_string).unwrap_or_default());
    Answer { candidates: visible.map(told).collect(), shell: None }
}

/// The options that are not used yet.
fn options(command: &Command, used: &[&Arg]) -> Answer {
    let open = command.get_arguments().filter(|a| !a.is_hide_set() && !used.iter().any(|u| u.get_id() == a.get_id()));
    let candidates = open.filter_map(|a| {
        let help = a.get_help().map(ToString::to_string).unwrap_or_default();
        let equals =
            if a.is_require_equals_set() && a.get_num_args().is_none_or(|n| n.min_values() > 0) { "=" } else { "" };
        Some(candidate(format!("--{}{equals}", a.get_long()?), &help))
    });
    Answer { candidates: candidates.collect(), shell: None }
}

/// The interfaces here; behind `@` the named network namespaces.
fn interfaces(last: &str) -> Vec<Candidate> {
    if let Some((interface, _)) = last.split_once('@') {
        let named = netns::list().into_iter().filter(|name| is_plain(name));
        return named.map(|name| candidate(format!("{interface}@{name}"), "network namespace")).collect();
    }
    let found = link::interfaces().unwrap_or_default().into_iter().filter(|i| is_plain(&i.name));
    found.map(|i| candidate(i.name, &i.mac.map(|mac| mac.to_string()).unwrap_or_default())).collect()
}

/// The features of an interface that can be changed.
fn features(interface: &str) -> Vec<Candidate> {
    let features = link::lookup(interface).ok().and_then(|i| Offload::open(&i).ok()?.features().ok());
    let Some(features) = features else { return Vec::new() };
    let changeable = features.named().filter(|f| f.changeable() && is_plain(&f.name));
    changeable.flat_map(|f| ["on", "off"].map(|state| candidate(format!("{}={state}", f.name), ""))).collect()
}

/// Whether a name from outside can stand on a command line and a terminal as it is.
fn is_plain(name: &str) -> bool {
    !name.contains(char::is_whitespace) && matches!(safe::text(name), std::borrow::Cow::Borrowed(_))
}

/// What the expression of these words can go on with; `last` is the word at the cursor, which may be all of it.
fn expression(before: &[&str], last: &str) -> Vec<Candidate> {
    let mut text = before.join(" ");
    text.push(' ');
    text.push_str(last);
    let (at, mut candidates) = complete(&text);
    let Some(begin) = last.strip_suffix(text.get(at..).unwrap_or_default()) else { return Vec::new() };
    for c in &mut candidates {
        c.text.insert_str(0, begin);
    }
    candidates
}
