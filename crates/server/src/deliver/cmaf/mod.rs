//! HLS and DASH, both also with low latency: playlists, manifests, init segments, segments and parts.
//!
//! Every piece has an address of its own, the same for both, so caches in front need no rules but those in the answers'
//! headers.

mod answer;
mod asked;

use std::sync::Arc;

use api::{Code, Fault};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use packager::Rendition;

use super::{Refusal, not_found};
use crate::listen::Peer;
use crate::stream::{Ask, Document, Outcome};
use crate::{App, Name};
use answer::{Asked, Kept};
pub(crate) use asked::Directives;

/// `GET /live/NAME/{index,rewind}.{m3u8,mpd}`, `GET /live/NAME/{video,audio}[-rewind].m3u8`, `GET /live/NAME/ts.m3u8`.
pub(crate) async fn text(
    State(app): State<Arc<App>>,
    Path((name, file)): Path<(String, String)>,
    Query(directives): Query<Directives>,
    Extension(peer): Extension<Arc<Peer>>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let ask = asked::text(&file, &directives)?.ok_or_else(|| not_found("such playlist"))?;
    match (ask, request(&app, &peer, &name, ask).await?) {
        (Ask::Text { document, msn, .. }, Outcome::Text(text, target)) => {
            let content = match document {
                Document::Manifest => "application/dash+xml",
                _ => "application/vnd.apple.mpegurl",
            };
            let kept = kept(document, msn.is_some(), target);
            Ok(answer::text(&text, content, kept, Asked::new(&method, &headers)))
        }
        _ => Err(not_found("such playlist")),
    }
}

/// `GET /live/NAME/{video,audio}/{init-V.mp4,SEQ.m4s,SEQ.PART.m4s}` and `GET /live/NAME/ts/SEQ.ts`.
pub(crate) async fn media(
    State(app): State<Arc<App>>,
    Path((name, rendition, file)): Path<(String, String, String)>,
    Extension(peer): Extension<Arc<Peer>>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (ask, content) = match asked::rendition(&rendition) {
        Some(Rendition::Video) => (asked::media(Rendition::Video, &file), "video/mp4"),
        Some(Rendition::Audio) => (asked::media(Rendition::Audio, &file), "audio/mp4"),
        None if rendition == "ts" => (asked::transport(&file), "video/mp2t"),
        None => return Err(not_found("such rendition")),
    };
    let ask = ask.ok_or_else(|| not_found("such segment"))?;
    // An init segment's number begins anew with the server, so its address is not unique for ever.
    let kept = match ask {
        Ask::Init(..) => Kept::Seconds(60),
        _ => Kept::Forever,
    };
    let with = Asked::new(&method, &headers);
    match request(&app, &peer, &name, ask).await? {
        Outcome::Ready(pieces) => Ok(answer::pieces(pieces, content, kept, with)),
        Outcome::Growing(begun, growth) => Ok(answer::growing(begun, growth, content, kept, with)),
        _ => Err(not_found("such segment")),
    }
}

/// How long caches may keep a text, whose address names what was waited for or not (WWDC 2020, session 10229).
fn kept(document: Document, blocking: bool, target: u64) -> Kept {
    Kept::Seconds(match document {
        Document::Multivariant => 4,
        Document::Manifest => 1,
        // The address names the part, so the answer is good for as long as anybody may ask for it.
        _ if blocking => 6 * target,
        _ => (target / 2).max(1),
    })
}

async fn request(app: &App, peer: &Peer, name: &str, ask: Ask) -> Result<Outcome, Refusal> {
    let stream = app
        .hub
        .get(&Name::new(name)?)
        .filter(|stream| stream.announced().is_none())
        .ok_or_else(|| not_found("such stream"))?;
    let enter = || app.hls_waiters.enter(peer.address().ip());
    match stream.request(ask, enter).await {
        Outcome::BadRequest => {
            let message = "_HLS_part needs _HLS_msn, and neither may be far ahead of the stream.";
            Err(Fault::new(Code::RequestInvalid, message).into())
        }
        Outcome::NotFound => Err(not_found("such segment or playlist (any more)")),
        Outcome::Late => Err(Fault::new(Code::Timeout, "It did not come in time.").into()),
        Outcome::Crowded => Err(Fault::new(Code::LimitReached, "Too many requests wait already.").into()),
        outcome => Ok(outcome),
    }
}
