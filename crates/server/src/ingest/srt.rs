//! Callers by SRT: publishers with their stream key, and players, told apart by the stream id.
//!
//! A stream id is `#!::m=publish,r=KEY` or `#!::m=request,r=NAME`, or the key or the name alone.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::server::SrtStats;
use api::{Code, Fault};
use srt::stream_id::{self, Mode, StreamId};
use srt::{Accept, Listener, MAX_PAYLOAD, Options, Passphrase, Reject, Request, Socket};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::keys::{self, plain};
use super::ts::TransportStream;
use crate::config::Config;
use crate::stream::{Publisher, Stream, Who};
use crate::{App, Name, clock, deliver, listen, secret};

/// What the listener is called.
pub(crate) const SRT: &str = "the listener for SRT (srt)";
/// Connections that are made and not taken yet.
const BACKLOG: u16 = 64;
/// Pause after the port could not be taken from.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often a publisher's connection is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A publisher that sends nothing for so long is ended, as by RTMP.
const SILENT: Duration = Duration::from_secs(30);

/// Who is called about, once its stream id was understood.
enum Wanted {
    Publish(Name),
    Play(Arc<Stream>),
}

/// Listens at `address` for callers of `app`.
pub(crate) fn bind(app: &Arc<App>, address: SocketAddr) -> Result<Listener, Fault> {
    let options = options(&app.config)?;
    let asked = Arc::clone(app);
    let admit = move |request: &Request<'_>| admit(&asked, request);
    Listener::bind(address, BACKLOG, &options, admit).map_err(|error| match error {
        srt::Error::Io(error) => listen::refused(address, SRT, &error),
        other => listen::refused(address, SRT, &std::io::Error::other(other)),
    })
}

/// What `config` says of connections, the passphrase read.
pub(crate) fn options(config: &Config) -> Result<Options, Fault> {
    let wrong = |message: String| Fault::new(Code::SrtPassphrase, message);
    let passphrase = match &config.srt.passphrase {
        None => None,
        Some(place) => {
            let secret = secret::read(place, Code::SrtPassphrase, "the passphrase of SRT")?;
            let passphrase = Passphrase::new(secret.expose()).map_err(|e| wrong(format!("{e}.")))?;
            Some(passphrase)
        }
    };
    Ok(Options {
        latency: Duration::from_millis(config.srt.latency_ms),
        passphrase,
        ..Options::default()
    })
}

/// Asked before a connection is made, on the thread of the port: looks, and takes nothing.
fn admit(app: &App, request: &Request<'_>) -> Result<Accept, Reject> {
    let ip = request.peer.ip();
    let room = match wanted(app, request.stream_id, ip) {
        Ok(Wanted::Publish(name)) if app.hub.is_taken(&name, Instant::now()) => {
            return Err(Reject::CONFLICT);
        }
        Ok(Wanted::Publish(_)) => app.publishers.has_room(ip),
        Ok(Wanted::Play(_)) => app.viewers.has_room(ip),
        Err(fault) => {
            tracing::warn!(address = %request.peer, %fault, "an SRT caller is refused");
            return Err(reject(fault.code));
        }
    };
    room.then_some(Accept::AsListener).ok_or(Reject::OVERLOAD)
}

const fn reject(code: Code) -> Reject {
    match code {
        Code::WrongKey | Code::TooManyAttempts => Reject::UNAUTHORIZED,
        Code::NotFound => Reject::NOT_FOUND,
        Code::NotAble => Reject::BAD_MODE,
        _ => Reject::BAD_REQUEST,
    }
}

fn wanted(app: &App, text: &str, ip: IpAddr) -> Result<Wanted, Fault> {
    let now = Instant::now();
    let id = StreamId::parse(text).map_err(|error| {
        let code = match error {
            stream_id::Error::Mode => Code::NotAble,
            _ => Code::RequestInvalid,
        };
        Fault::new(code, format!("The stream id is wrong: {error}."))
    })?;
    let resource = plain(id.resource);
    let play = || deliver::find(app, resource).map(Wanted::Play);
    match id.mode {
        Some(Mode::Publish) => Ok(Wanted::Publish(keys::stream_of(app, resource, ip, now)?)),
        Some(Mode::Request) => play(),
        Some(Mode::Bidirectional) => {
            let message = "A caller either publishes or plays, not both.";
            Err(Fault::new(Code::NotAble, message))
        }
        None => match app.keys.find(resource) {
            Some(name) => Ok(Wanted::Publish(name)),
            None => play().map_err(|_| keys::wrong(app, ip, now)),
        },
    }
}

