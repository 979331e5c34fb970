//! HLS and low-latency HLS.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Refusal, not_found};
use crate::App;

/// `GET /live/NAME/FILE.m3u8`.
pub(crate) async fn playlist(
    State(_app): State<Arc<App>>,
    Path((_name, _file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    Err(not_found("such playlist"))
}

/// `GET /live/NAME/RENDITION/FILE`.
pub(crate) async fn media(
    State(_app): State<Arc<App>>,
    Path((_name, _rendition, _file)): Path<(String, String, String)>,
) -> Result<Response, Refusal> {
    Err(not_found("such segment"))
}
