//! Many viewers of one stream: our HTTP-FLV and our RTMP beside nginx's RTMP module, in the same run.
//!
//! Server and load are pinned to different cores. For each server: the same publisher, the same number of
//! players, CPU seconds a gigabit delivered, memory a viewer, the longest gap any viewer saw. Nothing is judged.

mod late;
mod load;
mod peer;

use std::path::PathBuf;
use std::time::Duration;

use load::{Outcome, Protocol};
use peer::Peer;

/// What is measured.
struct Settings {
    viewers: usize,
    seconds: u64,
    runs: usize,
    server: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_args()?;
    let folder = tempfile::tempdir()?;
    let media = system_tests::load::clip_file(folder.path(), 20)?;
    println!(
        "{} viewers of one 480p30 stream at 600 kbit/s, {} s a run",
        settings.viewers, settings.seconds
    );
    println!(
        "server on core 0, publisher and viewers on core 1; GOP 2 s; our GOP cache on, nginx without one"
    );
    println!(
        "{:<22} {:>10} {:>12} {:>14} {:>12} {:>16} {:>10}",
        "", "Mbit/s", "CPU s/Gbit", "KiB a viewer", "longest gap", "late p50, p95", "lost"
    );
    for run in 0..settings.runs {
        for protocol in [Protocol::HttpFlv, Protocol::Rtmp, Protocol::NginxRtmp] {
            let dir = folder.path().join(format!("{run}-{}", protocol as usize));
            std::fs::create_dir_all(&dir)?;
            match measure(protocol, &settings, &dir, &media).await {
                Ok(row) => println!("{row}"),
                Err(e) => println!("{:<22} not run: {e}", protocol.name()),
            }
        }
    }
    Ok(())
}

impl Settings {
    fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            viewers: 1000,
            seconds: 30,
            runs: 1,
            server: PathBuf::from("anchor-server"),
        };
        let mut args = std::env::args().skip(1);
        while let (Some(name), Some(value)) = (args.next(), args.next()) {
            let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--viewers" => settings.viewers = number()? as usize,
                "--seconds" => settings.seconds = number()?,
                "--runs" => settings.runs = number()? as usize,
                "--server" => settings.server = value.into(),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}

async fn measure(
    protocol: Protocol,
    settings: &Settings,
    dir: &std::path::Path,
    media: &std::path::Path,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut peer = match protocol {
        Protocol::HttpFlv | Protocol::Rtmp => Peer::anchor(&settings.server, dir)?,
        Protocol::NginxRtmp => Peer::nginx(dir)?,
    };
    peer.publish(media)?;
    load::await_stream(protocol, &peer).await?;
    let empty = peer.memory();
    let viewers = load::start(protocol, &peer, settings.viewers).await?;
    let (cpu, began) = (peer.cpu_seconds(), viewers.bytes());
    let outcome: Outcome = viewers.watch(Duration::from_secs(settings.seconds)).await;
    let cpu = peer.cpu_seconds() - cpu;
    let bits = (outcome.bytes - began) as f64 * 8.0;
    let memory = peer.memory().saturating_sub(empty) as f64 / 1024.0 / settings.viewers as f64;
    Ok(format!(
        "{:<22} {:>10.0} {:>12.2} {:>14.1} {:>9.0} ms {:>6.0}, {:>3.0} ms {:>10}",
        protocol.name(),
        bits / 1e6 / settings.seconds as f64,
        cpu / (bits / 1e9),
        memory,
        outcome.longest_gap.as_secs_f64() * 1e3,
        outcome.late[0],
        outcome.late[1],
        outcome.lost
    ))
}
