//! All routes, read from top to bottom.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, patch, post};
use rtc::MAX_SDP;
use rtc::signal::MAX_FRAGMENT;

use crate::App;
use crate::admin::{metrics, reconnect, streams};
use crate::deliver::{beat, body, cmaf, flv, status, time, watch};
use crate::ingest::{onward, received, show, upload};
use crate::webrtc::http;

/// The largest body of most requests: a viewer's report.
const BODY_BYTES: usize = 4 * 1024;

/// The largest list of places that a show is passed on to.
const ONWARD_BYTES: usize = 16 * 1024;

/// What viewers may ask for.
pub fn public(app: Arc<App>) -> Router {
    Router::new()
        .route("/watch/{name}", get(watch::page))
        .route("/watch/{name}/beat", post(beat::take))
        .route("/assets/{*path}", get(watch::asset))
        .route("/live/{file}", get(flv::stream))
        .route("/live/{name}/status", get(status::status))
        .route("/live/{name}/{file}", get(cmaf::text))
        .route("/live/{name}/{rendition}/{file}", get(cmaf::media))
        .route("/whip", post(http::publish).options(http::options).layer(offer()))
        .route("/whip/{name}/{session}", session())
        .route(
            "/whep/{name}",
            post(http::watch).options(http::options).layer(offer()),
        )
        .route("/whep/{name}/{session}", session().get(http::clock))
        .route("/show", get(show::told).put(show::announce).delete(show::end))
        .route("/received", get(received::received))
        .route(
            "/onward",
            get(onward::told)
                .put(onward::ask)
                .layer(DefaultBodyLimit::max(ONWARD_BYTES)),
        )
        .route("/time", get(time::time))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&app), body::in_time))
        // What it takes is counted, and never held.
        .route("/upload", post(upload::upload))
        .with_state(app)
}

/// A session of WHIP or WHEP.
fn session() -> MethodRouter<Arc<App>> {
    let session = patch(http::trickle).delete(http::end).options(http::options);
    session.layer(DefaultBodyLimit::max(MAX_FRAGMENT))
}

fn offer() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_SDP)
}

/// What the operator may ask for, on a listener of its own.
pub fn admin(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/streams", get(streams::list))
        .route("/api/streams/{name}/reconnect", post(reconnect::ask))
        .route("/api/streams/{name}/end", post(streams::end))
        .route("/api/relays", get(streams::relays))
        .route("/api/server", get(streams::server))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(app)
}
