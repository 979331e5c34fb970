//! Going live and ending; the places the show goes to.

use std::collections::HashMap;
use std::time::Instant;

use api::control::{Done, Event, Outcome};
use api::place::{LineMode, Place, PlaceState, PlaceStatus};

use super::director::{Asker, Director, failure};
use super::stage::Refusal;
use super::wards::Counted;
use super::works::Finished;
use crate::Error;
use crate::air::{self, Air, Sent};
use crate::output::Recipient;
use crate::presets;
use crate::show::{
    AudioSettings, Companion, KeyRef, LEAST, Output, OutputKind, Show, SrtSettings, VideoSettings,
    output_problems,
};

/// Whether the show is being sent, and what is known of where.
#[derive(Default)]
pub(super) struct Sending {
    air: Option<Air>,
    changing: bool,
    /// What became of the last show that was sent.
    pub(super) sent: Sent,
    /// Places whose key can't be found.
    pub(super) missing: Vec<String>,
    /// What was counted at the end of the last second, by place.
    pace: HashMap<String, Pace>,
    /// Bytes sent to places outside this computer since the studio began, of media or not.
    outside: u64,
}

/// What was sent to a place by the end of a second.
#[derive(Clone, Copy, Default)]
struct Pace {
    /// Bytes of media so far.
    bytes: u64,
    /// Kbit/s of media in that second.
    kbps: u32,
    /// Bytes of all kinds so far.
    sent: u64,
}

impl Pace {
    /// Bytes that have left this computer for it since.
    fn since_outside(&self, place: &Recipient) -> u64 {
        let fresh = place.sent().saturating_sub(self.sent);
        if place.is_outside() { fresh } else { 0 }
    }
}

impl Sending {
    pub(super) fn new(air: Option<Air>) -> Self {
        Self {
            air,
            ..Self::default()
        }
    }

    pub(super) fn air(&self) -> Option<&Air> {
        self.air.as_ref()
    }

    pub(super) fn take(&mut self) -> Option<Air> {
        self.air.take()
    }

    pub(super) fn is_changing(&self) -> bool {
        self.changing
    }

    /// Nothing is being started or ended any more.
    pub(super) fn calm(&mut self) {
        self.changing = false;
    }

    fn recipients(&self) -> &[Recipient] {
        self.air.as_ref().map_or(&[], Air::recipients)
    }

    fn recipient(&self, name: &str) -> Option<&Recipient> {
        self.recipients().iter().find(|place| place.name() == name)
    }

    /// Takes the pace of the second that has passed.
    pub(super) fn second(&mut self) {
        let all = self.air.as_ref().map_or(&[][..], Air::recipients);
        let before = std::mem::take(&mut self.pace);
        for place in all {
            let before = before.get(place.name()).copied().unwrap_or_default();
            let bytes = place.stats().bytes;
            let kbps = (bytes.saturating_sub(before.bytes) * 8 / 1000).min(u32::MAX.into()) as u32;
            self.outside += before.since_outside(place);
            let sent = place.sent();
            self.pace
                .insert(place.name().to_owned(), Pace { bytes, kbps, sent });
        }
    }

    /// Bytes sent to places outside this computer since the studio began.
    pub(super) fn sent_outside(&self) -> u64 {
        let before = |place: &Recipient| self.pace.get(place.name()).copied().unwrap_or_default();
        let fresh = self
            .recipients()
            .iter()
            .map(|place| before(place).since_outside(place));
        self.outside + fresh.sum::<u64>()
    }

    /// Kbit/s that were sent from here in the last second, to all places.
    pub(super) fn sent_now(&self) -> u32 {
        let direct = self.recipients().iter().filter(|place| place.is_direct());
        direct.map(|place| self.pace_of(place.name())).sum()
    }

    fn pace_of(&self, name: &str) -> u32 {
        self.pace.get(name).map_or(0, |pace| pace.kbps)
    }

    /// What was counted of a place in the second that has passed.
    pub(super) fn counted(&self, place: &Recipient) -> Counted {
        let stats = place.stats();
        Counted {
            sent_kbps: self.pace_of(place.name()),
            received_kbps: place.received_kbps(),
            skipped: stats.dropped_line + stats.dropped_away + stats.dropped_paused,
        }
    }

