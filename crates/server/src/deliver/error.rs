//! Errors as HTTP answers: a status, and the fault as JSON.

use api::{Code, Fault};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{ANY_ORIGIN, NO_SNIFF, NO_STORE};

/// How long a shared cache may keep the answer that there is no such thing, in seconds.
const NOT_FOUND_KEPT: HeaderValue = HeaderValue::from_static("max-age=1");

/// A request that is not granted.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Fault);

/// There is no `what`.
pub(crate) fn not_found(what: &str) -> Refusal {
    Refusal(Fault::new(Code::NotFound, format!("There is no {what}.")))
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self.0.code {
            Code::NotFound | Code::NameInvalid => StatusCode::NOT_FOUND,
            Code::RequestInvalid => StatusCode::BAD_REQUEST,
            Code::WrongKey => StatusCode::UNAUTHORIZED,
            Code::LimitReached | Code::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Code::StreamInterrupted | Code::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, [ANY_ORIGIN, NO_STORE, NO_SNIFF], Json(self.0)).into_response();
        let headers = response.headers_mut();
        match status {
            StatusCode::NOT_FOUND => headers.insert(header::CACHE_CONTROL, NOT_FOUND_KEPT),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            // RFC 6750, 3.
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            _ => None,
        };
        response
    }
}
