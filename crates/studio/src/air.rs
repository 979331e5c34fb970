//! The way out: encoders and destinations of a show that is being sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use api::place::LineMode;
use api::studio::{EncodingStats, OutputStats};
use capture::clock::ShowClock;
use media::{AudioCodec, ShowId};
use pipeline::encode::{Preset, VideoConfig, VideoEncoder};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use uplink::{Mode, Rank};

use crate::clock::UtcMap;
use crate::encoding::{Another, Encoding, Outlet, Sound, Strain, cast};
use crate::output::companion::{self, Asking};
use crate::output::farewell;
use crate::output::onward;
use crate::output::{
    Budgets, Destination, Onward, OnwardError, Queue, Recipient, Route, Shared, Wanted, ask, drive, fetch,
    is_companion,
};
use crate::show::{AudioSettings, Canvas, Companion, Output, VideoSettings};
use crate::{Error, platform, random};

/// What sending needs of the show it is part of.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) clock: ShowClock,
    pub(crate) canvas: Canvas,
    pub(crate) utc: Arc<Mutex<UtcMap>>,
    pub(crate) outlet: Outlet,
    /// What is kept where a line carries less than is wanted.
    pub(crate) line_mode: LineMode,
}

const fn mode(mode: LineMode) -> Mode {
    match mode {
        LineMode::Steady => Mode::Steady,
        LineMode::LowestDelay => Mode::LowestDelay,
    }
}

/// A show that is being sent.
pub(crate) struct Air {
    id: ShowId,
    began: Instant,
    outlet: Outlet,
    budgets: Budgets,
    encodings: Vec<Arc<Encoding>>,
    threads: Vec<JoinHandle<()>>,
    recipients: Vec<Recipient>,
    onward: Option<Arc<Onward>>,
    driving: JoinSet<()>,
    /// The companion server is asked what has arrived there, and of what it passes on, until this is dropped.
    listening: JoinSet<()>,
    /// Where it is to be told that the show is over.
    told_at_end: Vec<Asking>,
    /// Who takes which encode is decided there, until this says that it is over.
    casting: JoinSet<()>,
    cast_end: CancellationToken,
    _links: AbortOnDropHandle<()>,
    end: CancellationToken,
}

/// What became of a show that was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) id: Option<ShowId>,
    pub(crate) encodings: Vec<EncodingStats>,
    pub(crate) outputs: Vec<OutputStats>,
}

/// The outputs of a show, ready to be sent to.
pub(crate) struct Ready {
    direct: Vec<Direct>,
    onward: Option<Onward>,
}

/// An output that is sent to from here.
struct Direct {
    output: Output,
    route: Route,
    /// Its place among all by importance: the order of the show file.
    rank: Rank,
    /// The companion server says what has arrived there.
    listener: Option<Asking>,
}

/// The way to each output's server, before anything is opened; `companion` is the companion server, if the show has
/// one. The keyring may take its time: not for a task.
///
/// # Errors
/// [`Error::Key`], [`Error::Output`], [`Error::Onward`] for the first that can't be had.
pub(crate) fn ready(outputs: &[Output], companion: Option<&Companion>) -> Result<Ready, Error> {
    let companion = companion::address(companion);
    let host = companion.as_ref().and_then(companion::host);
    let on = outputs.iter().filter(|output| output.on).enumerate();
    let (passed, direct): (Vec<_>, Vec<_>) = on.partition(|(_, output)| output.passed_on);
    let direct = direct.into_iter().map(|(rank, output)| {
        let key = fetch(output, &output.key)?;
        let route = Route::to(output, key.clone(), host)?;
        let there = companion.as_ref().filter(|_| is_companion(route.host(), host));
        Ok(Direct {
            output: output.clone(),
            rank,
            listener: there.and_then(|companion| Asking::at(companion, key, &output.url)),
            route,
        })
    });
    let direct = direct.collect::<Result<Vec<_>, Error>>()?;
    Ok(Ready {
        onward: onward(&passed, &direct, companion.as_ref())?,
        direct,
    })
}

