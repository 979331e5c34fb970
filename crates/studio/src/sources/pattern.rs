//! Moving bars, for trying things out without a camera.

use bytes::Bytes;
use media::{FrameRate, Size, SourceCounters, Timestamp, VideoFrame, VideoSource, limited_709};

use super::still::nv12;

/// Eight bars (BT.471's order) that drift to the left, one canvas width in eight seconds.
pub(crate) struct Pattern {
    size: Size,
    rate: FrameRate,
    /// Two canvas widths of bars, a row of luma and one of chroma: a frame is a window onto them.
    luma: Vec<u8>,
    chroma: Vec<u8>,
    ticks: u64,
}

const BARS: [[u8; 3]; 8] = [
    [235, 235, 235],
    [235, 235, 16],
    [16, 235, 235],
    [16, 235, 16],
    [235, 16, 235],
    [235, 16, 16],
    [16, 16, 235],
    [16, 16, 16],
];

impl Pattern {
    /// Bars of `size` (even) at `rate` frames a second.
    pub(crate) fn new(size: Size, rate: FrameRate) -> Self {
        let width = size.width as usize;
        let bar = |x: usize| limited_709(BARS[x % width * BARS.len() / width]);
        let luma = (0..width * 2).map(|x| bar(x)[0]).collect();
        let chroma = (0..width).flat_map(|pair| bar(pair * 2)[1..].to_vec()).collect();
        Self {
            size,
            rate,
            luma,
            chroma,
            ticks: 0,
        }
    }
}

impl VideoSource for Pattern {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        self.ticks += 1;
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let frame = self.rate.tick_at(at);
        let pts = self.rate.tick(frame);
        let shift = (pts.as_millis() as usize * width / 8_000) % width / 2 * 2;
        let mut data = Vec::with_capacity(width * height / 2 * 3);
        (0..height).for_each(|_| data.extend_from_slice(&self.luma[shift..shift + width]));
        (0..height / 2).for_each(|_| data.extend_from_slice(&self.chroma[shift..shift + width]));
        Some(nv12(pts, self.size, Bytes::from(data)))
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
    fn the_bars_move_and_come_round() {
        let mut pattern = Pattern::new(Size::new(64, 16), FrameRate::whole(30));
        let mut luma = |ms| pattern.frame_at(Timestamp::from_millis(ms)).unwrap().plane(0)[..64].to_vec();
        let first = luma(0);
        assert_ne!(first, luma(1_000));
        assert_eq!(first, luma(8_000));
    }
}
