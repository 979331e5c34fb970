//! HTTP-FLV: `GET /live/NAME.flv`, an answer that doesn't end while the show goes on; `?tracks=all` for players that
//! take more than one track of a kind.

use std::convert::Infallible;
use std::sync::Arc;

use api::{Code, Fault};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Deserialize;

use super::{ANY_ORIGIN, NO_SNIFF, NO_STORE, Refusal, not_found};
use crate::listen::Endless;
use crate::stream::{Form, Reader};
use crate::{App, Name};

/// What a player may ask for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    tracks: Option<String>,
}

/// The stream from its newest key frame on.
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(wish): Query<Wish>,
    method: Method,
) -> Result<Response, Refusal> {
    let name = file
        .strip_suffix(".flv")
        .ok_or_else(|| not_found("such stream"))?;
    let stream = app
        .hub
        .get(&Name::new(name)?)
        .filter(|stream| stream.announced().is_none())
        .ok_or_else(|| not_found("such stream"))?;
    if !stream.is_watchable() {
        let message = "The show is interrupted. Its publisher may return.";
        return Err(Fault::new(Code::StreamInterrupted, message).into());
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let mut reader = Reader::new(stream, Form::Flv);
        reader.take_all_tracks(wish.tracks.as_deref() == Some("all"));
        body(reader)
    };
    let flv = (header::CONTENT_TYPE, HeaderValue::from_static("video/x-flv"));
    Ok(([flv, ANY_ORIGIN, NO_STORE, NO_SNIFF], Extension(Endless), body).into_response())
}

fn body(reader: Reader) -> Body {
    Body::from_stream(unfold(reader, |mut reader| async {
        let bytes = reader.next().await?;
        Some((Ok::<_, Infallible>(bytes), reader))
    }))
}
