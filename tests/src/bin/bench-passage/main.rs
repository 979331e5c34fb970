//! What a server adds to the delay: from a picture written by its publisher to the picture received by a player,
//! all on this machine, by RTMP, HTTP-FLV, SRT and WebRTC; nginx's RTMP module beside it in the same run. Nothing is judged.

mod by_srt;
mod by_webrtc;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{Tag, TagKind, video};
use rtmp::Target;
use rtmp::io::{Player, Publisher};
use system_tests::binary;
use system_tests::load;
use system_tests::nginx::Nginx;
use system_tests::server::Server;
use system_tests::viewer::Viewer;
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const NAME: &str = "bench";
const TIMEOUT: Duration = Duration::from_secs(10);
/// Low delay: no sound waits for the next picture.
const LOW_DELAY: &str = "[stream]\nmerge_ms = 0\n";
/// nginx' application: nothing is recorded.
const KEEPS_NOTHING: &[(&str, &str)] = &[("live", "live on;")];

/// When each picture was written, by its bytes.
type Written = Arc<Mutex<HashMap<Bytes, Instant>>>;
/// Milliseconds from written to received.
type Ages = Arc<Mutex<Vec<f64>>>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut seconds = 30;
    for (name, value) in binary::options()? {
        match name.as_str() {
            "--seconds" => seconds = value.parse()?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let folder = tempfile::tempdir()?;
    let media = load::clip(folder.path(), seconds)?;
    println!(
        "480p30 at 600 kbit/s with sound, GOP 2 s, {seconds} s each; milliseconds from written to received"
    );
    for (what, config) in [("anchor, low delay", LOW_DELAY), ("anchor, default", "")] {
        let server = Server::start_with(config, &[]).await?;
        let address = server.add_stream(NAME).await?;
        let play = format!("rtmp://{}/live/{NAME}", server.rtmp);
        run(what, &address, &play, Some(server.http), &media).await?;
    }
    by_srt::run(&media).await?;
    by_webrtc::run(&media).await?;
    if let Some(nginx) = Nginx::start_with_or_skip(KEEPS_NOTHING).await? {
        let address = nginx.publish(NAME);
        run("nginx", &address, &address, None, &media).await?;
    }
    Ok(())
}

/// Publishes `media` at its own pace to `publish`; plays it from `play`, and from the viewers' listener at `http`.
async fn run(
    what: &str,
    publish: &str,
    play: &str,
    http: Option<SocketAddr>,
    media: &[Tag],
) -> Result<(), Failure> {
    let written = Written::default();
    let (by_rtmp, by_flv) = (Ages::default(), Ages::default());
    let publisher = Publisher::connect(target(publish)?, TIMEOUT).await?;
    let mut readers = JoinSet::new();
    let play = target(play)?;
    readers.spawn(play_rtmp(play, http, Arc::clone(&written), Arc::clone(&by_rtmp)));
    if let Some(http) = http {
        readers.spawn(watch_flv(http, Arc::clone(&written), Arc::clone(&by_flv)));
    }
    tokio::select! {
        sent = send(publisher, media, &written) => sent?,
        Some(ended) = readers.join_next() => ended??,
    }
    for (how, ages) in [("RTMP", &by_rtmp), ("HTTP-FLV", &by_flv)] {
        print(&format!("{what}, {how}"), &mut lock(ages));
    }
    Ok(())
}

async fn send(mut publisher: Publisher, media: &[Tag], written: &Written) -> Result<(), Failure> {
    let began = tokio::time::Instant::now();
    for tag in media {
        let due = began + Duration::from_millis(tag.timestamp.into());
        while tokio::time::Instant::now() < due {
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                error = publisher.closed() => return Err(error.into()),
            }
        }
        lock(written).insert(tag.data.clone(), Instant::now());
        publisher.send(tag).await?;
    }
    Ok(publisher.close().await?)
}

async fn play_rtmp(
    play: Target,
    http: Option<SocketAddr>,
    written: Written,
    ages: Ages,
) -> Result<(), Failure> {
    if let Some(http) = http {
        // Ours refuses who asks before there is a stream; nginx lets them wait.
        Viewer::wait(http, NAME, TIMEOUT).await?;
    }
    let mut player = Player::connect(play, TIMEOUT).await?;
    loop {
        note(&player.next_tag().await?, &written, &ages);
    }
}

async fn watch_flv(http: SocketAddr, written: Written, ages: Ages) -> Result<(), Failure> {
    let mut viewer = Viewer::wait(http, NAME, TIMEOUT).await?;
    loop {
        note(&viewer.tag().await?, &written, &ages);
    }
}

/// Notes the age of a picture; those from before the player came are old, and begin with the first that isn't.
fn note(tag: &Tag, written: &Written, ages: &Ages) {
    let is_picture = tag.kind == TagKind::Video && !video::is_sequence_header(&tag.data);
    let at = lock(written).get(&tag.data).copied();
    if let Some(at) = at.filter(|_| is_picture) {
        lock(ages).push(at.elapsed().as_secs_f64() * 1e3);
    }
}

fn print(what: &str, ages: &mut Vec<f64>) {
    // The newest GOP comes at once to who joins: two seconds are left out.
    let mut ages = ages.split_off(ages.len().min(60));
    if ages.is_empty() {
        return;
    }
    ages.sort_by(f64::total_cmp);
    let at = |part: f64| ages[((ages.len() - 1) as f64 * part) as usize];
    let (half, most, last) = (at(0.5), at(0.95), at(1.0));
    println!(
        "{what:<28} p50 {half:6.2}   p95 {most:6.2}   most {last:6.2}   of {}",
        ages.len()
    );
}

fn target(address: &str) -> Result<Target, Failure> {
    let (url, key) = address.rsplit_once('/').ok_or("an address has a key")?;
    Ok(Target::new(url, key)?)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
