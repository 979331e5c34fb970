//! What all handlers share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use api::Fault;
use api::server::{RelayStats, ServerStats};

use crate::announced::Announced;
use crate::config::Config;
use crate::ingest::upload::Uploads;
use crate::keys::{KeyCache, Throttle};
use crate::listen::{Certificate, Gate};
use crate::onward::Onwards;
use crate::process;
use crate::relay::Relay;
use crate::rendition::Renditions;
use crate::slate::Slates;
use crate::stream::Hub;
use crate::webrtc::WebRtc;
use crate::worker::Workers;

/// The server's only shared state.
#[derive(Debug)]
pub struct App {
    /// What the run was told.
    pub config: Config,
    /// Streams.
    pub hub: Hub,
    /// Who may publish.
    pub keys: KeyCache,
    /// Streams from and to other servers.
    pub relays: Vec<Arc<Relay>>,
    /// What is passed on for publishers.
    pub(crate) onward: Onwards,
    /// Where worker processes come from.
    pub workers: Workers,
    /// The certificate of secure listeners.
    pub certificate: Option<Arc<Certificate>>,
    /// The port for WebRTC, when there is one.
    pub webrtc: Option<WebRtc>,
    /// What is made for it.
    pub(crate) renditions: Renditions,
    /// The shows that are announced, as they are kept.
    pub(crate) announced: Announced,
    /// What stands in for shows that stand still.
    pub(crate) slates: Slates,
    /// Connections of viewers.
    pub viewers: Gate,
    /// Connections of publishers.
    pub publishers: Gate,
    /// Places for requests of HLS and DASH that wait.
    pub hls_waiters: Gate,
    /// Uploads that are measured.
    pub(crate) uploads: Uploads,
    throttle: Mutex<Throttle>,
    wrong_keys: AtomicU64,
    begun: Instant,
}

impl App {
    /// The state of a server that begins now.
    ///
    /// # Errors
    /// When keys or the certificate can't be read.
    pub fn new(config: Config) -> Result<Self, Fault> {
        let limits = &config.limits;
        let hub = Hub::new(config.stream.clone());
        let viewers = Gate::new(limits.http_connections, limits.http_per_address);
        Ok(Self {
            announced: Announced::open(&config.data, &hub),
            hub,
            keys: KeyCache::open(config.data.clone())?,
            relays: Relay::all(&config)?,
            onward: Onwards::default(),
            workers: Workers::default(),
            certificate: config
                .tls
                .as_ref()
                .map(Certificate::read)
                .transpose()?
                .map(Arc::new),
            webrtc: config
                .listen
                .rtc
                .map(|address| WebRtc::open(address, &config, &viewers))
                .transpose()?,
            renditions: Renditions::default(),
            slates: Slates::open(&config.stream)?,
            viewers,
            publishers: Gate::new(limits.rtmp_connections, limits.rtmp_per_address),
            hls_waiters: Gate::new(limits.hls_waiters, limits.hls_waiters_per_address),
            uploads: Uploads::default(),
            throttle: Mutex::default(),
            wrong_keys: AtomicU64::new(0),
            begun: Instant::now(),
            config,
        })
    }

    /// How often addresses present wrong keys.
    pub fn throttle<T>(&self, ask: impl FnOnce(&mut Throttle) -> T) -> T {
        ask(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts an attempt to publish with a wrong key.
    pub fn count_wrong_key(&self) {
        self.wrong_keys.fetch_add(1, Ordering::Relaxed);
    }

    /// How all streams from and to other servers are at `now`.
    pub fn relays(&self, now: Instant) -> Vec<RelayStats> {
        let fixed = self.relays.iter().map(|relay| relay.stats(now));
        fixed.chain(self.onward.all(now)).collect()
    }

    /// What the process says about itself.
    pub fn stats(&self) -> ServerStats {
        ServerStats {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            cpu_seconds: process::cpu_seconds(),
            resident_bytes: process::resident_bytes(),
            http_connections: self.viewers.now(),
            rtmp_connections: self.publishers.now(),
            refused_connections: self.viewers.refused() + self.publishers.refused(),
            wrong_keys: self.wrong_keys.load(Ordering::Relaxed),
        }
    }
}
