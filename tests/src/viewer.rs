//! A viewer without a browser: HTTP-FLV as it comes, tag by tag.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use container::flv::{Reader, Tag};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::player::Player;
use crate::wait::until;

/// The longest head of an answer.
const HEAD: usize = 8 << 10;

/// A connection that receives a show.
pub struct Viewer {
    stream: TcpStream,
    reader: Reader,
}

impl Viewer {
    /// Connects to the show `name` of the server at `address`; `None` while there is none.
    ///
    /// # Errors
    /// The server can't be reached, or doesn't answer in HTTP.
    pub async fn open(address: SocketAddr, name: &str) -> io::Result<Option<Self>> {
        let mut stream = TcpStream::connect(address).await?;
        // Version 1.0, so that the body comes without chunk lines.
        let request = format!("GET /live/{name}.flv HTTP/1.0\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let head = head(&mut stream).await?;
        match head.split(' ').nth(1) {
            Some("200") if !head.to_lowercase().contains("transfer-encoding") => Ok(Some(Self {
                stream,
                reader: Reader::new(),
            })),
            Some("404") | Some("503") => Ok(None),
            _ => Err(io::Error::other(format!("no stream but {head}"))),
        }
    }

    /// Connects as soon as there is a show; also waits for the server.
    ///
    /// # Errors
    /// There is none within `patience`.
    pub async fn wait(address: SocketAddr, name: &str, patience: Duration) -> io::Result<Self> {
        until(patience, || Self::open(address, name)).await
    }

    /// The next tag.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the server ends the answer; what comes is no FLV.
    pub async fn tag(&mut self) -> io::Result<Tag> {
        loop {
            if let Some(tag) = self.reader.next_tag().map_err(io::Error::other)? {
                return Ok(tag);
            }
            let mut bytes = [0; 16 << 10];
            match self.stream.read(&mut bytes).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.reader.push(&bytes[..length]),
            }
        }
    }

    /// Gives `player` what comes until `enough` says so of it.
    ///
    /// # Errors
    /// It is not enough within `patience`; the connection ends; what comes can't be decoded.
    pub async fn play(
        &mut self,
        player: &mut Player,
        patience: Duration,
        mut enough: impl FnMut(&Player) -> bool,
    ) -> io::Result<()> {
        let playing = async {
            while !enough(player) {
                player.take(&self.tag().await?)?;
            }
            Ok(())
        };
        let late = |_| io::Error::other(format!("not enough came in {patience:?}"));
        timeout(patience, playing).await.map_err(late)?
    }
}

async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD {
        head.push(stream.read_u8().await?);
    }
    String::from_utf8(head).map_err(io::Error::other)
}
