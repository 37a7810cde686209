//! A capture in a file: after an error it is cut back to its last whole record.

use super::error::WriteError;
use super::record::{Interface, Record, Time};
use super::writer::{Format, Section, Writer};
use std::fs::File;
use std::path::{Path, PathBuf};

/// A capture file being written. Dropped without [`CaptureFile::finish`], it still holds every record given to it, as far as
/// the disk takes them, and only whole ones.
#[derive(Debug)]
pub struct CaptureFile {
    writer: Writer<File>,
    path: PathBuf,
}

impl CaptureFile {
    /// Makes the file, or empties it, and begins the capture in it.
    pub fn create(
        path: &Path,
        format: Format,
        section: &Section,
        interfaces: &[Interface],
    ) -> Result<Self, WriteError> {
        let failed = |source| WriteError::File { path: path.to_owned(), source, records: 0, bytes: 0, cut: None };
        let file = File::create(path).map_err(failed)?;
        Self::begin(file, path, format, section, interfaces)
    }

    /// Begins the capture in a file that is open already, as after privileges were given up. `path` is for messages.
    pub fn begin(
        file: File,
        path: &Path,
        format: Format,
        section: &Section,
        interfaces: &[Interface],
    ) -> Result<Self, WriteError> {
        let mut this = Self { writer: Writer::new(file, format, section, interfaces)?, path: path.to_owned() };
        this.flush()?;
        Ok(this)
    }

    /// Adds a record, as [`Writer::write`] does.
    #[inline]
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        match self.writer.write(record) {
            Ok(()) => Ok(()),
            failed => self.settle(failed),
        }
    }

    /// Adds an interface, as [`Writer::add_interface`] does.
    pub fn add_interface(&mut self, interface: &Interface) -> Result<u32, WriteError> {
        let result = self.writer.add_interface(interface);
        self.settle(result)
    }

    /// Adds what an interface received and dropped, as [`Writer::statistics`] does.
    pub fn statistics(&mut self, interface: u32, time: Time, received: u64, dropped: u64) -> Result<(), WriteError> {
        let result = self.writer.statistics(interface, time, received, dropped);
        self.settle(result)
    }

    /// Puts everything added so far into the file.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        let result = self.writer.flush();
        self.settle(result)
    }

    /// Puts the rest into the file and gives the number of records in it.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        self.flush()?;
        Ok(self.writer.records())
    }

    /// Bytes that the file will have after the next flush.
    pub fn len_with_batch(&self) -> u64 {
        self.writer.good_len() + self.writer.batched()
    }

    /// After a failed write: cuts the file and tells what is in it.
    fn settle<T>(&self, result: Result<T, WriteError>) -> Result<T, WriteError> {
        result.map_err(|error| match error {
            WriteError::Io { source, records, bytes } => {
                let file = self.writer.get_ref();
                // A pipe or a device has no length to cut.
                let is_file = file.metadata().is_ok_and(|meta| meta.is_file());
                let cut = if is_file { file.set_len(bytes).err() } else { None };
                WriteError::File { path: self.path.clone(), source, records, bytes, cut }
            }
            other => other,
        })
    }
}

impl Drop for CaptureFile {
    fn drop(&mut self) {
        // Whoever wants to hear of an error calls `finish`.
        let _ = self.flush();
    }
}