    /// How the place of `output` is.
    pub(super) fn place(&self, output: &Output, show: &Show) -> PlaceState {
        let plain = PlaceState {
            platform: output.platform.clone(),
            advice: presets::advise(output, show),
            name: output.name.clone(),
            url: output.url.clone(),
            key: in_keyring(&output.key),
            passphrase: output.srt.passphrase.as_ref().and_then(in_keyring),
            key_missing: self.missing.contains(&output.name),
            bitrate: output.video.bitrate,
            least: output.least,
            on: output.on,
            passed_on: output.passed_on,
            ..PlaceState::default()
        };
        let Some(place) = self.recipient(&output.name) else {
            return plain;
        };
        let stats = place.stats();
        let status = match place.connected() {
            true => PlaceStatus::Live,
            false if stats.error.is_none() => PlaceStatus::Starting,
            false => PlaceStatus::Away,
        };
        PlaceState {
            status,
            line: place.line(),
            kbps: self.pace_of(&output.name),
            received_kbps: place.received_kbps(),
            sent: stats.frames_sent,
            skipped: stats.dropped_line + stats.dropped_away + stats.dropped_paused,
            // What is over is no news.
            error: stats.error.filter(|_| status != PlaceStatus::Live),
            ..plain
        }
    }
}

impl Director {
    /// Where the companion server is from the next show on.
    pub(super) fn set_companion(&mut self, url: Option<String>) -> Result<Done, Refusal> {
        let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        if url.as_deref().is_some_and(|url| !is_companions(url)) {
            return Err(Refusal::BadCompanion);
        }
        self.parts.show.companion = url.map(|url| Companion { url });
        self.saving.touch();
        Ok(Done::default())
    }

    pub(super) fn start_live(&mut self, answer: Asker) {
        let refused = |answer: Asker, refusal: Refusal| drop(answer.send(Outcome::Failed(refusal.into())));
        if self.sending.changing {
            return refused(answer, Refusal::Changing);
        }
        if self.sending.air.is_some() {
            return refused(answer, Refusal::AlreadyLive);
        }
        let outputs: Vec<Output> = self.parts.show.outputs.iter().filter(|o| o.on).cloned().collect();
        if outputs.is_empty() {
            return refused(answer, Refusal::NoPlace);
        }
        // It would take what the show needs.
        self.checking.stop();
        self.sending.changing = true;
        let (ground, companion) = (self.parts.ground.clone(), self.parts.show.companion.clone());
        self.works.spawn_blocking(move || {
            let air = air::ready(&outputs, companion.as_ref()).and_then(|ready| Air::start(ready, &ground));
            Finished::Live(air, answer)
        });
    }

    pub(super) fn is_live(&mut self, result: Result<Air, Error>, answer: Asker) {
        self.sending.calm();
        let outcome = match result {
            Ok(air) => {
                tracing::info!(places = air.recipients().len(), "live");
                self.sending.air = Some(air);
                self.watch_places();
                self.parts.door.tell(Event::Live {});
                Outcome::Done(Done::default())
            }
            Err(error) => Outcome::Failed(failure(error.code(), error)),
        };
        let _ = answer.send(outcome);
    }

    /// From now on the places of the show that is sent are watched.
    pub(super) fn watch_places(&mut self) {
        let Some(air) = self.sending.air() else { return };
        let places = air.recipients().iter();
        let places = places.map(|place| (place.name().to_owned(), place.bounds().most_kbps));
        let now = Instant::now();
        self.wards.begin(places, now);
        self.computer.begin(now);
        self.begin_history();
    }

    pub(super) fn end_live(&mut self, answer: Asker) {
        let refusal = match (self.sending.changing, self.sending.air.take()) {
            (true, air) => {
                self.sending.air = air;
                Refusal::Changing
            }
            (false, None) => Refusal::NotLive,
            (false, Some(air)) => {
                self.sending.changing = true;
                self.end_history();
                self.wards.end();
                self.works
                    .spawn(async move { Finished::Ended(air.end().await, answer) });
                return;
            }
        };
        let _ = answer.send(Outcome::Failed(refusal.into()));
    }

    pub(super) fn has_ended(&mut self, sent: Sent, answer: Asker) {
        tracing::info!("the show is no longer sent");
        self.sending.calm();
        self.sending.sent = sent;
        self.parts.door.tell(Event::Ended {});
        let _ = answer.send(Outcome::Done(Done::default()));
    }

    pub(super) fn put_place(&mut self, place: Place) -> Result<Done, Refusal> {
        if self.sending.recipient(&place.name).is_some() {
            return Err(Refusal::PlaceInUse(place.name));
        }
        let outputs = &mut self.parts.show.outputs;
        let old = outputs.iter().position(|o| o.name == place.name);
        let output = output(place, old.map(|index| &outputs[index]))?;
        match old {
            Some(index) => outputs[index] = output,
            None => outputs.push(output),
        }
        self.saving.touch();
        self.look_for_keys();
        Ok(Done::default())
    }

    pub(super) fn move_place(&mut self, name: &str, to: usize) -> Result<Done, Refusal> {
        let outputs = &mut self.parts.show.outputs;
        let from = outputs.iter().position(|o| o.name == name);
        let from = from.ok_or_else(|| Refusal::NoSuchPlace(name.to_owned()))?;
        if self.sending.air.is_some() || self.sending.changing {
            return Err(Refusal::PlaceInUse(name.to_owned()));
        }
        let output = outputs.remove(from);
        outputs.insert(to.min(outputs.len()), output);
        self.saving.touch();
        Ok(Done::default())
    }

