//! How things are: for whoever asks, and each second for the health line.

use api::control::Event;
use api::place::PlaceState;
use api::state::{CanvasState, LiveState, PictureState, SoundState, State};
use capture::camera::Monitor;

use super::director::{Director, Facts};
use super::health::Second;

impl Director {
    /// A second has passed.
    pub(crate) fn second(&mut self) {
        self.sending.second();
        let pictures = self.parts.pictures.iter().flatten();
        let lost = pictures.filter(|f| f.lamp.visible() && !f.lamp.live());
        let lost = lost.map(|f| f.name.clone()).collect();
        let frames = self.parts.frames.read();
        let refused = self.sending.air().map_or(0, crate::air::Air::refused);
        let (places, sounds) = (self.places(), self.sounds());
        let second = Second {
            live: self.sending.air().is_some(),
            covered: self.covered,
            places: &places,
            lost,
            sounds: &sounds,
            program_db: self.parts.patch.desk().program.get().peak_db,
            machine: frames.late + frames.repeated + refused,
            graphics_lost: self.graphics_lost,
            not_saved: self.saving.problem().is_some(),
        };
        if self.watch.look(&second) {
            let health = self.watch.health().clone();
            self.parts.door.tell(Event::Health { health });
        }
    }

    fn places(&self) -> Vec<PlaceState> {
        let outputs = self.parts.show.outputs.iter();
        outputs
            .map(|output| self.sending.place(output, &self.parts.show.canvas))
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
            pictures: parts.pictures.iter().flatten().map(picture).collect(),
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
            places: self.places(),
            health: self.watch.health().clone(),
            warnings: Vec::new(),
            not_saved: self.saving.problem().cloned(),
        }
    }
}

fn picture(facts: &Facts) -> PictureState {
    PictureState {
        name: facts.name.clone(),
        live: facts.lamp.live(),
        visible: facts.lamp.visible(),
        reason: facts.camera.as_ref().and_then(Monitor::lost),
        format: facts
            .camera
            .as_ref()
            .and_then(Monitor::choice)
            .map(|choice| choice.why),
    }
}