/// How the companion server passes the show on to `outputs`, if there are any; it gets it as one of `direct`.
fn onward(
    outputs: &[(Rank, &Output)],
    direct: &[Direct],
    companion: Option<&reqwest::Url>,
) -> Result<Option<Onward>, Error> {
    let mut there = direct.iter().filter_map(|d| Some((d, d.listener.as_ref()?)));
    let there = companion.zip(there.next());
    let mut wanted = Vec::new();
    for &(rank, output) in outputs {
        let refused = |source| Error::Onward {
            output: output.name.clone(),
            source,
        };
        let (companion, _) = there.ok_or_else(|| refused(OnwardError::NotSent))?;
        if !onward::is_safe(companion, &output.url) {
            return Err(refused(OnwardError::Unsafe));
        }
        wanted.push((output.clone(), fetch(output, &output.key)?, rank));
    }
    Ok(there.filter(|_| !wanted.is_empty()).map(|(_, (direct, asking))| {
        let kbps = direct.output.video.bitrate + direct.output.audio.bitrate;
        Onward::new(asking.clone(), kbps, wanted)
    }))
}

impl Air {
    /// Starts encoders and connections; the program reaches them from the next frame on. Within a runtime; takes
    /// some tenths of a second.
    ///
    /// # Errors
    /// [`Error::Encoder`], [`Error::System`].
    pub(crate) fn start(ready: Ready, ground: &Ground) -> Result<Self, Error> {
        let id = ShowId(random());
        let (changed, links) = watch::channel(());
        let shared = Shared {
            budgets: Budgets::new(mode(ground.line_mode)),
            links,
        };
        let (encodings, mut destinations) = outputs(ready.direct, ground, id, &shared)?;
        let onward = ready.onward.map(Arc::new);
        let mut threads = Vec::new();
        for encoding in &encodings {
            threads.extend(encoding.start()?);
        }
        let end = CancellationToken::new();
        let (mut driving, mut casting) = (JoinSet::new(), JoinSet::new());
        let cast_end = CancellationToken::new();
        for encoding in &encodings {
            casting.spawn(cast(Arc::clone(encoding), cast_end.clone()));
        }
        let (mut listening, mut told_at_end) = (JoinSet::new(), Vec::new());
        for (destination, listener) in &mut destinations {
            driving.spawn(drive(Arc::clone(destination), end.clone()));
            if let Some(listener) = listener.take() {
                told_at_end.push(listener.clone());
                listening.spawn(ask(Arc::clone(destination), listener));
            }
        }
        if let Some(onward) = onward.clone() {
            listening.spawn(async move { onward.run().await });
        }
        ground.outlet.set(encodings.clone());
        Ok(Self {
            id,
            began: Instant::now(),
            outlet: ground.outlet.clone(),
            budgets: shared.budgets,
            encodings,
            threads,
            recipients: recipients(destinations, onward.as_deref()),
            onward,
            driving,
            listening,
            told_at_end,
            casting,
            cast_end,
            _links: AbortOnDropHandle::new(tokio::spawn(watch_links(changed))),
            end,
        })
    }

    /// Seconds since it began.
    pub(crate) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Who gets it, the most important first.
    pub(crate) fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// Keeps what `mode` says from now on, where a line carries less than is wanted.
    pub(crate) fn set_line_mode(&self, line_mode: LineMode) {
        self.budgets.set_mode(mode(line_mode));
    }

    /// How its encoders cope.
    pub(crate) fn strain(&self) -> Strain {
        let all = self.encodings.iter().map(|encoding| encoding.strain());
        all.fold(Strain::default(), Strain::or)
    }

    /// Ends it: what was taken is still encoded and sent, for at most some seconds.
    pub(crate) async fn end(mut self) -> Sent {
        self.outlet.set(Vec::new());
        // First: it would begin another lower encode in place of one that ends.
        self.cast_end.cancel();
        while self.casting.join_next().await.is_some() {}
        let (encodings, threads) = (self.encodings.clone(), std::mem::take(&mut self.threads));
        let finished = tokio::task::spawn_blocking(move || {
            encodings.iter().for_each(|e| e.finish());
            threads.into_iter().for_each(|t| _ = t.join());
            encodings.iter().for_each(|e| e.join_second());
        });
        // A panic there has been printed, and what it left undone is lost.
        let _ = finished.await;
        self.end.cancel();
        while self.driving.join_next().await.is_some() {}
        self.listening.shutdown().await;
        if let Some(onward) = &self.onward {
            onward.end().await;
        }
        farewell::say(std::mem::take(&mut self.told_at_end)).await;
        Sent {
            id: Some(self.id),
            encodings: self.encodings.iter().map(|e| e.stats()).collect(),
            outputs: self.recipients.iter().map(Recipient::stats).collect(),
        }
    }
}

