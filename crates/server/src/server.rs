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
use crate::ingest::rtmp::Door;
use crate::listen::{self, Gate, Http};
use crate::webrtc::WebRtc;
use crate::{App, clock, data, ingest, router, slate};

/// How often it is looked whether a show has ended.
const EXPIRE: Duration = Duration::from_secs(1);
/// How often it is looked whether there is a new certificate.
const REFRESH: Duration = Duration::from_secs(60);
/// What connections get to end in order once the server stops.
const FAREWELL: Duration = Duration::from_millis(1_500);
/// What the secure listeners are called.
pub(crate) const RTMPS: &str = "the listener for secure publishers (rtmps)";
pub(crate) const HTTPS: &str = "the listener for viewers within TLS (https)";
/// Connections of the operator.
const OPERATORS: u32 = 64;

/// A server that listens, and will serve once it runs.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    http: TcpListener,
    https: Option<TcpListener>,
    rtmp: TcpListener,
    rtmps: Option<TcpListener>,
    srt: Option<srt::Listener>,
    admin: TcpListener,
}

/// Where a server listens: what it was told, with the ports the system chose for 0.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Viewers.
    pub http: SocketAddr,
    /// The same within TLS.
    pub https: Option<SocketAddr>,
    /// Publishers, and players of RTMP.
    pub rtmp: SocketAddr,
    /// The same within TLS.
    pub rtmps: Option<SocketAddr>,
    /// Publishers and players by SRT.
    pub srt: Option<SocketAddr>,
    /// Viewers and publishers by WebRTC.
    pub rtc: Option<SocketAddr>,
    /// The operator.
    pub admin: SocketAddr,
}

impl Server {
    /// Reads keys and certificate, and binds the listeners.
    ///
    /// # Errors
    /// The data directory can't be written, keys or the certificate can't be read, or an address can't be listened
    /// on.
    pub async fn load(config: Config) -> Result<Self, Fault> {
        data::check_writable(&config.data)?;
        let at = config.listen.clone();
        let rtmps = listen::bind_if(at.rtmps, RTMPS).await?;
        let https = listen::bind_if(at.https, HTTPS).await?;
        let http = listen::bind(at.http, "the listener for viewers (http)").await?;
        let rtmp = listen::bind(at.rtmp, "the listener for publishers (rtmp)").await?;
        let admin = listen::bind(at.admin, "the listener for the operator (admin)").await?;
        let app = Arc::new(App::new(config)?);
        let srt = at
            .srt
            .map(|address| ingest::srt::bind(&app, address))
            .transpose()?;
        Ok(Self {
            app,
            http,
            https,
            rtmp,
            rtmps,
            srt,
            admin,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system doesn't say.
    pub fn bound(&self) -> std::io::Result<Bound> {
        Ok(Bound {
            http: self.http.local_addr()?,
            https: self.https.as_ref().map(TcpListener::local_addr).transpose()?,
            rtmp: self.rtmp.local_addr()?,
            srt: self.srt.as_ref().map(srt::Listener::local_addr),
            rtc: self.app.webrtc.as_ref().map(WebRtc::local_addr).transpose()?,
            rtmps: self.rtmps.as_ref().map(TcpListener::local_addr).transpose()?,
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
            answer_timeout: app.config.limits.answer_timeout(),
            stop: token.clone(),
            tasks: tasks.clone(),
        };
        let public = http(router::public(Arc::clone(&app)), app.viewers.clone());
        let admin = http(router::admin(Arc::clone(&app)), Gate::new(OPERATORS, OPERATORS));
        if let (Some(listener), Some(certificate)) = (self.https, &app.certificate) {
            tasks.spawn(listen::serve_secure(
                listener,
                public.clone(),
                Arc::clone(certificate),
            ));
        }
        tasks.spawn(listen::serve(self.http, public));
        tasks.spawn(listen::serve(self.admin, admin));
        let door = |certificate| Door {
            app: Arc::clone(&app),
            certificate,
            stop: token.clone(),
            tasks: tasks.clone(),
        };
        tasks.spawn(ingest::rtmp::serve(self.rtmp, door(None)));
        if let (Some(listener), Some(certificate)) = (self.rtmps, &app.certificate) {
            tasks.spawn(ingest::rtmp::serve(listener, door(Some(Arc::clone(certificate)))));
        }
        if let Some(listener) = self.srt {
            let (app, token) = (Arc::clone(&app), token.clone());
            tasks.spawn(ingest::srt::serve(listener, app, token, tasks.clone()));
        }
        for relay in &app.relays {
            tasks.spawn(Arc::clone(relay).run(Arc::clone(&app), token.clone()));
        }
        tokio::select! {
            () = stop => {}
            () = expire(&app) => {}
            () = slate::watch(&app, &tasks) => {}
            () = refresh(&app) => {}
        }
        // First: whoever waits is told that the server stops, not what its publisher's end would bring.
        app.hub.close();
        app.onward.close();
        token.cancel();
        tasks.close();
        let ended = async {
            if let Some(webrtc) = &app.webrtc {
                webrtc.close().await;
            }
            app.onward.ended().await;
            tasks.wait().await;
        };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::warn!(connections = tasks.len(), "connections were cut off");
        }
    }
}

async fn refresh(app: &App) {
    let mut tick = tokio::time::interval(REFRESH);
    loop {
        tick.tick().await;
        if let Some(certificate) = &app.certificate {
            certificate.refresh();
        }
    }
}

async fn expire(app: &Arc<App>) {
    let mut tick = tokio::time::interval(EXPIRE);
    loop {
        tick.tick().await;
        app.hub.expire(Instant::now(), clock::utc());
        app.announced.keep(&app.hub).await;
        app.onward.expire(&app.hub, Instant::now());
        if app.config.rtc.always && app.webrtc.is_some() {
            for stream in app.hub.list().iter().filter(|stream| stream.is_live()) {
                app.renditions.begin(app, stream);
            }
        }
    }
}
