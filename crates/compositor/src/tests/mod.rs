//! Pictures from the device against the scalar twin, and the behaviour of the two doors.

mod color;
mod door;
mod fusion;
mod images;
mod kernels;
mod pixels;
mod plans;

use std::time::Duration;

use bytes::Bytes;
use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

use crate::{Compositor, Error, Options, Scene};

/// Longer than any frame takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A compositor, or `None` and a line on the terminal where there is no device at all.
fn compositor(size: Size) -> Option<Compositor> {
    match Compositor::new(Options { size, queue: 3 }) {
        Ok(c) => Some(c),
        Err(Error::NoAdapter) => {
            eprintln!("skipped: no Vulkan adapter");
            None
        }
        Err(e) => panic!("{e}"),
    }
}

/// Draws one frame of a scene.
fn draw(c: &mut Compositor, scene: &Scene, frames: &[Option<VideoFrame>]) -> VideoFrame {
    c.set_scene(scene).expect("a scene that can be drawn");
    c.render(Timestamp::ZERO, frames).expect("a free slot");
    c.finished(PATIENCE).expect("a finished frame")
}

/// A frame whose bytes are given by their index.
fn frame(format: PixelFormat, size: Size, color: ColorInfo, byte: impl FnMut(usize) -> u8) -> VideoFrame {
    let data: Bytes = (0..format.packed_len(size)).map(byte).collect();
    VideoFrame::packed(Timestamp::ZERO, size, format, color, data).expect("enough bytes")
}
