//! The frames of a run, one after the other, for one thread of it: from sets, or from a capture.

use super::maker::{Maker, Mark};
use super::recording::{Noticed, Recording, Replay};
use super::send::Fault;
use super::sequence::{Item, Sequence, Turn};
use crate::frame::{Fcs, Rewrite, Rewriter, Surroundings, Template};
use crate::link::stop::Stop;
use crate::link::tx::{SendError, Sender};

/// Where the frames of a run come from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// Entries of sets, one after the other, as often as needed.
    Sets(&'a [Item<'a>]),
    /// A capture.
    Capture {
        /// The capture.
        recording: &'a Recording,
        /// Its frames keep an FCS that the capture has, and get the right one where it has none.
        with_fcs: bool,
        /// How often it is sent; none: until the run ends.
        passes: Option<u64>,
    },
}

/// Gives frames to a sender. Numbers of frames only rise.
#[derive(Debug)]
pub struct Feed<'a> {
    frames: From<'a>,
    rewriter: Rewriter<'a>,
    /// Marks the frames of sets.
    mark: Option<&'a dyn Mark>,
    /// Frames whose delay runs back.
    back: u64,
}

#[derive(Debug)]
enum From<'a> {
    Sets { items: &'a [Item<'a>], turns: Sequence<'a>, next: u64, turn: Option<Turn>, makers: Vec<Option<Maker<'a>>> },
    Capture(Replay<'a>),
}

/// What became of a push.
#[derive(Clone, Copy, Debug)]
pub struct Pushed {
    /// Frames that were queued, from the one gone to on; none after a stop.
    pub frames: u64,
    /// Bytes of each.
    pub length: usize,
}

