//! The 24 patches of a colour chart as a camera's JPEG of quality 90, through the decoder that cameras use.

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use media::driver::Decoder;
use media::{ColorInfo, PixelFormat, Timestamp, VideoFrame};
use pipeline::device::JpegDecoder;

use super::patches::{PATCHES, SIDE, SIZE, difference, lab, seen};
use super::{compositor, draw};
use crate::{Background, Layer, Rect, Scene, SourceFormat};

/// The chart, compressed.
fn chart() -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb(PATCHES[y as usize / SIDE * 6 + x as usize / SIDE]);
    let picture = image::RgbImage::from_fn(SIZE.width, SIZE.height, pixel);
    let mut data = Vec::new();
    JpegEncoder::new_with_quality(&mut data, 90)
        .encode_image(&picture)
        .unwrap();
    data
}

#[test]
fn a_chart_keeps_its_colours_through_a_cameras_jpeg() {
    pipeline::init().unwrap();
    let Some(mut c) = compositor(SIZE) else { return };
    let mut data = vec![0; PixelFormat::I420.packed_len(SIZE)];
    JpegDecoder::new(SIZE)
        .unwrap()
        .decode(&chart(), &mut data)
        .unwrap();
    let format = PixelFormat::I420;
    let picture = VideoFrame::packed(Timestamp::ZERO, SIZE, format, ColorInfo::JPEG, Bytes::from(data));
    let scene = Scene {
        sources: vec![SourceFormat { format, size: SIZE }],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(SIZE))],
    };
    let out = draw(&mut c, &scene, &[picture]);
    let difference =
        |(n, patch): (usize, &[u8; 3])| difference(lab(patch.map(|v| f64::from(v) / 255.0)), seen(&out, n));
    let found: Vec<_> = PATCHES.iter().enumerate().map(difference).collect();
    let (mean, worst) = (
        found.iter().sum::<f64>() / 24.0,
        found.iter().copied().fold(0.0, f64::max),
    );
    println!("24 patches, JPEG of quality 90: delta E 2000 mean {mean:.3}, max {worst:.3}");
    assert!(mean <= 1.0 && worst <= 3.0, "mean {mean:.3}, max {worst:.3}");
}
