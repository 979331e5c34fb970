//! What a frame costs: x264 at 720p, decoding a clip, its grain, and decoding a camera's JPEG.
//!
//! `cargo bench -p pipeline`. Times are of the processor, so that a busy machine gives the same ones; walls are beside.
//! The pictures are those of the demo show's table, with grain, as a camera's would be.
#![allow(clippy::unwrap_used)] // A bench that can't begin has nothing else to say.

use std::path::Path;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use media::driver::Decoder;
use media::{FrameRate, PixelFormat, Size, Timestamp, VideoFrame, VideoSource};
use pipeline::device::{JpegDecoder, inspect};
use pipeline::encode::{Preset, VideoConfig, VideoEncoder};
use pipeline::file::{AudioLoop, AudioLoopConfig, VideoLoop, VideoLoopConfig};

const FRAMES: u64 = 240;

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/table.mp4");
    let rate = FrameRate::whole(30);
    let begun = cpu_ms();
    let voice = AudioLoop::open(&path.with_file_name("voice.flac"), AudioLoopConfig::default()).unwrap();
    let (seconds, took) = (voice.len() as f64 / 48_000.0, cpu_ms() - begun);
    println!("sound into memory: {seconds:.2} s of it in {took:.0} ms");
    jpegs(&path);
    let (clean, plain) = decoded(&path, false);
    let (noisy, grained) = decoded(&path, true);
    println!("decoding 720p: {plain:.2} ms a frame, with grain {grained:.2}");
    for (name, pictures) in [("clean", &clean), ("with grain", &noisy)] {
        for preset in [Preset::Superfast, Preset::Veryfast] {
            let config = VideoConfig {
                preset,
                ..VideoConfig::new(pictures[0].size, rate, 2_500)
            };
            let before = cpu_ms();
            let (ms, worst, kbps) = encoded(pictures, config);
            let cpu = (cpu_ms() - before) / FRAMES as f64;
            println!(
                "{preset:?}, 2500 kbit/s, {name}: {cpu:.2} ms a frame (wall {ms:.2}, worst {worst:.2}), {kbps:.0} kbit/s"
            );
        }
    }
}

/// What a camera's JPEG of quality 90 costs, with chroma halved both ways and across only.
fn jpegs(path: &Path) {
    let size = Size::new(1280, 720);
    let mut decoder = JpegDecoder::new(size).unwrap();
    let mut picture = vec![0; PixelFormat::I420.packed_len(size)];
    for format in ["I420", "Y42B"] {
        let jpeg = jpeg(path, format);
        let each = |work: &mut dyn FnMut()| {
            let before = cpu_ms();
            (0..FRAMES).for_each(|_| work());
            (cpu_ms() - before) / FRAMES as f64
        };
        let decoding = each(&mut || decoder.decode(&jpeg, &mut picture).unwrap());
        let looking = each(&mut || assert!(inspect(&jpeg, size).is_ok()));
        println!(
            "a JPEG of 720p, {format}, {} kB: {decoding:.2} ms to decode, {looking:.2} of it to look it over",
            jpeg.len() / 1_000
        );
    }
}

/// The clip's first picture as libjpeg writes it.
fn jpeg(path: &Path, format: &str) -> Vec<u8> {
    let file = std::env::temp_dir().join(format!("anchor-bench-{}.jpg", std::process::id()));
    let line = format!(
        "filesrc location={path:?} ! decodebin ! videoconvert ! video/x-raw,format={format} ! \
         jpegenc quality=90 snapshot=true ! filesink location={file:?}"
    );
    let pipeline = gst::parse::launch(&line).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let bus = pipeline.bus().unwrap();
    let ended = [gst::MessageType::Eos, gst::MessageType::Error];
    let ended = bus
        .timed_pop_filtered(gst::ClockTime::from_seconds(20), &ended)
        .unwrap();
    assert_eq!(ended.type_(), gst::MessageType::Eos, "{ended:?}");
    pipeline.set_state(gst::State::Null).unwrap();
    let data = std::fs::read(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    data
}

/// Processor time of this process so far, in milliseconds, to 10 ms: fields 14 and 15 of proc(5)'s stat.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.map(|t| t.parse::<f64>().unwrap() * 10.0).sum()
}

/// Some of the clip's frames, and the milliseconds each took to decode.
fn decoded(path: &Path, grain: bool) -> (Vec<VideoFrame>, f64) {
    let start = Timestamp::ZERO;
    let mut clip = VideoLoop::open(path, VideoLoopConfig { start, grain }).unwrap();
    let rate = clip.period().rate;
    let begun = cpu_ms();
    let mut frames = Vec::new();
    for n in 0..FRAMES {
        let frame = loop {
            let frame = clip.frame_at(rate.tick(n)).unwrap();
            if frame.pts == rate.tick(n) {
                break frame;
            }
            // A spinning reader would be counted as work.
            std::thread::sleep(Duration::from_millis(1));
        };
        // Memory for a second of pictures is enough.
        if frames.len() < 30 {
            frames.push(frame);
        }
    }
    let took = (cpu_ms() - begun) / FRAMES as f64;
    (frames.iter().map(nv12).collect(), took)
}

fn nv12(frame: &VideoFrame) -> VideoFrame {
    let (w, h) = (frame.size.width as usize, frame.size.height as usize);
    let rows = |plane: usize, row: usize, rows: usize| {
        let stride = frame.planes[plane].stride;
        frame
            .plane(plane)
            .chunks(stride)
            .take(rows)
            .flat_map(move |r| &r[..row])
    };
    let mut data: Vec<u8> = rows(0, w, h).copied().collect();
    let chroma = rows(1, w / 2, h / 2).zip(rows(2, w / 2, h / 2));
    data.extend(chroma.flat_map(|(u, v)| [*u, *v]));
    VideoFrame::packed(frame.pts, frame.size, PixelFormat::Nv12, frame.color, data.into()).unwrap()
}

/// Milliseconds a frame, the longest one, and the rate that came of it.
fn encoded(pictures: &[VideoFrame], config: VideoConfig) -> (f64, f64, f64) {
    let rate = config.rate;
    let encoder = VideoEncoder::new(config).unwrap();
    let (mut sum, mut worst, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    for n in 0..FRAMES {
        let frame = VideoFrame {
            pts: rate.tick(n),
            ..pictures[n as usize % pictures.len()].clone()
        };
        let begun = Instant::now();
        encoder.submit(&frame, false).unwrap();
        bytes += encoder
            .next_packet(Duration::from_secs(20))
            .unwrap()
            .unwrap()
            .data
            .len();
        let took = begun.elapsed();
        sum += took;
        worst = worst.max(took);
    }
    let ms = |d: Duration| d.as_secs_f64() * 1_000.0;
    (
        ms(sum) / FRAMES as f64,
        ms(worst),
        bytes as f64 * 8.0 * rate.as_f64() / FRAMES as f64 / 1_000.0,
    )
}
