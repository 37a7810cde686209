//! A capture to be sent: read while it goes out, in memory that does not grow with it.

use crate::frame::{Fcs, fcs};
use crate::trace::{self, LinkType, Reader, Time};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What can be read twice is read anew for each pass and each thread; a pipe only once, unless it is held.
#[derive(Debug)]
pub struct Recording {
    name: String,
    origin: Origin,
}

enum Origin {
    File(Arc<File>),
    Held(Arc<[u8]>),
    Stream(Mutex<Option<File>>),
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::File(_) => "file",
            Self::Held(_) => "held",
            Self::Stream(_) => "stream",
        })
    }
}

/// The most that is held of what can be read only once.
pub const MOST_HELD: u64 = 1 << 30;

impl Recording {
    /// Opens a capture; `-` is standard input. Nothing of it is read yet.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (name, file) = if path == Path::new("-") {
            ("standard input".to_owned(), File::from(io::stdin().as_fd().try_clone_to_owned()?))
        } else {
            (path.display().to_string(), File::open(path)?)
        };
        let kind = file.metadata()?;
        if kind.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let origin = if kind.is_file() { Origin::File(Arc::new(file)) } else { Origin::Stream(Mutex::new(Some(file))) };
        Ok(Self { name, origin })
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// It can be read more than once.
    pub fn repeats(&self) -> bool {
        !matches!(self.origin, Origin::Stream(_))
    }

    /// Reads what can be read only once into memory, and gives its length in bytes; none where it can be read again.
    ///
    /// # Errors
    /// `FileTooLarge` beyond [`MOST_HELD`].
    pub fn hold(&mut self) -> io::Result<Option<u64>> {
        let Origin::Stream(stream) = &self.origin else { return Ok(None) };
        let mut held = Vec::new();
        if let Some(stream) = stream.lock().unwrap_or_else(PoisonError::into_inner).take() {
            stream.take(MOST_HELD + 1).read_to_end(&mut held)?;
        }
        let length = held.len() as u64;
        if length > MOST_HELD {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.origin = Origin::Held(held.into());
        Ok(Some(length))
    }

    fn source(&self) -> Source {
        match &self.origin {
            Origin::File(file) => Source::File { file: Arc::clone(file), at: 0 },
            Origin::Held(bytes) => Source::Held { bytes: Arc::clone(bytes), at: 0 },
            Origin::Stream(stream) => Source::Stream(stream.lock().unwrap_or_else(PoisonError::into_inner).take()),
        }
    }
}

/// One reading of a recording, from its beginning.
#[derive(Debug)]
enum Source {
    File { file: Arc<File>, at: u64 },
    Held { bytes: Arc<[u8]>, at: usize },
    Stream(Option<File>),
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, at } => {
                let read = file.read_at(out, *at)?;
                *at += read as u64;
                Ok(read)
            }
            Self::Held { bytes, at } => {
                let read = bytes.get(*at..).unwrap_or_default().read(out)?;
                *at += read;
                Ok(read)
            }
            Self::Stream(Some(file)) => file.read(out),
            Self::Stream(None) => Ok(0),
        }
    }
}

/// Why a capture cannot be sent, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// It cannot be read.
    #[error(transparent)]
    Trace(#[from] trace::Error),
    /// A record that is no Ethernet frame.
    #[error("record {number} is no Ethernet frame: {link_type}")]
    LinkType {
        /// The record's number, from 1.
        number: u64,
        /// What it begins with.
        link_type: LinkType,
    },
    /// It has no record.
    #[error("it holds no frame")]
    Empty,
}

/// What was noticed in the frames that were sent of a capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Records whose time lies before that of the record before.
    pub back: u64,
    /// Records that were cut when they were captured.
    pub cut: u64,
    /// Records whose FCS was left away.
    pub stripped: u64,
}

