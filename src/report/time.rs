//! Time stamps for people and machines.

use crate::frame::digits;
use crate::sys::time::local_offset;
use crate::trace::Time;
use std::fmt::{self, Write};

/// A date and a time of day of the Gregorian calendar, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year; may be before 1970.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Civil {
    /// The date of a count of seconds since 1970-01-01 00:00:00. Counts in years that begin in March, so that the leap day is
    /// the last of its year, and in eras of 400 of them, which all have the same length.
    #[expect(clippy::cast_sign_loss, reason = "remainders of a division that rounds down")]
    pub fn from_seconds(seconds: i64) -> Self {
        const ERA: i64 = 146_097;
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Days since 0000-03-01.
        let days = days + 719_468;
        let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        // The months from March on have 31 30 31 30 31 days, twice and a part: 153 days in five.
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let is_next_year = month >= 10;
        Self {
            year: era * 400 + year + i64::from(is_next_year),
            month: (if is_next_year { month - 9 } else { month + 3 }) as u8,
            day: day as u8,
            hour: (of_day / 3600) as u8,
            minute: (of_day / 60 % 60) as u8,
            second: (of_day % 60) as u8,
        }
    }
}

/// RFC 3339 in UTC with all nine digits of the fraction: `2026-02-28T23:59:59.000000001Z`.
pub fn rfc3339(time: Time) -> impl fmt::Display {
    Rfc3339(time)
}

struct Rfc3339(Time);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, .. } = Civil::from_seconds(self.0.seconds());
        write!(f, "{year:04}-{month:02}-{day:02}T{}Z", time_of_day(self.0, 0))
    }
}

/// The time of day this many seconds ahead of UTC: `HH:MM:SS.nnnnnnnnn`.
pub fn time_of_day(time: Time, offset: i64) -> impl fmt::Display + use<> {
    let Civil { hour, minute, second, .. } = Civil::from_seconds(time.seconds().saturating_add(offset));
    let nanos = time.nanos();
    TimeOfDay { hour, minute, second, nanos }
}

struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
    nanos: u32,
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}.{:09}", self.hour, self.minute, self.second, self.nanos)
    }
}

/// The local clock. It asks for the time zone once a quarter of an hour of time stamps, since zones change on no finer step,
/// and works out the time of day once a second.
#[derive(Debug, Default)]
pub struct LocalClock {
    quarter: Option<(i64, i64)>,
    second: Option<i64>,
    /// `HH:MM:SS` of that second.
    text: String,
}

impl LocalClock {
    /// Appends the local time of day, as tcpdump prints it; that of UTC where the zone is not known.
    pub fn write_time_of_day(&mut self, time: Time, out: &mut String) {
        let seconds = time.seconds();
        if self.second != Some(seconds) {
            self.second = Some(seconds);
            let quarter = seconds.div_euclid(900);
            let offset = match self.quarter {
                Some((known, offset)) if known == quarter => offset,
                _ => local_offset(seconds).unwrap_or(0),
            };
            self.quarter = Some((quarter, offset));
            let Civil { hour, minute, second, .. } = Civil::from_seconds(seconds.saturating_add(offset));
            self.text.clear();
            // Writing to a String does not fail.
            let _ = write!(self.text, "{hour:02}:{minute:02}:{second:02}.");
        }
        out.push_str(&self.text);
        digits::padded::<9>(out, time.nanos());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utc(seconds: i64, nanos: u32) -> String {
        rfc3339(Time::new(seconds, nanos).expect("in range")).to_string()
    }

    /// Each is what `date -u -d @SECONDS` of GNU coreutils prints.
    #[test]
    fn known_seconds_have_their_known_dates() {
        assert_eq!(utc(0, 0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(utc(951_782_400, 1), "2000-02-29T00:00:00.000000001Z");
        assert_eq!(utc(1_234_567_890, 0), "2009-02-13T23:31:30.000000000Z");
        assert_eq!(utc(1_709_251_199, 999_999_999), "2024-02-29T23:59:59.999999999Z");
        assert_eq!(utc(4_107_542_400, 0), "2100-03-01T00:00:00.000000000Z");
        assert_eq!(utc(-1, 0), "1969-12-31T23:59:59.000000000Z");
        assert_eq!(utc(-2_208_988_800, 0), "1900-01-01T00:00:00.000000000Z");
    }

    #[test]
    fn a_time_before_1970_counts_its_fraction_forwards() {
        assert_eq!(rfc3339(Time(-1)).to_string(), "1969-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn the_time_of_day_is_that_of_the_zone() {
        let time = Time::new(1_700_000_000, 5).expect("in range");
        assert_eq!(time_of_day(time, 0).to_string(), "22:13:20.000000005");
        assert_eq!(time_of_day(time, 5 * 3600 + 1800).to_string(), "03:43:20.000000005");
        assert_eq!(time_of_day(time, -3600).to_string(), "21:13:20.000000005");
    }

    #[test]
    fn the_local_clock_asks_the_zone_anew_after_a_change_to_summer_time() {
        let mut clock = LocalClock::default();
        for seconds in [1_700_000_000, 1_711_846_800, 1_711_846_799, 1_720_000_000] {
            let time = Time::new(seconds, 0).expect("in range");
            let offset = local_offset(seconds).expect("a zone");
            let mut text = String::new();
            clock.write_time_of_day(time, &mut text);
            assert_eq!(text, time_of_day(time, offset).to_string());
        }
    }

    proptest! {
        #[test]
        fn the_day_after_is_the_next_date(seconds in -60_000_000_000_i64..250_000_000_000) {
            let (today, next) = (Civil::from_seconds(seconds), Civil::from_seconds(seconds + 86_400));
            let leap = today.year % 4 == 0 && (today.year % 100 != 0 || today.year % 400 == 0);
            let long = match today.month { 2 => 28 + u8::from(leap), 4 | 6 | 9 | 11 => 30, _ => 31 };
            let expected = match (today.month, today.day == long) {
                (_, false) => (today.year, today.month, today.day + 1),
                (12, true) => (today.year + 1, 1, 1),
                (month, true) => (today.year, month + 1, 1),
            };
            prop_assert_eq!((next.year, next.month, next.day), expected);
        }
    }
}
