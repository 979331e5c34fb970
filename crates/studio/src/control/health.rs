//! The worst that is the matter with a show, from what was counted each second. No IO, no clock.

use api::place::{PlaceLine, PlaceState, PlaceStatus};
use api::state::{Health, HealthLevel, SoundState};

/// Silence that lasts so many seconds while the show is live is said.
const SILENT: u32 = 10;
/// Below this the program counts as silent, in dBFS.
const SILENT_DB: f32 = -60.0;
/// A weak line is said when it has been so for so many seconds: before that the studio may have healed it.
const WEAK: u32 = 2;
/// What was the matter is said for so many seconds more: people look now and then.
const LINGER: u32 = 5;

/// What is known of one second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Second<'a> {
    pub(crate) live: bool,
    pub(crate) covered: bool,
    pub(crate) places: &'a [PlaceState],
    /// Sources that are lost and shown.
    pub(crate) lost: Vec<String>,
    pub(crate) sounds: &'a [SoundState],
    /// Level of the program in dBFS.
    pub(crate) program_db: f32,
    /// Frames late, repeated or refused by encoders since the start.
    pub(crate) machine: u64,
    pub(crate) graphics_lost: bool,
    pub(crate) not_saved: bool,
}

/// Watches a show, second by second.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    machine: u64,
    machine_slow: u32,
    places: Vec<(String, u64, u32)>,
    clipped: Vec<(String, u64, u32)>,
    silent: u32,
    /// Places whose line is weak, and for how many seconds.
    weak: Vec<(String, u32)>,
    health: Health,
}

impl Watch {
    /// How the show was when last looked at.
    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// Takes in one second; whether its word has changed.
    pub(crate) fn look(&mut self, second: &Second) -> bool {
        let slow = second.machine.saturating_sub(self.machine);
        self.machine = second.machine;
        // One frame in a second is a hiccup that nobody sees.
        self.machine_slow = if slow > 1 {
            LINGER
        } else {
            self.machine_slow.saturating_sub(1)
        };
        let skipped = second.places.iter().map(|p| (p.name.as_str(), p.skipped));
        follow(&mut self.places, skipped);
        let clipped = second.sounds.iter().filter(|s| !s.mute);
        follow(&mut self.clipped, clipped.map(|s| (s.name.as_str(), s.clipped)));
        let silent = second.live && !second.covered && second.program_db < SILENT_DB;
        self.silent = if silent { self.silent + 1 } else { 0 };
        self.weaken(second.places);
        let health = self.worst(second);
        let changed = health != self.health;
        self.health = health;
        changed
    }

    fn weaken(&mut self, places: &[PlaceState]) {
        let weak = places
            .iter()
            .filter(|p| p.line == PlaceLine::Weak && p.status == PlaceStatus::Live);
        let before = std::mem::take(&mut self.weak);
        let seconds = |name: &str| before.iter().find(|w| w.0 == name).map_or(0, |w| w.1);
        self.weak = weak.map(|p| (p.name.clone(), seconds(&p.name) + 1)).collect();
    }

    fn worst(&self, second: &Second) -> Health {
        use HealthLevel::{Bad, Good, Warning};
        let rising = |all: &[(String, u64, u32)]| all.iter().find(|p| p.2 > 0).map(|p| p.0.clone());
        let away = second.places.iter().find(|p| p.status == PlaceStatus::Away);
        let paused = second.places.iter().find(|p| p.line == PlaceLine::Paused);
        let weak = self.weak.iter().find(|w| w.1 >= WEAK);
        let muted = second.sounds.iter().find(|s| s.heard_while_muted);
        let found = [
            second.graphics_lost.then_some((Bad, "graphics_lost", None)),
            away.map(|p| (Bad, "place_away", Some(p.name.clone()))),
            paused.map(|p| (Bad, "place_paused", Some(p.name.clone()))),
            second.lost.first().map(|s| (Bad, "source_lost", Some(s.clone()))),
            (second.live && self.machine_slow > 0).then_some((Bad, "machine_slow", None)),
            second
                .live
                .then(|| rising(&self.places))
                .flatten()
                .map(|p| (Bad, "line_slow", Some(p))),
            weak.map(|w| (Warning, "line_weak", Some(w.0.clone()))),
            muted.map(|s| (Warning, "muted_heard", Some(s.name.clone()))),
            (self.silent >= SILENT).then_some((Warning, "silent", None)),
            rising(&self.clipped).map(|s| (Warning, "clipping", Some(s))),
            (!second.live && self.machine_slow > 0).then_some((Warning, "machine_slow", None)),
            second.not_saved.then_some((Warning, "not_saved", None)),
            second.covered.then_some((Warning, "covered", None)),
        ];
        let calm = (Good, if second.live { "good" } else { "idle" }, None);
        let (level, code, subject) = found.into_iter().flatten().next().unwrap_or(calm);
        Health {
            level,
            code: format!("health.{code}"),
            sentence: sentence(code, subject.as_deref().unwrap_or_default()),
            subject,
        }
    }
}

