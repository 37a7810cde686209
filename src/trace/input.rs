//! A source read through one buffer that records are borrowed from, with the byte offset always known.
//!
//! The buffer grows to the longest record and only as fast as bytes arrive: a length that the source does not have behind it
//! costs at most twice the bytes that it has.

use super::error::{Error, Place};
use std::io::{self, Read};
use std::ops::Range;

/// The longest record or block that is read, in bytes. A longer one is taken for damage.
pub const MAX_BLOCK: u64 = 256 << 20;

const FIRST_SIZE: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Input<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Byte offset in the source of `buffer[start]`.
    offset: u64,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), start: 0, end: 0, offset: 0 }
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Everything that was read and not consumed.
    pub(super) fn there(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads until `len` bytes are there or the source ends; gives how many are there.
    pub(super) fn fill(&mut self, len: usize) -> io::Result<usize> {
        if self.end - self.start >= len {
            return Ok(self.end - self.start);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end < len {
            if self.end == self.buffer.len() {
                let size = (2 * self.buffer.len()).max(FIRST_SIZE);
                self.buffer.resize(size, 0);
            }
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end)
    }

    /// The next `len` bytes, or the error that says what is missing.
    pub(super) fn want(&mut self, len: u64, place: Place) -> Result<&[u8], Error> {
        if len > MAX_BLOCK {
            return Err(Error::TooLong { place, offset: self.offset, claimed: len, limit: MAX_BLOCK });
        }
        let there = self.fill(len as usize)?;
        let offset = self.offset;
        self.there().get(..len as usize).ok_or(Error::Cut { place, offset, promised: len, there: there as u64 })
    }

    /// Passes over `len` bytes that are there, and gives where they stand until the next `fill`.
    pub(super) fn consume(&mut self, len: usize) -> Range<usize> {
        let from = self.start;
        self.start = self.end.min(from + len);
        self.offset += (self.start - from) as u64;
        from..self.start
    }

    /// The bytes of a range that `consume` gave.
    pub(super) fn at(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }
}
