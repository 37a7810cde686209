use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Frame {
    nanos: i64,
    data: Vec<u8>,
    cut: u32,
    interface: u32,
    flags: Flags,
    dropped: Option<u64>,
}

fn frame() -> impl Strategy<Value = Frame> {
    let time = 0..=i64::from(u32::MAX) * 1_000_000_000 + 999_999_999;
    let data = proptest::collection::vec(any::<u8>(), 0..200);
    (time, data, 0_u32..3, 0_u32..2, any::<u32>(), any::<Option<u64>>()).prop_map(
        |(nanos, data, cut, interface, flags, dropped)| Frame {
            nanos,
            data,
            cut,
            interface,
            flags: Flags(flags),
            dropped,
        },
    )
}

fn record(frame: &Frame) -> Record<'_> {
    let whole = Record::new(Some(Time(frame.nanos)), &frame.data);
    let original_len = whole.original_len + frame.cut;
    Record { original_len, interface: frame.interface, flags: frame.flags, dropped: frame.dropped, ..whole }
}

fn written(format: Format, frames: &[Frame]) -> Vec<u8> {
    let interfaces = [Interface::named("veth0"), Interface { snaplen: 200, ..Interface::named("veth1") }];
    let section = Section { os: "Linux".into(), ..Section::default() };
    let mut writer = Writer::new(Vec::new(), format, &section, &interfaces).expect("a Vec takes all");
    for frame in frames {
        writer.write(&record(frame)).expect("a Vec takes all");
    }
    writer.statistics(1, Time(5), 17, 3).expect("a Vec takes all");
    writer.finish().expect("a Vec takes all")
}

proptest! {
    #[test]
    fn pcapng_keeps_everything(frames in proptest::collection::vec(frame(), 0..20)) {
        let bytes = written(Format::Pcapng, &frames);
        let mut reader = Reader::open(&*bytes).expect("a capture");
        for frame in &frames {
            prop_assert_eq!(reader.next().expect("a record"), Some(record(frame)));
        }
        prop_assert_eq!(reader.next().expect("the end"), None);
        let veth1 = Interface { snaplen: 200, received: Some(17), dropped: Some(3), ..Interface::named("veth1") };
        prop_assert_eq!(reader.interfaces(), &[Interface::named("veth0"), veth1]);
    }

    #[test]
    fn pcap_keeps_time_bytes_and_length(frames in proptest::collection::vec(frame(), 0..20), micro: bool) {
        let resolution = if micro { Resolution::Micro } else { Resolution::Nano };
        let bytes = written(Format::Pcap(resolution), &frames);
        let mut reader = Reader::open(&*bytes).expect("a capture");
        for frame in &frames {
            let nanos = if micro { frame.nanos / 1000 * 1000 } else { frame.nanos };
            let original_len = frame.data.len() as u32 + frame.cut;
            let expected = Record { original_len, ..Record::new(Some(Time(nanos)), &frame.data) };
            prop_assert_eq!(reader.next().expect("a record"), Some(expected));
        }
        prop_assert_eq!(reader.next().expect("the end"), None);
        prop_assert_eq!(reader.format(), Format::Pcap(resolution));
    }

    #[test]
    fn a_source_that_gives_a_byte_at_a_time_reads_the_same(frames in proptest::collection::vec(frame(), 0..4)) {
        for format in FORMATS {
            let bytes = written(format, &frames);
            let mut reader = Reader::open(Trickle(&bytes)).expect("a capture");
            let mut count = 0;
            while let Some(record) = reader.next().expect("a record") {
                prop_assert_eq!(record.data, &frames[count].data);
                count += 1;
            }
            prop_assert_eq!(count, frames.len());
        }
    }
}

struct Trickle<'a>(&'a [u8]);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(1);
        self.0.read(&mut out[..len])
    }
}

#[test]
fn a_frame_longer_than_the_buffer_is_read_whole() {
    let long = vec![0xa5; 200_000];
    for format in FORMATS {
        let (records, error) = read_all(&capture(format, &[b"before", &long, b"after"]));
        assert!(error.is_none());
        assert_eq!(records[1].1, long);
        assert_eq!(records[2].1, b"after");
    }
}

#[test]
fn two_pcapng_files_joined_are_two_sections_of_one() {
    let mut bytes = capture(Format::Pcapng, &[b"one"]);
    bytes.extend(capture(Format::Pcapng, &[b"two"]));
    let mut reader = Reader::open(&*bytes).expect("a capture");
    assert_eq!(reader.next().expect("a record").map(|record| (record.interface, record.data)), Some((0, &b"one"[..])));
    assert_eq!(reader.next().expect("a record").map(|record| (record.interface, record.data)), Some((1, &b"two"[..])));
    assert_eq!(reader.interfaces().len(), 2);
}

#[test]
fn the_fcs_length_of_an_interface_reaches_its_records() {
    for format in FORMATS {
        let interface = Interface { fcs_len: Some(4), ..Interface::default() };
        let mut writer = Writer::new(Vec::new(), format, &Section::default(), &[interface]).expect("a Vec takes all");
        writer.write(&Record::new(Some(Time(0)), &[0; 64])).expect("a Vec takes all");
        let bytes = writer.finish().expect("a Vec takes all");
        let mut reader = Reader::open(&*bytes).expect("a capture");
        let record = reader.next().expect("a record").expect("one");
        assert_eq!(record.flags.fcs_len(), Some(4));
        assert_eq!(record.link_type, LinkType::ETHERNET);
    }
}

#[test]
fn other_link_types_are_kept_and_named() {
    let cooked = LinkType(113);
    for format in FORMATS {
        let interface = Interface { link_type: cooked, ..Interface::default() };
        let mut writer = Writer::new(Vec::new(), format, &Section::default(), &[interface]).expect("a Vec takes all");
        let record = Record { link_type: cooked, ..Record::new(Some(Time(0)), b"cooked") };
        writer.write(&record).expect("a Vec takes all");
        let bytes = writer.finish().expect("a Vec takes all");
        let mut reader = Reader::open(&*bytes).expect("a capture");
        assert_eq!(reader.next().expect("a record").map(|record| record.link_type), Some(cooked));
    }
    assert_eq!(cooked.to_string(), "Linux cooked capture (link type 113)");
    assert_eq!(LinkType(9999).to_string(), "link type 9999");
}
