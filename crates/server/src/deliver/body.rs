//! Bodies of requests come in time: who sends one a byte at a time holds a connection as long as he likes.

use std::sync::Arc;

use api::{Code, Fault};
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rtc::MAX_SDP;
use tokio::time::timeout;

use super::Refusal;
use crate::App;

/// The largest body of any route that reads it in whole; each has a limit of its own below that.
const MOST: usize = MAX_SDP;

/// Lets `request` through once its body is there, for which it has as long as for its head.
pub(crate) async fn in_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match timeout(app.config.limits.header_timeout(), to_bytes(body, MOST)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Ok(Err(_)) => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            Fault::new(Code::RequestInvalid, "The request is too large, or broke off."),
        ),
        Err(_) => refused(
            StatusCode::REQUEST_TIMEOUT,
            Fault::new(Code::Timeout, "The request took too long."),
        ),
    }
}

/// An answer behind which nothing more is read: the rest of the body may never come.
fn refused(status: StatusCode, fault: Fault) -> Response {
    let mut response = Refusal(fault).into_response();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.remove(header::RETRY_AFTER);
    response
}
