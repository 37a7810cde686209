//! Frames waiting for a flush, one behind the other in one buffer, each with room for a header in front of it if wanted.

use std::ops::Range;

/// Committed frames, and perhaps a reserved one behind them.
#[derive(Debug)]
pub struct Queue {
    bytes: Vec<u8>,
    frames: Vec<Range<usize>>,
    reserved: Option<Range<usize>>,
    most: usize,
    /// Bytes in front of each frame.
    header: usize,
}

impl Queue {
    /// A queue of at most `most` frames, each with `header` bytes in front of it.
    pub fn new(most: usize, header: usize) -> Self {
        Self { bytes: Vec::new(), frames: Vec::with_capacity(most), reserved: None, most, header }
    }

    /// Room for one more frame; none if the queue is full. Its bytes are what the buffer held before.
    pub fn reserve(&mut self, length: usize) -> Option<&mut [u8]> {
        if self.frames.len() >= self.most {
            return None;
        }
        let start = self.frames.last().map_or(0, |last| last.end);
        let range = start..start.checked_add(self.header)?.checked_add(length)?;
        if self.bytes.len() < range.end {
            self.bytes.resize(range.end, 0);
        }
        self.reserved = Some(range.clone());
        self.bytes.get_mut(range)?.get_mut(self.header..)
    }

    /// Writes the header of the reserved frame.
    pub fn head(&mut self, header: &[u8]) {
        let start = self.reserved.as_ref().map_or(0, |reserved| reserved.start);
        if let Some(place) = self.bytes.get_mut(start..start + self.header).filter(|place| place.len() == header.len())
        {
            place.copy_from_slice(header);
        }
    }

    /// The reserved frame is one of the queue now.
    pub fn commit(&mut self) {
        self.frames.extend(self.reserved.take());
    }

    /// The buffer that [`Self::frames`] points into.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes in front of each frame.
    pub fn header(&self) -> usize {
        self.header
    }

    /// Where each frame lies in the buffer, with its header.
    pub fn frames(&self) -> &[Range<usize>] {
        &self.frames
    }

    /// Empties the queue and keeps its memory.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.reserved = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_gives_no_room_until_it_is_cleared() {
        let mut queue = Queue::new(2, 0);
        for byte in [1u8, 2] {
            queue.reserve(3).unwrap().fill(byte);
            queue.commit();
        }
        assert!(queue.reserve(3).is_none());
        assert_eq!(queue.bytes(), [1, 1, 1, 2, 2, 2]);
        queue.clear();
        assert!(queue.reserve(3).is_some());
    }

    #[test]
    fn a_header_lies_in_front_of_each_frame() {
        let mut queue = Queue::new(2, 2);
        for byte in [1u8, 2] {
            queue.reserve(1).unwrap().fill(byte);
            queue.head(&[8, 9]);
            queue.commit();
        }
        assert_eq!(queue.bytes(), [8, 9, 1, 8, 9, 2]);
        assert_eq!(queue.frames(), [0..3, 3..6]);
    }

    #[test]
    fn a_reservation_that_is_not_committed_is_given_again() {
        let mut queue = Queue::new(2, 0);
        queue.reserve(5).unwrap().fill(9);
        queue.reserve(2).unwrap().fill(7);
        queue.commit();
        queue.commit();
        assert_eq!((queue.frames().len(), queue.frames()[0].clone()), (1, 0..2));
        assert_eq!(queue.bytes()[..2], [7, 7]);
    }
}
