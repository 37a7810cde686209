//! Frames and patterns from the command line or a frame file.

use super::{Failure, Status};
use crate::expr::ast::Line;
use crate::expr::{Diagnostics, MAX_MISTAKES, Parsed, logical_lines, read_line};
use crate::frame::{Edit, Frames, Pattern, Rule, Surroundings};
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
#[derive(Clone, Debug)]
pub struct Entry {
    /// Nanoseconds since the frame before.
    pub delay: Option<i64>,
    /// The frames it denotes.
    pub frames: Frames,
    origin: Origin,
}

#[derive(Clone, Debug)]
struct Origin {
    text: String,
    line: Option<(String, usize)>,
}

impl Entry {
    /// A mistake that shows only while a frame is built.
    pub fn failure(&self, errors: &Diagnostics) -> Failure {
        self.origin.failure(errors)
    }

    /// A message with that place in front.
    pub fn told(&self, message: impl std::fmt::Display) -> String {
        match self.place() {
            Some(place) => format!("{}: {message}", place.escape_debug()),
            None => message.to_string(),
        }
    }

    /// Where it stands in a frame file: `frames.txt:7`; none on the command line.
    pub fn place(&self) -> Option<String> {
        self.origin.line.as_ref().map(|(name, line)| format!("{name}:{line}"))
    }
}

impl Origin {
    /// The mistakes with their places, as people read them.
    fn render(&self, errors: &Diagnostics) -> String {
        let colour = Colour::Auto.on_stderr();
        let mut text = match &self.line {
            None => errors.render(&self.text, colour),
            Some((name, line)) => errors.render_at(&self.text, name, *line, colour),
        };
        text.push('\n');
        text
    }

    fn failure(&self, errors: &Diagnostics) -> Failure {
        Failure::rendered(Status::Usage, self.render(errors))
    }
}

impl Source {
    /// Every entry, typed. All mistakes of all lines are told.
    pub fn entries(&self, surroundings: Surroundings) -> Result<Vec<Entry>, Failure> {
        let surroundings = Surroundings { seed: self.seed, ..surroundings };
        let mut entries = match &self.file {
            None if self.frame.is_empty() => {
                return Err(Failure::usage("no frame is given").help("write one in single quotes: 'eth / \"hello\"'"));
            }
            None => vec![single(self.frame.join(" "), surroundings)?],
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
    Ok(vec![single(text.to_owned(), Surroundings::default())?])
}

/// These frames as they are behind devices that change them so, one after the other.
pub fn edited(entries: &[Entry], edits: &[String]) -> Result<Vec<Frames>, Failure> {
    let mut frames: Vec<Frames> = entries.iter().map(|entry| entry.frames.clone()).collect();
    for text in edits {
        let origin = Origin { text: text.clone(), line: None };
        let failure = |errors| origin.failure(&errors);
        let edit = Edit::parse(text, Surroundings::default(), &load).map_err(failure)?;
        for frames in &mut frames {
            *frames = frames.edited(&edit).map_err(failure)?;
        }
    }
    Ok(frames)
}

fn single(text: String, surroundings: Surroundings) -> Result<Entry, Failure> {
    let frames = Frames::parse(&text, surroundings, &load);
    let origin = Origin { text, line: None };
    match frames {
        Ok(frames) => Ok(Entry { delay: None, frames, origin }),
        Err(errors) => Err(origin.failure(&errors)),
    }
}

/// The entries of a frame file with this name. The mistakes of all lines are told, up to [`MAX_MISTAKES`].
pub fn frame_text(name: &str, text: &str, surroundings: Surroundings) -> Result<Vec<Entry>, Failure> {
    let mut mistakes = Mistakes::default();
    let entries = mistakes.entries(name, text, 1, surroundings);
    mistakes.none()?;
    if entries.is_empty() { Err(no_frame(name)) } else { Ok(entries) }
}

/// A frame file has nothing in it.
pub(super) fn no_frame(name: &str) -> Failure {
    Failure::usage(format!("{name} holds no frame")).help("write one expression a line")
}

/// The mistakes in a frame file, up to [`MAX_MISTAKES`].
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    told: Vec<String>,
    count: usize,
    /// There are more.
    pub full: bool,
}

impl Mistakes {
    /// The entries of a part of a frame file that begins with this line, and of the lines with mistakes these.
    pub fn entries(&mut self, name: &str, text: &str, first: usize, surroundings: Surroundings) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (number, line) in logical_lines(text) {
            let number = first - 1 + number;
            let Parsed { tree, mistakes } = read_line(line);
            let Some(Line { delay, frame }) = tree else { continue };
            let origin = Origin { text: line.to_owned(), line: Some((name.to_owned(), number)) };
            match Frames::of_parsed(&frame, mistakes, surroundings, &load) {
                Ok(frames) => entries.push(Entry { delay, frames, origin }),
                Err(_) if self.count == MAX_MISTAKES => {
                    self.full = true;
                    self.told.push(format!(
                        "error: more than {MAX_MISTAKES} mistakes; from line {number} on they are not told\n"
                    ));
                    break;
                }
                Err(mut errors) => {
                    errors.0.truncate(MAX_MISTAKES - self.count);
                    self.count += errors.0.len();
                    self.told.push(origin.render(&errors));
                }
            }
        }
        entries
    }

    /// Fails with all of them, if there are any.
    pub fn none(&mut self) -> Result<(), Failure> {
        if self.told.is_empty() {
            return Ok(());
        }
        Err(Failure::rendered(Status::Usage, std::mem::take(&mut self.told).join("\n")))
    }
}

/// A pattern from words of the command line.
pub fn pattern(words: &[String], surroundings: Surroundings) -> Result<Pattern, Failure> {
    let origin = Origin { text: words.join(" "), line: None };
    Pattern::parse(&origin.text, surroundings, &load).map_err(|errors| origin.failure(&errors))
}

/// A rule of the command line.
pub fn rule(text: &str, surroundings: Surroundings) -> Result<Rule, Failure> {
    let origin = Origin { text: text.to_owned(), line: None };
    Rule::parse(text, surroundings, &load).map_err(|errors| origin.failure(&errors))
}

/// The rules of a file, one a line, each with its place. All mistakes of the first wrong line are told.
pub fn rules(path: &Path, surroundings: Surroundings) -> Result<Vec<(String, Rule)>, Failure> {
    let (name, text) = read_text(path)?;
    let mut rules = Vec::new();
    for (number, line) in logical_lines(&text) {
        if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let origin = Origin { text: line.to_owned(), line: Some((name.clone(), number)) };
        let rule = Rule::parse(line, surroundings, &load).map_err(|errors| origin.failure(&errors))?;
        rules.push((format!("{name}:{number}"), rule));
    }
    if rules.is_empty() {
        return Err(Failure::usage(format!("{name} holds no rule")).help("write one a line: PATTERN then FRAME"));
    }
    Ok(rules)
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
