//! How a show stands: what a page asks while it waits, and now and then while it plays.

use std::sync::Arc;

use api::server::StreamState;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{ANY_ORIGIN, NO_STORE, Refusal};
use crate::{App, Name};

#[derive(Serialize)]
struct Status {
    /// `none` where nothing is known.
    state: &'static str,
    /// When it is to begin, RFC 3339; null where it has begun, or nobody said.
    begins: Option<String>,
    /// Whether there is something to be seen now: the show, or what stands in for it.
    live: bool,
    /// Whether the times of day in its playlists are estimated.
    estimated: bool,
    /// Whether it can be watched by WebRTC, when it is live.
    rtc: bool,
}

/// `GET /live/NAME/status`. Of a name nobody publishes under nothing is known; whether it has a key is not told.
pub(crate) async fn status(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    Ok(answer(&app, &Name::new(&name)?))
}

/// What is known of `name`.
pub(crate) fn answer(app: &App, name: &Name) -> Response {
    let stream = app.hub.get(name);
    let shown = stream.as_ref().map(|stream| stream.shown());
    let status = Status {
        state: shown.map_or("none", |shown| word(shown.state)),
        begins: shown
            .and_then(|shown| shown.begins)
            .map(|begins| begins.iso_millis()),
        live: shown.is_some_and(|shown| shown.watchable),
        estimated: !stream.is_some_and(|stream| stream.is_stamped()),
        rtc: app.webrtc.is_some(),
    };
    ([ANY_ORIGIN, NO_STORE], Json(status)).into_response()
}

const fn word(state: StreamState) -> &'static str {
    match state {
        StreamState::Announced => "announced",
        StreamState::Live => "live",
        StreamState::Interrupted => "interrupted",
        StreamState::Ended => "ended",
    }
}
