//! The HTTP of WHIP and WHEP: `POST /whip`, `POST /whep/NAME`, and what their sessions are asked.

use std::sync::Arc;

use api::{Code, Fault};
use axum::Extension;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rtc::Role;
use rtc::signal::Fragment;
use serde::Serialize;

use super::WebRtc;
use super::refused::Refused;
use super::sessions::{Entry, Leave, Place};
use crate::deliver::{self, ANY_ORIGIN, NO_SNIFF, NO_STORE};
use crate::ingest::{keys, whip};
use crate::listen::Peer;
use crate::{App, Name};

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// `POST /whip`: whoever has the stream key, as a bearer token, publishes.
pub(crate) async fn publish(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    offer: String,
) -> Result<Response, Refused> {
    let webrtc = open(&app)?;
    let name = keys::publisher(&app, &peer, &headers)?;
    of_type(&headers, SDP)?;
    let address = peer.address();
    let pass = app.publishers.enter(address.ip()).ok_or_else(full)?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let (session, answer) = webrtc.endpoint.answer(&offer, Role::Receive)?;
    let publisher = whip::claim(&app, &name, address, agent.unwrap_or("WHIP"))?;
    let entry = entry(&name, session.handle(), &offer);
    let leave = entry.leave.clone();
    let place = webrtc.sessions.add(entry)?;
    let created = created("whip", &name, &place, answer);
    webrtc.spawn(async move {
        let _here = (pass, place);
        whip::receive(session, publisher, &leave).await;
    });
    Ok(created)
}

/// `POST /whep/NAME`: watches.
pub(crate) async fn watch(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Extension(peer): Extension<Arc<Peer>>,
    headers: HeaderMap,
    offer: String,
) -> Result<Response, Refused> {
    let webrtc = open(&app)?;
    let stream = deliver::find(&app, &name)?;
    if !stream.is_watchable() {
        let message = "The show is interrupted. Its publisher may return.";
        return Err(Fault::new(Code::StreamInterrupted, message).into());
    }
    of_type(&headers, SDP)?;
    let pass = app.viewers.enter(peer.address().ip()).ok_or_else(full)?;
    if !webrtc.endpoint.has_room() {
        return Err(full());
    }
    let (session, answer) = webrtc.endpoint.answer(&offer, Role::Send)?;
    let place = webrtc
        .sessions
        .add(entry(stream.name(), session.handle(), &offer))?;
    let created = created("whep", stream.name(), &place, answer);
    let seat = app.renditions.enter(&app, &stream);
    webrtc.spawn(async move {
        let _here = (pass, place);
        deliver::whep::play(session, seat).await;
    });
    Ok(created)
}

/// `PATCH /whep/NAME/SESSION` and `/whip/NAME/SESSION`: candidates that come later (RFC 9725, 4.4.3).
pub(crate) async fn trickle(
    State(app): State<Arc<App>>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refused> {
    let entry = session(&app, &name, &id)?;
    of_type(&headers, FRAGMENT)?;
    if headers
        .get(header::IF_MATCH)
        .is_some_and(|tag| *tag != tag_of(&id))
    {
        let message = "The session is another one than that is meant.";
        return Err(Refused::new(
            StatusCode::PRECONDITION_FAILED,
            Code::RequestInvalid,
            message,
        ));
    }
    let fragment = Fragment::parse(&body);
    if fragment.ufrag.is_some() && fragment.ufrag != entry.ufrag {
        let message = "A session can't be begun anew here (ICE restart): end it, and ask again.";
        return Err(Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Code::NotAble,
            message,
        ));
    }
    // One that isn't heard is one of many: a server waits to be called.
    for candidate in &fragment.candidates {
        entry.handle.add_candidate(candidate);
    }
    Ok((StatusCode::NO_CONTENT, [ANY_ORIGIN]).into_response())
}

/// `DELETE /whep/NAME/SESSION` and `/whip/NAME/SESSION`: ends it.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let entry = session(&app, &name, &id)?;
    entry.leave.take();
    entry.handle.close();
    Ok((StatusCode::OK, [ANY_ORIGIN, NO_STORE]).into_response())
}

/// Which moment of the day an RTP timestamp of the pictures stands for.
#[derive(Serialize)]
struct Clock {
    /// An RTP timestamp, 90 000 a second; it wraps at 2^32.
    rtp: u32,
    /// UTC in milliseconds.
    utc: f64,
    /// Whether that is the server's guess by arrival.
    estimated: bool,
}

/// `GET /whep/NAME/SESSION`: the clock of its pictures. 404 until it is known.
pub(crate) async fn clock(
    State(app): State<Arc<App>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    session(&app, &name, &id)?;
    let stream = deliver::find(&app, &name)?;
    let now = stream.clock_now().ok_or_else(|| {
        let message = "The time of the pictures isn't known yet.";
        Fault::new(Code::NotFound, message)
    })?;
    let clock = Clock {
        rtp: (now.ms as u32).wrapping_mul(90),
        utc: now.moment.utc.as_micros() as f64 / 1e3,
        estimated: now.moment.estimated,
    };
    Ok(([ANY_ORIGIN, NO_STORE, NO_SNIFF], Json(clock)).into_response())
}

/// `OPTIONS`: pages of any site may ask (RFC 9725, 4.2).
pub(crate) async fn options() -> Response {
    let allow = |name, value| (name, HeaderValue::from_static(value));
    let headers = [
        ANY_ORIGIN,
        allow(header::ACCESS_CONTROL_ALLOW_METHODS, "POST, PATCH, DELETE, GET"),
        allow(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, If-Match",
        ),
        allow(HeaderName::from_static("accept-post"), SDP),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn open(app: &App) -> Result<&WebRtc, Refused> {
    app.webrtc.as_ref().ok_or_else(|| {
        let message = "This server has no port for WebRTC open ([listen] rtc).";
        Fault::new(Code::NotAble, message).into()
    })
}

fn session(app: &App, name: &str, id: &str) -> Result<Entry, Refused> {
    let found = open(app)?.sessions.get(name, id);
    found.ok_or_else(|| Fault::new(Code::NotFound, "There is no such session.").into())
}

fn of_type(headers: &HeaderMap, wanted: &str) -> Result<(), Refused> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let plain = given.and_then(|value| value.split(';').next()).map(str::trim);
    if plain.is_some_and(|plain| plain.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    let message = format!("The request has to be {wanted}.");
    Err(Refused::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RequestInvalid,
        &message,
    ))
}

fn full() -> Refused {
    Fault::new(Code::LimitReached, "There are too many connections now.").into()
}

fn entry(name: &Name, handle: rtc::net::Handle, offer: &str) -> Entry {
    Entry {
        stream: name.clone(),
        handle,
        ufrag: Fragment::parse(offer).ufrag,
        leave: Leave::default(),
    }
}

fn tag_of(id: &str) -> String {
    format!("\"{id}\"")
}

fn created(kind: &str, name: &Name, place: &Place, answer: String) -> Response {
    let value = |text: String| HeaderValue::from_str(&text).ok();
    let mut response = (StatusCode::CREATED, [ANY_ORIGIN, NO_STORE, NO_SNIFF], answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(SDP));
    headers.insert(ACCEPT_PATCH, HeaderValue::from_static(FRAGMENT));
    let exposed = HeaderValue::from_static("Location, ETag, Accept-Patch");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    let places = [
        (header::LOCATION, format!("/{kind}/{name}/{}", place.id)),
        (header::ETAG, tag_of(&place.id)),
    ];
    for (header, text) in places {
        // A name and hexadecimal digits.
        headers.extend(value(text).map(|value| (header, value)));
    }
    response
}
