//! Claims about captures: what is written is read back, and what is damaged is told with its place.

mod arrays;
mod damage;
mod hex_text;
mod round_trip;
mod times;
mod writing;

use super::*;

type Owned = (Option<Time>, Vec<u8>);

/// Everything a reader gives: the records with their bytes owned, and the error it ended with.
fn read_all(bytes: &[u8]) -> (Vec<Owned>, Option<Error>) {
    let mut reader = match Reader::open(bytes) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut records = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(record)) => records.push((record.time, record.data.to_vec())),
            Ok(None) => return (records, None),
            Err(error) => return (records, Some(error)),
        }
    }
}

/// A capture of these frames, a second apart.
fn capture(format: Format, frames: &[&[u8]]) -> Vec<u8> {
    let mut writer =
        Writer::new(Vec::new(), format, &Section::default(), &[Interface::named("veth0")]).expect("a Vec takes all");
    for (second, frame) in (0..).zip(frames) {
        writer.write(&Record::new(Time::new(second, 7), frame)).expect("a Vec takes all");
    }
    writer.finish().expect("a Vec takes all")
}

const FORMATS: [Format; 3] = [Format::Pcap(Resolution::Nano), Format::Pcap(Resolution::Micro), Format::Pcapng];