/// Follows counters by name: those that have risen are said for some seconds.
fn follow<'a>(known: &mut Vec<(String, u64, u32)>, now: impl Iterator<Item = (&'a str, u64)>) {
    let mut next = Vec::new();
    for (name, count) in now {
        let before = known.iter().find(|k| k.0 == name);
        // What is seen for the first time has no past.
        let (past, left) = before.map_or((count, 0), |k| (k.1, k.2));
        let left = if count > past {
            LINGER
        } else {
            left.saturating_sub(1)
        };
        next.push((name.to_owned(), count, left));
    }
    *known = next;
}

fn sentence(code: &str, subject: &str) -> String {
    match code {
        "good" => "All is well.".into(),
        "idle" => "Ready. Nothing is being sent.".into(),
        "graphics_lost" => "The graphics device is being restarted; the last picture stands.".into(),
        "place_away" => format!("'{subject}' can't be reached; it is tried again by itself."),
        "source_lost" => format!("No picture comes from '{subject}'; look at its cable."),
        "machine_slow" => "This computer is too slow for the show; close other programs.".into(),
        "line_slow" => format!("The upload to '{subject}' is too slow; pictures are skipped."),
        "place_paused" => {
            format!("Your line can't carry '{subject}' too: no pictures go there until it does.")
        }
        "line_weak" => format!("Your line is weak: the picture is coarser at '{subject}'."),
        "muted_heard" => format!("Someone speaks into '{subject}', which is muted."),
        "silent" => "Viewers have heard nothing for ten seconds.".into(),
        "clipping" => format!("'{subject}' is too loud and distorts; turn it down at the microphone."),
        "not_saved" => "The last change is not saved; is the disk full?".into(),
        _ => "Viewers see the cover picture and hear nothing.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, status: PlaceStatus, skipped: u64) -> PlaceState {
        PlaceState {
            name: name.into(),
            status,
            skipped,
            ..PlaceState::default()
        }
    }

    fn live(places: &[PlaceState]) -> Second<'_> {
        Second {
            live: true,
            places,
            program_db: -20.0,
            ..Second::default()
        }
    }

    #[test]
    fn the_worst_is_said_and_what_is_over_is_said_some_seconds_more() {
        let mut watch = Watch::default();
        let well = [place("a", PlaceStatus::Live, 0)];
        watch.look(&live(&well));
        assert_eq!(watch.health().code, "health.good");
        let slow = [place("a", PlaceStatus::Live, 3)];
        assert!(watch.look(&live(&slow)));
        assert_eq!(
            (watch.health().code.as_str(), watch.health().subject.as_deref()),
            ("health.line_slow", Some("a"))
        );
        (1..LINGER).for_each(|_| assert!(!watch.look(&live(&slow))));
        assert!(watch.look(&live(&slow)));
        assert_eq!(watch.health().code, "health.good");
        let away = [
            place("b", PlaceStatus::Live, 0),
            place("a", PlaceStatus::Away, 90),
        ];
        watch.look(&live(&away));
        assert_eq!(watch.health().code, "health.place_away");
    }

    #[test]
    fn a_weak_line_is_said_when_it_lasts_and_a_place_that_pauses_at_once() {
        let mut watch = Watch::default();
        let with = |line| {
            [PlaceState {
                line,
                ..place("a", PlaceStatus::Live, 0)
            }]
        };
        watch.look(&live(&with(PlaceLine::Weak)));
        assert_eq!(watch.health().code, "health.good");
        watch.look(&live(&with(PlaceLine::Enough)));
        watch.look(&live(&with(PlaceLine::Weak)));
        assert_eq!(watch.health().code, "health.good", "it was healed between");
        watch.look(&live(&with(PlaceLine::Weak)));
        assert_eq!(watch.health().code, "health.line_weak");
        assert_eq!(watch.health().level, HealthLevel::Warning);
        watch.look(&live(&with(PlaceLine::Paused)));
        assert_eq!(watch.health().code, "health.place_paused");
    }

    #[test]
    fn a_single_late_frame_is_no_slow_machine_and_silence_takes_its_time() {
        let mut watch = Watch::default();
        let second = |machine, program_db| Second {
            machine,
            program_db,
            ..live(&[])
        };
        watch.look(&second(1, -20.0));
        assert_eq!(watch.health().code, "health.good");
        watch.look(&second(4, -20.0));
        assert_eq!(watch.health().code, "health.machine_slow");
        (1..SILENT).for_each(|_| _ = watch.look(&second(4, -80.0)));
        assert_eq!(watch.health().code, "health.good");
        watch.look(&second(4, -80.0));
        assert_eq!(watch.health().code, "health.silent");
        let covered = Second {
            covered: true,
            ..second(4, -80.0)
        };
        watch.look(&covered);
        assert_eq!(watch.health().code, "health.covered");
    }
}
