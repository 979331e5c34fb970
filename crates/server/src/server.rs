//! The server's life: load, bind, run, stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::Fault;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::listen::{self, Gate, Http};
use crate::{App, data, ingest, router};

/// How often it is looked whether a show has ended.
const EXPIRE: Duration = Duration::from_secs(1);
/// What connections get to end in order once the server stops.
const FAREWELL: Duration = Duration::from_millis(1_500);
/// Connections of the operator.
const OPERATORS: u32 = 64;

/// A server that listens, and will serve once it runs.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    http: TcpListener,
    rtmp: TcpListener,
    admin: TcpListener,
}

/// Where a server listens: what it was told, with the ports the system chose for 0.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Viewers.
    pub http: SocketAddr,
    /// Publishers.
    pub rtmp: SocketAddr,
    /// The operator.
    pub admin: SocketAddr,
}

impl Server {
    /// Reads the keys and binds the listeners.
    ///
    /// # Errors
    /// The data directory can't be written, its keys can't be read, or an address can't be listened on.
    pub async fn load(config: Config) -> Result<Self, Fault> {
        data::check_writable(&config.data)?;
        let at = config.listen.clone();
        Ok(Self {
            http: listen::bind(at.http, "the listener for viewers (http)").await?,
            rtmp: listen::bind(at.rtmp, "the listener for publishers (rtmp)").await?,
            admin: listen::bind(at.admin, "the listener for the operator (admin)").await?,
            app: Arc::new(App::new(config)?),
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system doesn't say.
    pub fn bound(&self) -> std::io::Result<Bound> {
        Ok(Bound {
            http: self.http.local_addr()?,
            rtmp: self.rtmp.local_addr()?,
            admin: self.admin.local_addr()?,
        })
    }

    /// Its shared state.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Serves until `stop` is done; then ends what goes on, within two seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (app, token, tasks) = (self.app, CancellationToken::new(), TaskTracker::new());
        let http = |router, gate| Http {
            router,
            gate,
            header_timeout: app.config.limits.header_timeout(),
            stall_timeout: app.config.limits.stall_timeout(),
            stop: token.clone(),
            tasks: tasks.clone(),
        };
        let public = http(router::public(Arc::clone(&app)), app.viewers.clone());
        let admin = http(router::admin(Arc::clone(&app)), Gate::new(OPERATORS, OPERATORS));
        tasks.spawn(listen::serve(self.http, public));
        tasks.spawn(listen::serve(self.admin, admin));
        tasks.spawn(ingest::rtmp::serve(
            self.rtmp,
            Arc::clone(&app),
            token.clone(),
            tasks.clone(),
        ));
        tokio::select! {
            () = stop => {}
            () = expire(&app) => {}
        }
        token.cancel();
        app.hub.close();
        tasks.close();
        if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
            tracing::warn!(connections = tasks.len(), "connections were cut off");
        }
    }
}

async fn expire(app: &App) {
    let mut tick = tokio::time::interval(EXPIRE);
    loop {
        tick.tick().await;
        app.hub.expire(Instant::now());
    }
}
