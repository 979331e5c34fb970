//! Bodies of requests come in time: who sends one a byte at a time holds a connection as long as he likes.

use std::sync::Arc;

use api::{Code, Fault};
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
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
    match timeout(app.config.limits.header_timeout(), whole(body)).await {
        Ok(Some(body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Ok(None) => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            Fault::new(Code::RequestInvalid, "The request is too large, or broke off."),
        ),
        Err(_) => refused(
            StatusCode::REQUEST_TIMEOUT,
            Fault::new(Code::Timeout, "The request took too long."),
        ),
    }
}

/// All of `body`, copied as it comes; none where it is too large, or breaks off. A piece of a byte may hold the whole buffer
/// that it was read into: who keeps the pieces holds 8 KiB for each byte of a stranger.
async fn whole(body: Body) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.ok().filter(|piece| whole.len() + piece.len() <= MOST)?;
        whole.extend_from_slice(&piece);
    }
    Some(whole)
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

#[cfg(test)]
mod tests {
    use std::io;

    use axum::body::Bytes;
    use futures_util::stream;

    use super::*;

    fn body(pieces: usize, broken: bool) -> Body {
        let buffer = Bytes::from(vec![7; 8192]);
        let good = stream::iter(0..pieces).map(move |n| Ok(buffer.slice(n % 8192..n % 8192 + 1)));
        let bad = stream::iter(broken.then(|| Err(io::Error::from(io::ErrorKind::ConnectionReset))));
        Body::from_stream(good.chain(bad))
    }

    #[tokio::test]
    async fn pieces_of_a_byte_become_one() {
        let body = whole(body(MOST, false)).await.unwrap();
        assert_eq!(body, vec![7; MOST]);
        assert!(body.capacity() <= 2 * MOST);
    }

    #[tokio::test]
    async fn one_too_large_or_broken_off_is_none() {
        assert_eq!(whole(body(MOST + 1, false)).await, None);
        assert_eq!(whole(body(9, true)).await, None);
    }
}
