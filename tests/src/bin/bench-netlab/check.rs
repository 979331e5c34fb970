//! The check before a show, over lines of known rates.

use std::net::IpAddr;
use std::time::Duration;

use api::check::CheckState;
use api::control::Command;
use netlab::{Ends, Lab, Place, Protocol, SERVER, Scenario};
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use tokio::time::{Instant, interval, timeout_at};

use crate::run::{CONFIG, PATIENCE, add, start};
use crate::{Failure, show};

/// Of each place, in kbit/s.
const KBPS: u32 = 1500;
const PLACES: usize = 3;

/// Checks over a line of each of `rates`, in kbit/s, and prints what was found.
pub(crate) async fn all(rates: &[u32]) -> Result<(), Failure> {
    println!(
        "Check before a show to {PLACES} places of {KBPS} kbit/s by RTMP; 40 ms there and back, a queue of 200 ms:"
    );
    println!("| line, kbit/s | carries | of it | enough for | quiet | full | found |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for rate in rates {
        let state = check(*rate).await?;
        let upload = state
            .upload
            .clone()
            .ok_or_else(|| format!("not measured: {state:?}"))?;
        let carries = upload
            .carries_kbps
            .ok_or_else(|| format!("not known: {state:?}"))?;
        let known = |value: Option<u32>| value.map_or("-".to_owned(), |value| format!("{value} ms"));
        let found: Vec<_> = state
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        println!(
            "| {rate} | {}{carries} | {:.0} % | {} of {PLACES} | {} | {} | {} |",
            if upload.at_least { "at least " } else { "" },
            f64::from(carries) * 100.0 / f64::from(*rate),
            upload.places.unwrap_or_default(),
            known(upload.quiet_ms),
            known(upload.loaded_ms),
            found.join(", ")
        );
    }
    Ok(())
}

async fn check(rate: u32) -> Result<CheckState, Failure> {
    let scenario = scenario(rate);
    let lab = Lab::new(&scenario)?;
    let server = Server::start_at(IpAddr::V4(SERVER), CONFIG).await?;
    let mut show = Show::new(&show::moving()).companion(&server.url(""));
    for (number, place) in scenario.places.iter().enumerate() {
        show = add(show, place, &server, &format!("place{number}")).await?;
    }
    let mut studio = start(&show, &lab)?;
    studio.ask(&Command::EndLive {}).await?;
    let before = sessions(&server).await?;
    studio.ask(&Command::StartCheck {}).await?;
    let state = ended(&mut studio).await?;
    if sessions(&server).await? != before {
        return Err("somebody went on the air by a check".into());
    }
    studio.stop().await?;
    Ok(state)
}

/// How often each place was on the air.
async fn sessions(server: &Server) -> Result<Vec<serde_json::Value>, Failure> {
    let mut all = Vec::new();
    for number in 0..PLACES {
        let stream = server.stream(&format!("place{number}")).await?;
        all.push(
            stream
                .map(|stream| stream["sessions"].clone())
                .unwrap_or_default(),
        );
    }
    Ok(all)
}

async fn ended(studio: &mut Studio) -> Result<CheckState, Failure> {
    let end = Instant::now() + PATIENCE + PATIENCE;
    let mut looks = interval(Duration::from_secs(1));
    loop {
        timeout_at(end, looks.tick()).await?;
        let state = studio.ask(&Command::State {}).await?.state;
        let check = state.and_then(|state| state.check).ok_or("there is no check")?;
        if !check.running {
            return Ok(check);
        }
    }
}

fn scenario(rate: u32) -> Scenario {
    let mut line = Ends::default();
    line.up.rate_kbps = rate;
    let place = Place {
        protocol: Protocol::Rtmp,
        kbps: KBPS,
        latency_ms: 0,
        black_hole: false,
        passed_on: false,
    };
    Scenario {
        title: "a check before a show".into(),
        seconds: 60,
        short: None,
        fault: None,
        lowest_delay: false,
        places: vec![place; PLACES],
        lines: vec![line],
        events: Vec::new(),
    }
}
