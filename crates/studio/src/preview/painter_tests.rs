//! The painter with the real compositor and encoder, and a tick by hand.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use super::*;
use crate::preview::gate::Pass;
use crate::scene::{Flat, flatten};
use api::preview::{Message, TilePlace};
use media::{ColorInfo, FrameRate, PixelFormat};

const CANVAS: Size = Size::new(320, 180);
/// Longer than a device takes to open on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A frame of one colour, given in its own code values.
fn plain(size: Size, format: PixelFormat, color: ColorInfo, [y, cb, cr]: [u8; 3]) -> VideoFrame {
    let mut data = vec![y; size.area()];
    match format {
        PixelFormat::Nv12 => data.extend([cb, cr].repeat(size.area() / 4)),
        _ => [cb, cr]
            .iter()
            .for_each(|c| data.extend(vec![*c; size.area() / 4])),
    }
    VideoFrame::packed(media::Timestamp::ZERO, size, format, color, data.into()).unwrap()
}

/// A painter at work, and its tick.
struct Show {
    tap: Arc<Tap>,
    gate: Arc<Gate>,
    shots: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    painter: Option<JoinHandle<()>>,
    tick: Option<JoinHandle<()>>,
}

impl Show {
    /// A red program; a blue camera, in the right half of a scene that isn't on air.
    fn start() -> Option<Self> {
        let options = compositor::Options {
            size: Size::new(16, 16),
            queue: 1,
        };
        if let Err(compositor::Error::NoAdapter) = compositor::Compositor::new(options) {
            eprintln!("skipped: no Vulkan adapter");
            return None;
        }
        let show = Self {
            tap: Arc::default(),
            gate: Arc::default(),
            shots: Arc::default(),
            stop: Arc::default(),
            painter: None,
            tick: None,
        };
        Some(show.with_threads())
    }

    fn with_threads(mut self) -> Self {
        let clock = ShowClock::start();
        let painter = Painter {
            clock,
            tap: Arc::clone(&self.tap),
            desk: Arc::new(Desk::new(Vec::new())),
            gate: Arc::clone(&self.gate),
        };
        let (tap, shots, stop) = (
            Arc::clone(&self.tap),
            Arc::clone(&self.shots),
            Arc::clone(&self.stop),
        );
        let tick = move || {
            let (mut tick, scene) = (0, scenes());
            while !stop.load(Ordering::Relaxed) {
                tick += 1;
                tap.offer(|sources| shot(tick, &scene, sources, &shots));
                std::thread::park_timeout(Duration::from_millis(2));
            }
        };
        self.tick = std::thread::Builder::new().spawn(tick).ok();
        self.painter = std::thread::Builder::new().spawn(|| painter.run()).ok();
        self
    }

    fn look(&self, page: u64, look: &str) {
        let look = serde_json::from_str::<Message>(look).unwrap();
        self.gate.hear(page, look).unwrap();
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        self.gate.close();
        let painted = self.painter.take().map(JoinHandle::join);
        self.stop.store(true, Ordering::Relaxed);
        let ticked = self.tick.take().map(JoinHandle::join);
        let well = painted.is_none_or(|p| p.is_ok()) && ticked.is_none_or(|t| t.is_ok());
        assert!(well || std::thread::panicking());
    }
}

fn scenes() -> Arc<[Arc<Flat>]> {
    let scenes = serde_json::from_str::<Vec<api::scene::Scene>>(
        r#"[{"name":"red","layer":[]},
            {"name":"half","layer":[{"source":"camera","rect":{"x":160,"y":0,"width":160,"height":180}}]}]"#,
    )
    .unwrap();
    let known = |name: &str| (name == "camera").then_some(0);
    let flat = |name| Arc::new(flatten(&scenes, name, &known).unwrap());
    Arc::new([flat("red"), flat("half")])
}

fn shot(
    tick: u64,
    scenes: &Arc<[Arc<Flat>]>,
    mut sources: Vec<Option<VideoFrame>>,
    shots: &AtomicU64,
) -> Shot {
    shots.fetch_add(1, Ordering::Relaxed);
    let pts = FrameRate::whole(30).tick(tick);
    let at = |frame: VideoFrame| VideoFrame { pts, ..frame };
    let (camera, size) = (
        plain(
            Size::new(640, 480),
            PixelFormat::I420,
            ColorInfo::JPEG,
            [29, 255, 107],
        ),
        CANVAS,
    );
    sources.push(Some(at(camera)));
    Shot {
        tick,
        program: at(plain(size, PixelFormat::Nv12, ColorInfo::BT709, [63, 102, 240])),
        on_air: Arc::clone(&scenes[0]),
        covered: false,
        scenes: Arc::clone(scenes),
        names: Arc::new(["camera".to_owned()]),
        sources,
    }
}

fn read(message: &[u8]) -> (Header, image::RgbImage) {
    let (len, rest) = message.split_first_chunk().unwrap();
    let (header, jpeg) = rest.split_at(u32::from_le_bytes(*len) as usize);
    let header = serde_json::from_slice(header).unwrap();
    (header, image::load_from_memory(jpeg).unwrap().into_rgb8())
}

fn is(atlas: &image::RgbImage, place: &TilePlace, across: f64, wanted: [u8; 3]) {
    let x = place.x + (f64::from(place.width) * across) as u32;
    let got = atlas.get_pixel(x, place.y + place.height / 2).0;
    let near = got.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 4);
    assert!(near, "{got:?}, not {wanted:?}, at {x} of {place:?}");
}

#[test]
fn tiles_show_what_they_are_asked_to_and_nothing_is_made_when_nobody_looks() {
    let Some(show) = Show::start() else { return };
    let Pass {
        page, mut pictures, ..
    } = show.gate.enter();
    show.look(
        page,
        r#"{"look":{"rate":30,"tiles":[{"show":"program","width":320,"height":180},
            {"show":"source","name":"camera","width":96,"height":96},
            {"show":"scene","name":"half","width":160,"height":90},
            {"show":"source","name":"gone","width":32,"height":32}]}}"#,
    );
    let mut next = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let picture = async { tokio::time::timeout(LONG, pictures.recv()).await };
        read(&runtime.unwrap().block_on(picture).unwrap().unwrap())
    };
    let (header, atlas) = next();
    assert_eq!((header.n, header.l, header.on_air.as_str()), (1, 1, "red"));
    assert_eq!((header.width, header.height), atlas.dimensions());
    let sizes: Vec<_> = header.tiles.iter().map(|t| (t.width, t.height)).collect();
    assert_eq!(sizes, [(320, 180), (96, 72), (160, 90), (32, 32)]);
    let [program, camera, half, gone] = header.tiles[..] else {
        panic!("{header:?}");
    };
    is(&atlas, &program, 0.5, [255, 0, 0]);
    is(&atlas, &camera, 0.5, [0, 0, 255]);
    is(&atlas, &half, 0.25, [0, 0, 0]);
    is(&atlas, &half, 0.75, [0, 0, 255]);
    is(&atlas, &gone, 0.5, [0, 0, 0]);
    assert_eq!(**show.tap.looked_at(), [0]);

    show.look(page, r#"{"look":{"tiles":[]}}"#);
    while !show.tap.looked_at().is_empty() {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    let shots = show.shots.load(Ordering::Relaxed);
    for _ in 0..20 {
        let made = AtomicBool::new(false);
        show.tap.offer(|sources| {
            made.store(true, Ordering::Relaxed);
            shot(1, &scenes(), sources, &show.shots)
        });
        assert!(!made.load(Ordering::Relaxed));
    }
    assert_eq!(show.shots.load(Ordering::Relaxed), shots);
}