    pub(super) fn pass_on(&mut self, names: &[String], on: bool) -> Result<Done, Refusal> {
        if let Some(name) = names.first()
            && (self.sending.air.is_some() || self.sending.changing)
        {
            return Err(Refusal::PlaceInUse(name.clone()));
        }
        let mut outputs = self.parts.show.outputs.clone();
        for name in names {
            let output = outputs.iter_mut().find(|output| output.name == *name);
            let output = output.ok_or_else(|| Refusal::NoSuchPlace(name.clone()))?;
            output.passed_on = on;
            let mut problems = Vec::new();
            output_problems(output, &mut problems);
            if let Some(problem) = problems.into_iter().next() {
                return Err(Refusal::Problem(problem));
            }
        }
        self.parts.show.outputs = outputs;
        self.saving.touch();
        Ok(Done::default())
    }

    pub(super) fn set_line_mode(&mut self, mode: LineMode) -> Done {
        (self.parts.show.line_mode, self.parts.ground.line_mode) = (mode, mode);
        if let Some(air) = self.sending.air() {
            air.set_line_mode(mode);
        }
        self.saving.touch();
        Done::default()
    }

    pub(super) fn remove_place(&mut self, name: &str) -> Result<Done, Refusal> {
        if self.sending.recipient(name).is_some() {
            return Err(Refusal::PlaceInUse(name.to_owned()));
        }
        let outputs = &mut self.parts.show.outputs;
        let before = outputs.len();
        outputs.retain(|o| o.name != name);
        if outputs.len() == before {
            return Err(Refusal::NoSuchPlace(name.to_owned()));
        }
        self.saving.touch();
        Ok(Done::default())
    }
}

/// The name of a secret in the keyring.
fn in_keyring(kept: &KeyRef) -> Option<String> {
    match kept {
        KeyRef::Keyring(name) => Some(name.clone()),
        KeyRef::Env(_) | KeyRef::File(_) => None,
    }
}

/// The output that `place` means; what a place doesn't say stays as in `old`.
fn output(place: Place, old: Option<&Output>) -> Result<Output, Refusal> {
    if place.name.trim().is_empty() || place.name.len() > 200 {
        return Err(Refusal::BadPlace("a place has a name of 1 to 200 letters".into()));
    }
    let key = match (place.key.is_empty(), old) {
        (true, Some(old)) => old.key.clone(),
        (true, None) => return Err(Refusal::BadPlace("a new place needs its stream key".into())),
        (false, _) => KeyRef::Keyring(place.key),
    };
    let video = old.map_or_else(VideoSettings::default, |o| o.video.clone());
    let srt = old.map_or_else(SrtSettings::default, |o| o.srt.clone());
    let mut output = Output {
        name: place.name,
        platform: place.platform,
        kind: OutputKind::of(&place.url),
        url: place.url,
        key,
        on: place.on,
        passed_on: place.passed_on,
        least: place.least.or(old.map(|o| o.least)).unwrap_or(LEAST),
        srt: match place.passphrase.filter(|name| !name.is_empty()) {
            Some(name) => SrtSettings {
                passphrase: Some(KeyRef::Keyring(name)),
                ..srt
            },
            None => srt,
        },
        video: VideoSettings {
            bitrate: place.bitrate,
            ..video
        },
        audio: old.map_or_else(AudioSettings::default, |o| o.audio.clone()),
    };
    output.follow_platform();
    let mut problems = Vec::new();
    output_problems(&output, &mut problems);
    match problems.into_iter().next() {
        Some(problem) => Err(Refusal::Problem(problem)),
        None => Ok(output),
    }
}

/// Whether `url` can be a companion server's: whoever can't be asked would keep the show from being opened again.
fn is_companions(url: &str) -> bool {
    let parsed = reqwest::Url::parse(url).ok();
    let plain = |url: reqwest::Url| {
        ["http", "https"].contains(&url.scheme())
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    url.len() <= 300 && parsed.is_some_and(plain)
}

#[cfg(test)]
mod companion_tests {
    use super::is_companions;

    #[test]
    fn only_a_plain_address_is_a_companions() {
        for url in [
            "http://127.0.0.1:8080",
            "https://live.example.com",
            "https://live.example.com/studio/",
            "http://[::1]:80",
        ] {
            assert!(is_companions(url), "{url}");
        }
        let long = format!("https://{}.example", "x".repeat(300));
        for url in [
            "",
            "live.example.com",
            "rtmp://live.example.com",
            "https://",
            "https://a:b@c.example",
            "https://c.example/?x",
            &long,
        ] {
            assert!(!is_companions(url), "{url}");
        }
    }
}
