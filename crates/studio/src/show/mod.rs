//! The show file: what is captured, how it is put together, and where it goes.
//!
//! TOML through serde; unknown keys are refused with their line and column. The shape is made to grow: every
//! list is an array of tables with a `name`, and every kind is chosen by a `type`. See `examples/show.toml`.

mod check;
mod load;
mod model;
mod written;

pub use check::Problem;
pub use load::{LoadError, load, parse};
#[cfg(test)]
mod tests;

pub use model::{
    AudioSettings, Canvas, Color, Companion, Crop, FileTrack, Key, KeyRef, Layer, Output, OutputKind, Rect,
    Scene, Show, Source, SourceKind, VideoSettings,
};
