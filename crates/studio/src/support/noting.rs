//! Notes what the studio logs, for support bundles: where in the program, and the numbers; no words but codes.

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::support::Note;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// So many are kept; the oldest go.
const KEPT: usize = 1000;
/// Fields whose texts are words of this program.
const CODES: [&str; 2] = ["code", "cause"];
/// What begins the names of this program's own parts.
const OURS: [&str; 14] = [
    "studio",
    "capture",
    "compositor",
    "pipeline",
    "sound",
    "uplink",
    "rtmp",
    "srt",
    "rtc",
    "container",
    "media",
    "support",
    "desktop",
    "anchor_studio",
];

static NOTED: Mutex<VecDeque<Note>> = Mutex::new(VecDeque::new());
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What a subscriber needs so that bundles hold what was logged from now on.
pub fn noting() -> Noting {
    LazyLock::force(&BEGAN);
    Noting
}

/// For how long this program has run, since the first who asked or noted.
pub(super) fn running() -> Duration {
    BEGAN.elapsed()
}

/// What was noted, the oldest first.
pub(super) fn noted() -> Vec<Note> {
    NOTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .cloned()
        .collect()
}

/// Notes events of this program of level INFO and above.
#[derive(Clone, Copy, Debug)]
pub struct Noting;

impl<S: Subscriber> Layer<S> for Noting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        if *about.level() > Level::INFO || !is_ours(about.target()) {
            return;
        }
        let mut note = Note {
            at: (running().as_secs_f64() * 1000.0).round() / 1000.0,
            level: about.level().as_str().to_lowercase(),
            target: about.target().to_lowercase(),
            line: about.line().unwrap_or_default(),
            ..Note::default()
        };
        event.record(&mut Plain(&mut note));
        let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() == KEPT {
            noted.pop_front();
        }
        noted.push_back(note);
    }
}

fn is_ours(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or_default();
    OURS.iter().any(|ours| root.starts_with(ours))
}

/// Takes what holds no words of people.
struct Plain<'a>(&'a mut Note);

impl Plain<'_> {
    fn take(&mut self, field: &Field, value: Value) {
        self.0.with.insert(field.name().to_owned(), value);
    }
}

impl Visit for Plain<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if CODES.contains(&field.name()) {
            self.take(field, value.into());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {
        // Sentences, names, errors of others: what stands in them can't be known.
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn codes_and_numbers_are_noted_and_no_words() {
        let subscriber = tracing_subscriber::registry().with(noting());
        tracing::subscriber::with_default(subscriber, || {
            let name = "Anna's camera";
            tracing::warn!(code = "a.test", output = name, %name, tries = 3_u8, on = true, "Anna was {name}");
            tracing::debug!(code = "too.small", "not noted");
            tracing::warn!(target: "hyper::client", code = "of.others", "not noted");
        });
        let noted = noted();
        // Other tests of this process log, too.
        let of = |code: &str| {
            noted
                .iter()
                .filter(|note| note.with.get("code") == Some(&code.into()))
                .collect::<Vec<_>>()
        };
        let ours = of("a.test");
        assert_eq!(
            (ours.len(), of("too.small").len(), of("of.others").len()),
            (1, 0, 0)
        );
        assert_eq!((ours[0].level.as_str(), ours[0].with.len()), ("warn", 3));
        assert!(ours[0].target.starts_with("studio::support") && ours[0].line > 0);
        assert!(!format!("{noted:?}").contains("Anna"));
    }
}
