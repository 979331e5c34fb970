//! The show file: what is captured, how it is put together, and where it goes.
//!
//! TOML through serde; unknown keys are refused with their line and column. The shape is made to grow: every
//! list is an array of tables with a `name`, and every kind is chosen by a `type`. See `examples/show.toml`.

mod check;
mod layers;
mod load;
mod model;
mod problem;
mod save;
mod written;

#[cfg(test)]
pub(crate) use check::url_problem;
pub(crate) use check::{output_problems, source_problems, srt_address, whip_address};
pub(crate) use layers::{MAX_FADE_MS, layer_problems};
pub use load::{LoadError, load, parse};
#[cfg(test)]
mod tests;

pub use api::scene::{Blend, Color, Correction, Crop, Key, Layer, Rect, Scene};
pub use api::source::{CameraFormat, Fallback, FileTrack};
pub(crate) use model::LEAST;
pub use model::{
    AudioSettings, Canvas, Companion, KeyRef, Output, OutputKind, Plan, Show, Source, SourceKind,
    SrtSettings, Step, VideoSettings,
};
pub use problem::Problem;
pub use save::{save, text};
