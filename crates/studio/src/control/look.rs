//! How things are: for whoever asks, and each second for the health line.

use std::time::Instant;

use api::control::Event;
use api::place::PlaceState;
use api::state::{CanvasState, LiveState, PictureState, SoundState, State};
use capture::camera::Monitor;
use uplink::health::Seen;

use super::director::{Director, Facts};
use super::health::Second;
use crate::air::Air;
use crate::output::Recipient;

impl Director {
    /// A second has passed.
    pub(crate) fn second(&mut self) {
        self.sending.second();
        let counted: Vec<_> = self.watched().iter().map(|d| self.sending.counted(d)).collect();
        if self.wards.second(counted.into_iter()) {
            self.computer.second();
            self.write_history();
        }
        self.look_at_cameras();
        self.read_computer();
        let (places, sounds) = (self.places(), self.sounds());
        self.checking.hear(
            sounds
                .iter()
                .map(|sound| (sound.name.as_str(), sound.level.peak_db)),
        );
        let facts = self.facts(&places, &sounds);
        if self.watch.look(&facts) {
            self.tell_health();
        }
    }

    /// Another beat, each 50 ms: how are the places?
    pub(crate) fn beat(&mut self) {
        let now = Instant::now();
        self.look_at_computer(now);
        let busy = self.computer.is_line_shared(self.sending.sent_now());
        let watched = self.watched().iter();
        let seen: Vec<_> = watched.map(|d| (seen(d, busy, now), d.round_trip())).collect();
        let before = self.wards.worst().map(|(name, cause)| (name.to_owned(), cause));
        let told = self.wards.see(seen.into_iter(), self.computer.losing(), now);
        let worst = self.wards.worst();
        if told.is_empty() && worst == before.as_ref().map(|(name, cause)| (name.as_str(), *cause)) {
            return;
        }
        let (places, sounds) = (self.places(), self.sounds());
        let facts = self.facts(&places, &sounds);
        if self.watch.judge(&facts) {
            self.tell_health();
        }
        told.into_iter().for_each(|told| self.tell(told));
    }

    fn tell_health(&self) {
        let health = self.watch.health().clone();
        self.parts.door.tell(Event::Health { health });
    }

    fn tell(&self, event: Event) {
        match &event {
            Event::Warning { warning } => {
                let (output, cause) = (&warning.place, &warning.diagnosis.cause);
                tracing::warn!(output, cause, "a warning: {}", warning.diagnosis.advice);
            }
            Event::Better { place, cause } => tracing::info!(output = place, cause, "better again"),
            _ => {}
        }
        self.parts.door.tell(event);
    }

    /// The places the show is sent to, the most important first.
    fn watched(&self) -> &[Recipient] {
        self.sending.air().map_or(&[], Air::recipients)
    }

    fn facts<'a>(&self, places: &'a [PlaceState], sounds: &'a [SoundState]) -> Second<'a> {
        let pictures = self.parts.pictures.iter().flatten();
        let lost = pictures.filter(|f| f.lamp.visible() && !f.lamp.live());
        let matter = self.wards.worst();
        Second {
            live: self.sending.air().is_some(),
            covered: self.covered,
            places,
            lost: lost.map(|f| f.name.clone()).collect(),
            sounds,
            program_db: self.parts.patch.desk().program.get().peak_db,
            nothing_seconds: self.parts.patch.desk().nothing_seconds(),
            trouble: self.computer.worst(),
            shed: self.computer.shed(),
            slow: self.slow_camera(),
            graphics_lost: self.graphics_lost,
            not_saved: self.saving.problem().is_some(),
            matter: matter.map(|(place, cause)| (place.to_owned(), cause)),
            better: self.wards.better(Instant::now()).map(str::to_owned),
        }
    }

    fn places(&self) -> Vec<PlaceState> {
        let outputs = self.parts.show.outputs.iter();
        outputs
            .map(|output| {
                let place = self.sending.place(output, &self.parts.show);
                let known = self.wards.place(&output.name, Instant::now());
                let (standing, diagnosis) = known.unzip();
                PlaceState {
                    standing,
                    diagnosis: diagnosis.flatten(),
                    ..place
                }
            })
            .collect()
    }

    fn sounds(&self) -> Vec<SoundState> {
        let faders = self.parts.patch.desk().faders();
        let reason = |name: &str| self.parts.silent.iter().find(|s| s.0 == name);
        faders
            .iter()
            .map(|fader| SoundState {
                reason: reason(&fader.name).map(|s| s.1.clone()),
                ..fader.state()
            })
            .collect()
    }

    pub(super) fn state(&self) -> State {
        let parts = &self.parts;
        let (show, desk) = (&parts.show, parts.patch.desk());
        State {
            on_air: parts.stage.on_air().to_owned(),
            scenes: parts.stage.scenes().to_vec(),
            plan: self.plan.state(),
            pictures: parts
                .pictures
                .iter()
                .flatten()
                .map(|facts| self.picture(facts))
                .collect(),
            sounds: self.sounds(),
            program: desk.program.get(),
            limiter_db: desk.limiter_db(),
            adapter: parts.adapter.clone(),
            show: show.name.clone(),
            canvas: CanvasState {
                width: show.canvas.size.width,
                height: show.canvas.size.height,
                rate: show.canvas.rate.to_string(),
            },
            live: self.sending.air().map(|air| LiveState {
                seconds: air.seconds(),
            }),
            covered: self.covered,
            can_take_back: !self.history.is_empty(),
            program_frames: parts.frames.read(),
            line_mode: show.line_mode,
            resume: show.resume,
            companion: show.companion.as_ref().map(|companion| companion.url.clone()),
            places: self.places(),
            health: self.watch.health().clone(),
            warnings: self.wards.warnings(Instant::now()),
            machine: self.computer.state(Instant::now()),
            check: self.checking.state(),
            not_saved: self.saving.problem().cloned(),
        }
    }

    fn picture(&self, facts: &Facts) -> PictureState {
        let camera = facts.camera.as_ref();
        let (rate, wanted_rate) = self.computer.cameras.rates(&facts.name);
        PictureState {
            name: facts.name.clone(),
            live: facts.lamp.live(),
            visible: facts.lamp.visible(),
            reason: camera.and_then(Monitor::lost),
            format: camera.and_then(Monitor::choice).map(|choice| choice.why),
            rate,
            wanted_rate,
        }
    }
}

/// What is seen of a place; `busy`: other programs send by the way that leads outside.
fn seen(place: &Recipient, busy: bool, now: Instant) -> Seen {
    let seen = place.seen(now);
    Seen {
        shared: seen.shared || busy && place.is_outside(),
        ..seen
    }
}
