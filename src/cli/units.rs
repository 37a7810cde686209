//! Durations, rates and sizes as people write them.

use crate::traffic::{Rate, Speed, Unit};
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

/// The same, not 0.
pub(super) fn size(text: &str) -> Result<usize, String> {
    bytes(text).and_then(|size| if size == 0 { Err("0 is too small: nothing would fit".into()) } else { Ok(size) })
}

/// As [`duration`], not 0.
pub(super) fn period(text: &str) -> Result<Duration, String> {
    duration(text)
        .and_then(|time| if time.is_zero() { Err("0 is too short: nothing would fit".into()) } else { Ok(time) })
}

/// `1000`, `2.5k`, `1M`, in powers of 1000: a whole number of frames, at least 1.
pub(super) fn frames(text: &str) -> Result<u64, String> {
    let wrong = || format!("'{text}' is no number of frames, from 1 on: write 1000, 10k or 1M");
    let (number, places) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 3),
        Some(b'M') => (&text[..text.len() - 1], 6),
        _ => (text, 0),
    };
    decimal(number, places).filter(|value| *value > 0).ok_or_else(wrong)
}

/// A number with at most so many places, times ten to the power of them.
fn decimal(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

/// `1000`, `10k`, `1.5Mpps`: frames a second. `100Mbit`, `2.5Gbit`: bits a second on layer 1; with `l2:` in front, on layer 2.
pub(super) fn rate(text: &str) -> Result<Rate, String> {
    let wrong = || format!("'{text}' is no rate: write 1000, 10k or 1.5M frames a second, or 100Mbit, l2:1Gbit");
    let (unit, rest) = match text.split_once(':') {
        Some(("l1", rest)) => (Some(Unit::Layer1Bits), rest),
        Some(("l2", rest)) => (Some(Unit::Layer2Bits), rest),
        Some(_) => return Err(wrong()),
        None => (None, text),
    };
    let bits = rest.strip_suffix("/s").unwrap_or(rest).strip_suffix("bit");
    let (number, unit) = match (bits, unit) {
        (Some(bits), unit) => (bits, unit.unwrap_or(Unit::Layer1Bits)),
        (None, None) => (rest.strip_suffix("pps").unwrap_or(rest), Unit::Frames),
        (None, Some(_)) => return Err(format!("'{text}' names a layer, but no bits: write {text}bit")),
    };
    let (number, places) = match number.as_bytes().last() {
        Some(b'k') => (&number[..number.len() - 1], 3),
        Some(b'M') => (&number[..number.len() - 1], 6),
        Some(b'G') => (&number[..number.len() - 1], 9),
        _ => (number, 0),
    };
    let amount = decimal(number, places).filter(|amount| *amount > 0).ok_or_else(wrong)?;
    Ok(Rate { amount, unit })
}

/// What `--rate` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskedRate {
    /// As fast as it goes.
    Max,
    /// This one.
    Of(Rate),
}

/// A rate, or `max`.
pub(super) fn rate_or_max(text: &str) -> Result<AskedRate, String> {
    match text {
        "max" => Ok(AskedRate::Max),
        _ => rate(text).map(AskedRate::Of).map_err(|wrong| format!("{wrong}, or max")),
    }
}

/// `1k..100k`, `10Mbit..1Gbit`, `l2:1Mbit..l2:1Gbit`: from one rate to another of the same unit.
pub(super) fn ramp(text: &str) -> Result<(Rate, Rate), String> {
    let (from, to) = text.split_once("..").ok_or_else(|| format!("'{text}' is no ramp: write 1k..100k"))?;
    let (from, to) = (rate(from)?, rate(to)?);
    if from.unit != to.unit {
        return Err(format!("'{text}' begins and ends with different units"));
    }
    Ok((from, to))
}

/// `0.5x`, `10x`, `1.25`, `original`: how many times as fast.
pub(super) fn speed(text: &str) -> Result<Speed, String> {
    if text == "original" {
        return Ok(Speed::ORIGINAL);
    }
    let number = text.strip_suffix('x').unwrap_or(text);
    let places = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let of = u32::try_from(places).ok().and_then(|places| 10u64.checked_pow(places));
    let wrong = || format!("'{text}' is no speed: write 0.5x, 2x, 10x or original");
    let (by, of) = decimal(number, places).zip(of).filter(|(by, _)| *by > 0).ok_or_else(wrong)?;
    Ok(Speed { by, of })
}

/// How often something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// Until something else ends it.
    Forever,
    /// So often, at least once.
    Number(u64),
}

/// `3`, `forever`.
pub(super) fn times(text: &str) -> Result<Times, String> {
    let wrong = || format!("'{text}' is no number of times, from 1 on: write --loop=3, or --loop alone");
    match text {
        "forever" => Ok(Times::Forever),
        _ => text.parse().ok().filter(|times| *times > 0).map(Times::Number).ok_or_else(wrong),
    }
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

    #[test]
    fn rates_are_frames_or_bits_of_a_layer() {
        let is = |text, amount, unit| assert_eq!(rate(text), Ok(Rate { amount, unit }), "{text}");
        is("1000", 1000, Unit::Frames);
        is("1.5Mpps", 1_500_000, Unit::Frames);
        is("100Mbit", 100_000_000, Unit::Layer1Bits);
        is("l1:64kbit/s", 64_000, Unit::Layer1Bits);
        is("l2:2.5Gbit", 2_500_000_000, Unit::Layer2Bits);
        for wrong in
            ["0", "1.5", "max", "100Mb", "100mbit", "l3:1Gbit", "l2:1000", "Gbit", "", "1e3", "-1", "99999999999G"]
        {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            (rate_or_max("max"), rate_or_max("2k")),
            (Ok(AskedRate::Max), Ok(AskedRate::Of(Rate::frames(2000))))
        );
        assert_eq!(ramp("1k..2k"), Ok((Rate::frames(1000), Rate::frames(2000))));
        assert!(ramp("1k..2kbit").is_err() && ramp("1k").is_err() && ramp("..2k").is_err());
    }

    #[test]
    fn speeds_are_exact_fractions() {
        assert_eq!(speed("0.5x"), Ok(Speed { by: 5, of: 10 }));
        assert_eq!((speed("10x"), speed("original")), (Ok(Speed { by: 10, of: 1 }), Ok(Speed { by: 1, of: 1 })));
        for wrong in ["0", "0.0x", "x", "-1x", "fast", "0.00000000000000000001x", ""] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
    }
}
