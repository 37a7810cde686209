//! How an error of an interface ends a command: its exit status and the next thing to try.

use super::{Failure, Status};
use crate::link::offload::Applied;
use crate::link::{Error, Kind};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Usage => Status::Usage,
            Kind::Refused => Status::Refused,
            Kind::Failed => Status::Failed,
        };
        let failure = Failure::new(status, &error);
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

/// Features that could not be had are an error.
pub(super) fn no_refusal(applied: &Applied, interface: &str) -> Result<(), Failure> {
    if applied.refusals.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = applied.refusals.iter().map(|refusal| format!("{interface}: {refusal}")).collect();
    Err(Failure::refused(lines.join("\nerror: ")))
}