/// A frame that is ready to be written.
enum Made<'m, 'a> {
    Template(&'m mut Template<'a>, u128, Option<&'a dyn Mark>),
    Bytes(&'m [u8]),
    Record(&'m Replay<'a>),
}

impl Made<'_, '_> {
    fn length(&self) -> usize {
        match self {
            Self::Template(template, ..) => template.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Record(replay) => replay.length(),
        }
    }

    /// Into a slot of its length; a template comes to the next frame.
    fn write(&mut self, slot: &mut [u8], number: u64, rewriter: &mut Rewriter) {
        match self {
            Self::Template(template, member, mark) => {
                match mark {
                    None => template.write(*member, slot),
                    Some(mark) => mark.on(number, |tag| template.write_tagged(*member, tag, slot)),
                }
                *member = member.wrapping_add(1);
            }
            Self::Bytes(bytes) => slot.copy_from_slice(bytes),
            Self::Record(replay) => {
                return replay.write(slot, |frame, fcs| rewriter.apply(frame, number.into(), fcs));
            }
        }
        rewriter.apply(slot, number.into(), Fcs::IfRight);
    }
}

impl<'a> Feed<'a> {
    /// From the first frame on.
    pub fn new(source: Source<'a>, rewrites: &'a [Rewrite], surroundings: Surroundings) -> Self {
        let frames = match source {
            Source::Sets(items) => From::Sets {
                items,
                turns: Sequence::new(items),
                next: 0,
                turn: None,
                makers: items.iter().map(|_| None).collect(),
            },
            Source::Capture { recording, with_fcs, passes } => From::Capture(Replay::new(recording, with_fcs, passes)),
        };
        Self { frames, rewriter: Rewriter::new(rewrites, surroundings), mark: None, back: 0 }
    }

    /// The same with every frame of a set marked as it is made.
    #[must_use]
    pub fn marked(self, mark: Option<&'a dyn Mark>) -> Self {
        Self { mark, ..self }
    }

    /// Goes on to frame `number` and gives its time as it is listed: nanoseconds from the start. None behind the last frame.
    pub fn go_to(&mut self, number: u64) -> Result<Option<u64>, Fault> {
        match &mut self.frames {
            From::Sets { turns, next, turn, .. } => {
                if *next != number {
                    turns.go_to(number);
                }
                *next = number + 1;
                *turn = turns.next();
                self.back += u64::from(turn.and_then(|turn| turn.delay).is_some_and(|delay| delay < 0));
                Ok(turn.map(|turn| turn.listed))
            }
            From::Capture(replay) => replay.go_to(number).map_err(Fault::Capture),
        }
    }

    /// Queues the frame gone to, and up to `most` with it where those behind it are made and timed alike.
    pub fn push(&mut self, number: u64, most: u64, sender: &mut Sender, stop: &Stop) -> Result<Pushed, Fault> {
        let item = self.item();
        let alike = self.alike();
        let (mut made, rewriter) = self.made(number)?;
        let length = made.length();
        let most = match made {
            Made::Template(..) => most.min(alike.saturating_add(1)),
            Made::Bytes(_) | Made::Record(_) => 1,
        };
        let mut now = number;
        let pushed = sender.push_row(length, usize::try_from(most).unwrap_or(usize::MAX), stop, |slot| {
            made.write(slot, now, rewriter);
            now += 1;
        });
        match pushed {
            Ok(frames) => {
                let frames = frames as u64;
                self.skip_alike(frames.saturating_sub(1));
                Ok(Pushed { frames, length })
            }
            Err(SendError::Size(cause)) => Err(Fault::Size { number, item, cause }),
            Err(SendError::Link(error)) => Err(error.into()),
        }
    }

    fn alike(&self) -> u64 {
        match &self.frames {
            From::Sets { turns, .. } => turns.alike(),
            From::Capture(_) => 0,
        }
    }

    fn skip_alike(&mut self, frames: u64) {
        if let From::Sets { turns, next, .. } = &mut self.frames
            && frames > 0
        {
            turns.skip_alike(frames);
            *next += frames;
        }
    }

    /// Writes the frame gone to into `out`, in place of what is there.
    pub fn write(&mut self, number: u64, out: &mut Vec<u8>) -> Result<(), Fault> {
        let (mut made, rewriter) = self.made(number)?;
        out.resize(made.length(), 0);
        made.write(out, number, rewriter);
        Ok(())
    }

    fn made(&mut self, number: u64) -> Result<(Made<'_, 'a>, &mut Rewriter<'a>), Fault> {
        let made = match &mut self.frames {
            From::Capture(replay) => Made::Record(replay),
            From::Sets { turn: None, .. } => Made::Bytes(&[]),
            From::Sets { items, turn: Some(turn), makers, .. } => {
                let (item, member) = (turn.item, turn.number);
                let tag = self.mark.and_then(<dyn Mark>::length);
                match makers[item].get_or_insert_with(|| Maker::new(items[item].frames, tag)) {
                    Maker::Template(template) => Made::Template(template, member, self.mark),
                    Maker::Builder(frames, builder) => {
                        let built = match self.mark {
                            None => builder.build(frames, member).map(|()| true),
                            Some(mark) => mark.on(number, |tag| builder.build_tagged(frames, member, tag)),
                        };
                        if !built.map_err(|cause| Fault::Build { number, item, cause })? {
                            return Err(Fault::NoRoom { number });
                        }
                        Made::Bytes(builder.view().bytes)
                    }
                }
            }
        };
        Ok((made, &mut self.rewriter))
    }

    /// The entry that the frame gone to is of.
    pub fn item(&self) -> Option<usize> {
        match &self.frames {
            From::Sets { turn, .. } => turn.map(|turn| turn.item),
            From::Capture(_) => None,
        }
    }

    /// What was noticed in a capture, or in the delays of entries.
    pub fn noticed(&self) -> Noticed {
        match &self.frames {
            From::Sets { .. } => Noticed { back: self.back, ..Noticed::default() },
            From::Capture(replay) => replay.noticed(),
        }
    }

    /// Of each rewrite, how many frames had not what it sets.
    pub fn missed(&self) -> &[u64] {
        self.rewriter.missed()
    }
}
