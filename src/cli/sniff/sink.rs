//! Where frames go: the pattern, the screen, the file, the count, and whether what was expected came.

use super::args::{Args, Expect};
use super::files;
use crate::cli::input::{about, begin, fcs_of};
use crate::cli::{Failure, Outcome, Status};
use crate::frame::{Fcs, Matcher, Node, Pattern, View, dissect};
use crate::link::rx::{self, Checksum, Frames, Received};
use crate::report::frame::{About, Printer};
use crate::report::line::Told;
use crate::trace::{self, Direction, Files, Flags, Record, Time};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

/// Which frames are wanted. Every thread has one of its own.
pub(super) struct Selector {
    pattern: Option<Pattern>,
    matcher: Option<Matcher>,
    fcs: Fcs,
    chosen: Vec<bool>,
}

impl Clone for Selector {
    /// For another thread: with the same pattern, and nothing chosen.
    fn clone(&self) -> Self {
        let matcher = self.pattern.clone().map(Matcher::new);
        Self { pattern: self.pattern.clone(), matcher, fcs: self.fcs, chosen: Vec::new() }
    }
}

impl Selector {
    /// Of frames of a pattern, or of all.
    pub fn new(args: &Args, pattern: Option<&Pattern>) -> Self {
        let matcher = pattern.cloned().map(Matcher::new);
        Self { pattern: pattern.cloned(), matcher, fcs: args.fcs.into(), chosen: Vec::new() }
    }

    /// Whether a frame is wanted.
    pub fn wants(&mut self, record: &Record, interface: Option<&trace::Interface>, told: Told) -> bool {
        let Some(matcher) = &mut self.matcher else { return true };
        let (begin, fcs) = (begin(record.link_type, record.data), fcs_of(self.fcs, record, interface));
        matcher.matches(record.data, begin, fcs, told.not_computed)
    }

    /// Every frame is wanted.
    pub fn wants_all(&self) -> bool {
        self.matcher.is_none()
    }

    /// Decides about each of these frames.
    pub fn choose(&mut self, frames: &Frames) {
        if self.wants_all() {
            return;
        }
        let mut chosen = std::mem::take(&mut self.chosen);
        chosen.clear();
        chosen.extend(frames.iter().map(|frame| {
            let (record, told) = record_of(&frame);
            self.wants(&record, None, told)
        }));
        self.chosen = chosen;
    }

    /// What was decided about the frame with this number, counted from 0.
    pub fn chose(&self, at: usize) -> bool {
        self.wants_all() || self.chosen.get(at).is_some_and(|chosen| *chosen)
    }
}

/// A frame from the wire as a record, and what the kernel told of it.
pub(super) fn record_of<'a>(frame: &Received<'a>) -> (Record<'a>, Told) {
    let direction = if frame.is_outgoing() { Direction::Out } else { Direction::In };
    let record = Record {
        original_len: frame.original_len,
        flags: Flags::default().with_direction(Some(direction)),
        ..Record::new(Some(Time(frame.time.cast_signed())), frame.data)
    };
    (record, Told { not_computed: frame.checksum == Checksum::NotReady })
}

/// Where frames go: the screen, the file, the count.
pub(super) struct Sink {
    /// There is a pattern, so that not every frame is one of it.
    patterned: bool,
    printer: Option<Printer>,
    file: Option<Files>,
    out: BufWriter<io::Stdout>,
    nodes: Vec<Node>,
    fcs: Fcs,
    /// The interface that is captured on, for the files and the printer.
    interface: trace::Interface,
    /// The number in the written file of each interface of the file that is read.
    numbers: Vec<Option<u32>>,
    /// The kernel leaves out frames that cannot be of the pattern: nobody counts those.
    pub filtered: bool,
    /// Frames looked at.
    pub seen: u64,
    /// Frames of the pattern.
    pub matched: u64,
    /// How many are wanted.
    most: Option<u64>,
    pub done: bool,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// The longest frame that the interface's MTU allows, with a tag and an FCS.
    pub longest: Option<u32>,
    /// Frames that were longer.
    oversize: u64,
    /// Files written, once they are closed.
    files: u64,
}

impl Sink {
    /// `name` is the interface's; a capture that is read brings its own.
    pub fn new(args: &Args, patterned: bool, name: Option<&str>) -> Result<Self, Failure> {
        let snaplen = args.snaplen.unwrap_or(0);
        let interface = trace::Interface { snaplen, name: name.map(str::to_owned), ..trace::Interface::default() };
        let own = if name.is_some() { std::slice::from_ref(&interface) } else { &[] };
        let file = args.write.as_ref().map(|path| files::open(args, path, own)).transpose()?;
        let most = match (args.count, args.expect) {
            (_, Some(Expect::None)) => Some(1),
            (count, Some(Expect::Frames(frames))) => Some(count.map_or(frames, |count| count.min(frames))),
            (count, None) => count,
        };
        Ok(Self {
            patterned,
            printer: args.printer(),
            file,
            out: BufWriter::with_capacity(64 << 10, io::stdout()),
            nodes: Vec::new(),
            fcs: args.fcs.into(),
            interface,
            numbers: Vec::new(),
            filtered: false,
            seen: 0,
            matched: 0,
            most,
            done: most == Some(0),
            bytes: 0,
            longest: None,
            oversize: 0,
            files: 0,
        })
    }

