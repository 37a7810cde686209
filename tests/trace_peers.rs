//! What we write is read by tcpdump, tshark and capinfos as we meant it, and what other programs write is read by us.

use ethcraft::trace::{
    CaptureFile, Direction, Error, Flags, Format, Interface, LinkType, Reader, Record, Resolution, Section, Time, hex,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NANO: Format = Format::Pcap(Resolution::Nano);
const MICRO: Format = Format::Pcap(Resolution::Micro);
const START: i64 = 1_700_000_000;

/// Runs a peer and gives its standard output; `None`, said aloud, where it is not installed.
fn peer(program: &str, args: &[&str]) -> Option<Vec<u8>> {
    let Ok(output) = Command::new(program).env("TZ", "UTC").args(args).output() else {
        let required = std::env::var_os("ETHCRAFT_REQUIRE_PEERS").is_some_and(|value| value == "1");
        assert!(!required, "{program} is required and not installed");
        eprintln!("SKIPPED: needs {program}");
        return None;
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {complaint}");
    Some(output.stdout)
}

fn peer_text(program: &str, args: &[&str]) -> Option<String> {
    peer(program, args).map(|bytes| String::from_utf8(bytes).expect("a peer writes UTF-8"))
}

/// A directory of this test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ethcraft-peers-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain name").to_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Three frames with different padding behind them, of a type that no one dissects.
fn frames() -> Vec<Vec<u8>> {
    let frame =
        |len: u8| [&[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x08, 0x01], &vec![len; usize::from(len) - 14][..]].concat();
    [60, 61, 63].map(frame).to_vec()
}

fn records(frames: &[Vec<u8>]) -> Vec<Record<'_>> {
    let [one, two, three] = frames else { panic!("three frames") };
    let time = |second, nanos| Time::new(START + second, nanos);
    vec![
        Record { flags: Flags::default().with_direction(Some(Direction::Out)), ..Record::new(time(0, 1), one) },
        Record {
            flags: Flags::default().with_direction(Some(Direction::In)),
            interface: 1,
            dropped: Some(5),
            ..Record::new(time(1, 123_456_789), two)
        },
        Record { original_len: 1500, ..Record::new(time(2, 999_999_999), three) },
    ]
}

fn write(path: &str, format: Format) {
    let interfaces = [Interface::named("veth0"), Interface { snaplen: 262_144, ..Interface::named("veth1") }];
    let section = Section { hardware: "a machine".into(), os: "Linux".into(), application: "ethcraft test".into() };
    let mut file = CaptureFile::create(Path::new(path), format, &section, &interfaces).expect("a temporary file");
    for record in records(&frames()) {
        file.write(&record).expect("room");
    }
    file.statistics(1, Time::new(START + 3, 0).expect("in range"), 17, 5).expect("room");
    assert_eq!(file.finish().expect("room"), 3);
}

#[derive(Debug, PartialEq, Eq)]
struct Kept {
    nanos: i64,
    data: Vec<u8>,
    original_len: u32,
    direction: Option<Direction>,
    dropped: Option<u64>,
    interface: Option<String>,
}

fn read(path: &str) -> Vec<Kept> {
    let mut reader = Reader::open(fs::File::open(path).expect("the file")).expect("a capture");
    let mut kept = Vec::new();
    loop {
        let Some(record) = reader.next().expect("a record") else { return kept };
        assert_eq!(record.link_type, LinkType::ETHERNET);
        let index = record.interface as usize;
        let one = Kept {
            nanos: record.time.expect("a time").0,
            data: record.data.to_vec(),
            original_len: record.original_len,
            direction: record.direction(),
            dropped: record.dropped,
            interface: None,
        };
        kept.push(Kept { interface: reader.interfaces()[index].name.clone(), ..one });
    }
}

/// What a format without names, directions and drops keeps of the three frames.
fn expected(unit: i64) -> Vec<Kept> {
    let frames = frames();
    let kept = |record: &Record| Kept {
        nanos: record.time.expect("a time").0 / unit * unit,
        data: record.data.to_vec(),
        original_len: record.original_len,
        direction: None,
        dropped: None,
        interface: None,
    };
    records(&frames).iter().map(kept).collect()
}

#[test]
fn tcpdump_reads_every_format_and_writes_the_same_frames() {
    let scratch = Scratch::new("tcpdump");
    for (format, name) in [(NANO, "nano.pcap"), (MICRO, "micro.pcap"), (Format::Pcapng, "x.pcapng")] {
        let (ours, theirs) = (scratch.path(name), scratch.path("tcpdump.pcap"));
        write(&ours, format);
        let args = ["--time-stamp-precision=nano", "-r", &ours, "-w", &theirs];
        if peer("tcpdump", &args).is_none() {
            return;
        }
        assert_eq!(read(&theirs), expected(if format == MICRO { 1000 } else { 1 }), "{name}");
    }
}

#[test]
fn tshark_reads_times_names_directions_and_drops_of_pcapng() {
    let scratch = Scratch::new("tshark");
    let path = scratch.path("x.pcapng");
    write(&path, Format::Pcapng);
    let fields = ["time_epoch", "interface_name", "packet_flags_direction", "drop_count", "cap_len", "len"];
    let fields: Vec<String> = fields.iter().flat_map(|field| ["-e".into(), format!("frame.{field}")]).collect();
    let mut args = vec!["-r", &path, "-T", "fields", "-E", "separator=,"];
    args.extend(fields.iter().map(String::as_str));
    let Some(text) = peer_text("tshark", &args) else { return };
    let expected = "\
1700000000.000000001,veth0,0x00000002,,60,60
1700000001.123456789,veth1,0x00000001,5,61,61
1700000002.999999999,veth0,,,63,1500
";
    assert_eq!(text, expected);
}

#[test]
fn capinfos_finds_the_interfaces_the_section_and_the_counts() {
    let scratch = Scratch::new("capinfos");
    let path = scratch.path("x.pcapng");
    write(&path, Format::Pcapng);
    let Some(text) = peer_text("capinfos", &["-M", &path]) else { return };
    let wanted = [
        "Number of packets:   3",
        "File timestamp precision:  nanoseconds (9)",
        "Capture hardware:    a machine",
        "Capture oper-sys:    Linux",
        "Capture application: ethcraft test",
        "Name = veth0",
        "Name = veth1",
        "Time precision = nanoseconds (9)",
        "Number of stat entries = 1",
        "Number of packets = 1",
    ];
    for line in wanted {
        assert!(text.contains(line), "{line:?} is missing in:\n{text}");
    }
}

#[test]
fn captures_written_by_editcap_are_read() {
    let scratch = Scratch::new("editcap");
    let ours = scratch.path("x.pcapng");
    write(&ours, Format::Pcapng);
    for (format, unit) in [("pcap", 1000), ("nsecpcap", 1), ("pcapng", 1)] {
        let theirs = scratch.path(format);
        if peer("editcap", &["-F", format, &ours, &theirs]).is_none() {
            return;
        }
        let mut expected = expected(unit);
        if format == "pcapng" {
            for (kept, name) in expected.iter_mut().zip(["veth0", "veth1", "veth0"]) {
                kept.interface = Some(name.into());
            }
            expected[0].direction = Some(Direction::Out);
            expected[1].direction = Some(Direction::In);
            expected[1].dropped = Some(5);
        }
        assert_eq!(read(&theirs), expected, "{format}");
    }
    let theirs = scratch.path("modified");
    peer("editcap", &["-F", "modpcap", &ours, &theirs]);
    let file = fs::File::open(theirs).expect("the file");
    assert!(matches!(Reader::open(file), Err(Error::Unsupported { .. })));
}

#[test]
fn dumps_printed_by_other_programs_are_read() {
    let scratch = Scratch::new("dumps");
    let (capture, binary) = (scratch.path("x.pcap"), scratch.path("x.bin"));
    write(&capture, NANO);
    let frames = frames();
    fs::write(&binary, &frames[2]).expect("a temporary file");
    let all: [(&str, &[&str]); 3] = [
        ("tcpdump", &["-nr", &capture, "-xx"]),
        ("tcpdump", &["-nvr", &capture, "-XX"]),
        ("tshark", &["-nr", &capture, "-P", "-x"]),
    ];
    let one: [(&str, &[&str]); 4] = [
        ("xxd", &[&binary]),
        ("hexdump", &["-Cv", &binary]),
        ("od", &["-A", "x", "-t", "x1", "-v", &binary]),
        ("od", &["-A", "x", "-t", "x1z", "-v", &binary]),
    ];
    let cases = all.map(|case| (case, &frames[..])).into_iter().chain(one.map(|case| (case, &frames[2..])));
    for ((program, args), expected) in cases {
        let Some(text) = peer(program, args) else { continue };
        let found =
            hex::read(&text).unwrap_or_else(|error| panic!("{program}: {error}\n{}", String::from_utf8_lossy(&text)));
        let found: Vec<Vec<u8>> = found.into_iter().map(|frame| frame.bytes).collect();
        assert_eq!(found, expected, "{program} {args:?}");
    }
}
