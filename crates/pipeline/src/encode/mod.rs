//! Pictures to H.264 and sound to AAC, and single pictures to JPEG.
//!
//! An encoder of a stream has a thread of its own between two bounded queues. `submit` never waits: when the queue before the
//! encoder is full it answers [`Error::Busy`](crate::Error::Busy) and the caller counts what it lost. Packets are
//! taken with `next_packet`, from any thread; when nobody takes them the encoder stands still, and `submit` says so.

mod audio;
mod jpeg;
mod level;
mod priming;
mod video;
mod worker;

pub use audio::{AacEncoder, AudioConfig, AudioEncoder};
pub use jpeg::{JPEG_BLOCK, JpegEncoder};
pub use video::{Preset, VideoConfig, VideoEncoder};