/// A recording's frames, one after the other, pass after pass.
#[derive(Debug)]
pub struct Replay<'a> {
    recording: &'a Recording,
    /// The frames are to end with an FCS.
    with_fcs: bool,
    /// How many passes; none: without end.
    passes: Option<u64>,
    reader: Option<Reader<Source>>,
    /// The next record, over all passes; it is also the number behind the last one given.
    next: u64,
    pass: u64,
    before: Option<Time>,
    /// Nanoseconds from the first record to this one, over all passes.
    listed: u64,
    /// How many bytes of the record are sent, and whether they end with its FCS.
    kept: usize,
    has_fcs: bool,
    noticed: Noticed,
}

impl<'a> Replay<'a> {
    /// From the first frame on. `with_fcs`: frames keep the FCS that the capture has, and get the right one where it has none;
    /// without it an FCS that the capture has is left away.
    pub fn new(recording: &'a Recording, with_fcs: bool, passes: Option<u64>) -> Self {
        Self {
            recording,
            with_fcs,
            passes,
            reader: None,
            next: 0,
            pass: 0,
            before: None,
            listed: 0,
            kept: 0,
            has_fcs: false,
            noticed: Noticed::default(),
        }
    }

    /// Goes on to frame `number`, counted over all passes and never back, and gives its time: nanoseconds from the first
    /// one, where steps back count as none and a pass begins with the end of the one before. None behind the last one.
    pub fn go_to(&mut self, number: u64) -> Result<Option<u64>, CaptureError> {
        while self.next <= number {
            if self.reader.is_none() {
                if self.passes.is_some_and(|passes| self.pass >= passes) {
                    return Ok(None);
                }
                self.reader = Some(Reader::open(self.recording.source())?);
                self.before = None;
            }
            let Some(reader) = &mut self.reader else { return Ok(None) };
            let at = reader.number() + 1;
            let Some((record, interface)) = reader.next_and_interface()? else {
                if at == 1 {
                    return Err(CaptureError::Empty);
                }
                self.reader = None;
                self.pass += 1;
                if !self.recording.repeats() {
                    return Ok(None);
                }
                continue;
            };
            let mine = self.next == number;
            self.next += 1;
            let step = record.time.zip(self.before).map_or(0, |(now, before)| now.0.saturating_sub(before.0));
            self.before = record.time.or(self.before);
            self.listed = self.listed.saturating_add(u64::try_from(step).unwrap_or(0));
            if mine {
                if record.link_type != LinkType::ETHERNET {
                    return Err(CaptureError::LinkType { number: at, link_type: record.link_type });
                }
                let told = record.flags.fcs_len().or_else(|| interface.and_then(|i| i.fcs_len)).unwrap_or(0);
                self.noticed.back += u64::from(step < 0);
                let (length, missing) = (record.data.len(), record.missing() as usize);
                self.keep(length, missing, usize::from(told));
            }
        }
        Ok(Some(self.listed))
    }

    fn keep(&mut self, length: usize, missing: usize, fcs: usize) {
        self.noticed.cut += u64::from(missing > 0);
        self.has_fcs = fcs == fcs::LENGTH && missing == 0 && length >= fcs && self.with_fcs;
        // What of the FCS was not cut away.
        let there = fcs.saturating_sub(missing).min(length);
        self.kept = if self.has_fcs { length } else { length - there };
        self.noticed.stripped += u64::from(there > 0 && !self.has_fcs);
    }

    /// The frame's length in bytes.
    pub fn length(&self) -> usize {
        self.kept + if self.with_fcs && !self.has_fcs { fcs::LENGTH } else { 0 }
    }

    /// Writes the frame into a slot of its length, after `change` had its way with all but an FCS that is added here.
    pub fn write(&self, slot: &mut [u8], change: impl FnOnce(&mut [u8], Fcs)) {
        let data = self.reader.as_ref().and_then(|reader| reader.data().get(..self.kept)).unwrap_or_default();
        let Some((frame, end)) = slot.split_at_mut_checked(data.len()) else { return };
        frame.copy_from_slice(data);
        change(frame, if self.has_fcs { Fcs::Always } else { Fcs::IfRight });
        if let Ok(end) = <&mut [u8; fcs::LENGTH]>::try_from(end) {
            *end = fcs::fcs(frame);
        }
    }

    /// What was noticed so far.
    pub fn noticed(&self) -> Noticed {
        self.noticed
    }
}
