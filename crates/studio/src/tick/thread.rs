//! The thread that keeps the tick.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use api::studio::{ProgramStats, SourceStats};
use bytes::Bytes;
use capture::clock::ShowClock;
use compositor::{Compositor, SourceFormat};
use media::{FrameRate, Size, SourceCounters, Timestamp, VideoFrame, VideoSource, counter};

use super::pace::{Arrival, Pace};
use crate::encoding::Encoding;
use crate::platform;
use crate::stats::Histogram;
use crate::{scene, show};

/// How long the first tick waits for sources that have not delivered yet.
const WARM_UP: Duration = Duration::from_secs(3);

/// What the tick works with.
pub(crate) struct Setup {
    pub(crate) clock: ShowClock,
    pub(crate) size: Size,
    pub(crate) rate: FrameRate,
    pub(crate) counter: bool,
    pub(crate) scene: show::Scene,
    /// Name and source, in the order of the frame set.
    pub(crate) sources: Vec<(String, Box<dyn VideoSource>)>,
    pub(crate) encodings: Vec<Arc<Encoding>>,
}

/// The running tick.
pub(crate) struct Program {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Outcome>,
}

/// What is known when the tick has ended.
pub(crate) struct Outcome {
    pub(crate) first_tick: u64,
    pub(crate) adapter: String,
    pub(crate) stats: ProgramStats,
    pub(crate) sources: Vec<SourceStats>,
    pub(crate) error: Option<compositor::Error>,
}

/// Starts the tick's thread and waits until its compositor stands.
///
/// # Errors
/// The compositor's, or [`compositor::Error::Adapter`] when the system has no thread left.
pub(crate) fn start(setup: Setup) -> Result<Program, compositor::Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let (ready, started) = std::sync::mpsc::sync_channel(1);
    let stopped = Arc::clone(&stop);
    let body = move || {
        platform::raise_priority();
        match Ticker::new(setup) {
            Ok(ticker) => {
                let _ = ready.send(None);
                ticker.run(&stopped)
            }
            Err(error) => {
                let _ = ready.send(Some(error.clone()));
                Outcome::failed(error)
            }
        }
    };
    let refused = |reason: String| compositor::Error::Adapter {
        name: "tick".into(),
        reason,
    };
    let thread = std::thread::Builder::new()
        .name("tick".into())
        .spawn(body)
        .map_err(|e| refused(e.to_string()))?;
    match started.recv() {
        Ok(None) => Ok(Program { stop, thread }),
        Ok(Some(error)) => Err(error),
        Err(_) => Err(refused("its thread ended at the start".into())),
    }
}

impl Program {
    /// Whether the tick has ended by itself: the compositor was lost.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends the tick and hands over what is known.
    pub(crate) fn stop(self) -> Outcome {
        self.stop.store(true, Ordering::Release);
        let lost = || Outcome::failed(compositor::Error::DeviceLost("the tick's thread panicked".into()));
        self.thread.join().unwrap_or_else(|_| lost())
    }
}

impl Outcome {
    fn failed(error: compositor::Error) -> Self {
        let stats = ProgramStats::default();
        Self {
            first_tick: 0,
            adapter: String::new(),
            stats,
            sources: Vec::new(),
            error: Some(error),
        }
    }
}

struct Ticker {
    setup: Setup,
    compositor: Compositor,
    formats: Vec<Option<SourceFormat>>,
    frames: Vec<Option<VideoFrame>>,
    last: Option<VideoFrame>,
    submitted: std::collections::VecDeque<(Timestamp, Instant)>,
    compose: Histogram,
    ready: Histogram,
    repeated: u64,
}

impl Ticker {
    fn new(setup: Setup) -> Result<Self, compositor::Error> {
        let compositor = Compositor::new(compositor::Options {
            size: setup.size,
            queue: 3,
        })?;
        let count = setup.sources.len();
        let mut ticker = Self {
            compositor,
            formats: vec![None; count],
            frames: vec![None; count],
            last: None,
            submitted: std::collections::VecDeque::with_capacity(8),
            compose: Histogram::new(),
            ready: Histogram::new(),
            repeated: 0,
            setup,
        };
        ticker.warm_up()?;
        Ok(ticker)
    }

