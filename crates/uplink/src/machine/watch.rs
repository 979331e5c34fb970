//! Watches a computer.

use std::time::{Duration, Instant};

use super::shedder::Shedder;
use super::signs::{Signs, is_busy};
use super::strain::Strain;
use super::{Done, Entry, Frames, Log, Reading, Shed, Trouble};

/// Less than this is no upload of its own, in kbit/s: news, mail, clocks.
const UPLOAD: u32 = 300;
/// Nor is less than this share of the show's: that may be headers and what was sent twice.
const SHARE: f64 = 0.25;
/// What was read is so for this long.
const STALE: Duration = Duration::from_secs(10);

/// Watches a computer that carries a show. See the [module](super).
#[derive(Clone, Debug, Default)]
pub struct Watch {
    strain: Strain,
    shedder: Shedder,
    signs: Signs,
    reading: Option<Reading>,
    foreign_kbps: Option<u32>,
    known: Vec<Trouble>,
    log: Log,
}

impl Watch {
    /// Takes note of what was counted of the program's pictures, 4 to 20 times a second.
    pub fn look(&mut self, frames: &Frames) {
        self.strain.see(frames);
        self.forget(frames.at);
        let before = self.shed();
        if frames.sent {
            self.shedder
                .see(self.strain.is_strained(), frames.sheddable, frames.at);
        } else {
            self.shedder = Shedder::default();
        }
        self.signs.look(&self.strain, frames.at);
        let (from, to) = (before, self.shed());
        if from != to {
            self.note(Done::Shed { from, to }, frames.at);
        }
        self.compare(frames.at);
    }

    /// Takes note of what the system says, once a second.
    pub fn read(&mut self, reading: Reading) {
        self.signs.read(&reading);
        let at = reading.at;
        self.reading = Some(reading);
        self.compare(at);
    }

    /// Takes note of what other programs send by the interface that leads outside, in kbit/s, where that is known.
    pub fn others_send(&mut self, kbps: Option<u32>) {
        self.foreign_kbps = kbps;
    }

    /// What is given up now.
    pub fn shed(&self) -> Shed {
        self.shedder.shed()
    }

    /// Why pictures are lost; none while they aren't.
    pub fn losing(&self) -> Option<Trouble> {
        let place = self.strain.loses()?;
        // The worst comes first.
        let mut reasons = self.signs.standing().map(|(trouble, _)| trouble);
        let reason = reasons.find(|trouble| trouble.slows());
        // That others take all is no reason until it lasts, but it is one for pictures that are lost now.
        let busy = self.reading.as_ref().is_some_and(is_busy);
        Some(reason.or(busy.then_some(Trouble::Busy)).unwrap_or(place))
    }

    /// What is the matter and since when, the worst first.
    pub fn troubles(&self) -> impl Iterator<Item = (Trouble, Instant)> {
        self.signs.standing()
    }

    /// Whether other programs send so much that it counts beside a show of `own_kbps`.
    pub fn is_line_shared(&self, own_kbps: u32) -> bool {
        let foreign = self.foreign_kbps.unwrap_or(0);
        foreign >= UPLOAD && f64::from(foreign) >= f64::from(own_kbps) * SHARE
    }

    /// What other programs send by the interface that leads outside, in kbit/s.
    pub fn foreign_kbps(&self) -> Option<u32> {
        self.foreign_kbps
    }

    /// What the system said last.
    pub fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    /// The share of the time a picture may take that drawing took, in the mean of the last second: at 1 it is late.
    pub fn draw(&self) -> f32 {
        self.strain.draw()
    }

    /// How full the fullest encoder's queue was in the last second: at 1 pictures are lost.
    pub fn encode(&self) -> f32 {
        self.strain.encode()
    }

    /// What was given up, and what was the matter.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// A system that says nothing any more hasn't stayed as it was.
    fn forget(&mut self, now: Instant) {
        let old = |reading: &Reading| now.saturating_duration_since(reading.at) > STALE;
        if self.reading.as_ref().is_some_and(old) {
            self.reading = None;
            self.signs.forget_reading();
        }
    }

    /// Notes what has begun and what is over.
    fn compare(&mut self, at: Instant) {
        let now: Vec<_> = self.signs.standing().map(|(trouble, _)| trouble).collect();
        if now == self.known {
            return;
        }
        let before = std::mem::replace(&mut self.known, now.clone());
        let missing = |of: &[Trouble], among: &[Trouble]| -> Vec<_> {
            of.iter()
                .filter(|trouble| !among.contains(trouble))
                .copied()
                .collect()
        };
        let over = missing(&before, &now).into_iter().map(Done::Over);
        let found = missing(&now, &before).into_iter().map(Done::Found);
        over.chain(found).for_each(|what| self.note(what, at));
    }

    fn note(&mut self, what: Done, at: Instant) {
        self.log.put(Entry { at, what });
    }
}
