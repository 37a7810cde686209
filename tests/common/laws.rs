//! The first law of the language, for bytes from anywhere.

use ethcraft::frame::{Begin, Builder, Fcs, Frames, Node, Surroundings, View, dissect, expression, no_files};
use proptest::prelude::*;

/// An interface unlike the one that decode must not know of.
fn elsewhere() -> Surroundings {
    Surroundings { mac: 0x0a0b_0c0d_0e0f, ipv4: 0x0102_0304, ipv6: 7, seed: 3 }
}

/// The expression of a frame.
pub fn decode(bytes: &[u8], begin: Begin, fcs: Fcs) -> String {
    let mut nodes = Vec::new();
    dissect(bytes, begin, fcs, &mut nodes);
    let mut text = String::new();
    expression(View { bytes, nodes: &nodes }, &mut text);
    text
}

/// Law 1, and that build finds the same parts as decode.
fn round_trip(bytes: &[u8], begin: Begin, fcs: Fcs) -> Result<(), TestCaseError> {
    let text = decode(bytes, begin, fcs);
    let again =
        Frames::parse(&text, elsewhere(), &no_files).map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
    let mut builder = Builder::default();
    builder.build(&again, 0).map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
    prop_assert_eq!(hex::encode(builder.view().bytes), hex::encode(bytes), "{}", text);
    let mut nodes = Vec::new();
    dissect(bytes, begin, fcs, &mut nodes);
    let plain = |nodes: &[Node]| nodes.to_vec();
    prop_assert_eq!(plain(builder.view().nodes), plain(&nodes), "{}", text);
    Ok(())
}

/// The same of bytes that begin with each layer a capture can begin with.
pub fn anywhere(bytes: &[u8]) -> Result<(), TestCaseError> {
    for fcs in [Fcs::IfRight, Fcs::Always, Fcs::Never] {
        round_trip(bytes, Begin::Ethernet, fcs)?;
    }
    for first in [&ethcraft::proto::ipv4::IPV4, &ethcraft::proto::ipv6::IPV6] {
        round_trip(bytes, Begin::Layer(Some(first)), Fcs::Never)?;
    }
    round_trip(bytes, Begin::Layer(None), Fcs::Never)
}
