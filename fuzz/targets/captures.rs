//! Any bytes as a file of frames: pcap, pcapng, hex text, a hexdump, frame text. What is read is written and read again.
#![no_main]

use ethcraft::expr::{logical_lines, parse_line};
use ethcraft::frame::{Begin, Builder, Fcs, Frames, Surroundings, View, dissect, expression};
use ethcraft::trace::{Format, Interface, Reader, Record, Resolution, Section, Writer, hex};
use libfuzzer_sys::fuzz_target;

fn no_files(path: &str) -> std::io::Result<Vec<u8>> {
    Err(std::io::Error::new(std::io::ErrorKind::NotFound, path.to_owned()))
}

fuzz_target!(|input: &[u8]| {
    capture(input);
    let _ = hex::read(input).map(|frames| {
        let bytes: usize = frames.iter().map(|frame| frame.bytes.len()).sum();
        assert!(bytes <= input.len());
    });
    if let Ok(text) = std::str::from_utf8(input) {
        frame_text(text);
    }
});

fn capture(input: &[u8]) {
    let Ok(mut reader) = Reader::open(input) else { return };
    let mut copy =
        Writer::new(Vec::new(), Format::Pcap(Resolution::Nano), &Section::default(), &[Interface::default()]);
    let mut nodes = Vec::new();
    let mut frames = Vec::new();
    // No record is shorter than its header: more than this would be an endless loop.
    for number in 0.. {
        assert!(number <= input.len(), "endless");
        let Ok(Some(record)) = reader.next() else { break };
        dissect(record.data, Begin::Ethernet, Fcs::IfRight, &mut nodes);
        expression(View { bytes: record.data, nodes: &nodes }, &mut String::new());
        if let Ok(copy) = &mut copy
            && copy.write(&Record::new(None, record.data)).is_ok()
        {
            frames.push(record.data.to_vec());
        }
    }
    let Ok(mut copy) = copy else { return };
    copy.flush().expect("memory takes it");
    let mut again = Reader::open(&copy.get_ref()[..]).expect("own header");
    for frame in frames {
        let record = again.next().expect("own record").expect("as many as were written");
        assert_eq!(record.data, frame);
    }
    assert!(again.next().expect("own end").is_none());
}

fn frame_text(text: &str) {
    for (_, line) in logical_lines(text) {
        let Ok(Some(parsed)) = parse_line(line) else { continue };
        let Ok(frames) = Frames::new(&parsed.frame, Surroundings::default(), &no_files) else { continue };
        let _ = Builder::default().build(&frames, 0);
    }
}
