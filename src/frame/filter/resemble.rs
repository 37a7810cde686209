//! A program that keeps frames that resemble given ones, some of their bytes wrong or shifted by a VLAN tag.

use super::assemble::{Assembler, Label};
use super::program::{ADD_X, AND, JEQ, JGE, LD_ABS, LD_IMM, LD_LEN, LDX_MEM, Program, RET, ST, WHOLE};

/// So many words of each frame are looked at.
const WORDS: usize = 16;
/// Fewer words tell nothing.
const LEAST: usize = 3;
/// The most forms; with more of them the program would get long.
const FORMS: usize = 16;

/// Where both addresses end and a VLAN tag may begin.
const ADDRESSES: usize = 12;

/// Keeps a frame where at least half of the four-byte words agree with one of these forms, in the bits that are ones in its
/// mask. Of a form with a VLAN tag the same without it passes too, since the kernel takes tags out. None where a form has too
/// few fixed words to tell it by.
pub fn resembling(forms: &[(Vec<u8>, Vec<u8>)]) -> Option<Program> {
    let mut asm = Assembler::default();
    let keep = asm.label();
    if forms.is_empty() || forms.len() > FORMS {
        return None;
    }
    for (frame, fixed) in forms {
        form(&mut asm, frame, fixed, keep)?;
        if matches!(frame.get(ADDRESSES..ADDRESSES + 2), Some([0x81, 0] | [0x88, 0xa8])) && frame.len() > ADDRESSES + 4
        {
            let without = |bytes: &[u8]| [&bytes[..ADDRESSES], &bytes[ADDRESSES + 4..]].concat();
            form(&mut asm, &without(frame), &without(fixed), keep)?;
        }
    }
    asm.plain(RET, 0);
    asm.here(keep);
    asm.plain(RET, WHOLE);
    asm.finish()
}

/// Counts the words that agree in M[0].
fn form(asm: &mut Assembler, frame: &[u8], fixed: &[u8], keep: Label) -> Option<()> {
    let word = |bytes: &[u8], at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let whole = (0..frame.len()).step_by(4).filter_map(|at| Some((at as u32, word(frame, at)?, word(fixed, at)?)));
    // The tag's place is at the end: what is fixed there tells more than what lies between.
    let mut words: Vec<_> = whole.filter(|(_, _, mask)| mask.count_ones() >= 16).collect();
    if words.len() > WORDS {
        words.drain(WORDS / 2..words.len() - WORDS / 2);
    }
    if words.len() < LEAST {
        return None;
    }
    let done = asm.label();
    asm.plain(LD_IMM, 0);
    asm.plain(ST, 0);
    for (at, value, mask) in &words {
        let (yes, next) = (asm.label(), asm.label());
        // A load past the end would reject the frame.
        asm.plain(LD_LEN, 0);
        asm.need(JGE, at + 4, done);
        asm.plain(LD_ABS, *at);
        if *mask != u32::MAX {
            asm.plain(AND, *mask);
        }
        asm.test(JEQ, value & mask, yes, next);
        asm.here(yes);
        asm.plain(LDX_MEM, 0);
        asm.plain(LD_IMM, 1);
        asm.plain(ADD_X, 0);
        asm.plain(ST, 0);
        asm.here(next);
    }
    asm.here(done);
    let next = asm.label();
    asm.plain(LDX_MEM, 0);
    asm.plain(LD_IMM, 0);
    asm.plain(ADD_X, 0);
    asm.test(JGE, words.len().div_ceil(2) as u32, keep, next);
    asm.here(next);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::run::run;
    use super::*;

    fn frame() -> Vec<u8> {
        (0..60u8).map(|byte| byte.wrapping_mul(37)).collect()
    }

    #[test]
    fn damage_passes_and_another_frame_does_not() {
        let frame = frame();
        let program = resembling(&[(frame.clone(), vec![0xff; 60])]).unwrap();
        assert_eq!(run(&program, &frame, None), WHOLE);
        for from in 0..40 {
            let mut damaged = frame.clone();
            damaged[from..from + 20].iter_mut().for_each(|byte| *byte ^= 0x55);
            assert_eq!(run(&program, &damaged, None), WHOLE, "{from}");
        }
        assert_eq!(run(&program, &frame[..40], None), WHOLE);
        for other in [vec![0; 60], frame[..20].to_vec(), Vec::new(), frame.iter().rev().copied().collect()] {
            assert_eq!(run(&program, &other, None), 0);
        }
    }

    #[test]
    fn bits_that_vary_are_not_looked_at() {
        let frame = frame();
        let mut fixed = vec![0xff; 60];
        fixed[4..48].fill(0);
        let program = resembling(&[(frame.clone(), fixed)]).unwrap();
        let mut other = frame.clone();
        other[4..48].fill(0xaa);
        assert_eq!(run(&program, &other, None), WHOLE);
    }

    #[test]
    fn a_tag_that_the_kernel_takes_out_hides_no_frame() {
        let mut frame = frame();
        frame.splice(12..12, [0x81, 0, 0, 7]);
        let program = resembling(&[(frame.clone(), vec![0xff; 64])]).unwrap();
        let stripped = [&frame[..12], &frame[16..]].concat();
        assert_eq!(run(&program, &stripped, Some((0x8100, 7))), WHOLE);
        assert_eq!(run(&program, &frame, None), WHOLE);
    }

    #[test]
    fn frames_that_have_nothing_in_common_have_no_program() {
        assert_eq!(resembling(&[(frame(), vec![0; 60])]), None);
        assert_eq!(resembling(&[]), None);
    }
}
