//! The parts that are no header: where a frame begins, and what comes behind its contents.

use super::table::*;

/// `frame`
pub static FRAME: Protocol = protocol(
    "frame",
    "Start of the frame",
    "",
    &layout([num("len", 32).rule(Rule::FrameLen).doc("the frame's length, bytes; patterns only")]),
)
.role(Role::Start);

/// `pad`
pub static PAD: Protocol = protocol(
    "pad",
    "Padding that no length counts",
    "IEEE 802.3-2022 3.2.8",
    &layout([bytes("bytes").main().rule(Rule::Fill).doc("zeros up to 60 bytes of frame")]),
)
.role(Role::Pad);

/// `fcs`
pub static FCS: Protocol = protocol(
    "fcs",
    "Frame check sequence",
    "IEEE 802.3-2022 3.2.9",
    &layout([hex("value", 32).main().rule(Rule::Crc).brief().doc("CRC-32 of all before it, in wire order")]),
)
.role(Role::Fcs);

/// `cut`
pub static CUT: Protocol = protocol(
    "cut",
    "Keeps the first bytes of what is before it",
    "",
    &layout([num("bytes", 32).main().rule(Rule::Keep).doc("how many bytes are kept")]),
)
.role(Role::Cut);
