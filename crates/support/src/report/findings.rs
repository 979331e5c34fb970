//! What was the matter, for how long, and whose side that is.

use std::collections::BTreeMap;

use api::health::{History, LogEntry, Logged, Side};
use api::state::{HealthLevel, State};
use uplink::health::Cause;
use uplink::machine::Trouble;

use super::words::{count, lasting, time};
use crate::Opened;

/// Of one cause at one place, or at the computer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finding {
    pub(super) cause: String,
    pub(super) place: String,
    /// From when to when, in seconds since the show began.
    pub(super) times: Vec<(f64, f64)>,
    /// It is so still.
    pub(super) lasts: bool,
}

impl Finding {
    pub(super) fn seconds(&self) -> f64 {
        self.times.iter().map(|(from, to)| to - from).sum()
    }
}

/// What was found in `history`, what lasted longest first.
pub(super) fn findings(history: &History) -> Vec<Finding> {
    let mut all = BTreeMap::<(&str, &str), Finding>::new();
    for LogEntry { at, place, what, .. } in &history.log {
        let (Logged::Found { cause } | Logged::Over { cause }) = what else {
            continue;
        };
        let finding = all.entry((place, cause)).or_insert_with(|| Finding {
            cause: cause.clone(),
            place: place.clone(),
            ..Finding::default()
        });
        match what {
            Logged::Found { .. } if !finding.lasts => {
                finding.times.push((*at, *at));
                finding.lasts = true;
            }
            Logged::Over { .. } if finding.lasts => finding.end(*at),
            // It was so before the oldest entry there is.
            Logged::Over { .. } if finding.times.is_empty() => finding.times.push((0.0, *at)),
            _ => {}
        }
    }
    let end = end(history);
    let mut all: Vec<_> = all.into_values().collect();
    for finding in all.iter_mut().filter(|finding| finding.lasts) {
        finding.end(end);
        finding.lasts = true;
    }
    all.sort_by(|a, b| b.seconds().total_cmp(&a.seconds()));
    all
}

impl Finding {
    fn end(&mut self, at: f64) {
        if let Some((from, to)) = self.times.last_mut() {
            *to = at.max(*from);
        }
        self.lasts = false;
    }
}

/// For how many seconds the show was sent.
fn end(history: &History) -> f64 {
    let longest = history.places.iter().map(|place| place.strength.len()).max();
    let last = history.log.iter().map(|entry| entry.until).fold(0.0, f64::max);
    (history.from + history.step * longest.unwrap_or_default() as f64).max(last)
}

/// Whose side a cause is on, and what a seller can do about it.
pub(super) fn known(cause: &str) -> Option<(Side, &'static str)> {
    let line = Cause::ALL.iter().find(|known| known.code() == cause);
    let line = line.map(|known| {
        let side = match known.side() {
            uplink::health::Side::Machine => Side::Machine,
            uplink::health::Side::Uplink => Side::Uplink,
            uplink::health::Side::Server => Side::Server,
        };
        (side, known.advice())
    });
    let machine = || Trouble::ALL.iter().find(|known| known.code() == cause);
    line.or_else(|| machine().map(|known| (Side::Machine, known.advice())))
}

fn side_word(side: Option<Side>) -> &'static str {
    match side {
        Some(Side::Machine) => "computer",
        Some(Side::Uplink) => "upload",
        Some(Side::Server) => "server",
        None => "other",
    }
}

/// What was wrong from the show's beginning.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    let Some(history) = &opened.whole else {
        return vec!["Not known: nothing was sent.".into()];
    };
    let all = findings(history);
    let now = standing(opened, &all);
    if all.is_empty() {
        return vec![now.unwrap_or("Nothing was found to be wrong.".into())];
    }
    let mut lines: Vec<_> = all.iter().flat_map(told).chain(now).collect();
    let on = |side| {
        let of = all
            .iter()
            .filter(|f| known(&f.cause).map(|known| known.0) == Some(side));
        of.map(Finding::seconds).sum::<f64>()
    };
    let [upload, server, computer] = [Side::Uplink, Side::Server, Side::Machine].map(on).map(lasting);
    lines.push(format!(
        "By side: upload {upload}, server {server}, computer {computer}."
    ));
    lines
}

