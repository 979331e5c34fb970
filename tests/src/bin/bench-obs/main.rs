//! The demo show in OBS Studio and in our studio, in turn: how many true pictures of the camera a second reach the
//! receiver.
//!
//! Both get the same two preload cameras, scene, encoder settings and server. OBS can't burn our frame counter, so
//! both are counted the same way: the table's camera numbers its pictures, and a true frame is one whose number
//! differs from that of the frame before. What came is decoded when all has ended. Nothing is judged here.

mod settings;

use std::io;
use std::time::Duration;

use media::{Size, Timestamp, VideoFrame, counter};
use system_tests::cpu::{Meter, Spent};
use system_tests::measured::{NAME, Running};
use system_tests::obs::Obs;
use system_tests::player::{Picture, Player};
use system_tests::recorder::{Recorder, keep};
use system_tests::server::Server;
use system_tests::stage::{CAMERA_ROW, Stage};

use settings::Settings;

type Failure = Box<dyn std::error::Error>;

/// OBS starts without a graphics card.
const PATIENCE: Duration = Duration::from_secs(90);

/// What one run found.
struct Run {
    /// True frames a second at the receiver.
    rate: f64,
    /// Pictures a second at the receiver, true or not.
    pictures: f64,
    /// Those in which the camera's number can't be read.
    unread: u32,
    spent: Spent,
    /// What the program says of itself.
    said: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let stage = Stage::demo(Size::new(1280, 720), true);
    stage.spec()?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{}; {cores} core(s); {} run(s) of {} s each, after {} s",
        stage.describe(),
        settings.runs,
        settings.seconds,
        settings.settle
    );
    println!(
        "OBS: software OpenGL (llvmpipe) on Xvfb, no preview, no remote control, no audio device; cameras by its own v4l2 \
         source; chroma key and colour correction filters; x264 with our settings (no B-frames, zerolatency, one thread, \
         key frame 2 s, VBV 400 ms)"
    );
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 1..=settings.runs {
        let run = ours_once(&stage, &settings).await?;
        print(number, "ours", &run);
        ours.push(run.rate);
        let Some(run) = obs_once(&stage, &settings).await? else {
            continue;
        };
        print(number, "OBS", &run);
        theirs.push(run.rate);
    }
    for (name, rates) in [("ours", ours), ("OBS", theirs)] {
        if let Some(median) = median(rates) {
            println!("{name:<5} median of {}: {median:.1} true frames/s", settings.runs);
        }
    }
    Ok(())
}

async fn ours_once(stage: &Stage, settings: &Settings) -> Result<Run, Failure> {
    let running = Running::start(stage, false).await?;
    let spent = measure(settings, || running.meter()).await?;
    let measured = running.finish(Some(camera_number)).await?;
    if let Some(folder) = &settings.keep {
        keep(&measured.tags, &folder.join("ours.flv"))?;
    }
    let program = &measured.report.program;
    let said = vec![format!(
        "{} due, {} composed, {} late, {} repeated; composed in ms {:.1} p50, {:.1} p99",
        program.due,
        program.composed,
        program.late,
        program.repeated,
        program.compose_ms.p50,
        program.compose_ms.p99
    )];
    Ok(count(&measured.player.pictures, settings, spent, said))
}

async fn obs_once(stage: &Stage, settings: &Settings) -> Result<Option<Run>, Failure> {
    let server = Server::start().await?;
    let address = server.add_stream(NAME).await?;
    let mut recorder = Recorder::start(server.http, NAME);
    let Some(obs) = Obs::publish_or_skip(&address, stage)? else {
        return Ok(None);
    };
    let began = recorder.pictures(1, PATIENCE).await;
    began.map_err(|error| format!("{error}: {}", obs.said()))?;
    let roots = [obs.id(), server.id().unwrap_or(0), std::process::id()];
    let spent = measure(settings, || Meter::start(&roots)).await?;
    let stats = obs.stats();
    let mut said = vec![obs.describe()];
    said.extend(obs.stop(PATIENCE).await?);
    said.extend(stats.map(|stats| {
        format!(
            "{} of {} frames lagged, {:.0} ms to draw one, by its own statistics",
            stats.lagged, stats.frames, stats.render_ms
        )
    }));
    let mut player = Player::new();
    player.mark = Some(camera_number);
    let tags = recorder.stop();
    if let Some(folder) = &settings.keep {
        keep(&tags, &folder.join("obs.flv"))?;
    }
    tags.iter().try_for_each(|tag| player.take(tag))?;
    player.finish()?;
    Ok(Some(count(&player.pictures, settings, spent, said)))
}

async fn measure(settings: &Settings, meter: impl FnOnce() -> io::Result<Meter>) -> Result<Spent, Failure> {
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    let meter = meter()?;
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    let spent = meter.read()?;
    // What is still under way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(spent)
}

/// The number of the table camera's picture within the program.
fn camera_number(frame: &VideoFrame) -> Option<u32> {
    let stride = frame.planes[0].stride;
    counter::read(frame.plane(0).get(CAMERA_ROW * stride..)?, stride)
}

/// Counts the pictures that are `settings.settle` to that and `settings.seconds` behind the first.
fn count(pictures: &[Picture], settings: &Settings, spent: Spent, said: Vec<String>) -> Run {
    let first = pictures.first().map_or(Timestamp::ZERO, |picture| picture.pts);
    let whole = |seconds: u64| Timestamp::from_nanos(first.as_nanos() + (seconds * 1_000_000_000) as i64);
    let (from, to) = (whole(settings.settle), whole(settings.settle + settings.seconds));
    let within = |picture: &Picture| picture.pts >= from && picture.pts < to;
    let (mut shown, mut counts) = (None, [0u32; 3]);
    for picture in pictures {
        let new = picture.mark.is_some() && picture.mark != shown;
        shown = picture.mark.or(shown);
        if within(picture) {
            let marks = [true, new, picture.mark.is_none()];
            counts
                .iter_mut()
                .zip(marks)
                .for_each(|(count, yes)| *count += u32::from(yes));
        }
    }
    let each = |count: u32| f64::from(count) / settings.seconds as f64;
    Run {
        rate: each(counts[1]),
        pictures: each(counts[0]),
        unread: counts[2],
        spent,
        said,
    }
}

fn print(number: usize, name: &str, run: &Run) {
    println!(
        "run {number} {name:<5} {:>5.1} true frames/s of {:.1} pictures/s ({} unread); CPU s/s {:.2}; machine idle {:.0} %, \
         steal {:.1} %",
        run.rate,
        run.pictures,
        run.unread,
        run.spent.each[0],
        run.spent.idle * 100.0,
        run.spent.steal * 100.0
    );
    for line in &run.said {
        println!("            {line}");
    }
}

fn median(mut rates: Vec<f64>) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied()
}
