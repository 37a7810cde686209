//! A classic BPF program (`linux/filter.h`, `bpf(4)` of the BSDs): its instructions, and how they are written down.

use std::fmt;

/// One instruction, laid out as the kernel's `sock_filter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub code: u16,
    /// How many instructions are passed over where a test holds.
    pub jt: u8,
    /// And where it does not.
    pub jf: u8,
    /// Its constant.
    pub k: u32,
}

/// A whole program: it gives how many bytes of a frame are kept, 0 for none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(pub Vec<Instruction>);

/// No frame is longer: keeping so many bytes keeps all of it.
pub const WHOLE: u32 = 0x4_0000;

/// The most instructions that the kernel takes (`BPF_MAXINSNS`).
pub const MAX: usize = 4096;

/// A word, half word or byte of the frame, or what stands for it: the size's bits of an instruction.
pub(super) const fn size(bytes: usize) -> u16 {
    match bytes {
        1 => 0x10,
        2 => 0x08,
        _ => 0,
    }
}

pub(super) const LD_ABS: u16 = 0x20;
pub(super) const LD_IND: u16 = 0x40;
pub(super) const LD_IMM: u16 = 0x00;
pub(super) const LD_LEN: u16 = 0x80;
pub(super) const LD_MEM: u16 = 0x60;
pub(super) const LDX_MEM: u16 = 0x61;
pub(super) const LDX_IMM: u16 = 0x01;
pub(super) const ST: u16 = 0x02;
pub(super) const ADD: u16 = 0x04;
pub(super) const ADD_X: u16 = 0x0c;
pub(super) const SUB: u16 = 0x14;
pub(super) const SUB_X: u16 = 0x1c;
pub(super) const MUL: u16 = 0x24;
pub(super) const AND: u16 = 0x54;
pub(super) const RSH: u16 = 0x74;
pub(super) const JA: u16 = 0x05;
pub(super) const JEQ: u16 = 0x15;
pub(super) const JGT: u16 = 0x25;
pub(super) const JGE: u16 = 0x35;
pub(super) const JGE_X: u16 = 0x3d;
pub(super) const RET: u16 = 0x06;
pub(super) const TAX: u16 = 0x07;
pub(super) const TXA: u16 = 0x87;

/// What the kernel knows of a frame besides its bytes is loaded from here on (`SKF_AD_OFF`).
pub(super) const ANCILLARY: u32 = 0xffff_f000;
/// Where the frame goes, from this machine's view.
const PACKET_TYPE: u32 = ANCILLARY + 4;
/// The control information of a tag that was taken out of the frame.
pub(super) const VLAN_TAG: u32 = ANCILLARY + 44;
/// Whether one was.
pub(super) const VLAN_PRESENT: u32 = ANCILLARY + 48;
/// Its `EtherType`.
pub(super) const VLAN_TPID: u32 = ANCILLARY + 60;

impl Program {
    /// The program that keeps so many bytes of every frame.
    pub fn keep(bytes: u32) -> Self {
        Self(vec![Instruction { code: RET, jt: 0, jf: 0, k: bytes }])
    }

    /// The program that keeps what both keep, as many bytes as the other does: where this one would keep a frame, the
    /// other one begins. None where both together are too long for the kernel.
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        let own = self.0.len();
        if own + other.0.len() > MAX {
            return None;
        }
        let on = self.0.iter().enumerate().map(|(at, one)| match one.code {
            RET if one.k != 0 => Instruction { code: JA, jt: 0, jf: 0, k: (own - at - 1) as u32 },
            _ => *one,
        });
        Some(Self(on.chain(other.0.iter().copied()).collect()))
    }

    /// The program that keeps whatever this machine sends, and of the rest what this one keeps. None where it is too long
    /// for the kernel.
    #[must_use]
    pub fn or_outgoing(&self) -> Option<Self> {
        let outgoing = libc::PACKET_OUTGOING.into();
        let first = [
            Instruction { code: LD_ABS, jt: 0, jf: 0, k: PACKET_TYPE },
            Instruction { code: JEQ, jt: 0, jf: 1, k: outgoing },
            Instruction { code: RET, jt: 0, jf: 0, k: WHOLE },
        ];
        (first.len() + self.0.len() <= MAX).then(|| Self(first.iter().chain(&self.0).copied().collect()))
    }

    /// Whether it keeps every frame.
    pub fn keeps_all(&self) -> bool {
        matches!(self.0.as_slice(), [one] if one.code == RET && one.k != 0)
    }
}

