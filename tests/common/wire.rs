//! Frames onto an interface by the library itself, and off it by `ethcraft sniff`.

use super::process::{Running, ethcraft};
use ethcraft::link::stop::Stop;
use ethcraft::link::{lookup, tx};

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
