//! Connections by RTMP and RTMPS: publishers at `rtmp://HOST/live` with a stream key, and players.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::{Code, Fault};
use rtmp::io::Connection;
use rtmp::server::Event;
use rtmp::{Error, Limits};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::keys::{self, plain};
use crate::deliver;
use crate::listen::{Certificate, Pass};
use crate::stream::{Publisher, Who, Wish};
use crate::{App, clock};

/// The application publishers connect to.
const APP: &str = "live";
/// What the system takes of a connection that isn't read: some tenths of a second of a show. More would hide from its publisher
/// that this server is too slow, and be memory that strangers may fill.
const UNREAD_BYTES: usize = 256 * 1024;
/// Pause after the system refused a connection, out of descriptors as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a listener hands to each of its connections.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) app: Arc<App>,
    /// Connections are made secure with it.
    pub(crate) certificate: Option<Arc<Certificate>>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// Takes connections in until the server stops.
pub(crate) async fn serve(listener: TcpListener, door: Door) {
    loop {
        let accepted = tokio::select! {
            () = door.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                if let Some(pass) = door.app.publishers.enter(address.ip()) {
                    door.tasks.spawn(connection(stream, address, pass, door.clone()));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, address: SocketAddr, pass: Pass, door: Door) {
    let made = made(stream, door.certificate.as_deref());
    match door.stop.run_until_cancelled(made).await {
        Some(Ok(connection)) => {
            let session = Session {
                app: Arc::clone(&door.app),
                address,
                connection,
                pass: Some(pass),
                publisher: None,
            };
            session.run(&door.stop).await;
        }
        Some(Err(error)) => tracing::debug!(%address, %error, "no connection was made"),
        None => {}
    }
}

async fn made(stream: TcpStream, certificate: Option<&Certificate>) -> Result<Connection, Error> {
    // A system without it is slower to say so, not wrong.
    let _ = SockRef::from(&stream).set_recv_buffer_size(UNREAD_BYTES);
    match certificate {
        Some(certificate) => Connection::secure(stream, certificate.config(), Limits::default()).await,
        None => Connection::new(stream, Limits::default()),
    }
}

/// One connection of a publisher or player.
struct Session {
    app: Arc<App>,
    address: SocketAddr,
    /// Its place among the publishers; a player has one among the viewers instead. It stands before the connection, so
    /// that it is given back before the peer sees the end.
    pass: Option<Pass>,
    connection: Connection,
    publisher: Option<Publisher>,
}

impl Session {
    /// Until the peer leaves, or the server stops.
    async fn run(mut self, stop: &CancellationToken) {
        if stop.run_until_cancelled(self.serve()).await.is_none() && self.publisher.is_some() {
            // Who understands it is back as soon as a server is.
            self.connection.request_reconnect(None);
            self.connection.close().await;
        }
    }

    async fn serve(&mut self) {
        loop {
            let event = match &mut self.publisher {
                Some(publisher) => tokio::select! {
                    event = self.connection.event() => event,
                    wish = publisher.wish() => match wish {
                        Some(wish) => {
                            self.ask(&wish);
                            continue;
                        }
                        None => return self.replaced().await,
                    },
                },
                None => self.connection.event().await,
            };
            match event {
                Ok(Event::Closed) => return self.leave(None),
                Ok(event) => {
                    if !self.handle(event).await {
                        return;
                    }
                }
                Err(error) => return self.lost(&error),
            }
        }
    }

    /// Asks the publisher for what is wished of it.
    fn ask(&mut self, wish: &Wish) {
        match wish {
            Wish::Reconnect(url) => self.connection.request_reconnect(url.as_deref()),
            Wish::KeyFrame => self.connection.request_key_frame(),
        };
    }

    /// False when the connection is over.
    async fn handle(&mut self, event: Event) -> bool {
        match event {
            Event::Publish {
                app,
                key,
                agent,
                reconnects,
                key_frames,
                ..
            } => {
                let who = Who {
                    agent: printable(&agent),
                    address: self.address.to_string(),
                    reconnects,
                    key_frames,
                    since: Instant::now(),
                };
                match self.admit(&app, key.expose(), who) {
                    Ok(publisher) => {
                        self.publisher = Some(publisher);
                        self.connection.accept();
                    }
                    Err(fault) => {
                        self.refuse(&fault).await;
                        return false;
                    }
                }
            }
            Event::Play {
                app,
                name,
                takes_tracks,
                ..
            } => return self.play(&app, name.expose(), takes_tracks).await,
            Event::Tag(tag) => {
                if let Some(publisher) = &self.publisher {
                    publisher.take(&tag, clock::arrival());
                }
            }
            Event::Clock(stamp) => {
                if let Some(publisher) = &self.publisher {
                    publisher.announce(stamp);
                }
            }
            Event::Unpublish => {
                if let Some(publisher) = &self.publisher {
                    publisher.farewell();
                }
                self.leave(None);
            }
            Event::Stop | Event::Closed => {}
        }
        true
    }

    /// False when the connection is over.
    async fn play(&mut self, app: &str, name: &str, all_tracks: bool) -> bool {
        let name = match played(app, name) {
            Ok(name) => name,
            Err(fault) => {
                self.connection
                    .reject("NetStream.Play.StreamNotFound", &fault.message)
                    .await;
                return false;
            }
        };
        self.pass = None;
        let ip = self.address.ip();
        let stopped = deliver::rtmp::play(&mut self.connection, &self.app, ip, name, all_tracks).await;
        self.pass = self.app.publishers.enter(self.address.ip());
        stopped && self.pass.is_some()
    }

    /// Checks the key and takes the stream's place.
    fn admit(&self, app: &str, key: &str, who: Who) -> Result<Publisher, Fault> {
        let (ip, now) = (self.address.ip(), who.since);
        check_app(app, "Publish")?;
        let name = keys::stream_of(&self.app, plain(key), ip, now)?;
        let publisher = self.app.hub.claim(&name, who.clone(), now)?;
        tracing::info!(stream = %name, agent = who.agent, address = who.address, "publishing");
        Ok(publisher)
    }

    async fn refuse(&mut self, fault: &Fault) {
        tracing::warn!(address = %self.address, %fault, "publish refused");
        self.connection
            .reject("NetStream.Publish.BadName", &fault.message)
            .await;
    }

    async fn replaced(&mut self) {
        tracing::info!(address = %self.address, "publisher gives way to a newer connection");
        self.publisher = None;
        self.connection.close().await;
    }

    fn lost(&mut self, error: &Error) {
        tracing::info!(address = %self.address, %error, "publisher's connection ended");
        let message = format!("The publisher's connection ended: {error}.");
        self.leave(Some(Fault::new(Code::PublisherLost, message)));
    }

    fn leave(&mut self, fault: Option<Fault>) {
        if let Some(mut publisher) = self.publisher.take() {
            if let Some(fault) = fault {
                publisher.fail(fault);
            }
            drop(publisher);
            tracing::info!(address = %self.address, "publisher left");
        }
    }
}

/// The name of the stream that is to be played. MediaMTX has all of its address in the application, and plays nothing of it.
fn played<'a>(app: &'a str, name: &'a str) -> Result<&'a str, Fault> {
    let within = plain(app).trim_matches('/').strip_prefix(APP);
    match within.and_then(|rest| rest.strip_prefix('/')) {
        Some(within) if plain(name).is_empty() => Ok(within),
        _ => check_app(app, "Play").map(|()| plain(name)),
    }
}

fn check_app(app: &str, what: &str) -> Result<(), Fault> {
    if plain(app).trim_matches('/') == APP {
        return Ok(());
    }
    let rest = match what {
        "Play" => "/NAME",
        _ => " with your stream key",
    };
    let message = format!("{what} at rtmp://HOST/{APP}{rest}.");
    Err(Fault::new(Code::WrongApp, message))
}

/// At most 128 printable ASCII characters of what a stranger says.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, ' '..='~'))
        .take(128)
        .collect()
}
