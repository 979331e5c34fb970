//! Requests to the viewers' listener: HTTP/1.1 within its limits, and all routes.
//!
//! Connections are in memory and time is tokio's own, which goes on by itself when everything waits: who waits for a
//! playlist, or for a body that never comes, waits for no time at all.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use server::listen::{Gate, Http, converse};
use server::router;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::live;
use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target, first};

/// Ends a line.
const LINE: &str = "\r\n";
/// Bytes on their way, either direction.
const PIPE: usize = 16 * 1024;
/// The longest that a connection is kept open, after which the viewer has seen enough.
const PATIENCE: Duration = Duration::from_secs(120);
/// The largest answer that is read.
const ANSWER: u64 = 256 * 1024;

pub(super) const TARGET: Target = Target {
    name: "http",
    corpus: "http",
    marker: "a request was taken to the handler of its route",
    memory: 2 << 20,
    split,
    join,
    // The request line: without it there is no route.
    opening: first,
    words: &[
        "\r\n",
        "\r\n\r\n",
        "GET ",
        "POST ",
        "HEAD ",
        "OPTIONS ",
        " HTTP/1.1",
        " HTTP/1.0",
        "content-length: ",
        "transfer-encoding: chunked\r\n",
        "connection: close\r\n",
        "expect: 100-continue\r\n",
        "range: bytes=0-1\r\n",
        "host: a\r\n",
        "%00",
        "%2f",
        "..",
        "/live/spring",
        "_HLS_msn=",
        "_HLS_part=",
        "1795000000",
        "?",
        "&",
        "\"event\":\"stall\"",
    ],
    parser,
};

/// Line by line, and the body.
fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// Heads that are heads: lines without control characters, each a name and a value, and an end. What isn't is refused
/// before any route is looked for, and an eighth of all inputs, which are not joined, are enough of that.
fn join(lines: &[Vec<u8>]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&lines.concat()).into_owned();
    let (mut out, mut place) = (String::new(), Place::Begin);
    for line in text.trim_end_matches(LINE).split(LINE) {
        place = place.then(line);
        if place == Place::Head && !is_field(line) {
            out.push_str("x: ");
        }
        out.extend(line.chars().map(|c| if c.is_control() { '.' } else { c }));
        out.push_str(LINE);
    }
    if matches!(place, Place::Begin | Place::Head) {
        out.push_str(LINE);
    }
    out.into_bytes()
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is a request line.
    Begin,
    /// It is a field of a head.
    Head,
    /// It ends a head, or is of a body.
    Body,
}

impl Place {
    /// Where `line` stands, this being the place of the line before.
    fn then(self, line: &str) -> Self {
        match self {
            _ if line.ends_with(" HTTP/1.1") => Self::Begin,
            Self::Begin | Self::Head if !line.is_empty() => Self::Head,
            _ => Self::Body,
        }
    }
}

/// Whether `line` is a name of RFC 9110's characters, a colon and a value.
fn is_field(line: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    line.split_once(':')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(plain))
}

/// One thread, whose time goes on when everything waits.
pub(super) fn runtime() -> Runtime {
    match Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
    {
        Ok(runtime) => runtime,
        // A runtime without IO asks nothing of the system.
        Err(error) => unreachable!("{error}"),
    }
}

fn parser() -> Box<dyn Parser> {
    let (app, publisher) = live::show();
    let reached = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&reached);
    let marker = from_fn(move |request: Request, next: Next| {
        note.store(true, Ordering::Relaxed);
        next.run(request)
    });
    let limits = app.config.limits.clone();
    let http = Http {
        router: router::public(app).route_layer(marker),
        gate: Gate::new(1, 1),
        header_timeout: limits.header_timeout(),
        stall_timeout: limits.stall_timeout(),
        answer_timeout: limits.answer_timeout(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    };
    let runtime = runtime();
    Box::new(move |input: &[u8]| {
        // The show goes on while the parser is there.
        let _live = &publisher;
        reached.store(false, Ordering::Relaxed);
        let answer = runtime.block_on(exchange(http.clone(), input));
        Seen {
            past: reached.load(Ordering::Relaxed),
            refused: !answer.starts_with(b"HTTP/1.1 2") && !answer.starts_with(b"HTTP/1.0 2"),
        }
    })
}

/// A whole connection: what the server answered.
async fn exchange(http: Http, input: &[u8]) -> Vec<u8> {
    let (here, there) = duplex(PIPE);
    let server = converse(there, SocketAddr::from((Ipv4Addr::LOCALHOST, 1)), http);
    let mut answer = Vec::new();
    let both = async { tokio::join!(server, viewer(here, input, &mut answer)) };
    // A stream goes on for as long as it is watched.
    let _ = timeout(PATIENCE, both).await;
    answer
}

/// Sends all, and reads until the server closes or has said enough. Who closes the own half first is not answered.
async fn viewer(stream: DuplexStream, input: &[u8], answer: &mut Vec<u8>) {
    let (read, mut write) = tokio::io::split(stream);
    let send = async {
        for piece in pieces(input) {
            // The server may have closed by now; it is heard none the less.
            if write.write_all(piece).await.is_err() {
                break;
            }
        }
    };
    let mut read = read.take(ANSWER);
    let (_, _) = tokio::join!(send, read.read_to_end(answer));
}
