//! What happens at each tick, from the sources' pictures to the encoders.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use api::studio::ProgramStats;
use bytes::Bytes;
use capture::clock::ShowClock;
use media::{FrameRate, Size, Timestamp, VideoFrame, counter};

use super::cast::{Cast, Member};
use super::counts::FrameCounts;
use super::cover::Cover;
use super::graphics::Graphics;
use super::order::{Answer, News, Order, Teller};
use super::pace::{Arrival, Pace};
use super::thread::Outcome;
use crate::encoding::Outlet;
use crate::preview::{Shot, Tap};
use crate::scene::{Flat, Switch};
use crate::stats::Histogram;

/// How long the first tick waits for sources that have not delivered yet.
const WARM_UP: Duration = Duration::from_secs(3);
/// How long it waits for the kernels of the first scene; then it is drawn layer by layer.
const KERNELS: Duration = Duration::from_secs(3);
/// Ticks that a scene waits for the first pictures of sources that were not seen before.
const AWAKENING: u32 = 2;

/// What the tick works with.
pub(crate) struct Setup {
    pub(crate) clock: ShowClock,
    pub(crate) size: Size,
    pub(crate) rate: FrameRate,
    /// Whether a frame counter is burnt into the pictures.
    pub(crate) counter: bool,
    /// All scenes, the first to be on air first.
    pub(crate) scenes: Vec<Arc<Flat>>,
    /// The sources of pictures, in the order of the frame set.
    pub(crate) cast: Vec<Member>,
    /// Who takes the program.
    pub(crate) outlet: Outlet,
    /// The picture that covers the program: NV12, of the canvas's size.
    pub(crate) cover: VideoFrame,
    /// Who looks on.
    pub(crate) tap: Arc<Tap>,
    pub(crate) frames: Arc<FrameCounts>,
    pub(crate) orders: Receiver<Order>,
    pub(crate) teller: Teller,
}

/// A frame that is being composed.
struct Submitted {
    pts: Timestamp,
    began: Instant,
    on_air: Arc<Flat>,
}

/// A scene that waits for its sources.
struct Coming {
    scene: Arc<Flat>,
    fade: Duration,
    answer: Option<Answer>,
    waited: u32,
}

pub(super) struct Ticker {
    clock: ShowClock,
    rate: FrameRate,
    counter: bool,
    outlet: Outlet,
    cover: Cover,
    tap: Arc<Tap>,
    frames: Arc<FrameCounts>,
    orders: Receiver<Order>,
    teller: Teller,
    pub(super) cast: Cast,
    pub(super) graphics: Graphics,
    scenes: Arc<[Arc<Flat>]>,
    names: Arc<[String]>,
    /// Scenes whose kernels are still to be asked for: one a tick, however many there are.
    unprepared: VecDeque<Arc<Flat>>,
    switch: Switch,
    coming: Option<Coming>,
    last: Option<VideoFrame>,
    /// The scene of the last frame.
    shown: Arc<Flat>,
    submitted: VecDeque<Submitted>,
    compose: Histogram,
    ready: Histogram,
    repeated: u64,
    /// What is on air must be set anew.
    changed: bool,
}

impl Ticker {
    pub(super) fn new(setup: Setup) -> Result<Self, compositor::Error> {
        let options = compositor::Options {
            size: setup.size,
            queue: 3,
        };
        let graphics = Graphics::new(options, setup.teller.clone())?;
        tracing::debug!(ms = setup.clock.now().as_millis(), "graphics are open");
        let first = setup.scenes.first().cloned().ok_or(compositor::Error::NoScene)?;
        let cast = Cast::new(setup.cast, setup.teller.clone());
        let mut ticker = Self {
            graphics,
            names: cast.names(),
            cast,
            switch: Switch::new(Arc::clone(&first)),
            scenes: setup.scenes.into(),
            unprepared: VecDeque::new(),
            coming: None,
            last: None,
            shown: first,
            submitted: VecDeque::with_capacity(8),
            compose: Histogram::new(),
            ready: Histogram::new(),
            repeated: 0,
            changed: false,
            clock: setup.clock,
            rate: setup.rate,
            counter: setup.counter,
            outlet: setup.outlet,
            cover: Cover::new(setup.cover),
            tap: setup.tap,
            frames: setup.frames,
            orders: setup.orders,
            teller: setup.teller,
        };
        ticker.warm_up()?;
        Ok(ticker)
    }

