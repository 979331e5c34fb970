//! WebRTC: one port, WHIP to publish (RFC 9725), WHEP to watch (draft-ietf-wish-whep).

pub(crate) mod http;
mod refused;
mod sessions;

use std::net::{IpAddr, SocketAddr};

use api::{Code, Fault};
use rtc::net::{Endpoint, Limits, announced};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::listen::{self, Gate};
pub(crate) use sessions::Leave;
use sessions::Sessions;

/// What the port is called.
pub(crate) const PORT: &str = "the port for WebRTC (rtc)";

/// The port and those who use it.
#[derive(Debug)]
pub struct WebRtc {
    pub(crate) endpoint: Endpoint,
    sessions: Sessions,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl WebRtc {
    /// Opens the port at `address`, announced as `config` says. Connections by TCP take places of `viewers`.
    ///
    /// # Errors
    /// When it is taken.
    pub(crate) fn open(address: SocketAddr, config: &Config, viewers: &Gate) -> Result<Self, Fault> {
        let addresses: Vec<IpAddr> = announced(address.ip(), &config.rtc.addresses);
        let limits = Limits {
            connections: config.limits.http_connections as usize,
        };
        let viewers = viewers.clone();
        let admit = move |from| -> Option<Box<dyn Send>> { Some(Box::new(viewers.enter(from)?)) };
        let endpoint =
            Endpoint::serve(address, &addresses, limits, Box::new(admit)).map_err(|error| match error {
                rtc::Error::Io(error) => listen::refused(address, PORT, &error),
                other => Fault::new(Code::ListenRefused, format!("{PORT} can't be opened: {other}.")),
            })?;
        Ok(Self {
            endpoint,
            sessions: Sessions::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// Runs `work` until it is done, or the server stops.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(work).await;
        });
    }

    /// Ends all that goes on; waits for it.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
