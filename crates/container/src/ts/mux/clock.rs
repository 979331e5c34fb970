//! The program's clock (ISO/IEC 13818-1, 2.4.2.2).

use media::Timestamp;

use super::super::packet::Adaptation;

/// Ticks a second of a program_clock_reference.
const HZ: u32 = 27_000_000;
/// Where it begins anew: its base has 33 bits and counts 300 ticks.
const WRAP: i64 = 300 << 33;

/// By how many milliseconds the clock (PCR) is behind the decoding time of the packet that it goes with. That is how
/// long a receiver that keeps to the model buffers, and how far one track may lag behind the other.
pub const PCR_LEAD: i64 = 200;
const LEAD: i64 = PCR_LEAD * HZ as i64 / 1000;
/// After how long the clock is due on a stream that stands still, so that with usual frames no more than 100 ms lie
/// between two (2.7.2).
const OVERDUE: i64 = HZ as i64 * 60 / 1000;
/// Farther than this from one packet to the next is another time base.
const LEAP_BACK: i64 = HZ as i64;
const LEAP_AHEAD: i64 = 10 * HZ as i64;

/// What the clock said last.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// In ticks, not wrapped.
    last: Option<i64>,
    jump: bool,
}

impl Clock {
    /// The time base changes with the next tick.
    pub(super) fn jump(&mut self) {
        self.jump = true;
    }

    /// Whether a packet decoded at `dts` is of another time base.
    pub(super) fn jumps(&self, dts: Timestamp) -> bool {
        let leap = self
            .step(dts)
            .is_some_and(|step| !(-LEAP_BACK..LEAP_AHEAD).contains(&step));
        self.jump || leap
    }

    /// Whether it must go on with a packet decoded at `dts`, though that is of another stream.
    pub(super) fn is_overdue(&self, dts: Timestamp) -> bool {
        self.jumps(dts) || self.step(dts).is_none_or(|step| step >= OVERDUE)
    }

    /// The clock as it goes with a packet decoded at `dts`; without a time where it would run back.
    pub(super) fn tick(&mut self, dts: Timestamp) -> Adaptation {
        let discontinuity = self.jumps(dts);
        let runs = discontinuity || self.step(dts).is_none_or(|step| step > 0);
        if runs {
            self.last = Some(behind(dts));
            self.jump = false;
        }
        Adaptation {
            discontinuity,
            random_access: false,
            pcr: runs.then(|| behind(dts).rem_euclid(WRAP) as u64),
        }
    }

    fn step(&self, dts: Timestamp) -> Option<i64> {
        Some(behind(dts) - self.last?)
    }
}

fn behind(dts: Timestamp) -> i64 {
    dts.as_ticks(HZ) - LEAD
}
