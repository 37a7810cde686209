//! `ethcraft lab`: a command in a private network.

use super::failure::{self, Failure};
use crate::lab::{self, Plan};
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Run a command in a private network, which is gone when the command ends. No root needed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
There are veth0 and veth1, joined and up, without addresses and silent; or, with hosts, a network namespace for each \
with a veth0 in it (10.0.0.1/24, 10.0.0.2/24, ...), joined by the bridge br0. Inside, `veth0@h1` is the interface of \
host h1, and `ip netns exec h1` runs a command on it.

The exit status is the command's, 128 and the signal's number if a signal ended it; 2 where the command does not exist; \
3 where a private network cannot be made here.

Examples:
  ethcraft lab                                      a shell in it
  ethcraft lab -- tcpdump -i veth1 -c 1
  ethcraft lab --hosts 3 -- ethcraft ifaces --all
  ethcraft lab --host web --host db -- ip netns exec web ping -c 1 10.0.0.2
  ethcraft lab --mtu 9000 -- sh -c 'ethcraft ifaces'")]
pub struct Args {
    /// Make N hosts, h1 to hN, on a bridge instead of the one pair
    #[arg(long, value_name = "N", conflicts_with = "host")]
    hosts: Option<usize>,
    /// Make a host with this name; once for each
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The MTU of every interface, in bytes
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(68..=65535))]
    mtu: Option<u32>,
    /// The command and its arguments; a shell where there is none
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command. Its exit status is any, so it is given as it is.
pub fn run(args: Args) -> ExitCode {
    failure::exit(try_run(args))
}

fn try_run(args: Args) -> Result<u8, Failure> {
    let plan = match args.hosts {
        Some(count) => Plan::hosts(count)?,
        None if args.host.is_empty() => Plan::pair(),
        None => Plan::named(args.host)?,
    }
    .mtu(args.mtu);
    let mut words = args.command.into_iter();
    let interactive = words.len() == 0;
    let program = words.next().or_else(|| env::var_os("SHELL")).unwrap_or_else(|| "/bin/sh".into());
    // Looked for before anything is made, so that a mistyped name is told plainly.
    let path = find(&program)
        .ok_or_else(|| Failure::usage(format!("there is no command '{}'", program.to_string_lossy().escape_debug())))?;
    let work = || {
        if interactive {
            eprintln!("lab: {}; leave it with exit, and nothing of it stays", plan.describe());
        }
        let error = Command::new(&path).arg0(&program).args(words).env("PATH", path_with_own()).exec();
        eprintln!("error: cannot run '{}': {error}", program.to_string_lossy().escape_debug());
        2
    };
    Ok(lab::run(&plan, work)?)
}

/// The search path with the directory of this program behind it, so that `ethcraft` is found inside wherever it was
/// built.
fn path_with_own() -> OsString {
    let mut path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    if let Some(own) = env::current_exe().ok().as_deref().and_then(Path::parent) {
        path.push(":");
        path.push(own);
    }
    path
}

const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The file that a shell would run under this name.
fn find(program: &OsStr) -> Option<PathBuf> {
    let runs = |path: &Path| path.is_file() && nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok();
    if program.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|path| runs(path));
    }
    let directories = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    env::split_paths(&directories).map(|directory| directory.join(program)).find(|path| runs(path))
}

impl From<lab::Error> for Failure {
    fn from(error: lab::Error) -> Self {
        let failure = match &error {
            lab::Error::Plan(_) => Self::usage(&error),
            lab::Error::Refused { .. } => Self::refused(&error),
            lab::Error::System { .. } => Self::failed(&error),
        };
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
