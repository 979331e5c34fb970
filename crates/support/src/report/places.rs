//! How each place was served.

use api::health::PlaceHistory;
use api::place::{PlaceState, PlaceStatus};

use super::graph::{Of, bars, strengths};
use crate::Opened;

/// Each place as it is and as it was.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    let now = opened.state.as_ref().map_or(&[][..], |state| &state.places);
    let was = opened.whole.as_ref().map_or(&[][..], |history| &history.places);
    let mut lines: Vec<_> = now
        .iter()
        .flat_map(|place| {
            let was = was.iter().find(|was| was.name == place.name);
            [told(place)]
                .into_iter()
                .chain(was.map(graphs).unwrap_or_default())
        })
        .collect();
    for was in was
        .iter()
        .filter(|was| now.iter().all(|place| place.name != was.name))
    {
        lines.push(format!("{}: {} kbit/s wanted", was.name, was.wanted_kbps));
        lines.extend(graphs(was));
    }
    if !lines.is_empty() {
        lines.push("(strength: █ all that is wanted, ▅ less, ▂ weak, X nothing arrives; · not known)".into());
    }
    lines
}

fn told(place: &PlaceState) -> String {
    let status = match (place.on, place.status) {
        (false, _) => "switched off",
        (true, PlaceStatus::Off) => "not sent to now",
        (true, PlaceStatus::Starting) => "starting",
        (true, PlaceStatus::Live) => "live",
        (true, PlaceStatus::Away) => "away",
    };
    let platform = place.platform.as_deref().map(|id| format!(", {id}"));
    let cause = place
        .diagnosis
        .as_ref()
        .map(|diagnosis| format!("; {}", diagnosis.cause));
    format!(
        "{}: {}{}{}; {} kbit/s wanted, {} at least; {status}, {} pictures sent, {} skipped{}",
        place.name,
        place.url,
        platform.unwrap_or_default(),
        if place.passed_on {
            ", passed on by the companion server"
        } else {
            ""
        },
        place.bitrate,
        place.least,
        place.sent,
        place.skipped,
        cause.unwrap_or_default(),
    )
}

fn graphs(was: &PlaceHistory) -> Vec<String> {
    let known = |figures: &[u32]| figures.iter().copied().map(Some).collect::<Vec<_>>();
    let top = was
        .sent_kbps
        .iter()
        .chain([&was.wanted_kbps])
        .copied()
        .max()
        .unwrap_or_default();
    let rate = |name, figures: &[Option<u32>]| line(name, figures, top, Of::Mean, "kbit/s");
    let most = |name, figures: &[Option<u32>], least: u32, unit| {
        let top = figures
            .iter()
            .flatten()
            .copied()
            .max()
            .unwrap_or_default()
            .max(least);
        line(name, figures, top, Of::Most, unit)
    };
    let strength = format!("  {:12}{}", "strength", strengths(&was.strength));
    [
        rate("aim", &known(&was.target_kbps)),
        rate("sent", &known(&was.sent_kbps)),
        rate("received", &was.received_kbps),
        (!was.strength.is_empty()).then_some(strength),
        most("waited", &known(&was.waiting_ms), 500, "ms"),
        most("round trip", &was.rtt_ms, 100, "ms"),
        most("lost", &was.lost, 50, "of 1000 packets"),
        most("skipped", &known(&was.skipped), 1, "pictures at once"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn line(name: &str, figures: &[Option<u32>], top: u32, of: Of, unit: &str) -> Option<String> {
    let known = || figures.iter().flatten().copied();
    let (least, most) = (known().min()?, known().max()?);
    let graph = bars(figures, top, of)?;
    Some(format!("  {name:12}{graph}  {least} to {most} {unit}"))
}
