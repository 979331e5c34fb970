//! What a computer says of itself.

use std::time::Instant;

/// How a computer is at one moment, told once a second. What isn't known is left as [`Reading::new`] makes it. Shares are
/// 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// When that is; never before the one told last.
    pub at: Instant,
    /// The share of all its cores that was used since the last reading, by whomever.
    pub cpu: Option<f32>,
    /// The share that this program has used of that, its own processes together.
    pub cpu_own: Option<f32>,
    /// The program, of others, that has used most.
    pub busiest: Option<Program>,
    /// The share of memory that can still be had.
    pub memory_free: Option<f32>,
    /// Bytes that can still be written where shows are kept.
    pub disk_free: Option<u64>,
    /// The share of the graphics processor's time that was used.
    pub gpu: Option<f32>,
    /// The battery; none where there is none.
    pub battery: Option<Battery>,
    /// Whether it saves power instead of being fast.
    pub saving: bool,
    /// Whether it slows down because it is too hot, or is about to.
    pub hot: bool,
    /// The hottest that is measured of its processors, in degrees Celsius.
    pub celsius: Option<f32>,
}

/// A program, and what it has used.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Its name, as the system shows it.
    pub name: String,
    /// The share of all cores, its processes of that name together.
    pub cpu: f32,
}

/// How a battery is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    /// How full it is, 0 to 1.
    pub level: f32,
    /// Whether the computer lives on it now.
    pub discharging: bool,
}

impl Reading {
    /// One of which nothing is known.
    pub const fn new(at: Instant) -> Self {
        Self {
            at,
            cpu: None,
            cpu_own: None,
            busiest: None,
            memory_free: None,
            disk_free: None,
            gpu: None,
            battery: None,
            saving: false,
            hot: false,
            celsius: None,
        }
    }

    /// The share of all cores that other programs have used.
    pub fn cpu_others(&self) -> Option<f32> {
        Some((self.cpu? - self.cpu_own?).max(0.0))
    }
}
