//! Clips made for the tests.

use std::path::{Path, PathBuf};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use media::{ColorInfo, FrameRate, PixelFormat, Size, VideoFrame};

use crate::{clock, frame};

pub(super) const SIZE: Size = Size::new(64, 48);

/// The luma all over picture `n` of a clip.
pub(super) fn grey(n: u64) -> u8 {
    40 + 8 * n as u8
}

/// A folder and a place in it.
pub(super) fn place(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

/// An MP4 of `frames` grey pictures with B-frames and no sound.
pub(super) fn mp4(path: &Path, frames: u64, rate: FrameRate) {
    crate::init().unwrap();
    let caps = frame::caps(PixelFormat::I420, SIZE, rate, ColorInfo::BT709).unwrap();
    let source = gst_app::AppSrc::builder()
        .caps(&caps)
        .format(gst::Format::Time)
        .build();
    let encode =
        "x264enc bframes=2 b-adapt=false key-int-max=6 pass=quant quantizer=10 threads=1 ! h264parse";
    let pipeline = joined(&source, &format!("{encode} ! mp4mux"), path);
    pipeline.set_state(gst::State::Playing).unwrap();
    for n in 0..frames {
        let mut data = vec![grey(n); SIZE.area()];
        data.resize(SIZE.area() * 3 / 2, 128);
        let picture = VideoFrame::packed(
            rate.tick(n),
            SIZE,
            PixelFormat::I420,
            ColorInfo::BT709,
            data.into(),
        );
        let mut buffer = frame::to_buffer(&picture.unwrap()).unwrap();
        let start = buffer.pts().unwrap();
        let end = clock::to_gst(rate.tick(n + 1)).unwrap();
        buffer.get_mut().unwrap().set_duration(end - start);
        source.push_buffer(buffer).unwrap();
    }
    source.end_of_stream().unwrap();
    finished(&pipeline);
}

/// A WAV of 16-bit samples.
pub(super) fn wav(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(channels) * 2).to_le_bytes());
    file.extend((channels * 2).to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend((bytes.len() as u32).to_le_bytes());
    file.extend(bytes);
    std::fs::write(path, file).unwrap();
}

/// The same sound as FLAC.
pub(super) fn flac(from: &Path, to: &Path) {
    crate::init().unwrap();
    let source = gst::ElementFactory::make("filesrc")
        .property("location", from)
        .build()
        .unwrap();
    let pipeline = joined(&source, "wavparse ! audioconvert ! flacenc", to);
    pipeline.set_state(gst::State::Playing).unwrap();
    finished(&pipeline);
}

fn joined(source: &impl IsA<gst::Element>, elements: &str, path: &Path) -> gst::Pipeline {
    let pipeline = gst::Pipeline::new();
    let middle = gst::parse::bin_from_description(elements, true).unwrap();
    let sink = gst::ElementFactory::make("filesink")
        .property("location", path)
        .build()
        .unwrap();
    pipeline
        .add_many([source.upcast_ref(), middle.upcast_ref(), &sink])
        .unwrap();
    gst::Element::link_many([source.upcast_ref(), middle.upcast_ref(), &sink]).unwrap();
    pipeline
}

fn finished(pipeline: &gst::Pipeline) {
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let end = pipeline
        .bus()
        .unwrap()
        .timed_pop_filtered(gst::ClockTime::from_seconds(20), &ends);
    assert_eq!(end.map(|m| m.type_()), Some(gst::MessageType::Eos));
    pipeline.set_state(gst::State::Null).unwrap();
}
