//! Frames as hex text: written as one line a frame; read from that, and from the dumps that people paste.
//!
//! A text is read as *lines*, one frame of hex digits each, or as a *dump*, where every line begins with its offset and a frame
//! ends where the offset returns to 0: `tcpdump -xx` and `-XX`, `xxd`, `tshark -x`, Wireshark's copy, `od -A x -t x1`,
//! `hexdump -Cv`. It is a dump where any line of it begins one. Captions between dumped frames are passed over.

use super::hex_line::{Digits, Offset, digits, offset};
use thiserror::Error;

/// A text that is not hex, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {what}")]
pub struct HexError {
    /// Line, counted from 1.
    pub line: usize,
    /// Byte column in the line, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

/// A frame and the line of text it begins on, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexFrame {
    /// First line.
    pub line: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// All frames of a text. `#` begins a comment, except in a dump's column of characters.
pub fn read(text: &[u8]) -> Result<Vec<HexFrame>, HexError> {
    let lines = || text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).enumerate();
    let is_dump = lines()
        .zip(lines().skip(1).map(|(_, next)| next).chain([&b""[..]]))
        .any(|((_, line), next)| begins_dump(line, next));
    let mut frames = Vec::new();
    for (index, line) in lines() {
        let at = |(column, what): (usize, String)| HexError { line: index + 1, column: column + 1, what };
        if is_dump {
            dump_line(&mut frames, index + 1, line).map_err(at)?;
        } else {
            let end = line.iter().position(|byte| *byte == b'#').unwrap_or(line.len());
            let bytes = digits(line, 0..end, Digits::Line).map_err(at)?;
            if !bytes.is_empty() {
                frames.push(HexFrame { line: index + 1, bytes });
            }
        }
    }
    Ok(frames)
}

/// Whether a line has the offset 0, and not just zeros in front. With a colon or two blanks behind it there is no doubt;
/// with one blank, as `od` writes it, the next line's offset must be the number of bytes on this one.
fn begins_dump(line: &[u8], next: &[u8]) -> bool {
    let Some(Offset { value: 0, from, form }) = offset(line) else { return false };
    let apart = line.get(from..).is_some_and(|rest| rest.iter().take_while(|b| b.is_ascii_whitespace()).count() > 1);
    let grows = || {
        let there = digits(line, from..line.len(), form).map_or(0, |bytes| bytes.len());
        there > 0 && offset(next).is_some_and(|next| next.value == there)
    };
    form == Digits::Groups || apart || grows()
}

fn dump_line(frames: &mut Vec<HexFrame>, number: usize, line: &[u8]) -> Result<(), (usize, String)> {
    let so_far = frames.last().map(|frame| frame.bytes.len());
    let Some(Offset { value, from, form }) = offset(line) else {
        return no_offset(line, so_far);
    };
    let bytes = digits(line, from..line.len(), form)?;
    if value == 0 && !bytes.is_empty() {
        frames.push(HexFrame { line: number, bytes });
        return Ok(());
    }
    match frames.last_mut() {
        Some(frame) if value == frame.bytes.len() => frame.bytes.extend(bytes),
        last => {
            let there = last.map_or(0, |frame| frame.bytes.len());
            return Err((0, format!("offset 0x{value:04x} does not follow the {there} bytes before it")));
        }
    }
    Ok(())
}

/// A line of a dump without an offset is a caption, unless it looks like a damaged part of the dump.
fn no_offset(line: &[u8], so_far: Option<usize>) -> Result<(), (usize, String)> {
    let text = line.trim_ascii_start();
    let column = line.len() - text.len();
    let first = text.split(|byte| byte.is_ascii_whitespace() || *byte == b':').next().unwrap_or_default();
    let as_offset = std::str::from_utf8(first).ok().and_then(|first| usize::from_str_radix(first, 16).ok());
    if text == b"*" {
        let what = "`*` stands for lines that were left out; dump them all (hexdump -v)";
        Err((column, what.into()))
    } else if first.len() >= 4 && as_offset.is_some() && as_offset == so_far || first.starts_with(b"0x") {
        Err((column + first.len(), "an offset and hex bytes were expected on this line".into()))
    } else if !text.is_empty() && text.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b' ' | b'\t')) {
        Err((column, "this line has no offset, and others have".into()))
    } else {
        Ok(())
    }
}
