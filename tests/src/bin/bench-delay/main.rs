//! Delay from the studio to a viewer's screen, by HTTP-FLV, LL-HLS and WebRTC, in a browser; how soon who joins sees.
//!
//! The studio burns a number into each picture; the viewer's page is made to read it from what the video element
//! shows. Studio, server and browser run on this machine, so that one clock tells when a picture was taken and
//! when it was shown; what the page says of its delay is held against that. With `--clock` the studio's wall clock
//! lies, which must change nothing.

mod joins;
mod settings;
mod show;
mod watch;

use std::time::Duration;

use settings::{Clock, Settings};
use system_tests::delay::{Figures, Taken};
use system_tests::faketime::FalseClock;
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};

type Failure = Box<dyn std::error::Error>;

/// Name of the stream.
const STREAM: &str = "bench";
/// A wall clock that steps in mid-show steps by an hour.
const STEP: i64 = 3600;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let server = Server::start().await?;
    let false_clock = settings.clock.start()?;
    let studio = start_studio(&server, &settings, false_clock.as_ref()).await?;
    println!(
        "demo show, 640x360 at 30 frames/s, 1500 kbit/s; {} s of each after {} s; studio's clock: {}",
        settings.seconds, settings.settle, settings.clock
    );
    let mut seen = Vec::new();
    for (via, off) in [("flv", STEP), ("ll-hls", 2 * STEP), ("whep", 3 * STEP)] {
        let during = async {
            tokio::time::sleep(Duration::from_secs(settings.seconds / 2)).await;
            if let (Clock::Step, Some(clock)) = (settings.clock, &false_clock) {
                clock.set(off)?;
            }
            tokio::time::sleep(Duration::from_secs(settings.seconds.div_ceil(2))).await;
            Ok(())
        };
        let url = server.url(&format!("/watch/{STREAM}?via={via}"));
        seen.push((via, watch::watch(&url, &settings, during).await?, load()));
    }
    let joins = joins::watch(&server, settings.joins).await?;
    let (report, _) = studio.stop().await?;
    let taken = Taken::new(&report).ok_or("the studio says nothing of its counter")?;
    for (via, watched, load) in &seen {
        print(via, &Figures::judge(&watched.seen, taken), watched, load);
    }
    joins.print(taken);
    println!(
        "studio: {} late, {} repeated of {} frames; clock off by at most {:.2} ms, the machine's by {:.0} ms",
        report.program.late,
        report.program.repeated,
        report.program.due,
        report.clock.error_ms.unwrap_or(f64::NAN),
        report.clock.machine_offset_ms.unwrap_or(f64::NAN)
    );
    Ok(())
}

async fn start_studio(
    server: &Server,
    settings: &Settings,
    clock: Option<&FalseClock>,
) -> Result<Studio, Failure> {
    let mut show = Show::new(&show::demo()).companion(&server.url(""));
    for name in [STREAM.to_owned()]
        .into_iter()
        .chain((0..settings.joins).map(joins::unseen))
    {
        show = show.output_at(&name, &server.add_stream(&name).await?, "{ bitrate = 1500 }");
    }
    let variables = clock.map(FalseClock::variables);
    Ok(Studio::start_in(&show, |command| {
        command.envs(variables.into_iter().flatten());
    })?)
}

fn print(via: &str, figures: &Figures, watched: &watch::Watched, load: &str) {
    let Figures { delay, miss, .. } = figures;
    println!(
        "{via:<7} delay ms: p50 {:.0}, p95 {:.0}, max {:.0} (least {:.0}); first picture {:.0} ms after opening",
        delay.p50, delay.p95, delay.max, figures.least_delay, watched.first_picture
    );
    println!(
        "        page's figure off by ms: p50 {:.0} ({:+.0}), p95 {:.0}, worst {:.0}; silent for {} pictures",
        miss.p50, figures.miss_signed, miss.p95, miss.max, figures.silent
    );
    println!(
        "        stalls: {}{}; {} pictures, {} skipped, {} unread, {} backwards; load {load}",
        figures.stalls.len(),
        figures
            .stalls
            .iter()
            .map(|s| format!(" {s:.0} ms"))
            .collect::<String>(),
        figures.pictures,
        figures.skipped,
        figures.unread,
        figures.backwards
    );
    println!(
        "        by the page's own count: {} stalls for want of media; at the end {:.0} ms ahead of the picture",
        watched.said["stalls"],
        watched.said["aheadMs"].as_f64().unwrap_or(f64::NAN)
    );
}

/// Mean number of processes that ran or waited to, over the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}
