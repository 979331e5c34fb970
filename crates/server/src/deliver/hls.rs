//! HLS and low-latency HLS: playlists, init segments, segments and parts.
//!
//! Every piece has an address of its own, so caches in front need no rules but those in the answers' headers.

use std::convert::Infallible;
use std::sync::Arc;

use api::{Code, Fault};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use futures_util::stream::iter;
use packager::{Rendition, Skip};
use serde::Deserialize;

use super::{ANY_ORIGIN, NO_SNIFF, Refusal, not_found};
use crate::stream::{Ask, Outcome};
use crate::{App, Name};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
/// Media never changes under its address.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// An init segment's number begins anew with the server, so its address is not unique for ever.
const INIT: &str = "public, max-age=60";
const MULTIVARIANT: &str = "public, max-age=4";

/// A player's delivery directives (draft-pantos-hls-rfc8216bis, 6.2.5). Others that begin with `_HLS_` are
/// reserved and ignored.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Directives {
    #[serde(rename = "_HLS_msn")]
    msn: Option<String>,
    #[serde(rename = "_HLS_part")]
    part: Option<String>,
    #[serde(rename = "_HLS_skip")]
    skip: Option<String>,
}

/// `GET /live/NAME/{index,video,audio}.m3u8`.
pub(crate) async fn playlist(
    State(app): State<Arc<App>>,
    Path((name, file)): Path<(String, String)>,
    Query(directives): Query<Directives>,
    method: Method,
) -> Result<Response, Refusal> {
    let Some((ask, blocking)) = playlist_asked(&file, &directives)? else {
        return Err(not_found("such playlist"));
    };
    let (pieces, target) = request(&app, &name, ask).await?;
    let cache = match (ask, blocking) {
        (Ask::Multivariant, _) => MULTIVARIANT.to_owned(),
        // The address names the part, so the answer is good for as long as anybody may ask for it.
        (_, true) => format!("public, max-age={}", 6 * target),
        (_, false) => format!("public, max-age={}", (target / 2).max(1)),
    };
    Ok(answer(pieces, PLAYLIST, &cache, &method))
}

/// `GET /live/NAME/{video,audio}/{init-V.mp4,SEQ.m4s,SEQ.PART.m4s}`.
pub(crate) async fn media(
    State(app): State<Arc<App>>,
    Path((name, rendition, file)): Path<(String, String, String)>,
    method: Method,
) -> Result<Response, Refusal> {
    let rendition = [Rendition::Video, Rendition::Audio]
        .into_iter()
        .find(|r| r.name() == rendition)
        .ok_or_else(|| not_found("such rendition"))?;
    let ask = media_asked(rendition, &file).ok_or_else(|| not_found("such segment"))?;
    let (pieces, _) = request(&app, &name, ask).await?;
    let content = match rendition {
        Rendition::Video => "video/mp4",
        Rendition::Audio => "audio/mp4",
    };
    let cache = if matches!(ask, Ask::Init(..)) {
        INIT
    } else {
        FOREVER
    };
    Ok(answer(pieces, content, cache, &method))
}

/// What a playlist's address asks for, and whether it names a segment to wait for.
fn playlist_asked(file: &str, directives: &Directives) -> Result<Option<(Ask, bool)>, Refusal> {
    let rendition = match file {
        "index.m3u8" => return Ok(Some((Ask::Multivariant, false))),
        "video.m3u8" => Rendition::Video,
        "audio.m3u8" => Rendition::Audio,
        _ => return Ok(None),
    };
    let skip = directives.skip.as_deref();
    let ask = Ask::Playlist {
        rendition,
        msn: directives.msn.as_deref().map(directive).transpose()?,
        part: directives.part.as_deref().map(directive).transpose()?,
        skip: skip
            .map(|s| Skip::parse(s).ok_or_else(wrong_directive))
            .transpose()?,
    };
    Ok(Some((ask, directives.msn.is_some())))
}

