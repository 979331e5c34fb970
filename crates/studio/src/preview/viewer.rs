//! One page that looks on: what it looks at, which pictures are on their way to it, and when the next is due.

use std::sync::Arc;
use std::time::Duration;

use api::preview::{IN_FLIGHT, Look, MOST_RATE, MOST_TILES};
use media::Timestamp;

/// Ticks are counted in whole nanoseconds: a picture that is due this soon is due.
const SOON: Duration = Duration::from_millis(1);

/// Why a page is sent away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// No token in time.
    #[error("no token came")]
    Silent,
    /// Another token than this run's, or none as the first message.
    #[error("this is not the token of this run")]
    Token,
    /// What it said can't be read.
    #[error("not understood: {0}")]
    Unclear(String),
    /// More tiles than there may be.
    #[error("more than {MOST_TILES} tiles")]
    Tiles,
    /// It says that it has drawn what was never sent.
    #[error("picture {0} was never sent")]
    NeverSent(u64),
    /// It talks without end.
    #[error("too many messages")]
    Flood,
    /// A newer page has come.
    #[error("another page looks on now")]
    Replaced,
    /// The show is over.
    #[error("the studio is closing")]
    Closing,
}

/// A page that looks on.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    look: Option<Arc<Look>>,
    looks: u64,
    sent: u64,
    drawn: u64,
    last: Option<Last>,
    /// When the next picture is due.
    due: Timestamp,
    /// More pictures a second it isn't sent, whatever it asks; any number when absent.
    most: Option<u32>,
}

/// The picture that was sent last.
#[derive(Debug)]
struct Last {
    look: u64,
    scene: String,
    covered: bool,
}

/// A look, and its number.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub(super) look: Arc<Look>,
    pub(super) number: u64,
}

impl Viewer {
    /// It looks at something else.
    pub(super) fn look(&mut self, mut look: Look) -> Result<(), Refusal> {
        if look.tiles.len() > MOST_TILES {
            return Err(Refusal::Tiles);
        }
        look.rate = look.rate.clamp(1, MOST_RATE);
        self.looks += 1;
        self.look = Some(Arc::new(look));
        Ok(())
    }

    /// From now on it is sent so many pictures a second at most.
    pub(super) fn hold_to(&mut self, most: Option<u32>) {
        self.most = most;
    }

    /// It has drawn picture `n`, and with it those before.
    pub(super) fn drawn(&mut self, n: u64) -> Result<(), Refusal> {
        if n > self.sent {
            return Err(Refusal::NeverSent(n));
        }
        self.drawn = self.drawn.max(n);
        Ok(())
    }

    /// What it looks at; `None` when that is nothing.
    pub(super) fn looks_at(&self) -> Option<Numbered> {
        let look = self.look.as_ref().filter(|look| !look.tiles.is_empty())?;
        Some(Numbered {
            look: Arc::clone(look),
            number: self.looks,
        })
    }

    /// Whether a picture may be sent to it.
    pub(super) fn has_credit(&self) -> bool {
        self.sent - self.drawn < IN_FLIGHT
    }

    /// Whether a picture of the program frame of `tick` is due. One that shows something that was waited for is due at
    /// once: another look, another scene, the cover.
    pub(super) fn is_due(&mut self, tick: Timestamp, scene: &str, covered: bool) -> bool {
        let Some(Numbered { look, number }) = self.looks_at().filter(|_| self.has_credit()) else {
            return false;
        };
        let same = |last: &Last| last.look == number && last.scene == scene && last.covered == covered;
        if self.last.as_ref().is_some_and(same) && tick + SOON < self.due {
            return false;
        }
        let rate = self.most.map_or(look.rate, |most| look.rate.min(most));
        let period = Duration::from_secs(1) / rate.max(1);
        // A picture that came late takes nothing from those behind it, unless it was a whole one late.
        let next = self.due + period;
        self.due = if next > tick {
            next.min(tick + period)
        } else {
            tick + period
        };
        self.last = Some(Last {
            look: number,
            scene: scene.to_owned(),
            covered,
        });
        true
    }

