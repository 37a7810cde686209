//! `ethcraft completions`: the scripts that make shells ask ethcraft what can stand at the cursor.

use super::complete::Shell;
use super::{Outcome, Status};
use std::io::{self, Write};

/// Print the completion script of a shell: commands, options, interfaces, and the words of an expression
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Layers, fields and named values are completed inside an expression too, quoted or not: 'ipv4 d' has dscp= and dst= to \
go on with, 'ipv4 proto=' the named protocols, 'ipv4 / ' the layers that can follow.

Examples:
  source <(ethcraft completions bash)                                 for this shell
  ethcraft completions bash > ~/.local/share/bash-completion/completions/ethcraft
  ethcraft completions zsh > ~/.zfunc/_ethcraft                       a directory of $fpath, before compinit
  ethcraft completions fish > ~/.config/fish/completions/ethcraft.fish")]
pub struct Args {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Outcome {
    let script = match args.shell {
        Shell::Bash => include_str!("completions/ethcraft.bash"),
        Shell::Zsh => include_str!("completions/ethcraft.zsh"),
        Shell::Fish => include_str!("completions/ethcraft.fish"),
    };
    io::stdout().write_all(script.as_bytes())?;
    Ok(Status::Done)
}
