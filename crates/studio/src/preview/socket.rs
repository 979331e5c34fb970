//! The WebSocket of the loopback, and who may use it: a page of our own origin that knows this run's token.

use std::sync::Arc;
use std::time::Duration;

use api::preview::Message;
use futures_util::{SinkExt, StreamExt};
use subtle::ConstantTimeEq;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};
use tokio_util::sync::CancellationToken;

use super::gate::{Gate, Pass};
use super::viewer::Refusal;

/// Origins of the window's page: WebKit's, and WebView2's.
const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// How long a page may take to say who it is, from its connection on.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// Largest message of a page.
const MESSAGE: usize = 64 << 10;
/// Most messages in one second.
const MESSAGES: u32 = 500;
/// Most connections at a time, those included that haven't said who they are.
const CONNECTIONS: usize = 8;
/// Most of a close frame's reason (RFC 6455, 5.5: 125 bytes with the code).
const REASON: usize = 120;

type Socket<S> = WebSocketStream<S>;

/// Who may come in.
pub(super) struct Rules {
    token: String,
    origins: Vec<String>,
}

impl Rules {
    /// Pages that know `token`, of our own origins and of `extra` ones.
    pub(super) fn new(token: String, extra: &[String]) -> Self {
        let own = ORIGINS.iter().map(|origin| (*origin).to_owned());
        Self {
            token,
            origins: own.chain(extra.iter().cloned()).collect(),
        }
    }

    fn knows(&self, token: &str) -> bool {
        // How long it is, is no secret.
        token.as_bytes().ct_eq(self.token.as_bytes()).into()
    }

    fn admits(&self, origin: Option<&HeaderValue>) -> bool {
        origin.is_some_and(|origin| {
            self.origins
                .iter()
                .any(|known| origin.as_bytes() == known.as_bytes())
        })
    }
}

/// Serves pages until `end`.
pub(super) async fn serve(listener: TcpListener, gate: Arc<Gate>, rules: Arc<Rules>, end: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // No descriptor left, for one: it passes, or doesn't; not to be asked again at once.
            tokio::time::sleep(FAREWELL).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            continue;
        };
        let (gate, rules, end) = (Arc::clone(&gate), Arc::clone(&rules), end.clone());
        tokio::spawn(async move {
            tcp(stream, &gate, &rules, &end).await;
            drop(place);
        });
    }
}

async fn tcp(stream: TcpStream, gate: &Gate, rules: &Rules, end: &CancellationToken) {
    // Without it a picture's last bytes wait for the page's acknowledgement.
    let _ = stream.set_nodelay(true);
    connection(stream, gate, rules, end).await;
}

/// Serves one page.
pub(super) async fn connection<S>(stream: S, gate: &Gate, rules: &Rules, end: &CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let deadline = Instant::now() + SILENCE;
    let opened = tokio::time::timeout_at(deadline, accept(stream, rules)).await;
    let Ok(Ok(mut socket)) = opened else { return };
    let introduced = tokio::select! {
        () = end.cancelled() => Err(Refusal::Closing),
        introduced = tokio::time::timeout_at(deadline, introduction(&mut socket, rules)) => {
            introduced.unwrap_or(Err(Refusal::Silent))
        }
    };
    let ended = match introduced {
        Ok(()) => session(&mut socket, gate, end).await,
        Err(refusal) => Some(refusal),
    };
    if let Some(refusal) = ended {
        tracing::debug!(%refusal, "a page of the preview is sent away");
        farewell(socket, &refusal).await;
    }
}

async fn accept<S>(stream: S, rules: &Rules) -> Result<Socket<S>, tungstenite::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    #[expect(clippy::result_large_err, reason = "the library's own signature")]
    let check = |request: &Request, response: Response| {
        if rules.admits(request.headers().get(header::ORIGIN)) {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = StatusCode::FORBIDDEN;
        Err(refused)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE))
        .read_buffer_size(8 << 10);
    accept_hdr_async_with_config(stream, check, Some(config)).await
}

/// The first message: the token, and nothing else.
async fn introduction<S>(socket: &mut Socket<S>, rules: &Rules) -> Result<(), Refusal>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match socket.next().await {
        Some(Ok(Frame::Text(text))) => match serde_json::from_str(&text) {
            Ok(Message::Token(token)) if rules.knows(&token) => Ok(()),
            _ => Err(Refusal::Token),
        },
        _ => Err(Refusal::Token),
    }
}

/// Pictures out, looks in; why it ended, unless the page left.
async fn session<S>(socket: &mut Socket<S>, gate: &Gate, end: &CancellationToken) -> Option<Refusal>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Pass {
        page,
        mut pictures,
        replaced,
    } = gate.enter();
    let mut tally = Tally::default();
    let exchange = async {
        loop {
            tokio::select! {
                Some(picture) = pictures.recv() => {
                    if socket.send(Frame::Binary(picture)).await.is_err() {
                        return None;
                    }
                }
                frame = socket.next() => match heard(frame, &mut tally) {
                    Heard::Message(message) => {
                        if let Err(refusal) = gate.hear(page, message) {
                            return Some(refusal);
                        }
                    }
                    Heard::Nothing => {}
                    Heard::Refused(refusal) => return Some(refusal),
                    Heard::Gone => return None,
                },
            }
        }
    };
    let ended = tokio::select! {
        biased;
        () = end.cancelled() => Some(Refusal::Closing),
        () = replaced.cancelled() => Some(Refusal::Replaced),
        ended = exchange => ended,
    };
    gate.leave(page);
    ended
}

/// What came from a page.
enum Heard {
    Message(Message),
    /// A ping or the like, which the library answers.
    Nothing,
    Refused(Refusal),
    Gone,
}

fn heard(frame: Option<Result<Frame, tungstenite::Error>>, tally: &mut Tally) -> Heard {
    if !tally.admits(Instant::now()) {
        return Heard::Refused(Refusal::Flood);
    }
    match frame {
        Some(Ok(Frame::Text(text))) => match serde_json::from_str(&text) {
            Ok(message) => Heard::Message(message),
            Err(error) => Heard::Refused(Refusal::Unclear(error.to_string())),
        },
        Some(Ok(Frame::Binary(_))) => Heard::Refused(Refusal::Unclear("pages send text".to_owned())),
        Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => Heard::Nothing,
        Some(Err(tungstenite::Error::Capacity(error))) => Heard::Refused(Refusal::Unclear(error.to_string())),
        Some(Ok(Frame::Close(_)) | Err(_)) | None => Heard::Gone,
    }
}

/// Messages of the second that runs.
#[derive(Default)]
struct Tally {
    began: Option<Instant>,
    count: u32,
}

impl Tally {
    fn admits(&mut self, now: Instant) -> bool {
        if self
            .began
            .is_none_or(|began| now - began >= Duration::from_secs(1))
        {
            *self = Self {
                began: Some(now),
                count: 0,
            };
        }
        self.count += 1;
        self.count <= MESSAGES
    }
}

/// Says why, and closes.
async fn farewell<S>(mut socket: Socket<S>, refusal: &Refusal)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let code = match refusal {
        Refusal::Closing => CloseCode::Away,
        _ => CloseCode::Policy,
    };
    let mut reason = refusal.to_string();
    while reason.len() > REASON {
        reason.pop();
    }
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    // What is left unread would turn the close into a reset, and the page would never read why.
    let close = async {
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(FAREWELL, close).await;
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
