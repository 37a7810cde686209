//! The command line: one file a command, each turning its arguments into one call of the library.

mod answer;
mod ask;
mod build;
mod check;
mod command_line;
mod complete;
mod completions;
mod decode;
mod demo;
mod diff;
mod doctor;
mod engine;
mod failure;
mod fault;
mod fields;
mod frame_file;
mod ifaces;
mod input;
mod lab;
mod link_failure;
mod man;
mod offload;
mod pairs;
mod progress;
mod prove;
mod replay;
mod resolve;
mod send;
mod sniff;
mod source;
mod summary;
mod tcpdump_filter;
mod test;
mod timing;
mod units;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

pub use failure::{Failure, Outcome, Status};

/// Craft raw Ethernet frames, send them, sniff them again, and prove what became of them.
#[derive(Debug, Parser)]
#[command(name = "ethcraft", version, max_term_width = 110, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Build(build::Args),
    Decode(decode::Args),
    Diff(diff::Args),
    Send(send::Args),
    Sniff(sniff::Args),
    Ask(ask::Args),
    Answer(answer::Args),
    Test(test::Args),
    Check(Box<check::Args>),
    Offload(offload::Args),
    Lab(lab::Args),
    Ifaces(ifaces::Args),
    Doctor(doctor::Args),
    Fields(fields::Args),
    Completions(completions::Args),
    Man(man::Args),
    #[command(name = "__complete", hide = true)]
    Complete(complete::Args),
}

/// Runs the command line of this process and gives its exit status.
pub fn run() -> ExitCode {
    let matches = Cli::command().get_matches();
    let json = |matches: &ArgMatches| matches!(matches.try_get_one::<bool>("json"), Ok(Some(true)));
    failure::as_object(matches.subcommand().is_some_and(|(_, matches)| json(matches)));
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let outcome: Outcome = match cli.command {
        Command::Demo(args) => return demo::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Decode(args) => decode::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Sniff(args) => sniff::run(&args),
        Command::Ask(args) => ask::run(&args),
        Command::Answer(args) => answer::run(&args),
        // It runs in a process of its own, inside a private network.
        Command::Test(args) => return test::run(&args),
        Command::Check(args) => check::run(&args),
        // Its exit status may be the one of the command it runs.
        Command::Offload(args) => return offload::run(args),
        // Its exit status is the one of the command it runs.
        Command::Lab(args) => return lab::run(args),
        Command::Ifaces(args) => ifaces::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Fields(args) => fields::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Complete(args) => complete::run(&args),
    };
    failure::report(outcome)
}
