//! What is written of a show while it runs. No IO, no clock.

use api::health::{LogEntry, Strength};
use serde::Serialize;

use super::line::{Head, Line, VERSION, Values};
use super::{Effort, Span, Stretch};

/// Seconds for which a line stands while all is well.
const CALM: u32 = 10;

/// The lines of a show's history, in the making.
#[derive(Clone, Debug)]
pub(crate) struct Chronicle {
    /// What each place is to be sent, in kbit/s.
    wanted: Vec<u32>,
    seconds: u32,
    /// What isn't written yet, and how many seconds it stands for.
    held: Option<(Vec<Stretch>, Effort, u32)>,
}

impl Chronicle {
    /// Of a show that began at `began`, as ISO 8601, to these places, each to be sent so many kbit/s; and its first line.
    pub(crate) fn begin(show: &str, began: &str, places: Vec<(String, u32)>) -> (Self, String) {
        let chronicle = Self {
            wanted: places.iter().map(|place| place.1).collect(),
            seconds: 0,
            held: None,
        };
        let head = Head {
            history: VERSION,
            show: show.to_owned(),
            began: began.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            places,
        };
        (chronicle, text(&head))
    }

    /// One more second, as each place and the computer was in it, and what happened meanwhile: the lines to be written.
    pub(crate) fn second(
        &mut self,
        (now, effort): (Vec<Stretch>, Effort),
        happened: Vec<LogEntry>,
    ) -> Vec<String> {
        let calm = now
            .iter()
            .zip(&self.wanted)
            .all(|(now, wanted)| is_calm(now, *wanted))
            && effort.late == 0;
        let mut lines: Vec<_> = happened.into_iter().map(|log| text(&Line::Log { log })).collect();
        if !calm {
            lines.extend(self.flush());
        }
        self.seconds += 1;
        self.held = Some(match self.held.take() {
            None => (now, effort, 1),
            Some((before, worked, n)) => {
                let both = before.iter().zip(now);
                (
                    both.map(|(before, now)| before.and(now, n as f32)).collect(),
                    worked.and(effort, n as f32),
                    n + 1,
                )
            }
        });
        if !calm || self.held.as_ref().is_some_and(|held| held.2 >= CALM) {
            lines.extend(self.flush());
        }
        lines
    }

    /// The show has ended, after this happened: the last lines.
    pub(crate) fn end(&mut self, happened: Vec<LogEntry>) -> Vec<String> {
        let mut lines: Vec<_> = self.flush().into_iter().collect();
        lines.extend(happened.into_iter().map(|log| text(&Line::Log { log })));
        lines.push(text(&Line::End { end: self.seconds }));
        lines
    }

    fn flush(&mut self) -> Option<String> {
        let (places, effort, n) = self.held.take()?;
        let p = places.iter().map(Values::from).collect();
        Some(text(&Line::Seconds {
            t: self.seconds,
            n,
            p,
            m: Some(effort.into()),
        }))
    }
}

fn is_calm(now: &Stretch, wanted: u32) -> bool {
    now.target_kbps == wanted && now.skipped == 0 && now.strength >= Strength::Strong
}

fn text(line: &impl Serialize) -> String {
    // Numbers, names and nothing else: that can be written always.
    serde_json::to_string(line).unwrap_or_default()
}
