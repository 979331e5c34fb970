//! How the seller's computer is: what it has left, what the show takes of it, and what was given up for the show.

use serde::{Deserialize, Serialize};

/// How the computer is. Shares are 0 to 1; what isn't known is `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MachineState {
    /// The share of all cores that is used.
    pub cpu: Option<f32>,
    /// The share that this studio uses of them.
    pub cpu_own: Option<f32>,
    /// Of other programs, the one that uses most of them.
    pub busiest: Option<ProgramLoad>,
    /// The share of memory that can still be had.
    pub memory_free: Option<f32>,
    /// Bytes that can still be written where the show is kept.
    pub disk_free: Option<u64>,
    /// The share of the graphics processor's time that is used.
    pub gpu: Option<f32>,
    /// The battery; `null` where there is none.
    pub battery: Option<BatteryState>,
    /// Whether the computer saves power instead of being fast.
    pub saving: bool,
    /// Whether it slows down because it is too hot, or is about to.
    pub hot: bool,
    /// The hottest of its processors, in degrees Celsius.
    pub celsius: Option<f32>,
    /// What other programs send by the same way, in kbit/s.
    pub foreign_kbps: Option<u32>,
    /// How much of the time that a picture may take was used to draw it, in the mean of the last second: at 1 it is late.
    pub draw: f32,
    /// How full the fullest encoder's queue was in the last second: at 1 pictures are lost.
    pub encode: f32,
    /// What is given up so that no picture of the show is lost.
    pub shed: Shed,
    /// What is the matter, the worst first.
    pub troubles: Vec<Trouble>,
}

/// A program, and the share of all cores that it uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProgramLoad {
    /// Its name, as the system shows it.
    pub name: String,
    /// 0 to 1.
    pub cpu: f32,
}

/// How a battery is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BatteryState {
    /// How full it is, 0 to 1.
    pub level: f32,
    /// Whether the computer lives on it now.
    pub discharging: bool,
}

/// What is given up so that no picture of the show is lost, the least first; each with those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Shed {
    /// Nothing.
    #[default]
    Nothing,
    /// The window's pictures come five times a second at most.
    PreviewSlow,
    /// The window's pictures come once a second.
    PreviewStill,
    /// Colour corrections are left out of the program.
    Filters,
}

/// Something that is the matter with the computer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Trouble {
    /// What it is, for programs: `machine.battery`, `machine.disk`, `machine.memory`, `machine.hot`, `machine.saving`,
    /// `machine.busy`, `machine.graphics` or `machine.encoder`.
    pub code: String,
    /// What a seller can do about it: one sentence, in English.
    pub advice: String,
    /// For how many seconds it has been so.
    pub seconds: f64,
}

/// How the computer was, stretch by stretch. Each list has a value for each stretch, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MachineHistory {
    /// Hundredths of all cores that were used: the most within the stretch.
    pub cpu: Vec<Option<u8>>,
    /// Hundredths of them that the studio used: the most within the stretch.
    pub cpu_own: Vec<Option<u8>>,
    /// Hundredths of the time that a picture may take, used to draw it: the most within the stretch; 100 is late.
    pub draw: Vec<u8>,
    /// Hundredths of the fullest encoder's queue: the most within the stretch; 100 is full.
    pub encode: Vec<u8>,
    /// Pictures of the program that were lost: drawn too late, or refused by an encoder.
    pub late: Vec<u32>,
    /// What other programs sent by the same way, in kbit/s: the most within the stretch.
    pub foreign_kbps: Vec<Option<u32>>,
}
