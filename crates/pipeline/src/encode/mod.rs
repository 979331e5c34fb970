//! Pictures to H.264, sound to AAC and Opus, and single pictures to JPEG.
//!
//! An encoder of a stream has a thread of its own between two bounded queues. `submit` never waits: when the queue before the
//! encoder is full it answers [`Error::Busy`](crate::Error::Busy) and the caller counts what it lost. Packets are
//! taken with `next_packet`, from any thread; when nobody takes them the encoder stands still, and `submit` says so.

mod audio;
mod coder;
mod config;
mod jpeg;
mod level;
mod opus;
mod priming;
mod sound;
mod video;
mod worker;
mod x264;

pub use audio::{AacEncoder, AudioConfig, AudioEncoder};
pub(crate) use coder::FrameCoder;
pub(crate) use opus::{OpusCoder, RATE};

pub use config::{Preset, VideoConfig};
pub use jpeg::{JPEG_BLOCK, JpegEncoder};
pub use opus::{OpusConfig, OpusEncoder};
pub use video::VideoEncoder;
