//! `ethcraft offload`: the features of an interface, shown, set, set for a command, put back.

use super::failure::{self, Failure, Status};
use super::link_failure::no_refusal;
use crate::link::offload::{Change, Group, Guard, Offload, Setting, State, pending, restore_pending};
use crate::link::{self, netns::Target};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Show or set what a network device does in the kernel's place: checksums, segmentation, VLAN tags, ...
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a setting it prints what `ethtool -k` prints. A feature goes by the kernel's name (tx-checksum-ip-generic), \
a group by ethtool's long name (tx-checksumming) or its short one: tx, rx, sg, tso, gso, gro, lro, rxvlan, txvlan, \
ntuple, rxhash.

'[fixed]' cannot be changed on this interface. '[requested on]' comes on by itself once what it needs is on. A \
setting is read back: what the kernel changed along with it is printed, and what could not be had is an error (exit \
status 3).

--for puts back what was requested before, however the command ends; its exit status is the command's, 128 and the \
signal's number if a signal ended it. If ethcraft itself is killed, the next call says so, and --restore puts it \
back.

--prove puts back what was there; exit status 1 where what arrives contradicts the state.

With --json each line is an object. Shown: interface, feature, group (null for none), active, requested, fixed. Set: \
interface, feature, asked (false: changed along), from and to, each with active and requested. --prove: interface, \
peer, group, right (the checksum that is right), off and on, each with checksum and seen (right, not computed, wrong, \
nothing), proved.

Examples:
  ethcraft offload veth0
  ethcraft offload veth0 tx=off
  ethcraft offload veth0 gro=off tx-udp-segmentation=off
  ethcraft offload veth0 tx=off --for -- tcpdump -vv -c 5 -i veth0
  ethcraft offload veth0 --prove --peer veth1
  ethcraft offload veth0 --restore
  ethcraft offload veth0 --json | jq -r 'select(.active) | .feature'")]
pub struct Args {
    /// The interface; veth0@h1 is veth0 in the network namespace h1
    #[arg(value_name = "IFACE")]
    interface: String,
    /// What to set: a feature or a group, and on or off
    #[arg(value_name = "NAME=on|off", conflicts_with = "restore")]
    settings: Vec<Setting>,
    /// Put back what a killed run left changed
    #[arg(long)]
    restore: bool,
    /// Send a frame that asks for its checksum with tx off and on, and show what reaches the peer
    #[arg(long, requires = "peer", conflicts_with_all = ["restore", "during", "settings"])]
    prove: bool,
    /// The interface at the other end, where --prove looks
    #[arg(long, value_name = "IFACE2", requires = "prove")]
    peer: Option<String>,
    /// Only while COMMAND runs
    #[arg(long = "for", requires = "command", requires = "settings")]
    during: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// The command and its arguments
    #[arg(last = true, value_name = "COMMAND", requires = "during")]
    command: Vec<OsString>,
}

/// Shows or sets. The exit status of `--for` is its command's.
pub fn run(args: Args) -> ExitCode {
    failure::exit(try_run(args))
}

fn try_run(args: Args) -> Result<u8, Failure> {
    if let (true, Some(peer)) = (args.prove, &args.peer) {
        return super::prove::prove(&args.interface, peer, args.json);
    }
    let target = Target::parse(&args.interface)?;
    let offload = target.within(|| Offload::open(&link::lookup(&target.interface)?))??;
    let shown = Printer { interface: args.interface, json: args.json };
    if args.restore {
        match restore_pending(&offload)? {
            Some(changes) => shown.changes(&changes)?,
            None => eprintln!("{}: there is nothing to put back", shown.interface),
        }
    } else if args.during {
        return during(offload, args.settings, args.command, &shown);
    } else {
        if warn_of_pending(&offload) {
            eprintln!("help: `ethcraft offload {} --restore` puts them back", shown.interface);
        }
        if args.settings.is_empty() {
            shown.list(&offload)?;
        } else {
            let applied = offload.apply(&args.settings)?;
            if !applied.changes.is_empty() || applied.refusals.is_empty() {
                shown.changes(&applied.changes)?;
            }
            no_refusal(&applied, &shown.interface)?;
        }
    }
    Ok(Status::Done as u8)
}

