//! Nothing that comes from outside makes it panic, hang, or use memory out of proportion: 100,000 damaged captures and
//! 100,000 damaged expressions. `fuzz/` goes on from here.

mod common;

use common::damage::Random;
use common::frame;
use common::memory::{Counting, peak};
use ethcraft::frame::{
    Begin, Builder, Fcs, Frames, MAX_FRAME, Node, Pattern, Surroundings, View, dissect, expression, no_files,
};
use ethcraft::trace::{Format, Interface, Reader, Record, Resolution, Section, Time, Writer};

#[global_allocator]
static MEMORY: Counting = Counting;

const ROUNDS: usize = 100_000;

/// Runs the rounds on two threads and adds up what they count.
fn rounds(seed: u64, round: impl Fn(usize, &mut Random) -> [usize; 2] + Sync) -> [usize; 2] {
    let half = |from: usize| {
        let mut random = Random(seed + from as u64);
        (0..ROUNDS / 2).fold([0, 0], |[a, b], number| {
            let [c, d] = round(from + number, &mut random);
            [a + c, b + d]
        })
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(ROUNDS / 2));
        let [a, b] = half(0);
        let [c, d] = other.join().expect("no panic");
        [a + c, b + d]
    })
}

/// Captures of a few frames in the three formats.
fn captures() -> Vec<Vec<u8>> {
    let frames = ["eth / \"x\" / fcs", "svlan=1 / vlan=2 / ipv4 {nop} / udp / \"y\"", "arp"].map(frame);
    let formats = [Format::Pcap(Resolution::Nano), Format::Pcap(Resolution::Micro), Format::Pcapng];
    let capture = |format| {
        let interface = Interface::named("veth0");
        let mut writer = Writer::new(Vec::new(), format, &Section::default(), &[interface]).unwrap();
        for (second, frame) in (0..).zip(&frames) {
            writer.write(&Record::new(Time::new(second, 5), frame)).unwrap();
        }
        writer.flush().unwrap();
        writer.get_ref().clone()
    };
    formats.map(capture).to_vec()
}

#[test]
fn damaged_captures_end_with_frames_or_an_error() {
    let seeds = captures();
    let words: [&[u8]; 4] = [&[0xff; 4], &[0; 4], &[0, 0, 0, 0x10], &[6, 0, 0, 0]];
    let [whole, broken] = rounds(0x0123_4567_89ab_cdef, |number, random| {
        let mut bytes = seeds[number % seeds.len()].clone();
        random.damage(&mut bytes, &words);
        let mut ended = [0, 0];
        let used = peak(|| ended = read(&bytes));
        // The reader's buffer has 64 KiB from the start.
        assert!(used < (256 << 10), "{used} bytes in use for {} of {}", bytes.len(), hex::encode(&bytes));
        ended
    });
    assert!(whole > 1000 && broken > 1000, "{whole} whole, {broken} broken: the damage does not reach far");
}

/// Reads and decodes all of a capture; whether it ended whole or broken.
fn read(bytes: &[u8]) -> [usize; 2] {
    let Ok(mut reader) = Reader::open(bytes) else { return [0, 0] };
    let mut nodes = Vec::new();
    let mut text = String::new();
    // No record is shorter than its header: more than this would be an endless loop.
    for _ in 0..=bytes.len() {
        match reader.next() {
            Ok(Some(record)) => {
                dissect(record.data, Begin::Ethernet, Fcs::IfRight, &mut nodes);
                text.clear();
                expression(View { bytes: record.data, nodes: &nodes }, &mut text);
                assert!(!text.is_empty());
            }
            Ok(None) => return [1, 0],
            Err(_) => return [0, 1],
        }
    }
    panic!("endless: {}", hex::encode(bytes));
}

const EXPRESSIONS: [&str; 12] = [
    "eth dst=01:02:03:04:05:06 type=0x0801 / \"[\"*30 \"PAYLOAD\" / fcs=0x1a2b3c4d",
    "svlan=100 / vlan=7 pcp=5 / ipv4 dst=10.0.0.2 / udp dport=6667 / \"Hello\"",
    "arp tpa=10.0.0.0/24 / pad",
    "ipv4 {nop / ra=5 / opt=7 {0x0400}} / udp dport=1..1023,8000 / zero*46..60",
    "zip udp sport=1..3 dport=4..6",
    "ipv4 checksum=bad or udp length!=auto or frame len=..59 and not vlan",
    "frame / rand*20 0x0800 / .. / \"GET\"",
    "dot3 / llc / snap / ipv4 src=rand:10.0.0.0/8 / icmp / echo seq=0..9 / count*8",
    "ipv4 / udp / u32=0..99 / cut=14..53",
    "tcp flags=syn {mss=1460 / sackok / ts=1 ecr=0}",
    "dns id=7 {q=www.example.com type=aaaa}",
    "arp op=request then arp op=reply / ..",
];

/// A frame that patterns are tried on.
fn sample() -> (Vec<u8>, Vec<Node>) {
    let sample = frame("ipv4 {nop} / udp / \"GET\" / pad / fcs");
    let mut nodes = Vec::new();
    dissect(&sample, Begin::Ethernet, Fcs::IfRight, &mut nodes);
    (sample, nodes)
}

#[test]
fn damaged_expressions_are_frames_or_are_refused() {
    let words: [&[u8]; 14] = [
        b" / ",
        b"..",
        b"{",
        b"}",
        b"\"",
        b"=",
        b"!=",
        b"*",
        b",",
        b"rand:",
        b"0x",
        b"99999999999999999999",
        b"\xe2\x80\xae",
        b"-1",
    ];
    let (sample, nodes) = sample();
    let [built, refused] = rounds(0xfeed_beef_dead_cafe, |number, random| {
        let mut bytes = EXPRESSIONS[number % EXPRESSIONS.len()].as_bytes().to_vec();
        random.damage(&mut bytes, &words);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut ended = [0, 0];
        let used = peak(|| {
            ended = build(&text, number);
            if let Ok(pattern) = Pattern::parse(&text, Surroundings::default(), &no_files) {
                pattern.matches(View { bytes: &sample, nodes: &nodes });
            }
        });
        // The longest frame, what a vector has besides, and the tree.
        assert!(used < 4 * MAX_FRAME + (1 << 20), "{used} bytes in use for {text}");
        ended
    });
    assert!(built > 1000 && refused > 1000, "{built} built, {refused} refused: the damage is too much or too little");
}

/// Builds a frame of the set; whether there is one, or mistakes that are told without harm.
fn build(text: &str, number: usize) -> [usize; 2] {
    match Frames::parse(text, Surroundings::default(), &no_files) {
        Ok(frames) => {
            let last = frames.count().saturating_sub(1);
            match Builder::default().build(&frames, [0, last / 2, last][number % 3]) {
                Ok(()) => [1, 0],
                Err(errors) => told(&errors, text, number),
            }
        }
        Err(errors) => told(&errors, text, number),
    }
}

fn told(errors: &ethcraft::expr::Diagnostics, text: &str, number: usize) -> [usize; 2] {
    assert!(!errors.0.is_empty(), "{text}");
    // Laying them out takes most of the time.
    if number.is_multiple_of(8) {
        let told = errors.render(text, false);
        assert!(!told.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{told:?}");
    }
    [0, 1]
}
