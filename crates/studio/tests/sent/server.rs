//! A server of WHIP in a few lines.

use std::net::{Ipv4Addr, SocketAddr};

use rtc::Role;
use rtc::net::{Endpoint, Limits, Session};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const LIMITS: Limits = Limits {
    connections: 8,
    tcp: 8,
};

/// More requests and callers than a test leaves unseen.
const WAITING: usize = 16;

/// Takes shows in at its `url`.
pub(crate) struct Whip {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    requests: mpsc::Receiver<String>,
    peers: mpsc::Receiver<Session>,
}

/// What it does with requests.
struct Answerer {
    media: Endpoint,
    refusals: Vec<&'static str>,
    /// Its answers lead to a port where nobody is.
    deaf: bool,
    calls: usize,
    requests: mpsc::Sender<String>,
    peers: mpsc::Sender<Session>,
}

impl Whip {
    /// One that refuses the first calls with the HTTP status of each of `refusals`.
    pub(crate) async fn start(refusals: &[&'static str]) -> Self {
        Self::start_as(refusals, false).await
    }

    /// One that no packet reaches, as behind a network without UDP.
    pub(crate) async fn start_deaf() -> Self {
        Self::start_as(&[], true).await
    }

    async fn start_as(refusals: &[&'static str], deaf: bool) -> Self {
        let loopback = Ipv4Addr::LOCALHOST;
        let listener = TcpListener::bind((loopback, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requested, requests) = mpsc::channel(WAITING);
        let (met, peers) = mpsc::channel(WAITING);
        let mut answerer = Answerer {
            media: Endpoint::serve((loopback, 0).into(), &[loopback.into()], LIMITS).unwrap(),
            refusals: refusals.iter().rev().copied().collect(),
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
            requests,
            peers,
        }
    }

    /// The next request, but for the time.
    pub(crate) async fn request(&mut self) -> String {
        self.requests.recv().await.unwrap()
    }

    /// Who calls next.
    pub(crate) async fn peer(&mut self) -> Session {
        self.peers.recv().await.unwrap()
    }
}

impl Answerer {
    async fn serve(&mut self, mut stream: TcpStream) {
        let Some(request) = read(&mut stream).await else {
            return;
        };
        let (method, offer) = (request.split(' ').next(), request.split_once("\r\n\r\n"));
        let (status, headers, body) = match (method, self.refusals.last()) {
            (Some("POST"), Some(_)) => (self.refusals.pop().unwrap(), String::new(), String::new()),
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
        if !request.starts_with("GET") {
            // The test may have seen enough.
            let _ = self.requests.send(request).await;
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
