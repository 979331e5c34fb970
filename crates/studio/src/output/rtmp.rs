//! One RTMP destination: connected, lost, tried again, without the show noticing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::studio::{Failure, OutputStats};
use container::flv::{self, Tag, TagKind};
use media::Track;
use rtmp::Target;
use rtmp::io::Publisher;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uplink::{Attempt, Reconnect};

use super::moving::{Moving, Next};
use super::{Item, ItemKind, Queue};
use crate::encoding::Tracks;

/// The longest one try may take; meanwhile fresh ones begin.
pub(super) const TRY: Duration = Duration::from_secs(10);
/// The most tries under way at once.
const TRIES: usize = 5;
/// What still waits at the end of a show gets so long to leave.
const FAREWELL: Duration = Duration::from_secs(2);

/// A destination, its queue and what is known of it.
pub(crate) struct Destination {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) queue: Arc<Queue>,
    pub(crate) tracks: watch::Receiver<Tracks>,
    pub(crate) seed: u64,
    stats: Mutex<OutputStats>,
    away_since: Mutex<Option<Instant>>,
}

impl Destination {
    pub(crate) fn new(
        name: &str,
        target: Target,
        queue: Arc<Queue>,
        tracks: watch::Receiver<Tracks>,
        seed: u64,
    ) -> Self {
        let stats = OutputStats {
            name: name.to_owned(),
            ..OutputStats::default()
        };
        let away_since = Mutex::new(Some(Instant::now()));
        Self {
            name: name.to_owned(),
            target,
            queue,
            tracks,
            seed,
            stats: Mutex::new(stats),
            away_since,
        }
    }

    /// What became of it so far.
    pub(crate) fn stats(&self) -> OutputStats {
        let dropped = self.queue.dropped();
        let mut stats = self.lock().clone();
        (stats.dropped_line, stats.dropped_away) = (dropped.line, dropped.away);
        let since = *self.away_since.lock().unwrap_or_else(PoisonError::into_inner);
        stats.away_seconds += since.map_or(0.0, |at| at.elapsed().as_secs_f64());
        stats
    }

