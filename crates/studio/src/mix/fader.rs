//! What the mixer's thread shares with the rest: positions of faders, levels of sound. No lock, no waiting.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use api::state::{Meter, SoundState};
use sound::level::Level;
use sound::{InputLevels, Mixer};

/// A number that two threads share.
#[derive(Debug)]
struct SharedF32(AtomicU32);

impl SharedF32 {
    const fn new(value: f32) -> Self {
        Self(AtomicU32::new(value.to_bits()))
    }

    fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, value: f32) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}

/// A level, written by the mixer and read by whoever shows it. Its two numbers may be one block apart.
#[derive(Debug)]
pub(crate) struct SharedLevel {
    peak: SharedF32,
    rms: SharedF32,
}

impl Default for SharedLevel {
    fn default() -> Self {
        Self {
            peak: SharedF32::new(Level::SILENCE.peak_db),
            rms: SharedF32::new(Level::SILENCE.rms_db),
        }
    }
}

impl SharedLevel {
    fn set(&self, level: Level) {
        self.peak.set(level.peak_db);
        self.rms.set(level.rms_db);
    }

    /// The level now.
    pub(crate) fn get(&self) -> Meter {
        Meter {
            peak_db: self.peak.get(),
            rms_db: self.rms.get(),
        }
    }
}

/// One fader: moved from outside, followed by the mixer at its next block.
#[derive(Debug)]
pub(crate) struct Fader {
    /// The source it belongs to.
    pub(crate) name: String,
    gain_db: SharedF32,
    mute: AtomicBool,
    level: SharedLevel,
    clipped: AtomicU64,
    heard: AtomicBool,
}

impl Fader {
    pub(super) fn new(name: &str, gain_db: f32, mute: bool) -> Self {
        Self {
            name: name.to_owned(),
            gain_db: SharedF32::new(gain_db),
            mute: AtomicBool::new(mute),
            level: SharedLevel::default(),
            clipped: AtomicU64::new(0),
            heard: AtomicBool::new(false),
        }
    }

    /// Where it stands, and what its meters show.
    pub(crate) fn state(&self) -> SoundState {
        SoundState {
            name: self.name.clone(),
            gain_db: self.gain_db.get(),
            mute: self.mute.load(Ordering::Relaxed),
            level: self.level.get(),
            clipped: self.clipped.load(Ordering::Relaxed),
            heard_while_muted: self.heard.load(Ordering::Relaxed),
        }
    }

    fn show(&self, levels: &InputLevels) {
        self.level.set(levels.after);
        self.clipped.store(levels.clipped, Ordering::Relaxed);
        self.heard.store(levels.muted_but_heard(), Ordering::Relaxed);
    }

    /// Moves it; what is `None` stays.
    pub(crate) fn set(&self, gain_db: Option<f32>, mute: Option<bool>) {
        if let Some(gain_db) = gain_db {
            self.gain_db.set(gain_db);
        }
        if let Some(mute) = mute {
            self.mute.store(mute, Ordering::Relaxed);
        }
    }
}

/// All faders, in the order of the show file, and the program's level.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) faders: Vec<Fader>,
    pub(crate) program: SharedLevel,
    reduction_db: SharedF32,
}

impl Desk {
    pub(super) fn new(faders: Vec<Fader>) -> Self {
        Self {
            faders,
            program: SharedLevel::default(),
            reduction_db: SharedF32::new(0.0),
        }
    }

    /// How far the limiter turns the program down, in dB, 0 or more.
    pub(crate) fn limiter_db(&self) -> f32 {
        self.reduction_db.get()
    }

    /// Moves the mixer's faders to where they were put.
    pub(super) fn lead(&self, mixer: &mut Mixer) {
        for (index, fader) in self.faders.iter().enumerate() {
            if let Some(input) = mixer.input_mut(index) {
                input.set_gain_db(fader.gain_db.get());
                input.set_mute(fader.mute.load(Ordering::Relaxed));
            }
        }
    }

    /// Shows what the mixer's meters say.
    pub(super) fn show(&self, mixer: &Mixer) {
        for (input, fader) in mixer.inputs().iter().zip(&self.faders) {
            fader.show(&input.levels());
        }
        self.program.set(mixer.level());
        self.reduction_db.set(mixer.reduction_db());
    }

    /// The fader of source `name`.
    pub(crate) fn fader(&self, name: &str) -> Option<&Fader> {
        self.faders.iter().find(|f| f.name == name)
    }
}
