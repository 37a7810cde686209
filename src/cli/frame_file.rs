//! A frame file read piece by piece, so that its length costs no memory. A regular file is read twice: first all its
//! mistakes are told, then its frames are given. Of a pipe only the piece that is next can be known, and a mistake in it
//! is told when the frames before it have been given.

use super::Failure;
use super::source::{Entry, Mistakes, Source, no_frame};
use crate::frame::Surroundings;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::path::Path;

/// A piece ends with the line that makes it so long.
const LINES: usize = 1024;
const BYTES: usize = 1 << 20;
/// A line may have so many bytes; what never ends has to be given up.
const MOST: usize = 64 << 20;

/// The pieces of a frame file, each of one entry or more.
pub(super) struct Pieces {
    text: Text,
    surroundings: Surroundings,
    pad: bool,
    /// What was read to look at it.
    first: Option<Vec<Entry>>,
}

/// Where the text comes from.
struct Text {
    name: String,
    from: BufReader<File>,
    /// How many bytes were taken.
    taken: u64,
    /// The line that is next, from 1.
    line: usize,
}

impl Pieces {
    /// Opens a file, `-` for standard input. The mistakes of its first piece are told here; of a regular file all are.
    pub fn open(path: &Path, source: &Source, surroundings: Surroundings) -> Result<Self, Failure> {
        let mut text = Text::open(path)?;
        let surroundings = Surroundings { seed: source.seed, ..surroundings };
        let begin = text.begin();
        let mut mistakes = Mistakes::default();
        let mut first = None;
        while let Some((line, piece)) = text.next()? {
            let entries = mistakes.entries(&text.name, &piece, line, surroundings);
            if first.is_none() && !entries.is_empty() {
                first = Some((entries, text.taken, text.line));
            }
            if mistakes.full || begin.is_none() && first.is_some() {
                break;
            }
        }
        mistakes.none()?;
        let Some((entries, taken, line)) = first else { return Err(no_frame(&text.name)) };
        if let Some(begin) = begin {
            text.go_to(begin, taken, line)?;
        }
        Ok(Self { text, surroundings, pad: source.pad, first: Some(entries) })
    }

    /// The next piece, or none behind the last one.
    pub fn next(&mut self) -> Result<Option<Vec<Entry>>, Failure> {
        let mut entries = self.first.take().unwrap_or_default();
        while entries.is_empty() {
            let Some((line, piece)) = self.text.next()? else { return Ok(None) };
            let mut mistakes = Mistakes::default();
            entries = mistakes.entries(&self.text.name, &piece, line, self.surroundings);
            mistakes.none()?;
        }
        if self.pad {
            for entry in &mut entries {
                entry.frames.add_pad();
            }
        }
        Ok(Some(entries))
    }
}

impl Text {
    fn open(path: &Path) -> Result<Self, Failure> {
        let (name, file) = if path == Path::new("-") {
            ("standard input".to_owned(), io::stdin().as_fd().try_clone_to_owned().map(File::from))
        } else {
            (path.display().to_string(), File::open(path))
        };
        let file = file.map_err(|error| unreadable(&name, &error))?;
        Ok(Self { name, from: BufReader::with_capacity(64 << 10, file), taken: 0, line: 1 })
    }

    /// Where a regular file begins; it can be read again from there.
    fn begin(&mut self) -> Option<u64> {
        let is_file = self.from.get_ref().metadata().is_ok_and(|about| about.is_file());
        if is_file { self.from.stream_position().ok() } else { None }
    }

    /// Goes back to where so many bytes were taken.
    fn go_to(&mut self, begin: u64, taken: u64, line: usize) -> Result<(), Failure> {
        (self.taken, self.line) = (taken, line);
        self.from.seek(SeekFrom::Start(begin + taken)).map(|_| ()).map_err(|error| unreadable(&self.name, &error))
    }

    /// The next whole lines and the number of the first, or none at the end.
    fn next(&mut self) -> Result<Option<(usize, String)>, Failure> {
        let (first, mut bytes, mut lines) = (self.line, Vec::new(), 0);
        loop {
            let from = bytes.len();
            let mut rest = (&mut self.from).take((MOST - from) as u64);
            let count = rest.read_until(b'\n', &mut bytes).map_err(|error| unreadable(&self.name, &error))?;
            lines += 1;
            if bytes.len() >= MOST {
                let line = first + lines - 1;
                return Err(Failure::usage(format!("{}:{line} is longer than {} MiB", self.name, MOST >> 20))
                    .help("write one expression a line"));
            }
            let continued = bytes.ends_with(b"\\\n") || bytes.ends_with(b"\\\r\n");
            if count == 0 || !continued && (lines >= LINES || bytes.len() >= BYTES) {
                break;
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        self.taken += bytes.len() as u64;
        self.line += lines;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let line = first + error.as_bytes()[..good].split(|byte| *byte == b'\n').count() - 1;
            Failure::usage(format!("{}:{line} is no text: it is not UTF-8", self.name))
        })?;
        Ok(Some((first, text)))
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {name}: {error}"))
}
