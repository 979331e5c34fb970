//! A place the show goes to: how it stands, and what is known of it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::place::PlaceLine;
use api::studio::{Failure, LineStats, OutputStats};
use tokio::sync::watch;
use uplink::Rank;
use uplink::health::{Connection, Seen, Why};

use super::budgets::Budgets;
use super::line::{Line, LineError};
use super::route::Route;
use super::vitals::Vitals;
use super::{Queue, Wanted};
use crate::encoding::Tracks;

/// A line that carries less than this share of what it is to be sent is weak: people see it.
const WEAK: f64 = 0.7;
/// What a server has said it receives is so for this long.
const SAYS: Duration = Duration::from_secs(3);
/// A server may hold a connection that is lost for so long.
const HELD: Duration = Duration::from_secs(10);

/// A destination, its queue and what is known of it.
pub(crate) struct Destination {
    pub(crate) name: String,
    pub(crate) route: Route,
    pub(crate) queue: Arc<Queue>,
    pub(crate) tracks: watch::Receiver<Tracks>,
    pub(crate) seed: u64,
    pub(crate) wanted: Wanted,
    /// Its place among all by importance: 0 is the most important.
    pub(crate) rank: Rank,
    pub(crate) budgets: Budgets,
    /// Told each time that this machine's links change.
    pub(crate) links: watch::Receiver<()>,
    stats: Mutex<OutputStats>,
    away_since: Mutex<Option<Instant>>,
    vitals: Mutex<Vitals>,
    /// What the server says it receives, in kbit/s, and when it said so.
    received: Mutex<Option<(u32, Instant)>>,
    /// Why the last try failed.
    why: Mutex<Why>,
    /// Whether the server may still hold the connection that was lost: it hasn't ended it itself.
    held: AtomicBool,
    /// Whether what is sent leaves this computer.
    outside: AtomicBool,
    /// Bytes that were sent and are not media, as far as that is counted.
    overhead: AtomicU64,
}

/// What all destinations of a show have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) budgets: Budgets,
    /// Told each time that this machine's links change.
    pub(crate) links: watch::Receiver<()>,
}

impl Destination {
    pub(crate) fn new(
        name: &str,
        route: Route,
        queue: Arc<Queue>,
        tracks: watch::Receiver<Tracks>,
        (wanted, rank): (Wanted, Rank),
        shared: &Shared,
        seed: u64,
    ) -> Self {
        let stats = OutputStats {
            name: name.to_owned(),
            ..OutputStats::default()
        };
        let away_since = Mutex::new(Some(Instant::now()));
        Self {
            name: name.to_owned(),
            route,
            queue,
            tracks,
            seed,
            wanted,
            rank,
            budgets: shared.budgets.clone(),
            links: shared.links.clone(),
            stats: Mutex::new(stats),
            away_since,
            vitals: Mutex::default(),
            received: Mutex::default(),
            why: Mutex::new(Why::Unanswered),
            held: AtomicBool::new(false),
            outside: AtomicBool::new(false),
            overhead: AtomicU64::new(0),
        }
    }

    /// What became of it so far.
    pub(crate) fn stats(&self) -> OutputStats {
        let dropped = self.queue.dropped();
        let mut stats = self.lock().clone();
        let skipped = stats.line.map_or(0, |line| line.skipped);
        (stats.dropped_line, stats.dropped_away) = (dropped.line + skipped, dropped.away);
        stats.dropped_paused = dropped.paused;
        let since = *self.away_since.lock().unwrap_or_else(PoisonError::into_inner);
        stats.away_seconds += since.map_or(0.0, |at| at.elapsed().as_secs_f64());
        stats
    }

    /// Whether its line carries what it is to be sent.
    pub(crate) fn line(&self) -> PlaceLine {
        let target = self.lock().target_kbps.unwrap_or(u32::MAX);
        if self.queue.is_paused() {
            PlaceLine::Paused
        } else if f64::from(target) < WEAK * f64::from(self.wanted.pictures + self.wanted.sound) {
            PlaceLine::Weak
        } else {
            PlaceLine::Enough
        }
    }

    /// Whether it is connected.
    pub(crate) fn connected(&self) -> bool {
        let since = self.away_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_none()
    }

    /// Whether what is sent there leaves this computer, as far as that is known.
    pub(crate) fn is_outside(&self) -> bool {
        self.outside.load(Ordering::Relaxed)
    }

    /// Bytes that were sent there so far: of media, and of all else as far as that is counted.
    pub(crate) fn sent(&self) -> u64 {
        self.lock().bytes + self.overhead.load(Ordering::Relaxed)
    }

    pub(super) fn sent_besides(&self, bytes: u64) {
        self.overhead.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn leaves(&self, outside: bool) {
        self.outside.store(outside, Ordering::Relaxed);
    }

    /// What is known of it at `now`.
    pub(crate) fn seen(&self, now: Instant) -> Seen {
        let (vitals, dropped) = (self.vitals(), self.queue.dropped());
        let bounds = self.wanted.bounds();
        let stats = self.lock();
        Seen {
            connection: self.connection(&stats, now),
            target_kbps: match vitals.target_kbps {
                Some(kbps) => kbps,
                None if self.queue.is_paused() => bounds.least_kbps,
                None => stats.target_kbps.unwrap_or(bounds.most_kbps),
            },
            made_kbps: vitals.made_kbps,
            delivered_kbps: vitals.delivered_kbps,
            estimate_kbps: vitals.estimate_kbps,
            outstanding: vitals.outstanding,
            waiting: vitals.waiting,
            loss: vitals.loss,
            server_slow: vitals.server_slow,
            shared: vitals.shared,
            lowered: stats.lowered,
            skipped: dropped.line + stats.line.map_or(0, |line| line.skipped),
            ..Seen::new(now, bounds)
        }
    }

    /// How long a packet takes there and back, where that is known.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        Some(self.vitals().rtt).filter(|rtt| !rtt.is_zero())
    }

