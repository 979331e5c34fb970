//! Sound as blocks in and blocks out: the mixer with its limiter and meters, generators, and how a device's
//! samples are placed on the show clock and resampled to keep its pace.
//!
//! This crate does no IO and asks no clock: every moment is an argument. The program is 48 kHz stereo in
//! blocks of 10 ms.

mod generator;
pub mod level;
mod levels;
mod limiter;
pub mod line;
mod mixer;
mod pace;
mod playout;
mod resampler;
mod ring;

pub use generator::{Click, Tone};
pub use levels::InputLevels;
pub use line::LineFit;
pub use mixer::{Input, LIMITER_DELAY, Mixer};
pub use playout::{Playout, PlayoutCounters};

/// Samples a second of each channel of the program.
pub const RATE: u32 = 48_000;
/// Channels of the program.
pub const CHANNELS: u16 = 2;
/// Instants (samples of each channel) in one block of the program: 10 ms.
pub const BLOCK: usize = 480;

/// The time of block `n` of a show, computed and never added up.
pub fn block_time(n: u64) -> media::Timestamp {
    media::Timestamp::from_ticks(n as i64 * BLOCK as i64, RATE)
}
