//! The program run here instead of in the kernel, one instruction after the other.

use super::program::*;

/// What a program gives for a frame: how many bytes are kept. `stripped` is the `EtherType` and the control information
/// of a tag that was taken out of it. A load past the frame's end gives 0, as in the kernel.
pub fn run(program: &Program, bytes: &[u8], stripped: Option<(u16, u16)>) -> u32 {
    execute(program, bytes, stripped).unwrap_or(0)
}

fn execute(program: &Program, bytes: &[u8], stripped: Option<(u16, u16)>) -> Option<u32> {
    let (mut a, mut x, mut memory) = (0u32, 0u32, [0u32; 16]);
    let mut at = 0;
    loop {
        let Instruction { code, jt, jf, k } = *program.0.get(at)?;
        at += 1;
        let frame = |from: u32| {
            let wide = match code & 0x18 {
                0x08 => 2,
                0x10 => 1,
                _ => 4,
            };
            let part = bytes.get(from as usize..from as usize + wide)?;
            Some(part.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
        };
        let test = match code {
            RET => return Some(k),
            JEQ => Some(a == k),
            JGT => Some(a > k),
            JGE => Some(a >= k),
            JGE_X => Some(a >= x),
            _ => None,
        };
        if let Some(holds) = test {
            at += usize::from(if holds { jt } else { jf });
            continue;
        }
        match code {
            JA => at += k as usize,
            LD_LEN => a = bytes.len() as u32,
            LD_MEM => a = *memory.get(k as usize)?,
            LDX_MEM => x = *memory.get(k as usize)?,
            ST => *memory.get_mut(k as usize)? = a,
            _ if calculate(code, k, &mut a, &mut x) => {}
            _ if code & 0xe7 == LD_IND => a = frame(x.checked_add(k)?)?,
            _ if code & 0xe7 == LD_ABS => {
                a = match k {
                    VLAN_PRESENT => u32::from(stripped.is_some()),
                    VLAN_TPID => stripped.map_or(0, |(tpid, _)| tpid.into()),
                    VLAN_TAG => stripped.map_or(0, |(_, tci)| tci.into()),
                    _ => frame(k)?,
                }
            }
            _ => return None,
        }
    }
}

/// Does an instruction that touches the two registers alone; false where it is another one.
#[inline]
pub(super) fn calculate(code: u16, k: u32, a: &mut u32, x: &mut u32) -> bool {
    match code {
        LD_IMM => *a = k,
        LDX_IMM => *x = k,
        TAX => *x = *a,
        TXA => *a = *x,
        ADD => *a = a.wrapping_add(k),
        ADD_X => *a = a.wrapping_add(*x),
        SUB => *a = a.wrapping_sub(k),
        SUB_X => *a = a.wrapping_sub(*x),
        MUL => *a = a.wrapping_mul(k),
        AND => *a &= k,
        RSH => *a >>= k,
        _ => return false,
    }
    true
}
