//! A show that is open: seen, heard, directed, and sent when that is asked.

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::studio::{ShowReport, SourceStats};
use capture::clock::ShowClock;
use media::Utc;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, block_in_place};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::air::{self, Air, Ground, Sent, utc_of};
use crate::clock::{Companion, UtcMap};
use crate::control::{Director, Door, Handle, Parts, Stage, door};
use crate::encoding::Outlet;
use crate::preview::{self, Preview, Tap};
use crate::report::{merge, report};
use crate::show::{LoadError, Show};
use crate::sources::{self, Care, Opened};
use crate::tick::{Member, News, Order};
use crate::{Error, assets, mix, platform, tick};

/// Readings of the companion's clock at the start, and at each later correction.
const READINGS: usize = 8;
/// Time between two corrections of the clock.
const CORRECTION: Duration = Duration::from_secs(10);
/// How often the health of its places is looked at.
const BEAT: Duration = Duration::from_millis(50);

/// How a show is opened.
#[derive(Clone, Debug)]
pub struct Config {
    /// The show.
    pub show: Show,
    /// The file it is kept in as it changes; nowhere when absent.
    pub keep: Option<PathBuf>,
    /// The folder that a history of each show that is sent is written to; none is when absent.
    pub past: Option<PathBuf>,
    /// Whether it is sent from the beginning.
    pub live: bool,
    /// Whether a camera or microphone that can't be had is an error; else the show begins without it.
    pub strict: bool,
    /// Origins of pages that may look at it, besides the window's own; there is no preview when absent.
    pub preview: Option<Vec<String>>,
}

/// A show that is open. It goes on when this is dropped: end it with [`Session::finish`].
pub struct Session {
    handle: Handle,
    preview: Option<preview::Address>,
    stop: CancellationToken,
    over: CancellationToken,
    task: JoinHandle<Result<ShowReport, Error>>,
}

/// Opens a show, on a runtime of several threads.
///
/// # Errors
/// [`Error`] when it can't begin. What goes wrong later is in its state and its report: a show doesn't end
/// because a destination or a device is lost.
pub async fn open(config: Config) -> Result<Session, Error> {
    let (handle, door) = door();
    open_behind(config, handle, door).await
}

/// As [`open`], behind a door that may be asked, and listened to, before the show is open.
///
/// # Errors
/// As [`open`].
pub async fn open_behind(config: Config, handle: Handle, door: Door) -> Result<Session, Error> {
    let (stop, over) = (CancellationToken::new(), CancellationToken::new());
    let running = Running::start(config, door).await?;
    let preview = running.preview.as_ref().map(|p| p.address().clone());
    let (stopped, ended) = (stop.clone(), over.clone().drop_guard());
    let task = tokio::spawn(async move {
        let report = running.until(stopped).await;
        drop(ended);
        report
    });
    Ok(Session {
        handle,
        preview,
        stop,
        over,
        task,
    })
}

/// A show made from the cameras and the microphone attached to this machine; the bundled one where there is no
/// camera. Takes some tenths of a second, and blocks.
///
/// # Errors
/// There is no camera, and the bundled show is not there or damaged.
pub fn first_show() -> Result<Show, LoadError> {
    sources::devices::first_show().map_or_else(assets::demo, Ok)
}

impl Session {
    /// Asks it, and listens to it.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Where it can be looked at.
    pub fn preview(&self) -> Option<&preview::Address> {
        self.preview.as_ref()
    }

    /// Waits until it has ended by itself, as after a panic of its tick; [`Session::finish`] says the rest.
    pub async fn ended(&self) {
        self.over.cancelled().await;
    }

    /// Ends it, and says what became of it.
    ///
    /// # Errors
    /// [`Error::System`] when its task has panicked.
    pub async fn finish(self) -> Result<ShowReport, Error> {
        self.stop.cancel();
        self.task.await.map_err(std::io::Error::other)?
    }
}

/// Everything an open show owns.
struct Running {
    show: Show,
    ground: Ground,
    machine_offset: Option<i64>,
    companion: Option<Companion>,
    program: tick::Program,
    mixing: mix::Mixing,
    director: Director,
    preview: Option<Preview>,
}

impl Running {
    async fn start(config: Config, door: Door) -> Result<Self, Error> {
        let Config { show, live, .. } = config;
        let outputs = if live { &show.outputs[..] } else { &[] };
        let ready = block_in_place(|| air::ready(outputs, show.companion.as_ref()))?;
        pipeline::init()?;
        let clock = ShowClock::start();
        let companion = show.companion.as_ref().map(|c| Companion::new(&c.url));
        let companion = companion.transpose()?;
        let (utc, machine_offset) = first_utc(&clock, companion.as_ref()).await;
        let ground = Ground {
            clock,
            canvas: show.canvas.clone(),
            utc: Arc::new(Mutex::new(utc)),
            outlet: Outlet::default(),
            line_mode: show.line_mode,
        };
        let care = match config.strict {
            true => Care::Strict,
            false => Care::Lenient,
        };
        let opened = block_in_place(|| sources::open(&show, &clock, care))?;
        let air = live.then(|| block_in_place(|| Air::start(ready, &ground)));
        let air = air.transpose()?;
        tracing::debug!(ms = clock.now().as_millis(), "sources are open");
        let stage = stage(&show, &opened)?;
        let tap = Arc::<Tap>::default();
        let (setup, line) = setup(&show, &ground, &stage, opened.cast, &tap)?;
        let frames = Arc::clone(&setup.frames);
        let program = block_in_place(|| tick::start(setup))?;
        let mixing = mix::start(clock, opened.sounds, ground.outlet.clone())?;
        tracing::debug!(ms = clock.now().as_millis(), "the show is seen and heard");
        let desk = Arc::clone(mixing.patch().desk());
        let preview = config.preview.as_deref();
        let preview = preview.map(|origins| preview::start(clock, tap, desk, origins));
        let preview = preview.transpose()?;
        let rein = preview.as_ref().map(Preview::rein).unwrap_or_default();
        let director = Director::new(Parts {
            show: show.clone(),
            ground: ground.clone(),
            stage,
            door,
            orders: line.0,
            news: line.1,
            patch: mixing.patch().clone(),
            pictures: opened.facts.into_iter().map(Some).collect(),
            silent: opened.silent,
            adapter: program.adapter().to_owned(),
            frames,
            air,
            keep: config.keep,
            past: config.past,
            rein,
        });
        Ok(Self {
            show,
            ground,
            machine_offset,
            companion,
            program,
            mixing,
            director,
            preview,
        })
    }