    /// Whether it is connected.
    pub(crate) fn connected(&self) -> bool {
        let since = self.away_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, OutputStats> {
        // Only numbers are kept there: after a panic they are at worst off by one.
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn here(&self) {
        let since = self
            .away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut stats = self.lock();
        stats.connections += 1;
        stats.away_seconds += since.map_or(0.0, |at| at.elapsed().as_secs_f64());
    }

    fn moved(&self) {
        tracing::info!(output = self.name, "moved, as the server asked");
        self.lock().connections += 1;
    }

    fn away(&self, error: &rtmp::Error) {
        self.failed(error);
        *self.away_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Notes why the destination can't be had; said once until the reason changes.
    fn failed(&self, error: &rtmp::Error) {
        let failure = Failure {
            code: error.code().to_owned(),
            sentence: self.sentence(error),
        };
        let mut stats = self.lock();
        if stats.error.as_ref() != Some(&failure) {
            tracing::warn!(output = self.name, code = failure.code, "{}", failure.sentence);
        }
        stats.error = Some(failure);
    }

    fn sentence(&self, error: &rtmp::Error) -> String {
        let (name, target) = (&self.name, &self.target);
        match error {
            rtmp::Error::Rejected { code, description } => format!(
                "'{name}' does not take the show ({code}: {description}); check the stream key and that nobody \
                 else sends with it"
            ),
            rtmp::Error::Resolve => format!(
                "'{name}': there is no server named {}; check the address",
                target.host
            ),
            rtmp::Error::Refused => format!(
                "'{name}': nothing answers at {} port {}; is the server running? It is tried again every second",
                target.host, target.port
            ),
            rtmp::Error::Certificate(why) => format!(
                "'{name}' can't prove that it is {}: {why}; nothing was sent. Check the address and this machine's date",
                target.host
            ),
            other => format!("'{name}': {other}; it is tried again by itself"),
        }
    }
}

/// Keeps the destination supplied until `end` says the show is over; then what waits is sent and it is left.
pub(crate) async fn drive(destination: Arc<Destination>, end: CancellationToken) {
    let mut reconnect = Reconnect::new(Instant::now(), destination.seed);
    let mut moved = None;
    loop {
        let publisher = tokio::select! {
            publisher = connect(&destination, moved.as_ref(), &mut reconnect) => publisher,
            () = end.cancelled() => return,
        };
        reconnect.connected();
        destination.here();
        tracing::info!(output = destination.name, "connected");
        destination.queue.open();
        let result = supply(&destination, publisher, &mut moved, &end).await;
        destination.queue.close();
        match result {
            Ok(()) => return,
            Err(error) => destination.away(&error),
        }
        reconnect.lost(Instant::now());
    }
}

/// A connection that takes the show: a fresh try at each due moment, whatever the earlier ones do. Where the server
/// has moved us, every other try goes there, the first too.
async fn connect(
    destination: &Arc<Destination>,
    moved: Option<&Target>,
    reconnect: &mut Reconnect,
) -> Publisher {
    let mut tries = JoinSet::new();
    loop {
        let due = reconnect.due().unwrap_or_else(Instant::now);
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {
                let room = tries.len() < TRIES;
                if let Some(Attempt(number)) = reconnect.poll(Instant::now()) && room {
                    let there = moved.filter(|_| number % 2 == 1);
                    let target = there.unwrap_or(&destination.target).clone();
                    tries.spawn(async move { Publisher::connect(target, TRY).await });
                }
            }
            Some(Ok(result)) = tries.join_next() => match result {
                Ok(publisher) => return publisher,
                Err(error) => {
                    destination.lock().failed_tries += 1;
                    destination.failed(&error);
                    if matches!(error, rtmp::Error::Rejected { .. } | rtmp::Error::Certificate(_)) {
                        reconnect.refused(Instant::now());
                    }
                }
            },
        }
    }
}

/// Sends what the queue brings until the connection is lost (an error) or the show is over. Where the server asks to
/// connect anew, it goes on there, which `moved` says then.
async fn supply(
    destination: &Destination,
    mut publisher: Publisher,
    moved: &mut Option<Target>,
    end: &CancellationToken,
) -> Result<(), rtmp::Error> {
    let mut tracks = destination.tracks.clone();
    let tracks = tokio::select! {
        known = known(&mut tracks) => known,
        () = end.cancelled() => None,
    };
    let Some(tracks) = tracks else {
        return publisher.close().await;
    };
    let mut opened = false;
    let mut moving = Moving::default();
    loop {
        let item = tokio::select! {
            item = destination.queue.next() => item,
            closed = publisher.closed() => return Err(closed),
            () = end.cancelled() => return farewell(destination, publisher).await,
        };
        if item.kind == ItemKind::Key {
            publisher = match tokio::select! {
                next = moving.at_key(publisher) => next?,
                () = end.cancelled() => return Ok(()),
            } {
                Next::Same(publisher) => publisher,
                Next::Moved(publisher, target) => {
                    destination.moved();
                    (*moved, opened) = (Some(target), false);
                    publisher
                }
            };
        }
        if !opened {
            for tag in opening(&tracks[..], item.tag.timestamp) {
                publisher.send(&tag).await?;
            }
            opened = true;
        }
        send(destination, &mut publisher, &item).await?;
        if let Some(target) = publisher.asked_to_reconnect() {
            moving.begin(target);
        }
    }
}

/// The tracks, as soon as the encoders have begun; `None` when they never do.
async fn known(tracks: &mut watch::Receiver<Tracks>) -> Tracks {
    tracks.wait_for(Option::is_some).await.ok()?.clone()
}

async fn send(destination: &Destination, publisher: &mut Publisher, item: &Item) -> Result<(), rtmp::Error> {
    let tag = match &item.stamped {
        Some((clock, stamped)) if publisher.wants_clock() => {
            publisher.send_clock(clock).await?;
            stamped
        }
        _ => &item.tag,
    };
    publisher.send(tag).await?;
    let mut stats = destination.lock();
    stats.bytes += tag.data.len() as u64;
    match item.kind {
        ItemKind::Sound => stats.audio_sent += 1,
        ItemKind::Key | ItemKind::Picture => stats.frames_sent += 1,
    }
    Ok(())
}

/// The end of a show: what still waits leaves, then the destination is told.
async fn farewell(destination: &Destination, mut publisher: Publisher) -> Result<(), rtmp::Error> {
    let rest = async {
        while let Some(item) = destination.queue.try_next() {
            send(destination, &mut publisher, &item).await?;
        }
        publisher.close().await
    };
    tokio::time::timeout(FAREWELL, rest).await.unwrap_or(Ok(()))
}

/// What a player must know first: metadata and both sequence headers, at the time of the first packet.
fn opening(tracks: &[Track], timestamp: u32) -> Vec<Tag> {
    let mut tags = vec![Tag {
        kind: TagKind::Script,
        timestamp,
        data: flv::script::on_metadata(tracks),
    }];
    let configurations = tracks
        .iter()
        .map(|track| flv::configuration(&track.parameters, timestamp));
    tags.extend(configurations);
    tags
}