    /// Lets every source of the first scene deliver, and has its kernels compiled, so that the first program
    /// frame is whole; then those of all other scenes, beside the running show.
    fn warm_up(&mut self) -> Result<(), compositor::Error> {
        let began = Instant::now();
        let every = |_| true;
        loop {
            let now = self.clock.now();
            // All are awake once, so that their formats are known.
            self.cast.look(now, every);
            self.cast.collect(now, 0);
            if self.cast.ready(every) || began.elapsed() > WARM_UP {
                break;
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
        tracing::debug!(ms = self.clock.now().as_millis(), "sources are awake");
        let formats = self.cast.formats();
        self.graphics.prepare(self.switch.on_air(), formats);
        self.graphics.wait_prepared(KERNELS);
        tracing::debug!(ms = self.clock.now().as_millis(), "kernels are ready");
        self.graphics.set(&self.switch, formats)?;
        for scene in self.scenes.iter() {
            self.graphics.prepare(scene, self.cast.formats());
        }
        Ok(())
    }

    pub(super) fn run(mut self, stop: &AtomicBool) -> Outcome {
        let first = self.rate.tick_at(self.clock.now()) + 1;
        let mut pace = Pace::new(self.rate, first);
        let scene = self.switch.on_air().name.clone();
        self.teller.tell(News::OnAir { scene, tick: first });
        while !stop.load(Ordering::Acquire) {
            self.wait(&mut pace);
            self.tick(&mut pace);
        }
        self.drain(&mut pace);
        self.outcome(first, &pace)
    }

    /// The end of the show: every tick that has begun still ends.
    fn drain(&mut self, pace: &mut Pace) {
        while let Some(deadline) = pace.deadline() {
            let now = self.clock.now();
            match self.graphics.finished(deadline.saturating_since(now)) {
                Some(frame) => self.arrived(frame, pace),
                None => {
                    while let Some(tick) = pace.give_up(deadline) {
                        self.repeat(tick);
                    }
                }
            }
        }
    }

    /// Until the next tick: takes finished frames, gives up those that are late.
    fn wait(&mut self, pace: &mut Pace) {
        loop {
            let now = self.clock.now();
            while let Some(tick) = pace.give_up(now) {
                self.repeat(tick);
            }
            let until = pace
                .deadline()
                .map_or(pace.next_tick(), |d| d.min(pace.next_tick()));
            let rest = until.saturating_since(now);
            if rest.is_zero() && now >= pace.next_tick() {
                return;
            }
            if self.submitted.is_empty() || !self.graphics.stands() {
                std::thread::sleep(rest);
                continue;
            }
            match self.graphics.finished(rest) {
                Some(frame) => self.arrived(frame, pace),
                // A device that was just lost answers at once; the next tick finds out.
                None if self.clock.now() < until => std::thread::park_timeout(Duration::from_millis(1)),
                None => {}
            }
        }
    }

    fn tick(&mut self, pace: &mut Pace) {
        let at = pace.begin();
        let tick = self.rate.tick_at(at);
        let mut changed = self.graphics.is_back(tick);
        if changed {
            self.submitted.clear();
            self.unprepared = self.scenes.iter().cloned().collect();
        }
        let edits = self.take_orders(tick);
        changed |= std::mem::take(&mut self.changed);
        let (on_air, leaving) = (Arc::clone(self.switch.on_air()), self.switch.leaving().cloned());
        let coming = self.coming.as_ref().map(|c| Arc::clone(&c.scene));
        let shown = [Some(on_air), leaving, coming];
        let looked_at = self.tap.looked_at();
        self.cast.look(at, |source| {
            looked_at.contains(&source) || shown.iter().flatten().any(|scene| scene.shows(source))
        });
        if self.cast.collect(at, tick) {
            changed = true;
            self.unprepared = self.scenes.iter().cloned().collect();
        }
        let arrived = self.bring_on(at, tick);
        changed |= arrived.is_some() | !edits.is_empty() | self.switch.arrives(at);
        if changed {
            let set = self.graphics.set(&self.switch, self.cast.formats());
            if let Err(error) = &set {
                tracing::warn!(%error, code = error.code(), "the scene can't be drawn; the one before stays");
            }
            let answers = edits.into_iter().chain(arrived.flatten());
            answers.for_each(|answer| drop(answer.send(set.clone().map(|()| tick))));
        }
        let mix = self.switch.mix(at);
        if self.graphics.render(at, self.cast.frames(), mix) {
            self.submitted.push_back(Submitted {
                pts: at,
                began: Instant::now(),
                on_air: Arc::clone(self.switch.on_air()),
            });
        }
        if let Some(scene) = self.unprepared.pop_front() {
            self.graphics.prepare(&scene, self.cast.formats());
        }
    }

    /// Takes what has been ordered; the answers that wait for edited scenes to be drawn.
    fn take_orders(&mut self, tick: u64) -> Vec<Answer> {
        let mut edits = Vec::new();
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Show { scene, fade, answer } => {
                    let coming = Coming {
                        scene,
                        fade,
                        answer,
                        waited: 0,
                    };
                    self.await_scene(coming, tick);
                }
                Order::Scenes { scenes, answer } => {
                    self.edit(scenes);
                    edits.push(answer);
                }
                Order::AddSource {
                    index,
                    member,
                    answer,
                } => {
                    self.cast.put(index, *member);
                    self.names = self.cast.names();
                    let _ = answer.send(Ok(tick));
                }
                Order::RemoveSource {
                    index,
                    scenes,
                    answer,
                } => {
                    self.cast.remove(index);
                    self.names = self.cast.names();
                    self.edit(scenes);
                    edits.push(answer);
                }
                Order::Cover { on, answer } => {
                    self.cover.set(on, self.rate.tick(tick));
                    let _ = answer.send(Ok(tick));
                }
                Order::Filters { on } => {
                    self.changed |= self.graphics.use_filters(on);
                }
                Order::Restart { answer } => {
                    self.graphics.restart();
                    let _ = answer.send(Ok(tick));
                }
            }
        }
        edits
    }

