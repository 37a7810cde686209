use super::*;
use std::io::{self, Write};
use std::path::Path;

/// An output with room for so many bytes, as a disk has.
#[derive(Debug)]
struct Disk {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.room - self.bytes.len());
        if len == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_leaves_a_length_that_is_a_whole_capture() {
    for format in FORMATS {
        let full = capture(format, &[&[1; 60], &[2; 60], &[3; 60]]);
        for room in 0..full.len() {
            let disk = Disk { bytes: Vec::new(), room };
            let mut writer =
                Writer::new(disk, format, &Section::default(), &[Interface::named("veth0")]).expect("a batch");
            for index in 0..3 {
                let record = Record::new(Time::new(index, 7), &[1; 60]);
                writer.write(&record).expect("a batch");
            }
            let Err(WriteError::Io { records, bytes, .. }) = writer.flush() else { panic!("{room} bytes were enough") };
            assert!(bytes <= room as u64);
            let (read, error) = read_all(&writer.get_ref().bytes[..bytes as usize]);
            assert_eq!(read.len() as u64, records);
            assert!(
                error.is_none_or(|error| bytes == 0 && matches!(error, Error::Empty)),
                "{format:?}, room for {room}"
            );
            assert!(matches!(writer.flush(), Err(WriteError::GivenUp)));
        }
    }
}

#[test]
fn records_reach_the_output_in_whole_batches() {
    let mut writer =
        Writer::new(Vec::new(), Format::Pcapng, &Section::default(), &[Interface::default()]).expect("a Vec takes all");
    for _ in 0..1000 {
        writer.write(&Record::new(Some(Time(0)), &[0; 100])).expect("a Vec takes all");
    }
    let written = writer.get_ref().clone();
    assert_eq!(written.len() as u64, writer.good_len());
    let (records, error) = read_all(&written);
    assert!(error.is_none() && !records.is_empty());
    assert_eq!(records.len() as u64, writer.records());
}

#[test]
fn a_record_that_does_not_fit_is_refused_and_the_next_is_written() {
    for format in FORMATS {
        let mut writer = Writer::new(Vec::new(), format, &Section::default(), &[]).expect("a Vec takes all");
        if format == Format::Pcapng {
            assert!(matches!(writer.write(&Record::new(None, b"x")), Err(WriteError::NoInterface(0))));
            writer.add_interface(&Interface::default()).expect("a Vec takes all");
        }
        let long = vec![0; 262_145];
        assert!(matches!(writer.write(&Record::new(None, &long)), Err(WriteError::TooLong { .. })));
        assert!(matches!(writer.write(&Record::new(Some(Time(-1)), b"x")), Err(WriteError::Time { .. })));
        let cooked = Record { link_type: LinkType(113), ..Record::new(None, b"x") };
        assert!(matches!(writer.write(&cooked), Err(WriteError::LinkType { .. })));
        writer.write(&Record::new(Time::new(1, 0), b"good")).expect("a Vec takes all");
        let (records, error) = read_all(&writer.finish().expect("a Vec takes all"));
        assert!(error.is_none(), "{error:?}");
        assert_eq!(records, [(Time::new(1, 0), b"good".to_vec())]);
    }
}

#[test]
fn pcap_refuses_a_second_link_type() {
    let cooked = Interface { link_type: LinkType(113), ..Interface::default() };
    let error = Writer::new(Vec::new(), FORMATS[0], &Section::default(), &[Interface::default(), cooked])
        .expect_err("two link types")
        .to_string();
    assert!(error.starts_with("a pcap file holds one link type, Ethernet (link type 1), and cannot take Linux cooked"));
}

#[test]
fn the_name_of_a_file_chooses_its_format() {
    let nano = Format::Pcap(Resolution::Nano);
    for (name, format) in
        [("x.pcap", nano), ("x.PCAP", nano), ("x.cap", nano), ("x.pcapng", Format::Pcapng), ("x", Format::Pcapng)]
    {
        assert_eq!(Format::from_path(Path::new(name)), format, "{name}");
    }
}

#[test]
fn a_device_without_room_gives_the_systems_error() {
    let path = Path::new("/dev/full");
    let error = CaptureFile::create(path, Format::Pcapng, &Section::default(), &[]).expect_err("it is full");
    assert_eq!(
        error.to_string(),
        "cannot write /dev/full: No space left on device (os error 28); it holds 0 whole records (0 bytes)"
    );
}

#[test]
fn a_capture_file_that_is_dropped_holds_what_it_was_given() {
    let path = std::env::temp_dir().join(format!("ethcraft-dropped-{}.pcapng", std::process::id()));
    let interfaces = [Interface::named("veth0")];
    let mut file =
        CaptureFile::create(&path, Format::Pcapng, &Section::default(), &interfaces).expect("a temporary file");
    file.write(&Record::new(Some(Time(1)), b"kept")).expect("a batch");
    drop(file);
    let bytes = std::fs::read(&path).expect("the file");
    std::fs::remove_file(&path).expect("the file");
    assert_eq!(read_all(&bytes).0, [(Some(Time(1)), b"kept".to_vec())]);
}
