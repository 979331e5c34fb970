//! One scenario, from the studio's start to what came.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use netlab::{Event, Lab, Place, Protocol, SERVER, STEP, Scenario, Side, Trace};
use system_tests::delay::Taken;
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use system_tests::wait::until;
use tokio::time::{Instant, sleep_until};

use crate::arrivals::{Arrivals, now_ms};
use crate::foreign::Foreign;
use crate::judge::{Arrived, Figures, judge};
use crate::warned::Warned;
use crate::{Failure, show};

/// How long a show goes well before the scenario begins.
pub(crate) const BEFORE: Duration = Duration::from_secs(5);
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// As fast as can be, so that no delay is the server's.
pub(crate) const CONFIG: &str =
    "[stream]\nmerge_ms = 0\nring_bytes = 16777216\n[srt]\nlatency_ms = 20\n[onward]\nnear = true\n";

/// What became of one place.
pub(crate) struct Outcome {
    /// Who sent, unless it was our studio.
    pub(crate) by: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) black_hole: bool,
    pub(crate) figures: Figures,
    /// What was said of it.
    pub(crate) warned: Warned,
}

/// Runs `scenario`, for as long as `length`. What the studio says of it is written to `log`.
pub(crate) async fn run(scenario: &Scenario, length: Duration, log: &Path) -> Result<Vec<Outcome>, Failure> {
    let lab = Lab::new(scenario)?;
    let host = IpAddr::V4(SERVER);
    let server = Server::start_at(host, &format!("{CONFIG}[listen]\nsrt = \"{host}:0\"\n")).await?;
    // A place that vanishes has a server of its own, or the others' packets would vanish, too.
    let hidden = match scenario.places.iter().any(|place| place.black_hole) {
        true => Some(Server::start_at(host, CONFIG).await?),
        false => None,
    };
    if let Some(hidden) = &hidden {
        lab.black_hole(hidden.rtmp.port());
    }
    let mut show = Show::new(&show::moving());
    if scenario.lowest_delay {
        show = show.with("line_mode = \"lowest-delay\"");
    }
    if scenario.places.iter().any(|place| place.passed_on) {
        show = show.companion(&server.url(""));
    }
    let mut arrivals = Vec::new();
    for (number, place) in scenario.places.iter().enumerate() {
        let at = hidden.as_ref().filter(|_| place.black_hole).unwrap_or(&server);
        let name = format!("place{number}");
        show = add(show, place, at, &name).await?;
        arrivals.push((place, Arrivals::start(at.http, &name)));
    }
    let started = now_ms();
    let studio = start(&show, &lab)?;
    for (place, arrivals) in &arrivals {
        if !place.black_hole {
            until(PATIENCE, async || Ok((arrivals.count() > 0).then_some(()))).await?;
        }
    }
    tokio::time::sleep(BEFORE).await;
    let begin = now_ms();
    play(scenario, &lab, length).await?;
    let end = now_ms();
    let (report, said) = studio.stop().await?;
    std::fs::write(log, &said)?;
    let taken = Taken::new(&report).ok_or_else(|| format!("no counter: {said}"))?;
    let mut outcomes = Vec::new();
    for (number, (place, arrivals)) in arrivals.into_iter().enumerate() {
        let (arrived, name) = (arrivals.judge(taken)?, format!("place{number}"));
        std::fs::write(log.with_extension(format!("{name}.csv")), table(begin, &arrived))?;
        outcomes.push(Outcome {
            by: "",
            protocol: place.protocol,
            black_hole: place.black_hole,
            figures: judge(scenario, [begin, end], &arrived),
            warned: match place.black_hole {
                true => Warned::read(&said, &name, Some([0.0; 2]), started),
                false => Warned::read(&said, &name, scenario.fault, begin),
            },
        });
    }
    Ok(outcomes)
}

