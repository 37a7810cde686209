//! TCP. Its options are in `options`.

mod options;

use super::ipv4::IPV4;
use super::table::*;

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

/// What acknowledges a segment: the number behind its data, with one for SYN and one for FIN (RFC 9293 3.4).
fn acknowledgement(header: &[u8], data: usize) -> Option<u64> {
    let flags = *header.get(13)?;
    let marks = u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
    let seq = u32::from_be_bytes(header.get(4..8)?.try_into().ok()?);
    Some(seq.wrapping_add(data as u32).wrapping_add(marks).into())
}

/// The number that its sender expects next, if it says one.
fn expected(header: &[u8], _: usize) -> Option<u64> {
    let says = header.get(13)? & ACK != 0;
    says.then_some(u32::from_be_bytes(header.get(8..12)?.try_into().ok()?).into())
}

/// `tcp`
pub static TCP: Protocol = protocol(
    "tcp",
    "Transmission Control Protocol",
    "RFC 9293 3.1",
    &layout([
        num("sport", 16)
            .port_from(Space::Tcp)
            .or(49152)
            .brief()
            .mirrors("dport")
            .marks()
            .doc("source port; 49152 if unset"),
        num("dport", 16)
            .port_to(Space::Tcp)
            .or(9)
            .brief()
            .mirrors("sport")
            .doc("destination port; 9 (discard) if unset"),
        num("seq", 32).brief().replies(expected).doc("sequence number of the first byte of data"),
        num("ack-seq", 32)
            .brief_if_unusual()
            .replies(acknowledgement)
            .doc("the next byte expected, where the flag ack is set"),
        num("off", 4).header_len(4).doc("header, 32-bit words"),
        num("res", 3).doc("reserved"),
        flags(
            "flags",
            9,
            &[
                ("syn", 2),
                ("ack", 16),
                ("fin", 1),
                ("rst", 4),
                ("psh", 8),
                ("urg", 32),
                ("ece", 64),
                ("cwr", 128),
                ("ae", 256),
                ("ns", 256),
            ],
        )
        .or(2)
        .brief()
        .doc("control bits; syn if unset; ae (RFC 9768) was ns (RFC 3540)"),
        num("win", 16).or(65535).brief().doc("window, bytes, not yet scaled; 65535 if unset"),
        hex("checksum", 16).sum(Cover::Pseudo).doc("of addresses, header and payload"),
        num("urgptr", 16).brief_if_unusual().doc("end of urgent data, bytes behind seq, where the flag urg is set"),
        items("options", &options::OPTIONS).doc("options"),
    ]),
)
.under(&[(Space::Ip, 6)])
.on(&IPV4);
