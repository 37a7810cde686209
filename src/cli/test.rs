//! `ethcraft test`: the cases of a suite file.

use super::failure::{self, Failure, Status};
use super::source;
use crate::expr::Diagnostics;
use crate::lab;
use crate::link::stop::Stop;
use crate::report::colour::Colour;
use crate::suite::{self, Case, Rig, Suite, Verdict, junit, print, tap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Run the cases of a suite: send these frames, expect those there in time, and nothing elsewhere
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A suite is a TOML file. It describes a private network of hosts and cables, or names interfaces that are there, and cases \
that send frames and say what must come where. `docs/suites.md` has the format.

A case that fails shows the frame that came nearest to the one expected, and in which fields it differs.

Exit status: 0 every case passed; 1 a case failed; 2 mistakes in the file, each shown with its place; 3 no private network, or \
not permitted; 4 a setup or an interface failed.

Examples:
  ethcraft test examples/bridge-vlan.toml
  ethcraft test examples/router.toml --only ttl
  ethcraft test examples/router.toml --junit report.xml
  ethcraft test examples/router.toml --tap
  ethcraft test examples/bridge-vlan.toml --list")]
pub struct Args {
    /// The suite
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Run only cases with this in their name
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print the names of the cases and run none; needs no privilege
    #[arg(long)]
    list: bool,
    /// Print TAP, version 14
    #[arg(long, conflicts_with_all = ["json", "list"])]
    tap: bool,
    /// Print one JSON object a case
    #[arg(long, conflicts_with = "list")]
    json: bool,
    /// Also write a report in the XML of `JUnit`
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    junit: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// Runs the suite, in a private network where it describes one.
pub fn run(args: &Args) -> ExitCode {
    failure::exit(try_run(args))
}

fn try_run(args: &Args) -> Result<u8, Failure> {
    let name = args.file.display().to_string();
    let text = std::fs::read_to_string(&args.file).map_err(|e| Failure::usage(format!("cannot read {name}: {e}")))?;
    let directory = args.file.parent().unwrap_or(Path::new(""));
    // Files that frames name lie beside the suite, wherever it is run.
    let load = |path: &str| source::load(&directory.join(path).to_string_lossy());
    let wrong = |mistakes: &Diagnostics| {
        let shown = mistakes.render_at(&text, &name, 1, Colour::Auto.on_stderr());
        Failure::rendered(Status::Usage, format!("{shown}\n"))
    };
    let mut suite = Suite::parse(&text, &load).map_err(|mistakes| wrong(&mistakes))?;
    if let Some(part) = &args.only {
        suite.cases.retain(|case| case.name.contains(part.as_str()));
        if suite.cases.is_empty() {
            let help = format!("`ethcraft test {name} --list` shows their names");
            return Err(Failure::usage(format!("no case has '{part}' in its name")).help(help));
        }
    }
    if args.list {
        for case in &suite.cases {
            writeln!(io::stdout(), "{}", crate::report::safe::text(&case.name)).map_err(Failure::from)?;
        }
        return Ok(Status::Done as u8);
    }
    let report = args.junit.as_ref().map(|path| Report::create(path)).transpose()?;
    let work = || {
        let outcome = Session { args, name: &name, suite: &suite }.run(&load, report).map_err(|error| match error {
            Stopped::Suite(suite::Error::Mistakes(mistakes)) => wrong(&mistakes),
            Stopped::Suite(error) => error.into(),
            Stopped::Failure(failure) => failure,
        });
        failure::status(outcome) as u8
    };
    match &suite.lab {
        Some(lab) => Ok(lab::run(&lab.plan, work)?),
        None => Ok(work()),
    }
}

/// The file of a report, made before anything is run, so that a wrong path is told at once.
struct Report(std::fs::File, PathBuf);

impl Report {
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = std::fs::File::create(path);
        let file = file.map_err(|e| Failure::usage(format!("cannot write {}: {e}", path.display())))?;
        Ok(Self(file, path.to_owned()))
    }

    fn write(mut self, text: &str) -> Result<(), Failure> {
        let written = self.0.write_all(text.as_bytes());
        written.map_err(|e| Failure::failed(format!("cannot write {}: {e}", self.1.display())))
    }
}

/// What ended a run before its end.
enum Stopped {
    Suite(suite::Error),
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

struct Session<'a> {
    args: &'a Args,
    name: &'a str,
    suite: &'a Suite,
}

impl Session<'_> {
    fn run(&self, load: crate::frame::Loader, report: Option<Report>) -> Result<Status, Stopped> {
        let stop = Stop::on_signals().map_err(Failure::failed)?;
        let began = Instant::now();
        let mut out = io::stdout().lock();
        if self.args.tap {
            out.write_all(tap::heading(self.suite.cases.len()).as_bytes())?;
        }
        let mut done: Vec<(&Case, Verdict)> = Vec::new();
        let mut told: io::Result<()> = Ok(());
        let ended = Rig::open(self.suite, load).and_then(|mut rig| {
            rig.run(&stop, |case, verdict| {
                let text = self.text(done.len() + 1, case, &verdict);
                told = std::mem::replace(&mut told, Ok(())).and_then(|()| out.write_all(text.as_bytes()));
                if told.is_err() {
                    // Nobody reads any more.
                    stop.request();
                }
                done.push((case, verdict));
            })
        });
        let why = match &ended {
            Ok(true) => String::new(),
            Ok(false) => "it was interrupted".into(),
            Err(error) => error.to_string(),
        };
        if let Some(report) = report {
            let missed = &self.suite.cases[done.len()..];
            report.write(&junit::report(self.name, &done, missed, &why))?;
        }
        told?;
        if self.args.tap && !why.is_empty() {
            out.write_all(tap::bail_out(&why).as_bytes())?;
        }
        let finished = ended.map_err(Stopped::Suite)?;
        let failed = done.iter().filter(|(_, verdict)| !verdict.passed()).count();
        if !self.args.tap && !self.args.json {
            writeln!(out, "{}", print::closing(done.len(), failed, began.elapsed()))?;
        }
        if !finished {
            eprintln!(
                "{} of {} cases had no turn: it was interrupted",
                self.suite.cases.len() - done.len(),
                self.suite.cases.len()
            );
            return Ok(Status::Unmet);
        }
        Ok(if failed == 0 { Status::Done } else { Status::Unmet })
    }

    fn text(&self, number: usize, case: &Case, verdict: &Verdict) -> String {
        if self.args.tap {
            tap::case(number, case, verdict)
        } else if self.args.json {
            format!("{}\n", print::object(case, verdict))
        } else {
            print::case(case, verdict, self.args.color.on_stdout())
        }
    }
}

impl From<suite::Error> for Failure {
    fn from(error: suite::Error) -> Self {
        match error {
            suite::Error::Link { target, cause } => {
                let failure = Self::from(cause);
                Self { message: format!("{target}: {}", failure.message), ..failure }
            }
            error => Self::failed(error),
        }
    }
}
