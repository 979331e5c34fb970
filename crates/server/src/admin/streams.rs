//! Statistics as JSON.

use std::sync::Arc;
use std::time::Instant;

use api::StreamStats;
use api::server::{RelayStats, ServerStats};
use axum::Json;
use axum::extract::State;

use crate::App;

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