/// Runs the command with the features changed.
fn during(offload: Offload, settings: Vec<Setting>, words: Vec<OsString>, shown: &Printer) -> Result<u8, Failure> {
    let mut words = words.into_iter();
    let program = words.next().unwrap_or_default();
    let caught = catch_signals()?;
    if warn_of_pending(&offload) {
        eprintln!("help: they are put back after this command");
    }
    let guard = Guard::new(offload, settings)?;
    no_refusal(guard.applied(), &shown.interface)?;
    for change in &guard.applied().changes {
        eprintln!("{}", shown.text(change));
    }
    let ended = Command::new(&program).args(words).spawn().and_then(|child| wait(child, &caught));
    guard.restore()?;
    let status = ended.map_err(|error| {
        let message = format!("cannot run '{}': {error}", program.to_string_lossy().escape_debug());
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Failure::usage(message),
            _ => Failure::failed(message),
        }
    })?;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(Status::Failed as u8))
}

/// Catches what would end this program while the command runs. The terminal sends SIGINT to the command as well, which
/// may have a use for it, so that it is not passed on.
fn catch_signals() -> io::Result<Arc<AtomicUsize>> {
    let caught = Arc::new(AtomicUsize::new(0));
    flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    for (signal, value) in [(SIGTERM, Signal::SIGTERM), (SIGHUP, Signal::SIGHUP)] {
        flag::register_usize(signal, Arc::clone(&caught), value as usize)?;
    }
    Ok(caught)
}

/// Waits for the command and passes on what was caught.
fn wait(mut child: Child, caught: &AtomicUsize) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let signal =
            i32::try_from(caught.swap(0, Ordering::SeqCst)).ok().and_then(|number| Signal::try_from(number).ok());
        if let (Some(signal), Ok(id)) = (signal, i32::try_from(child.id())) {
            // It may just have ended by itself.
            let _ = kill(Pid::from_raw(id), signal);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Says so where a killed run left features changed.
pub(super) fn warn_of_pending(offload: &Offload) -> bool {
    match pending(offload) {
        Ok(None) => return false,
        Ok(Some(_)) => {
            eprintln!("warning: a run that was killed left features of {} changed", offload.interface().name);
        }
        Err(error) => {
            eprintln!("warning: {error}");
            return false;
        }
    }
    true
}

/// Writes for people or machines.
struct Printer {
    interface: String,
    json: bool,
}

impl Printer {
    fn list(&self, offload: &Offload) -> Result<(), Failure> {
        let features = offload.features()?;
        let mut out = io::stdout().lock();
        if self.json {
            for feature in features.named() {
                let State { active, requested, fixed } = feature.state();
                let line = json!({
                    "interface": self.interface, "feature": feature.name,
                    "group": Group::of(&feature.name).map(|group| group.long),
                    "active": active, "requested": requested, "fixed": fixed,
                });
                writeln!(out, "{line}")?;
            }
        } else {
            writeln!(out, "Features for {}:", self.interface.escape_debug())?;
            for line in features.lines() {
                writeln!(out, "{line}")?;
            }
        }
        Ok(out.flush()?)
    }

    fn changes(&self, changes: &[Change]) -> Result<(), Failure> {
        if changes.is_empty() {
            eprintln!("{}: nothing changed", self.interface);
        }
        let mut out = io::stdout().lock();
        for change in changes {
            if self.json {
                let state = |state: &State| json!({"active": state.active, "requested": state.requested});
                let line = json!({
                    "interface": self.interface, "feature": change.name, "asked": change.asked,
                    "from": state(&change.from), "to": state(&change.to),
                });
                writeln!(out, "{line}")?;
            } else {
                writeln!(out, "{}", self.text(change))?;
            }
        }
        Ok(out.flush()?)
    }

    fn text(&self, change: &Change) -> String {
        let along = if change.asked { "" } else { "  (changed along)" };
        format!("{}: {}: {} -> {}{along}", self.interface.escape_debug(), change.name, change.from, change.to)
    }
}
