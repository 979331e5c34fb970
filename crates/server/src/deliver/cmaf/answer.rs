//! Pieces and texts as HTTP answers: what caches and players are told of them, and what they have already
//! (RFC 9110, 8.8, 13 and 14).

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::{Bound, Range};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{TryStreamExt as _, iter, try_unfold};
use futures_util::{Stream, StreamExt as _};
use headers::{AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt as _, IfNoneMatch, IfRange};

use crate::deliver::coding::takes;
use crate::deliver::{ANY_ORIGIN, NO_SNIFF};
use crate::stream::{Growth, Text, Unfinished};

/// Bytes of each piece that tell it from others: its first boxes have its number, times and sizes.
const TELLING: usize = 512;

/// How long caches may keep an answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    /// It never changes under its address.
    Forever,
    Seconds(u64),
}

impl Kept {
    fn value(self) -> HeaderValue {
        match self {
            Self::Forever => HeaderValue::from_static("public, max-age=31536000, immutable"),
            Self::Seconds(seconds) => HeaderValue::from_str(&format!("public, max-age={seconds}"))
                .unwrap_or(HeaderValue::from_static("no-store")),
        }
    }
}

/// How it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    only_head: bool,
    headers: &'a HeaderMap,
}

impl<'a> Asked<'a> {
    pub(super) fn new(method: &Method, headers: &'a HeaderMap) -> Self {
        Self {
            only_head: method == Method::HEAD,
            headers,
        }
    }

    fn has(self, tag: &ETag) -> bool {
        let has = self.headers.typed_get::<IfNoneMatch>();
        has.is_some_and(|has| !has.precondition_passes(tag))
    }

    /// The one range that is asked for; none where all is, or where several are, which may be answered with all.
    fn range(self, tag: &ETag, length: u64) -> Option<Result<Range<u64>, Unsatisfiable>> {
        let range = self.headers.typed_get::<headers::Range>()?;
        let condition = self.headers.typed_get::<IfRange>();
        if condition.is_some_and(|c| c.is_modified(Some(tag), None)) {
            return None;
        }
        // The library leaves ranges in that lie past the end, or begin behind their own.
        let mut ranges = range.satisfiable_ranges(length);
        let (begin, end) = match (ranges.next(), ranges.next()) {
            (None, _) => return Some(Err(Unsatisfiable)),
            (Some((Bound::Included(begin), Bound::Included(last))), None) if begin <= last => {
                (begin, last.saturating_add(1).min(length))
            }
            (Some((Bound::Included(begin), Bound::Unbounded)), None) => (begin, length),
            _ => return None,
        };
        Some(if begin < length {
            Ok(begin..end)
        } else {
            Err(Unsatisfiable)
        })
    }
}

#[derive(Clone, Copy, Debug)]
struct Unsatisfiable;

/// A playlist or manifest, by gzip where that is understood.
pub(super) fn text(text: &Text, content: &'static str, kept: Kept, asked: Asked<'_>) -> Response {
    let packed = takes(asked.headers, "gzip");
    // Weak: it is the same text, packed or not.
    let tag = etag(&format!("W/\"{:x}\"", text.tag()));
    let mut response = begin(content, kept, tag.as_ref());
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if tag.is_some_and(|tag| asked.has(&tag)) {
        return unchanged(response);
    }
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let body = if packed { text.packed() } else { text.plain() };
    with_body(response, vec![body], asked)
}

/// Complete media, whole or a range of it.
pub(super) fn pieces(pieces: Vec<Bytes>, content: &'static str, kept: Kept, asked: Asked<'_>) -> Response {
    let length = pieces.iter().map(|p| p.len() as u64).sum();
    let tag = etag(&format!("\"{:x}\"", telling(&pieces)));
    let mut response = begin(content, kept, tag.as_ref());
    response.headers_mut().typed_insert(AcceptRanges::bytes());
    let Some(tag) = tag else {
        return with_body(response, pieces, asked);
    };
    if asked.has(&tag) {
        return unchanged(response);
    }
    match asked.range(&tag, length) {
        None => with_body(response, pieces, asked),
        Some(Ok(range)) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            if let Ok(of) = ContentRange::bytes(range.clone(), length) {
                response.headers_mut().typed_insert(of);
            }
            with_body(response, cut(pieces, range), asked)
        }
        Some(Err(Unsatisfiable)) => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            response
                .headers_mut()
                .typed_insert(ContentRange::unsatisfied_bytes(length));
            with_body(response, Vec::new(), asked)
        }
    }
}

/// A segment that grows: each part as soon as it is there. It is cut off where it isn't finished, so that no cache takes
/// it for the whole.
pub(super) fn growing(
    begun: Vec<Bytes>,
    growth: Growth,
    content: &'static str,
    kept: Kept,
    asked: Asked<'_>,
) -> Response {
    let mut response = begin(content, kept, None);
    if !asked.only_head {
        *response.body_mut() = Body::from_stream(iter(begun).map(Ok).chain(rest(growth)));
    }
    response
}

fn rest(growth: Growth) -> impl Stream<Item = Result<Bytes, Unfinished>> {
    let pieces = try_unfold(growth, |mut growth| async move {
        let next = growth.next().await?;
        Ok(next.map(|pieces| (iter(pieces).map(Ok), growth)))
    });
    pieces.try_flatten()
}

fn begin(content: &'static str, kept: Kept, tag: Option<&ETag>) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.extend([ANY_ORIGIN, NO_SNIFF]);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    headers.insert(header::CACHE_CONTROL, kept.value());
    if let Some(tag) = tag {
        headers.typed_insert(tag.clone());
    }
    response
}

fn unchanged(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

fn with_body(mut response: Response, pieces: Vec<Bytes>, asked: Asked<'_>) -> Response {
    let length = pieces.iter().map(|p| p.len() as u64).sum();
    response.headers_mut().typed_insert(ContentLength(length));
    if !asked.only_head {
        *response.body_mut() = Body::from_stream(iter(pieces.into_iter().map(Ok::<_, Infallible>)));
    }
    response
}

/// An entity tag of what was written for one; it always is one.
fn etag(text: &str) -> Option<ETag> {
    text.parse().ok()
}

fn telling(pieces: &[Bytes]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for piece in pieces {
        piece.len().hash(&mut hasher);
        piece.get(..TELLING.min(piece.len())).hash(&mut hasher);
    }
    hasher.finish()
}

/// The bytes `range` of all pieces.
fn cut(pieces: Vec<Bytes>, range: Range<u64>) -> Vec<Bytes> {
    let mut at = 0;
    let mut kept = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (begin, end) = (at, at + piece.len() as u64);
        at = end;
        let from = range.start.clamp(begin, end) - begin;
        let to = range.end.clamp(begin, end) - begin;
        if from < to {
            kept.push(piece.slice(from as usize..to as usize));
        }
    }
    kept
}

#[cfg(test)]
mod tests;
