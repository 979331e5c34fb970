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
}

/// `GET /live/NAME/status`. A name nobody publishes under is not live; whether it has a key is not told.
pub(crate) async fn status(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let live = app
        .hub
        .get(&Name::new(&name)?)
        .is_some_and(|stream| stream.is_live());
    Ok(([ANY_ORIGIN, NO_STORE], Json(Status { live })).into_response())
}
