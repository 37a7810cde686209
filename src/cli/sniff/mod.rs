//! `ethcraft sniff`: capture, show, write, and say whether what was expected came.
//!
//! [`args`] has the command line; frames come [`from_interface`] or [`from_file`] and go into the [`sink`].

mod args;
mod files;
mod from_file;
mod from_interface;
mod listen;
mod live;
mod sink;

pub use args::Args;

use super::{Failure, Outcome, Status, source, tcpdump_filter};
use crate::frame::filter::Program;
use crate::frame::{Pattern, Surroundings};
use std::io::{self, Write};

pub(super) fn run(args: &Args) -> Outcome {
    match &args.read {
        Some(path) => from_file::run(args, path),
        None => from_interface::run(args),
    }
}

fn parse_pattern(words: &[String], surroundings: Surroundings) -> Result<Option<Pattern>, Failure> {
    if words.iter().all(|w| w.trim().is_empty()) {
        return Ok(None);
    }
    source::pattern(words, surroundings).map(Some)
}

/// Prints a program as `tcpdump -d` does.
fn show(program: &Program) -> Outcome {
    let mut out = io::stdout().lock();
    write!(out, "{program}")?;
    out.flush()?;
    Ok(Status::Done)
}

fn warn_of(args: &Args) {
    if let Some(warning) = args.filter.as_deref().and_then(tcpdump_filter::warning).filter(|_| !args.quiet) {
        eprintln!("warning: {warning}");
    }
}
