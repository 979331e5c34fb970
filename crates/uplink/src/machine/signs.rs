//! From what is known of a computer to what is the matter with it.

use std::time::{Duration, Instant};

use super::strain::Strain;
use super::{Battery, Reading, Trouble};
use crate::held::Held;

const GIB: u64 = 1 << 30;

/// A trouble: since when its condition holds, and since when it doesn't.
#[derive(Clone, Debug, Default)]
struct Sign {
    holds: Held,
    eases: Held,
    since: Option<Instant>,
}

impl Sign {
    /// Takes note of whether it begins, and whether it is over: both only count after so many seconds.
    fn see(&mut self, (begins, after): (bool, u64), (over, later): (bool, u64), at: Instant) {
        let begins = self.holds.see(begins, at, Duration::from_secs(after));
        let over = self.eases.see(over, at, Duration::from_secs(later));
        match self.since {
            None if begins => self.since = Some(at),
            Some(_) if over => self.since = None,
            _ => {}
        }
    }
}

/// Each trouble's sign, by its place in [`Trouble::ALL`].
#[derive(Clone, Debug, Default)]
pub(super) struct Signs([Sign; Trouble::ALL.len()]);

impl Signs {
    fn sign(&mut self, trouble: Trouble) -> &mut Sign {
        &mut self.0[trouble as usize]
    }

    /// Takes note of what the system says.
    pub(super) fn read(&mut self, reading: &Reading) {
        let at = reading.at;
        let battery = |below: f32| {
            let low = |battery: Battery| battery.discharging && battery.level <= below;
            reading.battery.is_some_and(low)
        };
        self.sign(Trouble::Battery)
            .see((battery(0.15), 0), (!battery(0.2), 0), at);
        let disk = |below: u64| reading.disk_free.is_some_and(|free| free < below);
        self.sign(Trouble::Disk)
            .see((disk(GIB), 0), (!disk(2 * GIB), 0), at);
        let memory = |below: f32| reading.memory_free.is_some_and(|free| free < below);
        self.sign(Trouble::Memory)
            .see((memory(0.05), 2), (!memory(0.1), 5), at);
        self.sign(Trouble::Hot)
            .see((reading.hot, 2), (!reading.hot, 10), at);
        let busy = is_busy(reading);
        // A reading is of the second before it: two in a row tell of two.
        self.sign(Trouble::Busy).see((busy, 1), (!busy, 5), at);
        let saving = is_saving(reading);
        self.sign(Trouble::Saving).see((saving, 5), (!saving, 10), at);
    }

    /// What the system said isn't known any more.
    pub(super) fn forget_reading(&mut self) {
        let read = [
            Trouble::Battery,
            Trouble::Disk,
            Trouble::Memory,
            Trouble::Hot,
            Trouble::Busy,
            Trouble::Saving,
        ];
        read.into_iter()
            .for_each(|trouble| *self.sign(trouble) = Sign::default());
    }

    /// Takes note of what the program's pictures say.
    pub(super) fn look(&mut self, strain: &Strain, at: Instant) {
        let [draws, encodes] = [strain.draws_slowly(), strain.encodes_slowly()];
        self.sign(Trouble::Graphics).see((draws, 2), (!draws, 5), at);
        self.sign(Trouble::Encoder).see((encodes, 2), (!encodes, 5), at);
    }

    /// What is the matter and since when, the worst first.
    pub(super) fn standing(&self) -> impl Iterator<Item = (Trouble, Instant)> {
        let signs = Trouble::ALL.into_iter().zip(&self.0);
        signs.filter_map(|(trouble, sign)| Some((trouble, sign.since?)))
    }
}

/// Whether other programs use what a show may need.
pub(super) fn is_busy(reading: &Reading) -> bool {
    let full = reading.cpu.is_some_and(|cpu| cpu > 0.9);
    full && reading.cpu_others().is_some_and(|others| others >= 0.3)
}

fn is_saving(reading: &Reading) -> bool {
    reading.saving && reading.cpu.is_some_and(|cpu| cpu > 0.6)
}
