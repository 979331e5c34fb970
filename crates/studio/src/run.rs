//! A show from its first tick to its report.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::studio::{ClockStats, CounterMap, ShowReport, SourceStats};
use capture::clock::ShowClock;
use media::{ShowId, Timestamp, Utc};
use pipeline::encode::{AudioConfig, AudioEncoder, Preset, VideoConfig, VideoEncoder};
use rtmp::Target;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::{Companion, UtcMap};
use crate::control::{Director, Door, Parts, Stage};
use crate::encoding::Encoding;
use crate::output::{Destination, Queue, drive};
use crate::show::{AudioSettings, Output, Show, VideoSettings};
use crate::sources::{self, Opened};
use crate::{Error, key, mix, platform, tick};

/// Readings of the companion's clock at the start, and at each later correction.
const READINGS: usize = 8;
/// Time between two corrections of the clock.
const CORRECTION: Duration = Duration::from_secs(10);

/// Runs `show` until `stop` is cancelled, and says what became of it. Commands come through `door`
/// ([`crate::control::door`]).
///
/// # Errors
/// [`Error`] when it can't begin. What goes wrong later is in the report: a show doesn't end because a
/// destination or a device is lost.
pub async fn run(show: Show, door: Door, stop: CancellationToken) -> Result<ShowReport, Error> {
    let running = Running::start(show, door).await?;
    running.until(stop).await
}

/// Everything a running show owns.
struct Running {
    show: Show,
    show_id: ShowId,
    clock: ShowClock,
    utc: Arc<Mutex<UtcMap>>,
    machine_offset: Option<i64>,
    companion: Option<Companion>,
    encodings: Vec<Arc<Encoding>>,
    packet_threads: Vec<std::thread::JoinHandle<()>>,
    destinations: Vec<Arc<Destination>>,
    driving: JoinSet<()>,
    end: CancellationToken,
    program: tick::Program,
    mixing: mix::Mixing,
    director: Director,
}

impl Running {
    async fn start(show: Show, door: Door) -> Result<Self, Error> {
        let targets = targets(&show)?;
        pipeline::init()?;
        let clock = ShowClock::start();
        let companion = show
            .companion
            .as_ref()
            .map(|c| Companion::new(&c.url))
            .transpose()?;
        let (utc, machine_offset) = first_utc(&clock, companion.as_ref()).await;
        let utc = Arc::new(Mutex::new(utc));
        let show_id = ShowId(random());
        let opened = sources::open(&show, &clock)?;
        let (encodings, destinations) = outputs(&show, targets, &utc, show_id)?;
        let packet_threads = start_threads(&encodings)?;
        let end = CancellationToken::new();
        let mut driving = JoinSet::new();
        for destination in &destinations {
            driving.spawn(drive(Arc::clone(destination), end.clone()));
        }
        let Opened { cast, facts, sounds } = opened;
        let names = cast.iter().map(|member| member.name.clone()).collect();
        let stage = Stage::new(show.scenes.clone(), names).map_err(Error::Scenes)?;
        let (orders, ordered) = std::sync::mpsc::sync_channel(tick::WAITING);
        let (teller, news) = tick::Teller::new();
        let setup = tick::Setup {
            clock,
            size: show.canvas.size,
            rate: show.canvas.rate,
            counter: show.canvas.counter,
            scenes: stage.flats().to_vec(),
            cast,
            encodings: encodings.clone(),
            orders: ordered,
            teller,
        };
        let program = tokio::task::block_in_place(|| tick::start(setup))?;
        let mixing = mix::start(clock, sounds, encodings.clone())?;
        let director = Director::new(Parts {
            clock,
            stage,
            plan: show.plan.clone(),
            door,
            orders,
            news,
            board: program.board(),
            desk: Arc::clone(mixing.desk()),
            pictures: facts,
            adapter: program.adapter().to_owned(),
        });
        Ok(Self {
            show,
            show_id,
            clock,
            utc,
            machine_offset,
            companion,
            encodings,
            packet_threads,
            destinations,
            driving,
            end,
            program,
            mixing,
            director,
        })
    }

