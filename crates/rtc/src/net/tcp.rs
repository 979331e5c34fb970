//! TCP for peers whose networks let no UDP through (RFC 6544): they call, and their first packet shows whose they are.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::endpoint::{Admit, Shared};
use super::framing;
use super::routes::Arrival;
use crate::Transport;

/// Within this time the first packet has to come.
const FIRST_WITHIN: Duration = Duration::from_secs(5);
/// A peer that says nothing for so long is gone: checks come more often.
const SILENT: Duration = Duration::from_secs(30);
/// Packets that wait to be written: a second of a show. More are lost, as packets are.
const WAITING: usize = 512;
/// Pause after a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Ways to the peers by TCP.
#[derive(Debug, Default)]
pub(super) struct Writers(Mutex<HashMap<SocketAddr, mpsc::Sender<Vec<u8>>>>);

impl Writers {
    /// Sends `packet`, when there is a way and room.
    pub(super) fn send(&self, to: SocketAddr, packet: &[u8]) {
        if let (Some(framed), Some(way)) = (framing::frame(packet), self.held().get(&to)) {
            let _ = way.try_send(framed);
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<SocketAddr, mpsc::Sender<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes connections for as long as it is polled; they end with it.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, admit: Admit) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, from)) => {
                // No room: closed at once.
                if let Some(place) = admit(from.ip()) {
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        connection(&shared, stream, from).await;
                        drop(place);
                    });
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a TCP connection for WebRTC could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(shared: &Shared, stream: TcpStream, from: SocketAddr) {
    // Packets go when they are written; where that can't be, a little later.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (way, packets) = mpsc::channel(WAITING);
    shared.writers.held().insert(from, way);
    tokio::select! {
        () = read(shared, reader, from) => {}
        () = write(writer, packets) => {}
    }
    shared.writers.held().remove(&from);
}

/// Hands on what comes until the peer ends, is silent, or turns out to be nobody's. Parts of a packet are nothing that came.
async fn read(shared: &Shared, mut reader: OwnedReadHalf, from: SocketAddr) {
    let mut buffer = BytesMut::new();
    let mut until = Instant::now() + FIRST_WITHIN;
    loop {
        while let Some(packet) = framing::next(&mut buffer) {
            let transport = Transport::Tcp;
            let known = shared.routes().hand_on(Arrival {
                transport,
                from,
                packet,
            });
            if !known {
                return;
            }
            until = Instant::now() + SILENT;
        }
        match timeout_at(until, reader.read_buf(&mut buffer)).await {
            Ok(Ok(1..)) => {}
            _ => return,
        }
    }
}

async fn write(mut writer: OwnedWriteHalf, mut packets: mpsc::Receiver<Vec<u8>>) {
    while let Some(packet) = packets.recv().await {
        if writer.write_all(&packet).await.is_err() {
            return;
        }
    }
}
