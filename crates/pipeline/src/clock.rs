//! Our times in GStreamer's unsigned ones, and back, exactly.
//!
//! GStreamer has no time before zero; a first frame may lie before the show's first tick. All times are
//! therefore carried a day later than they are. GStreamer never stamps anything here.

use gstreamer as gst;
use media::Timestamp;

use crate::Error;

/// How much later GStreamer's times are than ours: one day.
const SHIFT: gst::ClockTime = gst::ClockTime::from_seconds(86_400);

/// Our time as GStreamer carries it.
///
/// # Errors
/// [`Error::WrongTime`] for more than a day before the show, or more than a hundred years after its start.
pub(crate) fn to_gst(at: Timestamp) -> Result<gst::ClockTime, Error> {
    const CENTURY: i64 = 100 * 365 * 86_400 * 1_000_000_000;
    let shifted = at.as_nanos().saturating_add(SHIFT.nseconds() as i64);
    if (0..CENTURY).contains(&shifted) {
        Ok(gst::ClockTime::from_nseconds(shifted as u64))
    } else {
        Err(Error::WrongTime(at))
    }
}

/// GStreamer's running time as ours.
pub(crate) fn from_gst(at: gst::ClockTime) -> Timestamp {
    let nanos = i64::try_from(at.nseconds()).unwrap_or(i64::MAX);
    Timestamp::from_nanos(nanos.saturating_sub(SHIFT.nseconds() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_the_show_survive_and_absurd_ones_are_refused() {
        for nanos in [-86_400_000_000_000, -1, 0, 33_366_667, i64::MAX / 4] {
            let at = Timestamp::from_nanos(nanos);
            assert_eq!(from_gst(to_gst(at).unwrap()), at);
        }
        let absurd = Timestamp::from_nanos(i64::MIN);
        assert_eq!(to_gst(absurd), Err(Error::WrongTime(absurd)));
        assert!(to_gst(Timestamp::MAX).is_err());
    }
}
