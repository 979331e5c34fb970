//! The same by WebRTC: in by RTMP and out by WHEP, in by WHIP and out by HTTP-FLV; and how soon a viewer who joins sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use container::flv::{Tag, video};
use container::h264;
use media::{CodecParameters, Packet, TrackKind, VideoParameters};
use rtc::net::{Endpoint, Session};
use rtc::signal::{Bearer, Client};
use rtc::{Event, Media, Role, Unit};
use rtmp::io::Publisher;
use system_tests::server::Server;
use tokio::task::JoinSet;

use super::by_srt::{packet, tracks};
use super::{Ages, Failure, LOW_DELAY, NAME, TIMEOUT, Written, lock, print, target, watch_flv};

/// Between two viewers who join: so that they come at every place of a group of pictures.
const JOINS_EVERY: Duration = Duration::from_millis(730);

/// A caller of WHIP or WHEP.
struct Caller {
    _port: Endpoint,
    _client: Client,
    session: Session,
}

impl Caller {
    async fn call(address: &str, key: Option<&str>, role: Role) -> Result<Self, Failure> {
        let bearer = key.map(Bearer::new).transpose()?;
        let mut client = Client::new(address, bearer)?;
        let port = Endpoint::call(client.resolve().await?)?;
        let (mut session, offer) = port.offer(role)?;
        session.accept(&client.offer(offer).await?)?;
        Ok(Self {
            _port: port,
            _client: client,
            session,
        })
    }

    /// The next picture.
    async fn picture(&mut self) -> Result<Media, Failure> {
        loop {
            match self.session.next().await {
                Event::Media(media) if media.kind == TrackKind::Video => return Ok(media),
                Event::Ended => return Err("the session ended".into()),
                _ => {}
            }
        }
    }
}

/// Publishes `media` at its own pace by RTMP and by WHIP.
pub(super) async fn run(media: &[Tag]) -> Result<(), Failure> {
    out_by_whep(media).await?;
    in_by_whip(media).await
}

async fn out_by_whep(media: &[Tag]) -> Result<(), Failure> {
    let server = Server::start_with(LOW_DELAY, &[]).await?;
    let address = server.add_stream(NAME).await?;
    let (written, ages, joins) = (Written::default(), Ages::default(), Ages::default());
    let publisher = Publisher::connect(target(&address)?, TIMEOUT).await?;
    let watch = server.url(&format!("/whep/{NAME}"));
    let mut readers = JoinSet::new();
    readers.spawn(play(
        watch.clone(),
        server.http,
        Arc::clone(&written),
        Arc::clone(&ages),
    ));
    readers.spawn(join(watch, server.http, Arc::clone(&joins)));
    tokio::select! {
        sent = super::send(publisher, media, &written) => sent?,
        Some(ended) = readers.join_next() => ended??,
    }
    print("anchor, RTMP in, WHEP out", &mut lock(&ages));
    print_joins(&mut lock(&joins));
    Ok(())
}

async fn play(
    address: String,
    http: std::net::SocketAddr,
    written: Written,
    ages: Ages,
) -> Result<(), Failure> {
    system_tests::viewer::Viewer::wait(http, NAME, TIMEOUT).await?;
    let mut caller = Caller::call(&address, None, Role::Receive).await?;
    // Those from before the viewer came are old.
    let begun = Instant::now();
    loop {
        let media = caller.picture().await?;
        let unit = h264::annexb_to_avcc(&media.data);
        let body = video::frame(media.key, 0, &unit.data);
        let at = lock(&written).get(&body).copied();
        if let Some(at) = at.filter(|at| *at > begun) {
            lock(&ages).push(at.elapsed().as_secs_f64() * 1e3);
        }
    }
}

async fn join(address: String, http: std::net::SocketAddr, joins: Ages) -> Result<(), Failure> {
    system_tests::viewer::Viewer::wait(http, NAME, TIMEOUT).await?;
    let mut every = tokio::time::interval(JOINS_EVERY);
    loop {
        every.tick().await;
        let from = Instant::now();
        let mut caller = Caller::call(&address, None, Role::Receive).await?;
        caller.picture().await?;
        lock(&joins).push(from.elapsed().as_secs_f64() * 1e3);
    }
}

async fn in_by_whip(media: &[Tag]) -> Result<(), Failure> {
    let server = Server::start_with(LOW_DELAY, &[]).await?;
    let address = server.add_stream(NAME).await?;
    let key = address.rsplit_once('/').ok_or("an address has a key")?.1;
    let (written, ages) = (Written::default(), Ages::default());
    let publisher = Caller::call(&server.url("/whip"), Some(key), Role::Send).await?;
    let mut readers = JoinSet::new();
    readers.spawn(watch_flv(server.http, Arc::clone(&written), Arc::clone(&ages)));
    tokio::select! {
        sent = send(publisher, media, &written) => sent?,
        Some(ended) = readers.join_next() => ended??,
    }
    print("anchor, WHIP in, HTTP-FLV out", &mut lock(&ages));
    Ok(())
}

async fn send(mut caller: Caller, media: &[Tag], written: &Written) -> Result<(), Failure> {
    let parameters = pictures(media)?;
    while !caller.session.is_connected() {
        caller.session.next().await;
    }
    let began = tokio::time::Instant::now();
    for tag in media {
        let picture = packet(tag).filter(|packet: &Packet| packet.kind == TrackKind::Video);
        let Some(picture) = picture else { continue };
        let due = began + Duration::from_millis(tag.timestamp.into());
        while tokio::time::Instant::now() < due {
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                _ = caller.session.next() => {}
            }
        }
        lock(written).insert(tag.data.clone(), Instant::now());
        let unit = Unit::picture(&picture, &parameters, Instant::now());
        caller.session.send(&unit, unit.pts);
    }
    Ok(())
}

fn pictures(media: &[Tag]) -> Result<VideoParameters, Failure> {
    let found = tracks(media)?
        .into_iter()
        .find_map(|track| match track.parameters {
            CodecParameters::Video(video) => Some(video),
            CodecParameters::Audio(_) => None,
        });
    found.ok_or_else(|| "there are no pictures".into())
}

/// All of them: there are few.
fn print_joins(joins: &mut [f64]) {
    joins.sort_by(f64::total_cmp);
    let at = |share: usize| joins.get((joins.len() * share / 100).min(joins.len().saturating_sub(1)));
    if let (Some(half), Some(most)) = (at(50), at(95)) {
        let count = joins.len();
        println!("joining by WHEP, to the first picture: p50 {half:.0}, p95 {most:.0} of {count}");
    }
}