type Outputs = (Vec<Arc<Encoding>>, Vec<(Arc<Destination>, Option<Asking>)>);

/// All of them, the most important first.
fn recipients(direct: Vec<(Arc<Destination>, Option<Asking>)>, onward: Option<&Onward>) -> Vec<Recipient> {
    let passed = onward.map_or(&[][..], Onward::places).iter();
    let direct = direct.into_iter().map(|(place, _)| Recipient::Direct(place));
    let mut all: Vec<_> = direct.chain(passed.cloned().map(Recipient::Passed)).collect();
    all.sort_by_key(Recipient::rank);
    all
}

/// One encoding for all outputs of equal settings, and each output behind a queue of its own.
fn outputs(ready: Vec<Direct>, ground: &Ground, id: ShowId, shared: &Shared) -> Result<Outputs, Error> {
    let mut groups: HashMap<(VideoSettings, AudioSettings), Vec<Direct>> = HashMap::new();
    for ready in ready {
        let settings = (ready.output.video.clone(), ready.output.audio.clone());
        groups.entry(settings).or_default().push(ready);
    }
    let (mut encodings, mut destinations) = (Vec::new(), Vec::new());
    for ((video, audio), members) in groups {
        let queues: Vec<_> = members.iter().map(|_| Arc::new(Queue::default())).collect();
        let names = members.iter().map(|ready| ready.output.name.clone());
        let sounds = sounds(&audio, &members, &queues)?;
        let encoders = (video_encoder(&ground.canvas, &video)?, sounds);
        let takers = names.zip(queues.iter().cloned()).collect();
        let utc = Arc::clone(&ground.utc);
        let most = video.bitrate;
        let another: Another = {
            let canvas = ground.canvas.clone();
            Box::new(move || video_encoder(&canvas, &video))
        };
        let encoding = Encoding::new(encoders, (most, another), takers, ground.clock, utc, id);
        let encoding = Arc::new(encoding);
        for (ready, queue) in members.into_iter().zip(queues) {
            let Direct {
                output,
                route,
                rank,
                listener,
            } = ready;
            // There is an encoder of each codec that a member takes.
            let Some(tracks) = encoding.tracks(route.sound()) else {
                continue;
            };
            let seed = u64::from_le_bytes(random());
            let wanted = Wanted {
                pictures: most,
                least: output.least,
                sound: audio.bitrate,
            };
            let destination =
                Destination::new(&output.name, route, queue, tracks, (wanted, rank), shared, seed);
            destinations.push((Arc::new(destination), listener));
        }
        encodings.push(encoding);
    }
    Ok((encodings, destinations))
}

fn video_encoder(canvas: &Canvas, settings: &VideoSettings) -> Result<VideoEncoder, Error> {
    let preset = settings.preset.parse::<Preset>()?;
    let config = VideoConfig::new(canvas.size, canvas.rate, settings.bitrate);
    let gop = Duration::from_secs(settings.key_seconds.into());
    Ok(VideoEncoder::new(VideoConfig {
        preset,
        gop,
        ..config
    })?)
}

/// One encoder of sound for each codec that somebody among `members` takes.
fn sounds(settings: &AudioSettings, members: &[Direct], queues: &[Arc<Queue>]) -> Result<Vec<Sound>, Error> {
    let mut sounds = Vec::new();
    for codec in [AudioCodec::Aac, AudioCodec::Opus] {
        let takers = members.iter().zip(queues);
        let takers = takers.filter(|(ready, _)| ready.route.sound() == codec);
        let takers: Vec<_> = takers.map(|(_, queue)| Arc::clone(queue)).collect();
        if !takers.is_empty() {
            sounds.push(Sound::new(codec, settings.bitrate, takers)?);
        }
    }
    Ok(sounds)
}

/// Tells `changed` of changes of this machine's links, where the system tells of them.
async fn watch_links(changed: watch::Sender<()>) {
    if let Err(error) = platform::watch_links(&changed).await {
        tracing::debug!(%error, "changes of the network are not told");
    }
}

/// The map to UTC, whatever became of its last user.
pub(crate) fn utc_of(map: &Mutex<UtcMap>) -> UtcMap {
    map.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