/// What came, line by line: when in seconds of the scenario, how many bytes, and a picture's number and when it was taken.
fn table(begin: f64, arrived: &[Arrived]) -> String {
    let mut table = String::from("at,bytes,picture,taken\n");
    for Arrived { at, bytes, picture } in arrived {
        let seconds = |ms: f64| (ms - begin) / 1e3;
        let picture = picture.map_or_else(
            || String::from(","),
            |(number, taken)| format!("{number},{:.3}", seconds(taken)),
        );
        table += &format!("{:.3},{bytes},{picture}\n", seconds(*at));
    }
    table
}

pub(crate) async fn add(show: Show, place: &Place, server: &Server, name: &str) -> Result<Show, Failure> {
    let address = server.add_stream(name).await?;
    let (rtmp, key) = address.rsplit_once('/').ok_or("an address has a key")?;
    let (url, rest) = match place.protocol {
        Protocol::Rtmp => (rtmp.to_owned(), String::new()),
        Protocol::Srt => {
            let srt = server.srt.ok_or("the server has no listener for SRT")?;
            let rest = format!("srt.latency_ms = {}\n", place.latency_ms);
            (format!("srt://{srt}"), rest)
        }
        Protocol::Whip => (server.url("/whip"), String::new()),
    };
    let rest = match place.passed_on {
        true => rest + "passed_on = true\n",
        false => rest,
    };
    let video = format!("{{ bitrate = {}, preset = \"superfast\" }}", place.kbps);
    Ok(show.output_to(name, &url, key, &video, &rest))
}

pub(crate) fn start(show: &Show, lab: &Lab) -> Result<Studio, Failure> {
    start_in(show, lab, |_| {})
}

/// The same, its environment changed by `change`.
pub(crate) fn start_in(
    show: &Show,
    lab: &Lab,
    change: impl FnOnce(&mut tokio::process::Command),
) -> Result<Studio, Failure> {
    let mut refused = None;
    let studio = Studio::start_in(show, |command| {
        change(command);
        // Tests take it away: they wait for words.
        if let Some(filter) = std::env::var_os("RUST_LOG") {
            command.env("RUST_LOG", filter);
        }
        refused = lab.send_over(command.as_std_mut()).err();
    })?;
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(studio),
    }
}

/// Lets happen what happens.
pub(crate) async fn play(scenario: &Scenario, lab: &Lab, length: Duration) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut foreign = None;
    let mut events = scenario.events.iter().peekable();
    let traces: Vec<_> = (0..lab.lines.len()).map(|line| scenario.trace(line)).collect();
    let traced = traces.iter().any(Option::is_some);
    let mut step = Duration::ZERO;
    while step < length {
        let next = events.peek().map(|event| Duration::from_secs_f64(event.at));
        let due = match traced {
            true => next.map_or(step, |next| next.min(step)),
            false => next.unwrap_or(length).min(length),
        };
        sleep_until(begin + due).await;
        if next.is_some_and(|next| next <= due) {
            if let Some(event) = events.next() {
                happen(event, lab)?;
                if let Some(kbps) = event.foreign_kbps {
                    foreign = Foreign::start(lab, kbps)?;
                }
            }
            continue;
        }
        follow(&traces, lab, step);
        step = if traced { step + STEP } else { length };
    }
    sleep_until(begin + length).await;
    drop(foreign);
    Ok(())
}

pub(crate) fn happen(event: &Event, lab: &Lab) -> Result<(), Failure> {
    let line = &lab.lines[event.line];
    for (side, change) in [(Side::Up, event.up), (Side::Down, event.down)] {
        if let Some(change) = change {
            line.set(side, change.of(&line.terms(side)));
        }
    }
    if let Some(up) = event.carrier {
        lab.carrier(event.line, up)?;
    }
    if event.route {
        lab.route(event.line)?;
        for other in (0..lab.lines.len()).filter(|other| *other != event.line) {
            lab.forget(other)?;
        }
    }
    Ok(())
}

fn follow(traces: &[Option<Trace>], lab: &Lab, at: Duration) {
    for (trace, line) in traces.iter().zip(&lab.lines) {
        if let Some(trace) = trace {
            line.set(Side::Up, trace.terms(at, &line.terms(Side::Up)));
        }
    }
}
