//! Pictures made smaller, kept as long as they stay the same.

use bytes::{Bytes, BytesMut};
use media::{PixelFormat, Timestamp, VideoFrame};

use super::sheet::{Picture, Print};
use super::shrink::{self, Sums};

/// Makes the prints of one atlas after the other, in memory that is used again.
#[derive(Default)]
pub(super) struct Prints {
    kept: Vec<Kept>,
    sums: Sums,
}

struct Kept {
    print: Print,
    memory: BytesMut,
    made: Option<Made>,
    /// Whether this atlas shows it.
    used: bool,
}

struct Made {
    of: Stamp,
    /// An image's bytes, so that equal addresses mean equal pixels. Other frames may hold their device's memory.
    _held: Option<Bytes>,
    frame: VideoFrame,
}

/// Which pixels a print was made of.
#[derive(PartialEq)]
struct Stamp {
    /// Their address.
    at: usize,
    /// Their time; images come with another at each tick.
    pts: Option<Timestamp>,
}

impl Prints {
    /// Makes `wanted`, in that order, of the program and the sources' frames, each of which is let go of as soon as it
    /// has been read. `None` stands for what had no frame, or one that isn't as the print says.
    pub(super) fn make(
        &mut self,
        wanted: &[Print],
        program: &VideoFrame,
        sources: &mut [Option<VideoFrame>],
        made: &mut Vec<Option<VideoFrame>>,
    ) {
        made.clear();
        made.resize(wanted.len(), None);
        self.kept.iter_mut().for_each(|kept| kept.used = false);
        let mut print = |picture: Picture, frame: &VideoFrame| {
            for (print, made) in wanted.iter().zip(made.iter_mut()) {
                if print.picture == picture {
                    *made = self.print(print, frame);
                }
            }
        };
        let shown = |index| wanted.iter().any(|p| p.picture == Picture::Source(index));
        for (index, source) in sources.iter_mut().enumerate() {
            if !shown(index) {
                *source = None;
            }
        }
        for (index, source) in sources.iter_mut().enumerate() {
            if let Some(frame) = source.take() {
                print(Picture::Source(index), &frame);
            }
        }
        print(Picture::Program, program);
        self.kept.retain(|kept| kept.used);
    }

    fn print(&mut self, print: &Print, frame: &VideoFrame) -> Option<VideoFrame> {
        let at = self.kept.iter().position(|kept| kept.print == *print);
        let at = at.unwrap_or_else(|| {
            self.kept.push(Kept {
                print: *print,
                memory: BytesMut::new(),
                made: None,
                used: true,
            });
            self.kept.len() - 1
        });
        let kept = &mut self.kept[at];
        kept.used = true;
        kept.print(frame, &mut self.sums)
    }
}

impl Kept {
    fn print(&mut self, frame: &VideoFrame, sums: &mut Sums) -> Option<VideoFrame> {
        let Print { factor, form, .. } = self.print;
        if shrink::form(frame.format, frame.size, factor) != Some(form) {
            return None;
        }
        let image = frame.format == PixelFormat::Rgba8;
        let of = Stamp {
            at: frame.data.as_ptr() as usize,
            pts: (!image).then_some(frame.pts),
        };
        if let Some(made) = self.made.as_ref().filter(|made| made.of == of) {
            return Some(made.frame.clone());
        }
        // The last print's bytes go back to `memory`, unless someone still has them.
        self.made = None;
        self.memory.clear();
        self.memory.resize(form.len, 0);
        shrink::shrink(frame, factor, &form, sums, &mut self.memory)?;
        let print = VideoFrame {
            pts: frame.pts,
            size: form.size,
            format: form.format,
            color: frame.color,
            data: self.memory.split().freeze(),
            planes: form.planes,
        };
        self.made = Some(Made {
            of,
            _held: image.then(|| frame.data.clone()),
            frame: print.clone(),
        });
        Some(print)
    }
}
