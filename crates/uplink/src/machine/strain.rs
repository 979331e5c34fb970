//! What the program's pictures say of the computer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Sheddable, Trouble};

/// What is lost is counted over this.
const WINDOW: Duration = Duration::from_secs(1);
/// What is nearly late is counted over this: whether it goes on is another question.
pub(super) const MOMENT: Duration = Duration::from_millis(500);
/// One picture in either is a hiccup that nobody sees.
const HICCUP: u64 = 1;
/// This share of pictures that are nearly late is strain.
const STRAIN: f64 = 0.1;

/// What was counted of the program's pictures since the show was opened, told 4 to 20 times a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames {
    /// When that is; never before the one told last.
    pub at: Instant,
    /// Pictures that were due.
    pub due: u64,
    /// Of these, drawn in time, but after three quarters of the time they may take.
    pub slow: u64,
    /// Of these, not drawn in time.
    pub late: u64,
    /// Sum over all that were drawn in time of the share of that time that each took, 0 to 1.
    pub drawn: f64,
    /// Pictures that found an encoder's queue more than half full, but not full.
    pub behind: u64,
    /// Pictures that found it full, and were lost.
    pub refused: u64,
    /// How full the fullest queue is now, 0 to 1.
    pub queued: f32,
    /// What could be given up.
    pub sheddable: Sheddable,
    /// Whether the show is sent: else nobody loses anything by a late picture, and nothing is given up.
    pub sent: bool,
}

impl Frames {
    /// Nothing has happened yet.
    pub const fn new(at: Instant) -> Self {
        Self {
            at,
            due: 0,
            slow: 0,
            late: 0,
            drawn: 0.0,
            behind: 0,
            refused: 0,
            queued: 0.0,
            sheddable: Sheddable {
                preview: false,
                filters: false,
            },
            sent: false,
        }
    }
}

/// The pictures of the last [`WINDOW`].
#[derive(Clone, Debug, Default)]
pub(super) struct Strain(VecDeque<Frames>);

impl Strain {
    pub(super) fn see(&mut self, frames: &Frames) {
        self.0.push_back(*frames);
        while self.0.front().is_some_and(|first| frames.at - first.at > WINDOW) {
            self.0.pop_front();
        }
    }

    /// How much each count rose within the window.
    fn rise(&self, count: impl Fn(&Frames) -> u64) -> u64 {
        self.rise_within(WINDOW, count)
    }

    fn rise_within(&self, time: Duration, count: impl Fn(&Frames) -> u64) -> u64 {
        let Some(last) = self.0.back() else { return 0 };
        let first = self.0.iter().find(|frames| last.at - frames.at <= time);
        first.map_or(0, |first| count(last).saturating_sub(count(first)))
    }

    /// Whether pictures are nearly late, or lost, at either of both.
    pub(super) fn is_strained(&self) -> bool {
        self.draws_slowly() || self.encodes_slowly()
    }

    pub(super) fn draws_slowly(&self) -> bool {
        self.is_much(|f| f.slow + f.late)
    }

    pub(super) fn encodes_slowly(&self) -> bool {
        self.is_much(|f| f.behind + f.refused)
    }

    fn is_much(&self, count: impl Fn(&Frames) -> u64) -> bool {
        let much = self.rise_within(MOMENT, |f| f.due) as f64 * STRAIN;
        let counted = self.rise_within(MOMENT, count);
        counted > HICCUP && counted as f64 >= much
    }

    /// Where pictures are lost; none while they aren't.
    pub(super) fn loses(&self) -> Option<Trouble> {
        let (late, refused) = (self.rise(|f| f.late), self.rise(|f| f.refused));
        match late + refused > HICCUP {
            true if refused > late => Some(Trouble::Encoder),
            true => Some(Trouble::Graphics),
            false => None,
        }
    }

    /// The share of the time a picture may take that drawing took, in the mean: at 1 it is late.
    pub(super) fn draw(&self) -> f32 {
        let Some((first, last)) = self.0.front().zip(self.0.back()) else {
            return 0.0;
        };
        let late = self.rise(|f| f.late);
        let drawn = self.rise(|f| f.due).saturating_sub(late);
        match drawn {
            0 if late > 0 => 1.0,
            0 => 0.0,
            drawn => ((last.drawn - first.drawn) / drawn as f64).clamp(0.0, 1.0) as f32,
        }
    }

    /// How full the fullest encoder's queue was.
    pub(super) fn encode(&self) -> f32 {
        match self.rise(|f| f.refused) {
            0 => self.0.iter().map(|f| f.queued).fold(0.0, f32::max),
            _ => 1.0,
        }
    }
}
