//! What both benchmarks need: noise for frames, processor time, percentiles.
#![allow(dead_code)] // Each benchmark uses a part of it.

use std::time::Duration;

use bytes::Bytes;
use compositor::SourceFormat;
use media::{ColorInfo, Timestamp, VideoFrame};

/// The sample that so many percent are not above.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Milliseconds.
pub(crate) fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

/// A frame of noise: no branch or cache has an easy time.
pub(crate) fn noise(source: &SourceFormat) -> VideoFrame {
    let mut random = Random(0x2545_f491);
    let data: Vec<u8> = (0..source.format.packed_len(source.size))
        .map(|_| (random.next() >> 16) as u8)
        .collect();
    let color = ColorInfo::BT601;
    VideoFrame::packed(
        Timestamp::ZERO,
        source.size,
        source.format,
        color,
        Bytes::from(data),
    )
    .expect("as many bytes as the format needs")
}

/// Xorshift (G. Marsaglia, 2003): the same numbers in every run.
pub(crate) struct Random(pub(crate) u32);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 8) as usize % end
    }
}

/// User and system time of this process so far; zero where the system doesn't say it.
pub(crate) fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15 of proc(5), counted behind the name, in hundredths of a second.
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
