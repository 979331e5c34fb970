//! The worst that is the matter with a show, from what was counted each second. No IO, no clock.

use api::place::{PlaceLine, PlaceState};
use api::state::{Health, HealthLevel, SoundState};
use uplink::health::Cause;
use uplink::machine::{Shed, Trouble};

use super::quiet::Quiet;
use super::wards::is_bad;

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
    /// For how many seconds there has been nothing at all in the program.
    pub(crate) nothing_seconds: f32,
    /// The worst that is the matter with the computer.
    pub(crate) trouble: Option<Trouble>,
    /// What is given up so that no picture is lost.
    pub(crate) shed: Shed,
    /// A camera that is seen and delivers too few pictures.
    pub(crate) slow: Option<String>,
    pub(crate) graphics_lost: bool,
    pub(crate) not_saved: bool,
    /// The worst that is the matter with a place.
    pub(crate) matter: Option<(String, Cause)>,
    /// A place that has just become better again.
    pub(crate) better: Option<String>,
}

/// Watches a show, second by second.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    clipped: Vec<(String, u64, u32)>,
    quiet: Quiet,
    health: Health,
}

impl Watch {
    /// How the show was when last looked at.
    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// Takes in one second; whether its word has changed.
    pub(crate) fn look(&mut self, second: &Second) -> bool {
        let clipped = second.sounds.iter().filter(|s| !s.mute);
        follow(&mut self.clipped, clipped.map(|s| (s.name.as_str(), s.clipped)));
        let heard = second.live && !second.covered;
        self.quiet
            .look(heard.then_some((second.program_db, second.nothing_seconds)));
        self.judge(second)
    }

    /// Judges anew within a second; whether its word has changed.
    pub(crate) fn judge(&mut self, second: &Second) -> bool {
        let health = self.worst(second);
        let changed = health != self.health;
        self.health = health;
        changed
    }

    fn worst(&self, second: &Second) -> Health {
        use HealthLevel::{Bad, Good, Warning};
        let rising = |all: &[(String, u64, u32)]| all.iter().find(|p| p.2 > 0).map(|p| p.0.clone());
        let paused = second.places.iter().find(|p| p.line == PlaceLine::Paused);
        let unheard = second.sounds.iter().find(|s| s.spoken_unheard);
        let matter = |bad: bool| {
            let matter = second.matter.as_ref().filter(|matter| is_bad(matter.1) == bad);
            matter.map(|(place, cause)| (if bad { Bad } else { Warning }, cause.code(), Some(place.clone())))
        };
        let found = [
            second.graphics_lost.then_some((Bad, "graphics_lost", None)),
            matter(true),
            paused.map(|p| (Bad, "place_paused", Some(p.name.clone()))),
            second.lost.first().map(|s| (Bad, "source_lost", Some(s.clone()))),
            matter(false),
            unheard.map(|s| {
                let code = if s.mute { "muted_heard" } else { "faded_heard" };
                (Warning, code, Some(s.name.clone()))
            }),
            self.quiet.is_silent().then_some((Warning, "silent", None)),
            rising(&self.clipped).map(|s| (Warning, "clipping", Some(s))),
            second.trouble.map(|trouble| (Warning, trouble.code(), None)),
            second
                .slow
                .clone()
                .map(|name| (Warning, "camera_slow", Some(name))),
            shed(second.shed).map(|code| (Warning, code, None)),
            second.not_saved.then_some((Warning, "not_saved", None)),
            second.covered.then_some((Warning, "covered", None)),
            second.better.clone().map(|place| (Good, "better", Some(place))),
        ];
        let calm = (Good, if second.live { "good" } else { "idle" }, None);
        let (level, code, subject) = found.into_iter().flatten().next().unwrap_or(calm);
        Health {
            level,
            code: format!("health.{code}"),
            sentence: match &second.matter {
                Some((place, cause)) if cause.code() == code && subject.is_some() => {
                    format!("'{place}': {}", cause.advice())
                }
                _ if second.trouble.is_some_and(|trouble| trouble.code() == code) => {
                    second.trouble.map(Trouble::advice).unwrap_or_default().into()
                }
                _ => sentence(code, subject.as_deref().unwrap_or_default()),
            },
            subject,
        }
    }
}

