//! The local time zone.

use std::mem::MaybeUninit;

/// Seconds by which local time is ahead of UTC at this second since 1970; `None` for a year that does not fit.
pub(crate) fn local_offset(seconds: i64) -> Option<i64> {
    let seconds: libc::time_t = seconds;
    let mut local = MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are to live values of the right type; localtime_r writes only to the second.
    let filled = unsafe { libc::localtime_r(&raw const seconds, local.as_mut_ptr()) };
    if filled.is_null() {
        return None;
    }
    // SAFETY: localtime_r gave its second argument back, so it filled all of it.
    let local = unsafe { local.assume_init() };
    Some(local.tm_gmtoff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_offset_is_below_a_day() {
        assert!(local_offset(1_700_000_000).is_some_and(|offset| offset.abs() < 86_400));
    }

    #[test]
    fn a_year_beyond_the_c_library_has_no_offset() {
        assert_eq!(local_offset(i64::MAX), None);
    }
}
