//! A caller by SRT that does one thing after another.

use std::net::SocketAddr;

use container::ts::{Demuxer, Event};
use media::{Packet, TrackKind};
use srt::{Error, MAX_PAYLOAD, Options, Passphrase, Socket, Target};
use tokio::runtime::{Builder, Runtime};

use super::PATIENCE;

/// Bytes of a message: seven transport packets.
const MESSAGE: usize = 1316;

/// A connection that was let in.
pub(crate) struct Caller {
    runtime: Runtime,
    socket: Socket,
}

impl Caller {
    /// Calls `to` with this stream id, and a passphrase unless it is empty.
    pub(crate) fn connect(to: SocketAddr, stream_id: &str, passphrase: &str) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let target = Target::new(to.ip().to_string(), to.port(), stream_id)?;
        let options = Options {
            passphrase: (!passphrase.is_empty()).then(|| Passphrase::new(passphrase).unwrap()),
            connect_timeout: PATIENCE,
            ..Options::default()
        };
        let socket = runtime.block_on(Socket::connect(&target, &options))?;
        Ok(Self { runtime, socket })
    }

    /// Sends a transport stream as it is, as far as the server takes it.
    pub(crate) fn send(&self, stream: &[u8]) {
        self.runtime.block_on(async {
            for message in stream.chunks(MESSAGE) {
                if self.socket.send(message).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Publishes a transport stream, and ends.
    pub(crate) fn publish(self, stream: &[u8]) {
        self.send(stream);
        assert!(self.runtime.block_on(self.socket.close(PATIENCE)));
    }

    /// Plays until `count` pictures are there, or until the end.
    pub(crate) fn play(&self, count: usize) -> Vec<Packet> {
        let mut demuxer = Demuxer::new();
        let mut frames = Vec::new();
        let mut message = [0; MAX_PAYLOAD];
        let play = async {
            while pictures(&frames) < count {
                match self.socket.recv(&mut message).await {
                    Ok(length) => demuxer.push(&message[..length]),
                    Err(_) => demuxer.flush(),
                }
                let ended = self.socket.stats().is_err();
                while let Some(event) = demuxer.poll_event() {
                    if let Event::Frame(frame) = event {
                        frames.push(frame);
                    }
                }
                if ended {
                    break;
                }
            }
        };
        let within = async { tokio::time::timeout(PATIENCE, play).await };
        self.runtime.block_on(within).unwrap();
        assert_eq!(demuxer.counters().lost, 0);
        frames
    }

    /// Waits until the server ends the connection.
    pub(crate) fn ended(&self) -> bool {
        let mut message = [0; MAX_PAYLOAD];
        let ended = async { while self.socket.recv(&mut message).await.is_ok() {} };
        let within = async { tokio::time::timeout(PATIENCE, ended).await };
        self.runtime.block_on(within).is_ok()
    }
}

fn pictures(frames: &[Packet]) -> usize {
    frames
        .iter()
        .filter(|frame| frame.kind == TrackKind::Video)
        .count()
}
