//! Changes to a running show at random moments, and when the receiver saw them.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::control::{Command, LayerChange};
use api::scene::{Blend, Correction, Crop, Layer, Rect};
use system_tests::counter::percentile;
use system_tests::delay::Taken;
use system_tests::measured::Measured;
use system_tests::player::Picture;
use system_tests::stage::Stage;
use system_tests::stage::cuts;
use system_tests::studio::Studio;

/// Shortest and longest time between two changes, in ms.
const PAUSE: (u64, u64) = (150, 450);

/// A change that was made on air.
pub(crate) struct Change {
    /// When it was asked for, in ms of UTC.
    asked: f64,
    /// When the answer was there.
    answered: f64,
    /// The first frame that shows it, by the answer.
    tick: Option<u64>,
    /// Luma of the patch from then on, where the change shows there.
    patch: Option<u32>,
    /// Whether the scene was edited since it was last on air.
    edited: bool,
}

/// Numbers that look random and come again with the same seed (G. Marsaglia, Xorshift RNGs, 2003).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 to `below` - 1.
    fn pick(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % below.max(1)
    }

    fn pause(&mut self) -> Duration {
        Duration::from_millis(PAUSE.0 + self.pick((PAUSE.1 - PAUSE.0) as usize) as u64)
    }
}

fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1e3
}

/// Makes `count` cuts among the scenes of [`Stage::cuts`], a quarter of them to a scene edited just before.
pub(crate) async fn cut(
    studio: &mut Studio,
    stage: &Stage,
    count: usize,
    chance: &mut Chance,
) -> io::Result<Vec<Change>> {
    let (mut on_air, mut changes) = (0, Vec::new());
    for number in 0..count {
        tokio::time::sleep(chance.pause()).await;
        let next = (on_air + 1 + chance.pick(cuts::SCENES - 1)) % cuts::SCENES;
        let edited = number % 4 == 3;
        if edited {
            let layers = &stage.scenes[next].layers;
            let layer = &layers[chance.pick(layers.len() - 1)];
            studio.ask(&edit(&cuts::name(next), layer, chance)).await?;
            // The answer came with a tick: the cut doesn't.
            tokio::time::sleep(Duration::from_millis(chance.pick(40) as u64)).await;
        }
        let asked = now();
        let scene = cuts::name(next);
        let done = studio.ask(&Command::ShowScene { scene, fade_ms: 0 }).await?;
        changes.push(Change {
            asked,
            answered: now(),
            tick: done.tick,
            patch: Some(cuts::luma(next)),
            edited,
        });
        on_air = next;
    }
    Ok(changes)
}

/// Makes `count` edits to the scene of [`Stage::many_layers`]: every second one shows in the patch.
pub(crate) async fn edit_many(
    studio: &mut Studio,
    stage: &Stage,
    count: usize,
    chance: &mut Chance,
) -> io::Result<Vec<Change>> {
    let scene = &stage.scenes[0];
    let mut changes = Vec::new();
    for number in 0..count {
        tokio::time::sleep(chance.pause()).await;
        let shows = number % 2 == 0;
        let patch = [0.3, 1.0][number / 2 % 2];
        let command = match shows {
            true => set(&scene.name, "patch", opacity(patch)),
            false => {
                let layer = &scene.layers[chance.pick(scene.layers.len() - 1)];
                edit(&scene.name, layer, chance)
            }
        };
        let asked = now();
        let done = studio.ask(&command).await?;
        changes.push(Change {
            asked,
            answered: now(),
            tick: done.tick,
            patch: shows.then(|| cuts::faded(patch)),
            edited: true,
        });
    }
    Ok(changes)
}

fn set(scene: &str, layer: &str, set: LayerChange) -> Command {
    Command::SetLayer {
        scene: scene.to_owned(),
        layer: layer.to_owned(),
        set,
    }
}

fn opacity(opacity: f32) -> LayerChange {
    LayerChange {
        opacity: Some(opacity),
        ..LayerChange::default()
    }
}

