//! The files of `sniff -w`: their names, making them and removing the oldest.
//!
//! Files are made after the privileges were given up, and perhaps in a directory that belongs to somebody else (`sudo`).
//! So a thread of its own makes them, which keeps the right to do that and no other.

use super::args::Args;
use crate::cli::Failure;
use crate::cli::build::{create, section};
use crate::link::privileges;
use crate::report::time::Civil;
use crate::trace::{Files, Format, Interface, Limits, Make};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{SystemTime, UNIX_EPOCH};

/// Begins the file that the arguments name, or the first of several.
pub fn open(args: &Args, path: &Path, interfaces: &[Interface]) -> Result<Files, Failure> {
    let limits = Limits {
        bytes: args.rotate_size.map(|bytes| bytes as u64),
        time: args.rotate_time.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
        records: args.rotate_count,
    };
    let format = Format::from_path(path);
    if !limits.any() {
        let never: Box<Make> = Box::new(|_| Err((PathBuf::new(), io::ErrorKind::Unsupported.into())));
        return Ok(Files::begin((path, create(path)?), format, section(), interfaces, limits, never)?);
    }
    let first = numbered(path, 1, now());
    let file = create(&first)?;
    let make = maker(path.to_owned(), first.clone(), args.files.map(|most| most as usize)).map_err(Failure::failed)?;
    Ok(Files::begin((&first, file), format, section(), interfaces, limits, make)?)
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs().cast_signed())
}

/// `out.pcapng` as file 3 becomes `out_00003_20261121062318.pcapng`, as dumpcap names it, in UTC.
fn numbered(path: &Path, number: u64, seconds: i64) -> PathBuf {
    let Civil { year, month, day, hour, minute, second } = Civil::from_seconds(seconds);
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("_{number:05}_{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Starts the thread that makes files and removes the oldest where there are more than `most`.
fn maker(path: PathBuf, first: PathBuf, most: Option<usize>) -> io::Result<Box<Make>> {
    let (ask, asked): (Sender<PathBuf>, Receiver<PathBuf>) = channel();
    let (answer, answers) = channel();
    std::thread::Builder::new().name("files".into()).spawn(move || {
        // Where even that fails it goes on with what it has: it opens nothing but files with these names.
        let _ = privileges::keep_files_only();
        let mut there = VecDeque::from([first]);
        for path in asked {
            let made = File::create(&path);
            if made.is_ok() {
                there.push_back(path);
            }
            while most.is_some_and(|most| there.len() > most) {
                // One that somebody else has removed is not there either.
                let _ = there.pop_front().map(fs::remove_file);
            }
            if answer.send(made).is_err() {
                break;
            }
        }
    })?;
    Ok(Box::new(move |number| {
        let path = numbered(&path, number, now());
        let ended = || io::Error::other("the thread that makes files has ended");
        let made = ask.send(path.clone()).map_err(|_| ended()).and_then(|()| answers.recv().map_err(|_| ended())?);
        made.map(|file| (path.clone(), file)).map_err(|error| (path, error))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_number_and_its_time_before_the_extension() {
        let name = |path: &str| numbered(Path::new(path), 3, 1_795_241_598).display().to_string();
        assert_eq!(name("/tmp/out.pcapng"), "/tmp/out_00003_20261121061318.pcapng");
        assert_eq!(name("out"), "out_00003_20261121061318");
        assert_eq!(name("a.b/out.x.pcap"), "a.b/out.x_00003_20261121061318.pcap");
    }
}
