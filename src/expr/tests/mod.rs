//! Claims about the frame language as text.

mod examples;
mod mistakes;
mod round_trip;

/// A tree as text without its places.
fn without_spans(tree: &impl std::fmt::Debug) -> String {
    let debug = format!("{tree:?}");
    let mut pieces = debug.split("Span { start: ");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find('}').map_or(piece.len(), |i| i + 1);
        assert!(
            piece[..end].trim_end_matches([' ', '}']).chars().all(|c| c.is_ascii_digit() || ", end:".contains(c)),
            "{piece}"
        );
        out.push_str(&piece[end..]);
    }
    out
}
