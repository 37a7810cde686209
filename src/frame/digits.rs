//! Numbers and addresses as text, without the machinery of `fmt`: a line about a frame is mostly these.

use std::net::Ipv6Addr;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Two hex digits of each byte.
const PAIRS: [[u8; 2]; 256] = {
    let mut all = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        all[byte] = [HEX[byte >> 4], HEX[byte & 0xf]];
        byte += 1;
    }
    all
};

/// All groups of three digits.
const THREES: &str = {
    const BYTES: [u8; 3000] = {
        let mut all = [0; 3000];
        let mut number = 0;
        while number < 1000 {
            all[number * 3] = b'0' + (number / 100) as u8;
            all[number * 3 + 1] = b'0' + (number / 10 % 10) as u8;
            all[number * 3 + 2] = b'0' + (number % 10) as u8;
            number += 1;
        }
        all
    };
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => panic!("digits are ASCII"),
    }
};

/// A short text that is put together byte by byte. It is aligned and looked at in whole, since that it is ASCII is then
/// seen sixteen bytes at a time.
#[repr(align(16))]
struct Text<const SIZE: usize> {
    bytes: [u8; SIZE],
    len: usize,
}

impl<const SIZE: usize> Text<SIZE> {
    fn new() -> Self {
        Self { bytes: [0; SIZE], len: 0 }
    }

    /// Adds an ASCII character; past the end there is none to add.
    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    #[inline]
    fn byte(&mut self, value: u8) {
        if value >= 100 {
            self.push(b'0' + value / 100);
        }
        if value >= 10 {
            self.push(b'0' + value / 10 % 10);
        }
        self.push(b'0' + value % 10);
    }

    /// Hex digits without leading zeros.
    fn group(&mut self, value: u16) {
        for shift in [12, 8, 4] {
            if value >> shift > 0 {
                self.push(HEX[usize::from(value >> shift & 0xf)]);
            }
        }
        self.push(HEX[usize::from(value & 0xf)]);
    }

    fn add_to(&self, out: &mut String) {
        // It is ASCII.
        let all = std::str::from_utf8(&self.bytes).unwrap_or_default();
        out.push_str(all.get(..self.len).unwrap_or_default());
    }
}

/// Appends a number in decimal.
pub fn decimal(out: &mut String, value: u128) {
    let Ok(mut value) = u64::try_from(value) else { return out.push_str(&value.to_string()) };
    let mut groups = [0; 7];
    let mut first = groups.len();
    loop {
        first -= 1;
        groups[first] = (value % 1000) as usize;
        value /= 1000;
        if value == 0 {
            break;
        }
    }
    // Of the first group without the zeros in front, but for the last of them.
    let mut zeros = usize::from(groups[first] < 100) + usize::from(groups[first] < 10);
    for group in &groups[first..] {
        out.push_str(THREES.get(group * 3 + zeros..group * 3 + 3).unwrap_or_default());
        zeros = 0;
    }
}

/// Appends the last so many digits of a number in decimal, at most 20, zeros in front.
pub fn padded<const DIGITS: usize>(out: &mut String, value: u32) {
    let mut digits = [0; DIGITS];
    let mut value = value;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out.push_str(std::str::from_utf8(&digits).unwrap_or_default());
}

/// Appends `0x` and a number in at least so many hex digits.
pub fn hex(out: &mut String, value: u128, digits: usize) {
    let mut text = Text::<48>::new();
    let needed = (128 - value.leading_zeros() as usize).div_ceil(4);
    for digit in (0..digits.max(needed).clamp(1, 32)).rev() {
        text.push(HEX[(value >> (digit * 4)) as usize & 0xf]);
    }
    out.push_str("0x");
    text.add_to(out);
}

/// Appends two hex digits a byte.
pub fn hex_bytes(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(24) {
        let mut text = Text::<48>::new();
        for byte in chunk {
            let [high, low] = PAIRS[usize::from(*byte)];
            text.push(high);
            text.push(low);
        }
        text.add_to(out);
    }
}

