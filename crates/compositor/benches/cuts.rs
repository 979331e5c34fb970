//! Cutting live: 200 cuts among 12 scenes at 30 fps, 50 of them to a scene edited since it was last seen, with an
//! empty shader cache; then a scene of 64 layers edited again and again.
//!
//! `cargo bench -p compositor --bench cuts [-- CUTS]`. For each: the time from a cut to its first frame, and how many
//! frames were late, that is not finished 66 ms after their tick.

mod common;

use std::time::{Duration, Instant};

use common::{Random, ms, noise, percentile};
use compositor::{
    Background, Blend, ChromaKey, Compositor, Correction, Counters, Error, Layer, Options, Rect, Scene,
    SourceFormat,
};
use media::{FrameRate, PixelFormat, Size, VideoFrame};

const HD: Size = Size::new(1280, 720);
const SMALL: Size = Size::new(160, 90);
/// Ticks between two cuts: 200 cuts make 1800 frames.
const EVERY: u64 = 9;
const LATE: Duration = Duration::from_millis(66);
/// Set in the process that measures.
const CACHE: &str = "MESA_SHADER_CACHE_DIR";

fn main() {
    let bench = std::env::args().any(|a| a == "--bench");
    let usual = if bench { 200 } else { 2 };
    let cuts = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(usual);
    if std::env::var_os("CUTS_MEASURES").is_none() {
        return again_with_an_empty_cache();
    }
    for (name, run) in [
        ("12 scenes", random_cuts as fn(u64) -> Result<Measured, Error>),
        ("64 layers", edits),
    ] {
        match run(cuts) {
            Ok(measured) => measured.print(name),
            Err(error) => return println!("{error}"),
        }
    }
}

/// Mesa reads the cache's place when it is loaded: the measurement runs in a process of its own.
fn again_with_an_empty_cache() {
    let folder = std::env::temp_dir().join(format!("cuts-{}", std::process::id()));
    let run = std::env::current_exe().and_then(|program| {
        std::fs::create_dir_all(&folder)?;
        std::process::Command::new(program)
            .args(std::env::args().skip(1))
            .env(CACHE, &folder)
            .env("CUTS_MEASURES", "1")
            .status()
    });
    let _ = std::fs::remove_dir_all(&folder);
    assert!(run.is_ok_and(|status| status.success()), "the measurement failed");
}

/// What came of a run.
struct Measured {
    first: Vec<Duration>,
    sets: Vec<Duration>,
    late: usize,
    frames: usize,
    counters: Counters,
    adapter: String,
}

impl Measured {
    fn print(mut self, name: &str) {
        println!(
            "{name}: {} cuts, first new frame p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; {} of {} frames late; set_scene \
             p50 {:.2} ms, max {:.2} ms; {} frames layer by layer, {} busy, {} kernels in {} ms ({})",
            self.first.len(),
            ms(percentile(&mut self.first, 50)),
            ms(percentile(&mut self.first, 99)),
            ms(percentile(&mut self.first, 100)),
            self.late,
            self.frames,
            ms(percentile(&mut self.sets, 50)),
            ms(percentile(&mut self.sets, 100)),
            self.counters.layered,
            self.counters.busy,
            self.counters.kernels,
            self.counters.compile_ms,
            self.adapter,
        );
    }
}

/// Draws at 30 fps; every ninth tick `cut` brings a scene.
fn play(
    first: &Scene,
    known: &[Scene],
    cuts: u64,
    mut cut: impl FnMut(u64) -> Scene,
) -> Result<Measured, Error> {
    let mut compositor = Compositor::new(Options { size: HD, queue: 3 })?;
    let inputs: Vec<Option<VideoFrame>> = first.sources.iter().map(|s| Some(noise(s))).collect();
    compositor.set_scene(first)?;
    // A show's scenes are prepared when it is loaded.
    known.iter().try_for_each(|scene| compositor.prepare(scene))?;
    compositor.wait_prepared(Duration::from_secs(60));
    let rate = FrameRate::whole(30);
    let mut measured = Measured {
        first: Vec::new(),
        sets: Vec::new(),
        late: 0,
        frames: 0,
        counters: Counters::default(),
        adapter: compositor.adapter().name.clone(),
    };
    let program = compositor.program();
    let began = Instant::now();
    let taker = std::thread::Builder::new().name("taker".into()).spawn(move || {
        let mut arrived = Vec::new();
        while let Some(frame) = program.next(Duration::from_secs(2)) {
            arrived.push((frame.pts, began.elapsed()));
        }
        arrived
    });
    let taker = taker.expect("a thread");
    for n in 0..cuts * EVERY {
        let tick = rate.tick(n + 1);
        let at = Duration::from_nanos(tick.as_nanos() as u64);
        std::thread::sleep(at.saturating_sub(began.elapsed()));
        if n % EVERY == 0 {
            let scene = cut(n / EVERY);
            let begin = Instant::now();
            compositor.set_scene(&scene)?;
            measured.sets.push(begin.elapsed());
        }
        match compositor.render(tick, &inputs) {
            Ok(()) | Err(Error::Busy) => {}
            Err(error) => return Err(error),
        }
    }
    compositor.finished(Duration::ZERO);
    let arrived = taker.join().expect("the taker's thread");
    for n in 0..cuts * EVERY {
        let tick = rate.tick(n + 1);
        let due = Duration::from_nanos(tick.as_nanos() as u64);
        let took = arrived
            .iter()
            .find(|(pts, _)| *pts == tick)
            .map(|(_, at)| *at - due);
        measured.frames += 1;
        measured.late += usize::from(took.is_none_or(|t| t > LATE));
        if n % EVERY == 0 {
            let next = arrived.iter().find(|(pts, _)| *pts >= tick);
            measured
                .first
                .push(next.map_or(Duration::from_secs(9), |(_, at)| *at - due));
        }
    }
    measured.counters = compositor.counters();
    Ok(measured)
}

