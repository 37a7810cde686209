//! Any text as a frame, a pattern, a rule, a line: frames are built, mistakes are rendered, nothing panics or hangs.
#![no_main]

use ethcraft::expr::{Diagnostics, logical_lines, parse_line, parse_rule};
use ethcraft::frame::filter::compile;
use ethcraft::frame::{Begin, Builder, Fcs, Frames, Pattern, Surroundings, View, dissect, expression};
use libfuzzer_sys::fuzz_target;

/// A frame that patterns are tried on.
const SAMPLE: [u8; 50] =
    *b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\0\x46\0\0\x24\0\0\0\0\x40\x11\xb6\x4a\xc0\0\x02\x01\xc0\0\x02\x02\
    \x01\0\0\0\xc0\0\0\x35\0\x0c\0\0GET ";

fn no_files(path: &str) -> std::io::Result<Vec<u8>> {
    Err(std::io::Error::new(std::io::ErrorKind::NotFound, path.to_owned()))
}

fn told(errors: &Diagnostics, text: &str) {
    assert!(!errors.0.is_empty());
    let told = errors.render(text, false);
    assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
}

fn built(frames: &Frames, text: &str) {
    let mut builder = Builder::default();
    for number in [0, 1, frames.count() / 2, frames.count().saturating_sub(1)] {
        match builder.build(frames, number) {
            Ok(()) => {
                let bytes = builder.view().bytes.to_vec();
                let mut nodes = Vec::new();
                dissect(&bytes, Begin::Ethernet, Fcs::IfRight, &mut nodes);
                expression(View { bytes: &bytes, nodes: &nodes }, &mut String::new());
            }
            Err(errors) => told(&errors, text),
        }
    }
}

fuzz_target!(|text: &str| {
    match Frames::parse(text, Surroundings::default(), &no_files) {
        Ok(frames) => built(&frames, text),
        Err(errors) => told(&errors, text),
    }
    match Pattern::parse(text, Surroundings::default(), &no_files) {
        Ok(pattern) => {
            let mut nodes = Vec::new();
            dissect(&SAMPLE, Begin::Ethernet, Fcs::IfRight, &mut nodes);
            pattern.matches(View { bytes: &SAMPLE, nodes: &nodes });
            compile(&pattern, 0x4_0000);
        }
        Err(errors) => told(&errors, text),
    }
    if let Err(errors) = parse_rule(text) {
        told(&errors, text);
    }
    for (_, line) in logical_lines(text) {
        if let Err(errors) = parse_line(line) {
            told(&errors, line);
        }
    }
});
