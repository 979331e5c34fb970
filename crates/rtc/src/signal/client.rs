//! The calling side of WHIP (RFC 9725, 4.2) and WHEP.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use url::Url;

use crate::{Error, MAX_SDP};

/// Time for one request and its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Redirections followed (RFC 9725, 4.4.1).
const REDIRECTS: usize = 3;
/// Characters kept of a refusal's sentence.
const SENTENCE: usize = 200;
const SDP: HeaderValue = HeaderValue::from_static("application/sdp");

/// A bearer token (RFC 6750): shows in no log and no `Debug`.
#[derive(Clone)]
pub struct Bearer(HeaderValue);

impl Bearer {
    /// The token `text`.
    ///
    /// # Errors
    /// [`Error::Token`] when it has characters that no token has.
    pub fn new(text: &str) -> Result<Self, Error> {
        let value = HeaderValue::from_str(&format!("Bearer {text}"));
        let mut value = value.map_err(|_| Error::Token)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// One call of a WHIP or WHEP server.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    server: Url,
    bearer: Option<Bearer>,
    /// What the server made of the call, once it did.
    session: Option<Url>,
}

impl Client {
    /// A call of the server at `address`, `https://` or `http://`.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub fn new(address: &str, bearer: Option<Bearer>) -> Result<Self, Error> {
        let wrong = || Error::Address(address.to_owned());
        let server = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(server.scheme(), "http" | "https") || server.host_str().is_none() {
            return Err(wrong());
        }
        let http = reqwest::Client::builder()
            .redirect(Policy::limited(REDIRECTS))
            .timeout(ANSWER_WITHIN)
            .build()
            .map_err(unreachable)?;
        Ok(Self {
            http,
            server,
            bearer,
            session: None,
        })
    }

    /// Where the server is.
    ///
    /// # Errors
    /// [`Error::Http`] when its name is unknown.
    pub async fn resolve(&self) -> Result<SocketAddr, Error> {
        let host = self.server.host_str().unwrap_or_default();
        let port = self.server.port_or_known_default().unwrap_or(443);
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
        let mut found = found.map_err(|error| Error::Http(format!("{host}: {error}")))?;
        found
            .next()
            .ok_or_else(|| Error::Http(format!("{host} has no address")))
    }

    /// Sends the offer; gives the answer.
    ///
    /// # Errors
    /// [`Error::Http`], [`Error::Refused`], [`Error::Description`] for an answer that is none.
    pub async fn offer(&mut self, offer: String) -> Result<String, Error> {
        let request = self.http.post(self.server.clone()).headers(self.headers());
        let request = request.header(CONTENT_TYPE, SDP).header(ACCEPT, SDP);
        let answer = request.body(offer).send().await.map_err(unreachable)?;
        if answer.status() != StatusCode::CREATED {
            return Err(refused(answer).await);
        }
        // Relative to where the request ended up (RFC 9725, 4.2).
        let location = answer.headers().get(LOCATION).and_then(|at| at.to_str().ok());
        self.session = location
            .and_then(|at| answer.url().join(at).ok())
            .filter(|session| session.origin() == answer.url().origin());
        text(answer, MAX_SDP).await
    }

    /// Ends what the call began; a server that doesn't hear it finds out by silence.
    pub async fn leave(&mut self) {
        if let Some(session) = self.session.take() {
            let request = self.http.delete(session).headers(self.headers());
            if let Err(error) = request.send().await {
                tracing::debug!(error = %error.without_url(), "the session could not be ended");
            }
        }
    }

    fn headers(&self) -> HeaderMap {
        let bearer = self.bearer.iter().map(|bearer| (AUTHORIZATION, bearer.0.clone()));
        bearer.collect()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreachable(error: reqwest::Error) -> Error {
    // The last cause alone: without the address, which may hold a secret.
    let mut last: &dyn std::error::Error = &error;
    loop {
        // What tokio and rustls hand on within an `io::Error` isn't its source.
        let within = last
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let cause = within.map(|within| within as _).or_else(|| last.source());
        if let Some(rustls::Error::InvalidCertificate(why)) = last.downcast_ref() {
            return Error::Certificate(why.to_string());
        }
        match cause {
            Some(cause) => last = cause,
            None => return Error::Http(last.to_string()),
        }
    }
}

/// Why the server refused: its sentence, where it gave a short one.
async fn refused(answer: Response) -> Error {
    let status = answer.status().as_u16();
    let said = text(answer, 4 << 10).await.unwrap_or_default();
    Error::Refused {
        status,
        sentence: sentence(&said),
    }
}

/// What a person can read in `said`: plain text, or the `sentence`, `detail` or `message` of a JSON object.
fn sentence(said: &str) -> String {
    let plain = !said.trim_start().starts_with(['{', '<', '[']);
    let quoted = |key: &str| {
        let (_, rest) = said.split_once(&format!("\"{key}\""))?;
        let (_, rest) = rest.split_once('"')?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let found = match plain {
        true => Some(said),
        false => ["sentence", "detail", "message", "error"]
            .into_iter()
            .find_map(quoted),
    };
    let clean = found.unwrap_or_default().chars().filter(|c| !c.is_control());
    clean.take(SENTENCE).collect()
}

/// The body of `answer`, at most `most` bytes.
async fn text(mut answer: Response, most: usize) -> Result<String, Error> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + piece.len() > most {
            return Err(Error::Description(format!("it is longer than {most} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    String::from_utf8(body).map_err(|_| Error::Description("it is no text".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_become_sentences() {
        assert_eq!(sentence("wrong key\n"), "wrong key");
        assert_eq!(
            sentence("{\"code\":\"wrong_key\",\"sentence\":\"The key is wrong.\"}"),
            "The key is wrong."
        );
        assert_eq!(sentence("<html>404</html>"), "");
        assert_eq!(sentence(&"x".repeat(900)).len(), SENTENCE);
    }

    #[test]
    fn only_what_can_be_called_is_an_address() {
        for wrong in ["rtmp://host/app", "host/path", "https://", "mailto:a@b"] {
            assert!(
                matches!(Client::new(wrong, None), Err(Error::Address(_))),
                "{wrong}"
            );
        }
        let bearer = Bearer::new("secret").unwrap();
        let client = Client::new("http://127.0.0.1:8080/whip", Some(bearer)).unwrap();
        assert!(!format!("{client:?}").contains("secret"));
        assert!(matches!(Bearer::new("a\nb"), Err(Error::Token)));
    }
}
