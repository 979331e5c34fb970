//! Many viewers by low-latency HLS, each on a TLS and HTTP/2 connection of its own, behaving like hls.js: how late parts
//! reach them, from the last picture of a part written to the server to the part's last byte at the viewer. Server and load
//! are pinned to different cores. Nothing is judged; how late the load itself was is printed apart.

mod client;
mod source;

use std::error::Error;
use std::time::Duration;

use client::{Door, Tally};
use source::Source;
use system_tests::binary;
use system_tests::certificate::Certificate;
use system_tests::counter::percentile;
use system_tests::cpu::Meter;
use system_tests::load;
use system_tests::server::Server;
use system_tests::viewer::Viewer;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep, sleep_until};

/// The stream's name.
const NAME: &str = "bench";
/// How long the stream may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between the last viewer's joining and the first count.
const SETTLE: Duration = Duration::from_secs(4);
/// How often it is looked how late the load itself is.
const BEAT: Duration = Duration::from_millis(10);

/// What is measured.
struct Settings {
    viewers: Vec<usize>,
    seconds: u64,
    joined_over: u64,
}

impl Settings {
    fn from_args() -> Result<Self, Box<dyn Error>> {
        let mut settings = Self {
            viewers: vec![300, 1000],
            seconds: 30,
            joined_over: 30,
        };
        for (name, value) in binary::options()? {
            match name.as_str() {
                "--viewers" => settings.viewers = vec![value.parse()?],
                "--seconds" => settings.seconds = value.parse()?,
                "--joined-over" => settings.joined_over = value.parse()?,
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(settings)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_args()?;
    let folder = tempfile::tempdir()?;
    let media = load::clip(folder.path(), source::SECONDS.into())?;
    println!(
        "480p30 at 600 kbit/s with sound, GOP 2 s, parts of 1/3 s; joined over {} s, {} s each; server on core 0, publisher \
         and viewers on core 1",
        settings.joined_over, settings.seconds
    );
    println!(
        "{:<8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>10} {:>10} {:>9}",
        "viewers", "p50", "p99", "most", "late", "failed", "server", "load late", "memory"
    );
    for &viewers in &settings.viewers {
        let measured = measure(&settings, viewers, folder.path(), &media);
        LocalSet::new().run_until(measured).await?;
    }
    Ok(())
}

async fn measure(
    settings: &Settings,
    viewers: usize,
    folder: &std::path::Path,
    media: &source::Media,
) -> Result<(), Box<dyn Error>> {
    let certificate = Certificate::write(folder, &["localhost"]);
    let secure = certificate.config().replace("rtmps = ", "https = ");
    let server = Server::start_with(&secure, &[]).await?;
    let pid = server.id().ok_or("the server has ended")?;
    load::pin(pid, 0)?;
    load::pin(std::process::id(), 1)?;
    let source = Source::start(&server.add_stream(NAME).await?, media).await?;
    drop(Viewer::wait(server.http, NAME, PATIENCE).await?);
    let at = server.https.ok_or("there is no listener within TLS")?;
    let door = Door::new(at, &certificate.authority, source.written())?;
    let tally = Tally::default();
    let mut tasks = JoinSet::new();
    let begin = Instant::now();
    for n in 0..viewers {
        let joins = begin + Duration::from_secs(settings.joined_over) * n as u32 / viewers as u32;
        tasks.spawn_local(client::watch(door.clone(), joins, tally.clone()));
    }
    sleep_until(begin + Duration::from_secs(settings.joined_over) + SETTLE).await;
    tally.count_from_now();
    let meter = Meter::start(&[pid])?;
    let load_late = lateness(Duration::from_secs(settings.seconds)).await;
    let spent = meter.read()?;
    let ages = tally.ages();
    let of = |percent| percentile(&ages, percent).unwrap_or(f64::NAN);
    println!(
        "{viewers:<8} {:>5.0} ms {:>5.0} ms {:>5.0} ms {:>8.2} % {:>8} {:>8.0} % {:>7.0} ms {:>6.0} MB   {} parts",
        of(50.0),
        of(99.0),
        of(100.0),
        tally.late() * 100.0,
        tally.failed(),
        spent.each[0] * 100.0,
        percentile(&load_late, 99.0).unwrap_or(f64::NAN),
        load::resident_bytes(pid) as f64 / 1e6,
        ages.len(),
    );
    if let Some(why) = tally.why() {
        println!("         {why}");
    }
    tasks.shutdown().await;
    source.stop().await;
    Ok(())
}

/// How late this thread's timers are, in milliseconds, over `time`.
async fn lateness(time: Duration) -> Vec<f64> {
    let end = Instant::now() + time;
    let mut late = Vec::new();
    while Instant::now() < end {
        let due = Instant::now() + BEAT;
        sleep(BEAT).await;
        late.push(due.elapsed().as_secs_f64() * 1e3);
    }
    late
}
