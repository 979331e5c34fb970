//! How much of what a publisher sends arrives, before it publishes: what is sent here is counted and thrown away.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
use crate::deliver::{NO_STORE, Refusal};
use crate::listen::Peer;
use crate::{App, Name};

/// Of so many milliseconds each count is.
const EACH: Duration = Duration::from_millis(500);
/// The longest that is counted; what comes later is left in the line.
const LONGEST: Duration = Duration::from_secs(30);
/// So much is counted at most, in bytes.
const MOST: u64 = 256 << 20;

/// So many uploads are measured at once: each takes what a line carries.
const AT_ONCE: usize = 4;

/// The uploads that are measured: one at a time with one stream key.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<HashSet<Name>>);

/// One of them; dropping it gives its place back.
#[derive(Debug)]
struct Place<'a> {
    uploads: &'a Uploads,
    name: Name,
}

impl Uploads {
    fn begin(&self, name: Name) -> Result<Place<'_>, Fault> {
        let mut going = self.going();
        let message = match going.len() {
            _ if going.contains(&name) => "An upload is being measured with this stream key already.",
            AT_ONCE.. => "Too many uploads are being measured here. Try again in a minute.",
            _ => {
                going.insert(name.clone());
                drop(going);
                let uploads = self;
                return Ok(Place { uploads, name });
            }
        };
        Err(Fault::new(Code::LimitReached, message))
    }

    fn going(&self) -> MutexGuard<'_, HashSet<Name>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.uploads.going().remove(&self.name);
    }
}

/// `POST /upload`, with the stream key as bearer token: any bytes, answered with when they came. No stream begins, and
/// nobody sees them.
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let name = keys::publisher(&app, &peer, &headers)?;
    let _place = app.uploads.begin(name)?;
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

    #[test]
    fn one_with_each_key_and_four_in_all() {
        let uploads = Uploads::default();
        let begin = |name: &str| uploads.begin(Name::new(name).unwrap());
        let mut places: Vec<_> = ["a", "b", "c", "d"].map(|name| begin(name).unwrap()).into();
        for name in ["a", "e"] {
            assert_eq!(begin(name).unwrap_err().code, Code::LimitReached);
        }
        assert_eq!(places.remove(0).name.as_str(), "a");
        assert!(
            begin("a").is_ok() && begin("e").is_ok(),
            "each gave its place back"
        );
    }

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
