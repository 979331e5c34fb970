//! A server of WHIP in a few lines.

use std::net::{Ipv4Addr, SocketAddr};

use rtc::Role;
use rtc::net::{Endpoint, Limits, Session};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

const LIMITS: Limits = Limits { connections: 8 };

/// More requests and callers than a test leaves unseen.
const WAITING: usize = 16;

/// Takes shows in at its `url`.
pub(crate) struct Whip {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    refusal: watch::Sender<Option<&'static str>>,
    requests: mpsc::Receiver<Request>,
    peers: mpsc::Receiver<Session>,
}

/// What it was asked, and what it answered.
pub(crate) struct Request {
    pub(crate) text: String,
    pub(crate) status: &'static str,
}

/// What it does with requests.
struct Answerer {
    media: Endpoint,
    refusal: watch::Receiver<Option<&'static str>>,
    /// Its answers lead to a port where nobody is.
    deaf: bool,
    calls: usize,
    requests: mpsc::Sender<Request>,
    peers: mpsc::Sender<Session>,
}

impl Whip {
    /// One that takes whoever calls.
    pub(crate) async fn start() -> Self {
        Self::start_as(false).await
    }

    /// One that no packet reaches, as behind a network without UDP.
    pub(crate) async fn start_deaf() -> Self {
        Self::start_as(true).await
    }

    async fn start_as(deaf: bool) -> Self {
        let loopback = Ipv4Addr::LOCALHOST;
        let listener = TcpListener::bind((loopback, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requested, requests) = mpsc::channel(WAITING);
        let (refusal, refused) = watch::channel(None);
        let (met, peers) = mpsc::channel(WAITING);
        let mut answerer = Answerer {
            media: Endpoint::serve(
                (loopback, 0).into(),
                &[loopback.into()],
                LIMITS,
                Box::new(|_| Some(Box::new(()))),
            )
            .unwrap(),
            refusal: refused,
            deaf,
            calls: 0,
            requests: requested,
            peers: met,
        };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                answerer.serve(stream).await;
            }
        });
        Self {
            address,
            url: format!("http://{address}/whip/room"),
            refusal,
            requests,
            peers,
        }
    }

    /// Refuses calls with this HTTP status from now on, or takes them again.
    pub(crate) fn refuse(&self, status: Option<&'static str>) {
        self.refusal.send_replace(status);
    }

    /// The next request, but for the time.
    pub(crate) async fn request(&mut self) -> Request {
        self.requests.recv().await.unwrap()
    }

    /// Who calls next.
    pub(crate) async fn peer(&mut self) -> Session {
        self.peers.recv().await.unwrap()
    }
}

impl Answerer {
    async fn serve(&mut self, mut stream: TcpStream) {
        let Some(text) = read(&mut stream).await else {
            return;
        };
        let (method, offer) = (text.split(' ').next(), text.split_once("\r\n\r\n"));
        let refusal = *self.refusal.borrow();
        let (status, headers, body) = match (method, refusal) {
            (Some("POST"), Some(status)) => (status, String::new(), String::new()),
            (Some("POST"), None) => {
                let (peer, mut answer) = self.media.answer(offer.unwrap().1, Role::Receive).unwrap();
                if self.deaf {
                    let port = self.media.local_addr().unwrap().port();
                    answer = answer.replace(&format!(" {port} typ"), " 9 typ");
                }
                self.calls += 1;
                self.peers.send(peer).await.unwrap();
                let at = format!("Location: /whip/room/{}\r\n", self.calls);
                ("201 Created", at, answer)
            }
            (Some("DELETE"), _) => ("200 OK", String::new(), String::new()),
            _ => ("404 Not Found", String::new(), String::new()),
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        if !text.starts_with("GET") {
            // The test may have seen enough.
            let _ = self.requests.send(Request { text, status }).await;
        }
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

/// A whole request; none when it breaks off.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        request += std::str::from_utf8(&buffer[..length]).unwrap();
    }
    Some(request)
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
