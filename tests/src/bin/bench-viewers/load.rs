//! The viewers: each a connection that reads what comes and notes how long nothing came.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rtmp::Target;
use rtmp::io::Player;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::late::{self, Looking};
use crate::peer::{NAME, Peer};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// How long one look at the stream may take.
const TRY: Duration = Duration::from_secs(3);

/// How a viewer watches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    HttpFlv,
    Rtmp,
    NginxRtmp,
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HttpFlv => "anchor HTTP-FLV",
            Self::Rtmp => "anchor RTMP",
            Self::NginxRtmp => "nginx RTMP",
        }
    }
}

/// What the viewers saw.
pub(crate) struct Outcome {
    pub(crate) bytes: u64,
    pub(crate) longest_gap: Duration,
    pub(crate) lost: usize,
    /// How late pictures came to some of them, p50 and p95, in milliseconds behind the earliest.
    pub(crate) late: [f64; 2],
}

#[derive(Default)]
struct Seen {
    bytes: Cell<u64>,
    watching: Cell<bool>,
    longest_gap: Cell<Duration>,
    lost: RefCell<usize>,
}

/// Viewers under way.
pub(crate) struct Viewers {
    seen: Rc<Seen>,
    looking: Looking,
    local: LocalSet,
    _tasks: JoinSet<()>,
}

/// Waits until the stream can be played.
pub(crate) async fn await_stream(protocol: Protocol, peer: &Peer) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let tried = tokio::time::timeout(TRY, first_bytes(protocol, peer)).await;
        match tried.unwrap_or_else(|_| Err("nothing came from the stream".into())) {
            Ok(()) => return Ok(()),
            Err(e) if Instant::now() > deadline => return Err(e),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Connects, and waits for the first bytes: nginx keeps a player waiting who comes before the publisher.
async fn first_bytes(protocol: Protocol, peer: &Peer) -> Result<(), Failure> {
    match connect(protocol, peer).await?.read().await? {
        0 => Err("the stream is not there".into()),
        _ => Ok(()),
    }
}

/// Connects `count` viewers, a few at a time, and lets each reach the live edge.
pub(crate) async fn start(protocol: Protocol, peer: &Peer, count: usize) -> Result<Viewers, Failure> {
    let seen = Rc::new(Seen::default());
    let (local, mut tasks) = (LocalSet::new(), JoinSet::new());
    for _ in 0..count {
        let viewer = local.run_until(connect(protocol, peer)).await?;
        tasks.spawn_local_on(watch(viewer, Rc::clone(&seen)), &local);
    }
    let looking = late::start(protocol, peer, &local).await?;
    // The openings (headers, GOP cache) of the last ones don't count.
    local.run_until(tokio::time::sleep(Duration::from_secs(3))).await;
    Ok(Viewers {
        seen,
        looking,
        local,
        _tasks: tasks,
    })
}

impl Viewers {
    pub(crate) fn bytes(&self) -> u64 {
        self.seen.bytes.get()
    }

    /// Lets them watch for `time`.
    pub(crate) async fn watch(self, time: Duration) -> Outcome {
        self.seen.watching.set(true);
        self.looking.reset();
        self.local.run_until(tokio::time::sleep(time)).await;
        let lost = *self.seen.lost.borrow();
        Outcome {
            bytes: self.seen.bytes.get(),
            longest_gap: self.seen.longest_gap.get(),
            lost,
            late: [50.0, 95.0].map(|percent| self.looking.late(percent)),
        }
    }
}

async fn watch(mut viewer: Viewer, seen: Rc<Seen>) {
    let mut last = Instant::now();
    loop {
        match viewer.read().await {
            Ok(n) if n > 0 => seen.bytes.set(seen.bytes.get() + n as u64),
            _ => {
                *seen.lost.borrow_mut() += 1;
                return;
            }
        }
        let gap = last.elapsed();
        if seen.watching.get() {
            seen.longest_gap.set(seen.longest_gap.get().max(gap));
        }
        last = Instant::now();
    }
}

enum Viewer {
    HttpFlv(TcpStream, Box<[u8]>),
    Rtmp(Box<Player>),
}

impl Viewer {
    /// Bytes of the next piece; 0 at the end.
    async fn read(&mut self) -> Result<usize, Failure> {
        match self {
            Self::HttpFlv(stream, buffer) => Ok(stream.read(buffer).await?),
            Self::Rtmp(player) => Ok(player.next_tag().await?.data.len() + 12),
        }
    }
}

async fn connect(protocol: Protocol, peer: &Peer) -> Result<Viewer, Failure> {
    match protocol {
        Protocol::HttpFlv => {
            let mut stream = TcpStream::connect(peer.http).await?;
            stream
                .write_all(format!("GET /live/{NAME}.flv HTTP/1.1\r\nHost: bench\r\n\r\n").as_bytes())
                .await?;
            let mut buffer = vec![0; 16 * 1024].into_boxed_slice();
            let n = stream.read(&mut buffer).await?;
            match buffer[..n].starts_with(b"HTTP/1.1 200") {
                true => Ok(Viewer::HttpFlv(stream, buffer)),
                false => Err("the stream is not there".into()),
            }
        }
        Protocol::Rtmp | Protocol::NginxRtmp => Ok(Viewer::Rtmp(Box::new(play(peer).await?))),
    }
}

/// A player by RTMP.
pub(crate) async fn play(peer: &Peer) -> Result<Player, Failure> {
    let target = Target::new(&format!("rtmp://{}/live", peer.rtmp), NAME)?;
    Ok(Player::connect(target, Duration::from_secs(10)).await?)
}
