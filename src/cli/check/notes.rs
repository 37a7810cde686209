//! What the numbers of a check do not say by themselves.

use super::Args;
use crate::proof;
use crate::traffic::Note;

/// What the numbers do not say by themselves.
pub fn explain(args: &Args, report: &mut proof::Report) {
    let dropped = report.capture.dropped;
    let lost = report.lost;
    let mut notes = Vec::new();
    if dropped > 0 {
        let text = match lost {
            0 => format!("the capture on {} dropped {dropped} frames, none of them of this run", args.rx),
            _ => format!(
                "the capture on {} dropped {dropped} frames: up to {} of the {lost} lost were lost in this machine's receiver \
                 and not on the way",
                args.rx,
                dropped.min(lost)
            ),
        };
        notes.push(Note::new(text).help("a larger --buffer or a lower --rate keeps up"));
    }
    let counted = report.counted.map_or(0, |counted| counted.rx_dropped);
    if counted > 0 {
        notes.push(Note::new(format!("{} counted {counted} drops of its own (rx_dropped)", args.rx)));
    }
    let found = &report.found;
    if found.alike > 0 && (lost > 0 || found.duplicated > 0 || found.order.reordered > 0) {
        notes.push(
            Note::new("frames of this set are alike: which of them were lost, late or came twice is a guess, and so are latencies")
                .help("make them differ: `/ u32=0..999999`, or 18 bytes more payload for a flow tag"),
        );
    }
    if found.backwards > 0 {
        notes.push(Note::new(format!(
            "{} frames arrived before they were sent, by the clock: it was set",
            found.backwards
        )));
    }
    if found.padded > 0 {
        notes.push(Note::new(format!("{} frames arrived filled up with zeros to 60 bytes", found.padded)));
    }
    report.notes.extend(notes);
}
