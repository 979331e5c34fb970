//! What a program frame costs: time from `render` to the finished picture, and processor time.
//!
//! `cargo bench -p compositor --bench compose [-- FRAMES]`. The process does nothing else meanwhile, so its
//! processor time is the compositor's: copying in, kernels (on a software adapter), copying out. Each scene is
//! drawn layer by layer first, by the kernels made at the start, then by its own.

mod common;

use std::time::{Duration, Instant};

use common::{ms, noise, percentile, processor_time};
use compositor::{
    Background, ChromaKey, Compositor, Correction, Error, Layer, Options, Rect, Scene, SourceFormat,
};
use media::{PixelFormat, Size, Timestamp, VideoFrame};

const HD: Size = Size::new(1280, 720);
const FULL_HD: Size = Size::new(1920, 1080);

fn main() {
    // `cargo bench` says so; as a test one frame of each is enough.
    let usual = if std::env::args().any(|a| a == "--bench") {
        200
    } else {
        1
    };
    let frames = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(usual);
    let mut rows = vec![];
    for size in [HD, FULL_HD] {
        rows.extend(scenes(size).map(|(name, scene)| (name, size, scene)));
    }
    rows.push(("1080p cameras on 720p", HD, reduced()));
    rows.push(("64 layers of 160x90", HD, many()));
    for (name, size, scene) in rows {
        if let Err(error) = measure(name, size, &scene, frames) {
            println!("{error}");
            return;
        }
    }
}

const fn source(format: PixelFormat, size: Size) -> SourceFormat {
    SourceFormat { format, size }
}

fn keyed(source: usize, size: Size) -> Layer {
    Layer {
        key: Some(ChromaKey::default()),
        color: Some(Correction {
            exposure: 0.3,
            temperature: 0.2,
            ..Correction::default()
        }),
        ..Layer::new(source, Rect::full(size))
    }
}

/// A camera; with a keyed one; the demo scene: both, picture in picture and card.
fn scenes(size: Size) -> [(&'static str, Scene); 3] {
    let half = Size::new(size.width / 2, size.height / 2);
    let card = Size::new(size.width / 3 / 4 * 4, size.height / 4 / 2 * 2);
    let (w, h) = (size.width as i32, size.height as i32);
    let at = |x, y, s: Size| Rect {
        x,
        y,
        w: s.width,
        h: s.height,
    };
    let quarter = Size::new(size.width / 4, size.height / 4);
    let layers = [
        Layer::new(0, Rect::full(size)),
        keyed(1, size),
        Layer::new(2, at(w * 7 / 10, h / 20, quarter)),
        Layer::new(3, at(w / 20, h * 7 / 10, card)),
    ];
    let scene = |count: usize| Scene {
        sources: vec![
            source(PixelFormat::Nv12, size),
            source(PixelFormat::Nv12, size),
            source(PixelFormat::Yuyv, half),
            source(PixelFormat::Rgba8, card),
        ],
        background: Background::Layer,
        layers: layers[..count].to_vec(),
    };
    [
        ("camera", scene(1)),
        ("camera, keyed camera with correction", scene(2)),
        ("demo scene", scene(4)),
    ]
}

/// The two cameras larger than the canvas.
fn reduced() -> Scene {
    Scene {
        sources: vec![source(PixelFormat::Nv12, FULL_HD); 2],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(HD)), keyed(1, HD)],
    }
}

/// 64 cameras side by side.
fn many() -> Scene {
    let small = Size::new(160, 90);
    let place = |n: i32| Rect {
        x: n % 8 * 160,
        y: n / 8 * 90,
        w: 160,
        h: 90,
    };
    Scene {
        sources: vec![source(PixelFormat::Nv12, small); 64],
        background: Background::Color([0, 0, 0]),
        layers: (0..64).map(|n| Layer::new(n as usize, place(n))).collect(),
    }
}

fn measure(name: &str, size: Size, scene: &Scene, frames: usize) -> Result<(), Error> {
    let begin = Instant::now();
    let mut compositor = Compositor::new(Options { size, queue: 3 })?;
    let made = begin.elapsed();
    let inputs: Vec<_> = scene.sources.iter().map(|s| Some(noise(s))).collect();
    let begin = Instant::now();
    compositor.set_scene(scene)?;
    let set = begin.elapsed();
    // As many frames as can be before the kernels are there.
    let mut first = Vec::new();
    while compositor.pending() > 0 && first.len() < 30 {
        first.push(frame(&mut compositor, &inputs)?.0);
    }
    let layered = compositor.counters().layered;
    let beside = if first.is_empty() {
        Duration::ZERO
    } else {
        percentile(&mut first, 50)
    };
    for _ in 0..20 {
        frame(&mut compositor, &inputs)?;
        compositor.wait_prepared(Duration::from_secs(10));
    }
    let cpu = processor_time();
    let (mut times, mut submits): (Vec<_>, Vec<_>) = (0..frames)
        .map(|_| frame(&mut compositor, &inputs))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .unzip();
    let cpu = processor_time().saturating_sub(cpu) / frames as u32;
    println!(
        "{}x{} {name}: p50 {:.2} ms, p99 {:.2} ms a frame; {:.2} CPU-ms; render() p50 {:.2} ms; layer by layer beside \
         the compiler p50 {:.1} ms ({layered} frames); set_scene {:.2} ms; compositor made in {:.0} ms ({})",
        size.width,
        size.height,
        ms(percentile(&mut times, 50)),
        ms(percentile(&mut times, 99)),
        ms(cpu),
        ms(percentile(&mut submits, 50)),
        ms(beside),
        ms(set),
        ms(made),
        compositor.adapter().name,
    );
    Ok(())
}

/// Time to the finished picture, and of `render` alone.
fn frame(compositor: &mut Compositor, inputs: &[Option<VideoFrame>]) -> Result<(Duration, Duration), Error> {
    let begin = Instant::now();
    compositor.render(Timestamp::ZERO, inputs)?;
    let submitted = begin.elapsed();
    let picture = compositor.finished(Duration::from_secs(5));
    assert!(picture.is_some(), "no picture within five seconds");
    Ok((begin.elapsed(), submitted))
}
