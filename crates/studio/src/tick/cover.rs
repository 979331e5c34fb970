//! What viewers see while they are kept out.

use media::{Timestamp, VideoFrame};

/// The cover picture, and whether it lies over the program. It needs no graphics device: it covers one that hangs.
pub(super) struct Cover {
    picture: VideoFrame,
    on: bool,
    /// Program frames before this stay covered: they were composed while it was on.
    until: Timestamp,
}

impl Cover {
    pub(super) fn new(picture: VideoFrame) -> Self {
        Self {
            picture,
            on: false,
            until: Timestamp::ZERO,
        }
    }

    /// Covers every frame sent from now on, or none from that of `at` on.
    pub(super) fn set(&mut self, on: bool, at: Timestamp) {
        if self.on && !on {
            self.until = at;
        }
        self.on = on;
    }

    /// Whether the frame of `pts` is covered.
    pub(super) fn hides(&self, pts: Timestamp) -> bool {
        self.on || pts < self.until
    }

    /// The cover picture in the place of the frame of `pts`.
    pub(super) fn frame(&self, pts: Timestamp) -> VideoFrame {
        VideoFrame {
            pts,
            ..self.picture.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use media::{ColorInfo, PixelFormat, Size};

    use super::*;

    #[test]
    fn what_was_composed_while_covered_is_never_seen() {
        let data = Bytes::from(vec![0; 24]);
        let size = Size::new(4, 4);
        let picture = VideoFrame::packed(Timestamp::ZERO, size, PixelFormat::Nv12, ColorInfo::BT709, data);
        let mut cover = Cover::new(picture.unwrap());
        let ms = Timestamp::from_millis;
        assert!(!cover.hides(ms(0)));
        cover.set(true, ms(40));
        // Frames that were composed before are still to come: they are covered, too.
        assert!(cover.hides(ms(0)) && cover.hides(ms(40)));
        cover.set(false, ms(80));
        assert!(cover.hides(ms(40)) && !cover.hides(ms(80)));
        assert_eq!(cover.frame(ms(40)).pts, ms(40));
    }
}