    /// The show goes on until it is stopped.
    async fn until(mut self, stop: CancellationToken) -> Result<ShowReport, Error> {
        tracing::info!(
            show = self.show.name,
            graphics = self.program.adapter(),
            "the show is open"
        );
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        let mut beats = tokio::time::interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut corrections = tokio::time::interval_at(tokio::time::Instant::now() + CORRECTION, CORRECTION);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = seconds.tick() => {
                    self.director.second();
                    if self.program.has_ended() { break }
                }
                _ = beats.tick() => self.director.beat(),
                _ = corrections.tick() => self.correct_clock(),
                () = self.director.next() => {}
            }
        }
        self.finish().await
    }

    /// On its own: a companion on a bad line takes its time to answer. Each is over before the next.
    fn correct_clock(&self) {
        let Some(companion) = self.companion.clone() else {
            return;
        };
        let (clock, utc) = (self.ground.clock, Arc::clone(&self.ground.utc));
        tokio::spawn(async move {
            let readings = tokio::time::timeout(CORRECTION, companion.readings(&clock, READINGS)).await;
            let mut utc = utc.lock().unwrap_or_else(PoisonError::into_inner);
            utc.correct(&readings.unwrap_or_default());
        });
    }

    async fn finish(mut self) -> Result<ShowReport, Error> {
        // Pictures and sound end before the encoders do, so that the last of them are sent.
        let (outcome, sounds) = block_in_place(|| (self.program.stop(), self.mixing.stop()));
        let Sent {
            id,
            encodings,
            outputs,
        } = self.director.close().await;
        if let Some(preview) = self.preview.take() {
            preview.stop();
        }
        let utc = utc_of(&self.ground.utc);
        let report = report(&self.show, id, &outcome, utc, self.machine_offset);
        let usage = platform::usage();
        Ok(ShowReport {
            sources: merge(outcome.sources, sounds)
                .into_iter()
                .map(|source| SourceStats {
                    camera: self.director.camera_stats(&source.name),
                    ..source
                })
                .collect(),
            encodings,
            outputs,
            cpu_seconds: usage.cpu_seconds,
            peak_memory_bytes: usage.peak_memory,
            ..report
        })
    }
}

/// The scenes of `show` over the sources that were opened, the one it starts with on air.
fn stage(show: &Show, opened: &Opened) -> Result<Stage, Error> {
    let names = opened.cast.iter().map(|member| member.name.clone()).collect();
    let mut stage = Stage::new(show.scenes.clone(), names).map_err(Error::Scenes)?;
    if let Some(start) = &show.start {
        stage.start_with(start);
    }
    Ok(stage)
}

/// The director's end of the tick: orders to it, news from it.
type Line = (SyncSender<Order>, mpsc::Receiver<News>);

/// What the tick works with, and the line to it.
fn setup(
    show: &Show,
    ground: &Ground,
    stage: &Stage,
    cast: Vec<Member>,
    tap: &Arc<Tap>,
) -> Result<(tick::Setup, Line), Error> {
    let (orders, ordered) = std::sync::mpsc::sync_channel(tick::WAITING);
    let (teller, news) = tick::Teller::new();
    let setup = tick::Setup {
        clock: ground.clock,
        size: show.canvas.size,
        rate: show.canvas.rate,
        counter: show.canvas.counter,
        scenes: stage.flats().to_vec(),
        cast,
        outlet: ground.outlet.clone(),
        cover: sources::cover(show.canvas.size)?,
        tap: Arc::clone(tap),
        frames: Arc::default(),
        orders: ordered,
        teller,
    };
    Ok((setup, (orders, news)))
}

/// The first map to UTC, and how far the machine's own clock is from it in microseconds.
async fn first_utc(clock: &ShowClock, companion: Option<&Companion>) -> (UtcMap, Option<i64>) {
    let readings = match companion {
        Some(companion) => companion.readings(clock, READINGS).await,
        None => Vec::new(),
    };
    let now = clock.now();
    let machine = machine_utc();
    match UtcMap::synchronised(&readings) {
        Some(mut map) => {
            let offset = machine.as_micros() - map.utc(now).as_micros();
            (map, Some(offset))
        }
        None => {
            if companion.is_some() {
                tracing::warn!(
                    code = "companion.silent",
                    "your server does not answer; its clock is asked again"
                );
            }
            (UtcMap::machine(now, machine), None)
        }
    }
}

/// The machine's own word on the time of day. Asked once: laptops' clocks are wrong by seconds, and are set.
fn machine_utc() -> Utc {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Utc(since.as_micros() as i64)
}
