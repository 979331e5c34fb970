//! A page that draws nothing, and says at once that it has.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use api::preview::{Header, Look, Message, Shown, Tile};
use api::scene::Scene;
use api::window::PreviewAddress;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::Failure;
use crate::settings::Settings;

/// How long a picture may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page that looks on.
pub(crate) struct Page {
    socket: WebSocketStream<TcpStream>,
    looks: u64,
}

/// A picture that came.
pub(crate) struct Seen {
    pub(crate) header: Header,
    pub(crate) bytes: usize,
    /// From the tick of its program frame to here, in ms.
    pub(crate) age_ms: f64,
}

impl Page {
    /// Opens the preview that a studio told of.
    pub(crate) async fn open(said: &str) -> Result<Self, Failure> {
        let line = said.lines().find(|line| line.contains(r#""event":"preview""#));
        let PreviewAddress { port, token } = serde_json::from_str(line.ok_or("no preview")?)?;
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://127.0.0.1:{port}/").into_client_request()?;
        let origin = HeaderValue::from_static("tauri://localhost");
        request.headers_mut().insert(header::ORIGIN, origin);
        let (socket, _) = client_async(request, stream).await?;
        let mut page = Self { socket, looks: 0 };
        page.say(&Message::Token(token)).await?;
        Ok(page)
    }

    async fn say(&mut self, message: &Message) -> Result<(), Failure> {
        let text = serde_json::to_string(message)?;
        Ok(self.socket.send(Frame::text(text)).await?)
    }

    /// Looks at the program, two scenes and both cameras.
    pub(crate) async fn look(&mut self, settings: &Settings, scenes: &[Scene]) -> Result<(), Failure> {
        let tile = |show, width, height| Tile { show, width, height };
        let mut tiles = vec![tile(Shown::Program, 640, 360)];
        let scenes = scenes.iter().take(2).map(|scene| Shown::Scene {
            name: scene.name.clone(),
        });
        let sources = ["table", "host"].map(|name| Shown::Source { name: name.into() });
        tiles.extend(scenes.chain(sources).map(|show| tile(show, 160, 90)));
        let rate = settings.rate;
        self.looks += 1;
        self.say(&Message::Look(Look { tiles, rate })).await
    }

    /// Looks at nothing.
    pub(crate) async fn look_away(&mut self) -> Result<(), Failure> {
        self.looks += 1;
        self.say(&Message::Look(Look::default())).await
    }

    /// Takes pictures for so long.
    pub(crate) async fn watch(&mut self, time: Duration) -> Result<Vec<Seen>, Failure> {
        let (end, mut seen) = (tokio::time::Instant::now() + time, Vec::new());
        loop {
            // Being interrupted while it waits for a picture loses none.
            match tokio::time::timeout_at(end, self.socket.next()).await {
                Ok(frame) => seen.extend(self.take(frame).await?),
                Err(_) => return Ok(seen),
            }
        }
    }

    /// Takes pictures until one's header is as wanted; when that came.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Header) -> bool) -> Result<Instant, Failure> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await?;
            let seen = self.take(frame).await?;
            if seen.is_some_and(|seen| wanted(&seen.header)) {
                return Ok(Instant::now());
            }
        }
    }

    /// Takes a picture in; `None` for one of an earlier look.
    async fn take(
        &mut self,
        frame: Option<Result<Frame, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<Option<Seen>, Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1e3;
        let bytes = match frame.ok_or("the studio has closed the preview")?? {
            Frame::Binary(bytes) => bytes,
            Frame::Close(frame) => return Err(format!("sent away: {frame:?}").into()),
            _ => return Ok(None),
        };
        let (len, rest) = bytes.split_first_chunk().ok_or("no header")?;
        let header = rest
            .get(..u32::from_le_bytes(*len) as usize)
            .ok_or("half a header")?;
        let header: Header = serde_json::from_slice(header)?;
        self.say(&Message::Drawn(header.n)).await?;
        let age_ms = f64::from(header.took.age_ms) + now - header.took.at_ms;
        let current = header.l == self.looks;
        Ok(current.then_some(Seen {
            bytes: bytes.len(),
            age_ms,
            header,
        }))
    }
}
