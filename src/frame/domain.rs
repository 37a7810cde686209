//! Domain names as they stand in a message (RFC 1035 3.1 and 4.1.4).

/// Pointers that are followed from one name.
const HOPS: usize = 20;

/// How many bytes the name takes that stands in front, or none where it has no end or a label of no known form.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            // A pointer to another name ends this one.
            0xc0.. => return (at + 2 <= bytes.len()).then_some(at + 2),
            label @ 1..=63 => at += 1 + label as usize,
            _ => return None,
        }
        if at > 255 {
            return None;
        }
    }
}

/// The bytes of a name, or what is wrong with it.
///
/// `www:12` is the label `www` and then the name that begins 12 bytes behind the message's beginning (RFC 1035 4.1.4).
pub fn encode(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let pointer = text.rsplit_once(':').and_then(|(labels, at)| Some((labels, plain_number(at)?)));
    let (text, pointer) = pointer.map_or((text, None), |(labels, at)| (labels, Some(at)));
    let no_labels = text == "." || (text.is_empty() && pointer.is_some());
    for label in text.strip_suffix('.').unwrap_or(text).split('.').filter(|_| !no_labels) {
        match label.len() {
            1..=63 => {
                bytes.push(label.len() as u8);
                bytes.extend_from_slice(label.as_bytes());
            }
            0 => return Err("a label between two dots is empty".into()),
            n => return Err(format!("a label of {n} bytes; 63 is the most")),
        }
    }
    match pointer {
        Some(at @ 0..=0x3fff) => bytes.extend((0xc000 | at).to_be_bytes()),
        Some(at) => return Err(format!("a pointer to byte {at}; {} is the most", 0x3fff)),
        None => bytes.push(0),
    }
    if bytes.len() > 255 { Err(format!("a name of {} bytes; 255 is the most", bytes.len())) } else { Ok(bytes) }
}

/// A decimal number as the language writes one.
fn plain_number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|number: &u16| number.to_string() == text)
}

/// The name that begins at a place of a message, its pointers followed.
pub fn expand(message: &[u8], at: usize) -> Option<String> {
    let (mut at, mut text, mut hops) = (at, String::new(), 0);
    loop {
        let rest = message.get(at..)?;
        let mut here = String::new();
        if !write(&rest[..length(rest)?], &mut here) {
            return None;
        }
        let here = here.trim_matches('"');
        let Some((labels, pointer)) = here.rsplit_once(':') else {
            text.push_str(if here == "." && !text.is_empty() { "" } else { here });
            return Some(text);
        };
        text.push_str(labels);
        text.push_str(if labels.is_empty() { "" } else { "." });
        at = pointer.parse().ok()?;
        hops += 1;
        // Some point at themselves.
        if hops > HOPS || text.len() > 255 {
            return None;
        }
    }
}

/// Whether the name that begins at a place of a message is `wanted`, which has no pointer; those of the message are followed.
pub fn is(message: &[u8], mut at: usize, mut wanted: &[u8]) -> bool {
    // Some point at themselves.
    for _ in 0..=HOPS {
        let pointer = loop {
            match message.get(at..) {
                Some([0, ..]) => return wanted == [0],
                Some([high @ 0xc0..=0xff, low, ..]) => break u16::from_be_bytes([high & 0x3f, *low]),
                Some([label @ 1..=63, ..]) => {
                    let label = message.get(at..=at + *label as usize);
                    let Some(rest) = label.and_then(|label| wanted.strip_prefix(label)) else { return false };
                    (at, wanted) = (at + label.map_or(0, <[u8]>::len), rest);
                }
                _ => return false,
            }
        };
        at = pointer.into();
    }
    false
}

