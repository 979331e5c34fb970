//! Who may publish: the same rules for every protocol.

use std::net::IpAddr;
use std::time::Instant;

use api::{Code, Fault};
use axum::http::{HeaderMap, header};

use crate::listen::Peer;
use crate::{App, Name};

/// The stream that the stream key `key`, presented from `ip`, publishes to.
///
/// The right key of another publisher behind the same address is never held up by wrong ones: a key of 160 bits can't
/// be found by trying.
pub(crate) fn stream_of(app: &App, key: &str, ip: IpAddr, now: Instant) -> Result<Name, Fault> {
    app.keys.find(key).ok_or_else(|| wrong(app, ip, now))
}

/// The stream that whoever asks over HTTP publishes to, by the stream key it bears.
pub(crate) fn publisher(app: &App, peer: &Peer, headers: &HeaderMap) -> Result<Name, Fault> {
    stream_of(app, bearer(headers)?, peer.address().ip(), Instant::now())
}

/// The stream key that a request over HTTP bears, as a bearer token (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Fault> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    key.ok_or_else(|| Fault::new(Code::WrongKey, "Publish with your stream key as bearer token."))
}

/// Counts a wrong key.
pub(super) fn wrong(app: &App, ip: IpAddr, now: Instant) -> Fault {
    app.count_wrong_key();
    if let Some(wait) = app.throttle(|t| t.blocked(ip, now)) {
        let seconds = wait.as_secs() + 1;
        let message = format!("Too many wrong stream keys from this address. Try again in {seconds} s.");
        return Fault::new(Code::TooManyAttempts, message);
    }
    app.throttle(|t| t.wrong(ip, now));
    let message = "This server doesn't know the stream key. Copy it again from where it was made.";
    Fault::new(Code::WrongKey, message)
}

/// Without the query that some encoders add.
pub(super) fn plain(text: &str) -> &str {
    text.split('?').next().unwrap_or(text)
}
