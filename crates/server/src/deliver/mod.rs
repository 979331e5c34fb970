//! What viewers get.

pub mod beat;
pub(crate) mod body;
pub(crate) mod cmaf;
mod coding;
mod error;
pub mod flv;
pub(crate) mod rtmp;
pub(crate) mod srt;
pub mod status;
pub mod time;
mod ts;
pub mod watch;
pub(crate) mod whep;

pub(crate) use error::{Refusal, not_found};

use std::sync::Arc;

use api::{Code, Fault};
use axum::http::{HeaderName, HeaderValue, header};

use crate::stream::Stream;
use crate::{App, Name};

/// Pages of any site may read the answer.
pub(crate) const ANY_ORIGIN: (HeaderName, HeaderValue) =
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
/// Nobody keeps the answer.
pub(crate) const NO_STORE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
/// The answer is what it says it is.
pub(crate) const NO_SNIFF: (HeaderName, HeaderValue) = (
    header::X_CONTENT_TYPE_OPTIONS,
    HeaderValue::from_static("nosniff"),
);

/// The stream `name`, live or to be live again.
pub(crate) fn find(app: &App, name: &str) -> Result<Arc<Stream>, Fault> {
    let missing = || Fault::new(Code::NotFound, "There is no such stream.");
    let stream = app.hub.get(&Name::new(name).map_err(|_| missing())?);
    stream.filter(|stream| stream.has_begun()).ok_or_else(missing)
}
