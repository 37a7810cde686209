//! A capture to be sent: opening it, and what is wrong with it in words.

use super::timing::Timing;
use super::{Failure, source};
use crate::frame::Rewrite;
use crate::report::colour::Colour;
use crate::report::safe;
use crate::trace::LinkType;
use crate::traffic::recording::MOST_HELD;
use crate::traffic::{CaptureError, Recording};
use std::io::ErrorKind;
use std::path::Path;

/// Opens a capture. What can be read only once is held in memory where it is needed more often, and that is said.
pub(super) fn open(path: &Path, timing: &Timing, threads: usize) -> Result<Recording, Failure> {
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let cannot = |error| Failure::usage(format!("cannot read {name}: {error}"));
    let mut recording = Recording::open(path).map_err(cannot)?;
    let again = match (timing.repeats(), threads > 1) {
        (true, _) => "--loop reads it again",
        (_, true) => "each thread reads it",
        _ => return Ok(recording),
    };
    match recording.hold() {
        Ok(None) => {}
        Ok(Some(length)) => {
            eprintln!(
                "note: {} can be read only once, and {again}: its {length} bytes are held in memory",
                safe::text(&name)
            );
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            return Err(Failure::usage(format!(
                "{name} can be read only once, {again}, and more than {MOST_HELD} bytes are not held"
            ))
            .help("write it to a file first"));
        }
        Err(error) => return Err(cannot(error)),
    }
    Ok(recording)
}

/// What `--set` says.
pub(super) fn rewrites(texts: &[String]) -> Result<Vec<Rewrite>, Failure> {
    texts
        .iter()
        .map(|text| {
            Rewrite::parse(text, &source::load).map_err(|errors| {
                let text = format!("{}\n", errors.render(text, Colour::Auto.on_stderr()));
                Failure::rendered(super::Status::Usage, text)
            })
        })
        .collect()
}

/// Why a capture cannot be sent, with the way out.
pub(super) fn failure(name: &str, error: &CaptureError) -> Failure {
    let failure = Failure::usage(format!("{}: {error}", safe::text(name)));
    match error {
        CaptureError::LinkType { link_type: LinkType(101 | 228 | 229), .. } => failure.help(format!(
            "put Ethernet below it: ethcraft decode {} | sed 's|frame / ||' | ethcraft send IFACE -f -",
            safe::text(name)
        )),
        CaptureError::LinkType { .. } => failure.help(
            "only frames that begin with an Ethernet header can be sent; `tcprewrite --dlt=enet` can make such ones",
        ),
        CaptureError::Empty | CaptureError::Trace(_) => failure,
    }
}
