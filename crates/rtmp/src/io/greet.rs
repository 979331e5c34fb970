//! Whether somebody who speaks RTMP is there, without a word of who asks.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time;

use super::stream::Stream;
use super::tls;
use crate::handshake::{Handshake, Side};
use crate::{Deadline, Error, Target};

/// Connects to `target` within `timeout`, makes the connection secure where that is asked, and shakes hands (clause 5.2): no
/// application is named, no key is sent, and no stream can begin. Both ends of the connection there was: this computer's,
/// and the server's.
///
/// # Errors
/// It can't be reached, isn't trusted ([`Error::Certificate`], [`Error::Tls`]), or doesn't answer as RTMP does.
pub async fn greet(target: &Target, timeout: Duration) -> Result<(SocketAddr, SocketAddr), Error> {
    let greeted = time::timeout(timeout, greeted(target)).await;
    greeted.unwrap_or(Err(Error::Timeout(Deadline::Connect)))
}

async fn greeted(target: &Target) -> Result<(SocketAddr, SocketAddr), Error> {
    let tcp = TcpStream::connect((target.host.as_str(), target.port)).await?;
    let ends = (tcp.local_addr()?, tcp.peer_addr()?);
    let mut stream = match target.tls {
        true => Stream::Client(Box::new(tls::connect(tcp, &target.host).await?)),
        false => Stream::Plain(tcp),
    };
    let mut out = BytesMut::new();
    let mut handshake = Handshake::new(Side::Client, &mut out);
    let mut input = [0; 4096];
    loop {
        stream.write_all(&out.split()).await?;
        stream.flush().await?;
        let n = stream.read(&mut input).await?;
        if n == 0 {
            return Err(Error::Closed);
        }
        if handshake.read(&mut &input[..n], &mut out)? {
            return Ok(ends);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// Greets somebody who reads so many bytes, says `answer`, reads all that follows and gives it back.
    async fn greeted_by(answer: Vec<u8>, first: usize) -> (Result<(SocketAddr, SocketAddr), Error>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("rtmp://{}/live", listener.local_addr().unwrap());
        let target = Target::new(&url, "secret").unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut said = vec![0; first];
            stream.read_exact(&mut said).await.unwrap();
            stream.write_all(&answer).await.unwrap();
            stream.shutdown().await.unwrap();
            // Who is told nothing more may close at once.
            let _ = stream.read_to_end(&mut said).await;
            said
        });
        let result = greet(&target, PATIENCE).await;
        (result, server.await.unwrap())
    }

    #[tokio::test]
    async fn a_server_is_greeted_and_told_nothing() {
        let answer = [&[3][..], &[7; 1536], &[9; 1536]].concat();
        let (ends, said) = greeted_by(answer, 1537).await;
        let (here, there) = ends.unwrap();
        assert_eq!(here.ip(), there.ip());
        assert!(said.len() <= 1537 + 1536, "nothing behind the handshake");
        assert!(!said.windows(6).any(|part| part == b"secret" || part == b"connec"));
    }

    #[tokio::test]
    async fn others_are_told_apart() {
        let (http, _) = greeted_by(b"HTTP/1.1 400 Bad Request\r\n\r\n".repeat(99), 1).await;
        assert!(matches!(http, Err(Error::Handshake(b'H'))), "{http:?}");
        let (silent, _) = greeted_by(Vec::new(), 1).await;
        assert!(matches!(silent, Err(Error::Closed | Error::Io(_))), "{silent:?}");
        let nobody = Target::new("rtmp://127.0.0.1:9/live", "secret").unwrap();
        let refused = greet(&nobody, PATIENCE).await;
        assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
    }
}
