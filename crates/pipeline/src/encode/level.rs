//! The level a stream needs: Rec. ITU-R H.264, A.3.1 and table A-1.

use media::{FrameRate, Size};

/// One row of table A-1, with the bit rates of the High profile (cpbBrVclFactor 1250).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// The number, as caps write it.
    pub(super) name: &'static str,
    /// Macroblocks a second.
    mbps: u32,
    /// Macroblocks a picture.
    fs: u32,
    /// Macroblocks in the decoded picture buffer.
    dpb: u32,
    /// Kilobits a second.
    pub(super) kbps: u32,
    /// Kilobits in the coded picture buffer.
    cpb: u32,
}

const fn row(name: &'static str, mbps: u32, fs: u32, dpb: u32, br: u32, cpb: u32) -> Level {
    Level {
        name,
        mbps,
        fs,
        dpb,
        kbps: br * 5 / 4,
        cpb: cpb * 5 / 4,
    }
}

const LEVELS: [Level; 16] = [
    row("1", 1_485, 99, 396, 64, 175),
    row("1.1", 3_000, 396, 900, 192, 500),
    row("1.2", 6_000, 396, 2_376, 384, 1_000),
    row("1.3", 11_880, 396, 2_376, 768, 2_000),
    row("2", 11_880, 396, 2_376, 2_000, 2_000),
    row("2.1", 19_800, 792, 4_752, 4_000, 4_000),
    row("2.2", 20_250, 1_620, 8_100, 4_000, 4_000),
    row("3", 40_500, 1_620, 8_100, 10_000, 10_000),
    row("3.1", 108_000, 3_600, 18_000, 14_000, 14_000),
    row("3.2", 216_000, 5_120, 20_480, 20_000, 20_000),
    row("4", 245_760, 8_192, 32_768, 20_000, 25_000),
    row("4.1", 245_760, 8_192, 32_768, 50_000, 62_500),
    row("4.2", 522_240, 8_704, 34_816, 50_000, 62_500),
    row("5", 589_824, 22_080, 110_400, 135_000, 135_000),
    row("5.1", 983_040, 36_864, 184_320, 240_000, 240_000),
    row("5.2", 2_073_600, 36_864, 184_320, 240_000, 240_000),
];

/// Reference pictures kept room for: what x264's presets up to medium use.
const REFERENCES: u32 = 3;

/// The lowest level that allows `size` at `rate` with `kbps` and a coded picture buffer of `vbv_ms`.
pub(super) fn of(size: Size, rate: FrameRate, kbps: u32, vbv_ms: u32) -> Option<Level> {
    let (w, h) = (size.width.div_ceil(16), size.height.div_ceil(16));
    let mbs = w.checked_mul(h)?;
    let mbps = (u64::from(mbs) * u64::from(rate.num())).div_ceil(u64::from(rate.den()));
    let cpb = u64::from(kbps) * u64::from(vbv_ms) / 1_000;
    let side = u64::from(w.max(h));
    LEVELS.into_iter().find(|level| {
        u64::from(level.mbps) >= mbps
            && level.fs >= mbs
            && side * side <= 8 * u64::from(level.fs)
            && level.dpb >= mbs.saturating_mul(REFERENCES)
            && level.kbps >= kbps
            && u64::from(level.cpb) >= cpb
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_formats_get_their_usual_levels() {
        let name =
            |w, h, fps, kbps| of(Size::new(w, h), FrameRate::whole(fps), kbps, 400).map(|level| level.name);
        assert_eq!(name(1280, 720, 30, 2_500), Some("3.1"));
        assert_eq!(name(720, 1280, 30, 2_500), Some("3.1"));
        assert_eq!(name(1280, 720, 60, 4_500), Some("3.2"));
        assert_eq!(name(1920, 1080, 30, 6_000), Some("4"));
        assert_eq!(name(1920, 1080, 60, 9_000), Some("4.2"));
        assert_eq!(name(1920, 1080, 30, 30_000), Some("4.1"));
        assert_eq!(name(320, 180, 30, 300), Some("1.3"));
        assert_eq!(name(9_000, 9_000, 30, 9_000), None);
    }
}
