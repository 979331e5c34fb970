//! A scene and its input frames become one program frame (wgpu).
//!
//! The crate has two doors: [`Compositor::set_scene`] says what is drawn, and [`Compositor::render`] draws one set
//! of input frames. What is drawn comes out of [`Compositor::finished`] (or of a [`Program`] handle on another
//! thread) as NV12, in BT.709 and limited range unless made by [`Compositor::unhurried`].
//!
//! How a picture comes about:
//! - Sources are copied as they are, in their own Y'CbCr, into one mapped buffer, the *arena*, read by the
//!   kernels as packed 32-bit words. There are three of them, so that a new one fills while others are drawn.
//! - Layers that cover the canvas are fused into one kernel that reads each source once and writes the program
//!   once. A layer that covers a part is a dispatch over its own rectangle in the same pass: software adapters
//!   pay for a branch in every pixel.
//! - Kernels are keyed by structure; colours, thresholds, opacities, corrections and rectangles are parameters.
//!   They are compiled on a thread of their own. Until those of a scene are there it is drawn layer by layer by
//!   a fixed set of kernels made at the start.
//! - One thread waits for the device and copies finished pictures into pooled memory; `render` never waits.
//!
//! The crate knows no codec, no device and no network.

mod adapter;
mod arena;
mod color;
mod compile;
mod compositor;
mod draw;
mod error;
mod foundry;
mod grade;
mod image;
mod images;
mod kernel;
mod params;
mod place;
mod plan;
mod pool;
mod priority;
mod readback;
mod scene;
mod shader;
mod slot;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;
mod workshop;

pub use adapter::Adapter;
pub use compositor::{Compositor, Counters, Options};
pub use error::Error;
pub use readback::Program;
pub use scene::{
    Background, Blend, ChromaKey, Correction, Crop, Layer, MAX_LAYERS, Rect, Scene, SourceFormat,
};
