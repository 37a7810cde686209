//! Numbers as BER has them: a length tells of itself how long it is, and stands before each integer (ITU-T X.690 8.1.3, 8.3).

use crate::proto::table::Ber;

/// The most bytes that [`encode`] gives.
pub const LONGEST: usize = 17;

/// How many bytes the number takes that stands in front, or none where there is none that can be read.
pub fn length(bytes: &[u8], form: Ber) -> Option<usize> {
    let own = match *bytes.first()? {
        0..=0x7f => 1,
        // Up to four bytes: no frame is longer. 0x80 tells no length.
        more @ 0x81..=0x84 => 1 + usize::from(more & 0x7f),
        _ => return None,
    };
    if form == Ber::Length {
        return (own <= bytes.len()).then_some(own);
    }
    let all = own + usize::try_from(value(bytes.get(..own)?, Ber::Length)?).ok()?;
    (all <= bytes.len()).then_some(all)
}

/// The number that these bytes are, all of them; one below zero as its 64 bits. Another form than the shortest is read too.
pub fn value(bytes: &[u8], form: Ber) -> Option<u128> {
    let high_first = |bytes: &[u8]| bytes.iter().fold(0u128, |all, byte| all << 8 | u128::from(*byte));
    match (form, bytes) {
        (Ber::Length, [short]) => Some((*short).into()),
        (Ber::Length, [_, rest @ ..]) => Some(high_first(rest)),
        (_, [size, content @ ..]) if usize::from(*size) == content.len() && (1..=9).contains(size) => {
            let low = high_first(content);
            let negative = content[0] >= 0x80;
            match form {
                Ber::Signed if negative && *size <= 8 => Some((u128::MAX << (8 * size) | low) & u128::from(u64::MAX)),
                Ber::Signed => (low <= i64::MAX as u128).then_some(low),
                _ => (!negative && low <= u64::MAX.into()).then_some(low),
            }
        }
        _ => None,
    }
}

/// The shortest bytes of a number; of one below zero its 64 bits are given.
pub fn encode(value: u128, form: Ber) -> Vec<u8> {
    // A signed number of 64 bits as one of 128, and else a bit in front that is not set.
    let wide = if form == Ber::Signed { super::bits::signed(value, 64) } else { value.cast_signed() };
    let bytes = wide.to_be_bytes();
    let own = |from: usize| &bytes[from..];
    match form {
        Ber::Length if value < 0x80 => vec![value as u8],
        Ber::Length => {
            let rest = own(bytes.iter().position(|b| *b != 0).unwrap_or(15));
            [&[0x80 | rest.len() as u8], rest].concat()
        }
        Ber::Signed | Ber::Unsigned => {
            // What the sign bit of the next byte says already is left out (X.690 8.3.2).
            let spare = |i: &usize| bytes[*i] == if bytes[*i + 1] >= 0x80 { 0xff } else { 0 };
            let rest = own((0..15).take_while(spare).count());
            [&[rest.len() as u8], rest].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_as_short_as_can_be() {
        // X.690 8.1.3.5: a length of 201 is 0x81 0xc9. 8.3: integers with their length.
        assert_eq!(encode(201, Ber::Length), [0x81, 0xc9]);
        assert_eq!(encode(127, Ber::Length), [0x7f]);
        assert_eq!((encode(0, Ber::Signed), encode(128, Ber::Unsigned)), (vec![1, 0], vec![2, 0, 128]));
        assert_eq!(encode(u64::MAX.into(), Ber::Signed), [1, 0xff], "-1");
        assert_eq!(encode((-129i64).cast_unsigned().into(), Ber::Signed), [2, 0xff, 0x7f]);
        assert_eq!(length(&[0x80, 1], Ber::Length), None, "an indefinite length tells nothing");
        assert_eq!((length(&[2, 1], Ber::Signed), length(&[1, 1, 9], Ber::Signed)), (None, Some(2)));
        assert_eq!(value(&[1, 0xff], Ber::Unsigned), None, "it is below zero");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read(value: u64, form in prop_oneof![
            Just(Ber::Signed), Just(Ber::Unsigned), Just(Ber::Length),
        ]) {
            let number = if form == Ber::Length { value >> 32 } else { value };
            let bytes = encode(number.into(), form);
            prop_assert_eq!(length(&bytes, form), Some(bytes.len()));
            prop_assert_eq!(super::value(&bytes, form), Some(number.into()));
        }
    }
}
