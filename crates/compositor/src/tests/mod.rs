//! Pictures from the device against the scalar twin, and the behaviour of the two doors.

mod beside;
mod color;
mod door;
mod fades;
mod fusion;
mod golden;
mod grades;
mod images;
mod jpeg;
mod kernels;
mod patches;
mod pixels;
mod plans;
mod turns;

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

/// Draws one frame of a scene, once its kernels are there.
fn draw(c: &mut Compositor, scene: &Scene, frames: &[Option<VideoFrame>]) -> VideoFrame {
    c.set_scene(scene).expect("a scene that can be drawn");
    assert!(c.wait_prepared(PATIENCE));
    render(c, frames)
}

/// Draws one frame of the scene that is set.
fn render(c: &mut Compositor, frames: &[Option<VideoFrame>]) -> VideoFrame {
    c.render(Timestamp::ZERO, frames).expect("a free slot");
    c.finished(PATIENCE).expect("a finished frame")
}

/// Draws the scene that is set until its images are prepared.
fn settled(c: &mut Compositor, frames: &[Option<VideoFrame>]) -> VideoFrame {
    for _ in 0..2 {
        render(c, frames);
        assert!(c.wait_prepared(PATIENCE));
    }
    let layered = c.counters().layered;
    let out = render(c, frames);
    assert_eq!(c.counters().layered, layered, "it is fused by now");
    out
}

/// A frame whose bytes are given by their index.
fn frame(format: PixelFormat, size: Size, color: ColorInfo, byte: impl FnMut(usize) -> u8) -> VideoFrame {
    let data: Bytes = (0..format.packed_len(size)).map(byte).collect();
    VideoFrame::packed(Timestamp::ZERO, size, format, color, data).expect("enough bytes")
}