    fn await_scene(&mut self, coming: Coming, tick: u64) {
        // What had not come on air yet never will.
        let overtaken = self.coming.replace(coming);
        if let Some(answer) = overtaken.and_then(|c| c.answer) {
            let _ = answer.send(Ok(tick));
        }
    }

    fn edit(&mut self, scenes: Vec<Arc<Flat>>) {
        // What stays as it was is the same object.
        let among = |scene: &Arc<Flat>, all: &[Arc<Flat>]| all.iter().any(|s| Arc::ptr_eq(s, scene));
        let edited = scenes.iter().filter(|scene| !among(scene, &self.scenes));
        self.unprepared.retain(|scene| among(scene, &scenes));
        self.unprepared.extend(edited.cloned());
        self.switch.edit(&scenes);
        if let Some(coming) = &mut self.coming
            && let Some(new) = scenes.iter().find(|s| s.name == coming.scene.name)
        {
            coming.scene = Arc::clone(new);
        }
        self.scenes = scenes.into();
    }

    /// Brings the scene that waits on air, once its sources have woken up; its answer, if that was so.
    fn bring_on(&mut self, at: Timestamp, tick: u64) -> Option<Option<Answer>> {
        let coming = self.coming.as_mut()?;
        let ready = self.cast.ready(|source| coming.scene.shows(source));
        if !ready && coming.waited < AWAKENING {
            coming.waited += 1;
            return None;
        }
        let coming = self.coming.take()?;
        let scene = coming.scene.name.clone();
        self.switch.show(coming.scene, coming.fade, at);
        self.teller.tell(News::OnAir { scene, tick });
        Some(coming.answer)
    }

    fn arrived(&mut self, frame: VideoFrame, pace: &mut Pace) {
        while let Some(submitted) = self.submitted.pop_front() {
            if submitted.pts == frame.pts {
                self.compose.add(submitted.began.elapsed());
                self.shown = submitted.on_air;
                break;
            }
        }
        if let Arrival::Send { given_up } = pace.arrived(frame.pts) {
            given_up.into_iter().for_each(|tick| self.repeat(tick));
            let took = self.clock.now().saturating_since(frame.pts);
            self.ready.add(took);
            self.frames.drawn(took, pace.patience());
            self.send(frame.clone());
            self.last = Some(frame);
        }
        self.count(pace);
    }

    fn repeat(&mut self, tick: Timestamp) {
        if let Some(frame) = &self.last {
            self.repeated += 1;
            let pts = tick;
            self.send(VideoFrame { pts, ..frame.clone() });
        }
    }

    fn send(&self, frame: VideoFrame) {
        let covered = self.cover.hides(frame.pts);
        let frame = if covered {
            self.cover.frame(frame.pts)
        } else {
            frame
        };
        let frame = if self.counter { self.counted(frame) } else { frame };
        self.outlet.each(|encoding| encoding.picture(&frame));
        self.tap.offer(|mut sources| {
            sources.extend_from_slice(self.cast.frames());
            Shot {
                tick: self.rate.tick_at(frame.pts),
                program: frame,
                on_air: Arc::clone(&self.shown),
                covered,
                scenes: Arc::clone(&self.scenes),
                names: Arc::clone(&self.names),
                sources,
            }
        });
    }

    fn count(&self, pace: &Pace) {
        self.frames.set(pace.due, pace.late, self.repeated);
    }

    /// The frame with the number of its tick, plus one, burnt in: a black picture reads as 0.
    fn counted(&self, frame: VideoFrame) -> VideoFrame {
        let mut data = frame.data.to_vec();
        let number = self.rate.tick_at(frame.pts) + 1;
        counter::write(
            &mut data[frame.planes[0].offset..],
            frame.planes[0].stride,
            number as u32,
        );
        VideoFrame {
            data: Bytes::from(data),
            ..frame
        }
    }

    fn outcome(self, first_tick: u64, pace: &Pace) -> Outcome {
        let stats = ProgramStats {
            due: pace.due,
            composed: pace.composed,
            late: pace.late,
            repeated: self.repeated,
            layered: self.graphics.layered(),
            graphics_lost: self.graphics.lost(),
            compose_ms: self.compose.spread(),
            ready_ms: self.ready.spread(),
        };
        Outcome {
            first_tick,
            adapter: self.graphics.adapter().to_owned(),
            stats,
            sources: self.cast.stats(),
        }
    }
}
