//! Writes the first inputs of each target to `corpus/`, from the examples in `docs/language.md` and the golden files, and the
//! words of the tables to `corpus/dictionary`.

use ethcraft::frame::{Builder, Frames, Surroundings};
use ethcraft::proto;
use ethcraft::trace::{Format, Interface, Record, Resolution, Section, Time, Writer};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

const LANGUAGE: &str = include_str!("../docs/language.md");
const GOLDEN: [&str; 2] =
    [include_str!("../tests/golden/expr_mistakes.txt"), include_str!("../tests/golden/tree.txt")];

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let texts = texts();
    let frames: Vec<_> = texts.iter().filter_map(|text| frame(text)).collect();
    save(&corpus.join("expression"), texts.iter().map(|text| text.as_bytes().to_vec()))?;
    save(&corpus.join("decode"), frames.iter().map(|frame| [&[0][..], frame].concat()))?;
    save(&corpus.join("captures"), captures(&frames))?;
    std::fs::write(corpus.join("dictionary"), dictionary())
}

/// Expressions: the lines of the code blocks, and what the golden files ask.
fn texts() -> BTreeSet<String> {
    let blocks = LANGUAGE.split("\n```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1));
    let asked = GOLDEN.iter().flat_map(|golden| golden.lines()).filter_map(|line| {
        let (prompt, text) = line.split_once("> ").or(line.split_once("# "))?;
        matches!(prompt, "" | "frame" | "pattern" | "rule" | "line" | "file").then_some(text)
    });
    blocks.chain(asked).map(|line| line.split(" #").next().unwrap_or(line).trim_end().to_owned()).collect()
}

/// The first frame of an expression, if it is one.
fn frame(text: &str) -> Option<Vec<u8>> {
    let no_files = |path: &str| Err(io::Error::new(io::ErrorKind::NotFound, path.to_owned()));
    let frames = Frames::parse(text, Surroundings::default(), &no_files).ok()?;
    let mut builder = Builder::default();
    builder.build(&frames, 0).ok()?;
    Some(builder.view().bytes.to_vec())
}

/// Files of a few frames in every form.
fn captures(frames: &[Vec<u8>]) -> impl Iterator<Item = Vec<u8>> {
    let few = || frames.chunks(3).take(8);
    let formats = [Format::Pcap(Resolution::Nano), Format::Pcap(Resolution::Micro), Format::Pcapng];
    let binary = formats.into_iter().flat_map(move |format| {
        few().map(move |frames| {
            let interface = Interface::named("veth0");
            let mut writer = Writer::new(Vec::new(), format, &Section::default(), &[interface]).expect("memory");
            for (second, frame) in (0..).zip(frames) {
                writer.write(&Record::new(Time::new(second, 5), frame)).expect("memory");
            }
            writer.flush().expect("memory");
            writer.get_ref().clone()
        })
    });
    let text = few().map(|frames| {
        let digits = |frame: &Vec<u8>| frame.iter().fold(String::new(), |text, byte| format!("{text} {byte:02x}"));
        let lines: Vec<_> = frames.iter().map(digits).collect();
        lines.join("\n").into_bytes()
    });
    let dumps = few().map(|frames| {
        let mut text = String::new();
        for frame in frames {
            for (row, bytes) in frame.chunks(16).enumerate() {
                let digits = bytes.iter().fold(String::new(), |text, byte| format!("{text} {byte:02x}"));
                let _ = writeln!(text, "{:04x} {digits}", row * 16);
            }
        }
        text.into_bytes()
    });
    let lines = few().map(|_| b"+1.5ms udp dport=53 / \"x\"\n-1s arp / pad \\\n / fcs # c\n".to_vec());
    binary.chain(text).chain(dumps).chain(lines.take(1))
}

/// Words of the language and of the tables, as libFuzzer reads them.
fn dictionary() -> String {
    let mut words: BTreeSet<&str> =
        [" / ", "..", "!=", "rand:", "zip ", " and ", " or ", "not ", " then ", "auto", "bad", "0x"].into();
    for proto in proto::ALL {
        words.insert(proto.name);
        for field in proto.fields {
            words.insert(field.name);
            words.extend(field.names.iter().map(|(name, _)| *name));
        }
    }
    words.iter().map(|word| format!("\"{word}\"\n")).collect()
}

/// One file for each input.
fn save(directory: &Path, inputs: impl Iterator<Item = Vec<u8>>) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (number, input) in inputs.enumerate() {
        std::fs::write(directory.join(format!("seed-{number:03}")), input)?;
    }
    Ok(())
}