fn media_asked(rendition: Rendition, file: &str) -> Option<Ask> {
    if let Some(version) = file.strip_prefix("init-").and_then(|f| f.strip_suffix(".mp4")) {
        return Some(Ask::Init(rendition, number(version)?));
    }
    let stem = file.strip_suffix(".m4s")?;
    match stem.split_once('.') {
        None => Some(Ask::Segment(rendition, number(stem)?)),
        Some((msn, part)) => Some(Ask::Part(rendition, number(msn)?, number(part)?)),
    }
}

/// A number in the only form that playlists write it: one piece, one address.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text == "0" || !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn directive<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    number(text).ok_or_else(wrong_directive)
}

fn wrong_directive() -> Refusal {
    Fault::new(Code::RequestInvalid, "A delivery directive (_HLS_…) is wrong.").into()
}

async fn request(app: &App, name: &str, ask: Ask) -> Result<(Vec<bytes::Bytes>, u64), Refusal> {
    let stream = app
        .hub
        .get(&Name::new(name)?)
        .ok_or_else(|| not_found("such stream"))?;
    match stream.request(ask, &app.hls_waiters).await {
        Outcome::Ready(pieces, target) => Ok((pieces, target)),
        Outcome::BadRequest => {
            let message = "_HLS_part needs _HLS_msn, and neither may be far ahead of the stream.";
            Err(Fault::new(Code::RequestInvalid, message).into())
        }
        Outcome::NotFound => Err(not_found("such segment or playlist (any more)")),
        Outcome::Late => Err(Fault::new(Code::Timeout, "It did not come in time.").into()),
        Outcome::Crowded => Err(Fault::new(Code::LimitReached, "Too many requests wait already.").into()),
    }
}

fn answer(pieces: Vec<bytes::Bytes>, content: &'static str, cache: &str, method: &Method) -> Response {
    let length: usize = pieces.iter().map(bytes::Bytes::len).sum();
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(iter(pieces.into_iter().map(Ok::<_, Infallible>)))
    };
    let mut response = Response::new(body);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.extend([ANY_ORIGIN, NO_SNIFF]);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(value) = HeaderValue::from_str(cache) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_has_one_address() {
        let asked = |file| media_asked(Rendition::Video, file);
        assert_eq!(asked("init-0.mp4"), Some(Ask::Init(Rendition::Video, 0)));
        assert_eq!(
            asked("1795247999.m4s"),
            Some(Ask::Segment(Rendition::Video, 1_795_247_999))
        );
        assert_eq!(asked("17.3.m4s"), Some(Ask::Part(Rendition::Video, 17, 3)));
        let others = [
            "017.m4s",
            "17.03.m4s",
            "+17.m4s",
            "17..m4s",
            ".m4s",
            "17.3.4.m4s",
            "init-.mp4",
            "17.mp4",
            "99999999999999999999999.m4s",
            "1.99999999999.m4s",
        ];
        for other in others {
            assert_eq!(asked(other), None, "{other}");
        }
    }

    #[test]
    fn directives_are_read_or_refused() {
        let asked = |msn: Option<&str>, part: Option<&str>, skip: Option<&str>| {
            let own = |t: Option<&str>| t.map(str::to_owned);
            let directives = Directives {
                msn: own(msn),
                part: own(part),
                skip: own(skip),
            };
            playlist_asked("audio.m3u8", &directives)
        };
        let ask = Ask::Playlist {
            rendition: Rendition::Audio,
            msn: Some(9),
            part: Some(2),
            skip: Some(Skip::Segments),
        };
        assert_eq!(
            asked(Some("9"), Some("2"), Some("YES")).unwrap(),
            Some((ask, true))
        );
        assert!(asked(Some("x"), None, None).is_err());
        assert!(asked(Some("-1"), None, None).is_err());
        assert!(asked(Some("9"), Some(""), None).is_err());
        assert!(asked(None, None, Some("NO")).is_err());
    }
}
