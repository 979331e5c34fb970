//! How much of what a publisher sends arrives, before it publishes: what is sent here is counted and thrown away.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::server::Uploaded;
use api::{Code, Fault};
use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::keys;
use crate::App;
use crate::deliver::{NO_STORE, Refusal};
use crate::listen::Peer;

/// Of so many milliseconds each count is.
const EACH: Duration = Duration::from_millis(500);
/// The longest that is counted; what comes later is left in the line.
const LONGEST: Duration = Duration::from_secs(30);
/// So much is counted at most, in bytes.
const MOST: u64 = 256 << 20;

/// `POST /upload`, with the stream key as bearer token: any bytes, answered with when they came. No stream begins, and
/// nobody sees them.
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    keys::publisher(&app, &peer, &headers)?;
    let _place = app.uploads.try_acquire().map_err(|_| {
        let message = "Too many uploads are being measured here. Try again in a minute.";
        Fault::new(Code::LimitReached, message)
    })?;
    let counted = count(body.into_data_stream()).await;
    Ok(([NO_STORE], Json(counted)).into_response())
}

/// Counts what comes, up to its end or that of patience.
async fn count(body: BodyDataStream) -> Uploaded {
    let begun = Instant::now();
    let mut body = pin!(body);
    let mut counted = Uploaded {
        each_ms: EACH.as_millis() as u32,
        ..Uploaded::default()
    };
    while let Ok(Some(Ok(bytes))) = timeout_at(begun + LONGEST, body.next()).await {
        let at = (begun.elapsed().as_millis() / EACH.as_millis()) as usize;
        counted.bytes += bytes.len() as u64;
        counted.each.resize(at + 1, 0);
        counted.each[at] += bytes.len() as u64;
        if counted.bytes >= MOST {
            break;
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_is_counted_by_when_it_came() {
        let pieces =
            futures_util::stream::iter([(0, 10), (400, 20), (1_200, 30)]).then(async |(wait, bytes)| {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                Ok::<_, std::io::Error>(vec![0; bytes])
            });
        let counted = count(Body::from_stream(pieces).into_data_stream()).await;
        assert_eq!((counted.bytes, counted.each_ms), (60, 500));
        assert_eq!(counted.each, [30, 0, 0, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_never_ends_is_ended() {
        let forever = futures_util::stream::repeat(0).then(async |_| {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok::<_, std::io::Error>(vec![0; 1000])
        });
        let begun = Instant::now();
        let counted = count(Body::from_stream(forever).into_data_stream()).await;
        // What comes in its last moment is counted.
        assert_eq!((begun.elapsed(), counted.each.len()), (LONGEST, 61));
        let flood = futures_util::stream::repeat(0).map(|_| Ok::<_, std::io::Error>(vec![0; 1 << 20]));
        assert_eq!(
            count(Body::from_stream(flood).into_data_stream()).await.bytes,
            MOST
        );
    }
}
