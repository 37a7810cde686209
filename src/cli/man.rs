//! `ethcraft man`: the man pages, made from the definitions that `--help` is made from.

use super::{Cli, Failure, Outcome, Status};
use crate::expr::nearest;
use crate::report::safe;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Print a man page: the main one, or a command's
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ethcraft man | man -l -
  ethcraft man send | man -l -
  ethcraft man --all ~/.local/share/man/man1")]
pub struct Args {
    /// The command that the page is about [default: ethcraft itself]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages to files in DIR: ethcraft.1, ethcraft-send.1, ...
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    all: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let mut root = Cli::command().subcommand_help_heading("COMMANDS");
    root.build();
    if let Some(directory) = &args.all {
        return all(&root, directory);
    }
    let command = match &args.command {
        None => &root,
        Some(name) => commands(&root).find(|c| c.get_name() == name).ok_or_else(|| unknown(&root, name))?,
    };
    io::stdout().write_all(&page(command)?)?;
    Ok(Status::Done)
}

fn unknown(root: &Command, name: &str) -> Failure {
    let failure = Failure::usage(format!("unknown command '{}'", safe::text(name)));
    match nearest(name, commands(root).map(Command::get_name)) {
        Some(near) => failure.help(format!("did you mean '{near}'?")),
        None => failure.help("'ethcraft --help' lists every command"),
    }
}

fn commands(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|c| !c.is_hide_set())
}

fn all(root: &Command, directory: &Path) -> Outcome {
    let wrong = |path: &Path, error: io::Error| {
        Failure::usage(format!("cannot write {}: {error}", safe::text(&path.display().to_string())))
    };
    std::fs::create_dir_all(directory).map_err(|error| wrong(directory, error))?;
    for command in std::iter::once(root).chain(commands(root)) {
        let path = directory.join(format!("{}.1", page_name(command)));
        std::fs::write(&path, page(command)?).map_err(|error| wrong(&path, error))?;
    }
    Ok(Status::Done)
}

fn page_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

/// The page in the language of man(7).
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // With nothing before the examples, they begin the text.
    let (prose, examples) = match help.split_once("Examples:\n") {
        Some((prose, examples)) => (prose.trim_end(), examples),
        None => (help.as_str(), ""),
    };
    let mut page = Vec::new();
    // Not by clap_mangen, which loses an empty date, and with it the order of what is behind it.
    writeln!(page, ".TH {} 1 \"\" \"ethcraft {}\" \"ethcraft manual\"", page_name(command), env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    let mut text = String::new();
    for paragraph in prose.split("\n\n").filter(|p| !p.trim().is_empty()) {
        text.push_str(".PP\n");
        lines(paragraph, &mut text);
    }
    page.write_all(text.as_bytes())?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    text.clear();
    if !examples.is_empty() {
        text.push_str(".SH EXAMPLES\n.nf\n");
        lines(examples, &mut text);
        text.push_str(".fi\n");
    }
    if !prose.to_ascii_lowercase().contains("exit status") {
        text.push_str(EXIT_STATUS);
    }
    text.push_str(".SH \"SEE ALSO\"\n");
    see_also(command, &mut text);
    page.write_all(text.as_bytes())?;
    Ok(page)
}

const EXIT_STATUS: &str = r#".SH "EXIT STATUS"
0 done, also when interrupted; 1 an expectation was not met; 2 wrong command line, expression or input file; 3 not
permitted, or not possible with this interface or kernel; 4 it failed while running.
"#;

fn see_also(command: &Command, text: &mut String) {
    let names: Vec<String> = match page_name(command) {
        "ethcraft" => commands(command).map(|c| page_name(c).to_owned()).collect(),
        _ => vec!["ethcraft".to_owned()],
    };
    for (i, name) in names.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = writeln!(text, ".BR {} (1){}", escaped(name), if i + 1 < names.len() { "," } else { "" });
    }
}

/// Appends lines so that roff takes nothing in them for its own (`groff_man_style(7)`, "Portability").
fn lines(from: &str, text: &mut String) {
    for line in from.lines() {
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        let _ = writeln!(text, "{guard}{}", escaped(line));
    }
}

fn escaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            _ => out.push(c),
        }
    }
    out
}
