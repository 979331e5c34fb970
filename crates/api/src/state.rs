//! How a running show is: what `state` answers, and what a window shows.

use serde::{Deserialize, Serialize};

use crate::check::CheckState;
use crate::health::Warning;
use crate::machine::MachineState;
use crate::place::{LineMode, PlaceState};
use crate::scene::Scene;
use crate::studio::Failure;

/// How a running show is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct State {
    /// The scene on air.
    pub on_air: String,
    /// All scenes.
    pub scenes: Vec<Scene>,
    /// Whether the plan runs, and which of its steps is on air, counted from 0.
    pub plan: PlanState,
    /// The sources of pictures.
    pub pictures: Vec<PictureState>,
    /// The sources of sound.
    pub sounds: Vec<SoundState>,
    /// Level of the program's sound, behind the limiter.
    pub program: Meter,
    /// How far the limiter turns the program down, in dB, 0 or more.
    pub limiter_db: f32,
    /// The adapter that composes.
    pub adapter: String,
    /// What the seller calls the show.
    pub show: String,
    /// Size and pace of the picture.
    pub canvas: CanvasState,
    /// Since when it is being sent; absent while it isn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live: Option<LiveState>,
    /// Whether viewers see the cover picture and hear nothing.
    pub covered: bool,
    /// Whether there is an action to take back.
    pub can_take_back: bool,
    /// Program frames since the start.
    pub program_frames: FramesState,
    /// What is kept where a line carries less than is wanted.
    #[serde(default)]
    pub line_mode: LineMode,
    /// Whether it goes on the air again by itself where a crash has cut it short.
    #[serde(default)]
    pub resume: bool,
    /// Where the companion server is, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub companion: Option<String>,
    /// Where the show goes, the most important first.
    pub places: Vec<PlaceState>,
    /// The worst that is the matter now.
    pub health: Health,
    /// The warnings that stand, the worst first.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// How the computer is.
    #[serde(default)]
    pub machine: MachineState,
    /// The check before the show that is under way, or the last one; absent until there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub check: Option<CheckState>,
    /// Why the show's last change is not in its file; absent while it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_saved: Option<Failure>,
}

/// Size and pace of the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CanvasState {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second, as in `30` or `30000/1001`.
    pub rate: String,
}

/// A show that is being sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LiveState {
    /// Seconds since it went live.
    pub seconds: f64,
}

/// Program frames since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FramesState {
    /// Ticks that have passed.
    pub due: u64,
    /// Frames that were late.
    pub late: u64,
    /// Ticks for which the last frame was shown again.
    pub repeated: u64,
}

/// How the plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlanState {
    /// Number of its steps; 0 where the show has no plan.
    pub steps: usize,
    /// Whether it goes on by itself.
    pub running: bool,
    /// The step on air, or the last that was.
    pub step: usize,
}

/// How a source of pictures is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PictureState {
    /// Its name.
    pub name: String,
    /// Whether pictures come from it.
    pub live: bool,
    /// Whether a scene on air shows it.
    pub visible: bool,
    /// Why none come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What it delivers and why that was chosen, in a sentence; cameras only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<String>,
    /// Pictures a second that it delivers, in the mean of the last seconds; cameras that are seen only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<f32>,
    /// Pictures a second that it was asked for; cameras only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wanted_rate: Option<f32>,
}

/// How a source of sound is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SoundState {
    /// Its name.
    pub name: String,
    /// Gain in dB.
    pub gain_db: f32,
    /// Whether it is silenced.
    pub mute: bool,
    /// Its level behind the fader.
    pub level: Meter,
    /// Samples that came in at full scale, since the start.
    pub clipped: u64,
    /// Whether someone speaks into it and nobody hears it: it is silenced, or turned down that far.
    pub spoken_unheard: bool,
    /// Why nothing comes from it; absent while it can be heard.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// A level of sound in dBFS; -120 is silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Meter {
    /// Highest sample, falling slowly.
    pub peak_db: f32,
    /// Root mean square.
    pub rms_db: f32,
}

/// The worst that is the matter with a show now, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Health {
    /// How bad it is.
    pub level: HealthLevel,
    /// What it is, for programs: `health.good`, `health.idle`, `health.better`, `health.place_paused`,
    /// `health.source_lost`, `health.camera_slow`, `health.muted_heard`, `health.faded_heard`, `health.silent`, `health.clipping`,
    /// `health.graphics_lost`, `health.shed_preview`, `health.shed_filters`, `health.not_saved`, `health.covered`, or
    /// `health.` and what a warning is of ([`Diagnosis::cause`](crate::health::Diagnosis::cause)) or what is the matter
    /// with the computer ([`Trouble::code`](crate::machine::Trouble::code)), as in `health.line.full`.
    pub code: String,
    /// The place or source it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// The same in words.
    pub sentence: String,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            level: HealthLevel::Good,
            code: "health.idle".into(),
            subject: None,
            sentence: "Ready.".into(),
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum HealthLevel {
    /// Nothing is the matter.
    #[default]
    Good,
    /// Viewers may notice soon.
    Warning,
    /// Viewers notice.
    Bad,
}
