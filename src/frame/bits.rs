//! Fields of up to 128 bits at any bit offset, high bit first.

/// The value of `width` bits at `bit`, or none where the bytes end before it.
#[inline]
pub fn get(bytes: &[u8], bit: usize, width: usize) -> Option<u128> {
    if width == 0 {
        return Some(0);
    }
    if bit % 8 + width <= 64
        && let Some(word) = bytes.get(bit / 8..).and_then(|rest| rest.first_chunk())
    {
        return Some((u64::from_be_bytes(*word) << (bit % 8) >> (64 - width)).into());
    }
    slow(bytes, bit, width)
}

/// The same near the end of the bytes, and of wide fields.
#[inline(never)]
fn slow(bytes: &[u8], bit: usize, width: usize) -> Option<u128> {
    if let (0, 128) = (bit % 8, width) {
        return Some(u128::from_be_bytes(*bytes.get(bit / 8..)?.first_chunk()?));
    }
    let last = (bit + width - 1) / 8;
    let span = bytes.get(bit / 8..=last)?;
    let mut value = 0u128;
    let lead = bit % 8;
    for (i, byte) in span.iter().enumerate() {
        let byte = if i == 0 { byte & (0xff >> lead) } else { *byte };
        if i == span.len() - 1 {
            let drop = (last + 1) * 8 - (bit + width);
            value = (value << (8 - drop)) | u128::from(byte >> drop);
        } else {
            value = (value << 8) | u128::from(byte);
        }
    }
    Some(value)
}

/// Writes the low `width` bits of `value` at `bit`; bytes past the end are left out.
pub fn put(bytes: &mut [u8], bit: usize, width: usize, value: u128) {
    let mut value = value;
    let mut left = width;
    while left > 0 {
        let end = bit + left;
        let in_byte = (end - 1) / 8;
        let low = (in_byte + 1) * 8 - end;
        let take = (8 - low).min(left);
        let mask = ((1u16 << take) - 1) as u8;
        if let Some(byte) = bytes.get_mut(in_byte) {
            *byte = (*byte & !(mask << low)) | (((value as u8) & mask) << low);
        }
        value = value.checked_shr(take as u32).unwrap_or(0);
        left -= take;
    }
}

/// The greatest value of a width.
pub fn max(width: usize) -> u128 {
    if width >= 128 { u128::MAX } else { (1 << width) - 1 }
}

/// The number that so many bits are in two's complement.
pub fn signed(value: u128, width: usize) -> i128 {
    let above = 128 - width.clamp(1, 128);
    (value << above).cast_signed() >> above
}

/// The same bytes in the other order.
pub fn swap(value: u128, width: usize) -> u128 {
    value.swap_bytes() >> (128 - width.clamp(8, 128))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_is_got_and_its_neighbours_stay(
            before: [u8; 24], bit in 0usize..64, width in 1usize..=128, value: u128,
        ) {
            let value = value & max(width);
            let mut bytes = before;
            put(&mut bytes, bit, width, value);
            prop_assert_eq!(get(&bytes, bit, width), Some(value));
            put(&mut bytes, bit, width, get(&before, bit, width).unwrap());
            prop_assert_eq!(bytes, before);
        }
    }

    #[test]
    fn past_the_end_there_is_nothing() {
        assert_eq!(get(&[0xff], 4, 8), None);
        assert_eq!(get(&[], 0, 0), Some(0));
    }
}
