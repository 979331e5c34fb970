//! The machine's time of day.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use media::Utc;

use crate::stream::Arrival;

/// UTC now. A machine set before 1970 is taken as being there.
pub(crate) fn utc() -> Utc {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Utc(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// This moment on both clocks.
pub(crate) fn arrival() -> Arrival {
    Arrival {
        now: Instant::now(),
        utc: utc(),
    }
}
