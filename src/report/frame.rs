//! One frame in the form that was asked for, with what is known of it beside its bytes.

use super::colour::Colour;
use super::line::{Told, write_line};
use super::time::{LocalClock, rfc3339};
use super::{dump, json, safe, tree};
use crate::expr::write_delay;
use crate::frame::{View, expression};
use crate::trace::{Direction, LinkType, Time};
use std::fmt::Write;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Frame text that builds the same bytes, with the delay since the frame before.
    Text,
    /// One line, for reading.
    Line,
    /// One line and a hexdump below it.
    LineAndDump,
    /// Time, direction and the expression.
    Expression,
    /// The same and a hexdump below it.
    ExpressionAndDump,
    /// The expression and a hexdump below it, in the colours of the layers.
    Dump,
    /// One line, and below it every field of every layer with its place, bytes and meaning.
    Tree,
    /// A JSON object (`docs/json.md`).
    Json,
}

/// What is known of a frame beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// When it was seen.
    pub time: Option<Time>,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// Its length on the wire, bytes.
    pub original_len: u32,
    /// What its first byte belongs to.
    pub link_type: LinkType,
    /// Where it was seen.
    pub interface: Option<&'a str>,
    /// What the receiver said of the checksum inside.
    pub told: Told,
}

/// Prints frames, one after the other.
#[derive(Debug)]
pub struct Printer {
    form: Form,
    coloured: bool,
    clock: LocalClock,
    last: Option<Time>,
    first: bool,
    text: String,
}

impl Printer {
    /// A printer to standard output.
    pub fn new(form: Form, colour: Colour) -> Self {
        Self {
            form,
            coloured: colour.on_stdout(),
            clock: LocalClock::default(),
            last: None,
            first: true,
            text: String::new(),
        }
    }

    /// The text of a frame, whole lines, safe for a terminal.
    pub fn print(&mut self, view: View, about: &About) -> &str {
        self.text.clear();
        match self.form {
            Form::Text => self.frame_text(view, about),
            Form::Line => self.line(view, about),
            Form::LineAndDump => {
                self.line(view, about);
                self.text.push('\n');
                dump::bytes(view, self.coloured, &mut self.text);
            }
            Form::Expression | Form::ExpressionAndDump => {
                self.stamp(about);
                expression(view, &mut self.text);
                self.comment(about, view.bytes.len(), false);
                if self.form == Form::ExpressionAndDump {
                    self.text.push('\n');
                    dump::bytes(view, self.coloured, &mut self.text);
                }
            }
            Form::Dump => {
                self.text.push_str(if self.first { "" } else { "\n" });
                dump::write(view, self.coloured, &mut self.text);
            }
            Form::Tree => {
                self.text.push_str(if self.first { "" } else { "\n" });
                let _ = write!(self.text, "frame {}: ", about.number);
                self.line(view, about);
                self.text.push('\n');
                tree::write(view, self.coloured, &mut self.text);
            }
            Form::Json => self.json(view, about),
        }
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.first = false;
        self.last = about.time;
        &self.text
    }

    /// Time of day and direction.
    fn stamp(&mut self, about: &About) {
        if let Some(time) = about.time {
            self.clock.write_time_of_day(time, &mut self.text);
            self.text.push(' ');
        }
        match about.direction {
            Some(Direction::In) => self.text.push_str("In  "),
            Some(Direction::Out) => self.text.push_str("Out "),
            None => {}
        }
    }

    fn line(&mut self, view: View, about: &About) {
        self.stamp(about);
        write_line(view, about.told, &mut self.text);
        if about.original_len as usize > view.bytes.len() {
            let _ = write!(self.text, " (cut from {} bytes)", about.original_len);
        }
    }

    fn frame_text(&mut self, view: View, about: &About) {
        if let (true, Some(time)) = (self.first, about.time) {
            let _ = writeln!(self.text, "# starts {} (--start {})", rfc3339(time), time.seconds());
        }
        if let (Some(time), Some(last)) = (about.time, self.last) {
            write_delay(&mut self.text, time.0.saturating_sub(last.0));
            self.text.push(' ');
        }
        expression(view, &mut self.text);
        self.comment(about, view.bytes.len(), true);
    }

    /// What is known beside the bytes, as a comment.
    fn comment(&mut self, about: &About, captured: usize, direction: bool) {
        let mut notes = Vec::new();
        match about.direction.filter(|_| direction) {
            Some(Direction::In) => notes.push("in".to_owned()),
            Some(Direction::Out) => notes.push("out".to_owned()),
            None => {}
        }
        if about.told.not_computed {
            notes.push("checksum not computed".to_owned());
        }
        if about.original_len as usize > captured {
            notes.push(format!("cut from {} bytes", about.original_len));
        }
        if about.link_type != LinkType::ETHERNET {
            notes.push(about.link_type.to_string());
        }
        if !notes.is_empty() {
            let _ = write!(self.text, "  # {}", notes.join(", "));
        }
    }

    fn json(&mut self, view: View, about: &About) {
        let mut frame = String::new();
        expression(view, &mut frame);
        let mut object = serde_json::json!({ "frame": about.number });
        if let Some(time) = about.time {
            object["time"] = rfc3339(time).to_string().into();
        }
        if let Some(interface) = about.interface {
            object["interface"] = safe::text(interface).into();
        }
        if let Some(direction) = about.direction {
            object["direction"] = (if direction == Direction::In { "in" } else { "out" }).into();
        }
        object["length"] = about.original_len.into();
        object["captured"] = view.bytes.len().into();
        if let Some(state) = json::checksum_state(view, about.told) {
            object["checksum"] = state.into();
        }
        object["expression"] = frame.into();
        object["layers"] = json::layers(view);
        let _ = write!(self.text, "{object}");
    }
}
