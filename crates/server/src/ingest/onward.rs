//! Where a publisher's show is passed on, as the publisher asks.

use std::sync::Arc;
use std::time::Instant;

use api::server::{Onward, PassedOn};
use api::{Code, Fault};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::keys;
use crate::deliver::{NO_STORE, Refusal};
use crate::listen::Peer;
use crate::{App, Name};

/// `GET /onward`, with the stream key as bearer token: to how many places its show may be passed on, and how those stand that
/// were asked for.
pub(crate) async fn told(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    Ok(answer(&app, &name))
}

/// `PUT /onward`, likewise, with an [`Onward`] as JSON: passes the show on to these places, now or once it is live.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    let onward: Onward = serde_json::from_slice(&body).map_err(|_| {
        // What is wrong there may be a key.
        Fault::new(Code::RequestInvalid, "This is no list of places.")
    })?;
    app.onward.ask(&app, &name, &onward.places, Instant::now())?;
    Ok(answer(&app, &name))
}

fn answer(app: &App, name: &Name) -> Response {
    let passed = PassedOn {
        most: app.config.onward.places,
        places: app.onward.told(name, Instant::now()),
    };
    ([NO_STORE], Json(passed)).into_response()
}
