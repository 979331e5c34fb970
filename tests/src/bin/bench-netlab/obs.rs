//! OBS on the same line: it plays a film with a number in each picture.

use std::io::{self, BufReader, Read, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use media::{Size, counter};
use netlab::{Lab, Protocol, SERVER, Scenario};
use system_tests::delay::Taken;
use system_tests::obs::Obs;
use system_tests::server::Server;
use system_tests::wait::until;

use crate::Failure;
use crate::arrivals::{Arrivals, now_ms};
use crate::judge::{Arrived, judge};
use crate::run::{BEFORE, CONFIG, Outcome, PATIENCE, play};
use crate::warned::Warned;

const SIZE: Size = Size::new(640, 360);
const STREAM: &str = "obs";
/// Between two pictures, in ms.
const STEP: f64 = 1e3 / 30.0;

/// Runs `scenario` with OBS as its studio; nothing where OBS can't send so, or isn't installed.
pub(crate) async fn run(scenario: &Scenario, length: Duration) -> Result<Vec<Outcome>, Failure> {
    let [place] = &scenario.places[..] else {
        return Ok(Vec::new());
    };
    if place.protocol == Protocol::Whip {
        return Ok(Vec::new());
    }
    let film = film(length + BEFORE + PATIENCE)?;
    let lab = Lab::new(scenario)?;
    let host = IpAddr::V4(SERVER);
    let server = Server::start_at(host, &format!("{CONFIG}[listen]\nsrt = \"{host}:0\"\n")).await?;
    let address = server.add_stream(STREAM).await?;
    let key = address.rsplit_once('/').ok_or("an address has a key")?.1;
    let address = match server.srt.filter(|_| place.protocol == Protocol::Srt) {
        // Its library counts latency in microseconds.
        Some(srt) => format!("srt://{srt}?streamid={key}&latency={}/", place.latency_ms * 1_000),
        None => address,
    };
    let arrivals = Arrivals::start(server.http, STREAM);
    let mut refused = None;
    let obs = Obs::film_or_skip(&address, &film, SIZE, place.kbps, |command| {
        refused = lab.send_over(command).err();
    })?;
    if let Some(error) = refused {
        return Err(error.into());
    }
    let Some(obs) = obs else {
        return Ok(Vec::new());
    };
    let came = until(PATIENCE, async || Ok((arrivals.count() > 0).then_some(())));
    came.await
        .map_err(|error| format!("OBS: {error}: {}", obs.said()))?;
    tokio::time::sleep(BEFORE).await;
    let begin = now_ms();
    play(scenario, &lab, length).await?;
    let end = now_ms();
    drop(obs);
    let taken = Taken {
        origin: 0.0,
        step: STEP,
    };
    let mut arrived = arrivals.judge(taken)?;
    set_clock(&mut arrived, begin);
    Ok(vec![Outcome {
        by: "OBS, ",
        protocol: place.protocol,
        black_hole: false,
        figures: judge(scenario, [begin, end], &arrived),
        warned: Warned::default(),
    }])
}

/// When OBS took a picture nobody says: the usual delay counts as none.
fn set_clock(arrived: &mut [Arrived], begin: f64) {
    let early = arrived.iter().filter(|a| a.at < begin);
    let mut delays: Vec<_> = early.filter_map(|a| Some(a.at - a.picture?.1)).collect();
    delays.sort_by(f64::total_cmp);
    let usual = delays.get(delays.len() / 2).copied().unwrap_or(0.0);
    for (_, taken) in arrived.iter_mut().filter_map(|a| a.picture.as_mut()) {
        *taken += usual;
    }
}

/// The demo's table with noise and numbers, at least as long as said. It is made once, and kept in the build
/// directory.
fn film(length: Duration) -> io::Result<PathBuf> {
    let frames = length.as_secs() * 30;
    let file = std::env::current_exe()?.with_file_name(format!("netlab-film-{frames}.mp4"));
    if file.exists() {
        return Ok(file);
    }
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/table.mp4");
    let filter = format!("scale={}:{},fps=30,noise=alls=6:allf=t", SIZE.width, SIZE.height);
    let mut from = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-stream_loop", "-1", "-i"])
        .arg(table)
        .args(["-an", "-vf", &filter, "-frames:v", &frames.to_string()])
        .args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-"])
        .stdout(Stdio::piped())
        .spawn()?;
    let draft = file.with_extension(format!("{}.mp4", std::process::id()));
    let mut to = Command::new("ffmpeg")
        .args([
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-r", "30", "-s",
        ])
        .arg(format!("{}x{}", SIZE.width, SIZE.height))
        .args(["-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"])
        .arg(&draft)
        .stdin(Stdio::piped())
        .spawn()?;
    if let (Some(from), Some(mut to)) = (from.stdout.take(), to.stdin.take()) {
        number(BufReader::new(from), &mut to)?;
    }
    for mut child in [from, to] {
        let status = child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("ffmpeg makes no film: {status}")));
        }
    }
    // Whole files only take the name.
    std::fs::rename(&draft, &file)?;
    Ok(file)
}

/// Burns a number into each picture, from 1 on.
fn number(mut from: impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut picture = vec![0; SIZE.area() * 3 / 2];
    for number in 1.. {
        match from.read_exact(&mut picture) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            other => other?,
        }
        counter::write(&mut picture, SIZE.width as usize, number);
        to.write_all(&picture)?;
    }
    Ok(())
}
