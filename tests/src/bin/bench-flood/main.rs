//! One server under thousands of connections that want nothing good, and what those who watch notice of it.
//!
//! Server and load are pinned to different cores. The same viewers are measured before, during and after: one who watches
//! by HTTP-FLV, and newcomers who ask for a playlist. Loopback is exempt from the limit of one address, so this is what
//! thousands of addresses could do. Nothing is judged.

mod attack;
mod watch;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use attack::{Kind, Tally};
use system_tests::binary;
use system_tests::certificate::Certificate;
use system_tests::cpu::Meter;
use system_tests::ffmpeg::{Options, Publisher};
use system_tests::load;
use system_tests::server::Server;
use system_tests::viewer::Viewer;
use tokio::task::{JoinSet, LocalSet};
use watch::Watched;

/// The stream's name.
const NAME: &str = "bench";
/// How long the stream may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// Time the connections get to be there before it is measured, and to be gone after.
const SETTLE: Duration = Duration::from_secs(5);

/// What is measured.
struct Settings {
    connections: usize,
    seconds: u64,
}

impl Settings {
    fn from_args() -> Result<Self, Box<dyn Error>> {
        let mut settings = Self {
            connections: 5000,
            seconds: 20,
        };
        for (name, value) in binary::options()? {
            match name.as_str() {
                "--connections" => settings.connections = value.parse()?,
                "--seconds" => settings.seconds = value.parse()?,
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(settings)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_args()?;
    raise_descriptors();
    LocalSet::new().run_until(measure(&settings)).await
}

async fn measure(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let certificate = Certificate::write(folder.path(), &["localhost"]);
    let secure = certificate.config().replace("rtmps = ", "https = ");
    let limits = format!("[limits]\nhttp_connections = {}\n", settings.connections * 2);
    let server = Server::start_with(&format!("{limits}{secure}"), &[]).await?;
    let pid = server.id().ok_or("the server has ended")?;
    load::pin(pid, 0)?;
    load::pin(std::process::id(), 1)?;
    let publish = server.add_stream(NAME).await?;
    let publisher = Publisher::start(Path::new("ffmpeg"), &publish, Options::default())?;
    drop(Viewer::wait(server.http, NAME, PATIENCE).await?);
    println!(
        "{} connections, {} s a row; server on core 0, publisher and load on core 1; 640x360 at 30 fps, 800 kbit/s",
        settings.connections, settings.seconds
    );
    println!(
        "{:<26} {:>12} {:>12} {:>14} {:>10} {:>9}",
        "", "FLV late", "newcomer", "newcomer most", "server CPU", "memory"
    );
    let time = Duration::from_secs(settings.seconds);
    row("before", &server, pid, time).await?;
    for kind in Kind::ALL {
        let tally = Tally::default();
        let mut strangers = attack::start(kind, settings.connections, &server, &tally);
        tokio::time::sleep(SETTLE).await;
        row(kind.name(), &server, pid, time).await?;
        println!("{:26} {}", "", tally.line());
        strangers.shutdown().await;
        tokio::time::sleep(SETTLE).await;
    }
    row("after", &server, pid, time).await?;
    drop(publisher);
    Ok(())
}

/// Measures those who watch for `time`; prints what they noticed.
async fn row(name: &str, server: &Server, pid: u32, time: Duration) -> Result<(), Box<dyn Error>> {
    let meter = Meter::start(&[pid])?;
    let mut tasks = JoinSet::new();
    let watched = Watched::default();
    tasks.spawn_local(watch::flv(server.http, watched.clone()));
    tasks.spawn_local(watch::newcomers(server.http, watched.clone()));
    tokio::time::sleep(time).await;
    tasks.shutdown().await;
    let spent = meter.read()?;
    println!(
        "{name:<26} {:>9.1} ms {:>9.1} ms {:>11.1} ms {:>10.2} {:>6.1} MB",
        watched.late(99.0),
        watched.newcomer(99.0),
        watched.newcomer(100.0),
        spent.each[0],
        load::resident_bytes(pid) as f64 / 1e6
    );
    if let Some(failed) = watched.failed() {
        println!("{:26} failed: {failed}", "");
    }
    Ok(())
}

/// As many files as the system lets this process have: each connection is one.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where it can't be raised connections fail, which the tally says.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            ..limit
        },
    );
}
