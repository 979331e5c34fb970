//! What WHIP and WHEP answer when they refuse: a status that their clients understand, and the fault as JSON.

use api::{Code, Fault};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::deliver::{ANY_ORIGIN, NO_SNIFF, NO_STORE};

/// A request that is not granted.
#[derive(Debug)]
pub(crate) struct Refused(StatusCode, Fault);

impl Refused {
    pub(super) fn new(status: StatusCode, code: Code, message: &str) -> Self {
        Self(status, Fault::new(code, message))
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let status = match fault.code {
            Code::NotFound | Code::NameInvalid => StatusCode::NOT_FOUND,
            Code::WrongKey => StatusCode::UNAUTHORIZED,
            Code::TooManyAttempts | Code::LimitReached => StatusCode::TOO_MANY_REQUESTS,
            Code::StreamInterrupted | Code::PublishTaken => StatusCode::CONFLICT,
            Code::MediaUnsupported => StatusCode::NOT_ACCEPTABLE,
            Code::NotAble => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, fault)
    }
}

impl From<rtc::Error> for Refused {
    fn from(error: rtc::Error) -> Self {
        let code = match error {
            rtc::Error::NothingInCommon => Code::MediaUnsupported,
            _ => Code::RequestInvalid,
        };
        Fault::new(code, format!("{error}.")).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, fault) = self;
        let mut response = (status, [ANY_ORIGIN, NO_STORE, NO_SNIFF], Json(fault)).into_response();
        let headers = response.headers_mut();
        match status {
            // RFC 6750, 3.
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}