/// Twelve scenes of four cameras, a smaller one and a card.
fn scenes() -> Vec<Scene> {
    let source = |format, size| SourceFormat { format, size };
    let card = Size::new(424, 180);
    let sources = vec![
        source(PixelFormat::Nv12, HD),
        source(PixelFormat::I420, HD),
        source(PixelFormat::Yuyv, HD),
        source(PixelFormat::Nv12, Size::new(1920, 1080)),
        source(PixelFormat::Yuyv, Size::new(640, 360)),
        source(PixelFormat::Rgba8, card),
    ];
    let scene = |n: usize| {
        let mut layers = vec![Layer::new(n % 4, Rect::full(HD))];
        if n % 2 == 1 {
            let mut keyed = Layer::new((n + 1) % 4, Rect::full(HD));
            keyed.key = Some(ChromaKey::default());
            keyed.color = n.is_multiple_of(3).then(Correction::default);
            layers.push(keyed);
        }
        let x = 40 + 20 * n as i32;
        if !n.is_multiple_of(3) {
            layers.push(Layer::new(
                4,
                Rect {
                    x,
                    y: 40,
                    w: 320,
                    h: 180,
                },
            ));
        }
        if n > 5 {
            layers.push(Layer::new(
                5,
                Rect {
                    x,
                    y: 480,
                    w: 424,
                    h: 180,
                },
            ));
        }
        Scene {
            sources: sources.clone(),
            background: Background::Layer,
            layers,
        }
    };
    (0..12).map(scene).collect()
}

/// Changes a scene as an operator does: most edits need new kernels.
fn edit(scene: &mut Scene, random: &mut Random) {
    let layer = random.below(scene.layers.len());
    let kind = random.below(6);
    let base = layer == 0;
    let image = scene.sources[scene.layers[layer].source].format == PixelFormat::Rgba8;
    let own = &mut scene.layers[layer];
    match kind {
        0 if !base => own.blend = [Blend::Screen, Blend::Multiply, Blend::Normal][random.below(3)],
        1 if !base => own.rotation = random.below(90) as f32,
        2 if !base && !image => own.key = own.key.is_none().then(ChromaKey::default),
        3 => own.mirror = !own.mirror,
        4 => own.color = own.color.is_none().then(Correction::default),
        _ => {
            let x = random.below(600) as i32;
            let part = Rect {
                x,
                y: 200,
                w: 480,
                h: 270,
            };
            scene.layers.push(Layer::new(random.below(5), part));
            scene.layers.truncate(6);
        }
    }
}

/// Every fourth cut goes to a scene that was edited since it was last seen.
fn random_cuts(cuts: u64) -> Result<Measured, Error> {
    let mut scenes = scenes();
    let known = scenes.clone();
    let mut random = Random(0x9e37_79b9);
    play(&known[0], &known, cuts, |n| {
        let index = random.below(scenes.len());
        if n % 4 == 3 {
            edit(&mut scenes[index], &mut random);
        }
        scenes[index].clone()
    })
}

/// 64 small cameras; one edited at each cut.
fn edits(cuts: u64) -> Result<Measured, Error> {
    let formats = [
        PixelFormat::Nv12,
        PixelFormat::I420,
        PixelFormat::Yuyv,
        PixelFormat::Nv12,
    ];
    let place = |n: i32| Rect {
        x: n % 8 * 160,
        y: n / 8 * 90,
        w: 160,
        h: 90,
    };
    let mut scene = Scene {
        sources: (0..64)
            .map(|n| SourceFormat {
                format: formats[n % 4],
                size: SMALL,
            })
            .collect(),
        background: Background::Color([0, 0, 0]),
        layers: (0..64).map(|n| Layer::new(n as usize, place(n))).collect(),
    };
    let mut random = Random(0x1234_5679);
    let known = [scene.clone()];
    play(&known[0], &known, cuts, |_| {
        let layer = random.below(64);
        let kind = random.below(7);
        let own = &mut scene.layers[layer];
        match kind {
            0 => own.blend = [Blend::Screen, Blend::Multiply, Blend::Normal][random.below(3)],
            1 => own.rotation = random.below(90) as f32,
            2 => own.key = own.key.is_none().then(ChromaKey::default),
            3 => own.mirror = !own.mirror,
            4 => own.color = own.color.is_none().then(Correction::default),
            5 => own.opacity = 0.5 + random.below(50) as f32 / 100.0,
            _ => own.rect.x = random.below(1100) as i32,
        }
        scene.clone()
    })
}
