//! Statistics as JSON.

use std::sync::Arc;
use std::time::Instant;

use api::StreamStats;
use api::server::{RelayStats, ServerStats};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::{App, Name};

/// `GET /api/streams`: every stream, by name.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Json<Vec<StreamStats>> {
    let now = Instant::now();
    Json(app.hub.list().iter().map(|stream| stream.stats(now)).collect())
}

/// `GET /api/relays`: every stream from or to another server, as configured and as publishers asked.
pub(crate) async fn relays(State(app): State<Arc<App>>) -> Json<Vec<RelayStats>> {
    Json(app.relays(Instant::now()))
}

/// `GET /api/server`: the process.
pub(crate) async fn server(State(app): State<Arc<App>>) -> Json<ServerStats> {
    Json(app.stats())
}

/// `POST /api/streams/{name}/end`: ends the show, or takes its announcement back; its publisher is sent away. 404 where
/// there is none.
pub(crate) async fn end(State(app): State<Arc<App>>, Path(name): Path<String>) -> StatusCode {
    match Name::new(&name) {
        Ok(name) if app.hub.end(&name, Instant::now()) => {
            tracing::info!(stream = %name, "show ended by the operator");
            StatusCode::NO_CONTENT
        }
        _ => StatusCode::NOT_FOUND,
    }
}
