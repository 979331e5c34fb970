//! A show that is open: seen, heard, directed, and sent when that is asked.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::studio::{ClockStats, CounterMap, ShowReport, SourceStats};
use capture::clock::ShowClock;
use media::{ShowId, Timestamp, Utc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::air::{self, Air, Ground, Sent, utc_of};
use crate::clock::{Companion, UtcMap};
use crate::control::{Director, Door, Handle, Parts, Stage, door};
use crate::encoding::Outlet;
use crate::preview::{self, Preview, Tap};
use crate::show::{LoadError, Show};
use crate::sources::{self, Care, Opened};
use crate::{Error, assets, mix, platform, tick};

/// Readings of the companion's clock at the start, and at each later correction.
const READINGS: usize = 8;
/// Time between two corrections of the clock.
const CORRECTION: Duration = Duration::from_secs(10);

/// How a show is opened.
#[derive(Clone, Debug)]
pub struct Config {
    /// The show.
    pub show: Show,
    /// The file it is kept in as it changes; nowhere when absent.
    pub keep: Option<PathBuf>,
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
    let stop = CancellationToken::new();
    let running = Running::start(config, door).await?;
    let preview = running.preview.as_ref().map(|p| p.address().clone());
    let task = tokio::spawn(running.until(stop.clone()));
    Ok(Session {
        handle,
        preview,
        stop,
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
    pub async fn ended(&mut self) {
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
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
        let outputs = if live { show.outputs.clone() } else { Vec::new() };
        let ready = tokio::task::block_in_place(|| air::ready(&outputs))?;
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
        };
        let care = if config.strict {
            Care::Strict
        } else {
            Care::Lenient
        };
        let opened = tokio::task::block_in_place(|| sources::open(&show, &clock, care))?;
        let air = match live {
            true => Some(tokio::task::block_in_place(|| Air::start(ready, &ground))?),
            false => None,
        };
        let Opened {
            cast,
            facts,
            sounds,
            silent,
        } = opened;
        let names = cast.iter().map(|member| member.name.clone()).collect();
        let mut stage = Stage::new(show.scenes.clone(), names).map_err(Error::Scenes)?;
        if let Some(start) = &show.start {
            stage.start_with(start);
        }
        let tap = Arc::<Tap>::default();
        let (orders, ordered) = std::sync::mpsc::sync_channel(tick::WAITING);
        let (teller, news) = tick::Teller::new();
        let frames = Arc::<tick::FrameCounts>::default();
        let setup = tick::Setup {
            clock,
            size: show.canvas.size,
            rate: show.canvas.rate,
            counter: show.canvas.counter,
            scenes: stage.flats().to_vec(),
            cast,
            outlet: ground.outlet.clone(),
            cover: sources::cover(show.canvas.size)?,
            tap: Arc::clone(&tap),
            frames: Arc::clone(&frames),
            orders: ordered,
            teller,
        };
        let program = tokio::task::block_in_place(|| tick::start(setup))?;
        let mixing = mix::start(clock, sounds, ground.outlet.clone())?;
        let preview = match &config.preview {
            Some(origins) => Some(preview::start(
                clock,
                tap,
                Arc::clone(mixing.patch().desk()),
                origins,
            )?),
            None => None,
        };
        let director = Director::new(Parts {
            show: show.clone(),
            ground: ground.clone(),
            stage,
            door,
            orders,
            news,
            patch: mixing.patch().clone(),
            pictures: facts.into_iter().map(Some).collect(),
            silent,
            adapter: program.adapter().to_owned(),
            frames,
            air,
            keep: config.keep,
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
        let mut corrections = tokio::time::interval_at(tokio::time::Instant::now() + CORRECTION, CORRECTION);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = seconds.tick() => {
                    self.director.second();
                    if self.program.has_ended() { break }
                }
                _ = corrections.tick() => self.correct_clock().await,
                () = self.director.next() => {}
            }
        }
        self.finish().await
    }

    async fn correct_clock(&mut self) {
        let Some(companion) = &self.companion else { return };
        let readings = companion.readings(&self.ground.clock, READINGS).await;
        let mut utc = self.ground.utc.lock().unwrap_or_else(PoisonError::into_inner);
        utc.correct(&readings);
    }

    async fn finish(mut self) -> Result<ShowReport, Error> {
        // Pictures and sound end before the encoders do, so that the last of them are sent.
        let (outcome, sounds) = tokio::task::block_in_place(|| (self.program.stop(), self.mixing.stop()));
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

fn report(
    show: &Show,
    id: Option<ShowId>,
    outcome: &tick::Outcome,
    mut utc: UtcMap,
    offset: Option<i64>,
) -> ShowReport {
    let rate = show.canvas.rate;
    let counter = show.canvas.counter.then(|| CounterMap {
        // Counter n is burnt into the frame of tick n - 1.
        first_counter: outcome.first_tick + 1,
        rate_num: rate.num(),
        rate_den: rate.den(),
        utc_micros: utc.utc(Timestamp::ZERO).as_micros() - rate.frame_nanos() / 1_000,
    });
    ShowReport {
        show: show.name.clone(),
        show_id: id.map(|id| id.to_string()).unwrap_or_default(),
        seconds: rate.tick(outcome.stats.due).as_secs_f64(),
        adapter: outcome.adapter.clone(),
        program: outcome.stats.clone(),
        clock: ClockStats {
            synchronised: utc.is_synchronised(),
            error_ms: utc.error().map(|e| e.as_secs_f64() * 1e3),
            machine_offset_ms: offset.map(|micros| micros as f64 / 1e3),
        },
        counter,
        ..ShowReport::default()
    }
}

/// Sources of pictures, then those of sound alone; a source of both keeps its pictures' counters.
fn merge(pictures: Vec<SourceStats>, sounds: Vec<SourceStats>) -> Vec<SourceStats> {
    let mut all = pictures;
    for sound in sounds {
        if !all.iter().any(|s| s.name == sound.name) {
            all.push(sound);
        }
    }
    all
}
