//! Frames and patterns from the command line or a frame file.

use super::{Failure, Status};
use crate::expr::{Diagnostics, logical_lines, parse_line};
use crate::frame::{Frames, Pattern, Surroundings};
use crate::report::colour::Colour;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a command builds.
#[derive(Debug, clap::Args)]
pub struct Source {
    /// The frame: one argument in single quotes, or words that are joined by blanks
    #[arg(value_name = "FRAME")]
    pub frame: Vec<String>,
    /// Read frames from a frame file, one expression a line; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "frame")]
    pub file: Option<PathBuf>,
    /// What 'rand' depends on: the same seed gives the same frames
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Pad shorter frames with zeros to 60 bytes, before the FCS
    #[arg(long)]
    pub pad: bool,
}

/// One line of a frame file, or the expression of the command line.
#[derive(Debug)]
pub struct Entry {
    /// Nanoseconds since the frame before.
    pub delay: Option<i64>,
    /// The frames it denotes.
    pub frames: Frames,
    origin: Origin,
}

#[derive(Debug)]
struct Origin {
    text: String,
    line: Option<(String, usize)>,
}

impl Entry {
    /// A mistake that shows only while a frame is built.
    pub fn failure(&self, errors: &Diagnostics) -> Failure {
        self.origin.failure(errors)
    }

    /// Where it stands in a frame file: `frames.txt:7`; none on the command line.
    pub fn place(&self) -> Option<String> {
        self.origin.line.as_ref().map(|(name, line)| format!("{name}:{line}"))
    }
}

impl Origin {
    fn failure(&self, errors: &Diagnostics) -> Failure {
        let colour = Colour::Auto.on_stderr();
        let mut text = match &self.line {
            None => errors.render(&self.text, colour),
            Some((name, line)) => errors.render_at(&self.text, name, *line, colour),
        };
        text.push('\n');
        Failure::rendered(Status::Usage, text)
    }
}

impl Source {
    /// Every entry, typed. All mistakes of the first wrong line are told.
    pub fn entries(&self, surroundings: Surroundings) -> Result<Vec<Entry>, Failure> {
        let surroundings = Surroundings { seed: self.seed, ..surroundings };
        let mut entries = match &self.file {
            None if self.frame.is_empty() => {
                return Err(Failure::usage("no frame is given").help("write one in single quotes: 'eth / \"hello\"'"));
            }
            None => vec![entry(None, Origin { text: self.frame.join(" "), line: None }, surroundings)?],
            Some(path) => {
                let (name, text) = read_text(path)?;
                frame_text(&name, &text, surroundings)?
            }
        };
        if self.pad {
            for entry in &mut entries {
                entry.frames.add_pad();
            }
        }
        Ok(entries)
    }
}

/// The entries of an expression of the command line.
pub fn expression(text: &str) -> Result<Vec<Entry>, Failure> {
    let origin = Origin { text: text.to_owned(), line: None };
    Ok(vec![entry(None, origin, Surroundings::default())?])
}

/// The entries of a frame file with this name. All mistakes of the first wrong line are told.
pub fn frame_text(name: &str, text: &str, surroundings: Surroundings) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for (number, line) in logical_lines(text) {
        let origin = Origin { text: line.to_owned(), line: Some((name.to_owned(), number)) };
        match parse_line(line) {
            Err(errors) => return Err(origin.failure(&errors)),
            Ok(None) => {}
            Ok(Some(parsed)) => entries.push(entry(Some(&parsed), origin, surroundings)?),
        }
    }
    if entries.is_empty() {
        return Err(Failure::usage(format!("{name} holds no frame")).help("write one expression a line"));
    }
    Ok(entries)
}

fn entry(line: Option<&crate::expr::ast::Line>, origin: Origin, surroundings: Surroundings) -> Result<Entry, Failure> {
    let typed = match line {
        Some(line) => Frames::new(&line.frame, surroundings, &load),
        None => Frames::parse(&origin.text, surroundings, &load),
    };
    let frames = typed.map_err(|errors| origin.failure(&errors))?;
    Ok(Entry { delay: line.and_then(|l| l.delay), frames, origin })
}

/// A pattern from words of the command line.
pub fn pattern(words: &[String], surroundings: Surroundings) -> Result<Pattern, Failure> {
    let origin = Origin { text: words.join(" "), line: None };
    Pattern::parse(&origin.text, surroundings, &load).map_err(|errors| origin.failure(&errors))
}

/// Reads a file that an expression names.
pub fn load(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more than can be used, so that a longer file is noticed and an endless one ends.
    std::fs::File::open(path)?.take(crate::frame::MAX_FRAME as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A text file, or standard input for `-`, and its name for messages.
fn read_text(path: &Path) -> Result<(String, String), Failure> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let text = if path == Path::new("-") { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    text.map(|text| (name.clone(), text)).map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))
}