const fn shed(shed: Shed) -> Option<&'static str> {
    match shed {
        Shed::Nothing => None,
        Shed::PreviewSlow | Shed::PreviewStill => Some("shed_preview"),
        Shed::Filters => Some("shed_filters"),
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
        "better" => format!("'{subject}' is better again."),
        "source_lost" => format!("No picture comes from '{subject}'; look at its cable."),
        "camera_slow" => format!(
            "'{subject}' delivers fewer pictures than it should: give it more light, or a USB socket of its own."
        ),
        "shed_preview" => "To keep the show smooth, this window's pictures are slowed down.".into(),
        "shed_filters" => "To keep the show smooth, colour corrections are left out.".into(),
        "place_paused" => {
            format!("Your line can't carry '{subject}' too: no pictures go there until it does.")
        }
        "muted_heard" => format!("Someone speaks into '{subject}', which is muted."),
        "faded_heard" => format!("Someone speaks into '{subject}', which is turned all the way down."),
        "silent" => "Viewers hear nothing.".into(),
        "clipping" => format!("'{subject}' is too loud and distorts; turn it down at the microphone."),
        "not_saved" => "The last change is not saved; is the disk full?".into(),
        _ => "Viewers see the cover picture and hear nothing.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(places: &[PlaceState]) -> Second<'_> {
        Second {
            live: true,
            places,
            program_db: -20.0,
            ..Second::default()
        }
    }

    #[test]
    fn what_is_the_matter_with_a_place_stands_by_how_bad_it_is_and_its_end_is_said() {
        let mut watch = Watch::default();
        let said = |watch: &mut Watch, cause, lost| {
            let matter = Some(("a".to_owned(), cause));
            let second = Second {
                matter,
                lost,
                ..live(&[])
            };
            watch.look(&second);
            (watch.health().code.clone(), watch.health().level)
        };
        let camera = || vec!["camera".to_owned()];
        let full = said(&mut watch, Cause::LineFull, Vec::new());
        assert_eq!(full, ("health.line.full".to_owned(), HealthLevel::Warning));
        assert_eq!(watch.health().subject.as_deref(), Some("a"));
        let lost = said(&mut watch, Cause::LineFull, camera());
        assert_eq!(lost.0, "health.source_lost");
        let silent = said(&mut watch, Cause::Silent, camera());
        assert_eq!(silent, ("health.line.silent".to_owned(), HealthLevel::Bad));
        let better = Second {
            better: Some("a".into()),
            ..live(&[])
        };
        assert!(watch.judge(&better));
        assert_eq!(watch.health().code, "health.better");
        assert_eq!(watch.health().level, HealthLevel::Good);
        assert!(!watch.judge(&better));
    }

    #[test]
    fn a_place_that_pauses_is_said_at_once() {
        let mut watch = Watch::default();
        let paused = [PlaceState {
            name: "a".into(),
            line: PlaceLine::Paused,
            ..PlaceState::default()
        }];
        watch.look(&live(&paused));
        assert_eq!(watch.health().code, "health.place_paused");
    }

    #[test]
    fn what_is_the_matter_with_the_computer_is_said_before_what_is_given_up_for_it() {
        let mut watch = Watch::default();
        let mut said = |trouble, slow: Option<&str>, shed| {
            let second = Second {
                trouble,
                slow: slow.map(str::to_owned),
                shed,
                ..live(&[])
            };
            watch.look(&second);
            let health = watch.health();
            (health.code.clone(), health.sentence.clone())
        };
        let busy = said(Some(Trouble::Busy), Some("hands"), Shed::Filters);
        assert_eq!(
            busy,
            ("health.machine.busy".into(), Trouble::Busy.advice().into())
        );
        let camera = said(None, Some("hands"), Shed::Filters);
        assert!(
            camera.0 == "health.camera_slow" && camera.1.starts_with("'hands'"),
            "{camera:?}"
        );
        assert_eq!(said(None, None, Shed::Filters).0, "health.shed_filters");
        assert_eq!(said(None, None, Shed::PreviewStill).0, "health.shed_preview");
        assert_eq!(said(None, None, Shed::Nothing).0, "health.good");
    }

    #[test]
    fn what_is_covered_may_be_silent() {
        let mut watch = Watch::default();
        let nothing = Second {
            nothing_seconds: 9.0,
            ..live(&[])
        };
        watch.look(&nothing);
        assert_eq!(watch.health().code, "health.silent");
        watch.look(&Second {
            covered: true,
            ..nothing
        });
        assert_eq!(watch.health().code, "health.covered");
    }

    #[test]
    fn a_microphone_that_is_turned_down_is_none_that_is_muted() {
        let said = |mute| {
            let sounds = [SoundState {
                name: "mic".into(),
                mute,
                spoken_unheard: true,
                ..SoundState::default()
            }];
            let mut watch = Watch::default();
            watch.look(&Second {
                sounds: &sounds,
                ..live(&[])
            });
            watch.health().code.clone()
        };
        assert_eq!(said(true), "health.muted_heard");
        assert_eq!(said(false), "health.faded_heard");
    }
}