    /// The number of the picture that is sent now.
    pub(super) fn send(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::preview::{Shown, Tile};
    use media::FrameRate;

    fn look(tiles: usize, rate: u32) -> Look {
        let tile = Tile {
            show: Shown::Program,
            width: 64,
            height: 36,
        };
        Look {
            tiles: vec![tile; tiles],
            rate,
        }
    }

    /// Ticks of those that are due, of `ticks`, each drawn at once.
    fn due(rate: FrameRate, asked: u32, ticks: u64) -> Vec<u64> {
        let mut viewer = Viewer::default();
        viewer.look(look(1, asked)).unwrap();
        let mut is_due = |n: &u64| {
            let due = viewer.is_due(rate.tick(*n), "a", false);
            if due {
                let n = viewer.send();
                viewer.drawn(n).unwrap();
            }
            due
        };
        (100..100 + ticks).filter(|n| is_due(n)).collect()
    }

    #[test]
    fn pictures_come_as_often_as_asked_whatever_the_programs_rate() {
        for program in ["30", "29.97", "25", "60", "24"] {
            let rate: FrameRate = program.parse().unwrap();
            for asked in [1, 5, 10, 15, 20, 24] {
                let count = due(rate, asked, (rate.as_f64() * 10.0) as u64).len() as f64;
                let wanted = f64::from(asked) * 10.0;
                assert!((count - wanted).abs() <= 2.0, "{asked} of {program}: {count}");
            }
        }
        let even = due(FrameRate::whole(30), 15, 30);
        assert!(even.windows(2).all(|w| w[1] - w[0] == 2), "{even:?}");
        assert_eq!(due(FrameRate::whole(30), 30, 30).len(), 30);
    }

    #[test]
    fn one_that_is_held_back_gets_less_than_it_asks_for_and_later_what_it_asks_for() {
        let mut viewer = Viewer::default();
        viewer.look(look(1, 15)).unwrap();
        let mut sent = |most, ticks: std::ops::Range<u64>| {
            viewer.hold_to(most);
            let due = ticks.filter(|n| {
                let due = viewer.is_due(FrameRate::whole(30).tick(*n), "a", false);
                if due {
                    let n = viewer.send();
                    viewer.drawn(n).unwrap();
                }
                due
            });
            due.count()
        };
        assert!((49..=51).contains(&sent(Some(5), 0..300)));
        assert!((9..=11).contains(&sent(Some(1), 300..600)));
        assert!((148..=152).contains(&sent(None, 600..900)));
        assert!((148..=152).contains(&sent(Some(20), 900..1200)));
    }

    #[test]
    fn two_pictures_may_be_on_their_way_and_no_third() {
        let mut viewer = Viewer::default();
        viewer.look(look(1, 30)).unwrap();
        let at = |n| FrameRate::whole(30).tick(n);
        for n in 1..=2 {
            assert!(viewer.is_due(at(n), "a", false));
            assert_eq!(viewer.send(), n);
        }
        assert!(!viewer.has_credit() && !viewer.is_due(at(3), "b", true));
        assert_eq!(viewer.drawn(3), Err(Refusal::NeverSent(3)));
        viewer.drawn(1).unwrap();
        assert!(viewer.is_due(at(4), "a", false));
        viewer.send();
        viewer.drawn(3).unwrap();
        // What is said again, or late, gives nothing back.
        viewer.drawn(2).unwrap();
        assert!(viewer.is_due(at(5), "a", false) && viewer.send() == 4);
        assert!(viewer.has_credit());
        viewer.send();
        assert!(!viewer.has_credit());
    }

    #[test]
    fn what_was_waited_for_is_due_at_once() {
        let mut viewer = Viewer::default();
        viewer.look(look(1, 1)).unwrap();
        let mut next = 0;
        let mut due = |viewer: &mut Viewer, scene: &str, covered| {
            next += 1;
            let due = viewer.is_due(FrameRate::whole(30).tick(next), scene, covered);
            if due {
                let n = viewer.send();
                viewer.drawn(n).unwrap();
            }
            due
        };
        assert!(due(&mut viewer, "a", false));
        assert!(!due(&mut viewer, "a", false));
        assert!(due(&mut viewer, "b", false));
        assert!(!due(&mut viewer, "b", false));
        assert!(due(&mut viewer, "b", true));
        assert!(!due(&mut viewer, "b", true));
        viewer.look(look(2, 1)).unwrap();
        assert!(due(&mut viewer, "b", true));
        assert!(!due(&mut viewer, "b", true));
    }

    #[test]
    fn nothing_is_due_where_nothing_is_looked_at() {
        let mut viewer = Viewer::default();
        let at = FrameRate::whole(30).tick(1);
        assert!(!viewer.is_due(at, "a", false));
        viewer.look(look(0, 30)).unwrap();
        assert!(viewer.looks_at().is_none() && !viewer.is_due(at, "a", false));
        assert_eq!(viewer.look(look(MOST_TILES + 1, 30)), Err(Refusal::Tiles));
        viewer.look(look(MOST_TILES, 0)).unwrap();
        assert_eq!(viewer.looks_at().unwrap().look.rate, 1);
        assert_eq!(viewer.looks_at().unwrap().number, 2);
    }
}
