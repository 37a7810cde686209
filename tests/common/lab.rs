//! Running the body of a test in a lab of its own.

use super::process::Program;
use std::any::type_name;
use std::io::Write;
use std::time::Duration;

/// Names the test that runs in this process because its lab is here already.
const MARKER: &str = "ETHCRAFT_TEST_IN_LAB";

/// Longer than any test takes, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(400);

/// Runs `body` in a lab made with these arguments of `ethcraft lab`: none for the pair, `["--hosts", "2"]` for hosts.
///
/// The test's own binary is run again inside the lab, for this one test, with the marker set: then the body runs. The
/// name of the test is the closure's, so `body` must be written as a closure in the test's function. That it ran
/// to its end is proved by a line only it prints, so that a wrong name cannot pass by running nothing.
pub fn in_lab<F: FnOnce()>(arguments: &[&str], body: F) {
    let test = test_of::<F>();
    let proof = format!("the body of {test} ran to its end in its lab");
    if std::env::var_os(MARKER).is_some_and(|marked| marked == *test) {
        body();
        // Not by println!, which is withheld where --nocapture is missing.
        writeln!(std::io::stdout(), "\n{proof}").expect("the outer process reads this");
        return;
    }
    let binary = std::env::current_exe().expect("the path of this binary");
    let done = Program::new(env!("CARGO_BIN_EXE_ethcraft"))
        .arguments(["lab"])
        .arguments(arguments.iter().copied())
        .arguments([
            "--",
            binary.to_str().expect("a path in UTF-8"),
            "--exact",
            &test,
            "--nocapture",
            "--test-threads=1",
        ])
        .environment(MARKER, &test)
        .patience(PATIENCE)
        .run();
    assert!(
        done.status == 0 && done.stdout.lines().any(|line| line == proof),
        "{test} failed in its lab\n{}",
        done.describe()
    );
    for line in done.stderr.lines().filter(|line| line.starts_with(super::peers::SKIPPED)) {
        // Past the capture of a passing test's output: what was not tested is to be seen.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

/// The path of the test that wrote the closure, as libtest names it. Not the thread's name: that is `main` where tests
/// run one at a time.
fn test_of<F>() -> String {
    let closure = type_name::<F>().trim_end_matches("::{{closure}}");
    closure.split_once("::").expect("a closure in a test's function").1.to_owned()
}
