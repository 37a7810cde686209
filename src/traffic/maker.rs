//! What makes the frames of a set, and what marks them as they are made.

use crate::frame::{Builder, Frames, Template};
use std::fmt::Debug;

/// Marks frames as they are made: a flow tag at the end of the payload, a note of the time, or both.
pub trait Mark: Debug + Sync {
    /// The flow tag's length, an even number of bytes; none where frames stay as they are.
    fn length(&self) -> Option<usize>;

    /// Frame `number` of the run is made now: writes its flow tag, of [`Mark::length`] bytes.
    fn mark(&self, number: u64, tag: &mut [u8]);
}

/// No flow tag is longer.
const LONGEST: usize = 64;

impl dyn Mark + '_ {
    /// Makes a frame with its flow tag; an empty one where there is none.
    pub fn on<T>(&self, number: u64, make: impl FnOnce(&[u8]) -> T) -> T {
        let mut tag = [0; LONGEST];
        let tag = &mut tag[..self.length().unwrap_or(0).min(LONGEST)];
        self.mark(number, tag);
        make(tag)
    }
}

/// What makes the frames of one set.
#[derive(Debug)]
pub enum Maker<'f> {
    /// They differ in fields alone.
    Template(Template<'f>),
    /// Each is built.
    Builder(&'f Frames, Box<Builder>),
}

impl<'f> Maker<'f> {
    /// The faster one of the two that can make these frames, with flow tags of so many bytes if any.
    pub fn new(frames: &'f Frames, tag: Option<usize>) -> Self {
        let template = match tag {
            None => Template::new(frames),
            Some(length) => Template::tagged(frames, length),
        };
        template.map_or_else(|| Self::Builder(frames, Box::default()), Self::Template)
    }
}
