//! What a file is, by its first bytes.

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// pcap with its four known magics.
    Pcap,
    /// pcapng.
    Pcapng,
    /// Compressed: the name, and the command that unpacks to standard output.
    Compressed(&'static str, &'static str),
    /// Another capture format, by name.
    Other(&'static str),
    /// Begins with text: hex digits, a dump, or frame text.
    Text,
    /// Nothing known.
    Unknown,
}

/// Names what begins with these bytes; eight are enough.
pub fn kind(first: &[u8]) -> Kind {
    match first {
        [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..] => Kind::Pcap,
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => Kind::Pcapng,
        [0x34, 0xcd, 0xb2, 0xa1, ..] | [0xa1, 0xb2, 0xcd, 0x34, ..] => {
            Kind::Other("modified pcap (Kuznetzov's variant)")
        }
        [0xcd, 0x34, 0xb2, 0xa1, ..] | [0xa1, 0xb2, 0x34, 0xcd, ..] => Kind::Other("modified pcap (IXIA's variant)"),
        [0x12, 0xcb, 0xe2, 0xa1, ..] | [0xa1, 0xe2, 0xcb, 0x12, ..] => Kind::Other("modified pcap (Navtel's variant)"),
        [b's', b'n', b'o', b'o', b'p', 0, ..] => Kind::Other("snoop"),
        [0x1f, 0x8b, ..] => Kind::Compressed("gzip", "gzip -dc"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Kind::Compressed("zstd", "zstd -dc"),
        [0x04, 0x22, 0x4d, 0x18, ..] => Kind::Compressed("lz4", "lz4 -dc"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Kind::Compressed("xz", "xz -dc"),
        [b'B', b'Z', b'h', ..] => Kind::Compressed("bzip2", "bzip2 -dc"),
        [b'P', b'K', 3, 4, ..] => Kind::Compressed("zip", "unzip -p"),
        [] => Kind::Unknown,
        text if text.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')) => Kind::Text,
        _ => Kind::Unknown,
    }
}
