//! Law 1, `build(decode(bytes)) == bytes`, for any bytes behind a first one that says what they begin with; and every
//! form in which a frame is shown.
#![no_main]

use ethcraft::frame::{Begin, Builder, Fcs, Frames, Surroundings, View, dissect, expression};
use ethcraft::proto::{ipv4::IPV4, ipv6::IPV6};
use ethcraft::report::colour::Colour;
use ethcraft::report::frame::{About, Form, Printer};
use libfuzzer_sys::fuzz_target;

fn no_files(path: &str) -> std::io::Result<Vec<u8>> {
    Err(std::io::Error::new(std::io::ErrorKind::NotFound, path.to_owned()))
}

fuzz_target!(|input: &[u8]| {
    let Some((how, bytes)) = input.split_first() else { return };
    let begin = match how % 4 {
        0 | 1 => Begin::Ethernet,
        2 => Begin::Layer(Some(&IPV4)),
        _ => Begin::Layer(Some(&IPV6)),
    };
    let fcs = [Fcs::IfRight, Fcs::Always, Fcs::Never][usize::from(how / 4) % 3];
    let mut nodes = Vec::new();
    dissect(bytes, begin, fcs, &mut nodes);
    let view = View { bytes, nodes: &nodes };
    let mut text = String::new();
    expression(view, &mut text);
    let frames = Frames::parse(&text, Surroundings::default(), &no_files).unwrap_or_else(|e| panic!("{text}\n{e}"));
    let mut builder = Builder::default();
    builder.build(&frames, 0).unwrap_or_else(|e| panic!("{text}\n{e}"));
    assert_eq!(builder.view().bytes, bytes, "{text}");
    assert_eq!(builder.view().nodes, nodes, "{text}");
    for form in [Form::LineAndDump, Form::Tree, Form::Json] {
        let mut printer = Printer::new(form, Colour::Never);
        let shown = printer.print(view, &About::default());
        assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
        assert!(shown.len() < 4096 + 1024 * (bytes.len() + 1), "{} bytes of text for {}", shown.len(), bytes.len());
    }
});
