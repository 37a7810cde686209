//! The independent programs that tests hold ethcraft against.
//!
//! Where one is missing a test says so on standard error and ends. With `ETHCRAFT_REQUIRE_PEERS=1` it fails instead.

use super::process::Program;
use nix::unistd::geteuid;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// How the line begins that tells of a test not done.
pub const SKIPPED: &str = "SKIPPED: ";

/// The program with this name, or nothing, which ends the test: `let Some(tcpdump) = peer("tcpdump") else { return };`
pub fn peer(name: &str) -> Option<String> {
    // Directories of the superuser's programs, where Debian has ethtool and tcpdump, are not in everybody's PATH.
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/local/sbin:/usr/sbin:/sbin";
    let found = path.split(':').map(|directory| format!("{directory}/{name}")).find(|file| Path::new(file).is_file());
    found.or_else(|| missing(name))
}

/// A python3 that can import `module`, or nothing, as [`peer`].
pub fn python_with(module: &str) -> Option<String> {
    let python = peer("python3")?;
    let imports = Command::new(&python)
        .args(["-c", &format!("import {module}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if imports { Some(python) } else { missing(&format!("python3 with {module}")) }
}

/// `ethcraft` with these arguments and without these capabilities, `all` or one, or nothing, as [`peer`].
pub fn without<'a>(capabilities: &str, arguments: impl IntoIterator<Item = &'a str>) -> Option<Program> {
    let bounded = [format!("--bounding-set=-{capabilities}"), format!("--inh-caps=-{capabilities}")];
    // An ordinary user has no bounding set to reduce.
    let bounded = if geteuid().is_root() { &bounded[..] } else { &[] };
    let ethcraft = env!("CARGO_BIN_EXE_ethcraft");
    Some(Program::new(peer("setpriv")?).arguments(bounded).arguments([ethcraft]).arguments(arguments))
}

/// The same without any capability and where nobody may make a user namespace: in one with the limit 0.
pub fn without_namespaces<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Option<Program> {
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    let bounded = [&peer("setpriv")?, "--bounding-set=-all", "--inh-caps=-all", env!("CARGO_BIN_EXE_ethcraft")];
    let unshared = Program::new(peer("unshare")?).arguments(["-Ur", "sh", "-c", script, "sh"]);
    Some(unshared.arguments(bounded).arguments(arguments))
}

/// Tells of a part of a test that this system or this user cannot do, whatever is installed.
pub fn skipped(why: &str) {
    // Past the capture of a passing test's output.
    let _ = writeln!(std::io::stderr(), "{SKIPPED}{why}");
}

/// `tcpdump` with these arguments, to read a file, or nothing, as [`peer`].
///
/// Run by user 0 it wants to become another user, which a lab without root has none of; so it runs as nobody there is.
pub fn tcpdump(arguments: &[&str]) -> Option<Program> {
    let (unshare, tcpdump) = (peer("unshare")?, peer("tcpdump")?);
    Some(Program::new(unshare).arguments(["--user", &tcpdump]).arguments(arguments))
}

fn missing(what: &str) -> Option<String> {
    let required = std::env::var("ETHCRAFT_REQUIRE_PEERS").is_ok_and(|value| value == "1");
    assert!(!required, "this test needs {what}, and ETHCRAFT_REQUIRE_PEERS=1 forbids to skip it");
    skipped(&format!("a test needs {what}"));
    None
}
