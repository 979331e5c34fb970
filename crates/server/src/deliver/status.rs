//! Whether a show is on: what a page asks while it waits.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{ANY_ORIGIN, NO_STORE, Refusal};
use crate::{App, Name};

#[derive(Serialize)]
struct Status {
    live: bool,
    /// Whether the times of day in its playlists are estimated.
    estimated: bool,
    /// Whether it can be watched by WebRTC, when it is live.
    rtc: bool,
}

/// `GET /live/NAME/status`. A name nobody publishes under is not live; whether it has a key is not told.
pub(crate) async fn status(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let stream = app.hub.get(&Name::new(&name)?);
    let status = Status {
        live: stream.as_ref().is_some_and(|stream| stream.is_live()),
        estimated: !stream.is_some_and(|stream| stream.is_stamped()),
        rtc: app.webrtc.is_some(),
    };
    Ok(([ANY_ORIGIN, NO_STORE], Json(status)).into_response())
}
