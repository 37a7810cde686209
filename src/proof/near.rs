//! What the kernel may leave out: frames that are like none of the run, damaged ones allowed for.

use crate::frame::Template;
use crate::frame::filter::{Program, resembling};
use crate::traffic::Item;

/// The program that keeps what resembles the frames of these entries, with flow tags of this stream, or of any; none where
/// they vary too much for that.
///
/// A frame passes where at least half of the four-byte words are right that are the same in all frames of an entry, so that
/// damage, and what a device on the way changes, let it pass.
pub fn near(items: &[Item], tagged: bool, stream: Option<u16>) -> Option<Program> {
    let tag = tagged.then_some(super::tag::LENGTH);
    let mut forms = Vec::new();
    for item in items {
        let mut template = match tag {
            None => Template::new(item.frames)?,
            Some(length) => Template::tagged(item.frames, length)?,
        };
        let (mut frame, mut fixed) = (vec![0; template.len()], template.fixed());
        match (template.tag_place(), tag) {
            (Some(place), Some(length)) => {
                let mut tag = vec![0; length];
                tag[..4].copy_from_slice(&super::tag::MAGIC);
                tag[4..6].copy_from_slice(&stream.unwrap_or(0).to_be_bytes());
                template.write_tagged(0, &tag, &mut frame);
                let known = if stream.is_some() { 6 } else { 4 };
                fixed[place.start..place.start + known].fill(0xff);
            }
            _ => template.write(0, &mut frame),
        }
        forms.push((frame, fixed));
    }
    resembling(&forms)
}
