//! What a program frame costs: time from `render` to the finished picture, and processor time.
//!
//! `cargo bench -p compositor [-- FRAMES]`. The process does nothing else meanwhile, so its processor time is
//! the compositor's: copying in, kernels (on a software adapter), copying out.

use std::time::{Duration, Instant};

use bytes::Bytes;
use compositor::{Background, ChromaKey, Compositor, Layer, Options, Rect, Scene, SourceFormat};
use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

fn main() {
    // `cargo bench` says so; as a test one frame of each is enough.
    let usual = if std::env::args().any(|a| a == "--bench") {
        200
    } else {
        1
    };
    let frames = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(usual);
    for size in [Size::new(640, 360), Size::new(1280, 720)] {
        for (name, scene) in scenes(size) {
            if let Err(error) = measure(name, size, &scene, frames) {
                println!("{error}");
                return;
            }
        }
    }
}

/// A camera, also scaled; with a keyed one; with picture in picture and card.
fn scenes(size: Size) -> Vec<(&'static str, Scene)> {
    let half = Size::new(size.width / 2, size.height / 2);
    let third = Size::new(size.width / 3 / 4 * 4, size.height / 4 / 2 * 2);
    let source = |format, size| SourceFormat { format, size };
    let (w, h) = (size.width as i32, size.height as i32);
    let at = |x, y, s: Size| Rect {
        x,
        y,
        w: s.width,
        h: s.height,
    };
    let mut keyed = Layer::new(1, Rect::full(size));
    keyed.key = Some(ChromaKey::default());
    let quarter = Size::new(size.width / 4, size.height / 4);
    let layers = vec![
        Layer::new(0, Rect::full(size)),
        keyed,
        Layer::new(2, at(w * 7 / 10, h / 20, quarter)),
        Layer::new(3, at(w / 20, h * 7 / 10, third)),
    ];
    let scene = |layers: &[Layer], camera: Size| Scene {
        sources: vec![
            source(PixelFormat::Nv12, camera),
            source(PixelFormat::Nv12, size),
            source(PixelFormat::Yuyv, half),
            source(PixelFormat::Rgba8, third),
        ],
        background: Background::Layer,
        layers: layers.to_vec(),
    };
    vec![
        ("camera", scene(&layers[..1], size)),
        ("camera of half the size", scene(&layers[..1], half)),
        ("camera, keyed camera", scene(&layers[..2], size)),
        (
            "camera, keyed camera, picture in picture, card",
            scene(&layers, size),
        ),
    ]
}

fn measure(name: &str, size: Size, scene: &Scene, frames: usize) -> Result<(), compositor::Error> {
    let mut compositor = Compositor::new(Options { size, queue: 3 })?;
    let begin = Instant::now();
    compositor.set_scene(scene)?;
    let compiled = begin.elapsed();
    let inputs: Vec<_> = scene.sources.iter().map(|s| Some(noise(s))).collect();
    let mut times = Vec::with_capacity(frames);
    let mut submits = Vec::with_capacity(frames);
    let mut cpu = processor_time();
    let warm = 20;
    for n in 0..frames + warm {
        if n == warm {
            cpu = processor_time();
        }
        let begin = Instant::now();
        compositor.render(Timestamp::from_millis(33 * n as i64), &inputs)?;
        let submitted = begin.elapsed();
        let picture = compositor.finished(Duration::from_secs(5));
        assert!(picture.is_some(), "no picture within five seconds");
        if n >= warm {
            times.push(begin.elapsed());
            submits.push(submitted);
        }
    }
    let cpu = processor_time().saturating_sub(cpu) / frames as u32;
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    println!(
        "{}x{} {name}: p50 {:.2} ms, p99 {:.2} ms a frame; {:.2} CPU-ms; render() p50 {:.2} ms; kernels {:.0} ms ({})",
        size.width,
        size.height,
        ms(percentile(&mut times, 50)),
        ms(percentile(&mut times, 99)),
        ms(cpu),
        ms(percentile(&mut submits, 50)),
        ms(compiled),
        compositor.adapter().name,
    );
    Ok(())
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// A frame of noise: no branch or cache has an easy time.
fn noise(source: &SourceFormat) -> VideoFrame {
    let mut state = 0x2545_f491_u32;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 16) as u8
    };
    let data: Vec<u8> = (0..source.format.packed_len(source.size))
        .map(|_| byte())
        .collect();
    let color = ColorInfo::BT601;
    VideoFrame::packed(
        Timestamp::ZERO,
        source.size,
        source.format,
        color,
        Bytes::from(data),
    )
    .expect("as many bytes as the format needs")
}

/// User and system time of this process so far; zero where the system doesn't say it.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15 of proc(5), counted behind the name, in hundredths of a second.
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