    /// The show goes on until it is stopped.
    async fn until(mut self, stop: CancellationToken) -> Result<ShowReport, Error> {
        tracing::info!(show = self.show.name, id = %self.show_id, graphics = self.program.adapter(), "on air");
        let mut looks = tokio::time::interval(Duration::from_secs(1));
        let mut corrections = tokio::time::interval_at(tokio::time::Instant::now() + CORRECTION, CORRECTION);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = looks.tick() => if self.program.has_ended() { break },
                _ = corrections.tick() => self.correct_clock().await,
                () = self.director.next() => {}
            }
        }
        self.finish().await
    }

    async fn correct_clock(&mut self) {
        let Some(companion) = &self.companion else { return };
        let readings = companion.readings(&self.clock, READINGS).await;
        self.utc
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .correct(&readings);
    }

    async fn finish(mut self) -> Result<ShowReport, Error> {
        let ended = tokio::task::block_in_place(|| {
            let outcome = self.program.stop();
            let sounds = self.mixing.stop();
            self.encodings.iter().for_each(|e| e.finish());
            self.packet_threads.drain(..).for_each(|t| _ = t.join());
            (outcome, sounds)
        });
        self.end.cancel();
        while self.driving.join_next().await.is_some() {}
        let (outcome, sounds) = ended;
        let utc = self.utc.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let report = report(&self.show, self.show_id, &outcome, utc, self.machine_offset);
        let usage = platform::usage();
        Ok(ShowReport {
            sources: merge(outcome.sources, sounds)
                .into_iter()
                .map(|source| SourceStats {
                    camera: self.director.camera_stats(&source.name),
                    ..source
                })
                .collect(),
            encodings: self.encodings.iter().map(|e| e.stats()).collect(),
            outputs: self.destinations.iter().map(|d| d.stats()).collect(),
            cpu_seconds: usage.cpu_seconds,
            peak_memory_bytes: usage.peak_memory,
            ..report
        })
    }
}

/// Every output's server and key, before anything is opened.
fn targets(show: &Show) -> Result<Vec<Target>, Error> {
    let target = |output: &Output| {
        let name = || output.name.clone();
        let key = key::fetch(&output.key).map_err(|source| Error::Key {
            output: name(),
            source,
        })?;
        Target::new(&output.url, key).map_err(|source| Error::Output {
            output: name(),
            source,
        })
    };
    show.outputs.iter().map(target).collect()
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

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // Only identity and jitter hang on it: the time will do.
        let micros = machine_utc().as_micros().to_le_bytes();
        bytes.iter_mut().zip(micros).for_each(|(b, m)| *b = m);
    }
    bytes
}

type Outputs = (Vec<Arc<Encoding>>, Vec<Arc<Destination>>);

/// One encoding for all outputs of equal settings, and each output behind a queue of its own.
fn outputs(
    show: &Show,
    targets: Vec<Target>,
    utc: &Arc<Mutex<UtcMap>>,
    id: ShowId,
) -> Result<Outputs, Error> {
    let mut groups: HashMap<(VideoSettings, AudioSettings), Vec<(&Output, Target)>> = HashMap::new();
    for (output, target) in show.outputs.iter().zip(targets) {
        groups
            .entry((output.video.clone(), output.audio.clone()))
            .or_default()
            .push((output, target));
    }
    let (mut encodings, mut destinations) = (Vec::new(), Vec::new());
    for ((video, audio), members) in groups {
        let queues: Vec<_> = members.iter().map(|_| Arc::new(Queue::default())).collect();
        let names = members.iter().map(|(output, _)| output.name.clone());
        let encoders = (video_encoder(show, &video)?, audio_encoder(&audio)?);
        let takers = names.zip(queues.iter().cloned()).collect();
        let encoding = Arc::new(Encoding::new(encoders, takers, Arc::clone(utc), id));
        for ((output, target), queue) in members.into_iter().zip(queues) {
            let seed = u64::from_le_bytes(random());
            let destination = Destination::new(&output.name, target, queue, encoding.tracks(), seed);
            destinations.push(Arc::new(destination));
        }
        encodings.push(encoding);
    }
    Ok((encodings, destinations))
}

fn video_encoder(show: &Show, settings: &VideoSettings) -> Result<VideoEncoder, Error> {
    let preset = settings.preset.parse::<Preset>()?;
    let config = VideoConfig::new(show.canvas.size, show.canvas.rate, settings.bitrate);
    Ok(VideoEncoder::new(VideoConfig { preset, ..config })?)
}

fn audio_encoder(settings: &AudioSettings) -> Result<AudioEncoder, Error> {
    Ok(AudioEncoder::new(AudioConfig::new(settings.bitrate))?)
}

fn start_threads(encodings: &[Arc<Encoding>]) -> Result<Vec<std::thread::JoinHandle<()>>, Error> {
    let mut threads = Vec::new();
    for encoding in encodings {
        threads.extend(encoding.start()?);
    }
    Ok(threads)
}

fn report(
    show: &Show,
    id: ShowId,
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
        show_id: id.to_string(),
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
