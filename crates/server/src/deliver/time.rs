//! The server's time of day, by which studios and pages set their clocks.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{ANY_ORIGIN, NO_STORE};
use crate::clock;

/// `GET /time`: UTC as ISO 8601 with microseconds (DASH's `http-iso` and `http-xsdate`); `HEAD` answers with
/// `Date` (`http-head`).
pub(crate) async fn time() -> Response {
    let text = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    ([text, ANY_ORIGIN, NO_STORE], clock::utc().iso_micros()).into_response()
}
