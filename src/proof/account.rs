//! The account of what is received: each frame is one of the run, once or again, as expected or damaged, or it is foreign.

use super::bitmap::Bitmap;
use super::content::Window;
use super::damaged::{Suspects, identify};
use super::expected::{Expected, same};
use super::flow::Flow;
use super::jitter::Jitter;
use super::order::Order;
use super::tag::Tag;
use super::timeline::Timeline;
use crate::traffic::Histogram;

/// So many damaged and foreign frames are kept to be shown.
const SHOWN: usize = 5;

/// A frame that arrived damaged.
#[derive(Clone, Debug)]
pub struct Damaged {
    /// Its number in the run.
    pub number: u64,
    /// As it was to arrive.
    pub expected: Vec<u8>,
    /// As it arrived.
    pub received: Vec<u8>,
}

/// What arrived. Every frame received is counted once: `good + corrupted + duplicated + foreign` is `received`.
pub struct Account<'a> {
    flow: &'a Flow,
    expected: Expected<'a>,
    window: Window,
    suspects: Suspects,
    tag_place: usize,
    /// One more than the highest number that arrived.
    next: u64,
    /// What was found.
    pub found: Found,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Frames received, of whatever kind.
    pub received: u64,
    /// Frames that arrived for the first time, as expected.
    pub good: u64,
    /// Frames that arrived for the first time, but not as expected.
    pub corrupted: u64,
    /// Frames that arrived again.
    pub duplicated: u64,
    /// Those of them that were damaged.
    pub damaged_duplicates: u64,
    /// Frames that are none of the run.
    pub foreign: u64,
    /// Frames that a device filled up to 60 bytes.
    pub padded: u64,
    /// Which frames arrived, damaged or not.
    pub arrived: Bitmap,
    /// Which arrived more than once.
    pub twice: Bitmap,
    /// Which were damaged when they arrived first.
    pub damaged: Bitmap,
    /// Which were late.
    pub late: Bitmap,
    /// The order of those that arrived as expected.
    pub order: Order,
    /// Their latencies, nanoseconds.
    pub latency: Histogram,
    /// The same over the time of the run.
    pub timeline: Timeline,
    /// Their jitter.
    pub jitter: Jitter,
    /// Latencies below zero: the clock was set meanwhile. They are in no other number.
    pub backwards: u64,
    /// Latencies that are not known, since the frame was too long on its way.
    pub unknown: u64,
    /// Frames of the set that are like others near them, as far as that was looked at.
    pub alike: u64,
    /// The first damaged ones.
    pub samples: Vec<Damaged>,
    /// The first foreign ones.
    pub strangers: Vec<Vec<u8>>,
}

impl<'a> Account<'a> {
    /// Nothing arrived yet; `start` is the time now, nanoseconds since 1970.
    pub fn new(flow: &'a Flow, expected: Expected<'a>, start: u64) -> Self {
        let found = Found {
            received: 0,
            good: 0,
            corrupted: 0,
            duplicated: 0,
            damaged_duplicates: 0,
            foreign: 0,
            padded: 0,
            arrived: Bitmap::default(),
            twice: Bitmap::default(),
            damaged: Bitmap::default(),
            late: Bitmap::default(),
            order: Order::default(),
            latency: Histogram::default(),
            timeline: Timeline::new(start),
            jitter: Jitter::default(),
            backwards: 0,
            unknown: 0,
            alike: 0,
            samples: Vec::new(),
            strangers: Vec::new(),
        };
        let tag_place = expected.tag_place();
        let (window, suspects) = (Window::default(), Suspects::default());
        Self { flow, expected, window, suspects, tag_place, next: 0, found }
    }

    /// A frame arrives; `time` is the kernel's, nanoseconds since 1970.
    pub fn take(&mut self, frame: &[u8], time: u64) {
        self.found.received += 1;
        if self.flow.tagged() {
            self.by_tag(frame, time);
        } else {
            self.by_content(frame, time);
        }
        self.settle(false);
    }

    /// Nothing more arrives.
    pub fn finish(mut self) -> Found {
        self.settle(true);
        self.found.alike = self.window.alike();
        self.found
    }

    fn by_tag(&mut self, frame: &[u8], time: u64) {
        match Tag::find(frame, self.tag_place) {
            None => self.suspects.push(frame, time, self.next),
            Some(tag) if tag.stream == self.flow.stream() && u64::from(tag.sequence) < self.flow.made() => {
                let number = tag.sequence.into();
                let intact = same(frame, self.expected.make(number, &tag.bytes()));
                self.note(number, intact, Some(tag.sent(time)), frame, time);
            }
            // Another run's.
            Some(_) => self.stranger(frame),
        }
    }

    fn by_content(&mut self, frame: &[u8], time: u64) {
        let made = self.flow.made();
        let next = self.next;
        let in_order = next < made && same(frame, self.expected.make(next, &[]));
        let number = if in_order {
            self.window.know(next, &mut self.expected);
            Some(next)
        } else {
            self.window.find(frame, (next, made), &self.found.arrived, &mut self.expected)
        };
        match number {
            Some(number) => self.note(number, true, self.flow.time(number), frame, time),
            None => self.suspects.push(frame, time, next),
        }
    }

    /// Tells of the suspects whose time has come what they were.
    fn settle(&mut self, end: bool) {
        while let Some(suspect) = self.suspects.due(self.next, end) {
            match identify(&suspect, self.flow, &self.found.arrived, &mut self.expected) {
                Some(number) => self.note(number, false, None, &suspect.bytes, suspect.time),
                None => self.stranger(&suspect.bytes),
            }
        }
    }

    fn note(&mut self, number: u64, intact: bool, sent: Option<u64>, frame: &[u8], time: u64) {
        let found = &mut self.found;
        if intact && number >= self.next {
            self.suspects.follow(number);
        }
        self.next = self.next.max(number + 1);
        if !found.arrived.insert(number) {
            found.duplicated += 1;
            found.damaged_duplicates += u64::from(!intact);
            found.twice.insert(number);
            return;
        }
        if !intact {
            found.corrupted += 1;
            found.damaged.insert(number);
            if found.samples.len() < SHOWN {
                // The tag as it was sent, as far as that is known.
                let tag = Tag::find(frame, self.tag_place).map(|tag| tag.bytes());
                let tag = tag.filter(|_| self.flow.tagged()).or_else(|| self.flow.tag(number));
                let expected = self.expected.make(number, tag.as_ref().map_or(&[], |tag| &tag[..])).to_vec();
                found.samples.push(Damaged { number, expected, received: frame.to_vec() });
            }
            return;
        }
        found.good += 1;
        found.padded += u64::from(frame.len() == super::expected::SHORTEST && self.expected.length() < frame.len());
        if found.order.arrive(number).is_some() {
            found.late.insert(number);
        }
        let Some(sent) = sent else {
            found.unknown += 1;
            return;
        };
        match time.checked_sub(sent) {
            None => found.backwards += 1,
            Some(latency) => {
                found.latency.record(latency);
                found.jitter.record(latency.cast_signed());
                found.timeline.latency(sent, latency);
            }
        }
    }

    fn stranger(&mut self, frame: &[u8]) {
        self.found.foreign += 1;
        if self.found.strangers.len() < SHOWN {
            self.found.strangers.push(frame.to_vec());
        }
    }

    /// How many different frames arrived, and how many are not told yet.
    pub fn arrived(&self) -> u64 {
        self.found.arrived.count()
    }
}
