//! What the mixer's thread shares with the rest: positions of faders, levels of sound. No lock, no waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use api::state::{Meter, SoundState};
use arc_swap::ArcSwap;
use sound::level::Level;
use sound::{InputLevels, Mixer};

use crate::show::{Source, SourceKind};

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
    /// Whether someone may speak into it: music that nobody hears is nothing that is missing.
    spoken: bool,
    gain_db: SharedF32,
    mute: AtomicBool,
    level: SharedLevel,
    clipped: AtomicU64,
    unheard: AtomicBool,
}

impl Fader {
    /// Of a source, where the show file puts it.
    pub(crate) fn of(source: &Source) -> Self {
        Self {
            name: source.name.clone(),
            spoken: !matches!(source.kind, SourceKind::File { .. }),
            gain_db: SharedF32::new(source.gain_db),
            mute: AtomicBool::new(source.mute),
            level: SharedLevel::default(),
            clipped: AtomicU64::new(0),
            unheard: AtomicBool::new(false),
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
            spoken_unheard: self.unheard.load(Ordering::Relaxed),
            reason: None,
        }
    }

    /// Moves the mixer's fader to where this was put.
    pub(super) fn lead(&self, input: &mut sound::Input) {
        input.set_gain_db(self.gain_db.get());
        input.set_mute(self.mute.load(Ordering::Relaxed));
    }

    /// Shows what the mixer's meters say.
    pub(super) fn show(&self, levels: &InputLevels) {
        self.level.set(levels.after);
        self.clipped.store(levels.clipped, Ordering::Relaxed);
        let unheard = self.spoken && levels.spoken_unheard();
        self.unheard.store(unheard, Ordering::Relaxed);
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

/// All faders, and the program's level.
#[derive(Debug)]
pub(crate) struct Desk {
    faders: ArcSwap<Vec<Arc<Fader>>>,
    pub(crate) program: SharedLevel,
    nothing: SharedF32,
    reduction_db: SharedF32,
    hushed: AtomicBool,
}

impl Desk {
    pub(crate) fn new(faders: Vec<Arc<Fader>>) -> Self {
        Self {
            faders: ArcSwap::from_pointee(faders),
            program: SharedLevel::default(),
            nothing: SharedF32::new(0.0),
            reduction_db: SharedF32::new(0.0),
            hushed: AtomicBool::new(false),
        }
    }

    /// The faders, in the order in which their sources came.
    pub(crate) fn faders(&self) -> Arc<Vec<Arc<Fader>>> {
        self.faders.load_full()
    }

    /// Lays out other faders. The mixer is told by an order.
    pub(super) fn set_faders(&self, faders: Vec<Arc<Fader>>) {
        self.faders.store(Arc::new(faders));
    }

    /// For how many seconds there has been nothing at all in the program.
    pub(crate) fn nothing_seconds(&self) -> f32 {
        self.nothing.get()
    }

    /// How far the limiter turns the program down, in dB, 0 or more.
    pub(crate) fn limiter_db(&self) -> f32 {
        self.reduction_db.get()
    }

    /// Silences the whole program, or lets it be heard again.
    pub(crate) fn hush(&self, hushed: bool) {
        self.hushed.store(hushed, Ordering::Relaxed);
    }

    /// How loud the program is sent: 0 while it is silenced, else 1.
    pub(super) fn loudness(&self) -> f32 {
        if self.hushed.load(Ordering::Relaxed) {
            0.0
        } else {
            1.0
        }
    }

    /// Shows what the mixer says of the program.
    pub(super) fn show(&self, mixer: &Mixer) {
        let level = mixer.level();
        self.program.set(level);
        self.nothing.set(level.nothing_seconds);
        self.reduction_db.set(mixer.reduction_db());
    }

    /// The fader of source `name`.
    pub(crate) fn fader(&self, name: &str) -> Option<Arc<Fader>> {
        self.faders.load().iter().find(|f| f.name == name).cloned()
    }
}
