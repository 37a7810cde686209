//! `AF_XDP`: whether a socket can be bound to a queue of the device, and how frames get to it.

use super::{Bench, Error, Finding};
use crate::sys::xsk::{Mode, try_bind};
use std::io;
use std::time::Duration;

/// Binds a socket in both modes and closes it again.
pub fn bind(bench: &mut Bench) -> Finding {
    const NAME: &str = "AF_XDP";
    // A zero-copy bind sets up a queue of the device anew.
    let zero_copy = if bench.options.passive {
        Err(io::Error::other("--passive sets nothing"))
    } else {
        patiently(bench, Mode::ZeroCopy)
    };
    let cause = match zero_copy {
        Ok(()) => {
            return Finding::yes(NAME, "zero-copy: the device reads frames where they are: `send --engine xdp`")
                .fact("mode", "zero-copy");
        }
        Err(error) => error,
    };
    match patiently(bench, Mode::Copy) {
        Ok(()) => Finding::catch(NAME, format!("copy mode; no zero-copy: {}", in_words(&cause)))
            .advice("`send --engine xdp`; it passes by the queues, and sniffers here do not see its frames")
            .fact("mode", "copy"),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES)) => {
            Finding::failed(NAME, &Error::system("AF_XDP", error))
        }
        Err(error) => {
            let detail = match error.raw_os_error() {
                Some(libc::EAFNOSUPPORT) => "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)".to_owned(),
                Some(libc::ENOBUFS) => "no memory may be locked for it: `ulimit -l` is too small".to_owned(),
                _ => in_words(&error),
            };
            Finding::no(NAME, detail).advice("`send --engine mmsg` needs none of it")
        }
    }
}

/// A queue that was just let go may be busy for a moment.
fn patiently(bench: &Bench, mode: Mode) -> io::Result<()> {
    for _ in 0..20 {
        match try_bind(bench.interface.index, mode) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) && !bench.stop.sleep(Duration::from_millis(10)) => {
            }
            other => return other,
        }
    }
    try_bind(bench.interface.index, mode)
}

fn in_words(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EOPNOTSUPP) => "the driver does not have it".into(),
        Some(libc::EBUSY) => "queue 0 is in use by another program".into(),
        _ => error.to_string(),
    }
}