/// Takes callers in until the server stops.
pub(crate) async fn serve(listener: Listener, app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok(socket) => {
                let (app, stop) = (Arc::clone(&app), stop.clone());
                tasks.spawn(async move { stop.run_until_cancelled(connection(&app, socket)).await });
            }
            Err(error) => {
                tracing::warn!(%error, "an SRT connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What is allowed is decided anew: it may be long since the caller was let in.
async fn connection(app: &App, socket: Socket) {
    let ip = socket.peer_addr().ip();
    match wanted(app, socket.stream_id(), ip) {
        Ok(Wanted::Publish(name)) => {
            if let Some(_pass) = app.publishers.enter(ip) {
                publish(app, &socket, &name).await;
            }
        }
        Ok(Wanted::Play(stream)) => {
            if let Some(_pass) = app.viewers.enter(ip) {
                deliver::srt::play(socket, stream).await;
            }
        }
        Err(fault) => tracing::warn!(address = %socket.peer_addr(), %fault, "an SRT caller is refused"),
    }
}

async fn publish(app: &App, socket: &Socket, name: &Name) {
    let now = Instant::now();
    let address = socket.peer_addr();
    let who = Who {
        agent: "SRT".into(),
        address: address.to_string(),
        reconnects: false,
        key_frames: false,
        since: now,
    };
    let mut publisher = match app.hub.claim(name, who, now) {
        Ok(publisher) => publisher,
        Err(fault) => return tracing::warn!(%address, %fault, "publish refused"),
    };
    tracing::info!(stream = %name, %address, "publishing by SRT");
    let end = receive(socket, &mut publisher).await;
    tracing::info!(stream = %name, %address, "publisher left");
    if let Some(fault) = end {
        publisher.fail(fault);
    }
}

/// Hands on what comes until it ends, by a fault or because another took the place.
async fn receive(socket: &Socket, publisher: &mut Publisher) -> Option<Fault> {
    let mut stream = TransportStream::default();
    let mut message = [0; MAX_PAYLOAD];
    let mut look = tokio::time::interval(LOOK);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            received = socket.recv(&mut message) => match received {
                Ok(length) => {
                    stream.push(&message[..length]);
                    match hand_on(&mut stream, publisher) {
                        Ok(0) => {}
                        Ok(_) => heard = Instant::now(),
                        Err(fault) => return Some(fault),
                    }
                }
                Err(error) => {
                    stream.end();
                    let ended = || lost(&format!("The publisher's connection ended: {error}."));
                    return Some(hand_on(&mut stream, publisher).err().unwrap_or_else(ended));
                }
            },
            wish = publisher.wish() => {
                // Another took the place; SRT has no word for anything else that may be wished.
                wish?;
            }
            _ = look.tick() => {
                publisher.transport(stats(socket, &stream));
                if heard.elapsed() > SILENT {
                    return Some(lost("The publisher sent neither picture nor sound for 30 s."));
                }
            }
        }
    }
}

/// Hands on what was read: how many tags.
fn hand_on(stream: &mut TransportStream, publisher: &Publisher) -> Result<usize, Fault> {
    let mut tags = 0;
    while let Some(tag) = stream.poll() {
        publisher.take(&tag?, clock::arrival());
        tags += 1;
    }
    Ok(tags)
}

fn lost(message: &str) -> Fault {
    Fault::new(Code::PublisherLost, message)
}

fn stats(socket: &Socket, stream: &TransportStream) -> Option<SrtStats> {
    let stats = socket.stats().ok()?;
    let counters = stream.counters();
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Some(SrtStats {
        rtt_ms: stats.rtt.as_secs_f64() * 1e3,
        latency_ms: millis(stats.receive_latency),
        packets: stats.packets_received,
        lost: stats.packets_received_lost,
        dropped: stats.packets_receive_dropped,
        left_out: counters.damaged + counters.oversized + counters.untimed + counters.early,
    })
}