    /// What the server says it receives now, in kbit/s; none where it doesn't say.
    pub(crate) fn received_kbps(&self) -> Option<u32> {
        let received = *self.received.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = received.filter(|(_, at)| at.elapsed() < SAYS);
        fresh.map(|(kbps, _)| kbps)
    }

    pub(super) fn has_received(&self, kbps: u32) {
        let now = (kbps, Instant::now());
        *self.received.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn connection(&self, stats: &OutputStats, now: Instant) -> Connection {
        let since = *self.away_since.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(since) = since else {
            return Connection::Live;
        };
        let held = stats.connections > 0 && self.held.load(Ordering::Relaxed) && now - since < HELD;
        match &stats.error {
            None => Connection::Connecting,
            Some(_) => match *self.why.lock().unwrap_or_else(PoisonError::into_inner) {
                // A server that has not noticed yet that our connection is lost refuses another.
                Why::Refused if held => Connection::Away(Why::Unanswered),
                why => Connection::Away(why),
            },
        }
    }

    /// What is known of its line.
    pub(crate) fn vitals(&self) -> Vitals {
        *self.vitals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn feels(&self, vitals: Vitals) {
        *self.vitals.lock().unwrap_or_else(PoisonError::into_inner) = vitals;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, OutputStats> {
        // Only numbers are kept there: after a panic they are at worst off by one.
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn here(&self) {
        let since = self
            .away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut stats = self.lock();
        stats.connections += 1;
        stats.away_seconds += since.map_or(0.0, |at| at.elapsed().as_secs_f64());
    }

    pub(super) fn replaced(&self) {
        tracing::info!(output = self.name, "the connection fell silent: another goes on");
        self.lock().connections += 1;
    }

    pub(super) fn moved(&self) {
        tracing::info!(output = self.name, "moved, as the server asked");
        self.lock().connections += 1;
    }

    pub(super) fn away(&self, error: &LineError) {
        self.held.store(!error.is_ended_there(), Ordering::Relaxed);
        self.failed(error);
        *self.away_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Notes what the line has told of itself, and hands on its wish for a key frame.
    pub(super) fn heard(&self, line: &mut Line) {
        let asked = line.asked_for_key_frame();
        let told = line.told();
        // What follows a picture that was left out is worth nothing up to a key frame.
        if asked || told.is_some_and(|told| told.skipped > 0) {
            self.queue.wish_key();
        }
        if asked {
            self.lock().key_frames_asked += 1;
        }
        if let Some(told) = told {
            let mut stats = self.lock();
            let skipped = stats.line.map_or(0, |line| line.skipped) + told.skipped;
            stats.frames_sent = stats.frames_sent.saturating_sub(told.skipped);
            stats.line = Some(LineStats { skipped, ..told });
        }
    }

    /// Notes why the destination can't be had; said once until the reason changes.
    pub(super) fn failed(&self, error: &LineError) {
        let failure = Failure {
            code: error.code().to_owned(),
            sentence: self.sentence(error),
        };
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = error.why();
        let mut stats = self.lock();
        if stats.error.as_ref() != Some(&failure) {
            tracing::warn!(output = self.name, code = failure.code, "{}", failure.sentence);
        }
        stats.error = Some(failure);
    }

    fn sentence(&self, error: &LineError) -> String {
        let (name, host, port) = (&self.name, self.route.host(), self.route.port());
        match error {
            LineError::Rtmp(rtmp::Error::Rejected { code, description }) => format!(
                "'{name}' does not take the show ({code}: {description}); check the stream key and that nobody \
                 else sends with it"
            ),
            LineError::Srt(srt::Error::Rejected(reject)) => format!(
                "'{name}' does not take the show ({reject}); check the stream key and that nobody else sends with it"
            ),
            LineError::Srt(srt::Error::Passphrase(_)) => {
                format!("'{name}': {error}; check the passphrase")
            }
            LineError::Rtmp(rtmp::Error::Resolve) | LineError::Srt(srt::Error::Resolve) => {
                format!("'{name}': there is no server named {host}; check the address")
            }
            LineError::Rtmp(rtmp::Error::Refused) | LineError::Srt(srt::Error::Timeout) => format!(
                "'{name}': nothing answers at {host} port {port}; is the server running? It is tried again every second"
            ),
            LineError::Rtmp(rtmp::Error::Certificate(why)) => format!(
                "'{name}' can't prove that it is {host}: {why}; nothing was sent. Check the address and this \
                 machine's date"
            ),
            LineError::Whip(error) => error.sentence(name, host, port),
            other => format!("'{name}': {other}; it is tried again by itself"),
        }
    }
}