    /// A frame from the wire that is wanted.
    #[inline]
    pub fn received(&mut self, record: &Record, told: Told) -> Result<(), Failure> {
        self.take(record)?;
        if self.printer.is_none() {
            return Ok(());
        }
        let interface = std::mem::take(&mut self.interface);
        let result = self.print(record, Some(&interface), told);
        self.interface = interface;
        result
    }

    /// A frame from a file that is wanted. Its interface goes into the written file before the first of its frames.
    pub fn record(&mut self, record: &Record, interface: Option<&trace::Interface>) -> Result<(), Failure> {
        let numbers = &mut self.numbers;
        let number = record.interface as usize;
        if let (Some(file), true) = (&mut self.file, number >= numbers.len() || numbers[number].is_none()) {
            let added = file.add_interface(interface.unwrap_or(&trace::Interface::default()))?;
            numbers.resize(numbers.len().max(number + 1), None);
            numbers[number] = Some(added);
        }
        let written = numbers.get(number).copied().flatten().unwrap_or(0);
        let record = &Record { interface: written, ..*record };
        self.take(record)?;
        self.print(record, interface, Told::default())
    }

    /// Counts a frame and writes it.
    #[inline]
    fn take(&mut self, record: &Record) -> Result<(), Failure> {
        self.matched += 1;
        self.bytes += u64::from(record.original_len);
        self.oversize += u64::from(self.longest.is_some_and(|longest| record.original_len > longest));
        self.done = self.most.is_some_and(|most| self.matched >= most);
        if let Some(file) = &mut self.file {
            file.write(record)?;
        }
        Ok(())
    }

    /// Shows a frame, if frames are shown.
    fn print(&mut self, record: &Record, interface: Option<&trace::Interface>, told: Told) -> Result<(), Failure> {
        if let Some(printer) = &mut self.printer {
            let (begin, fcs) = (begin(record.link_type, record.data), fcs_of(self.fcs, record, interface));
            dissect(record.data, begin, fcs, &mut self.nodes);
            let view = View { bytes: record.data, nodes: &self.nodes };
            let about = About { told, ..about(record, interface, self.matched) };
            self.out.write_all(printer.print(view, &about).as_bytes())?;
        }
        Ok(())
    }

    pub fn flush(&mut self) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok(self.out.flush()?)
    }

    /// Ends the output; the kernel's counts go into the file.
    pub fn close(&mut self, counted: Option<rx::Statistics>) -> Result<(), Failure> {
        self.flush()?;
        if let Some(mut file) = self.file.take() {
            if let Some(counted) = counted {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = Time(now.map_or(0, |now| now.as_nanos() as i64));
                // What the interface received, so the dropped ones too (draft-ietf-opsawg-pcapng 4.6).
                file.statistics(0, now, counted.received + counted.dropped, counted.dropped)?;
            }
            self.files = file.count();
            file.finish()?;
        }
        Ok(())
    }

    pub fn summary(&self, counted: Option<&rx::Statistics>) {
        let s = if self.matched == 1 { "" } else { "s" };
        let mut text = match self.patterned {
            false if self.seen > self.matched => {
                format!("{} frame{s} let through by the filter, {} seen", self.matched, self.seen)
            }
            false => format!("{} frame{s}", self.matched),
            true if self.filtered => {
                format!("{} frame{s} of the pattern, {} let through by the filter", self.matched, self.seen)
            }
            true => format!("{} frame{s} of the pattern, {} seen", self.matched, self.seen),
        };
        if self.files > 1 {
            let _ = write!(text, "; {} files written, one after the other", self.files);
        }
        if let Some(counted) = counted {
            let _ = write!(text, "; {} dropped by the kernel", counted.dropped);
            if counted.damaged > 0 {
                let _ = write!(text, "; {} records of the ring made no sense", counted.damaged);
            }
        }
        eprintln!("{text}");
        if self.oversize > 0 {
            eprintln!(
                "note: {} of them longer than the MTU allows: TCP segments that the kernel has not divided yet (TSO, GSO) or has \
                 put together (GRO); `ethcraft offload IFACE tso=off gso=off` at the sender and `gro=off` here keep them apart",
                self.oversize
            );
        }
    }

    /// Whether what was expected came.
    pub fn verdict(&self, args: &Args) -> Outcome {
        let within = args.within.map_or(String::new(), |time| format!(" within {time:?}"));
        let unmet = |text: String, help: &str| Err(Failure::new(Status::Unmet, text).help(help));
        match args.expect {
            None => Ok(Status::Done),
            Some(Expect::None) if self.matched == 0 => Ok(Status::Done),
            Some(Expect::None) => unmet("expected no such frame, but one came".into(), "-v shows it"),
            Some(Expect::Frames(wanted)) if self.matched >= wanted => Ok(Status::Done),
            Some(Expect::Frames(wanted)) => unmet(
                format!("expected {wanted} frame{}{within}, {} came", if wanted == 1 { "" } else { "s" }, self.matched),
                if self.seen > self.matched {
                    "other frames came: without the pattern they are shown"
                } else if self.filtered {
                    "without the pattern other frames are shown, if any came; 'ethcraft ifaces' tells whether the link is up"
                } else {
                    "nothing else came: is the sender running, is the link up? 'ethcraft ifaces' tells"
                },
            ),
        }
    }
}
