//! `AF_XDP`: a frame sent by its engine, and how such frames get to the device.

use super::bench::{Fate, Lost};
use super::frame::SHORTEST;
use super::{Bench, EXAMPLE, Finding};
use crate::link::Error;
use crate::link::tx::{Choice, Options};

/// One frame by `AF_XDP`, on queue 0.
pub fn send(bench: &mut Bench) -> Finding {
    const NAME: &str = "AF_XDP";
    // Also binding a socket is no question alone: a driver with zero-copy sets up a queue anew by it.
    if let Some(finding) = bench.none_leaves(NAME) {
        return finding;
    }
    let (frame, mark) = bench.frames.plain(SHORTEST);
    let fate = match bench.deliver(&frame, mark, &Options { engine: Choice::Xdp, ..Options::default() }) {
        Ok(fate) => fate,
        // Nothing is lost by it but speed, and the error's own remedy says how to go on.
        Err(Lost::Link(Error::System { source, .. })) => {
            return Finding::no(NAME, source.to_string()).advice("send with `--engine mmsg`");
        }
        Err(lost) => return lost.finding(NAME),
    };
    let mode = if fate.zero_copy { "zero-copy" } else { "copy" };
    judge(bench, NAME, &fate).fact("mode", mode).fact("counted", fate.counted).fact("dropped", fate.dropped)
}

fn judge(bench: &Bench, name: &'static str, fate: &Fate) -> Finding {
    let by = if fate.zero_copy { "zero-copy: the device reads frames where they are" } else { "copy mode" };
    let send = bench.spell.ethcraft(&format!("send {{}} --engine xdp '{EXAMPLE}'"));
    let use_it = format!("{send}; it passes by the queues, and sniffers here do not see its frames");
    match fate {
        Fate { counted: false, dropped: true, .. } => {
            Finding::catch(name, format!("{by}; a frame was accepted, then dropped by the interface"))
                .advice("see carrier; a peer that is down or has a smaller MTU drops so too")
        }
        Fate { counted: false, .. } => Finding::catch(
            name,
            format!("{by}; a frame was accepted, but this device counts such frames late or not at all"),
        )
        .advice(format!("{send}; count its frames at the receiver")),
        Fate { zero_copy: true, .. } => {
            Finding::yes(name, format!("{by}; a frame was accepted and counted")).advice(use_it)
        }
        _ => Finding::catch(name, format!("{by}, for the driver has no other; a frame was accepted and counted"))
            .advice(use_it),
    }
}
