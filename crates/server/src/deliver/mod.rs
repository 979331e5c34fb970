//! What viewers get.

pub mod beat;
mod error;
pub mod flv;
pub mod hls;
pub(crate) mod rtmp;
pub mod status;
pub mod time;
pub mod watch;

pub(crate) use error::{Refusal, not_found};

use axum::http::{HeaderName, HeaderValue, header};

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
