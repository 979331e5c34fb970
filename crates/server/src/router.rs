//! All routes, read from top to bottom.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::App;
use crate::admin::{metrics, reconnect, streams};
use crate::deliver::{beat, flv, hls, status, time, watch};

/// The largest body of a request: a viewer's report.
const BODY_BYTES: usize = 4 * 1024;

/// What viewers may ask for.
pub fn public(app: Arc<App>) -> Router {
    Router::new()
        .route("/watch/{name}", get(watch::page))
        .route("/watch/{name}/beat", post(beat::take))
        .route("/assets/{*path}", get(watch::asset))
        .route("/live/{file}", get(flv::stream))
        .route("/live/{name}/status", get(status::status))
        .route("/live/{name}/{file}", get(hls::playlist))
        .route("/live/{name}/{rendition}/{file}", get(hls::media))
        .route("/time", get(time::time))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(app)
}

/// What the operator may ask for, on a listener of its own.
pub fn admin(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/streams", get(streams::list))
        .route("/api/streams/{name}/reconnect", post(reconnect::ask))
        .route("/api/relays", get(streams::relays))
        .route("/api/server", get(streams::server))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(app)
}