    /// Lets every source deliver its first frame, so that the first program frame is whole and its kernels are
    /// compiled before the first tick.
    fn warm_up(&mut self) -> Result<(), compositor::Error> {
        let began = Instant::now();
        loop {
            self.collect(self.setup.clock.now());
            let all = self.frames.iter().all(Option::is_some);
            if all || began.elapsed() > WARM_UP {
                return self.follow_formats();
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    fn run(mut self, stop: &AtomicBool) -> Outcome {
        let rate = self.setup.rate;
        let first = rate.tick_at(self.setup.clock.now()) + 1;
        let mut pace = Pace::new(rate, first);
        let mut error = None;
        while !stop.load(Ordering::Acquire) && error.is_none() {
            self.wait(&mut pace);
            error = self.tick(&mut pace).err();
        }
        match &error {
            Some(error) => tracing::error!(%error, code = error.code(), "the program has ended"),
            None => self.drain(&mut pace),
        }
        self.outcome(first, &pace, error)
    }

    /// The end of the show: every tick that has begun still ends.
    fn drain(&mut self, pace: &mut Pace) {
        while let Some(deadline) = pace.deadline() {
            let now = self.setup.clock.now();
            match self.compositor.finished(deadline.saturating_since(now)) {
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
            let now = self.setup.clock.now();
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
            match self.submitted.is_empty() {
                true => std::thread::sleep(rest),
                false => {
                    if let Some(frame) = self.compositor.finished(rest) {
                        self.arrived(frame, pace);
                    }
                }
            }
        }
    }

    fn tick(&mut self, pace: &mut Pace) -> Result<(), compositor::Error> {
        let at = pace.begin();
        self.collect(at);
        self.follow_formats()?;
        match self.compositor.render(at, &self.frames) {
            Ok(()) => self.submitted.push_back((at, Instant::now())),
            // Its tick is given up when its time has passed.
            Err(compositor::Error::Busy) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn collect(&mut self, at: Timestamp) {
        for (frame, (_, source)) in self.frames.iter_mut().zip(&mut self.setup.sources) {
            *frame = source.frame_at(at);
        }
    }

    /// Compiles the scene anew when a source's frames have changed their layout or size.
    fn follow_formats(&mut self) -> Result<(), compositor::Error> {
        let mut changed = false;
        for (known, frame) in self.formats.iter_mut().zip(&self.frames) {
            let Some(frame) = frame else { continue };
            let format = SourceFormat {
                format: frame.format,
                size: frame.size,
            };
            changed |= known.replace(format) != Some(format);
        }
        if changed || self.submitted.is_empty() && self.last.is_none() {
            let names = &self.setup.sources;
            let index = |name: &str| names.iter().position(|(n, _)| n == name);
            let scene = scene::compile(&self.setup.scene, self.setup.size, &self.formats, index);
            self.compositor.set_scene(&scene)?;
        }
        Ok(())
    }

    fn arrived(&mut self, frame: VideoFrame, pace: &mut Pace) {
        while let Some((pts, began)) = self.submitted.pop_front() {
            if pts == frame.pts {
                self.compose.add(began.elapsed());
                break;
            }
        }
        if let Arrival::Send { given_up } = pace.arrived(frame.pts) {
            given_up.into_iter().for_each(|tick| self.repeat(tick));
            self.ready.add(self.setup.clock.now().saturating_since(frame.pts));
            let frame = if self.setup.counter {
                self.counted(frame)
            } else {
                frame
            };
            self.send(&frame);
            self.last = Some(frame);
        }
    }

    fn repeat(&mut self, tick: Timestamp) {
        if let Some(frame) = &self.last {
            self.repeated += 1;
            self.send(&VideoFrame {
                pts: tick,
                ..frame.clone()
            });
        }
    }

    fn send(&self, frame: &VideoFrame) {
        self.setup
            .encodings
            .iter()
            .for_each(|encoding| encoding.picture(frame));
    }

    /// The frame with the number of its tick, plus one, burnt in: a black picture reads as 0.
    fn counted(&self, frame: VideoFrame) -> VideoFrame {
        let mut data = frame.data.to_vec();
        let number = self.setup.rate.tick_at(frame.pts) + 1;
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

    fn outcome(self, first_tick: u64, pace: &Pace, error: Option<compositor::Error>) -> Outcome {
        let stats = ProgramStats {
            due: pace.due,
            composed: pace.composed,
            late: pace.late,
            repeated: self.repeated,
            compose_ms: self.compose.spread(),
            ready_ms: self.ready.spread(),
        };
        let sources = self
            .setup
            .sources
            .iter()
            .map(|(name, s)| source_stats(name, s.counters()))
            .collect();
        Outcome {
            first_tick,
            adapter: adapter_line(self.compositor.adapter()),
            stats,
            sources,
            error,
        }
    }
}

/// A source's counters, in the words of the report.
pub(crate) fn source_stats(name: &str, counters: SourceCounters) -> SourceStats {
    SourceStats {
        name: name.to_owned(),
        received: counters.received,
        skipped: counters.skipped,
        repeated: counters.repeated,
        missing: counters.missing,
        delay_ms: counters.delay_nanos as f64 / 1e6,
        error: None,
    }
}

/// The adapter, for people: `llvmpipe (Vulkan, software)`.
fn adapter_line(adapter: &compositor::Adapter) -> String {
    let software = if adapter.software { ", software" } else { "" };
    format!("{} ({}{software})", adapter.name, adapter.backend)
}
