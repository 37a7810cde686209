//! Frames in our language beside scapy's expressions for them.

use super::{Program, expand, frame, python_with};
use std::fmt::Write;

/// What scapy makes of each expression, in hex, or nothing, as [`super::peer`]. `names` is Python that adds to the names
/// of `peers/scapy.py`.
pub fn evaluate<'a>(names: &str, expressions: impl IntoIterator<Item = &'a str>) -> Option<Vec<String>> {
    let input: Vec<&str> = expressions.into_iter().collect();
    let python = Program::new(python_with("scapy.all")?);
    let done =
        python.arguments(["-c", include_str!("../peers/scapy.py"), names]).input(input.join("\n")).run().expect(0);
    let lines: Vec<_> = done.stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), input.len(), "{}", done.describe());
    Some(lines)
}

/// Holds our frame of each pair, in which [`expand`] has its names, against scapy's: the same bytes.
pub fn same_bytes(names: &str, pairs: &[(&str, &str)]) {
    let Some(theirs) = evaluate(names, pairs.iter().map(|(_, theirs)| *theirs)) else { return };
    let mut wrong = String::new();
    for ((ours, expression), theirs) in pairs.iter().zip(theirs) {
        let bytes = hex::encode(frame(&expand(ours)));
        if bytes != theirs {
            let _ = write!(wrong, "{ours}\n  {bytes}\n{expression}\n  {theirs}\n\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
