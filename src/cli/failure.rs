//! How a command ends: its exit status, and what is printed where it went wrong.

use crate::report::safe;
use crate::trace::WriteError;
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a failure is to be an object on standard output too: `--json` was given, and no object told of it yet.
static AS_OBJECT: AtomicBool = AtomicBool::new(false);

/// From now on a failure is an object too, or is not since one told of it.
pub(super) fn as_object(wanted: bool) {
    AS_OBJECT.store(wanted, Ordering::Relaxed);
}

/// The exit statuses, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Done; also an interrupted capture and a closed pipe.
    Done = 0,
    /// An expectation was not met.
    Unmet = 1,
    /// Wrong command line, expression or input file.
    Usage = 2,
    /// Not permitted, or this interface or kernel cannot do it.
    Refused = 3,
    /// It failed while running.
    Failed = 4,
}

/// What a command returns.
pub type Outcome = Result<Status, Failure>;

/// Why a command stopped, and with which status.
#[derive(Debug)]
pub struct Failure {
    /// The exit status.
    pub status: Status,
    /// What is printed to standard error, without the leading `error: `; whole lines with it where `rendered` is true.
    pub message: String,
    /// What to try next, printed as `help: ...`.
    pub help: Option<String>,
    /// The message is printed as it is (rendered carets bring their own heading).
    pub rendered: bool,
}

impl Failure {
    /// A failure with a status and one sentence.
    pub fn new(status: Status, message: impl Display) -> Self {
        Self { status, message: message.to_string(), help: None, rendered: false }
    }

    /// Wrong input: exit 2.
    pub fn usage(message: impl Display) -> Self {
        Self::new(Status::Usage, message)
    }

    /// Not permitted or not possible here: exit 3.
    pub fn refused(message: impl Display) -> Self {
        Self::new(Status::Refused, message)
    }

    /// Failed while running: exit 4.
    pub fn failed(message: impl Display) -> Self {
        Self::new(Status::Failed, message)
    }

    /// A message that is already laid out for people.
    pub fn rendered(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), help: None, rendered: true }
    }

    /// As an object (`docs/json.md`). A message that is laid out has its lines, without colours.
    fn object(&self) -> Value {
        let mut message = String::with_capacity(self.message.len());
        let mut rest = self.message.trim_end();
        while let Some((plain, escape)) = rest.split_once('\x1b') {
            message.push_str(plain);
            rest = escape.split_once('m').map_or("", |(_, behind)| behind);
        }
        message.push_str(rest);
        json!({ "error": message, "help": self.help, "status": self.status as u8 })
    }

    /// The same with the next thing to try.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A failed write to standard output: a closed pipe is a quiet end, anything else failed while running.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::rendered(Status::Done, "") } else { Self::failed(error) }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe => source.into(),
            error => Self::failed(error),
        }
    }
}

/// Prints what is to be said and gives the exit code.
pub(super) fn report(outcome: Outcome) -> ExitCode {
    ExitCode::from(status(outcome) as u8)
}

/// The exit code of a command that runs another one: that one's status, or why there is none.
pub(super) fn exit(status: Result<u8, Failure>) -> ExitCode {
    status.map_or_else(|failure| report(Err(failure)), ExitCode::from)
}

/// Prints what is to be said and gives the status.
pub(super) fn status(outcome: Outcome) -> Status {
    match outcome {
        Ok(status) => status,
        Err(failure) => {
            if matches!(failure.status, Status::Usage | Status::Refused | Status::Failed)
                && AS_OBJECT.swap(false, Ordering::Relaxed)
            {
                // Nobody is left to tell when stdout is gone.
                let _ = writeln!(io::stdout(), "{}", failure.object());
            }
            let mut err = io::stderr().lock();
            // Nobody is left to tell when stderr is gone, so the results of these writes are not looked at.
            if failure.rendered {
                let _ = err.write_all(failure.message.as_bytes());
            } else {
                // The name of a file or an interface may hold anything.
                let _ = writeln!(err, "error: {}", safe::lines(&failure.message));
            }
            if let Some(help) = &failure.help {
                let _ = writeln!(err, "help: {}", safe::lines(help));
            }
            failure.status
        }
    }
}
