//! The media clock: what ties a picture to the time of day.

use std::fmt;

/// A moment in UTC: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utc(pub i64);

impl Utc {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// ISO 8601 with milliseconds and `Z`, as in EXT-X-PROGRAM-DATE-TIME: `2026-11-21T07:40:00.123Z`.
    pub fn iso_millis(self) -> String {
        let (y, mo, d, h, mi, s, us) = self.civil();
        format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{:03}Z", us / 1000)
    }

    /// ISO 8601 with microseconds and `Z`, as served at `/time`.
    pub fn iso_micros(self) -> String {
        let (y, mo, d, h, mi, s, us) = self.civil();
        format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{us:06}Z")
    }

    /// Year, month, day, hour, minute, second, microsecond, by the "civil from days" algorithm
    /// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    fn civil(self) -> (i64, i64, i64, i64, i64, i64, i64) {
        let secs = self.0.div_euclid(1_000_000);
        let us = self.0.rem_euclid(1_000_000);
        let (days, sod) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        (year, month, day, sod / 3600, sod / 60 % 60, sod % 60, us)
    }
}

/// The identity of one show: 16 random bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShowId(pub [u8; 16]);

impl fmt::Display for ShowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The stamp at a key frame: when its picture was composed, in which show, and which GOP it begins.
///
/// It travels as an SEI message in the key frame, and as the same triple in an RTMP data message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaClock {
    /// UTC of the frame's tick, as the studio knows it.
    pub utc: Utc,
    /// The show.
    pub show: ShowId,
    /// Ordinal of the GOP within the show, from 0.
    pub gop: u64,
    /// Whether `utc` was set by a server's clock (else it is the machine's own word).
    pub synchronised: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_iso_8601() {
        assert_eq!(Utc(0).iso_millis(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Utc(951_782_400_000_000).iso_millis(), "2000-02-29T00:00:00.000Z");
        assert_eq!(
            Utc(1_795_247_999_123_456).iso_micros(),
            "2026-11-21T07:59:59.123456Z"
        );
    }
}
