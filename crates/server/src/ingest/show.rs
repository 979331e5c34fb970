//! A publisher's word about its show: when it will begin, and that it is over.

use std::sync::Arc;
use std::time::Instant;

use api::server::Announcement;
use api::{Code, Fault};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use media::Utc;

use super::keys;
use crate::deliver::{Refusal, status};
use crate::listen::Peer;
use crate::{App, clock};

/// `GET /show`, with the stream key as bearer token: what viewers are told of the show.
pub(crate) async fn told(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    Ok(status::answer(&app, &name))
}

/// `PUT /show`, likewise, with an [`Announcement`] as JSON: tells viewers that the show will begin.
pub(crate) async fn announce(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    let Json(wanted) = Json::<Announcement>::from_bytes(&body).map_err(|_| unreadable())?;
    let begins = wanted.begins.as_deref().map(moment).transpose()?;
    app.hub.announce(&name, begins, Instant::now(), clock::utc())?;
    app.announced.keep(&app.hub).await;
    tracing::info!(stream = %name, begins = wanted.begins, "show announced");
    Ok(status::answer(&app, &name))
}

/// `DELETE /show`, likewise: the show is over, or won't begin. Nothing happens where there is none.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    if app.hub.end(&name, Instant::now()) {
        app.announced.keep(&app.hub).await;
        tracing::info!(stream = %name, "show ended: its publisher says so");
    }
    Ok(status::answer(&app, &name))
}

/// A moment as RFC 3339 writes it.
pub(crate) fn moment(text: &str) -> Result<Utc, Fault> {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment
        .map(|moment| Utc(moment.as_microsecond()))
        .map_err(|_| unreadable())
}

fn unreadable() -> Fault {
    let message = "Say when the show begins as {\"begins\": \"2026-11-23T20:00:00+08:00\"}, or {} for soon.";
    Fault::new(Code::RequestInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_any_zone_are_read_and_what_is_none_is_refused() {
        let utc = moment("2026-11-23T12:00:00Z").unwrap();
        assert_eq!(utc.iso_millis(), "2026-11-23T12:00:00.000Z");
        assert_eq!(moment("2026-11-23T20:00:00+08:00"), Ok(utc));
        for strange in ["", "soon", "20:00", "2026-11-23", "2026-13-01T00:00:00Z"] {
            assert_eq!(
                moment(strange).unwrap_err().code,
                Code::RequestInvalid,
                "{strange}"
            );
        }
    }
}
