//! What happened, by time.

use api::health::{LogEntry, Logged};

use super::machine::given_up;
use super::words::time;
use crate::{Note, Opened};

/// So many are told, the newest; the parts of the file have them all.
const TOLD: usize = 200;
const NOTED: usize = 60;

/// What was done and found, the oldest first.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    let log = opened.whole.as_ref().map_or(&[][..], |history| &history.log);
    newest(log, TOLD, entry)
}

fn entry(entry: &LogEntry) -> String {
    let place = if entry.place.is_empty() {
        "computer"
    } else {
        &entry.place
    };
    let what = match &entry.what {
        Logged::Lowered { from_kbps, to_kbps } => format!("lowered from {from_kbps} to {to_kbps} kbit/s"),
        Logged::Raised { from_kbps, to_kbps } => format!("raised from {from_kbps} to {to_kbps} kbit/s"),
        Logged::Lost { refused: true } => "refused".into(),
        Logged::Lost { refused: false } => "connection lost".into(),
        Logged::Reached => "reached".into(),
        Logged::Found { cause } => format!("found {cause}"),
        Logged::Over { cause } => format!("over: {cause}"),
        Logged::Shed { from, to } => format!("given up: {}, before {}", given_up(*to), given_up(*from)),
    };
    format!("{}  {place:10} {what}", time(entry.at))
}

/// What the program noted of what went wrong, by the time since its start.
pub(super) fn noted(opened: &Opened) -> Vec<String> {
    let wrong = |note: &&Note| matches!(note.level.as_str(), "warn" | "error");
    let notes: Vec<_> = opened.notes.iter().filter(wrong).collect();
    newest(&notes, NOTED, |note| {
        let with: String = note
            .with
            .iter()
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        format!(
            "{}  {:5} {}:{}{with}",
            time(note.at),
            note.level,
            note.target,
            note.line
        )
    })
}

fn newest<T>(all: &[T], most: usize, line: impl Fn(&T) -> String) -> Vec<String> {
    let before = all.len().saturating_sub(most);
    let earlier = (before > 0).then(|| format!("({before} earlier ones are further down in the file)"));
    earlier
        .into_iter()
        .chain(all[before..].iter().map(line))
        .collect()
}