/// Appends the low 48 bits as a MAC address.
pub fn mac(out: &mut String, value: u64) {
    let mut text = Text::<32>::new();
    for (i, byte) in value.to_be_bytes()[2..].iter().enumerate() {
        let [high, low] = PAIRS[usize::from(*byte)];
        (text.bytes[i * 3], text.bytes[i * 3 + 1], text.bytes[i * 3 + 2]) = (high, low, b':');
    }
    text.len = 17;
    text.add_to(out);
}

/// Appends an IPv4 address.
pub fn ip4(out: &mut String, value: u32) {
    let mut text = Text::<16>::new();
    for (i, byte) in value.to_be_bytes().into_iter().enumerate() {
        if i > 0 {
            text.push(b'.');
        }
        text.byte(byte);
    }
    text.add_to(out);
}

/// Appends an IPv6 address (RFC 5952).
pub fn ip6(out: &mut String, value: u128) {
    // These are written with dots.
    if value >> 32 == 0xffff {
        return out.push_str(&Ipv6Addr::from_bits(value).to_string());
    }
    let group = |i: usize| (value >> (112 - 16 * i)) as u16;
    // The longest run of zeros, the first of several; one alone is written out.
    let (mut zeros, mut run) = (8..8, 0);
    for i in 0..8 {
        run = if group(i) == 0 { run + 1 } else { 0 };
        if run > zeros.len().max(1) {
            zeros = i + 1 - run..i + 1;
        }
    }
    let mut text = Text::<48>::new();
    let mut i = 0;
    while i < 8 {
        if i == zeros.start {
            text.push(b':');
            text.push(b':');
            i = zeros.end;
            continue;
        }
        if i > 0 && i != zeros.end {
            text.push(b':');
        }
        text.group(group(i));
        i += 1;
    }
    text.add_to(out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    fn text(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    proptest! {
        #[test]
        fn numbers_are_as_fmt_writes_them(value: u128, small: u64, part: u32, digits in 0usize..33) {
            prop_assert_eq!(text(|out| decimal(out, value)), value.to_string());
            prop_assert_eq!(text(|out| decimal(out, small.into())), small.to_string());
            prop_assert_eq!(text(|out| padded::<9>(out, part % 1_000_000_000)), format!("{:09}", part % 1_000_000_000));
            let digits = digits.max(1);
            prop_assert_eq!(text(|out| hex(out, small.into(), digits)), format!("0x{small:0digits$x}"));
            prop_assert_eq!(text(|out| hex(out, value, digits)), format!("0x{value:0digits$x}"));
        }

        #[test]
        fn addresses_are_as_the_standard_library_writes_them(value: u128, mask: u8, v4: u32) {
            // Whole groups of zeros here and there.
            let value = (0..8).filter(|i| mask >> i & 1 == 1).fold(value, |v, i| v & !(0xffff << (16 * i)));
            prop_assert_eq!(text(|out| ip6(out, value)), Ipv6Addr::from_bits(value).to_string());
            prop_assert_eq!(text(|out| ip4(out, v4)), Ipv4Addr::from_bits(v4).to_string());
        }
    }

    #[test]
    fn addresses_of_few_bits() {
        for value in [0, 1, 0xffff, 0xffff_0102_0304, 0x1_0000_0000, 0xffff << 32, u128::MAX, 1 << 127, 1 << 112] {
            assert_eq!(text(|out| ip6(out, value)), Ipv6Addr::from_bits(value).to_string());
        }
        assert_eq!(text(|out| mac(out, 0x0200_5e10_0a01)), "02:00:5e:10:0a:01");
        assert_eq!(text(|out| hex_bytes(out, &[0x5a; 50])), "5a".repeat(50));
        assert_eq!((text(|out| hex(out, 0, 0)), text(|out| decimal(out, 0))), ("0x0".into(), "0".into()));
    }
}
