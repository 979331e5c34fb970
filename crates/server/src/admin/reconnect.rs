//! Moving a publisher: to another instance on the same host, before this one is stopped.

use std::sync::Arc;

use api::server::Reconnect;
use api::{Code, Fault};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::{App, Name};

/// Characters of an address that are passed on.
const MAX_ADDRESS: usize = 1024;

/// `POST /api/streams/{name}/reconnect`: asks the stream's publisher to connect anew. 202 when it was asked; whether it
/// comes is seen where it goes.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Json(wish): Json<Reconnect>,
) -> Result<StatusCode, (StatusCode, Json<Fault>)> {
    asked(&app, &name, wish).map_err(|fault| (status(fault.code), Json(fault)))
}

fn asked(app: &App, name: &str, wish: Reconnect) -> Result<StatusCode, Fault> {
    let bad = |c: char| !c.is_ascii_graphic();
    if let Some(to) = &wish.to
        && (to.is_empty() || to.len() > MAX_ADDRESS || to.contains(bad))
    {
        return Err(Fault::new(
            Code::RequestInvalid,
            "`to` is an address like rtmp://HOST:PORT/live, or a part of one like /live.",
        ));
    }
    let stream = app.hub.get(&Name::new(name)?);
    let stream = stream.ok_or_else(|| Fault::new(Code::NotFound, "There is no such stream."))?;
    stream.ask_to_reconnect(wish.to)?;
    tracing::info!(stream = name, "the publisher was asked to reconnect");
    Ok(StatusCode::ACCEPTED)
}

const fn status(code: Code) -> StatusCode {
    match code {
        Code::NotFound | Code::StreamInterrupted => StatusCode::NOT_FOUND,
        Code::NotAble => StatusCode::CONFLICT,
        Code::LimitReached => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}