/// Appends the name as text, in quotes where it would not be read as a name without, if it is plain letters, digits, `-` and
/// `_`, so that [`encode`] gives the same bytes. Tells whether it is.
pub fn write(bytes: &[u8], out: &mut String) -> bool {
    if !is_plain(bytes) {
        return false;
    }
    // One label might be a number; hex digits are bytes.
    let single = bytes.len() < 2 || bytes.get(1 + bytes[0] as usize) == Some(&0);
    let quote = if single || bytes[1..].starts_with(b"0x") { "\"" } else { "" };
    out.push_str(quote);
    if bytes == [0] {
        out.push('.');
    }
    let mut at = 0;
    while let Some(label) = bytes.get(at).copied().filter(|label| (1..=63).contains(label)) {
        out.push_str(if at > 0 { "." } else { "" });
        let label = &bytes[at + 1..][..label as usize];
        out.push_str(std::str::from_utf8(label).unwrap_or_default());
        at += 1 + label.len();
    }
    if let [high @ 0xc0..=0xff, low] = bytes[at..] {
        out.push(':');
        super::digits::decimal(out, u128::from(u16::from_be_bytes([high & 0x3f, low])));
    }
    out.push_str(quote);
    true
}

fn is_plain(bytes: &[u8]) -> bool {
    let mut at = 0;
    loop {
        let Some(label) = bytes.get(at) else { return false };
        let label = *label as usize;
        if label == 0 {
            return at + 1 == bytes.len();
        }
        if label >= 0xc0 {
            return at + 2 == bytes.len();
        }
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let found = bytes.get(at + 1..at + 1 + label);
        if !found.is_some_and(|found| label <= 63 && found.iter().all(plain)) {
            return false;
        }
        at += 1 + label;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        let mut out = String::new();
        write(bytes, &mut out).then_some(out)
    }

    #[test]
    fn a_name_is_labels_with_their_lengths() {
        // RFC 1035 4.1.4: F.ISI.ARPA.
        let bytes = b"\x01F\x03ISI\x04ARPA\x00";
        assert_eq!(encode("F.ISI.ARPA"), Ok(bytes.to_vec()));
        assert_eq!(text(bytes).as_deref(), Some("F.ISI.ARPA"));
        assert_eq!((length(bytes), length(b"\x03FOO\xc0\x0crest"), length(b"\x03FO")), (Some(12), Some(6), None));
        assert_eq!((encode("."), text(&[0]).as_deref()), (Ok(vec![0]), Some("\".\"")));
        assert_eq!(text(b"\x03com\x00").as_deref(), Some("\"com\""));
        assert_eq!(text(b"\x030x1\x03com\x00").as_deref(), Some("\"0x1.com\""));
        assert_eq!(
            (text(b"\x03com"), text(b"\x03c.m\x00"), text(b""), text(b"\x01a\xc0\x0c").as_deref()),
            (None, None, None, Some("a:12"))
        );
        // RFC 1035 4.1.4: F.ISI.ARPA at 20, FOO before a pointer to it, and a pointer alone.
        assert_eq!((text(b"\xc0\x14").as_deref(), encode(":20")), (Some(":20"), Ok(b"\xc0\x14".to_vec())));
        assert_eq!(encode("FOO:20"), Ok(b"\x03FOO\xc0\x14".to_vec()));
        let message = [&[0; 20][..], bytes, b"\x03FOO\xc0\x14", b"\xc0\x26"].concat();
        assert_eq!(expand(&message, 32).as_deref(), Some("FOO.F.ISI.ARPA"));
        assert_eq!(expand(&message, 38), None, "it points at itself");
        let foo = encode("FOO.F.ISI.ARPA").unwrap();
        assert!(
            is(&message, 32, &foo) && is(&message, 20, bytes) && !is(&message, 32, bytes) && !is(&message, 20, &foo)
        );
        assert!(!is(&message, 38, &foo) && !is(&message, 99, &foo) && !is(&message[..34], 32, &foo));
        assert!(!is(&message, 32, b"\x03FOO\xc0\x14"), "this one is compared byte by byte");
        assert!(encode(":20000").is_err() && encode("a..b").is_err() && encode(&"x".repeat(64)).is_err());
    }
}
