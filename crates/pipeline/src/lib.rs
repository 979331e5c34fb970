//! Encoders, decoders and files; the only crate that knows GStreamer.
//!
//! No type of GStreamer's is public here, and GStreamer decides no time: what comes out bears the caller's own
//! [`media::Timestamp`]. Elements run inside a `chain::Chain`, on the thread that pushes into it, so every thread
//! of this crate is one of ours, with a name and a priority, and ends when its owner is dropped.
//!
//! | queue | length | when it is full |
//! | --- | --- | --- |
//! | frames before an encoder | 3 | `submit` says [`Error::Busy`], the caller counts |
//! | blocks before an encoder | 50 | the same; the hole is filled with silence |
//! | packets behind an encoder | 64 | the encoder stands still, and its own queue fills |
//! | pictures of a camera before its reader | 2 | GStreamer's source waits, and the driver drops |
//! | pictures of a clip ahead of the show | 8 | the decoder waits; a late one counts in `VideoLoop::late` |
//!
//! - [`encode`]: H.264 by x264, AAC and Opus, pictures and blocks in, [`media::Packet`]s out of a bounded queue; JPEG.
//! - [`mod@file`]: clips that loop without a seam, and still pictures, as sources.
//! - [`decode`]: the way back, for tests, tools and transcoding.
//! - [`transcode`]: packets of one form to packets of another, on the caller's thread.
//! - [`slate`]: a still picture and silence, for viewers of a show that stands still.
//! - [`device`]: cameras that others can't read, and their JPEGs, for a camera's child process.

mod chain;
#[cfg(test)]
mod clicks;
mod clock;
pub mod decode;
pub mod device;
mod element;
pub mod encode;
mod error;
pub mod file;
mod frame;
mod shelf;
pub mod slate;
pub mod transcode;

pub use element::init;
pub use error::{Error, FileProblem};