/// What the line of health says that is no matter of a place or the computer: a camera, a sound. Of that no history is kept.
fn standing(opened: &Opened, all: &[Finding]) -> Option<String> {
    let health = &opened.state.as_ref()?.health;
    let code = health.code.trim_start_matches("health.");
    let told = all.iter().any(|finding| finding.cause == code);
    let about = health.subject.as_deref().unwrap_or("the show");
    (health.level != HealthLevel::Good && !told)
        .then(|| format!("{:8}  {code:18} {about}: when this file was made", "now"))
}

fn told(finding: &Finding) -> Vec<String> {
    let known = known(&finding.cause);
    let place = if finding.place.is_empty() {
        "this computer"
    } else {
        &finding.place
    };
    let first = finding.times.first().map_or(0.0, |first| first.0);
    let mut line = format!(
        "{:8}  {:18} {place}: {} in all, {}, first at {}",
        side_word(known.map(|known| known.0)),
        finding.cause,
        lasting(finding.seconds()),
        count(finding.times.len(), "time"),
        time(first),
    );
    if finding.lasts {
        line.push_str("; to the end");
    }
    let advice = known.map(|(_, advice)| format!("{:10}{advice}", ""));
    [line].into_iter().chain(advice).collect()
}

/// What is the matter as the bundle is made.
pub(super) fn now(opened: &Opened) -> Vec<String> {
    let Some(state) = &opened.state else {
        return Vec::new();
    };
    let mut lines = vec![format!("The line of health says {}.", state.health.code)];
    if let Some(subject) = &state.health.subject {
        lines[0] = format!("The line of health says {}, of {subject}.", state.health.code);
    }
    for warning in &state.warnings {
        let seconds = lasting(warning.diagnosis.seconds);
        lines.push(format!(
            "{} at {}, for {seconds}.",
            warning.diagnosis.cause, warning.place
        ));
    }
    for trouble in &state.machine.troubles {
        lines.push(format!("{} for {}.", trouble.code, lasting(trouble.seconds)));
    }
    lines.extend(of_sources(state));
    lines.extend(of_places(state));
    lines
}

/// A camera that delivers less than this share of what it was asked for is slow.
const SLOW: f32 = 0.8;

fn of_sources(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for picture in &state.pictures {
        let slow = picture
            .rate
            .zip(picture.wanted_rate)
            .filter(|(rate, wanted)| *rate < wanted * SLOW);
        if !picture.live && picture.visible {
            lines.push(format!("{} is shown and gives no pictures.", picture.name));
        } else if let Some((rate, wanted)) = slow {
            lines.push(format!(
                "{} gives {rate:.1} pictures a second of {wanted:.1}.",
                picture.name
            ));
        }
    }
    for sound in &state.sounds {
        let name = &sound.name;
        if sound.reason.is_some() {
            lines.push(format!("{name} can't be heard."));
        }
        if sound.spoken_unheard {
            let how = if sound.mute {
                "silenced"
            } else {
                "turned down out of hearing"
            };
            lines.push(format!("Someone speaks into {name}, which is {how}."));
        }
        if sound.clipped > 0 {
            lines.push(format!(
                "{name} was too loud: {} samples at full scale.",
                sound.clipped
            ));
        }
    }
    lines
}

fn of_places(state: &State) -> Vec<String> {
    let on = state.places.iter().filter(|place| place.on);
    on.flat_map(|place| {
        let missing = place.key_missing.then(|| format!("{} has no key.", place.name));
        let error = place.error.as_ref();
        let error = error.map(|error| format!("{} could not be reached: {}.", place.name, error.code));
        missing.into_iter().chain(error)
    })
    .collect()
}
