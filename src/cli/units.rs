//! Durations, rates and sizes as people write them.

use std::time::Duration;

/// `500us`, `10ms`, `1.5s`, `2m`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let wrong = || format!("'{text}' is no duration: write 500us, 10ms, 1.5s or 2m");
    let scale = match unit {
        "ns" => 1e-9,
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let value: f64 = number.parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(value * scale).map_err(|_| wrong())
}

/// `1000`, `64k`, `8M`, `1G`, in powers of 1024: bytes of memory.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let wrong = || format!("'{text}' is no size: write 65536, 64k, 8M or 1G");
    let (number, shift) = match text.as_bytes().last().map(u8::to_ascii_lowercase) {
        Some(b'k') => (&text[..text.len() - 1], 10),
        Some(b'm') => (&text[..text.len() - 1], 20),
        Some(b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let value: usize = number.parse().map_err(|_| wrong())?;
    value.checked_mul(1 << shift).ok_or_else(wrong)
}

/// `1000`, `2.5k`, `1M`, in powers of 1000: a whole number of frames, or of frames a second, at least 1.
pub(super) fn frames(text: &str) -> Result<u64, String> {
    let wrong = || format!("'{text}' is no number of frames, from 1 on: write 1000, 10k or 1M");
    let (number, places) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 3),
        Some(b'M') => (&text[..text.len() - 1], 6),
        _ => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').map_or((number, ""), |(whole, fraction)| (whole, fraction));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > places {
        return Err(wrong());
    }
    let value = format!("{whole}{fraction:0<places$}").parse().map_err(|_| wrong())?;
    if value == 0 { Err(wrong()) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_and_bare_numbers_are_seconds() {
        assert_eq!(duration("500us"), Ok(Duration::from_micros(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert!(duration("soon").is_err() && duration("-1s").is_err() && duration("").is_err());
    }

    #[test]
    fn sizes_are_powers_of_1024() {
        assert_eq!(bytes("64k"), Ok(65536));
        assert_eq!(bytes("8M"), Ok(8 << 20));
        assert!(bytes("k").is_err() && bytes("1T").is_err());
    }

    #[test]
    fn a_number_of_frames_is_whole_and_at_least_one() {
        assert_eq!((frames("10"), frames("2.5k"), frames("1M")), (Ok(10), Ok(2500), Ok(1_000_000)));
        for wrong in
            ["", "0", "0.0k", "k", "-1", "+1", "1.5", "0.0001k", "1e3", "10kk", "1k.", "é", "99999999999999999M"]
        {
            assert!(frames(wrong).is_err(), "{wrong}");
        }
    }
}