impl fmt::Display for Program {
    /// As `tcpdump -d` writes it: `(000) ldh [12]`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (at, instruction) in self.0.iter().enumerate() {
            writeln!(f, "({at:03}) {}", line(at, *instruction))?;
        }
        Ok(())
    }
}

/// What an instruction that calculates is called.
fn arithmetic(code: u16) -> Option<&'static str> {
    const NAMES: [&str; 11] = ["add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor"];
    NAMES.get(usize::from(code >> 4)).copied()
}

/// Its constant; bits are in hex.
fn constant(code: u16, k: u32) -> String {
    if matches!(code & 0xf0, 0x40 | 0x50 | 0xa0) { format!("{k:#x}") } else { k.to_string() }
}

fn line(at: usize, Instruction { code, jt, jf, k }: Instruction) -> String {
    let sized = match code & 0x18 {
        0x08 => "ldh",
        0x10 => "ldb",
        _ => "ld",
    };
    let (name, argument) = match code {
        // What only libpcap writes.
        0x81 => ("ldx", "#pktlen".into()),
        LDX_IMM => ("ldx", format!("#{k:#x}")),
        0xb1 => ("ldxb", format!("4*([{k}]&0xf)")),
        LD_MEM => ("ld", format!("M[{k}]")),
        0x03 => ("stx", format!("M[{k}]")),
        TXA => ("txa", String::new()),
        0x16 => ("ret", String::new()),
        0x84 => ("neg", String::new()),
        _ if code & 0x07 == 0x04 && arithmetic(code).is_some() => {
            let name = arithmetic(code).unwrap_or_default();
            (name, if code & 0x08 != 0 { "x".into() } else { format!("#{}", constant(code, k)) })
        }
        0x45 => ("jset", format!("#{k:#x}")),
        0x1d => ("jeq", "x".into()),
        0x2d => ("jgt", "x".into()),
        0x4d => ("jset", "x".into()),
        RET => ("ret", format!("#{k}")),
        LD_IMM => ("ld", format!("#{k:#x}")),
        LD_LEN => ("ld", "#pktlen".into()),
        LDX_MEM => ("ldx", format!("M[{k}]")),
        ST => ("st", format!("M[{k}]")),
        TAX => ("tax", String::new()),
        JA => ("ja", (at as u32 + 1).wrapping_add(k).to_string()),
        JEQ => ("jeq", format!("#{k:#x}")),
        JGT => ("jgt", format!("#{k:#x}")),
        JGE => ("jge", format!("#{k:#x}")),
        JGE_X => ("jge", "x".into()),
        _ if code & 0xe7 == LD_IND => (sized, format!("[x + {k}]")),
        _ => match k {
            VLAN_TAG => (sized, "[vlan_tci]".into()),
            VLAN_PRESENT => (sized, "[vlan_avail]".into()),
            VLAN_TPID => (sized, "[vlan_tpid]".into()),
            _ => (sized, format!("[{k}]")),
        },
    };
    if code & 0x07 == 0x05 && code != JA {
        format!("{name:<8} {argument:<16} jt {}\tjf {}", at + 1 + usize::from(jt), at + 1 + usize::from(jf))
    } else {
        format!("{name:<8} {argument}").trim_end().to_owned()
    }
}
