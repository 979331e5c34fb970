//! Connections that want nothing good: each is made anew when the server has closed it.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use system_tests::server::Server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::NAME;

/// Between two connections of one stranger.
const AGAIN: Duration = Duration::from_millis(200);
/// Between two bytes of who sends slowly.
const SLOWLY: Duration = Duration::from_secs(1);
/// Strangers who ask as fast as they are answered.
const FAST: usize = 64;

/// What strangers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    HalfOpen,
    /// They send the head of a request a byte at a time.
    SlowHead,
    /// The same with its body.
    SlowBody,
    /// They begin to make a connection secure, and stop.
    HalfSecure,
    /// They ask for the show and take nothing of it.
    TakeNothing,
    /// A few ask for playlists of which nothing is known, as fast as they are answered.
    BogusReloads,
    /// All ask for the next part of a playlist, again and again.
    Waiting,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::HalfOpen,
        Self::SlowHead,
        Self::SlowBody,
        Self::HalfSecure,
        Self::TakeNothing,
        Self::BogusReloads,
        Self::Waiting,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HalfOpen => "half-open",
            Self::SlowHead => "slow heads",
            Self::SlowBody => "slow bodies",
            Self::HalfSecure => "half secure",
            Self::TakeNothing => "taking nothing",
            Self::BogusReloads => "bogus reloads (64 at once)",
            Self::Waiting => "reloads that wait",
        }
    }
}

/// What strangers saw. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Rc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    open: Cell<usize>,
    made: Cell<usize>,
    closed: Cell<usize>,
    answered: Cell<usize>,
    refused: Cell<usize>,
}

impl Tally {
    pub(crate) fn line(&self) -> String {
        let Counts {
            open,
            made,
            closed,
            answered,
            refused,
        } = &*self.0;
        format!(
            "{} open, {} made, {} closed by the server, {} requests answered, {} connections refused",
            open.get(),
            made.get(),
            closed.get(),
            answered.get(),
            refused.get()
        )
    }
}

fn add(count: &Cell<usize>) {
    count.set(count.get() + 1);
}

/// Starts `count` strangers; they end with the answer.
pub(crate) fn start(kind: Kind, count: usize, server: &Server, tally: &Tally) -> JoinSet<()> {
    let to = match (kind, server.https) {
        (Kind::HalfSecure, Some(secure)) => secure,
        _ => server.http,
    };
    let count = match kind {
        Kind::BogusReloads => FAST,
        _ => count,
    };
    let mut strangers = JoinSet::new();
    for n in 0..count {
        strangers.spawn_local(stranger(kind, to, n, tally.clone()));
    }
    strangers
}

async fn stranger(kind: Kind, to: SocketAddr, n: usize, tally: Tally) {
    // Not all in the same moment.
    tokio::time::sleep(Duration::from_millis(n as u64 % 2_000)).await;
    let counts = &tally.0;
    loop {
        match connect(kind, to).await {
            Ok(stream) => {
                add(&counts.made);
                add(&counts.open);
                // However it ends: by the server, as a rule.
                let _ = annoy(kind, stream, &tally).await;
                counts.open.set(counts.open.get() - 1);
                add(&counts.closed);
            }
            Err(_) => add(&counts.refused),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn connect(kind: Kind, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if kind == Kind::TakeNothing {
        socket.set_recv_buffer_size(4096)?;
    }
    socket.connect(to).await
}

/// Until the server closes the connection.
async fn annoy(kind: Kind, mut stream: TcpStream, tally: &Tally) -> std::io::Result<()> {
    match kind {
        Kind::HalfOpen => drain(&mut stream).await,
        Kind::SlowHead => drip(&mut stream, "GET /healthz HTTP/1.1\r\nHost: ").await,
        Kind::SlowBody => {
            let head = format!("POST /watch/{NAME}/beat HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            drip(&mut stream, "{").await
        }
        Kind::HalfSecure => {
            // The head of a ClientHello of which the rest never comes (RFC 8446, 5.1).
            stream.write_all(&[22, 3, 1, 2, 0, 1, 0, 1]).await?;
            drain(&mut stream).await
        }
        Kind::TakeNothing => {
            let ask = format!("GET /live/{NAME}.flv HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(ask.as_bytes()).await?;
            // Closed by the server once nothing more fits for long enough.
            stream.ready(tokio::io::Interest::ERROR).await?;
            Ok(())
        }
        Kind::BogusReloads => ask(&mut stream, "_HLS_msn=4000000000&_HLS_part=9", tally).await,
        Kind::Waiting => ask(&mut stream, "", tally).await,
    }
}

/// Reads to the end.
async fn drain(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Sends `begin`, and then a byte at a time.
async fn drip(stream: &mut TcpStream, begin: &str) -> std::io::Result<()> {
    stream.write_all(begin.as_bytes()).await?;
    let mut buffer = [0; 1024];
    loop {
        tokio::select! {
            read = stream.read(&mut buffer) => if read? == 0 { return Ok(()) },
            () = tokio::time::sleep(SLOWLY) => stream.write_all(b"a").await?,
        }
    }
}

/// Asks for the playlist over and over: with `query`, or for the part that comes next.
async fn ask(stream: &mut TcpStream, query: &str, tally: &Tally) -> std::io::Result<()> {
    let mut next = None;
    loop {
        let query = match (query, next) {
            ("", Some((msn, part))) => format!("?_HLS_msn={msn}&_HLS_part={part}"),
            ("", None) => String::new(),
            (query, _) => format!("?{query}"),
        };
        let request = format!("GET /live/{NAME}/video.m3u8{query} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let body = answer(stream).await?;
        add(&tally.0.answered);
        next = hinted(&body);
    }
}

/// The body of one answer that says its length.
async fn answer(stream: &mut TcpStream) -> std::io::Result<String> {
    let wrong = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lengths = head
            .lines()
            .filter_map(|line| line.strip_prefix("content-length: "));
        let length: usize = lengths
            .next_back()
            .and_then(|l| l.parse().ok())
            .ok_or_else(wrong)?;
        if body.len() >= length {
            return Ok(body.to_owned());
        }
    }
}

/// Number and part of `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="video/N.P.m4s"`.
fn hinted(playlist: &str) -> Option<(u64, u32)> {
    let (_, hint) = playlist.split_once("PRELOAD-HINT:TYPE=PART,URI=\"video/")?;
    let (name, _) = hint.split_once(".m4s")?;
    let (msn, part) = name.split_once('.')?;
    Some((msn.parse().ok()?, part.parse().ok()?))
}
