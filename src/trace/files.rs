//! A capture in one file, or in one file after another: a new one begins where the last is full.
//!
//! Every file is whole: it has its own header, and the interfaces of all before it under the same numbers. What a file
//! is called and how it is made is left to the caller.

use super::error::WriteError;
use super::file::CaptureFile;
use super::record::{Interface, Record, Time};
use super::writer::{Format, Section};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// When a file is full. One without any limit never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that it may have; a single record may be longer.
    pub bytes: Option<u64>,
    /// Nanoseconds from its first record on that it takes records.
    pub time: Option<u64>,
    /// Records that it may have.
    pub records: Option<u64>,
}

impl Limits {
    /// There is one.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// Makes the file with a number, from 2 on.
pub type Make = dyn FnMut(u64) -> Result<(PathBuf, File), (PathBuf, io::Error)> + Send;

/// A capture being written to files.
pub struct Files {
    file: CaptureFile,
    format: Format,
    section: Section,
    interfaces: Vec<Interface>,
    limits: Limits,
    make: Box<Make>,
    /// The number of the file.
    number: u64,
    /// Records in it, those not flushed yet too.
    records: u64,
    begun: Option<Time>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("file", &self.file).field("number", &self.number).finish_non_exhaustive()
    }
}

/// The most that a record takes besides its bytes: header, padding and options of pcapng (4.3).
const AROUND: u64 = 64;

impl Files {
    /// Begins the capture in the first file, which is open already; `path` is for messages. `make` makes the others.
    pub fn begin(
        (path, file): (&Path, File),
        format: Format,
        section: Section,
        interfaces: &[Interface],
        limits: Limits,
        make: Box<Make>,
    ) -> Result<Self, WriteError> {
        let file = CaptureFile::begin(file, path, format, &section, interfaces)?;
        let interfaces = interfaces.to_vec();
        Ok(Self { file, format, section, interfaces, limits, make, number: 1, records: 0, begun: None })
    }

    /// Adds a record, to a new file where it has no room in this one.
    #[inline]
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        if self.limits.any() && self.is_full_for(record) {
            self.turn()?;
        }
        self.file.write(record)?;
        self.records += 1;
        self.begun = self.begun.or(record.time);
        Ok(())
    }

    /// Adds an interface, as [`super::Writer::add_interface`] does; later files have it from the beginning.
    pub fn add_interface(&mut self, interface: &Interface) -> Result<u32, WriteError> {
        self.interfaces.push(interface.clone());
        self.file.add_interface(interface)
    }

    /// Adds what an interface received and dropped to the last file.
    pub fn statistics(&mut self, interface: u32, time: Time, received: u64, dropped: u64) -> Result<(), WriteError> {
        self.file.statistics(interface, time, received, dropped)
    }

    /// Puts everything added so far into the file.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.file.flush()
    }

    /// Ends the last file.
    pub fn finish(self) -> Result<(), WriteError> {
        self.file.finish().map(drop)
    }

    /// How many files there were.
    pub fn count(&self) -> u64 {
        self.number
    }

    fn is_full_for(&self, record: &Record) -> bool {
        let Limits { bytes, time, records } = self.limits;
        let elapsed = || {
            let (begun, now) = (self.begun?, record.time?);
            // A clock that was set back has not used up the time.
            u64::try_from(now.0.saturating_sub(begun.0)).ok()
        };
        let size = || self.file.len_with_batch() + record.data.len() as u64 + AROUND;
        self.records > 0
            && (records.is_some_and(|most| self.records >= most)
                || bytes.is_some_and(|most| size() > most)
                || time.is_some_and(|most| elapsed().is_some_and(|elapsed| elapsed >= most)))
    }

    fn turn(&mut self) -> Result<(), WriteError> {
        // What is in it is safe before the next is begun, which may remove an older one.
        self.file.flush()?;
        let failed = |(path, source)| WriteError::File { path, source, records: 0, bytes: 0, cut: None };
        let (path, file) = (self.make)(self.number + 1).map_err(failed)?;
        self.file = CaptureFile::begin(file, &path, self.format, &self.section, &self.interfaces)?;
        self.number += 1;
        (self.records, self.begun) = (0, None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Reader;
    use std::sync::atomic::{AtomicU64, Ordering};

    static NEXT: AtomicU64 = AtomicU64::new(0);

    /// Writes frames whose one byte is their number, a second apart, and gives what is in each file.
    fn written(limits: Limits, format: Format, frames: u8, length: usize) -> Vec<Vec<u8>> {
        let name = format!("ethcraft-files-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        let path = |number: u64| directory.join(number.to_string());
        let first = (path(1), File::create(path(1)).unwrap());
        let theirs = directory.clone();
        let make: Box<Make> = Box::new(move |number| {
            let path = theirs.join(number.to_string());
            Ok((path.clone(), File::create(&path).unwrap()))
        });
        let interfaces = [Interface::default()];
        let mut files =
            Files::begin((&first.0, first.1), format, Section::default(), &interfaces, limits, make).unwrap();
        for number in 0..frames {
            let data = vec![number; length];
            files.write(&Record::new(Some(Time(i64::from(number) * 1_000_000_000)), &data)).unwrap();
        }
        let count = files.count();
        files.finish().unwrap();
        let found = (1..=count).map(|number| {
            let bytes = std::fs::read(path(number)).unwrap();
            assert!(limits.bytes.is_none_or(|most| bytes.len() as u64 <= most), "{} bytes", bytes.len());
            let mut reader = Reader::open(&bytes[..]).unwrap();
            let mut numbers = Vec::new();
            while let Some(record) = reader.next().unwrap() {
                numbers.push(record.data[0]);
            }
            numbers
        });
        let found = found.collect();
        std::fs::remove_dir_all(&directory).unwrap();
        found
    }

    const FORMATS: [Format; 2] = [Format::Pcapng, Format::Pcap(crate::trace::Resolution::Nano)];

    #[test]
    fn without_a_limit_there_is_one_file() {
        assert_eq!(written(Limits::default(), Format::Pcapng, 5, 60), [[0, 1, 2, 3, 4]]);
    }

    #[test]
    fn a_file_takes_so_many_records() {
        for format in FORMATS {
            let limits = Limits { records: Some(2), ..Limits::default() };
            assert_eq!(written(limits, format, 5, 60), [vec![0, 1], vec![2, 3], vec![4]]);
        }
    }

    #[test]
    fn a_file_takes_records_for_so_long() {
        let limits = Limits { time: Some(3_000_000_000), ..Limits::default() };
        assert_eq!(written(limits, Format::Pcapng, 7, 60), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    }

    #[test]
    fn no_file_is_longer_than_allowed_and_none_is_empty() {
        for format in FORMATS {
            let files = written(Limits { bytes: Some(1000), ..Limits::default() }, format, 20, 100);
            assert!(files.len() > 2 && files.iter().all(|file| !file.is_empty()), "{files:?}");
            assert_eq!(files.concat(), (0..20).collect::<Vec<u8>>());
        }
        // A record longer than a file may be gets a file of its own.
        let one_each = written(Limits { records: Some(1), ..Limits::default() }, Format::Pcapng, 3, 5000);
        assert_eq!(one_each, [[0], [1], [2]]);
    }
}
