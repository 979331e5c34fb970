//! FLV's timestamps on a line that doesn't wrap.

use container::flv;

/// Milliseconds since the stream's own zero, told from 32 bits of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    last: Option<i64>,
}

impl Clock {
    /// The time of `timestamp`: the nearest to the last one that has these bits.
    pub(super) fn at(&mut self, timestamp: u32) -> i64 {
        let at = match self.last {
            Some(last) => flv::nearest(timestamp, last),
            None => i64::from(timestamp),
        };
        self.last = Some(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wraps_goes_on_and_what_goes_back_goes_back() {
        let mut clock = Clock::default();
        let wrapped = 1 << 32;
        for (timestamp, at) in [
            (u32::MAX - 10, wrapped - 11),
            (5, wrapped + 5),
            (u32::MAX, wrapped - 1),
            (1_000, wrapped + 1_000),
        ] {
            assert_eq!(clock.at(timestamp), at);
        }
    }
}