/// Changes one thing of `layer`: some of them change numbers only, some the structure of the scene.
fn edit(scene: &str, layer: &Layer, chance: &mut Chance) -> Command {
    let mut change = LayerChange::default();
    match chance.pick(7) {
        0 => {
            let shift = chance.pick(40) as i32 - 20;
            change.rect = Some(layer.rect.map(|r| Rect { x: r.x + shift, ..r }));
        }
        1 => change.opacity = Some(0.5 + chance.pick(5) as f32 / 10.0),
        2 => change.blend = Some([Blend::Normal, Blend::Screen, Blend::Multiply, Blend::Add][chance.pick(4)]),
        3 => change.rotation = Some([0.0, 2.0, -3.0][chance.pick(3)]),
        4 => change.mirror = Some(chance.pick(2) == 0),
        5 => {
            let saturation = [0.5, 1.2, 1.5][chance.pick(3)];
            change.color = Some((chance.pick(3) > 0).then_some(Correction {
                saturation,
                ..Correction::default()
            }));
        }
        _ => {
            let left = 2 * chance.pick(40) as u32;
            change.crop = Some((chance.pick(3) > 0).then_some(Crop {
                left,
                ..Crop::default()
            }));
        }
    }
    set(scene, layer.title(), change)
}

/// Prints when the receiver saw the changes.
pub(crate) fn print(changes: &[Change], measured: &Measured) {
    let Some(taken) = Taken::new(&measured.report) else {
        return;
    };
    let numbered: Vec<_> = measured
        .player
        .pictures
        .iter()
        .filter_map(|p| Some((p.number?, p)))
        .collect();
    for (name, edited) in [("to a scene as it was", false), ("to an edited scene", true)] {
        let next = changes.iter().skip(1).map(|change| change.asked);
        let next = next.chain([f64::INFINITY]);
        let of: Vec<_> = changes
            .iter()
            .zip(next)
            .filter(|(c, _)| c.edited == edited)
            .collect();
        if of.is_empty() {
            continue;
        }
        let seen = of
            .iter()
            .filter_map(|(change, next)| change.seen(&numbered, taken, *next));
        let seen: Vec<_> = seen.collect();
        let of: Vec<_> = of.into_iter().map(|(change, _)| change).collect();
        let shows = of.iter().filter(|change| change.patch.is_some()).count();
        let after: Vec<_> = seen.iter().map(|seen| seen.frames).collect();
        let told: Vec<_> = of.iter().filter_map(|change| change.told(taken)).collect();
        let answers: Vec<_> = of.iter().map(|change| change.answered - change.asked).collect();
        println!(
            "changes   {} {name}: from asking to the first new frame's tick, in frame times: {} at the receiver ({} of {shows} \
             seen); {} by the answers; answered within {:.1} ms p50, {:.1} p99; {} seen later than the answer named",
            of.len(),
            spread(&after),
            seen.len(),
            spread(&told),
            percentile(&answers, 50.0).unwrap_or(f64::NAN),
            percentile(&answers, 99.0).unwrap_or(f64::NAN),
            seen.iter().filter(|seen| seen.later > 0).count(),
        );
    }
}

/// How a change was seen.
struct Seen {
    /// Frame times from asking to the tick of the first frame with it.
    frames: f64,
    /// Ticks by which that is later than the answer named.
    later: i64,
}

impl Change {
    /// The first picture with it, before the change that was asked for at `next`.
    fn seen(&self, pictures: &[(u32, &Picture)], taken: Taken, next: f64) -> Option<Seen> {
        let patch = self.patch?;
        let behind = pictures.iter().find(|(number, picture)| {
            let new = picture.mark.is_some_and(|mark| mark.abs_diff(patch) <= 7);
            // A late tick shows what was asked for after its time.
            new && taken.at(*number) > self.asked - taken.step && taken.at(*number) < next + taken.step
        });
        let number = behind?.0;
        Some(Seen {
            frames: (taken.at(number) - self.asked) / taken.step,
            // Counter n stands in the frame of tick n - 1.
            later: i64::from(number) - 1 - self.tick.map_or(0, |tick| tick as i64),
        })
    }

    /// Frame times from asking to the tick named by the answer.
    fn told(&self, taken: Taken) -> Option<f64> {
        let number = u32::try_from(self.tick? + 1).ok()?;
        Some((taken.at(number) - self.asked) / taken.step)
    }
}

fn spread(values: &[f64]) -> String {
    let at = |percent| percentile(values, percent).unwrap_or(f64::NAN);
    format!("{:.2} p50, {:.2} p99, {:.2} max", at(50.0), at(99.0), at(100.0))
}
