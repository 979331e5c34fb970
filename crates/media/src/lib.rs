//! The nouns of a show: time, frames, samples, packets, codec parameters, and the traits that join the crates.
//!
//! This crate does no IO and asks no clock. It knows no device, no GPU, no codec library and no network:
//! everything else in the workspace may depend on it, and it depends on nothing of ours.
//!
//! All media time is [`Timestamp`]: nanoseconds since the show began, on one monotonic clock.

mod audio;
mod clock;
mod codec;
pub mod counter;
pub mod driver;
mod packet;
mod queue;
mod rate;
mod rgb;
mod source;
mod time;
mod video;

pub use audio::AudioBlock;
pub use clock::{MediaClock, ShowId, Utc};
pub use codec::{
    AudioCodec, AudioParameters, CodecParameters, Track, TrackKind, VideoCodec, VideoParameters,
};
pub use packet::Packet;
pub use queue::{FrameQueue, QueueCounters};
pub use rate::{FrameRate, ParseFrameRateError};
pub use rgb::limited_709;
pub use source::{AudioSource, SourceCounters, VideoSource};
pub use time::Timestamp;
pub use video::{ColorInfo, Matrix, PixelFormat, Plane, Range, Siting, Size, VideoFrame};
