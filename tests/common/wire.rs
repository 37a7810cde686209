//! Frames from expressions, onto an interface by the library itself, and off it by `ethcraft sniff`.

use super::process::{Running, ethcraft};
use ethcraft::frame::{Builder, Frames, Surroundings};
use ethcraft::link::stop::Stop;
use ethcraft::link::{lookup, tx};

/// The bytes of the first frame of an expression.
pub fn frame(expression: &str) -> Vec<u8> {
    let no_files = |path: &str| -> std::io::Result<Vec<u8>> { panic!("a test's frame names the file {path}") };
    let frames = Frames::parse(expression, Surroundings::default(), &no_files)
        .unwrap_or_else(|errors| panic!("{}", errors.render(expression, false)));
    let mut builder = Builder::default();
    builder.build(&frames, 0).unwrap_or_else(|errors| panic!("{}", errors.render(expression, false)));
    builder.view().bytes.to_vec()
}

/// Sends frames on an interface of this namespace; every one of them must be accepted.
pub fn transmit<F: AsRef<[u8]>>(interface: &str, frames: impl IntoIterator<Item = F>) {
    let interface = lookup(interface).expect("the interface is there");
    let mut sender = tx::Sender::open(&interface, &tx::Options::default()).expect("a lab lets us send");
    let stop = Stop::new();
    let mut given = 0;
    for frame in frames {
        sender.push(frame.as_ref(), &stop).expect("the frame is accepted");
        given += 1;
    }
    sender.flush(&stop).expect("the frames are accepted");
    assert_eq!(sender.outcome().accepted, given, "{:?}", sender.outcome());
}

/// A sniffer with these arguments that listens already.
pub fn sniff<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Running {
    let mut sniffer = ethcraft(["sniff"]).arguments(arguments).start();
    sniffer.wait_for("sniffing on ");
    sniffer
}

/// An expression with `E`, `I` or `J` in front: Ethernet, IPv4 or IPv6 between two stations, written out.
pub fn expand(text: &str) -> String {
    let ethernet = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01";
    match text.split_at(2) {
        ("E ", rest) => format!("{ethernet} {rest}"),
        ("I ", rest) => format!("{ethernet} / ipv4 id=1 src=10.0.0.1 dst=10.0.0.2 {rest}"),
        ("J ", rest) => format!("{ethernet} / ipv6 src=2001:db8::1 dst=2001:db8::2 {rest}"),
        _ => text.to_owned(),
    }
}
