//! What viewers' pages report: `POST /watch/NAME/beat`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::beat::BeatEvent;
use api::server::BeatStats;
use api::{Beat, Code, Fault};
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::{Refusal, not_found};
use crate::listen::Peer;
use crate::{App, Name};

/// The largest report, and how long it may take to arrive.
const BYTES: usize = 4 * 1024;
const ARRIVES: Duration = Duration::from_secs(10);

/// Takes a report of a viewer's page into the stream's statistics.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Extension(peer): Extension<Arc<Peer>>,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let stream = app
        .hub
        .get(&Name::new(&name)?)
        .ok_or_else(|| not_found("such stream"))?;
    let report = if peer.may_report(Instant::now()) {
        read(body).await
    } else {
        Err(Fault::new(Code::LimitReached, "At most two reports a second."))
    };
    stream.beats(|stats| match &report {
        Ok(beat) => count(stats, beat),
        Err(_) => stats.refused += 1,
    });
    report?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(body: Body) -> Result<Beat, Fault> {
    let wrong = |message: String| Fault::new(Code::RequestInvalid, message);
    let bytes = tokio::time::timeout(ARRIVES, to_bytes(body, BYTES))
        .await
        .map_err(|_| wrong("The report took too long to arrive.".into()))?
        .map_err(|_| wrong(format!("A report has {BYTES} bytes at most.")))?;
    let beat: Beat = serde_json::from_slice(&bytes).map_err(|e| wrong(format!("Not a report: {e}.")))?;
    if beat.is_plausible() {
        Ok(beat)
    } else {
        Err(wrong("A value of the report is out of range.".into()))
    }
}

fn count(stats: &mut BeatStats, beat: &Beat) {
    match beat.event {
        BeatEvent::FirstFrame => {
            stats.first_frames += 1;
            stats.newest_first_frame = Some(beat.clone());
        }
        BeatEvent::Beat => stats.beats += 1,
        BeatEvent::Stall => stats.stalls += 1,
    }
    stats.newest = Some(beat.clone());
}
