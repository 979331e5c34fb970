//! A question to a listener of the server, without a library: one connection, one answer.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header lines, as they came.
    pub head: String,
    /// The body, as it came; of chunked answers with their chunk lines.
    pub body: Vec<u8>,
}

/// `GET path` from the listener at `address`; reads to the end of the connection.
///
/// # Errors
/// The connection fails, or the answer is no HTTP.
pub async fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
    .await
}

/// `POST path` with `body` to the listener at `address`; reads to the end of the connection.
///
/// # Errors
/// As [`get`].
pub async fn post_json(address: SocketAddr, path: &str, body: &serde_json::Value) -> io::Result<Answer> {
    let body = body.to_string();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    let about = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    ask(address, &(head + &about + &body)).await
}

/// `method path` with `body` and a stream key; reads to the end of the connection.
///
/// # Errors
/// As [`get`].
pub async fn with_key(
    address: SocketAddr,
    (method, path): (&str, &str),
    key: &str,
    body: &str,
) -> io::Result<Answer> {
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    let about = format!(
        "authorization: Bearer {key}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    ask(address, &(head + &about + body)).await
}

async fn ask(address: SocketAddr, request: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    parse(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP"))
}

/// The JSON at `path` of the listener at `address`.
///
/// # Errors
/// As [`get`]; and an answer other than 200, or one that is no JSON.
pub async fn get_json(address: SocketAddr, path: &str) -> io::Result<serde_json::Value> {
    let answer = get(address, path).await?;
    if answer.status != 200 {
        return Err(io::Error::other(format!("{path} answered {}", answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(io::Error::other)
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_owned(),
        body: bytes[end + 4..].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart() {
        let answer = parse(b"HTTP/1.1 404 Not Found\r\na: b\r\n\r\nbody\r\n\r\n").unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (404, &b"body\r\n\r\n"[..])
        );
        assert!(answer.head.ends_with("a: b"));
        assert_eq!(parse(b"SSH-2.0\r\n\r\n"), None);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
