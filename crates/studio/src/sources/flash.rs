//! A white flash at the beginning of each second, for measuring picture against sound.

use media::{FrameRate, SourceCounters, Timestamp, VideoFrame, VideoSource};

use pipeline::file::Still;

use super::still;

/// White for the frame on whose tick a second begins, else black; its sound is `sound::Click`.
pub(crate) struct Flash {
    rate: FrameRate,
    black: Still,
    white: Still,
    ticks: u64,
}

impl Flash {
    pub(crate) fn new(rate: FrameRate) -> Self {
        Self {
            rate,
            black: still::color([0; 3]),
            white: still::color([255; 3]),
            ticks: 0,
        }
    }
}

impl VideoSource for Flash {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        self.ticks += 1;
        let within = at.as_nanos().rem_euclid(1_000_000_000);
        let still = if within < self.rate.frame_nanos() - 1 {
            &mut self.white
        } else {
            &mut self.black
        };
        still.frame_at(at)
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters {
            received: self.ticks,
            ..SourceCounters::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_frame_a_second_is_white() {
        let rate = FrameRate::whole(30);
        let mut flash = Flash::new(rate);
        let white = (0..90).filter(|n| flash.frame_at(rate.tick(*n)).unwrap().plane(0)[0] == 235);
        assert_eq!(white.collect::<Vec<_>>(), [0, 30, 60]);
    }
}
