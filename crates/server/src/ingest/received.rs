//! What has arrived of a publisher's show, for the publisher: it knows what it has sent.

use std::sync::Arc;

use api::server::Received;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::keys;
use crate::deliver::{NO_STORE, Refusal};
use crate::listen::Peer;
use crate::{App, clock};

/// `GET /received`, with the stream key as bearer token. A show that isn't being sent has received nothing.
pub(crate) async fn received(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    let stream = app.hub.get(&name).filter(|stream| stream.is_live());
    let (bytes, pictures) = stream.map_or((0, 0), |stream| stream.received());
    let received = Received {
        at_micros: clock::utc().as_micros(),
        bytes,
        pictures,
    };
    Ok(([NO_STORE], Json(received)).into_response())
}
